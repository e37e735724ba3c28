"""A paper is read by whoever may, each reading stands in the log, and what is served can do nothing."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest

from backend import access, tasks
from backend.audit import Access
from backend.documents import service
from backend.errors import NotAllowed, NotFound, ReasonNeeded
from tests.backend.documents.conftest import hands_in, objects, own
from tests.backend.documents.made import armed, invoice, pdf, saved
from tests.backend.staff.desks import Desk, Office, hire
from tests.backend.stories import JOHAN, MARIA, Applicant, Backend

PHOTO = saved(invoice())


@pytest.fixture
async def office(demo: Backend) -> AsyncIterator[Office]:
    await hire(demo.database(), demo.clock)
    opened = Office(demo)
    yield opened
    await opened.close()


@pytest.fixture
async def maria(office: Office) -> Desk:
    """A caseworker."""
    return await office.at_desk("Maria")


async def log(backend: Backend, person: UUID) -> list[Access]:
    async with backend.database().transaction() as session:
        return [row for row in await access.log_of(session, person) if row.what == "document"]


async def paper_of(backend: Backend, person: UUID, content: bytes = PHOTO) -> UUID:
    document = (await hands_in(backend, person, content)).document
    assert document is not None
    return document


def address(person: UUID, document: UUID) -> str:
    return f"/inbox/cases/{person}/documents/{document}"


async def read(desk: Desk, person: UUID, document: UUID) -> httpx2.Response:
    return await desk.client.get(address(person, document))


async def test_a_caseworker_reads_a_paper_and_it_stands_in_the_log(office: Office, maria: Desk) -> None:
    applicant = await office.bot.asks_for_help()
    document = await paper_of(office.backend, applicant.person)

    answer = await read(maria, applicant.person, document)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.content.startswith(b"\xff\xd8")
    (seen,) = await log(office.backend, applicant.person)
    # That it came is a task in her queue, and therefore why.
    assert (seen.reader_name, seen.about, seen.allowed, seen.why) == (
        "Maria",
        document,
        True,
        "Uppgift i din kö: Titta på",
    )
    assert "Läste ett papper" in (await maria.opens(f"/inbox/cases/{applicant.person}/looked")).text


async def test_what_is_served_is_nobodys_page(office: Office, maria: Desk) -> None:
    person = uuid4()
    photo, invoice_ = await paper_of(office.backend, person), await paper_of(office.backend, person, pdf(2, armed))

    shown, saved_ = [(await read(maria, person, one)).headers for one in (photo, invoice_)]

    for headers in (shown, saved_):
        assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["cross-origin-resource-policy"] == "same-origin"
    assert shown["content-disposition"] == f'inline; filename="papper-{str(photo)[:8]}.jpg"'
    assert saved_["content-disposition"] == f'attachment; filename="papper-{str(invoice_)[:8]}.pdf"'
    assert saved_["content-type"] == "application/pdf"


async def test_customer_service_reads_no_papers(office: Office) -> None:
    applicant = await office.bot.asks_for_help()
    document = await paper_of(office.backend, applicant.person)

    answer = await read(await office.at_desk("Johan"), applicant.person, document)

    assert answer.status_code == 403
    assert PHOTO[:100] not in answer.content


async def test_nobody_reads_without_sitting_at_a_desk(office: Office) -> None:
    document = await paper_of(office.backend, person := uuid4())

    assert (await read(office.desk(), person, document)).status_code == 303


async def test_a_paper_is_found_with_its_person_alone(office: Office, maria: Desk) -> None:
    person = uuid4()
    document = await paper_of(office.backend, person)
    await paper_of(office.backend, other := uuid4())

    assert (await read(maria, other, document)).status_code == 404
    assert (await read(maria, person, uuid4())).status_code == 404


async def test_a_paper_whose_object_is_lost_is_said_to_be_away(office: Office, maria: Desk, folder: Path) -> None:
    document = await paper_of(office.backend, person := uuid4())
    objects(folder)[0].unlink()

    answer = await read(maria, person, document)

    assert (answer.status_code, "Försök igen" in answer.text) == (503, True)


async def test_the_door_holds_also_for_other_rooms(backend: Backend, applicant: Applicant) -> None:
    document = await paper_of(backend, applicant.person)
    async with backend.database().transaction() as session:
        for task in await tasks.waiting(session, applicant.person):
            await tasks.done(session, task.id, backend.clock())

    async def look(reader: access.Reader, reason: access.Reason | None = None) -> UUID:
        async with backend.database().transaction() as session:
            row = await service.look_at(session, backend.clock, reader, applicant.person, document, reason=reason)
        return row.id

    with pytest.raises(ReasonNeeded):
        await look(MARIA)
    with pytest.raises(NotAllowed):
        await look(JOHAN, "at-the-counter")
    assert await look(MARIA, "follow-up") == document
    assert [(row.reader_name, row.allowed) for row in await log(backend, applicant.person)] == [
        ("Maria", True),
        ("Johan", False),
        ("Maria", False),
    ]


async def test_when_every_paper_is_read_there_is_nothing_more_to_look_at(
    backend: Backend, applicant: Applicant
) -> None:
    async def left_to_do() -> list[str]:
        async with backend.database().transaction() as session:
            return [task.reason for task in await tasks.waiting(session, applicant.person)]

    both = [await paper_of(backend, applicant.person) for _ in range(2)]
    for document, left in zip(both, (["document"], []), strict=True):
        async with backend.database().transaction() as session:
            await service.look_at(session, backend.clock, MARIA, applicant.person, document)
        assert await left_to_do() == left


async def test_a_removed_paper_is_not_there(backend: Backend, applicant: Applicant) -> None:
    document = await paper_of(backend, applicant.person)
    async with backend.database().transaction() as session:
        await service.delete_of_person(session, own(backend), applicant.person, backend.clock())
    with pytest.raises(NotFound):
        async with backend.database().transaction() as session:
            await service.look_at(session, backend.clock, MARIA, applicant.person, document)
