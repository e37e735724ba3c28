"""A meeting today or the next working day is a promise: kept, or a row that says why not before it breaks."""

from datetime import time
from uuid import UUID, uuid4

from backend.bookings import promised, service
from backend.contract import Meeting
from backend.handover import desk
from tests.backend.meetings import Town, slot_at, sweden

MORNING = ((time(8), time(12)),)


async def fill(town: Town, *days: str) -> list[Meeting]:
    """Somebody else has every time of these days."""
    return [
        await town.books(slot_at(f"{day} {hour:02}:{minute:02}"))
        for day in days
        for hour in range(8, 12)
        for minute in (0, 30)
        if sweden(f"{day} {hour:02}:{minute:02}") > town.clock()
    ]


async def asks(town: Town, person: UUID, language: str | None = None) -> str:
    """She asks on her telephone; the first time she is offered."""
    return (await town.offers(language, person=person, channel="sms")).times[0].slot


async def test_a_time_within_the_promise_keeps_it(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    amal = uuid4()
    slot = await asks(town, amal)
    await town.books(slot, person=amal)
    assert await town.promised(amal) == [("kept", None)]


async def test_who_chooses_a_later_day_herself_is_owed_nothing(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    amal = uuid4()
    await asks(town, amal)
    await town.books(slot_at("2026-12-04 09:00"), person=amal)
    assert await town.promised(amal) == []


async def test_nobody_free_is_a_promise_that_says_why_before_it_breaks(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    await fill(town, "2026-11-30", "2026-12-01")
    amal = uuid4()
    slot = await asks(town, amal)
    assert await town.promised(amal) == [("open", "nobody-free")]
    await town.books(slot, person=amal)
    assert await town.promised(amal) == [("open", "nobody-free")]
    async with town.database.transaction() as session:
        (row,) = await desk.promised(session, town.clock)
    assert row.soon
    assert not row.broken
    assert row.in_swedish == "Möte i dag eller nästa arbetsdag: ingen var ledig"
    assert row.due_at == sweden("2026-12-01 16:30")


async def test_no_interpreter_is_another_reason(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    await town.has_interpreter("Samira", "ar", hours=((time(8), time(8, 45)),))
    await town.books(slot_at("2026-12-01 08:00", 45), "ar")
    amal = uuid4()
    await asks(town, amal, "ar")
    assert await town.promised(amal) == [("open", "no-interpreter")]


async def test_a_late_one_that_is_moved_into_the_promise_keeps_it(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    others = await fill(town, "2026-11-30", "2026-12-01")
    amal = uuid4()
    late = await town.books(await asks(town, amal), person=amal)
    await town.cancels(others[-1])
    async with town.database.transaction() as session:
        await service.move_by_staff(session, town.clock, late.id, slot_at("2026-12-01 11:30"))
    assert await town.promised(amal) == [("kept", None)]


async def test_what_we_move_or_cancel_is_owed_again(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    amal, kim = uuid4(), uuid4()
    meeting = await town.books(await asks(town, amal), person=amal)
    async with town.database.transaction() as session:
        await service.move_by_staff(session, town.clock, meeting.id, slot_at("2026-12-03 09:00"))
    assert await town.promised(amal) == [("open", "moved-by-us")]
    other = await town.books(await asks(town, kim), person=kim)
    async with town.database.transaction() as session:
        await service.cancel_by_staff(session, town.clock, other.id)
    assert await town.promised(kim) == [("open", "moved-by-us")]


async def test_what_we_cancelled_is_kept_by_what_she_books_next(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    amal, kim = uuid4(), uuid4()
    booked: list[Meeting] = []
    for person, day in ((amal, "2026-12-01"), (kim, "2026-12-03")):
        meeting = await town.books(await asks(town, person), person=person)
        async with town.database.transaction() as session:
            await service.cancel_by_staff(session, town.clock, meeting.id)
        booked.append(await town.books(slot_at(f"{day} 09:00"), person=person))
    assert await town.promised(amal) == [("kept", None)]
    assert await town.promised(kim) == [("open", "moved-by-us")]
    town.clock.now = booked[-1].end
    async with town.database.transaction() as session:
        await service.mark_held(session, town.clock, booked[-1].id)
    assert await town.promised(kim) == [("kept", "moved-by-us")]


async def test_a_time_that_nobody_could_give_is_owed_until_it_is_decided(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    await fill(town, "2026-11-30", "2026-12-01")
    amal, kim = uuid4(), uuid4()
    for person in (amal, kim):
        await asks(town, person)
    await town.books(await asks(town, kim), person=kim)
    async with town.database.transaction() as session:
        for person in (amal, kim):
            await promised.decided(session, person, town.clock())
    assert await town.promised(amal) == []
    assert await town.promised(kim) == [("open", "nobody-free")]  # she has a meeting, and comes to it


async def test_who_cancels_or_comes_late_is_owed_nothing_more(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    await fill(town, "2026-11-30", "2026-12-01")
    amal, kim = uuid4(), uuid4()
    hers = await town.books(await asks(town, amal), person=amal)
    await town.cancels(hers)
    assert await town.promised(amal) == []
    late = await town.books(await asks(town, kim), person=kim)
    town.clock.now = late.end
    async with town.database.transaction() as session:
        await service.mark_held(session, town.clock, late.id)
    assert await town.promised(kim) == [("kept", "nobody-free")]


async def test_moving_a_time_of_her_own_is_no_new_promise(town: Town) -> None:
    await town.has_caseworker(hours=((time(9), time(9, 30)),))
    amal = uuid4()
    meeting = await town.books(await asks(town, amal), person=amal)
    assert not (await town.offers(person=amal, channel="sms")).within_promise
    moved = await town.books(slot_at("2026-12-04 09:00"), person=amal, replaces=meeting.id)
    assert moved.start == sweden("2026-12-04 09:00")
    assert await town.promised(amal) == [("kept", None)]
