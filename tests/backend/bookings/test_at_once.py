"""Many people at once: nobody is booked twice, nobody waits for a deadlock, and as many get a time as there are."""

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from backend import municipalities
from backend.bookings import planning, service
from backend.bookings.models import MeetingRow, Participant, Resource
from backend.bookings.times import Party
from backend.contract import BookMeeting, Meeting, MeetingStatus
from backend.database import Database
from backend.errors import KeyReused
from backend.interpreters.models import InterpreterOrder
from backend.interpreters.service import Declined
from tests.backend.meetings import Town, slot_at, sweden
from tests.backend.stories import at_once


def kinds(results: list[object]) -> dict[str, int]:
    return dict(Counter(type(result).__name__ for result in results))


async def overlaps(town: Town) -> int:
    """Pairs of meetings that take the same resource at the same time, counted without the constraint's help."""
    async with town.database.transaction() as session:
        rows = (await session.exec(select(Participant).where(col(Participant.cancelled).is_(False)))).all()
    taken: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for row in rows:
        taken.setdefault(row.resource, []).append((row.starts_at, row.ends_at))
    return sum(
        one[0] < other[1] and other[0] < one[1]
        for periods in taken.values()
        for number, one in enumerate(periods)
        for other in periods[number + 1 :]
    )


@pytest.fixture
def slow_motion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between seeing that somebody is free and taking her time there is time for others, and no second try.

    Whatever the locks did not keep apart meets at the constraints: a deadlock would surface.
    """
    at_once = planning.party_at

    async def after_a_while(*facts: Any) -> Party:
        party = await at_once(*facts)
        await asyncio.sleep(0.02)
        return party

    monkeypatch.setattr(planning, "party_at", after_a_while)
    monkeypatch.setattr(service, "_TRIES", 1)


MANY = [60, pytest.param(200, marks=pytest.mark.long)]


async def many_book(town: Town, slots: Sequence[tuple[str, str | None]], many: int) -> list[Meeting]:
    """As many people want each of ten times, 45 minutes with an interpreter and 30 without, all in the same moment."""
    wanted = [slots[number % len(slots)] for number in range(many)]
    random.Random(7).shuffle(wanted)
    results = await at_once(
        *(town.books(slot_at(f"2026-12-01 {at}", 45 if language else 30), language) for at, language in wanted)
    )
    assert set(kinds(results)) == {"Meeting", "SlotTaken"}
    assert await overlaps(town) == 0
    meetings = [result for result in results if isinstance(result, Meeting)]
    async with town.database.transaction() as session:
        assert len((await session.exec(select(MeetingRow))).all()) == len(meetings)
        assert len((await session.exec(select(InterpreterOrder))).all()) == sum(
            meeting.interpreter_language is not None for meeting in meetings
        )
    return meetings


@pytest.mark.parametrize("many", MANY)
async def test_many_book_ten_slots_of_mixed_lengths(town: Town, slow_motion: None, many: int) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    slots = [
        ("08:00", "ar"),
        ("08:45", None),
        ("09:15", "ar"),
        ("10:00", None),
        ("10:30", "ar"),
        ("11:15", None),
        ("11:45", "ar"),
        ("12:30", None),
        ("13:00", "ar"),
        ("13:45", None),
    ]
    meetings = await many_book(town, slots, many)
    assert sorted(meeting.start for meeting in meetings) == [sweden(f"2026-12-01 {at}") for at, _ in slots]


@pytest.mark.parametrize("many", MANY)
async def test_many_book_slots_that_overlap_each_other(town: Town, slow_motion: None, many: int) -> None:
    """The case where the constraints alone deadlock. Which of two overlapping times is had is chance."""
    await town.has_caseworker(hours=((time(8), time(11)),))
    await town.has_interpreter("Samira", "ar")
    quarters = [(f"{8 + number // 4:02}:{number % 4 * 15:02}", "ar" if number % 2 else None) for number in range(10)]
    meetings = await many_book(town, quarters, many)
    assert 3 <= len(meetings) <= 5


async def test_bookings_that_are_undone_leave_the_others_standing(town: Town, slow_motion: None) -> None:
    """Two in three are undone after they were made, by something else in their transaction.

    Whoever waited for them at the constraint meets those who meanwhile wait for him: here the constraints deadlock.
    """
    await town.has_caseworker(hours=((time(8), time(10)),))
    await town.has_interpreter("Samira", "ar")

    async def in_vain(slot: str, language: str | None) -> None:
        async with town.database.transaction() as session:
            call = BookMeeting(person=uuid4(), slot=slot, at=town.clock(), interpreter_language=language)
            await service.book(session, town.clock, uuid4(), call)
            raise InterruptedError

    work = []
    for number in range(90):
        language = "ar" if number % 2 else None
        slot = slot_at(f"2026-12-01 08:{number % 4 * 15:02}", 45 if language else 30)
        work.append(in_vain(slot, language) if number % 3 else town.books(slot, language))
    results = await at_once(*work)
    # Where one that stands is made first, all the undone ones find the time taken: then none of them is interrupted.
    assert {"Meeting", "SlotTaken"} <= set(kinds(results)) <= {"Meeting", "SlotTaken", "InterruptedError"}
    assert await overlaps(town) == 0


async def test_a_deadlock_with_somebody_else_is_tried_again(town: Town) -> None:
    """Something outside these rooms locks resources in another order: the booking waits, gives way and is made."""
    await town.has_caseworker()
    async with town.database.transaction() as session:
        low, high = sorted((await session.exec(select(Resource.id))).all())

    async def is_waiting() -> bool:
        async with town.database.transaction() as session:
            waiting = await (await session.connection()).execute(
                text("select count(*) from pg_locks where not granted")
            )
            return bool(waiting.scalar_one())

    async with town.database.transaction() as session:
        await session.exec(select(Resource).where(Resource.id == high).with_for_update())
        booking = asyncio.create_task(town.books(slot_at("2026-12-01 09:30")))
        while not await is_waiting():
            assert not booking.done()
        await session.exec(select(Resource).where(Resource.id == low).with_for_update())
    assert (await booking).start == sweden("2026-12-01 09:30")


async def test_every_free_time_is_given_to_somebody(town: Town) -> None:
    for name in ("Ann", "Erik", "Maria"):
        await town.has_caseworker(name, hours=((time(8), time(10)),))
    starts = ("08:00", "08:30", "09:00", "09:30")
    results = await at_once(*(town.books(slot_at(f"2026-12-01 {starts[n % 4]}")) for n in range(60)))
    assert kinds(results) == {"Meeting": 12, "SlotTaken": 48}
    assert await overlaps(town) == 0


async def test_two_people_ask_for_the_last_interpreter(town: Town) -> None:
    for name in ("Ann", "Maria"):
        await town.has_caseworker(name)
    await town.has_interpreter("Selam", "ti", works_by=("phone",))
    offered = [await town.offers("ti", limit=1) for _ in range(2)]
    assert offered[0] == offered[1]
    results = await at_once(*(town.books(offer.times[0].slot, "ti") for offer in offered))
    assert kinds(results) == {"Meeting": 1, "SlotTaken": 1}
    # The other is offered what is left, and gets it.
    again = await town.offers("ti", limit=1)
    assert again.times[0].start > offered[0].times[0].start
    assert (await town.books(again.times[0].slot, "ti")).status == MeetingStatus.PRELIMINARY


async def test_the_same_request_many_times_at_once_is_one_meeting(town: Town) -> None:
    for name in ("Ann", "Maria"):
        await town.has_caseworker(name)
    key, person = uuid4(), uuid4()
    same = [town.books(slot_at("2026-12-01 09:30"), key=key, person=person) for _ in range(10)]
    other = town.books(slot_at("2026-12-01 10:30"), key=key, person=uuid4())
    results = await at_once(*same, other)
    meetings = [result for result in results if isinstance(result, Meeting)]
    assert len({meeting.id for meeting in meetings}) == 1
    assert sum(isinstance(result, KeyReused) for result in results) in (1, 10)
    async with town.database.transaction() as session:
        assert len((await session.exec(select(MeetingRow))).all()) == 1


async def test_bookings_moves_cancellations_and_declines_at_once_never_collide(town: Town, slow_motion: None) -> None:
    """Everything that takes or gives time, in every order: no deadlock surfaces, and nobody is booked twice."""
    for name in ("Ann", "Maria"):
        await town.has_caseworker(name)
    for name in ("Samira", "Yousef", "Nadia"):
        await town.has_interpreter(name, "ar")
    starts = [f"{hour:02}:{minute:02}" for hour in range(8, 12) for minute in (0, 45)][:5]
    booked = [
        result
        for result in await at_once(*(town.books(slot_at(f"2026-12-01 {at}", 45), "ar") for at in starts * 3))
        if isinstance(result, Meeting)
    ]
    orders = {order.meeting: order.id for order in await town.orders()}
    work: list[Coroutine[Any, Any, Meeting | Declined]] = []
    for number, meeting in enumerate(booked):
        work.append(town.declines(orders[meeting.id]))
        work.append(town.cancels(meeting) if number % 3 == 0 else town.confirms(orders[meeting.id]))
        moved = slot_at(f"2026-12-02 {starts[number % len(starts)]}", 45)
        work.append(town.books(moved, "ar", person=meeting.person, replaces=meeting.id))
        work.append(town.books(slot_at(f"2026-12-01 {starts[number % len(starts)]}"), None))
    random.Random(3).shuffle(work)
    results = await at_once(*work)
    assert set(kinds(results)) <= {"Meeting", "Declined", "SlotTaken", "OrderClosed", "NotFound", "TooLate"}
    assert any(isinstance(result, Declined) for result in results)
    assert await overlaps(town) == 0
    async with town.database.transaction() as session:
        stray = text(
            "select count(*) from interpreter_orders o join meetings m on m.id = o.meeting "
            "where o.state in ('asked', 'confirmed') and (m.status = 'cancelled' or m.starts_at <> o.starts_at)"
        )
        assert (await (await session.connection()).execute(stray)).scalar_one() == 0


async def test_another_process_sees_the_same_locks(town: Town) -> None:
    """Two pools on one database: the locks are the database's, not the program's."""
    await town.has_caseworker(hours=((time(8), time(9)),))
    other = Town(
        Database(
            town.database._engine.url.render_as_string(hide_password=False),
            municipalities.found()["trelleborg"],
            town.database._envelope,
        ),
        town.clock,
    )
    try:
        results = await at_once(
            *(
                (town, other)[n % 2].books(slot_at(("2026-12-01 08:00", "2026-12-01 08:30")[n % 3 % 2]))
                for n in range(20)
            )
        )
    finally:
        await other.database.close()
    assert kinds(results) == {"Meeting": 2, "SlotTaken": 18}
