"""Nobody came: a new time and one question, and what failed on our side is seen first and never counted as hers."""

from uuid import uuid4

import pytest

from backend import tasks
from backend.bookings import missed, service
from backend.cases import service as cases
from backend.contract import (
    BookMeeting,
    InterpreterWishes,
    Meeting,
    MeetingMissed,
    MeetingNotice,
    MeetingStatus,
    NoticeKind,
    StillTrueQuery,
    WhyMissed,
)
from backend.errors import NotFound
from backend.notices import service as notices
from tests.backend.meetings import Town, slot_at, sweden


async def _missed(town: Town, meeting: Meeting, *, again: bool = True) -> None:
    async with town.database.transaction() as session:
        await missed.mark(session, town.clock, meeting.id, again=again)


async def _came(town: Town, meeting: Meeting) -> None:
    async with town.database.transaction() as session:
        await service.mark_held(session, town.clock, meeting.id)


async def _told(town: Town) -> list[MeetingMissed]:
    async with town.database.transaction() as session:
        feed = await notices.feed(session, None, 0, 100)
    kinds = NoticeKind.MEETING_MISSED
    return [MeetingMissed.model_validate(one.body) for one in feed.notices if one.kind is kinds]


async def _counted(town: Town) -> dict[str, int]:
    async with town.database.transaction() as session:
        return dict(await missed.counted(session))


async def test_who_missed_a_meeting_gets_the_first_time_from_tomorrow_with_an_interpreter(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Layla", "ar")
    meeting = await town.books(slot_at("2026-12-01 09:30", 45), "ar")
    town.clock.now = sweden("2026-12-01 10:00")
    await _missed(town, meeting)
    await _missed(town, meeting)
    (told,) = await _told(town)
    assert told.meeting.status == MeetingStatus.NO_SHOW
    assert told.again is not None
    assert told.again.start >= sweden("2026-12-02 08:00")
    assert told.again.interpreter_language == "ar"
    assert told.again.status == MeetingStatus.PRELIMINARY
    assert await town.meeting(told.again.id) == told.again
    assert await _counted(town) == {"not-said": 1}


async def test_no_new_time_where_the_case_goes_on_or_she_has_one_or_there_is_none(town: Town) -> None:
    await town.has_caseworker()
    meeting, other = await town.books(slot_at("2026-12-01 09:30")), await town.books(slot_at("2026-12-01 10:30"))
    hers = await town.books(slot_at("2026-12-03 10:30"), person=other.person)
    town.clock.now = sweden("2026-12-01 13:00")
    await _missed(town, meeting, again=False)
    assert await _told(town) == []
    await _missed(town, other)
    (told,) = await _told(town)
    assert told.again == hers  # and not "choose a new time"
    await _came(town, other)
    assert (await town.meeting(hers.id)).status == MeetingStatus.BOOKED


async def test_what_was_wished_of_the_interpreter_is_wished_again(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Layla", "ar")
    await town.has_interpreter("Amal", "ar")
    first = await town.books(slot_at("2026-11-30 13:00", 45), "ar")
    (order,) = await town.orders()
    await town.confirms(order.id)
    slot, wished = slot_at("2026-12-01 09:30", 45), InterpreterWishes(not_from=first.id, dialect="iraqi")
    call = BookMeeting(
        person=first.person, slot=slot, at=town.clock(), interpreter_language="ar", interpreter_wishes=wished
    )
    async with town.database.transaction() as session:
        meeting = await service.book(session, town.clock, uuid4(), call)
    town.clock.now = sweden("2026-12-01 10:30")
    await _missed(town, meeting)
    (told,) = await _told(town)
    assert told.again is not None
    (again,) = await town.steps(told.again.id)
    assert again.dialect == "iraqi"
    assert again.interpreter != order.interpreter


async def test_what_hindered_is_counted_and_the_later_word_counts(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    town.clock.now = sweden("2026-12-01 10:00")
    await _missed(town, meeting)
    async with town.database.transaction() as session:
        call = WhyMissed(person=meeting.person, at=town.clock(), why="forgot")
        await missed.because(session, meeting.id, call)
        await missed.because(session, meeting.id, call.model_copy(update={"why": "ill"}))
        with pytest.raises(NotFound):
            await missed.because(session, meeting.id, call.model_copy(update={"person": uuid4()}))
    assert await _counted(town) == {"ill": 1}


@pytest.mark.parametrize("reason", ["undelivered", "lost", "unreachable", "dead-letter"])
async def test_what_failed_on_our_side_is_shown_first_and_counted_as_ours(town: Town, reason: str) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    async with town.database.transaction() as session:
        await tasks.add(session, "check", reason, at=town.clock(), person=meeting.person)
        assert await missed.known_before(session, meeting.id) == (missed.OURS[reason],)
    town.clock.now = sweden("2026-12-01 10:00")
    await _missed(town, meeting)
    assert await _counted(town) == {"ours": 1}


async def test_a_call_that_nobody_made_is_ours_and_one_that_was_made_is_not(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    async with town.database.transaction() as session:
        ring = await tasks.add(session, "ring", "call-me", at=town.clock(), person=meeting.person)
        assert await missed.known_before(session, meeting.id) == (missed.NOT_RUNG,)
        await tasks.done(session, ring.id, town.clock())
        assert await missed.known_before(session, meeting.id) == ()


async def test_who_came_after_all_has_missed_nothing(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    town.clock.now = sweden("2026-12-01 10:00")
    await _missed(town, meeting)
    await _came(town, meeting)
    assert await _counted(town) == {}


async def test_who_came_after_all_does_not_keep_the_time_she_got_instead(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Layla", "ar")
    meeting = await town.books(slot_at("2026-12-01 09:30", 45), "ar")
    town.clock.now = sweden("2026-12-01 10:00")
    await _missed(town, meeting)
    (told,) = await _told(town)
    assert told.again is not None
    query = StillTrueQuery(kind="missed-why", person=meeting.person, reference=meeting.id, at=town.clock())
    queries = [query, query.model_copy(update={"kind": "missed", "start": told.again.start})]
    async with town.database.transaction() as session:
        assert await cases.all_still_true(session, queries) == [True, True]
    await _came(town, meeting)
    assert (await town.meeting(told.again.id)).status == MeetingStatus.CANCELLED
    async with town.database.transaction() as session:
        *_, cancelled = (await notices.feed(session, None, 0, 100)).notices
    assert cancelled.kind is NoticeKind.MEETING_CANCELLED
    assert MeetingNotice.model_validate(cancelled.body).meeting == await town.meeting(told.again.id)
    assert await town.history(told.again.id) == [("Layla", "withdrawn")]
    async with town.database.transaction() as session:
        assert await cases.all_still_true(session, queries) == [False, False]
        assert not (await cases.still_true(session, query)).true
    # The note was right after all.
    await _missed(town, meeting)
    (_, once_more) = await _told(town)
    assert once_more.again is not None
    assert (await town.meeting(once_more.again.id)).status == MeetingStatus.PRELIMINARY
