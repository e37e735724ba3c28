"""POST free-times, PUT meetings/{key}, PUT meetings/{meeting}/cancellation/{key}, PUT meetings/{meeting}/said/{key},
PUT meetings/{meeting}/missed-because/{key}, POST meetings/{meeting}/calendar, PUT
earlier-times/{offer}/answer/{key}."""

from uuid import UUID

from fastapi import APIRouter

from backend.bookings import earlier, feeds, missed, said, service
from backend.contract import (
    AnswerEarlierTime,
    BookMeeting,
    CalendarFile,
    CalendarQuery,
    CancelMeeting,
    FreeTimes,
    FreeTimesQuery,
    Meeting,
    SayOfMeeting,
    WhyMissed,
)
from backend.wire import SAID_ONCE, Now, Town

router = APIRouter(tags=["bookings"])


@router.post("/free-times")
async def free_times(town: Town, clock: Now, query: FreeTimesQuery) -> FreeTimes:
    """Times when caseworker, place and, if asked for, an interpreter are all free."""
    async with town.transaction() as session:
        return await service.free_times(session, clock, query)


@router.put("/meetings/{key}")
async def book(town: Town, clock: Now, key: UUID, call: BookMeeting) -> Meeting:
    """Book caseworker, place and interpreter together, or move a meeting."""
    async with town.transaction() as session:
        return await service.book(session, clock, key, call)


@router.put("/meetings/{meeting}/cancellation/{key}")
async def cancel(town: Town, clock: Now, meeting: UUID, key: UUID, call: CancelMeeting) -> Meeting:
    """The person cannot come."""
    async with town.transaction() as session:
        return await service.cancel(session, clock, key, meeting, call)


@router.put("/earlier-times/{offer}/answer/{key}")
async def answer_earlier(town: Town, clock: Now, offer: UUID, key: UUID, call: AnswerEarlierTime) -> Meeting:
    """She wants the earlier time, or keeps the one she has."""
    async with town.transaction() as session:
        return await earlier.answer(session, clock, key, offer, call)


@router.put("/meetings/{meeting}/said/{key}")
async def say(town: Town, clock: Now, meeting: UUID, key: UUID, call: SayOfMeeting) -> Meeting:
    """She is late, is ill, or wants to be rung instead."""
    async with town.transaction() as session:
        return await said.say(session, clock, key, meeting, call)


@router.put("/meetings/{meeting}/missed-because/{key}", status_code=204, dependencies=[SAID_ONCE])
async def missed_because(town: Town, meeting: UUID, call: WhyMissed) -> None:
    """What hindered her."""
    async with town.transaction() as session:
        await missed.because(session, meeting, call)


@router.post("/meetings/{meeting}/calendar")
async def calendar(town: Town, clock: Now, meeting: UUID, query: CalendarQuery) -> CalendarFile:
    """Her meeting, for her own calendar."""
    async with town.transaction() as session:
        return await feeds.of_meeting(session, clock, meeting, query)
