"""Hours lent to another municipality: booked there alone, taken at home, given back when nothing is booked there."""

import random
from collections.abc import Coroutine, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from backend.bookings import absences, lending, lists
from backend.bookings.models import Absence, Allotment, BorrowedHours, Participant, Resource
from backend.bookings.service import move_by_staff
from backend.calendar import day_in_sweden
from backend.contract import Meeting
from backend.database import Database
from backend.errors import Invalid, NotFound, SlotTaken
from tests.backend.meetings import Town, clocks, slot_at, sweden
from tests.backend.stories import Backend, StoryClock, at_once

TUESDAY = (sweden("2026-12-01 13:00"), sweden("2026-12-01 16:00"))


class Two:
    """Trelleborg, where Ann works, and Svedala, which may have some of her hours and has nobody of its own."""

    def __init__(self, backend: Backend) -> None:
        self.towns: Mapping[str, Database] = backend.app.state.databases
        self.clock: StoryClock = backend.clock
        self.home, self.there = (Town(backend.database(slug), backend.clock) for slug in ("trelleborg", "svedala"))
        self.ann = UUID(int=0)

    async def lends(self, starts_at: datetime = TUESDAY[0], ends_at: datetime = TUESDAY[1]) -> UUID:
        async with self.home.database.transaction() as session:
            return await lending.lend(session, self.ann, "svedala", starts_at, ends_at)

    async def takes_back(self, allotment: UUID) -> None:
        async with self.home.database.transaction() as session:
            await lending.take_back(session, allotment)

    async def hears(self) -> None:
        await lending.carry_out(self.home.database, self.towns, self.clock)

    async def state(self, allotment: UUID) -> str:
        async with self.home.database.transaction() as session:
            return (await session.exec(select(Allotment.state).where(Allotment.id == allotment))).one()

    async def ann_is_twice(self) -> int:
        """Pairs of times that Ann has in both towns at once, whatever the databases held; lent hours aside."""
        taken: list[tuple[datetime, datetime]] = []
        for town in (self.home, self.there):
            async with town.database.transaction() as session:
                rows = await session.exec(
                    select(Participant.starts_at, Participant.ends_at).where(
                        Participant.resource == self.ann,
                        col(Participant.cancelled).is_(False),
                        col(Participant.meeting).is_not(None),
                    )
                )
                taken += rows.all()
        return sum(
            one[0] < other[1] and other[0] < one[1] for number, one in enumerate(taken) for other in taken[number + 1 :]
        )


@pytest.fixture
async def two(both: Backend) -> Two:
    made = Two(both)
    made.ann = await made.home.has_caseworker("Ann")
    await made.there.has("place", "Rum A")
    return made


async def test_lent_hours_are_offered_there_alone_and_taken_at_home(two: Two) -> None:
    await two.lends()
    assert (await two.there.offers(limit=12)).times == ()
    await two.hears()
    there = clocks(await two.there.offers(limit=12))
    assert there[0] == "2026-12-01 13:00"
    assert there[-1] == "2026-12-01 15:30"
    at_home = clocks(await two.home.offers(not_before=day_in_sweden(TUESDAY[0]), limit=12))
    assert not [at for at in at_home if "2026-12-01 13:00" <= at < "2026-12-01 16:00"]
    await two.there.books(slot_at("2026-12-01 14:00"))
    for at in ("2026-12-01 12:45", "2026-12-01 14:00", "2026-12-01 15:45"):
        with pytest.raises(SlotTaken):
            await two.home.books(slot_at(at))
    with pytest.raises(SlotTaken):
        await two.there.books(slot_at("2026-12-01 12:45"))


async def test_what_is_booked_at_home_is_not_lent_and_no_hour_is_lent_twice(two: Two) -> None:
    await two.home.books(slot_at("2026-12-01 13:30"))
    with pytest.raises(lending.NotFreeToLend):
        await two.lends()
    await two.lends(sweden("2026-12-01 14:00"), sweden("2026-12-01 16:00"))
    with pytest.raises(lending.NotFreeToLend):
        await two.lends(sweden("2026-12-01 15:00"), sweden("2026-12-01 16:15"))
    async with two.home.database.transaction() as session:
        await absences.add(session, two.clock, two.ann, sweden("2026-12-02 08:00"), sweden("2026-12-02 12:00"))
    with pytest.raises(lending.NotFreeToLend):
        await two.lends(sweden("2026-12-02 10:00"), sweden("2026-12-02 14:00"))


async def test_only_caseworkers_of_ones_own_are_lent_to_others(two: Two) -> None:
    async with two.home.database.transaction() as session:
        room = (await session.exec(select(Resource.id).where(Resource.kind == "place"))).one()
    for resource, to, ends_at in (
        (room, "svedala", TUESDAY[1]),
        (two.ann, "trelleborg", TUESDAY[1]),
        (two.ann, "svedala", TUESDAY[0]),
    ):
        with pytest.raises(Invalid):
            async with two.home.database.transaction() as session:
                await lending.lend(session, resource, to, TUESDAY[0], ends_at)
    await two.lends()
    await two.hears()
    with pytest.raises(Invalid):
        async with two.there.database.transaction() as session:
            await lending.lend(session, two.ann, "trelleborg", *TUESDAY)
    with pytest.raises(NotFound):
        await two.takes_back(UUID(int=1))


async def test_hours_taken_back_are_free_at_home_last(two: Two) -> None:
    lent = await two.lends()
    await two.hears()
    booked = await two.there.books(slot_at("2026-12-01 14:00"))
    await two.takes_back(lent)
    await two.hears()
    # No new meeting there; the one there is stands, is asked about there, and keeps the hours taken at home.
    with pytest.raises(SlotTaken):
        await two.there.books(slot_at("2026-12-01 15:00"))
    assert await two.there.alerts() == [("absence", booked.id)]
    async with two.there.database.transaction() as session:
        assert [hit.meeting.id for hit in await absences.hits(session, two.clock())] == [booked.id]
    with pytest.raises(SlotTaken):
        await two.home.books(slot_at("2026-12-01 15:00"))
    assert await two.state(lent) == "withdrawing"
    await two.there.cancels(booked)
    await two.hears()
    assert await two.state(lent) == "withdrawn"
    assert (await two.home.books(slot_at("2026-12-01 14:00"))).start == sweden("2026-12-01 14:00")


async def test_a_meeting_in_hours_taken_back_is_held_by_somebody_else_there(two: Two) -> None:
    lent = await two.lends()
    await two.hears()
    booked = await two.there.books(slot_at("2026-12-01 14:00"))
    await two.takes_back(lent)
    await two.hears()
    await two.there.has_caseworker("Lena")
    async with two.there.database.transaction() as session:
        await absences.others_take(session, two.clock, booked.id)
        planned = await lists.of_day(session, day_in_sweden(booked.start))
    assert [one.caseworker.name for one in planned if one.caseworker] == ["Lena"]
    await two.hears()
    assert await two.state(lent) == "withdrawn"


async def test_a_crash_after_the_commit_at_home_leaves_hours_nobody_books_until_it_is_carried_out(two: Two) -> None:
    lent = await two.lends()  # and the process dies here
    with pytest.raises(SlotTaken):
        await two.home.books(slot_at("2026-12-01 14:00"))
    with pytest.raises(SlotTaken):
        await two.there.books(slot_at("2026-12-01 14:00"))
    await at_once(*(two.hears() for _ in range(4)))
    assert await two.state(lent) == "copied"
    await two.there.books(slot_at("2026-12-01 14:00"))
    await two.hears()
    async with two.there.database.transaction() as session:
        assert len((await session.exec(select(BorrowedHours))).all()) == 1


async def test_a_crash_between_copying_and_noting_it_does_it_once_more(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise InterruptedError

    lent = await two.lends()
    with monkeypatch.context() as patched:
        patched.setattr(lending, "_note", dies)
        with pytest.raises(ExceptionGroup):
            await two.hears()
    assert await two.state(lent) == "given"
    booked = await two.there.books(slot_at("2026-12-01 14:00"))
    await two.hears()
    assert await two.state(lent) == "copied"
    await two.takes_back(lent)
    await two.there.cancels(booked)
    with monkeypatch.context() as patched:
        patched.setattr(lending, "_note", dies)
        with pytest.raises(ExceptionGroup):
            await two.hears()
    # Closed there, not free at home yet: nobody books them.
    for town in (two.home, two.there):
        with pytest.raises(SlotTaken):
            await town.books(slot_at("2026-12-01 14:00"))
    await two.hears()
    await two.home.books(slot_at("2026-12-01 14:00"))


async def test_a_copy_that_was_on_its_way_when_it_was_withdrawn_opens_nothing(two: Two) -> None:
    lent = await two.lends()
    async with two.home.database.transaction() as session:
        late = (await session.exec(select(Allotment).where(Allotment.id == lent))).one()
    await two.takes_back(lent)
    await two.hears()
    assert await two.state(lent) == "withdrawn"
    await lending._copy(two.home.database, two.there.database, two.clock, late, "Ann")
    assert await two.state(lent) == "withdrawn"
    assert (await two.there.offers(limit=1)).times == ()
    with pytest.raises(SlotTaken):
        await two.there.books(slot_at("2026-12-01 14:00"))


async def test_what_was_taken_back_is_closed_again_where_an_older_database_was_restored(two: Two) -> None:
    lent = await two.lends()
    await two.hears()
    await two.takes_back(lent)
    await two.hears()
    async with two.there.database.transaction() as session:
        (await session.get_one(BorrowedHours, lent)).withdrawn_at = None
    await two.hears()
    with pytest.raises(SlotTaken):
        await two.there.books(slot_at("2026-12-01 14:00"))


async def test_who_is_ill_is_ill_where_she_is_lent_too(two: Two) -> None:
    await two.lends()
    await two.hears()
    booked = await two.there.books(slot_at("2026-12-01 14:00"))
    async with two.home.database.transaction() as session:
        await absences.add(session, two.clock, two.ann, sweden("2026-12-01 08:00"), sweden("2026-12-01 16:30"))
    for _ in range(2):
        await two.hears()
    assert await two.there.alerts() == [("absence", booked.id)]
    with pytest.raises(SlotTaken):
        await two.there.books(slot_at("2026-12-01 15:00"))
    async with two.there.database.transaction() as session:
        assert len((await session.exec(select(Absence))).all()) == 1
        assert [one.borrowed for one in await absences.coming(session, two.clock())] == [True]


async def test_who_is_back_is_back_where_she_is_lent_too(two: Two) -> None:
    await two.lends()
    await two.hears()
    booked = await two.there.books(slot_at("2026-12-01 14:00"))
    for heard in (True, False):
        async with two.home.database.transaction() as session:
            await absences.add(session, two.clock, two.ann, sweden("2026-12-01 08:00"), sweden("2026-12-01 16:30"))
            (away,) = await absences.coming(session, two.clock())
        if heard:
            await two.hears()
            assert await two.there.alerts() == [("absence", booked.id)]
        async with two.home.database.transaction() as session:
            await absences.remove(session, two.clock, away.id)
            with pytest.raises(NotFound):
                await absences.remove(session, two.clock, away.id)
            assert await absences.coming(session, two.clock()) == ()
        for _ in range(2):
            await two.hears()
        assert await two.there.alerts() == []
        async with two.there.database.transaction() as session:
            assert await absences.coming(session, two.clock()) == ()
            assert await absences.hits(session, two.clock()) == ()
    await two.there.books(slot_at("2026-12-01 15:00"))
    await two.home.books(slot_at("2026-12-01 09:00"))


async def test_the_same_absence_twice_is_one(two: Two) -> None:
    for _ in range(2):
        async with two.home.database.transaction() as session:
            await absences.add(session, two.clock, two.ann, *TUESDAY)
    async with two.home.database.transaction() as session:
        assert len(await absences.coming(session, two.clock())) == 1


async def test_one_person_booked_from_both_municipalities_at_once_is_never_in_two_places(two: Two) -> None:
    """Hours are lent and taken back while both towns book her, in every order."""
    for number in range(3):
        await two.home.has("place", f"Rum {number}")
        await two.there.has("place", f"Rum {number}")
    starts = [f"2026-12-01 {13 + quarter // 4}:{quarter % 4 * 15:02}" for quarter in range(12)]
    lent = await two.lends(sweden("2026-12-01 13:00"), sweden("2026-12-01 14:30"))

    async def lends_and_takes_back() -> None:
        for begins, ends in (("14:30", "15:30"), ("15:30", "16:00")):
            allotment = None
            try:
                allotment = await two.lends(sweden(f"2026-12-01 {begins}"), sweden(f"2026-12-01 {ends}"))
            except lending.NotFreeToLend:
                continue
            await two.hears()
            await two.takes_back(allotment)
            await two.hears()
        await two.takes_back(lent)
        await two.hears()

    async def moves(town: Town, at: str, to: str) -> Meeting:
        booked = await town.books(slot_at(at))
        async with town.database.transaction() as session:
            return await move_by_staff(session, two.clock, booked.id, slot_at(to))

    work: list[Coroutine[Any, Any, object]] = [lends_and_takes_back(), two.hears(), two.hears()]
    work += [town.books(slot_at(at)) for at in starts for town in (two.home, two.there) for _ in range(3)]
    work += [moves(town, at, starts[-1 - n]) for n, at in enumerate(starts) for town in (two.home, two.there)]
    random.Random(5).shuffle(work)
    results = await at_once(*work)
    unexpected = [one for one in results if isinstance(one, Exception) and not isinstance(one, SlotTaken)]
    assert unexpected == []
    assert sum(isinstance(one, Meeting) for one in results) > 1
    assert await two.ann_is_twice() == 0
    for _ in range(2):
        await two.hears()
    assert await two.ann_is_twice() == 0
