"""Papers that are asked for are counted as they come; what was sent by mistake is taken back; the desk hands in too."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlmodel import col, select

from backend import access
from backend.cases.models import PaperRow
from backend.contract import Paper, TakeBackDocument
from backend.documents import service
from tests.backend.documents.conftest import hands_in, objects, own
from tests.backend.documents.made import blurred, invoice, saved
from tests.backend.staff.desks import HERE, Desk, Office, hire
from tests.backend.stories import MONDAY, Applicant, Backend, application

PHOTO = saved(invoice())
UNSHARP = saved(blurred(invoice()))


@pytest.fixture
async def office(demo: Backend) -> AsyncIterator[Office]:
    await hire(demo.database(), demo.clock)
    opened = Office(demo)
    yield opened
    await opened.close()


async def applies(backend: Backend) -> Applicant:
    """Somebody from whom a rent invoice, a lease, bank statements and a payslip are asked for, beside an ID."""
    applicant = await backend.trelleborg.asks_for_help()
    answer = await backend.trelleborg.put(f"applications/{uuid4()}", application(applicant, housing="rental"))
    assert answer.status_code == 200, answer.text
    return applicant


async def states(backend: Backend) -> dict[str, str]:
    async with backend.database().transaction() as session:
        rows = await session.exec(select(PaperRow).order_by(col(PaperRow.paper)))
        return {row.paper: row.state for row in rows.all()}


async def takes_back(backend: Backend, person: UUID, document: UUID | None) -> int:
    call = TakeBackDocument(person=person, at=MONDAY)
    answer = await backend.trelleborg.put(f"documents/{document}/taken-back/{uuid4()}", call)
    return int(answer.status_code)


async def test_papers_are_counted_as_they_come_and_an_id_is_not_asked_for(backend: Backend) -> None:
    person = (await applies(backend)).person
    counted = []
    given: list[Paper | None] = ["rent-invoice", None, "rent-invoice", "identity", "lease"]
    for paper in given:
        more = {"paper": paper} if paper else {}
        receipt = await hands_in(backend, person, PHOTO, **more)
        counted.append((receipt.came, receipt.asked))
    assert counted == [(1, 4), (1, 4), (1, 4), (1, 4), (2, 4)]
    now = await states(backend)
    assert (now["rent-invoice"], now["lease"], now["bank-statements"]) == ("came", "came", "missing")


async def test_nothing_is_counted_where_nothing_is_asked_for(backend: Backend) -> None:
    receipt = await hands_in(backend, uuid4(), PHOTO, paper="lease")
    assert (receipt.came, receipt.asked) == (0, 0)


async def test_what_nobody_has_read_is_taken_back_once_and_is_asked_for_again(backend: Backend, folder: Any) -> None:
    person = (await applies(backend)).person
    document = (await hands_in(backend, person, PHOTO, paper="lease")).document
    assert await takes_back(backend, uuid4(), document) == 404
    assert [await takes_back(backend, person, document) for _ in range(2)] == [204, 204]
    assert (await states(backend))["lease"] == "missing"
    async with backend.database().transaction() as session:
        assert await service.of_person(session, person) == ()
    await service.sweep(backend.database(), own(backend))
    assert objects(folder) == []


async def test_a_second_copy_of_what_was_taken_back_still_counts(backend: Backend) -> None:
    person = (await applies(backend)).person
    first = (await hands_in(backend, person, PHOTO, paper="lease")).document
    await hands_in(backend, person, UNSHARP, paper="lease")
    assert await takes_back(backend, person, first) == 204
    assert (await states(backend))["lease"] == "came"


async def test_what_somebody_has_read_stays(office: Office) -> None:
    applicant = await office.bot.asks_for_help()
    document = (await hands_in(office.backend, applicant.person, PHOTO)).document
    maria = await office.at_desk("Maria")
    assert (await maria.client.get(f"/inbox/cases/{applicant.person}/documents/{document}")).status_code == 200
    assert await takes_back(office.backend, applicant.person, document) == 409


# --- At the desk ------------------------------------------------------------------------------------------------------


async def photographs(desk: Desk, person: UUID, *files: bytes, key: str = "", **fields: str) -> httpx2.Response:
    sent = [("file", (f"{n}.jpg", content, "image/jpeg")) for n, content in enumerate(files)]
    return await desk.client.post(
        f"/inbox/cases/{person}/documents",
        data={"key": key or str(uuid4()), **fields},
        files=sent,
        headers={"Origin": HERE},
    )


async def listed(desk: Desk, person: UUID) -> str:
    page = await desk.opens(f"/inbox/cases/{person}")
    return page.within('aria-label="Inlämnat"', "</ul>")


async def test_customer_service_hands_in_what_the_person_brought_and_does_not_read_it(office: Office) -> None:
    applicant = await office.asks_for_a_human()
    johan = await office.at_desk("Johan")

    answer = await photographs(johan, applicant.person, PHOTO, UNSHARP, paper="rent-invoice")

    assert answer.headers["location"].endswith("?done=hard-to-read")
    assert "svårt att läsa" in (await johan.opens(answer.headers["location"])).text
    there = await listed(johan, applicant.person)
    assert there.count("Hyresavi") == 2
    assert "vid disken" in there
    assert there.count("Suddig") == 1
    assert "Öppna" not in there
    maria = await office.at_desk("Maria")
    await maria.opens(f"/inbox/cases/{applicant.person}?reason=at-the-counter")
    assert (await listed(maria, applicant.person)).count("Öppna") == 2


async def test_the_same_form_twice_hands_in_once(office: Office) -> None:
    applicant = await office.asks_for_a_human()
    johan, key = await office.at_desk("Johan"), str(uuid4())
    for _ in range(2):
        answer = await photographs(johan, applicant.person, PHOTO, key=key)
        assert answer.headers["location"].endswith("?done=handed-in")
        office.backend.clock.advance(minutes=1)
    assert (await listed(johan, applicant.person)).count("Papper utan namn") == 1


async def test_sent_twice_what_was_refused_is_refused_and_another_picture_is_another(office: Office) -> None:
    applicant = await office.asks_for_a_human()
    johan, key = await office.at_desk("Johan"), str(uuid4())
    for _ in range(2):
        answer = await photographs(johan, applicant.person, b"no paper", key=key)
        assert answer.headers["location"].endswith("?done=unreadable")
        office.backend.clock.advance(minutes=1)
    for paper in ("rent-invoice", "lease"):
        answer = await photographs(johan, applicant.person, PHOTO, key=key, paper=paper)
        assert answer.headers["location"].endswith("?done=handed-in")
    there = await listed(johan, applicant.person)
    assert (there.count("Hyresavi"), there.count("Hyreskontrakt")) == (1, 1)


async def test_what_cannot_be_taken_is_said_in_swedish(office: Office) -> None:
    applicant = await office.asks_for_a_human()
    johan = await office.at_desk("Johan")
    for content, words in ((b"", "Välj eller ta en bild först"), (b"no paper", "Filen går inte att öppna")):
        answer = await photographs(johan, applicant.person, content)
        assert words in (await johan.opens(answer.headers["location"])).alert


async def test_who_hands_in_has_the_person_before_her_and_the_log_says_so(office: Office) -> None:
    applicant = await office.bot.asks_for_help()
    elin = await office.at_desk("Elin")
    assert (await photographs(elin, applicant.person, PHOTO)).status_code == 403
    async with office.database.transaction() as session:
        assert await service.of_person(session, applicant.person) == ()
    johan = await office.at_desk("Johan")
    assert (await photographs(johan, applicant.person, PHOTO)).status_code == 303
    async with office.database.transaction() as session:
        assert len(await service.of_person(session, applicant.person)) == 1
        looked = await access.log_of(session, applicant.person)
    assert [one.why for one in looked if one.allowed] == ["Personen är här. Lämnade in papper"]


async def test_no_paper_lies_in_a_file_while_a_form_is_read(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms are usually kept in files as soon as they are large."""

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a paper went into a file")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", never)
    applicant = await office.asks_for_a_human()
    johan = await office.at_desk("Johan")
    answer = await photographs(johan, applicant.person, saved(invoice(2400, 3400), "PNG"))
    assert answer.headers["location"].endswith("?done=handed-in")
