"""What a person says of her meeting before it is over reaches whoever holds it, once, and changes nothing."""

from uuid import UUID, uuid4

import pytest

from backend import tasks
from backend.bookings import lists, said, service
from backend.contract import Meeting, MeetingStatus, SayOfMeeting
from backend.errors import KeyReused, NotFound, TooLate
from tests.backend.meetings import Town, slot_at, sweden


async def _says(town: Town, meeting: Meeting, call: SayOfMeeting, key: UUID | None = None) -> Meeting:
    async with town.database.transaction() as session:
        return await said.say(session, town.clock, key or uuid4(), meeting.id, call)


async def _seen(town: Town, meeting: Meeting) -> tuple[str, ...]:
    async with town.database.transaction() as session:
        planned = await lists.of_day(session, meeting.start.date())
    return next(one.said for one in planned if one.meeting.id == meeting.id)


async def test_who_is_late_is_seen_on_the_list_and_as_one_task(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    call = SayOfMeeting(person=meeting.person, at=town.clock(), says="late", minutes=10)
    key = uuid4()
    first = await _says(town, meeting, call, key)
    assert first == await town.meeting(meeting.id)
    assert await _says(town, meeting, call, key) == first
    with pytest.raises(KeyReused):
        await _says(town, meeting, call.model_copy(update={"minutes": 20}), key)
    assert await _seen(town, meeting) == ("Blir sen, cirka 10 min",)
    later = town.clock.advance(minutes=5)
    await _says(town, meeting, call.model_copy(update={"minutes": 25, "at": later}))
    assert await _seen(town, meeting) == ("Blir sen, cirka 25 min",)
    assert await town.alerts() == [("late", meeting.id)]


async def test_to_be_ill_changes_nothing_and_what_she_chose_is_seen(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    await _says(town, meeting, SayOfMeeting(person=meeting.person, at=town.clock(), says="ill"))
    await _says(town, meeting, SayOfMeeting(person=meeting.person, at=town.clock.advance(minutes=1), says="by-phone"))
    assert (await town.meeting(meeting.id)).status == MeetingStatus.BOOKED
    assert await _seen(town, meeting) == ("Är sjuk, har hört av sig", "Vill bli uppringd i stället")
    assert sorted(await town.alerts()) == [("by-phone", meeting.id), ("ill", meeting.id)]


async def test_it_can_be_said_until_the_meeting_is_over_and_of_ones_own_only(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    call = SayOfMeeting(person=meeting.person, at=sweden("2026-12-01 09:45"), says="late")
    await _says(town, meeting, call)
    with pytest.raises(TooLate):
        await _says(town, meeting, call.model_copy(update={"at": meeting.end}))
    with pytest.raises(NotFound):
        await _says(town, meeting, call.model_copy(update={"person": uuid4()}))
    cancelled = await town.books(slot_at("2026-12-02 09:30"))
    await town.cancels(cancelled)
    with pytest.raises(TooLate):
        await _says(town, cancelled, call.model_copy(update={"person": cancelled.person}))


async def test_what_was_said_is_no_task_any_more_when_the_meeting_is_settled(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    await _says(town, meeting, SayOfMeeting(person=meeting.person, at=town.clock(), says="late"))
    town.clock.now = sweden("2026-12-01 09:40")
    await _held(town, meeting)
    assert await town.alerts() == []


async def test_to_ring_her_instead_follows_the_meeting_to_its_new_time(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    for says in ("late", "by-phone"):
        call = SayOfMeeting.model_validate({"person": meeting.person, "at": town.clock(), "says": says})
        await _says(town, meeting, call)
    async with town.database.transaction() as session:
        moved = await service.move_by_staff(session, town.clock, meeting.id, slot_at("2026-12-02 13:00"))
    async with town.database.transaction() as session:
        (task,) = await tasks.queue(session)
    assert (task.reason, task.due_at) == ("by-phone", moved.start)
    await town.cancels(moved)
    assert await town.alerts() == []


async def _held(town: Town, meeting: Meeting) -> None:
    async with town.database.transaction() as session:
        await service.mark_held(session, town.clock, meeting.id)
