"""What reached her nowhere: a letter with its day, where the law says that she must be told."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from backend import tasks
from backend.calendar import moment
from backend.contract import HandOver
from backend.decisions import service as decisions
from backend.decisions.service import Draft
from backend.handover.service import leaves_by
from backend.municipalities import found
from tests.backend.stories import MARIA, Applicant, Backend, meets, told

CLOSES = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)


@pytest.fixture
async def amal(backend: Backend) -> Applicant:
    """Amal, who has a decision she has not heard yet."""
    applicant = await backend.trelleborg.asks_for_help()
    await meets(backend, applicant)
    async with backend.database().transaction() as session:
        await decisions.sign(session, backend.clock, MARIA, applicant.person, Draft("bifall", date(2026, 12, 1)))
    return applicant


async def came_nowhere(backend: Backend, applicant: Applicant, about: UUID | None) -> None:
    call = HandOver(
        person=applicant.person,
        thread=applicant.thread,
        channel="sms",
        language="ar",
        at=backend.clock(),
        reason="letter",
        about=about,
    )
    answer = await backend.trelleborg.put(f"handovers/{uuid4()}", call)
    assert answer.status_code == 204, answer.text


async def letters(backend: Backend, applicant: Applicant) -> list[tuple[str, UUID | None, datetime | None]]:
    async with backend.database().transaction() as session:
        waiting = await tasks.waiting(session, applicant.person)
        return [(task.reason, task.about, task.due_at) for task in waiting if task.kind == "letter"]


async def test_a_decision_that_came_nowhere_is_a_letter_today(backend: Backend, amal: Applicant) -> None:
    (notice,) = await told(backend.trelleborg)
    for _ in range(2):
        await came_nowhere(backend, amal, notice.id)
    async with backend.database().transaction() as session:
        (view,) = await decisions.of_person(session, amal.person)
    (letter,) = await letters(backend, amal)
    assert letter[:2] == ("decision", view.id)
    assert letter[2] is not None
    assert letter[2].date() >= backend.clock().date()


async def test_what_she_has_been_told_meanwhile_needs_no_letter(backend: Backend, amal: Applicant) -> None:
    (notice, *_) = await told(backend.trelleborg)
    async with backend.database().transaction() as session:
        (view,) = await decisions.of_person(session, amal.person)
        await decisions.record_told(session, backend.clock, MARIA, view.id, "counter")
    await came_nowhere(backend, amal, notice.id)
    assert await letters(backend, amal) == []


async def test_what_is_no_decision_is_a_letter_too(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help()
    about = uuid4()
    await came_nowhere(backend, kim, about)
    assert await letters(backend, kim) == [("letter", about, CLOSES)]


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2026-11-30 09:58", "2026-11-30 16:30"),
        ("2026-11-30 16:31", "2026-12-01 16:30"),
        ("2026-12-04 13:00", "2026-12-07 16:30"),  # Friday afternoon is closed
        ("2026-12-24 10:00", "2026-12-28 16:30"),  # Christmas Eve
    ],
)
def test_a_letter_leaves_the_same_or_the_next_working_day(at: str, leaves: str) -> None:
    def swedish(text: str) -> datetime:
        said = datetime.fromisoformat(text)
        return moment(said.date(), said.time())

    assert leaves_by(found()["trelleborg"].calendar, swedish(at)) == swedish(leaves)
