"""One booking of several: caseworker, place and interpreter together, moved and given back together."""

from collections.abc import Awaitable, Callable
from datetime import date, time
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.bookings import absences, lists, service
from backend.bookings.models import MeetingRow, Participant
from backend.clock import Clock
from backend.contract import Meeting, MeetingStatus, NoticeKind
from backend.errors import Invalid, KeyReused, NotFound, SlotTaken, TooLate
from tests.backend.meetings import Town, clocks, slot_at, sweden


async def taking_part(town: Town, meeting: UUID) -> list[tuple[str, bool]]:
    async with town.database.transaction() as session:
        rows = await session.exec(select(Participant).where(Participant.meeting == meeting))
        return [(str(row.resource), row.cancelled) for row in rows.all()]


async def test_without_an_interpreter_a_meeting_is_booked_at_once(town: Town) -> None:
    maria = await town.has_caseworker("Maria")
    person = uuid4()
    meeting = await town.books(slot_at("2026-12-01 09:30"), person=person)
    assert (meeting.status, meeting.mode, meeting.person) == (MeetingStatus.BOOKED, "none", person)
    assert (meeting.start, meeting.end) == (sweden("2026-12-01 09:30"), sweden("2026-12-01 10:00"))
    assert meeting.address == town.database.municipality.meetings.address
    async with town.database.transaction() as session:
        (planned,) = await lists.of_day(session, date(2026, 12, 1))
    assert planned.caseworker == lists.Named(maria, "Maria")
    assert (planned.place, planned.line, planned.interpreter, planned.answer_by) == ("Rum Maria", "", None, None)
    assert await town.orders() == ()


async def test_with_an_interpreter_a_meeting_is_preliminary_and_she_is_asked(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    meeting = await town.books(slot_at("2026-12-01 09:30", 45), "ar")
    assert (meeting.status, meeting.mode) == (MeetingStatus.PRELIMINARY, "phone")
    (order,) = await town.orders()
    assert (order.meeting, order.interpreter, order.language, order.state) == (meeting.id, "Samira", "ar", "asked")
    assert order.answer_by == sweden("2026-11-30 11:58")
    async with town.database.transaction() as session:
        (planned,) = await lists.of_day(session, date(2026, 12, 1))
    assert (planned.line, planned.interpreter) == ("Telefon Samira", "Samira")
    assert planned.answer_by == order.answer_by


async def test_a_booked_time_is_taken_and_no_longer_offered(town: Town) -> None:
    await town.has_caseworker(hours=((time(8), time(9)),))
    await town.books(slot_at("2026-12-01 08:00"))
    with pytest.raises(SlotTaken):
        await town.books(slot_at("2026-12-01 08:00"))
    with pytest.raises(SlotTaken):
        await town.books(slot_at("2026-12-01 08:15"))
    assert clocks(await town.offers(limit=1)) == ["2026-12-01 08:30"]


@pytest.mark.parametrize(
    "taken",
    [
        pytest.param("2026-11-30 09:45", id="already passed"),
        pytest.param("2026-12-01 07:45", id="before it opens"),
        pytest.param("2026-12-01 16:15", id="ends after it closes"),
        pytest.param("2026-12-01 09:20", id="no time anybody offers"),
        pytest.param("2026-12-04 13:00", id="closed afternoon"),
        pytest.param("2026-12-24 09:00", id="Christmas Eve"),
    ],
)
async def test_a_time_that_cannot_be_is_answered_like_a_taken_one(town: Town, taken: str) -> None:
    await town.has_caseworker(hours=((time(7), time(18)),))
    with pytest.raises(SlotTaken):
        await town.books(slot_at(taken))


@pytest.mark.parametrize("slot", ["", "tomorrow", "20261201T0830Z", "20261301T0830Z-30", "20261201T0830Z-030", "-1-1"])
async def test_what_is_no_slot_is_refused(town: Town, slot: str) -> None:
    await town.has_caseworker()
    with pytest.raises(Invalid):
        await town.books(slot)


async def test_a_time_chosen_before_the_interpreter_was_mentioned_is_asked_again(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    with pytest.raises(SlotTaken):
        await town.books(slot_at("2026-12-01 09:30", 30), "ar")
    with pytest.raises(SlotTaken):
        await town.books(slot_at("2026-12-01 09:30", 45))


async def test_the_same_key_gives_the_same_meeting(town: Town) -> None:
    await town.has_caseworker()
    key, person = uuid4(), uuid4()
    slot = slot_at("2026-12-01 09:30")
    first = await town.books(slot, key=key, person=person)
    assert await town.books(slot, key=key, person=person) == first
    async with town.database.transaction() as session:
        assert len((await session.exec(select(MeetingRow))).all()) == 1


async def test_the_same_key_with_another_body_is_refused(town: Town) -> None:
    await town.has_caseworker()
    key, person = uuid4(), uuid4()
    await town.books(slot_at("2026-12-01 09:30"), key=key, person=person)
    with pytest.raises(KeyReused):
        await town.books(slot_at("2026-12-01 10:30"), key=key, person=person)
    with pytest.raises(KeyReused):
        await town.books(slot_at("2026-12-01 09:30"), key=key)


async def test_a_refused_key_may_try_again(town: Town) -> None:
    await town.has_caseworker(hours=((time(8), time(9)),))
    taken = await town.books(slot_at("2026-12-01 08:00"))
    key, person = uuid4(), uuid4()
    with pytest.raises(SlotTaken):
        await town.books(slot_at("2026-12-01 08:00"), key=key, person=person)
    await town.cancels(taken)
    assert (await town.books(slot_at("2026-12-01 08:00"), key=key, person=person)).person == person


async def test_moving_gives_back_the_old_time_with_the_new_one_taken(town: Town) -> None:
    await town.has_caseworker(hours=((time(8), time(10)),))
    await town.has_interpreter("Samira", "ar")
    first = await town.books(slot_at("2026-12-01 08:00", 45), "ar")
    overlapping = await town.books(slot_at("2026-12-01 08:30", 45), "ar", person=first.person, replaces=first.id)
    assert (await town.meeting(first.id)).status == MeetingStatus.CANCELLED
    assert (await town.meeting(overlapping.id)).start == sweden("2026-12-01 08:30")
    assert await town.history(first.id) == [("Samira", "withdrawn")]
    assert await town.history(overlapping.id) == [("Samira", "asked")]
    assert await town.told() == []


async def test_a_move_that_fails_keeps_the_old_time(town: Town) -> None:
    await town.has_caseworker(hours=((time(8), time(9)),))
    taken = await town.books(slot_at("2026-12-01 08:30"))
    kept = await town.books(slot_at("2026-12-01 08:00"))
    with pytest.raises(SlotTaken):
        await town.books(slot_at("2026-12-01 08:30"), person=kept.person, replaces=kept.id)
    assert (await town.meeting(kept.id)).status == MeetingStatus.BOOKED
    assert (await town.meeting(taken.id)).status == MeetingStatus.BOOKED


async def test_nobody_moves_somebody_elses_meeting(town: Town) -> None:
    await town.has_caseworker()
    hers = await town.books(slot_at("2026-12-01 08:00"))
    with pytest.raises(NotFound):
        await town.books(slot_at("2026-12-01 08:30"), replaces=hers.id)
    with pytest.raises(NotFound):
        await town.books(slot_at("2026-12-01 08:30"), replaces=uuid4())
    assert (await town.meeting(hers.id)).status == MeetingStatus.BOOKED


async def test_who_missed_the_beginning_gets_a_new_time_and_the_old_one_stays_to_be_marked(town: Town) -> None:
    await town.has_caseworker()
    missed = await town.books(slot_at("2026-12-01 09:30"))
    town.clock.now = sweden("2026-12-01 09:40")
    new = await town.books(slot_at("2026-12-02 09:30"), person=missed.person, replaces=missed.id)
    assert new.status == MeetingStatus.BOOKED
    assert (await town.meeting(missed.id)).status == MeetingStatus.BOOKED


async def test_she_meets_the_caseworker_she_knows(town: Town) -> None:
    await town.has_caseworker("Ann")
    await town.has_caseworker("Maria")
    first = await town.books(slot_at("2026-12-01 09:30"))
    await town.books(slot_at("2026-12-01 09:30"))
    again = await town.books(slot_at("2026-12-02 09:30"), person=first.person)
    await town.books(slot_at("2026-12-02 11:00"))
    third = await town.books(slot_at("2026-12-02 13:00"), person=first.person)
    async with town.database.transaction() as session:
        days = [*await lists.of_day(session, date(2026, 12, 1)), *await lists.of_day(session, date(2026, 12, 2))]
    by_meeting = {planned.meeting.id: planned.caseworker for planned in days}
    known = by_meeting[first.id]
    assert known is not None
    assert by_meeting[again.id] == by_meeting[third.id] == known


async def test_work_is_shared_between_caseworkers(town: Town) -> None:
    for name in ("Ann", "Erik", "Maria"):
        await town.has_caseworker(name)
    for hour in (8, 9, 10, 11, 13, 14):
        await town.books(slot_at(f"2026-12-01 {hour:02}:00"))
    async with town.database.transaction() as session:
        names = [planned.caseworker for planned in await lists.of_day(session, date(2026, 12, 1))]
    assert sorted(named.name for named in names if named) == ["Ann", "Ann", "Erik", "Erik", "Maria", "Maria"]


async def test_nobody_is_in_two_meetings_at_once(town: Town) -> None:
    await town.has_caseworker("Ann")
    await town.has_caseworker("Maria")
    hers = await town.books(slot_at("2026-12-01 09:30"))
    with pytest.raises(SlotTaken):
        await town.books(slot_at("2026-12-01 09:45"), person=hers.person)
    await town.books(slot_at("2026-12-01 10:00"), person=hers.person)


async def test_the_database_itself_refuses_a_second_meeting(town: Town) -> None:
    maria = await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))

    async def one_more(starts: str, ends: str) -> None:
        async with town.database.transaction() as session:
            starts_at, ends_at = sweden(f"2026-12-01 {starts}"), sweden(f"2026-12-01 {ends}")
            session.add(Participant(meeting=meeting.id, resource=maria, starts_at=starts_at, ends_at=ends_at))

    with pytest.raises(IntegrityError):
        await one_more("09:45", "10:30")
    await one_more("10:00", "10:30")


async def test_a_meeting_may_be_booked_before_the_call_for_help_has_arrived(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books_first()
    async with town.database.transaction() as session:
        assert (await persons.find(session, meeting.person)).id == meeting.person


async def test_cancelling_frees_everybody(town: Town) -> None:
    await town.has_caseworker(hours=((time(8), time(8, 45)),))
    await town.has_interpreter("Samira", "ar")
    meeting = await town.books(slot_at("2026-12-01 08:00", 45), "ar")
    cancelled = await town.cancels(meeting)
    assert cancelled.status == MeetingStatus.CANCELLED
    assert {cancelled for _, cancelled in await taking_part(town, meeting.id)} == {True}
    assert await town.history(meeting.id) == [("Samira", "withdrawn")]
    assert await town.orders() == ()
    await town.books(slot_at("2026-12-01 08:00", 45), "ar")
    assert await town.told() == []


async def test_cancelling_twice_is_harmless(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books_first()
    key = uuid4()
    first = await town.cancels(meeting, key=key)
    assert await town.cancels(meeting, key=key) == first
    assert await town.cancels(meeting, key=uuid4()) == first
    with pytest.raises(KeyReused):
        await town.cancels(meeting, key=key, at=sweden("2026-11-30 10:30"))


async def test_it_is_too_late_to_cancel_once_it_has_begun(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    town.clock.now = sweden("2026-12-01 09:30")
    with pytest.raises(TooLate):
        await town.cancels(meeting)
    # Said in time, and only delivered late: the backend was away.
    assert (await town.cancels(meeting, at=sweden("2026-12-01 09:29"))).status == MeetingStatus.CANCELLED


async def test_nobody_cancels_somebody_elses_meeting(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books_first()
    stranger = (await town.books_first()).person
    with pytest.raises(NotFound):
        await town.cancels(meeting, person=stranger)
    async with town.database.transaction() as session:
        await persons.merge(session, stranger, meeting.person)
    assert (await town.cancels(meeting, person=stranger)).status == MeetingStatus.CANCELLED


@pytest.mark.parametrize(
    ("at", "fee_due"),
    [
        pytest.param("2026-12-01 05:30", False, id="four hours before"),
        pytest.param("2026-12-01 05:31", True, id="less than four hours before"),
    ],
)
async def test_a_late_cancellation_still_frees_the_interpreter_and_says_that_a_fee_is_due(
    town: Town, at: str, fee_due: bool
) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    meeting = await town.books(slot_at("2026-12-01 09:30", 45), "ar")
    town.clock.now = sweden(at)
    await town.cancels(meeting)
    (order,) = await town.steps(meeting.id)
    assert (order.state, order.fee_due) == ("withdrawn", fee_due)


async def test_staff_move_a_meeting_and_the_person_is_told(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    meeting = await town.books(slot_at("2026-12-01 09:30", 45), "ar")
    await town.confirms((await town.orders())[0].id)
    async with town.database.transaction() as session:
        moved = await service.move_by_staff(session, town.clock, meeting.id, slot_at("2026-12-01 09:45", 45))
    assert (moved.id, moved.status) == (meeting.id, MeetingStatus.PRELIMINARY)
    assert await town.meeting(meeting.id) == moved
    assert (await town.told())[-1] == (NoticeKind.MEETING_MOVED, moved)
    assert await town.history(meeting.id) == [("Samira", "withdrawn"), ("Samira", "asked")]


async def test_staff_cancel_a_meeting_and_the_person_is_told(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books_first()
    async with town.database.transaction() as session:
        cancelled = await service.cancel_by_staff(session, town.clock, meeting.id)
    assert await town.told() == [(NoticeKind.MEETING_CANCELLED, cancelled)]
    with pytest.raises(TooLate):
        async with town.database.transaction() as session:
            await service.cancel_by_staff(session, town.clock, meeting.id)


async def test_staff_cannot_move_a_meeting_to_a_taken_time(town: Town) -> None:
    await town.has_caseworker(hours=((time(8), time(9)),))
    meeting = await town.books(slot_at("2026-12-01 08:00"))
    await town.books(slot_at("2026-12-01 08:30"))
    with pytest.raises(SlotTaken):
        async with town.database.transaction() as session:
            await service.move_by_staff(session, town.clock, meeting.id, slot_at("2026-12-01 08:30"))
    with pytest.raises(Invalid):
        async with town.database.transaction() as session:
            await service.move_by_staff(session, town.clock, meeting.id, slot_at("2026-12-02 08:00", 45))
    assert await town.meeting(meeting.id) == meeting


async def test_a_meeting_is_held_or_missed_when_its_time_has_come(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))

    async def mark(verb: Callable[[AsyncSession, Clock, UUID], Awaitable[Meeting]]) -> MeetingStatus:
        async with town.database.transaction() as session:
            return (await verb(session, town.clock, meeting.id)).status

    with pytest.raises(service.NotToBeHeld):
        await mark(service.mark_held)
    town.clock.now = sweden("2026-12-01 09:25")
    with pytest.raises(service.NotToBeHeld):
        await mark(service.mark_no_show)
    assert await mark(service.mark_held) == MeetingStatus.HELD
    town.clock.now = sweden("2026-12-01 10:30")
    assert await mark(service.mark_no_show) == MeetingStatus.NO_SHOW
    assert await mark(service.mark_held) == MeetingStatus.HELD
    async with town.database.transaction() as session:
        assert await service.next_meeting(session, meeting.person, town.clock()) is None
    with pytest.raises(TooLate):
        await town.cancels(meeting, at=sweden("2026-12-01 08:00"))


async def test_a_cancelled_meeting_is_neither_held_nor_missed(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    await town.cancels(meeting)
    town.clock.now = sweden("2026-12-01 10:30")
    for verb in (service.mark_held, service.mark_no_show):
        with pytest.raises(service.NotToBeHeld):
            async with town.database.transaction() as session:
                await verb(session, town.clock, meeting.id)


async def test_the_next_meeting_is_the_first_one_to_come(town: Town) -> None:
    await town.has_caseworker()
    first = await town.books(slot_at("2026-12-01 09:30"))
    second = await town.books(slot_at("2026-12-02 09:30"), person=first.person)

    async def coming(at: str) -> UUID | None:
        async with town.database.transaction() as session:
            meeting = await service.next_meeting(session, first.person, sweden(at))
        return meeting.id if meeting else None

    assert await coming("2026-12-01 09:59") == first.id
    assert await coming("2026-12-01 10:00") == second.id
    assert await coming("2026-12-02 10:00") is None
    await town.cancels(first)
    assert await coming("2026-11-30 10:00") == second.id
    async with town.database.transaction() as session:
        assert [m.id for m in await service.of_person(session, first.person)] == [second.id, first.id]


async def test_a_reminder_is_true_as_long_as_the_meeting_stands_at_its_time(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))

    async def stands(start: str | None = "2026-12-01 09:30") -> bool:
        async with town.database.transaction() as session:
            found = (await service.find_all(session, [uuid4(), meeting.id]))[meeting.id]
        return service.says_right("meeting-changed", found, sweden(start) if start else None)

    assert await stands()
    assert not await stands(None)  # it says that it is cancelled
    async with town.database.transaction() as session:
        await service.move_by_staff(session, town.clock, meeting.id, slot_at("2026-12-01 10:30"))
    assert not await stands()
    assert await stands("2026-12-01 10:30")
    await town.cancels(meeting)
    assert not await stands("2026-12-01 10:30")
    assert await stands(None)


async def test_an_absence_takes_no_new_meetings_and_leaves_booked_ones_as_tasks(town: Town) -> None:
    maria = await town.has_caseworker()
    hit = await town.books(slot_at("2026-12-01 09:30"))
    await town.books(slot_at("2026-12-01 13:30"))
    async with town.database.transaction() as session:
        meetings = await absences.add(
            session, town.clock, maria, sweden("2026-12-01 08:00"), sweden("2026-12-01 12:00")
        )
    assert [meeting.id for meeting in meetings] == [hit.id]
    assert await town.alerts() == [("absence", hit.id)]
    assert clocks(await town.offers(not_before=date(2026, 12, 1), limit=1)) == ["2026-12-01 12:00"]
    with pytest.raises(SlotTaken):
        await town.books(slot_at("2026-12-01 11:45"))
    async with town.database.transaction() as session:
        await service.move_by_staff(session, town.clock, hit.id, slot_at("2026-12-01 14:30"))
    assert await town.alerts() == []
    with pytest.raises(NotFound):
        async with town.database.transaction() as session:
            await absences.add(session, town.clock, uuid4(), town.clock(), sweden("2026-12-01 12:00"))


async def test_what_is_held_missed_or_cancelled_is_not_moved(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books_first()
    await town.cancels(meeting)
    with pytest.raises(TooLate):
        async with town.database.transaction() as session:
            await service.move_by_staff(session, town.clock, meeting.id, slot_at("2026-12-02 09:30"))
    with pytest.raises(NotFound):
        async with town.database.transaction() as session:
            await service.move_by_staff(session, town.clock, uuid4(), slot_at("2026-12-02 09:30"))
