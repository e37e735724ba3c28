"""Somebody or something is not there: the meetings it hits, and what can be done with each. None of them is silent.

A meeting that is hit stays booked, with a task for customer service, until it is moved, cancelled or held by somebody
else. Lists show a first name, a language and times, and nothing of a case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import tasks
from backend.bookings import diaries, planning, service, times
from backend.bookings.models import LIVE, Absence, BorrowedHours, MeetingRow, Participant, Resource
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.contract import Meeting
from backend.database import new_id
from backend.errors import Invalid, NobodyFree, NotFound, TooLate


@dataclass(frozen=True, slots=True)
class Away:
    """One absence, with whose it is. ``borrowed``: another municipality's, which lends her."""

    id: UUID
    name: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    borrowed: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A meeting still to come that somebody needed for it will not be at. ``interpreter``: she is among them."""

    meeting: Meeting
    away: tuple[str, ...]
    interpreter: bool


async def add(
    session: AsyncSession,
    clock: Clock,
    resource: UUID,
    starts_at: datetime,
    ends_at: datetime,
    *,
    absence: UUID | None = None,
) -> tuple[Meeting, ...]:
    """A resource is not there for a while. Gives the meetings it hits: they stay booked, each with a task for staff.

    The same of the same resource once more is the same absence.

    ``absence``: the id it has where she is at home. Raises NotFound, Invalid for no time.
    """
    if starts_at >= ends_at:
        raise Invalid(field="ends_at")
    await locked(session, resource)
    if absence is not None or not await _is_known(session, resource, starts_at, ends_at):
        session.add(Absence(id=absence or new_id(), resource=resource, starts_at=starts_at, ends_at=ends_at))
    return await hit_by(session, clock, resource, starts_at, ends_at)


async def remove(session: AsyncSession, clock: Clock, absence: UUID) -> None:
    """It was a mistake, or she is back earlier. Tasks of meetings that nothing hits any more are done. Raises
    NotFound.

    The row stays, so that those who borrow hours of hers hear of it.
    """
    found = await session.get(Absence, absence, with_for_update=True)
    if found is None or found.removed_at is not None:
        raise NotFound(absence=absence)
    await locked(session, found.resource)
    before = await _meetings(session, found.resource, found.starts_at, found.ends_at)
    found.removed_at, found.passed_on = clock(), False
    session.add(found)
    await session.flush()
    await settle(session, clock, *(row.id for row in before))


async def coming(session: AsyncSession, now: datetime) -> tuple[Away, ...]:
    """Absences that go on or are to come, the earliest first."""
    rows = await session.exec(
        select(Absence, Resource)
        .join(Resource, col(Resource.id) == Absence.resource)
        .where(Absence.ends_at > now, col(Absence.removed_at).is_(None))
        .order_by(col(Absence.starts_at), col(Resource.name))
    )
    return tuple(
        Away(one.id, who.name, who.kind, one.starts_at, one.ends_at, who.home is not None) for one, who in rows.all()
    )


async def hits(session: AsyncSession, now: datetime) -> tuple[Hit, ...]:
    """Every meeting still to come that an absence hits, or that is in hours taken back by who lent them, by time."""
    rows = await session.exec(
        select(MeetingRow, Resource)
        .join(Participant, col(Participant.meeting) == MeetingRow.id)
        .join(Resource, col(Resource.id) == Participant.resource)
        .where(
            col(Participant.cancelled).is_(False),
            col(MeetingRow.status).in_(LIVE),
            MeetingRow.starts_at > now,
            or_(_is_absent(), and_(col(Resource.home).is_not(None), ~_is_lent())),
        )
        .order_by(col(MeetingRow.starts_at), col(MeetingRow.id))
    )
    away: dict[UUID, tuple[MeetingRow, list[Resource]]] = {}
    for row, resource in rows.all():
        away.setdefault(row.id, (row, []))[1].append(resource)
    return tuple(
        Hit(service.as_meeting(row), tuple(one.name for one in who), any(one.kind == "interpreter" for one in who))
        for row, who in away.values()
    )


async def hit_by(
    session: AsyncSession, clock: Clock, resource: UUID, starts_at: datetime, ends_at: datetime
) -> tuple[Meeting, ...]:
    """Put a task for each meeting that needs the resource then. The caller has locked it."""
    await session.flush()
    rows = await _meetings(session, resource, starts_at, ends_at)
    for row in rows:
        await tasks.add(
            session,
            "time",
            "absence",
            at=clock(),
            person=row.person,
            about=row.id,
            due_at=row.starts_at,
            queue="customer-service",
        )
    return tuple(service.as_meeting(row) for row in rows)


async def others_take(session: AsyncSession, clock: Clock, meeting: UUID) -> Meeting:
    """Somebody else takes the part of each caseworker, place or line that is away, at the same time.

    The person's time is the same, so she is told nothing. An interpreter who is away is not among them: she declines
    (:func:`backend.interpreters.service.decline`). Raises NobodyFree, TooLate, NotFound.
    """
    language = (await service.find(session, meeting)).interpreter_language
    await diaries.lock(session, language)
    row = await service.locked(session, meeting)
    if row.status not in LIVE or row.starts_at <= clock():
        raise TooLate(meeting=meeting)
    known = await planning.diaries_of(session, language, day_in_sweden(row.starts_at), row.id)
    taking_part = await session.exec(
        select(Participant).where(Participant.meeting == meeting, col(Participant.cancelled).is_(False))
    )
    seats = {seat.resource: seat for seat in taking_part.all()}
    replaced = times.replacements(known, tuple(seats), row.starts_at, row.ends_at)
    if replaced is None:
        raise NobodyFree
    for away, instead in replaced.items():
        seats[away].cancelled = True
        session.add(seats[away])
        await session.flush()
        session.add(Participant(meeting=row.id, resource=instead, starts_at=row.starts_at, ends_at=row.ends_at))
    await session.flush()
    await settle(session, clock, meeting)
    return service.as_meeting(row)


async def settle(session: AsyncSession, clock: Clock, *meetings: UUID) -> None:
    """The tasks of meetings that nothing hits any more are done."""
    still = {hit.meeting.id for hit in await hits(session, clock())}
    for meeting in meetings:
        if meeting not in still:
            await tasks.done_about(session, meeting, clock(), reason="absence")


async def locked(session: AsyncSession, resource: UUID) -> Resource:
    """A resource, locked until the transaction ends: whoever books it waits. Raises NotFound."""
    found = await session.exec(select(Resource).where(Resource.id == resource).with_for_update(key_share=True))
    one = found.one_or_none()
    if one is None:
        raise NotFound(resource=resource)
    return one


async def _is_known(session: AsyncSession, resource: UUID, starts_at: datetime, ends_at: datetime) -> bool:
    same = select(Absence.id).where(
        Absence.resource == resource,
        Absence.starts_at == starts_at,
        Absence.ends_at == ends_at,
        col(Absence.removed_at).is_(None),
    )
    return (await session.exec(same.limit(1))).first() is not None


async def _meetings(
    session: AsyncSession, resource: UUID, starts_at: datetime, ends_at: datetime
) -> Sequence[MeetingRow]:
    rows = await session.exec(
        select(MeetingRow)
        .join(Participant, col(Participant.meeting) == MeetingRow.id)
        .where(
            Participant.resource == resource,
            col(Participant.cancelled).is_(False),
            Participant.starts_at < ends_at,
            Participant.ends_at > starts_at,
            col(MeetingRow.status).in_(LIVE),
        )
        .order_by(col(MeetingRow.starts_at))
    )
    return rows.all()


def _is_absent() -> ColumnElement[bool]:
    return exists().where(
        col(Absence.resource) == Participant.resource,
        col(Absence.removed_at).is_(None),
        col(Absence.starts_at) < Participant.ends_at,
        col(Absence.ends_at) > Participant.starts_at,
    )


def _is_lent() -> ColumnElement[bool]:
    return exists().where(
        col(BorrowedHours.resource) == Participant.resource,
        col(BorrowedHours.withdrawn_at).is_(None),
        col(BorrowedHours.starts_at) <= Participant.starts_at,
        col(BorrowedHours.ends_at) >= Participant.ends_at,
    )
