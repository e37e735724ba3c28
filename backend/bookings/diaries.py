"""Read the diaries of everything a meeting may need, and lock them in one order so that bookings never deadlock."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.bookings import elsewhere
from backend.bookings.models import Absence, BorrowedHours, Participant, Resource, ResourceKind, WorkingHours
from backend.bookings.times import AgencyDiary, Diaries, Diary, Period
from backend.interpreters.models import Interpreter, InterpreterOrder


async def lock(session: AsyncSession, language: str | None) -> None:
    """Lock every resource a meeting in this language may take, by id, until the transaction ends.

    Whoever books, moves or declines does this first. The constraints alone would never double-book either, but
    meetings of different lengths deadlock on them, each waiting a second.
    """
    # NO KEY UPDATE: rows that only point at a resource need not wait.
    await session.exec(
        select(Resource.id).where(_wanted(language)).order_by(col(Resource.id)).with_for_update(key_share=True)
    )


async def lock_interpreters(session: AsyncSession, language: str) -> None:
    """The same of the interpreters of one language alone, for what takes nobody else's time."""
    await session.exec(
        select(Resource.id)
        .where(col(Resource.active), _speaks(language))
        .order_by(col(Resource.id))
        .with_for_update(key_share=True)
    )


async def read(
    session: AsyncSession, language: str | None, first: datetime, last: datetime, besides: UUID | None = None
) -> Diaries:
    """The diaries between two moments, with interpreters of one language only (``None``: no interpreters).

    Time is taken by meetings, other than ``besides``, by what is lent away, by absences, by whom a caseworker meets
    every week, and where an interpreter said that she cannot, or nothing. Who is borrowed is there for the hours that
    are lent, and no other.
    """
    resources = (await session.exec(select(Resource).where(_wanted(language)).order_by(col(Resource.name)))).all()
    ids = [resource.id for resource in resources]
    hours, modes = await _hours(session, ids), await _modes(session, ids)
    taken = await _taken(session, ids, first, last, besides)
    lent = await _lent(session, [resource.id for resource in resources if resource.home], first, last)

    def of(kind: ResourceKind) -> tuple[Diary, ...]:
        always_there = kind in ("place", "line")
        return tuple(
            Diary(
                resource.id,
                resource.name,
                hours.get(resource.id, None if always_there else {}),
                taken.get(resource.id, ()),
                frozenset([resource.mode] if resource.mode else modes.get(resource.id, ())),
                lent.get(resource.id, ()) if resource.home else None,
            )
            for resource in resources
            if resource.kind == kind
        )

    agencies = await _agencies(session, language, first, last, besides)
    return Diaries(of("caseworker"), of("place"), of("line"), of("interpreter"), agencies)


async def _agencies(
    session: AsyncSession, language: str | None, first: datetime, last: datetime, moving: UUID | None
) -> tuple[AgencyDiary, ...]:
    """The agencies that can be asked for a language, with what they have refused of it.

    One that said no may be asked for another way; one that said nothing is not asked for that time again. Whoever said
    nothing for the meeting to be moved, or no at two times, is not asked for it any more: it is not moved for ever.
    """
    tired = await _tired(session, moving)
    speaking = [one for one in database.of(session).agencies if language in one.languages and one.slug not in tired]
    if not speaking:
        return ()
    rows = await session.exec(
        select(InterpreterOrder).where(
            col(InterpreterOrder.agency).in_([agency.slug for agency in speaking]),
            InterpreterOrder.language == language,
            col(InterpreterOrder.state).in_(("declined", "unanswered")),
            col(InterpreterOrder.starts_at) < last,
            col(InterpreterOrder.ends_at) > first,
        )
    )
    refused: dict[str | None, list[tuple[datetime, datetime, str | None]]] = {}
    for order in rows.all():
        way = order.mode if order.state == "declined" else None
        refused.setdefault(order.agency, []).append((order.starts_at, order.ends_at, way))
    return tuple(AgencyDiary(agency, refused.get(agency.slug, ())) for agency in speaking)


def _wanted(language: str | None) -> ColumnElement[bool]:
    without = col(Resource.kind) != "interpreter"
    if language is None:
        return and_(col(Resource.active), without)
    return and_(col(Resource.active), or_(without, _speaks(language)))


def _speaks(language: str) -> ColumnElement[bool]:
    return col(Resource.id).in_(select(Interpreter.resource).where(col(Interpreter.languages).contains([language])))


async def _tired(session: AsyncSession, moving: UUID | None) -> set[str | None]:
    """The agencies that have been asked for one meeting (or call, or planned time) often enough."""
    if moving is None:
        return set()
    rows = await session.exec(
        select(InterpreterOrder).where(
            or_(col(InterpreterOrder.meeting) == moving, col(InterpreterOrder.interpreted) == moving)
        )
    )
    silent, said_no = set(), set()
    for order in rows.all():
        if order.state == "unanswered":
            silent.add(order.agency)
        if order.state == "declined":
            said_no.add((order.agency, order.starts_at))
    return silent | {agency for agency, _ in said_no if sum(one == agency for one, _ in said_no) > 1}


async def _hours(session: AsyncSession, resources: list[UUID]) -> dict[UUID, dict[int, list[tuple[time, time]]]]:
    found: dict[UUID, dict[int, list[tuple[time, time]]]] = {}
    rows = await session.exec(select(WorkingHours).where(col(WorkingHours.resource).in_(resources)))
    for row in rows.all():
        found.setdefault(row.resource, {}).setdefault(row.weekday, []).append((row.starts, row.ends))
    return found


async def _taken(
    session: AsyncSession, resources: list[UUID], first: datetime, last: datetime, besides: UUID | None
) -> dict[UUID, list[Period]]:
    found: dict[UUID, list[Period]] = {}
    meetings = select(Participant.resource, Participant.starts_at, Participant.ends_at).where(
        col(Participant.resource).in_(resources),
        col(Participant.cancelled).is_(False),
        or_(col(Participant.meeting).is_(None), col(Participant.meeting).is_distinct_from(besides)),
        or_(col(Participant.interpreted).is_(None), col(Participant.interpreted).is_distinct_from(besides)),
        col(Participant.starts_at) < last,
        col(Participant.ends_at) > first,
    )
    absences = select(Absence.resource, Absence.starts_at, Absence.ends_at).where(
        col(Absence.resource).in_(resources),
        col(Absence.removed_at).is_(None),
        col(Absence.starts_at) < last,
        col(Absence.ends_at) > first,
    )
    declined = select(InterpreterOrder.interpreter, InterpreterOrder.starts_at, InterpreterOrder.ends_at).where(
        col(InterpreterOrder.interpreter).in_(resources),
        col(InterpreterOrder.state).in_(("declined", "unanswered")),
        col(InterpreterOrder.starts_at) < last,
        col(InterpreterOrder.ends_at) > first,
    )
    for query in (meetings, absences, declined):
        for resource, starts_at, ends_at in (await session.exec(query)).all():
            if resource is not None:  # an order to an agency takes nobody's time
                found.setdefault(resource, []).append((starts_at, ends_at))
    for resource, period in await elsewhere.of_caseworkers(session, resources, first, last):
        found.setdefault(resource, []).append(period)
    return found


async def _lent(
    session: AsyncSession, borrowed: list[UUID], first: datetime, last: datetime
) -> dict[UUID, list[Period]]:
    found: dict[UUID, list[Period]] = {}
    if not borrowed:
        return found
    rows = await session.exec(
        select(BorrowedHours)
        .where(
            col(BorrowedHours.resource).in_(borrowed),
            col(BorrowedHours.withdrawn_at).is_(None),
            col(BorrowedHours.starts_at) < last,
            col(BorrowedHours.ends_at) > first,
        )
        .order_by(col(BorrowedHours.starts_at))
    )
    for row in rows.all():
        found.setdefault(row.resource, []).append((row.starts_at, row.ends_at))
    return found


async def _modes(session: AsyncSession, resources: list[UUID]) -> dict[UUID, list[str]]:
    rows = await session.exec(
        select(Interpreter.resource, Interpreter.modes).where(col(Interpreter.resource).in_(resources))
    )
    return {resource: list(modes) for resource, modes in rows.all()}
