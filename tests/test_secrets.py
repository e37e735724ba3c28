"""Two hundred secrets, given on the page and pasted into the chat: none lies open anywhere in the bot afterwards.

Its database is copied as it lies on the disk, with its log of writes, after the server has stopped; so is what it
tells: its archive, its logs, its figures and pages. A secret that is planted openly is found, however it is written.
"""

import asyncio
import base64
import json
import random
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from httpx2 import AsyncClient
from sqlalchemy import text

from backend import postgres
from backend.dump import dump
from bot.together import Running, StoryClock, free_port, make_home, running
from tests.backend.stories import MONDAY
from tests.bot.applicant import Applicant
from tests.bot.house import opened_in
from tests.conftest import memory
from tests.planted import Heard, forms, hearing, traces

IDENTITIES = json.loads((Path(__file__).parent / "data" / "identity_test_numbers.json").read_text("utf-8"))
CHANCE = random.Random(29)


@dataclass(frozen=True)
class Secrets:
    """What one applicant gives: on the page, and in the chat where nobody asked for it. ``masked``: numbers that are
    recognised, and stand not even in what the bot can open."""

    on_page: Sequence[str]
    masked: Sequence[str]
    told: Sequence[str]


def luhn(figures: str) -> str:
    total = sum(
        value - 9 if value > 9 else value
        for place, figure in enumerate(reversed(figures))
        if (value := int(figure) * (1 if place % 2 else 2)) >= 0
    )
    return figures + str(-total % 10)


def of_one(number: int) -> Secrets:
    """Four secrets; identities are official test identities, cards and accounts are made here and stand in no file."""
    identities = [*IDENTITIES["personnummer"], *IDENTITIES["samordningsnummer"]]
    identity = identities[number % len(identities)]
    written = (identity, f"{identity[:8]}-{identity[8:]}", f"{identity[2:8]}-{identity[8:]}")[number % 3]
    account = f"{CHANCE.randrange(8000, 8999)}-{number % 10}, {CHANCE.randrange(10**9):09}-{number % 10}"
    card = luhn(f"4{CHANCE.randrange(10**14):014}")
    token = f"BankID-{CHANCE.getrandbits(64):016x}"
    permit = f"Syrien, dossier {CHANCE.randrange(10**9):09}"
    return Secrets(on_page=(account, permit), masked=(card, written), told=(token,))


def all_of(secrets: Sequence[Secrets]) -> list[str]:
    return [one for given in secrets for one in (*given.on_page, *given.masked, *given.told)]


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    """A PostgreSQL of its own: it is stopped, and read as it lies there."""
    folder = Path(tempfile.mkdtemp(prefix="imorgon-secrets-", dir=memory()))
    folder.chmod(0o711)
    with postgres.start(folder / "pg") as started:
        yield started
    shutil.rmtree(folder)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    with hearing(monkeypatch) as listening:
        yield listening


async def opens(browser: AsyncClient, code: str) -> None:
    """The code is written, and the same form is sent again while the page cannot be shown: on a busy machine the half
    with the cases may take longer than the page waits."""
    form = {"municipality": "trelleborg", "code": code, "press": f"a form for {code}"}
    for _ in range(5):
        if (await browser.post("/s/", data=form)).status_code == 200:
            return
    raise AssertionError("the page was not opened")


async def applies(site: Running, number: int, given: Secrets) -> None:
    """Up to the end: pasted in between, given on the page, confirmed."""
    one = Applicant(site, f"screen {number}")
    await one.writes("hej, behöver hjälp")
    card, identity = given.masked
    await one.writes(f"mitt kort är {card} tack")
    await one.writes(f"mitt personnummer är {identity}")
    await one.writes(f"{given.told[0]} är min kod")
    await one.applies("")
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=30) as browser:
        await opens(browser, await one.code())
        account, permit = given.on_page
        page = await browser.post("/s/answers/reaching", data={"f.account": account, "f.permit": permit})
        assert all(f'<bdi class="own">{told}' in page.text for told in given.on_page)  # this browser alone can show it
        browser.cookies.clear()
        assert traces(given.on_page, (await browser.get("/s/answers")).content) == []
    await one.writes("ja")


async def figures(site: Running) -> bytes:
    async with AsyncClient(base_url=site.address, trust_env=False, timeout=30) as client:
        return (await client.get("/metrics")).content + (await client.get("/readyz")).content


def archived(urls: dict[str, str], folder: Path, server: postgres.Server) -> bytes:
    """An archive as it is, and what stands in it once it is read."""
    archive = folder / "archive"
    dump(urls, archive)
    whole = archive.read_bytes()
    with tarfile.open(archive) as packed:
        packed.extractall(folder / "packed", filter="data")
    for one in (folder / "packed").glob("*.pgdump"):
        whole += subprocess.run(
            [server.binaries / "pg_restore", "-f", "-", one], capture_output=True, check=True
        ).stdout
    return whole


def as_it_lies(server: postgres.Server) -> bytes:
    """Every file of the stopped cluster: tables, indexes, the log of writes."""
    assert not server.is_running()
    return b"\n".join(path.read_bytes() for path in sorted(server.data_dir.rglob("*")) if path.is_file())


async def played(server: postgres.Server, folder: Path, secrets: Sequence[Secrets]) -> tuple[bytes, list[str]]:
    """Everybody applies; what is told of it (archive, figures), and what the bot can open of what it keeps."""
    home, port = make_home(server, folder), free_port()
    # She writes on a screen of her own: no provider of texts is needed.
    home = replace(home, made={name: value for name, value in home.made.items() if "TWILIO" not in name})
    async with running(home.environ(port), StoryClock(frozen=MONDAY), port) as site:
        for number, given in enumerate(secrets):
            await applies(site, number, given)
        for _ in range(600):
            if not await waiting(site):
                break
            await asyncio.sleep(0.1)
        assert await waiting(site) == 0
        told, opened = await figures(site), await opened_in(site.engine)
    urls = {"bot": home.bot.owner_url, **{slug: one.owner_url for slug, one in home.backends.items()}}
    return told + archived(urls, folder, server), opened


async def waiting(site: Running) -> int:
    async with site.engine.database.transaction() as connection:
        left = await connection.execute(text("select count(*) from calls where state in ('pending', 'calling')"))
        return int(left.scalar_one())


@pytest.mark.parametrize("applicants", [3, pytest.param(40, marks=[pytest.mark.long, pytest.mark.unmeasured])])
async def test_none_lies_open_anywhere(server: postgres.Server, tmp_path: Path, heard: Heard, applicants: int) -> None:
    secrets = [of_one(number) for number in range(applicants)]
    every = all_of(secrets)
    assert len(set(every)) == 5 * applicants
    told, opened = await played(server, tmp_path, secrets)
    assert traces(every, told) == []
    assert traces(every, heard.written.getvalue().encode()) == []
    # With the key, the bot reads what was said to it, and of the secrets only what nobody can recognise as one.
    unsealed = "\n".join(opened).encode()
    assert traces([one for given in secrets for one in (*given.on_page, *given.masked)], unsealed) == []
    assert {one for one, _ in traces(every, unsealed)} == {one for given in secrets for one in given.told}
    # The proof that it would be found: one that is written down openly.
    server.run_sql(f"create table open (words text); insert into open values ('{every[0]}'); checkpoint", "imorgon_bot")
    server.stop()
    assert {one for one, _ in traces(every, as_it_lies(server))} == {every[0]}


def test_however_it_is_written_it_is_found() -> None:
    number = IDENTITIES["personnummer"][20]
    secret = f"{number[:8]}-{number[8:]}"
    ways = forms(secret)
    assert len(ways) > 100
    for way, pattern in ways.items():
        found = traces([secret], b"before\n\0" + pattern + b"\nafter")
        assert (secret, way) in found
    for whole in (base64.b64encode(f"{'x' * lead}{secret} and more".encode()) for lead in range(6)):
        assert traces([secret], whole) != []
    assert traces([secret], f"{number[:8]}-{number[8:11]}x".encode()) == []
