"""What comes every week after the planning week: the caseworker, looking for jobs, the open house, a placement.

Written by a caseworker once; its times are given for one week at a time, and told in one text before that week.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import get_args
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.bookings.models import Participant
from backend.calendar import day_in_sweden, moment
from backend.clock import Clock
from backend.errors import EveryWeekAlready, NotFound
from backend.municipalities.programme import Weekly as Kind
from backend.planning import service
from backend.planning.groups import group_at
from backend.planning.models import Enrolment, Group, Weekly
from backend.planning.week import Time

KINDS: tuple[Kind, ...] = get_args(Kind)
MANY = 200
"""Places in what has no groups of its own: nobody is turned away from the open house."""
TELLS_AT = time(10, 0)
"""When, on the last working day of a week, the next one is told of."""


@dataclass(frozen=True)
class EveryWeek:
    """What is done every week. ``weekday``: 0 is Monday; ``at``: Swedish clock time. ``caseworker``: whose time it
    takes too."""

    activity: Kind
    weekday: int
    at: time
    minutes: int
    place: str
    digital: bool
    begins_on: date
    caseworker: UUID | None = None


async def add(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, planned: EveryWeek) -> UUID:
    """From a day on she does this every week; she is told of what is left of this week at once.

    The same, planned by a colleague too or sent twice, is the one there is: gives that one. Raises EveryWeekAlready
    where it is longer or shorter, or not in the same way, or begins before.
    """
    opened = await access.enter(session, clock, reader, person, "note", reason="meeting", done="Planerade varje vecka")
    await service.one_at_a_time(session)
    for other in await of_person(session, opened.person.id):
        if _same(other) == (planned.activity, planned.weekday, planned.at, planned.place):
            if (other.minutes, other.digital) != (planned.minutes, planned.digital):
                raise EveryWeekAlready
            if planned.begins_on < other.begins_on:
                raise EveryWeekAlready
            return other.id
    row = Weekly(person=opened.person.id, by_name=reader.name, **vars(planned))
    session.add(row)
    await session.flush()
    if await _give(session, clock, row, _end_of_week(clock())):
        await service.tell(session, clock, row.person)
    return row.id


async def end(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, weekly: UUID) -> None:
    """She does it no more: times that are ahead are not hers any longer, and she is told what is left. Raises
    NotFound, also when it is not this person's."""
    await service.one_at_a_time(session)
    row = await session.get(Weekly, weekly, with_for_update={"key_share": True})
    if row is None or row.person not in await persons.same(session, person):
        raise NotFound(weekly=weekly)
    await access.enter(session, clock, reader, row.person, "note", reason="meeting", done="Avslutade varje vecka")
    if row.ended_on is not None:
        return
    row.ended_on = day_in_sweden(clock())
    session.add(row)
    ahead = await session.exec(
        select(Enrolment, Group)
        .join(Group, col(Group.id) == Enrolment.group)
        .where(
            Enrolment.person == row.person,
            col(Enrolment.cancelled_at).is_(None),
            Group.activity == row.activity,
            Group.place == row.place,
            col(Group.starts_at) > clock(),
        )
    )
    for enrolment, group in ahead.all():
        if moment(day_in_sweden(group.starts_at), row.at) != group.starts_at:
            continue  # the same at another hour is another row's
        if day_in_sweden(group.starts_at).weekday() != row.weekday:
            continue
        enrolment.cancelled_at = clock()
        session.add(enrolment)
        taken = update(Group).where(col(Group.id) == enrolment.group).values(taken=Group.taken - 1)
        await session.exec(taken)
    await tasks.done_about(session, row.id, clock(), reader.id, "weekly-collides")
    await session.flush()
    await service.tell(session, clock, row.person)


async def of_person(session: AsyncSession, person: UUID) -> tuple[Weekly, ...]:
    """What she does every week now, in the order of the week. Raises NotFound for an unknown person."""
    same = await persons.same(session, person)
    found = await session.exec(
        select(Weekly)
        .where(col(Weekly.person).in_(same), col(Weekly.ended_on).is_(None))
        .order_by(col(Weekly.weekday), col(Weekly.at))
    )
    return tuple(found.all())


async def due(session: AsyncSession, clock: Clock) -> tuple[UUID, ...]:
    """Whose next week is to be planned: from the last working day of this one on."""
    until = _planned_until(session, clock())
    found = await session.exec(
        select(Weekly.person)
        .where(
            col(Weekly.ended_on).is_(None),
            col(Weekly.planned_until).is_(None) | (col(Weekly.planned_until) < until),
            Weekly.begins_on <= until,
        )
        .distinct()
    )
    return tuple(found.all())


async def plan_next(session: AsyncSession, clock: Clock, person: UUID) -> None:
    """Give one person her times of the week to come, and tell her in one text. Several at once do it once."""
    await service.one_at_a_time(session)
    until = _planned_until(session, clock())
    rows = await session.exec(
        select(Weekly)
        .where(
            Weekly.person == person,
            col(Weekly.ended_on).is_(None),
            col(Weekly.planned_until).is_(None) | (col(Weekly.planned_until) < until),
        )
        .order_by(col(Weekly.id))
        .with_for_update(key_share=True, skip_locked=True)
    )
    if any([await _give(session, clock, row, until) for row in rows.all()]):
        await service.tell(session, clock, person)


def _planned_until(session: AsyncSession, now: datetime) -> date:
    """The Sunday up to which times are given now: this week's, and from its last working day on the next one's."""
    sunday, today = _end_of_week(now), day_in_sweden(now)
    calendar = database.of(session).municipality.calendar
    is_last = calendar.next_working_day(today) > sunday
    return sunday + timedelta(days=7) if is_last and now >= moment(today, TELLS_AT) else sunday


def _end_of_week(now: datetime) -> date:
    today = day_in_sweden(now)
    return today + timedelta(days=6 - today.weekday())


async def _give(session: AsyncSession, clock: Clock, row: Weekly, until: date) -> bool:
    """Her times up to a day; whether there was one. A day that is closed has none: it comes again the next week.

    Nor has one on which she, or the caseworker she meets, is elsewhere at that hour: staff have a task, and find
    another time.
    """
    calendar = database.of(session).municipality.calendar
    first = max(row.begins_on, day_in_sweden(clock()), (row.planned_until or date.min) + timedelta(days=1))
    row.planned_until = until
    session.add(row)
    given = False
    taken = await service.hers_ahead(session, row.person, clock())
    if row.caseworker is not None:
        taken += await _of_caseworker(session, row.caseworker, clock())
    day = first + timedelta(days=(row.weekday - first.weekday()) % 7)
    while day <= until:
        start = moment(day, row.at)
        if calendar.is_working_day(day) and start > clock():
            one = Time(start, start + timedelta(minutes=row.minutes))
            if one.meets(taken):
                await _collides(session, clock, row, start)
            elif await _enrol(session, row, one, clock()):
                given = True
        day += timedelta(days=7)
    return given


async def _of_caseworker(session: AsyncSession, caseworker: UUID, at: datetime) -> list[Time]:
    """The meetings a caseworker has from now on, and the hours of hers that are lent away."""
    found = await session.exec(
        select(Participant.starts_at, Participant.ends_at).where(
            Participant.resource == caseworker, col(Participant.cancelled).is_(False), Participant.ends_at > at
        )
    )
    return [Time(starts, ends) for starts, ends in found.all()]


async def _collides(session: AsyncSession, clock: Clock, row: Weekly, start: datetime) -> None:
    await tasks.add(
        session,
        "time",
        "weekly-collides",
        at=clock(),
        person=row.person,
        about=row.id,
        due_at=start,
        queue="caseworker",
    )


async def _enrol(session: AsyncSession, row: Weekly, one: Time, at: datetime) -> bool:
    """A place in the group of that time; whether she had none yet. Only a new place is counted."""
    group = await group_at(session, row.activity, one, row.place, capacity=MANY, digital=row.digital)
    made = insert(Enrolment).values(
        id=database.new_id(), group=group, person=row.person, made_at=at, doctors_note=False
    )
    new = await session.exec(made.on_conflict_do_nothing().returning(col(Enrolment.id)))
    if new.one_or_none() is None:
        return False
    await session.exec(update(Group).where(col(Group.id) == group).values(taken=Group.taken + 1))
    return True


def _same(row: Weekly) -> tuple[str, int, time, str]:
    """What two rows of the same have in common; the database lets only one of them be live."""
    return row.activity, row.weekday, row.at, row.place
