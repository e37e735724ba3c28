"""What is done every week: its times are given one week at a time, told in one text, and end when it ends."""

from dataclasses import replace
from datetime import date, datetime, time
from uuid import UUID

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import tasks
from backend.bookings import lists
from backend.calendar import SWEDEN, day_in_sweden
from backend.clock import Clock
from backend.contract import NoticeKind, PlanningWeek
from backend.errors import EveryWeekAlready, NotFound
from backend.municipalities import found
from backend.planning import routine, service, weekly
from backend.planning.models import Group
from backend.planning.weekly import EveryWeek
from tests.backend.stories import MARIA, Applicant, Backend, at_once, books_a_meeting, told

TUESDAYS = EveryWeek("job-search", 1, time(13), 120, "Exempelgatan 4", digital=True, begins_on=date(2026, 12, 1))


async def adds(backend: Backend, kim: Applicant, planned: EveryWeek = TUESDAYS) -> UUID:
    async with backend.database().transaction() as session:
        return await weekly.add(session, backend.clock, MARIA, kim.person, planned)


async def weeks_told(backend: Backend) -> list[list[int]]:
    notices = await told(backend.trelleborg, NoticeKind.PLANNING_WEEK)
    bodies = [PlanningWeek.model_validate(one.body) for one in notices]
    assert all(one.remind_on is None and one.branches == () for one in bodies)
    return [[day_in_sweden(activity.start).day for activity in one.activities] for one in bodies]


async def test_this_week_is_told_at_once_and_the_next_on_the_last_working_day(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await adds(backend, kim)
    assert await weeks_told(backend) == [[1]]
    backend.clock.now = datetime(2026, 12, 3, 12, tzinfo=SWEDEN)
    await routine.look_after(backend.database(), backend.clock)
    assert await weeks_told(backend) == [[1]]
    backend.clock.now = datetime(2026, 12, 4, 10, 1, tzinfo=SWEDEN)
    await at_once(*(routine.look_after(backend.database(), backend.clock) for _ in range(3)))
    assert await weeks_told(backend) == [[1], [8]]


async def test_a_closed_day_has_none_and_what_ended_comes_no_more(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    row = await adds(backend, kim)
    backend.clock.now = datetime(2027, 1, 4, 9, tzinfo=SWEDEN)  # Wednesday 6 January is closed
    wednesdays = EveryWeek("open-house", 2, time(9), 60, "Exempelgatan 4", digital=False, begins_on=date(2027, 1, 4))
    await adds(backend, kim, wednesdays)
    await routine.look_after(backend.database(), backend.clock)
    assert (await weeks_told(backend))[1:] == [[5]]
    async with backend.database().transaction() as session:
        await weekly.end(session, backend.clock, MARIA, kim.person, row)
    async with backend.database().transaction() as session:
        standing = await service.of_person(session, kim.person)
        assert [day_in_sweden(place.start).day for place in standing.places] == [1]
        assert [one.activity for one in await weekly.of_person(session, kim.person)] == ["open-house"]


async def test_several_are_at_the_same_open_house(backend: Backend) -> None:
    for _ in range(2):
        await adds(backend, await backend.trelleborg.asks_for_help(language="sv"))
    assert await weeks_told(backend) == [[1], [1]]


def test_the_requirement_of_activity_is_dated_secondary_and_off_until_the_law_was_read() -> None:
    for town in found().values():
        (asked,) = town.activity_requirement
        assert (asked.since, asked.hours, asked.status, asked.applies) == (date(2026, 10, 1), 40, "secondary", False)


async def ends(backend: Backend, kim: Applicant, row: UUID) -> None:
    async with backend.database().transaction() as session:
        await weekly.end(session, backend.clock, MARIA, kim.person, row)


async def test_the_same_planned_twice_is_one_and_its_next_week_is_told(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    rows = await at_once(*(adds(backend, kim) for _ in range(3)))
    assert len(set(rows)) == 1
    with pytest.raises(EveryWeekAlready):
        await adds(backend, kim, replace(TUESDAYS, minutes=60))
    backend.clock.now = datetime(2026, 12, 4, 10, 1, tzinfo=SWEDEN)
    await routine.look_after(backend.database(), backend.clock)
    assert await weeks_told(backend) == [[1], [8]]
    async with backend.database().transaction() as session:
        assert [group.taken for group in (await session.exec(select(Group))).all()] == [1, 1]


async def test_what_ends_takes_only_its_own_times(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    row = await adds(backend, kim)
    await adds(backend, kim, replace(TUESDAYS, weekday=3))
    await adds(backend, kim, replace(TUESDAYS, at=time(9)))
    await ends(backend, kim, row)
    (*_, last) = await told(backend.trelleborg, NoticeKind.PLANNING_WEEK)
    left = [one.start.astimezone(SWEDEN) for one in PlanningWeek.model_validate(last.body).activities]
    assert [(one.day, one.hour) for one in left] == [(1, 9), (3, 13)]


async def test_she_is_told_when_the_last_time_is_hers_no_more(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await ends(backend, kim, await adds(backend, kim))
    assert await weeks_told(backend) == [[1], []]
    first, last = await told(backend.trelleborg, NoticeKind.PLANNING_WEEK)
    async with backend.database().transaction() as session:
        stand = [
            await service.stands(session, service.WEEK, one.id, (kim.person,), backend.clock()) for one in (first, last)
        ]
    assert stand == [False, True]


async def test_what_is_another_persons_is_not_found(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    row = await adds(backend, kim)
    with pytest.raises(NotFound):
        await ends(backend, await backend.trelleborg.asks_for_help(language="sv"), row)


async def test_where_she_is_elsewhere_staff_have_a_task_and_she_no_second_time(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    meeting = await books_a_meeting(backend, kim)
    start = meeting.start.astimezone(SWEDEN)
    planned = replace(TUESDAYS, weekday=start.weekday(), at=start.time(), begins_on=start.date())
    backend.clock.now = datetime.combine(start.date(), time(0, 1), SWEDEN)
    row = await adds(backend, kim, planned)
    assert await weeks_told(backend) == []
    async with backend.database().transaction() as session:
        (task,) = [one for one in await tasks.waiting(session, kim.person) if one.reason == "weekly-collides"]
        assert (task.about, task.due_at) == (row, meeting.start)
    await ends(backend, kim, row)
    async with backend.database().transaction() as session:
        assert not [one for one in await tasks.waiting(session, kim.person) if one.reason == "weekly-collides"]


async def test_one_whose_week_cannot_be_given_holds_up_nobody(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim, robin = [await backend.trelleborg.asks_for_help(language="sv") for _ in range(2)]
    for one in (kim, robin):
        await adds(backend, one)
    give = weekly.plan_next

    async def fails_for_kim(session: AsyncSession, clock: Clock, person: UUID) -> None:
        if person == kim.person:
            raise ValueError
        await give(session, clock, person)

    monkeypatch.setattr(weekly, "plan_next", fails_for_kim)
    backend.clock.now = datetime(2026, 12, 4, 10, 1, tzinfo=SWEDEN)
    with pytest.raises(ExceptionGroup):
        await routine.look_after(backend.database(), backend.clock)
    assert await weeks_told(backend) == [[1], [1], [8]]


async def test_where_the_caseworker_has_a_meeting_staff_have_a_task(backend: Backend) -> None:
    kim, amal = [await backend.trelleborg.asks_for_help(language="sv") for _ in range(2)]
    meeting = await books_a_meeting(backend, amal)
    async with backend.database().transaction() as session:
        (planned,) = await lists.of_day(session, day_in_sweden(meeting.start))
    assert planned.caseworker is not None
    start = meeting.start.astimezone(SWEDEN)
    every = replace(TUESDAYS, activity="caseworker", weekday=start.weekday(), at=start.time(), begins_on=start.date())
    backend.clock.now = datetime.combine(start.date(), time(0, 1), SWEDEN)
    await adds(backend, kim, replace(every, caseworker=planned.caseworker.id))
    assert await weeks_told(backend) == []
    async with backend.database().transaction() as session:
        assert "weekly-collides" in {one.reason for one in await tasks.waiting(session, kim.person)}
