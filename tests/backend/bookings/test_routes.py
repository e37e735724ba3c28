"""The wire: three calls of the bot, and the problems they are answered with."""

from uuid import uuid4

import pytest
from sqlmodel import select

from backend import municipalities
from backend.bookings import seed
from backend.bookings.models import Resource
from backend.contract import BookMeeting, CancelMeeting, FreeTimes, FreeTimesQuery, Meeting, MeetingStatus
from tests.backend.meetings import Town, slot_at
from tests.backend.stories import MONDAY, Backend


@pytest.fixture
async def running(both: Backend) -> Backend:
    """Both municipalities with what the demo lays in, twice: the second time is harmless."""
    for _ in range(2):
        for slug, municipality in municipalities.found().items():
            async with both.database(slug).transaction() as session:
                await seed.seed(session, both.clock, municipality)
    return both


async def test_times_are_offered_booked_and_cancelled_over_http(running: Backend) -> None:
    bot, person = running.trelleborg, uuid4()
    query = FreeTimesQuery(person=person, at=MONDAY, interpreter_language="ar")
    offered = FreeTimes.model_validate((await bot.post("free-times", query)).json())
    assert offered.within_promise
    assert len(offered.times) == 3

    key = uuid4()
    call = BookMeeting(person=person, slot=offered.times[0].slot, at=MONDAY, interpreter_language="ar")
    answer = await bot.put(f"meetings/{key}", call)
    assert answer.status_code == 200, answer.text
    meeting = Meeting.model_validate(answer.json())
    assert meeting.status == MeetingStatus.PRELIMINARY
    assert (meeting.start, meeting.end, meeting.address) == (
        offered.times[0].start,
        offered.times[0].end,
        offered.times[0].address,
    )
    assert (await bot.put(f"meetings/{key}", call)).json() == answer.json()
    reused = await bot.put(f"meetings/{key}", call.model_copy(update={"slot": offered.times[1].slot}))
    assert (reused.status_code, reused.json()["code"]) == (422, "key-reused")

    cancellation = f"meetings/{meeting.id}/cancellation/{uuid4()}"
    cancelled = await bot.put(cancellation, CancelMeeting(person=person, at=MONDAY))
    assert Meeting.model_validate(cancelled.json()).status == MeetingStatus.CANCELLED
    assert (await bot.put(cancellation, CancelMeeting(person=person, at=MONDAY))).json() == cancelled.json()


@pytest.mark.parametrize(
    ("slot", "status", "code"),
    [(slot_at("2026-12-24 09:00"), 409, "slot-taken"), ("tomorrow", 422, "invalid")],
)
async def test_problems_are_said_in_the_contracts_words(running: Backend, slot: str, status: int, code: str) -> None:
    answer = await running.trelleborg.put(f"meetings/{uuid4()}", BookMeeting(person=uuid4(), slot=slot, at=MONDAY))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_cancellation_of_what_is_not_there_is_not_found(running: Backend) -> None:
    answer = await running.trelleborg.put(
        f"meetings/{uuid4()}/cancellation/{uuid4()}", CancelMeeting(person=uuid4(), at=MONDAY)
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_too_late_is_said(running: Backend) -> None:
    booked = await running.trelleborg.put(
        f"meetings/{uuid4()}", BookMeeting(person=uuid4(), slot=slot_at("2026-12-01 09:00"), at=MONDAY)
    )
    meeting = Meeting.model_validate(booked.json())
    late = CancelMeeting(person=meeting.person, at=meeting.start)
    answer = await running.trelleborg.put(f"meetings/{meeting.id}/cancellation/{uuid4()}", late)
    assert (answer.status_code, answer.json()["code"]) == (409, "too-late")


async def test_each_municipality_books_its_own(running: Backend) -> None:
    for bot, slug in ((running.trelleborg, "trelleborg"), (running.svedala, "svedala")):
        for language in ("ar", "so", "uk", "ti", "prs", None):
            query = FreeTimesQuery(person=uuid4(), at=MONDAY, interpreter_language=language)
            offered = FreeTimes.model_validate((await bot.post("free-times", query)).json())
            assert offered.within_promise, (slug, language)
            assert {time.address for time in offered.times} == {municipalities.found()[slug].meetings.address}
    booked = await running.svedala.put(
        f"meetings/{uuid4()}", BookMeeting(person=uuid4(), slot=slot_at("2026-12-01 09:00"), at=MONDAY)
    )
    elsewhere = Town(running.database("trelleborg"), running.clock)
    with pytest.raises(Exception, match="no such thing"):
        await elsewhere.meeting(Meeting.model_validate(booked.json()).id)


async def test_a_seeded_caseworker_can_be_tied_to_her_desk(running: Backend) -> None:
    async with running.database("trelleborg").transaction() as session:
        maria = (await session.exec(select(Resource).where(Resource.name == "Maria"))).one()
    assert maria.id == seed.resource_id("trelleborg", "caseworker", "Maria")
