"""Bring together what is asked for, the municipality's calendar and everybody's diaries."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons
from backend.bookings import diaries, times
from backend.bookings.models import MeetingRow, Participant, Resource
from backend.bookings.times import Diaries, Held, Party, Wish
from backend.calendar import WorkingCalendar, day_in_sweden, moment
from backend.errors import ElsewhereThen, SlotTaken
from backend.interpreters import rules

HORIZON = 15
"""How many working days ahead times are looked for."""

_FIRST_LOOK = 2  # today and tomorrow nearly always do; the rest is read only when they do not


def calendar(session: AsyncSession) -> WorkingCalendar:
    """The municipality's calendar."""
    return database.of(session).municipality.calendar


def length(session: AsyncSession, language: str | None) -> timedelta:
    """How long a meeting is booked for: everything is said twice with an interpreter."""
    meetings = database.of(session).municipality.meetings
    return timedelta(minutes=meetings.minutes_with_interpreter if language else meetings.minutes)


async def free_starts(
    session: AsyncSession,
    wish: Wish,
    language: str | None,
    not_before: date | None = None,
    held: Sequence[Held] = (),
) -> AsyncIterator[tuple[Diaries, list[datetime]]]:
    """The free times of each working day ahead that has any, with the diaries they were read from. What is ``held``
    counts as taken."""
    works = calendar(session)
    first = rules.first_day(works, wish.asked_at) if language else works.first_offered_day(wish.asked_at)
    days = list(islice(works.working_days(max(first, not_before or first)), HORIZON))
    earliest = works.after_open_time(wish.asked_at, times.NOTICE)
    for some in (days[:_FIRST_LOOK], days[_FIRST_LOOK:]):
        known = await _diaries(session, language, some[0], some[-1], wish.moving)
        near = [one for one in held if some[0] <= day_in_sweden(one.start) <= some[-1]]
        known = times.without(known, near, partial(rules.modes_for, works, wish.asked_at), wish.asked_at)
        for day in some:
            starts = [
                start
                for start in times.starts_on(works, day, wish.length)
                if start >= earliest and find_party(session, known, wish, start)
            ]
            if starts:
                yield known, starts


async def party_at(session: AsyncSession, wish: Wish, language: str | None, start: datetime, now: datetime) -> Party:
    """Who takes a meeting at ``start``. Raises SlotTaken when it has passed, is closed or somebody is not free, and
    ElsewhereThen, which is one, when she has something planned then."""
    day = day_in_sweden(start)
    if wish.is_elsewhere(day, start):
        raise ElsewhereThen
    if start > now and start in times.starts_on(calendar(session), day, wish.length):
        known = await _diaries(session, language, day, day, wish.moving)
        if party := find_party(session, known, wish, start):
            return party
    raise SlotTaken


def find_party(session: AsyncSession, known: Diaries, wish: Wish, start: datetime) -> Party | None:
    """Who takes a meeting at ``start``, by these diaries."""
    return times.find_party(known, wish, rules.modes_for(calendar(session), wish.asked_at, start), start)


async def diaries_of(session: AsyncSession, language: str | None, day: date, besides: UUID | None = None) -> Diaries:
    """Everybody's diaries of one day, with the interpreters of one language; what the meeting ``besides`` takes is
    free."""
    return await _diaries(session, language, day, day, besides)


async def known_caseworker(session: AsyncSession, person: UUID) -> UUID | None:
    """The caseworker the person has met, or was to meet, last."""
    same = await persons.same(session, person)
    found = await session.exec(
        select(Participant.resource)
        .join(MeetingRow, col(MeetingRow.id) == Participant.meeting)
        .join(Resource, col(Resource.id) == Participant.resource)
        .where(col(MeetingRow.person).in_(same), Resource.kind == "caseworker")
        .order_by(col(MeetingRow.booked_at).desc())
        .limit(1)
    )
    return found.one_or_none()


async def _diaries(
    session: AsyncSession, language: str | None, first: date, last: date, besides: UUID | None = None
) -> Diaries:
    opens, closes = moment(first, time.min), moment(last + timedelta(days=1), time.min)
    return await diaries.read(session, language, opens, closes, besides)
