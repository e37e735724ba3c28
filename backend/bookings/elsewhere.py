"""Where people are to be besides their meetings: what is planned with her, and what somebody does every week.

Of what comes every week only the next times are given (:mod:`backend.planning.weekly`); the others are worked out here,
so that no meeting is booked into one that is still to be given.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import get_args
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.bookings.times import Period
from backend.calendar import day_in_sweden, moment
from backend.errors import NotFound
from backend.municipalities.programme import Weekly as Kind
from backend.planning.models import Enrolment, Group, Weekly

AHEAD = timedelta(days=400)
"""How far: she may ask for a day more than a year from now."""
_HALF_A_DAY = timedelta(hours=4)
"""What is done every week for longer than this is left for an hour: a placement from Monday to Friday would otherwise
leave no time for a meeting at all."""


async def of_person(session: AsyncSession, person: UUID, now: datetime) -> Mapping[date, Sequence[Period]]:
    """When she is to be somewhere from now on, by day, without what fills her days every week. Nowhere, while her call
    for help is still on its way."""
    try:
        same = await persons.same(session, person)
    except NotFound:
        return {}
    places = await session.exec(
        select(Group.starts_at, Group.ends_at)
        .join(Enrolment, col(Enrolment.group) == Group.id)
        .where(
            col(Enrolment.person).in_(same),
            col(Enrolment.cancelled_at).is_(None),
            Group.ends_at > now,
            stands_in_the_way(),
        )
    )
    rows = await session.exec(
        select(Weekly).where(
            col(Weekly.person).in_(same),
            col(Weekly.ended_on).is_(None),
            Weekly.minutes <= _HALF_A_DAY // timedelta(minutes=1),
        )
    )
    # Up to planned_until her times are places of hers, or were not given.
    every = [time for row in rows.all() for time in _times(row, now, now + AHEAD, after=row.planned_until)]
    found: dict[date, list[Period]] = {}
    for starts, ends in (*places.all(), *every):
        found.setdefault(day_in_sweden(starts), []).append((starts, ends))
    return found


def still_hers() -> ColumnElement[bool]:
    """Of a place: she has not said that she cannot come to it."""
    return or_(col(Enrolment.said).is_(None), col(Enrolment.said) != "could-not")


def stands_in_the_way() -> ColumnElement[bool]:
    """Of a place and its group: nothing else can be then. What fills her days every week is left for an hour."""
    every_week = col(Group.activity).in_(get_args(Kind))
    return and_(still_hers(), or_(~every_week, col(Group.ends_at) - col(Group.starts_at) <= _HALF_A_DAY))


async def of_caseworkers(
    session: AsyncSession, resources: Sequence[UUID], first: datetime, last: datetime
) -> Iterator[tuple[UUID, Period]]:
    """When caseworkers meet somebody every week, between two moments."""
    rows = await session.exec(
        select(Weekly).where(col(Weekly.caseworker).in_(resources), col(Weekly.ended_on).is_(None))
    )
    return (
        (row.caseworker, time) for row in rows.all() for time in _times(row, first, last) if row.caseworker is not None
    )


def _times(row: Weekly, first: datetime, last: datetime, *, after: date | None = None) -> Iterator[Period]:
    day = max(row.begins_on, day_in_sweden(first))
    if after is not None:
        day = max(day, after + timedelta(days=1))
    day += timedelta(days=(row.weekday - day.weekday()) % 7)
    while (start := moment(day, row.at)) < last:
        yield start, start + timedelta(minutes=row.minutes)
        day += timedelta(days=7)
