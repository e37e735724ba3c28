"""The archive is a folder or a bucket, and neither sees anything but sealed objects."""

import asyncio
import json
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from backend.documents.storing import Archive, ArchiveAway, Damaged, reachable
from backend.seal import SealKeys
from backend.settings import SettingsError, Storage, read
from tests.backend.documents.conftest import objects
from tests.backend.documents.made import LINE
from tests.backend.stories import SEAL_KEYS

PAPER = LINE.encode() * 100_000
KEYS = {slug: SealKeys(json.dumps(key.as_dict(private=True))) for slug, key in SEAL_KEYS.items()}


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[Storage]:
    """A bucket of a real S3 server on this machine, with a key of its own."""
    program = shutil.which("rclone") or str(Path(sys.executable).with_name("rclone"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    (tmp_path / "s3" / "papers").mkdir(parents=True)
    serving = subprocess.Popen(
        [program, "serve", "s3", "--addr", address, "--auth-key", "a-key,a-secret", tmp_path / "s3"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                httpx2.get(f"http://{address}/", timeout=1, trust_env=False)
                break
            except httpx2.TransportError:
                serving.poll()
        yield Storage("s3://papers/imorgon", f"http://{address}", "eu-north-1", "a-key", "a-secret")
    finally:
        serving.terminate()
        serving.wait()


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, folder: Path) -> Storage:
    if request.param == "folder":
        return Storage(folder.as_uri())
    found: Storage = request.getfixturevalue("bucket")
    return found


async def test_what_is_kept_is_opened_again_until_it_is_removed(storage: Storage, tmp_path: Path) -> None:
    archive, document = Archive(storage, "trelleborg", KEYS["trelleborg"]), uuid4()

    kept = await archive.keep(PAPER, document, 1)

    assert await archive.open(document, 1, kept.sha256) == PAPER
    assert await reachable(storage) == ""
    (written,) = objects(tmp_path)
    assert LINE.encode() not in written.read_bytes()
    await archive.remove(archive.path(document, 1))
    await archive.remove(archive.path(document, 1))  # gone is gone
    with pytest.raises(Damaged, match="missing"):
        await archive.open(document, 1, kept.sha256)


async def test_an_object_in_anothers_place_does_not_open(folder: Path, tmp_path: Path) -> None:
    archive = Archive(Storage(folder.as_uri()), "trelleborg", KEYS["trelleborg"])
    document, other = uuid4(), uuid4()
    kept = await archive.keep(PAPER, document, 1)
    await archive.keep(b"another paper", other, 1)
    mine, others = (next(found for found in objects(tmp_path) if str(one) in str(found)) for one in (document, other))

    shutil.copy(mine, others)
    with pytest.raises(Damaged, match="bound to another document"):
        await archive.open(other, 1, kept.sha256)
    shutil.copy(mine, mine.with_name("2"))
    with pytest.raises(Damaged, match="bound to another version"):
        await archive.open(document, 2, kept.sha256)


async def test_another_municipality_opens_nothing(folder: Path) -> None:
    ours, document = Archive(Storage(folder.as_uri()), "trelleborg", KEYS["trelleborg"]), uuid4()
    kept = await ours.keep(PAPER, document, 1)

    # Its own key at our place, then our place moved to where theirs lie.
    with pytest.raises(Damaged, match="does not open"):
        await Archive(Storage(folder.as_uri()), "trelleborg", KEYS["svedala"]).open(document, 1, kept.sha256)
    shutil.move(folder / "trelleborg", folder / "svedala")
    with pytest.raises(Damaged, match="bound to another municipality"):
        await Archive(Storage(folder.as_uri()), "svedala", KEYS["svedala"]).open(document, 1, kept.sha256)


async def test_the_folder_is_its_owners_alone(folder: Path) -> None:
    await Archive(Storage(folder.as_uri()), "trelleborg", KEYS["trelleborg"]).keep(PAPER, uuid4(), 1)

    assert stat.S_IMODE((await asyncio.to_thread(folder.stat)).st_mode) == 0o700


async def test_a_bucket_that_does_not_answer_or_refuses_the_key_is_away(bucket: Storage) -> None:
    refused = Storage(bucket.url, bucket.endpoint, bucket.region, "a-key", "another-secret")
    nobody = Storage(bucket.url, "http://127.0.0.1:9", bucket.region, "a-key", "a-secret")

    for storage in (refused, nobody):
        with pytest.raises(ArchiveAway) as away:
            await Archive(storage, "trelleborg", KEYS["trelleborg"]).keep(PAPER, uuid4(), 1)
        assert "secret" not in str(away.value)
        assert await reachable(storage) != ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"URL": "/var/papers"}, "must be file:///folder or s3://"),
        ({"URL": "s3://papers"}, "IMORGON_STORAGE_REGION is missing"),
        ({"URL": "s3://papers", "REGION": "eu-north-1", "KEY_ID": "a"}, "IMORGON_STORAGE_SECRET is missing"),
        ({"URL": "file:///papers", "KEY_ID": "a"}, "KEY_ID is for a bucket"),
        ({"KEY_ID": "a"}, "URL must be"),
        ({"URL": "s3://p", "REGION": "r", "KEY_ID": "a", "SECRET": "b", "ENDPOINT": "minio"}, "must begin with https"),
    ],
)
def test_what_is_half_given_is_one_clear_line(environ: dict[str, str], given: dict[str, str], said: str) -> None:
    named = {f"IMORGON_STORAGE_{name}": value for name, value in given.items()}
    with pytest.raises(SettingsError, match=said):
        read({**environ, "IMORGON_STORAGE_URL": "", **named})


@pytest.mark.parametrize(
    ("name", "value"), [("MEGABYTES", "ten"), ("MEGABYTES", "0"), ("PAGES", "-1"), ("PAGES", "501")]
)
def test_a_limit_is_a_number(environ: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"IMORGON_DOCUMENT_{name} must be a whole number"):
        read({**environ, f"IMORGON_DOCUMENT_{name}": value})
