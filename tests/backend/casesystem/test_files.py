"""What happens in a case as files: a folder per case, whole or not at all, with the application and papers as PDF."""

import json
import os
import shutil
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from backend import access, tasks
from backend.casesystem import sending
from backend.casesystem.files import Files
from backend.clock import real_time
from backend.decisions import payments
from backend.decisions import service as decisions
from backend.decisions.service import Draft
from backend.identity import register
from bot.stories.case_system import SECRET
from tests.backend.casesystem.conftest import Wire
from tests.backend.documents.conftest import hands_in
from tests.backend.documents.made import pdf
from tests.backend.printing.papers import letters, text
from tests.backend.stories import MARIA, PERSON_NUMBER, Applicant, application, meets


@pytest.fixture
def folder(tmp_path: Path, wire: Wire) -> Path:
    made = tmp_path / "procapita"
    made.mkdir()
    wire.puts_into(Files(made))
    return made


def lies(folder: Path, *, kind: str = "") -> list[Path]:
    """The files that lie there, in all cases, by their names; of one kind, or all."""
    return sorted(found for found in folder.rglob(f"*{kind}") if found.is_file())


def named(folder: Path) -> list[str]:
    """The same without folders and numbers."""
    return [found.name.partition("-")[2] for found in lies(folder)]


def is_there(folder: Path) -> bool:
    return folder.exists()


def make(folder: Path) -> None:
    folder.mkdir()


def take_away(folder: Path) -> None:
    shutil.rmtree(folder)


async def asks_again(wire: Wire) -> None:
    async with wire.backend.database().transaction() as session:
        assert await sending.replay(session, real_time().replace(year=2020), real_time(), "files") == 1


async def taken_out(wire: Wire, applicant: Applicant) -> list[str]:
    """What of hers the case system had open."""
    async with wire.backend.database().transaction() as session:
        return [one.what for one in await access.log_of(session, applicant.person) if one.reader_role == "case-system"]


async def applies(wire: Wire) -> tuple[Applicant, UUID]:
    amal = await wire.backend.trelleborg.asks_for_help()
    answer = await wire.backend.trelleborg.put(f"applications/{uuid4()}", application(amal))
    assert answer.status_code == 200, answer.text
    return amal, UUID(answer.json()["application"])


async def test_an_application_is_a_json_and_a_pdf_in_the_folder_of_its_case(wire: Wire, folder: Path) -> None:
    amal, sent = await applies(wire)
    await wire.sends()
    assert amal.receipt is not None
    assert named(folder)[:3] == [
        "call_for_help.received.json",
        "application.received.json",
        "application.received.pdf",
    ]
    (file,) = lies(folder, kind="application.received.json")
    case = file.parent
    assert case.name == str(amal.receipt.case)
    told = json.loads(file.read_text())
    assert (told["type"], told["data"]["about"], told["application"]["application"]) == (
        "application.received",
        str(sent),
        str(sent),
    )
    assert (case / told["file"]).read_bytes().startswith(b"%PDF-")
    assert (case.stat().st_mode & 0o007, file.stat().st_mode & 0o007) == (0, 0)
    async with wire.backend.database().transaction() as session:
        looked = await access.log_of(session, amal.person)
    assert [(row.reader_role, row.what, row.about) for row in looked] == [("case-system", "archive", sent)]
    assert told["who"] == {"first_name": None, "language": "ar", "number": None, "kind": None, "source": None}


async def test_who_she_is_stands_in_the_file_and_never_on_the_wire(wire: Wire, folder: Path) -> None:
    amal, _ = await applies(wire)
    async with wire.backend.database().transaction() as session:
        await register.write_down(session, wire.backend.clock, MARIA, amal.person, PERSON_NUMBER, seen=True)
    await wire.sends()
    (file,) = lies(folder, kind="person.identified.json")
    told = json.loads(file.read_text())
    digits = "".join(filter(str.isdigit, told["who"]["number"]))
    assert (digits[-10:], told["who"]["kind"], told["who"]["source"]) == (PERSON_NUMBER[-10:], "personnummer", "seen")
    wire.signs_with(SECRET)
    await wire.sends()
    sent = b"".join(body for bodies in wire.system.bodies.values() for body in bodies)
    assert b"person.identified" in sent
    assert not any(number.encode() in sent for number in (PERSON_NUMBER, digits, told["who"]["number"]))
    async with wire.backend.database().transaction() as session:
        looked = await access.log_of(session, amal.person)
    assert ("case-system", "identity") in {(row.reader_role, row.what) for row in looked}


async def test_a_decision_lies_there_as_it_was_signed_and_not_as_it_is_read_later(wire: Wire, folder: Path) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    await meets(wire.backend, amal)
    draft = Draft("bifall", date(2026, 12, 1), kronor=7485, own_words="Vi såg kontoutdraget.")
    async with wire.backend.database().transaction() as session:
        signed = await decisions.sign(session, wire.backend.clock, MARIA, amal.person, draft)
    await wire.sends()
    (file,) = lies(folder, kind="decision.signed.json")
    before = (file.parent / json.loads(file.read_text())["file"]).read_bytes()
    said = letters(text(before))
    for words in ("Beslut om ekonomiskt bistånd", "Vi såg kontoutdraget.", "av Maria", "7 485 kr"):
        assert letters(words) in said
    async with wire.backend.database().transaction() as session:
        await decisions.record_told(session, wire.backend.clock, MARIA, signed, "call")
        await payments.record(session, wire.backend.clock, MARIA, signed, kronor=7485, paid_on=date(2026, 12, 2))
    async with wire.backend.database().transaction() as session:
        await sending.replay(session, real_time().replace(year=2020), real_time(), "files")
    await wire.sends()
    assert (file.parent / json.loads(file.read_text())["file"]).read_bytes() == before


async def test_a_paper_she_handed_in_lies_beside_it_and_is_not_read_by_that(wire: Wire, folder: Path) -> None:
    amal, _ = await applies(wire)
    paper = await hands_in(wire.backend, amal.person, pdf(), content_type="application/pdf")
    await wire.sends()
    (file,) = lies(folder, kind="document.received.json")
    told = json.loads(file.read_text())
    assert told["data"]["about"] == str(paper.document)
    assert (file.parent / told["file"]).read_bytes().startswith(b"%PDF-")
    async with wire.backend.database().transaction() as session:
        assert "document" in [task.reason for task in await tasks.waiting(session, amal.person)]


async def test_the_same_event_again_is_the_same_file(wire: Wire, folder: Path) -> None:
    await wire.backend.trelleborg.asks_for_help()
    await wire.sends()
    (file,) = lies(folder)
    before = file.read_bytes()
    await asks_again(wire)
    await wire.sends()
    assert [found.read_bytes() for found in lies(folder)] == [before]


async def test_a_folder_that_is_not_there_is_waited_for_and_not_made(wire: Wire, folder: Path) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    await wire.sends()
    take_away(folder)
    answer = await wire.backend.trelleborg.put(f"applications/{uuid4()}", application(amal))
    assert answer.status_code == 200, answer.text
    await wire.sends()
    await wire.sends(seconds=6)
    assert not is_there(folder)
    assert await taken_out(wire, amal) == []  # nobody has looked for nothing
    make(folder)
    await wire.sends(hours=1)
    assert named(folder)[:2] == ["application.received.json", "application.received.pdf"]
    assert await taken_out(wire, amal) == ["archive"]


async def test_what_a_try_that_was_killed_left_behind_does_not_stay(wire: Wire, folder: Path) -> None:
    await wire.backend.trelleborg.asks_for_help()
    await wire.sends()
    (file,) = lies(folder)
    left = file.with_name(f".{file.name}.0123")
    left.write_text("half of what")
    await asks_again(wire)
    await wire.sends()
    assert lies(folder) == [file]


async def test_a_folder_of_a_case_is_on_the_disk_before_its_event_is_sent(
    wire: Wire, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk: list[str] = []
    really = os.fsync

    def sync(handle: int) -> None:
        on_disk.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        really(handle)

    monkeypatch.setattr("os.fsync", sync)
    await wire.backend.trelleborg.asks_for_help()
    await wire.sends()
    (file,) = lies(folder)
    assert {str(folder), str(file.parent)} <= set(on_disk)


async def test_what_is_half_written_has_no_name(wire: Wire, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "no room")

    await wire.backend.trelleborg.asks_for_help()
    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        await wire.sends()
    assert lies(folder) == []
    await wire.sends(seconds=6)
    assert len(lies(folder)) == 1
