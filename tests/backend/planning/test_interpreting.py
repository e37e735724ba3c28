"""An interpreter for a group of the planning week: one for each language and activity, for as long as somebody is in
it, and nobody's."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, delete, select

from backend import tasks
from backend.bookings import absences
from backend.calendar import SWEDEN
from backend.errors import NotFound
from backend.interpreters import besides, routine
from backend.interpreters import service as desk
from backend.interpreters.models import Interpreted, InterpreterOrder, InterpreterWish
from backend.interpreters.ordering import Heard
from backend.interpreters.sending import Agencies
from backend.interpreters.service import OrderLine
from backend.planning import leaving, service
from backend.planning import routine as planning
from backend.planning.models import Enrolment, Group
from tests.backend.interpreters.agencies import Told, agency
from tests.backend.meetings import WHOLE_DAY, Town
from tests.backend.stories import MARIA, Applicant, Backend, books_a_meeting

FRIDAY = datetime(2026, 12, 4, 11, tzinfo=SWEDEN)
INTERPRETED = ["branches", "cv", "plan"]
"""What the example programme has a group with an interpreter for; the rest is for everybody."""


async def begins(backend: Backend, *people: Applicant) -> None:
    for one in people:
        async with backend.database().transaction() as session:
            await service.begin(session, backend.clock, MARIA, one.person, uuid4())


async def leaves(backend: Backend, one: Applicant, activity: str) -> None:
    async with backend.database().transaction() as session:
        hers = await session.exec(
            select(Enrolment.id)
            .join(Group, col(Group.id) == Enrolment.group)
            .where(Enrolment.person == one.person, Group.activity == activity)
        )
        await leaving.take_back(session, backend.clock, MARIA, one.person, hers.one())


async def of_language(backend: Backend, language: str) -> list[OrderLine]:
    async with backend.database().transaction() as session:
        return sorted(
            (one for one in await desk.open_orders(session, backend.clock()) if one.language == language),
            key=lambda one: one.start,
        )


async def to_arrange(backend: Backend) -> list[tuple[str, UUID | None]]:
    async with backend.database().transaction() as session:
        return [(one.reason, one.person) for one in await tasks.queue(session, "time")]


async def speaks_both(town: Town, name: str) -> UUID:
    return await town.has("interpreter", name, hours=WHOLE_DAY, speaks=["so", "ar"], works_by=["on-site", "phone"])


async def test_one_for_each_language_and_activity_until_the_last_one_leaves(backend: Backend) -> None:
    hodan, ali = [await backend.trelleborg.asks_for_help(language="so") for _ in range(2)]
    amal = await backend.trelleborg.asks_for_help(language="ar")
    town, backend.clock.now = backend.database(), FRIDAY
    town.agencies = (agency(languages=("so", "ar")),)
    told = Told(answers=Heard("confirmed", "A-7"))
    own = Agencies({"orda": told}, "https://imorgon.example", "s" * 40)
    await begins(backend, hodan, ali)
    await routine.look_after(town, own, backend.clock)
    lines = await of_language(backend, "so")
    assert [(one.what, one.mode, one.state, one.start.astimezone(SWEDEN).day) for one in lines] == [
        ("planned", way, "confirmed", day) for way, day in (("phone", 7), ("on-site", 8), ("on-site", 11))
    ]
    # The group goes on filling up after the order has left: as many as there are places for, and one of us.
    assert {asked.persons for _, asked in told.said} == {9}
    await begins(backend, amal)
    await routine.look_after(town, own, backend.clock)
    assert told.kinds == ["order"] * 6
    assert len(await of_language(backend, "ar")) == 3

    await leaves(backend, hodan, "branches")
    assert len(await of_language(backend, "so")) == 3
    await leaves(backend, ali, "branches")
    await routine.look_after(town, own, backend.clock)
    assert told.kinds == ["order"] * 6 + ["cancel"]
    assert [one.start.astimezone(SWEDEN).day for one in await of_language(backend, "so")] == [8, 11]
    async with town.transaction() as session:
        withdrawn = await session.exec(select(InterpreterOrder).where(InterpreterOrder.state == "withdrawn"))
        assert [one.fee_due for one in withdrawn] == [False]
    backend.clock.now = lines[1].start
    with pytest.raises(NotFound):
        await leaves(backend, ali, "cv")


async def test_ours_is_at_one_place_at_a_time_and_her_absence_asks_anew(backend: Backend) -> None:
    hodan = await backend.trelleborg.asks_for_help(language="so")
    amal = await backend.trelleborg.asks_for_help(language="ar")
    backend.clock.now = FRIDAY
    town = Town(backend.database(), backend.clock)
    yasmin = await speaks_both(town, "Yasmin")
    await begins(backend, hodan, amal)
    await routine.go_on(town.database, backend.clock)
    (first, second) = await of_language(backend, "so"), await of_language(backend, "ar")
    assert len([*first, *second]) == 3
    assert await to_arrange(backend) == [(besides.FOR_PLANNED, None)] * 3
    await speaks_both(town, "Zeinab")
    line = [*first, *second][0]
    async with town.database.transaction() as session:
        await absences.add(session, backend.clock, yasmin, line.start, line.end)
    await routine.go_on(town.database, backend.clock)
    now = [one.interpreter for one in await of_language(backend, line.language) if one.start == line.start]
    assert now == ["Zeinab"]


async def test_nobodys_wish_holds_for_the_others(backend: Backend) -> None:
    hodan = await backend.trelleborg.asks_for_help(language="so")
    meeting = await books_a_meeting(backend, hodan, interpreter="so")
    backend.clock.now = FRIDAY
    async with backend.database().transaction() as session:
        session.add(InterpreterWish(meeting=meeting.id, gender="woman", not_from=meeting.id))
    backend.database().agencies = (agency(languages=("so",)),)
    await begins(backend, hodan)
    await routine.go_on(backend.database(), backend.clock)
    lines = [one for one in await of_language(backend, "so") if one.what == "planned"]
    assert [(one.gender, one.not_again) for one in lines] == [(None, False)] * len(INTERPRETED)


async def test_who_was_found_by_hand_is_cancelled_by_hand_when_nobody_is_left(backend: Backend) -> None:
    hodan = await backend.trelleborg.asks_for_help(language="so")
    backend.clock.now = FRIDAY
    await begins(backend, hodan)
    await routine.go_on(backend.database(), backend.clock)
    async with backend.database().transaction() as session:
        by_hand = await tasks.queue(session, "time")
        assert [one.reason for one in by_hand] == [besides.FOR_PLANNED] * len(INTERPRETED)
        await tasks.done(session, by_hand[0].id, backend.clock(), MARIA.id)
    for activity in INTERPRETED[:2]:
        await leaves(backend, hodan, activity)
    assert await to_arrange(backend) == [(besides.PLANNED_WITHOUT, None), (besides.FOR_PLANNED, None)]
    async with backend.database().transaction() as session:
        waiting = await tasks.queue(session, "time")
        groups = await besides.groups_of(session, [one.id for one in waiting])
    assert [groups[one.id].language for one in waiting] == ["so", "so"]


async def test_a_group_that_had_its_people_before_gets_its_order_at_the_next_round(backend: Backend) -> None:
    hodan, ali = [await backend.trelleborg.asks_for_help(language="so") for _ in range(2)]
    town, backend.clock.now = backend.database(), FRIDAY
    town.agencies = (agency(languages=("so",)),)
    await begins(backend, hodan, ali)
    await leaves(backend, hodan, "plan")
    await leaves(backend, ali, "plan")
    async with town.transaction() as session:
        await session.exec(delete(Interpreted))  # as it was when nothing was ordered for groups
    for _ in range(2):
        await planning.look_after(town, backend.clock)
    async with town.transaction() as session:
        wanted = (await session.exec(select(Interpreted).order_by(col(Interpreted.starts_at)))).all()
    assert [one.starts_at.astimezone(SWEDEN).day for one in wanted] == [7, 8], "nobody is left in the third"
    await routine.go_on(town, backend.clock)
    assert [one.state for one in await of_language(backend, "so")] == ["asked", "asked"]
