"""The commit hook: nobody's personnummer and nobody's telephone goes into history."""

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECK = ROOT / "hooks" / "check-personal-data"

# The numbers that must be stopped may not stand here either, so each is put together when the test runs.
Repository = Callable[..., "subprocess.CompletedProcess[str]"]


def with_check_digit(nine: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(nine))
    return nine + str(-total % 10)


SOMEBODY = with_check_digit("850" + "417" + "123")
COORDINATED = with_check_digit("850" + "477" + "123")
CHILD = with_check_digit("140" + "417" + "123")
SUBSCRIBER = "70" + "2345678"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository of one's own with our hook; call it with git's words."""

    def git(*words: str) -> "subprocess.CompletedProcess[str]":
        me = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", f"core.hooksPath={ROOT / 'hooks'}")
        return subprocess.run(["git", *me, *words], cwd=tmp_path, capture_output=True, text=True, check=False)

    git("init", "-q")
    return git


def commit(repository: Repository, folder: Path, text: str) -> "subprocess.CompletedProcess[str]":
    (folder / "notes.txt").write_text(text)
    repository("add", "notes.txt")
    return repository("commit", "-q", "-m", "notes: Write them down.")


@pytest.mark.parametrize(
    "text",
    [
        f"{SOMEBODY[:6]}-{SOMEBODY[6:]}",
        f"{SOMEBODY[:6]}+{SOMEBODY[6:]}",
        f"pnr={SOMEBODY}.",
        f"19{SOMEBODY}",
        f"(19{SOMEBODY[:6]}-{SOMEBODY[6:]})",
        f"20{CHILD}",
        f"samordningsnummer {COORDINATED[:6]}-{COORDINATED[6:]}",
        "".join(chr(0x660 + int(digit)) for digit in "19" + SOMEBODY),  # Arabic-Indic digits
        f"+46{SUBSCRIBER}",
        f"%2B46{SUBSCRIBER}",
        f"46{SUBSCRIBER}",
        f"0046 {SUBSCRIBER}",
        f"+46 (0)70-{SUBSCRIBER[2:5]} {SUBSCRIBER[5:7]} {SUBSCRIBER[7:]}",
        f"whatsapp:+46{SUBSCRIBER}",
        f"ring 0{SUBSCRIBER}",
        f"070-{SUBSCRIBER[2:5]} {SUBSCRIBER[5:7]} {SUBSCRIBER[7:]}",
        "0410-" + "23 45 67",
        "08-" + "234 56 78",
        "+45" + "20123456",
        "+4670" + "17406051 is one digit too long",
    ],
    ids=lambda text: f"{len(text)} signs",  # pytest prints ids
)
def test_a_number_that_may_be_somebodys_is_stopped_and_not_repeated(
    repository: Repository, tmp_path: Path, text: str
) -> None:
    refused = commit(repository, tmp_path, f"first line\n{text}\n")

    assert refused.returncode != 0
    said = refused.stdout + refused.stderr
    assert "notes.txt:2: " in said
    assert SOMEBODY[-4:] not in said
    assert SUBSCRIBER not in said
    assert repository("log", "--oneline").stdout == ""


@pytest.mark.parametrize(
    "text",
    [
        "189609229803 and 980510-9817",  # Skatteverket's
        "Ring 070-174 06 05, +46701740699 or 031-390 06 42.",  # PTS's
        "0701740615",  # also passes as a personnummer's digits
        "112, 1177, 114 14, 020-12 34 56, 0771-567 567",
        "5f0c1985-0417-4123-8504-196408233234",
        "index 1e6a55e0196408233234b1a9d1e8504171230c0ffee0",
        "2026-03-12T08:15:00+00:00, 2026-03-12 08:15:00.123456, 20260312T081500Z, 20260312081500",
        '{"timestamp": 1700000005, "date_unix": 1412170000}',
        "@@ -120,7 +1985,41 @@",
        "8 500 kr, 1 204 178 123 kr, 027 of 1 100 200",
        "/wiki/2026/05/12/0410-23 and v0.8-12.345",
        "+1.5 %, -3,25, 3.14159265358979",
        f"8504{SOMEBODY} is too long, {SOMEBODY[:-1]} too short",
        f"{SOMEBODY[:-1]}{(int(SOMEBODY[-1]) + 1) % 10} fails its check digit",
        f"{with_check_digit('85' + '1301' + '123')} has a thirteenth month",
        f"{with_check_digit('85' + '0231' + '123')} has a 31 February",
        f"20{with_check_digit('99' + '0417' + '123')} is not born yet",
    ],
)
def test_other_numbers_pass(repository: Repository, tmp_path: Path, text: str) -> None:
    done = commit(repository, tmp_path, f"{text}\n")

    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_staged_counts_not_what_lies_in_the_folder(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(f"{SOMEBODY[:6]}-{SOMEBODY[6:]}\n")
    repository("add", "notes.txt")
    (tmp_path / "notes.txt").write_text("nothing\n")
    assert repository("commit", "-q", "-m", "notes: Hide it.").returncode != 0

    repository("add", "notes.txt")
    (tmp_path / "notes.txt").write_text(f"{SOMEBODY[:6]}-{SOMEBODY[6:]}\n")
    assert repository("commit", "-q", "-m", "notes: Write nothing.").returncode == 0


def test_pictures_are_left_alone(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "picture.bin").write_bytes(b"\0\1" + f"+46{SUBSCRIBER}".encode())
    repository("add", "picture.bin")
    assert repository("commit", "-q", "-m", "look: Add a picture.").returncode == 0


def test_the_whole_tree_can_be_searched(repository: Repository, tmp_path: Path) -> None:
    for name, line in (("good.txt", "+46701740605"), ("bad.txt", f"+46{SUBSCRIBER}")):
        (tmp_path / name).write_text(f"{line}\n")
        repository("add", name)
    searched = subprocess.run([CHECK, "--all"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert searched.returncode == 1
    assert "bad.txt:1: telephone number" in searched.stdout
    assert "good.txt" not in searched.stdout


def test_keys_and_hashes_do_not_trip_it(repository: Repository, tmp_path: Path) -> None:
    made = random.Random(2026)
    lines = [f"{made.getrandbits(256):064x} {made.getrandbits(160):040x}" for _ in range(2000)]

    assert commit(repository, tmp_path, "\n".join(lines)).returncode == 0
