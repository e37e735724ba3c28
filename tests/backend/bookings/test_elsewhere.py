"""No meeting is booked into what is planned: with the person, or of a caseworker every week."""

from datetime import date, time
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from backend import persons
from backend.contract import ProblemCode
from backend.errors import ElsewhereThen, SlotTaken
from backend.planning.models import Enrolment, Group, Weekly
from tests.backend.meetings import Town, clocks, slot_at, sweden

TUESDAY = date(2026, 12, 1)
TEN = "2026-12-01 10:00"
MORNINGS = ((time(9), time(12)),)


async def meets_every_week(town: Town, *, caseworker: UUID | None = None) -> UUID:
    """Tuesdays from ten to eleven; its times have not been given yet."""
    somebody = uuid4()
    async with town.database.transaction() as session:
        await persons.meet(session, somebody, town.clock())
        session.add(
            Weekly(
                person=somebody,
                activity="caseworker",
                weekday=1,
                at=time(10),
                minutes=60,
                place="Exempelgatan 4",
                begins_on=TUESDAY,
                by_name="Maria",
                caseworker=caseworker,
            )
        )
    return somebody


async def day(town: Town, person: UUID | None = None, on: date = TUESDAY) -> set[str]:
    """What is offered on a day, as hours."""
    offered = clocks(await town.offers(person=person, not_before=on, limit=12))
    return {one[11:] for one in offered if one.startswith(f"{on}")}


async def test_she_is_offered_nothing_while_she_is_elsewhere_and_gets_it_by_no_other_way(town: Town) -> None:
    await town.has_caseworker(hours=MORNINGS)
    kim = await meets_every_week(town)
    assert "10:00" in await day(town)  # somebody else is
    for on in (TUESDAY, date(2026, 12, 8)):
        hers = await day(town, kim, on)
        assert "11:00" in hers
        assert not {"09:45", "10:00", "10:30"} & hers
    with pytest.raises(ElsewhereThen) as refused:
        await town.books(slot_at(TEN), person=kim)
    assert isinstance(refused.value, SlotTaken)
    assert refused.value.problem.code is ProblemCode.SLOT_TAKEN  # the bot asks again with fresh times
    await town.books(slot_at("2026-12-01 11:00"), person=kim)


async def test_what_ended_and_what_she_had_no_place_in_hinders_nothing(town: Town) -> None:
    await town.has_caseworker(hours=MORNINGS)
    kim = await meets_every_week(town)
    async with town.database.transaction() as session:
        row = (await session.exec(select(Weekly))).one()
        row.planned_until = date(2026, 12, 6)
        session.add(row)
    assert "10:00" in await day(town, kim)  # this week's was not given: it met something else
    assert "10:00" not in await day(town, kim, date(2026, 12, 8))
    async with town.database.transaction() as session:
        row = (await session.exec(select(Weekly))).one()
        row.ended_on = TUESDAY
        session.add(row)
    assert "10:00" in await day(town, kim, date(2026, 12, 8))


async def test_a_place_in_a_group_is_no_time_for_a_meeting(town: Town) -> None:
    await town.has_caseworker(hours=MORNINGS)
    kim = uuid4()
    async with town.database.transaction() as session:
        await persons.meet(session, kim, town.clock())
        group = Group(
            activity="cv",
            starts_at=sweden(TEN),
            ends_at=sweden("2026-12-01 12:00"),
            place="Exempelgatan 4",
            capacity=8,
            taken=1,
        )
        session.add(group)
        await session.flush()
        hers = Enrolment(group=group.id, person=kim, made_at=town.clock())
        session.add(hers)
    assert not {"10:00", "11:30"} & await day(town, kim)
    with pytest.raises(ElsewhereThen):
        await town.books(slot_at("2026-12-01 11:30"), person=kim)
    async with town.database.transaction() as session:
        hers.said = "could-not"
        session.add(hers)
    assert {"10:00", "11:30"} <= await day(town, kim), "where she has said that she does not go she is not"


async def test_a_placement_all_day_leaves_her_an_hour_for_a_meeting(town: Town) -> None:
    await town.has_caseworker(hours=MORNINGS)
    kim = uuid4()
    async with town.database.transaction() as session:
        await persons.meet(session, kim, town.clock())
        for weekday in range(5):
            session.add(
                Weekly(
                    person=kim,
                    activity="placement",
                    weekday=weekday,
                    at=time(8),
                    minutes=480,
                    place="Storgatan 1",
                    begins_on=TUESDAY,
                    by_name="Maria",
                )
            )
        start, end = sweden("2026-12-01 08:00"), sweden("2026-12-01 16:00")
        group = Group(activity="placement", starts_at=start, ends_at=end, place="Storgatan 1", capacity=200, taken=1)
        session.add(group)
        await session.flush()
        session.add(Enrolment(group=group.id, person=kim, made_at=town.clock()))
    for on in (TUESDAY, date(2026, 12, 8)):
        assert "10:00" in await day(town, kim, on)
    await town.books(slot_at(TEN), person=kim)


async def test_a_caseworker_meets_nobody_else_while_she_meets_somebody_every_week(town: Town) -> None:
    maria = await town.has_caseworker("Maria", MORNINGS)
    await meets_every_week(town, caseworker=maria)
    assert "10:00" not in await day(town)
    with pytest.raises(SlotTaken):
        await town.books(slot_at(TEN))
    await town.has_caseworker("Erik", MORNINGS)
    await town.books(slot_at(TEN))  # her colleague is free
