"""The eleven steps of somebody newly arrived: where she is, who sees to each, and reminders on its day."""

from datetime import date, datetime

import pytest

from backend import tasks
from backend.calendar import SWEDEN
from backend.contract import (
    NoticeKind,
    SettlingStanding,
    SettlingStep,
    Status,
    StatusQuery,
    StillTrue,
    StillTrueQuery,
)
from backend.errors import Invalid
from backend.planning import routine, settling
from tests.backend.stories import MARIA, Applicant, Backend, at_once, told

ARRIVED = date(2026, 11, 23)


async def arrives(backend: Backend) -> Applicant:
    kim = await backend.trelleborg.asks_for_help(language="so")
    for _ in range(2):
        async with backend.database().transaction() as session:
            await settling.begin(session, backend.clock, MARIA, kim.person, ARRIVED)
    return kim


async def notes(backend: Backend, kim: Applicant, number: int, due: date | None, done: date | None = None) -> None:
    async with backend.database().transaction() as session:
        await settling.note(session, backend.clock, MARIA, (kim.person, number), (due, done))


async def status(backend: Backend, kim: Applicant) -> Status:
    query = StatusQuery(person=kim.person, at=backend.clock())
    return Status.model_validate((await backend.trelleborg.post("status", query)).json())


async def test_she_sees_which_step_it_is_and_its_day(backend: Backend) -> None:
    kim = await arrives(backend)
    assert (await status(backend, kim)).settling == SettlingStanding(number=1, of=11)
    for number in (1, 2, 3):
        await notes(backend, kim, number, None, date(2026, 11, 27))
    await notes(backend, kim, 4, date(2026, 12, 9))
    assert (await status(backend, kim)).settling == SettlingStanding(number=4, of=11, on=date(2026, 12, 9))
    somebody = await backend.trelleborg.asks_for_help(language="so")
    assert (await status(backend, somebody)).settling is None


async def test_the_day_before_staff_and_she_are_reminded_once(backend: Backend) -> None:
    kim = await arrives(backend)
    await notes(backend, kim, 4, date(2026, 12, 9))
    await notes(backend, kim, 5, date(2026, 12, 9))  # a queue: nothing for her to come to
    backend.clock.now = datetime(2026, 12, 8, 9, tzinfo=SWEDEN)
    await at_once(*(routine.look_after(backend.database(), backend.clock) for _ in range(3)))
    bodies = [one.body for one in await told(backend.trelleborg, NoticeKind.SETTLING_STEP)]
    assert bodies == [SettlingStep(number=4, of=11, on=date(2026, 12, 9)).model_dump(mode="json")]
    async with backend.database().transaction() as session:
        assert [one.reason for one in await tasks.waiting(session, kim.person)] == ["settling", "settling"]
    with pytest.raises(Invalid):
        await notes(backend, kim, 4, date(2026, 12, 9), date(2026, 12, 9))
    backend.clock.now = datetime(2026, 12, 9, 14, tzinfo=SWEDEN)
    await notes(backend, kim, 4, date(2026, 12, 9), date(2026, 12, 9))
    async with backend.database().transaction() as session:
        assert len(await tasks.waiting(session, kim.person)) == 1
        path = await settling.of_person(session, kim.person)
        assert [one.due_on for one in path][-1] == date(2027, 5, 23)  # six months after she came
        assert len(path) == 11


async def test_a_reminder_of_a_step_is_true_while_it_is_not_done_and_its_day_stands(backend: Backend) -> None:
    kim = await arrives(backend)
    await notes(backend, kim, 4, date(2026, 12, 9))
    backend.clock.now = datetime(2026, 12, 8, 9, tzinfo=SWEDEN)
    await routine.look_after(backend.database(), backend.clock)
    (notice,) = await told(backend.trelleborg, NoticeKind.SETTLING_STEP)

    async def true() -> bool:
        asked = StillTrueQuery(kind="settling", person=kim.person, reference=notice.id, at=backend.clock())
        return StillTrue.model_validate((await backend.trelleborg.post("still-true", asked)).json()).true

    assert await true()
    await notes(backend, kim, 4, date(2026, 12, 16))
    assert not await true()
    await notes(backend, kim, 4, date(2026, 12, 9))
    assert await true()
    await notes(backend, kim, 4, date(2026, 12, 9), date(2026, 12, 8))
    assert not await true()
