"""What is planned once, by a caseworker: a talk about the plan, an interview with a recruiter, a meeting of employers.

Which there are, how long, and how many at the same time, is the municipality's programme. Places are counted by the
database as those of the planning week are, and she is told of her times as then: when and where, and never what.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons
from backend.access import Reader
from backend.bookings import elsewhere
from backend.calendar import moment
from backend.clock import Clock
from backend.errors import ElsewhereThen, GroupFull, Invalid
from backend.interpreters import besides
from backend.municipalities.programme import Once, OnceKind
from backend.planning import service
from backend.planning.groups import group_at
from backend.planning.models import Enrolment, Group
from backend.planning.week import Time


@dataclass(frozen=True)
class Planned:
    """What is planned. ``at``: Swedish clock time. ``interpreted``: into the language she speaks."""

    activity: OnceKind
    day: date
    at: time
    place: str
    digital: bool
    interpreted: bool


async def give(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, planned: Planned) -> UUID:
    """Give her a place at that time, and tell her. The same again is the one she has.

    Raises Invalid (not in the programme, past, on a closed day), ElsewhereThen, GroupFull.
    """
    calendar, offered = database.of(session).municipality.calendar, _offered(session, planned.activity)
    start = moment(planned.day, planned.at)
    if start <= clock() or not calendar.is_working_day(planned.day):
        raise Invalid(day="past, or closed")
    opened = await access.enter(session, clock, reader, person, "note", reason="meeting", done="Planerade en tid")
    await service.one_at_a_time(session)
    if (there := await _there(session, opened.person.id, planned.activity, start)) is not None:
        return there
    one = Time(start, start + timedelta(minutes=offered.minutes))
    # Hours that a placement fills every day are left for it, as they are for a meeting.
    if one.meets(await service.hers_ahead(session, opened.person.id, clock(), elsewhere.stands_in_the_way)):
        raise ElsewhereThen
    language = await service.speaks(session, opened.person) if planned.interpreted else ""
    group = await group_at(
        session,
        planned.activity,
        one,
        planned.place,
        capacity=offered.capacity,
        language=language,
        digital=planned.digital,
    )
    taken = (
        update(Group)
        .where(col(Group.id) == group, col(Group.taken) < col(Group.capacity))
        .values(taken=Group.taken + 1)
        .returning(col(Group.id))
    )
    if (await session.exec(taken)).one_or_none() is None:
        raise GroupFull
    row = Enrolment(group=group, person=opened.person.id, made_at=clock())
    session.add(row)
    await session.flush()
    if language:
        await besides.want(
            session,
            clock(),
            group=group,
            person=row.person,
            about=group,
            language=language,
            starts_at=one.start,
            ends_at=one.end,
            place=planned.place,
            digital=planned.digital,
        )
    await service.tell(session, clock, row.person)
    return row.id


def _offered(session: AsyncSession, activity: OnceKind) -> Once:
    programme = database.of(session).municipality.planning
    for once in programme.once if programme is not None else ():
        if once.activity == activity:
            return once
    raise Invalid(activity="not in the programme")


async def _there(session: AsyncSession, person: UUID, activity: OnceKind, start: datetime) -> UUID | None:
    same = await persons.same(session, person)
    found = await session.exec(
        select(Enrolment.id)
        .join(Group, col(Group.id) == Enrolment.group)
        .where(
            col(Enrolment.person).in_(same),
            col(Enrolment.cancelled_at).is_(None),
            Group.activity == activity,
            Group.starts_at == start,
        )
    )
    return found.first()
