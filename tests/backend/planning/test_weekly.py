"""What is done every week: its times are given one week at a time, told in one text, and end when it ends."""

from datetime import date, datetime, time
from uuid import UUID

from backend.calendar import SWEDEN, day_in_sweden
from backend.contract import NoticeKind, PlanningWeek
from backend.municipalities import found
from backend.planning import routine, service, weekly
from backend.planning.weekly import EveryWeek
from tests.backend.stories import MARIA, Applicant, Backend, at_once, told

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
        await weekly.end(session, backend.clock, MARIA, row)
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
