"""What is planned once: within the programme and the calendar, places counted, told, and taken back again."""

from dataclasses import replace
from datetime import date, time
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from backend import tasks
from backend.calendar import day_in_sweden, moment
from backend.contract import NoticeKind, PlannedKind, PlanningWeek
from backend.errors import ElsewhereThen, GroupFull, Invalid, NotFound
from backend.interpreters import routine
from backend.interpreters.sending import Agencies
from backend.planning import leaving, once
from backend.planning.models import Enrolment, Group
from backend.planning.once import Planned
from tests.backend.interpreters.agencies import Told, agency
from tests.backend.stories import MARIA, Applicant, Backend, at_once, told

THURSDAY = date(2026, 12, 3)
INTERVIEW = Planned("recruiter-interview", THURSDAY, time(10), "Exempelgatan 4", digital=False, interpreted=False)


async def gives(backend: Backend, kim: Applicant, planned: Planned = INTERVIEW) -> UUID:
    async with backend.database().transaction() as session:
        return await once.give(session, backend.clock, MARIA, kim.person, planned)


async def takes_back(backend: Backend, kim: Applicant, enrolment: UUID) -> None:
    async with backend.database().transaction() as session:
        await leaving.take_back(session, backend.clock, MARIA, kim.person, enrolment)


async def weeks(backend: Backend) -> list[list[tuple[PlannedKind, int, bool]]]:
    bodies = [PlanningWeek.model_validate(one.body) for one in await told(backend.trelleborg, NoticeKind.PLANNING_WEEK)]
    return [[(one.kind, day_in_sweden(one.start).day, one.interpreter) for one in body.activities] for body in bodies]


async def test_she_is_told_of_it_once_and_of_what_is_left_when_it_goes(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    enrolment = await gives(backend, kim)
    assert await gives(backend, kim) == enrolment
    assert await weeks(backend) == [[("recruiter-interview", 3, False)]]
    for _ in range(2):
        await takes_back(backend, kim, enrolment)
    assert (await weeks(backend))[1:] == [[]]
    assert await gives(backend, kim) != enrolment


async def test_a_single_time_is_for_one_and_a_meeting_of_employers_for_several(backend: Backend) -> None:
    people = [await backend.trelleborg.asks_for_help(language="sv") for _ in range(3)]
    given = await at_once(*(gives(backend, kim) for kim in people))
    assert [type(one) for one in given].count(GroupFull) == 2
    for kim in people:
        await gives(backend, kim, replace(INTERVIEW, activity="recruiting", day=date(2026, 12, 4)))
    async with backend.database().transaction() as session:
        groups = {one.activity: (one.taken, one.capacity) for one in (await session.exec(select(Group))).all()}
    assert groups == {"recruiter-interview": (1, 1), "recruiting": (3, 15)}


async def test_nobody_is_at_two_places_nor_where_it_is_closed(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await gives(backend, kim)
    with pytest.raises(ElsewhereThen):
        await gives(backend, kim, replace(INTERVIEW, activity="planning-talk", at=time(10, 15)))
    for day in (date(2026, 11, 27), date(2026, 12, 5), date(2026, 12, 25)):
        with pytest.raises(Invalid):
            await gives(backend, kim, replace(INTERVIEW, day=day))


async def test_a_placement_all_day_leaves_her_the_hour_and_so_does_what_she_cannot_come_to(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    first = await gives(backend, kim)
    async with backend.database().transaction() as session:
        start, end = moment(THURSDAY, time(8)), moment(THURSDAY, time(16))
        group = Group(activity="placement", starts_at=start, ends_at=end, place="Storgatan 1", capacity=9, taken=1)
        session.add(group)
        await session.flush()
        session.add(Enrolment(group=group.id, person=kim.person, made_at=backend.clock()))
        hers = await session.get(Enrolment, first)
        assert hers is not None
        hers.said = "could-not"
        session.add(hers)
    await gives(backend, kim, replace(INTERVIEW, activity="planning-talk", at=time(10, 15)))


async def test_with_an_interpreter_there_is_one_to_find(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="so")
    enrolment = await gives(backend, kim, replace(INTERVIEW, activity="planning-talk", interpreted=True))
    assert await weeks(backend) == [[("planning-talk", 3, True)]]
    await routine.go_on(backend.database(), backend.clock)
    async with backend.database().transaction() as session:
        assert "activity-interpreter" in [task.reason for task in await tasks.waiting(session, kim.person)]
    await takes_back(backend, kim, enrolment)
    async with backend.database().transaction() as session:
        assert "activity-interpreter" not in [task.reason for task in await tasks.waiting(session, kim.person)]


async def test_with_an_interpreter_of_ours_or_an_agency_one_is_asked_for_the_group(backend: Backend) -> None:
    people = [await backend.trelleborg.asks_for_help(language="ti") for _ in range(2)]
    town = backend.database()
    town.agencies = (agency(),)
    recruiting = replace(INTERVIEW, activity="recruiting", interpreted=True)
    first, second = [await gives(backend, kim, recruiting) for kim in people]
    told = Told()
    own = Agencies({"orda": told}, "https://imorgon.example", "s" * 40)
    await routine.look_after(town, own, backend.clock)
    ((kind, asked),) = told.said
    assert (kind, asked.mode, asked.persons) == ("order", "on-site", 3)
    assert asked.address.startswith("Exempelgatan 4")
    await takes_back(backend, people[0], first)
    await routine.look_after(town, own, backend.clock)
    assert told.kinds == ["order"]
    await takes_back(backend, people[1], second)
    await routine.look_after(town, own, backend.clock)
    assert told.kinds == ["order", "cancel"]
    again = await gives(backend, people[0], recruiting)
    assert again != first
    await routine.look_after(town, own, backend.clock)
    assert told.kinds == ["order", "cancel", "order"]


async def test_only_ones_own_and_only_before_it_begins(backend: Backend) -> None:
    kim, other = [await backend.trelleborg.asks_for_help(language="sv") for _ in range(2)]
    enrolment = await gives(backend, kim)
    for person, which in ((other, enrolment), (kim, uuid4())):
        with pytest.raises(NotFound):
            await takes_back(backend, person, which)
    backend.clock.advance(days=4)
    with pytest.raises(NotFound):
        await takes_back(backend, kim, enrolment)
