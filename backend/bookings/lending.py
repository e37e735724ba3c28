"""Lend hours of a caseworker to another municipality, and take them back, without her ever being in two places.

At home an allotment takes the hours as a meeting does, held by the same constraint, before anybody else hears of them.
It is copied to the other municipality only when that is committed. Taken back, it is first closed to new bookings
there, and free at home last, when nothing is booked there any more.

The two databases share no transaction. What is not done in the other one yet stands in the home database
(:func:`carry_out` does it, as often as it takes): a crash between the two leaves hours taken at home that nobody can
book for half a minute, never hours that two can book.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Literal, TypeAlias
from uuid import UUID

from sqlalchemy import and_, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.bookings import absences
from backend.bookings.models import LIVE, Absence, Allotment, BorrowedHours, MeetingRow, Participant, Resource
from backend.calendar import SWEDEN, moment
from backend.clock import Clock
from backend.database import Database
from backend.errors import Invalid, NotFound, Refusal
from backend.rounds import each

EVERY = 30.0
"""Seconds between two looks for what the other municipality has not heard of."""

MOST_WEEKS = 53
"""As many as are lent at once."""


Inside: TypeAlias = Literal["meeting", "absence", "lent"]


class NotFreeToLend(Refusal):
    """There are meetings, an absence or other lent hours then. ``inside``: the first of them and when it begins, where
    that is known; what somebody takes in the same moment is not."""

    status = 409
    wording = "Det finns möten, frånvaro eller utlånade timmar då."

    def __init__(self, inside: tuple[Inside, datetime] | None = None) -> None:
        super().__init__()
        self.inside = inside


@dataclass(frozen=True, slots=True)
class Lent:
    """Hours lent away and not given back. ``state``: given, copied or withdrawing (see :class:`Allotment`)."""

    id: UUID
    resource: UUID
    name: str
    lent_to: str
    starts_at: datetime
    ends_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Borrowed:
    """Hours of another municipality's caseworker that may be booked here."""

    name: str
    home: str
    starts_at: datetime
    ends_at: datetime


async def lend(session: AsyncSession, resource: UUID, lent_to: str, starts_at: datetime, ends_at: datetime) -> UUID:
    """Take hours of a caseworker at home, to be booked in another municipality. Gives the allotment's id.

    Raises NotFound, NotFreeToLend, Invalid for no hours, for who is borrowed here, and for anybody but a caseworker.
    """
    found = await absences.locked(session, resource)
    if found.kind != "caseworker" or found.home is not None or starts_at >= ends_at:
        raise Invalid(field="resource")
    if lent_to == database.of(session).municipality.slug:
        raise Invalid(field="lent_to")
    if (inside := await _inside(session, resource, starts_at, ends_at)) is not None:
        raise NotFreeToLend(inside)
    allotment = Allotment(resource=resource, lent_to=lent_to, starts_at=starts_at, ends_at=ends_at)
    try:
        async with session.begin_nested():
            session.add(allotment)
            await session.flush()
            session.add(Participant(allotment=allotment.id, resource=resource, starts_at=starts_at, ends_at=ends_at))
            await session.flush()
    except IntegrityError:
        raise NotFreeToLend from None
    return allotment.id


async def lend_every_week(
    session: AsyncSession, resource: UUID, lent_to: str, starts_at: datetime, ends_at: datetime, *, until: date
) -> tuple[UUID, ...]:
    """The same hours on Swedish clocks every week up to a day, all of them or none. Gives the allotments, each of which
    is taken back for itself. Closed days are passed over.

    Raises what :func:`lend` does; Invalid where no week is left, or more than :data:`MOST_WEEKS` are.
    """
    calendar = database.of(session).municipality.calendar
    first, last = starts_at.astimezone(SWEDEN), ends_at.astimezone(SWEDEN)
    weeks = (until - first.date()).days // 7 + 1
    if weeks > MOST_WEEKS:
        raise Invalid(until="too far ahead")
    days = [first.date() + timedelta(weeks=week) for week in range(weeks)]
    length = last.date() - first.date()
    given = [
        await lend(session, resource, lent_to, moment(day, first.time()), moment(day + length, last.time()))
        for day in days
        if calendar.is_working_day(day)
    ]
    if not given:
        raise Invalid(until="no week before it")
    return tuple(given)


async def lent(session: AsyncSession, now: datetime) -> tuple[Lent, ...]:
    """What is lent and not over or given back, the earliest first."""
    rows = await session.exec(
        select(Allotment, Resource.name)
        .join(Resource, col(Resource.id) == Allotment.resource)
        .where(Allotment.ends_at > now, Allotment.state != "withdrawn")
        .order_by(col(Allotment.starts_at), col(Resource.name))
    )
    return tuple(
        Lent(one.id, one.resource, name, one.lent_to, one.starts_at, one.ends_at, one.state) for one, name in rows.all()
    )


async def borrowed(session: AsyncSession, now: datetime) -> tuple[Borrowed, ...]:
    """What may be booked here of caseworkers at home elsewhere, the earliest first."""
    rows = await session.exec(
        select(BorrowedHours, Resource)
        .join(Resource, col(Resource.id) == BorrowedHours.resource)
        .where(BorrowedHours.ends_at > now, col(BorrowedHours.withdrawn_at).is_(None))
        .order_by(col(BorrowedHours.starts_at), col(Resource.name))
    )
    return tuple(Borrowed(who.name, who.home or "", one.starts_at, one.ends_at) for one, who in rows.all())


async def booked_in(session: AsyncSession, hours: Lent) -> int:
    """How many meetings to be held there are in these hours: asked of the municipality that borrows them."""
    found = await session.exec(
        select(func.count())
        .select_from(MeetingRow)
        .join(Participant, col(Participant.meeting) == MeetingRow.id)
        .where(
            Participant.resource == hours.resource,
            col(Participant.cancelled).is_(False),
            Participant.starts_at < hours.ends_at,
            Participant.ends_at > hours.starts_at,
            col(MeetingRow.status).in_(LIVE),
        )
    )
    return found.one()


async def take_back(session: AsyncSession, allotment: UUID) -> None:
    """No new meeting is to be booked there in these hours; what is booked there is asked about there. Once more is
    harmless. Raises NotFound."""
    found = (await session.exec(select(Allotment).where(Allotment.id == allotment).with_for_update())).one_or_none()
    if found is None:
        raise NotFound(allotment=allotment)
    if found.state != "withdrawn":
        found.state = "withdrawing"
        session.add(found)


async def _inside(
    session: AsyncSession, resource: UUID, starts_at: datetime, ends_at: datetime
) -> tuple[Inside, datetime] | None:
    """What there is in these hours already: the first of it."""
    taken = await session.exec(
        select(Participant.starts_at, Participant.allotment).where(
            Participant.resource == resource,
            col(Participant.cancelled).is_(False),
            Participant.starts_at < ends_at,
            Participant.ends_at > starts_at,
        )
    )
    away = await session.exec(
        select(Absence.starts_at).where(
            Absence.resource == resource,
            col(Absence.removed_at).is_(None),
            Absence.starts_at < ends_at,
            Absence.ends_at > starts_at,
        )
    )
    found: list[tuple[Inside, datetime]] = [("lent" if lent else "meeting", at) for at, lent in taken.all()]
    found += [("absence", at) for at in away.all()]
    return min(found, key=lambda one: one[1], default=None)


async def carry_out(home: Database, towns: Mapping[str, Database], clock: Clock) -> None:
    """Do in the other municipalities what was decided at home and is not done there, then note it at home.

    Each step may be done twice and by several processes at once; none holds a transaction open in both databases.
    What was taken back stays closed there, also when that database was restored from before. Raises what failed, when
    all the rest is done.
    """
    async with home.transaction() as session:
        undone = await session.exec(select(Allotment).where(col(Allotment.state).in_(("given", "withdrawing"))))
        allotments = [(one, await _named(session, one.resource)) for one in undone.all()]
        unheard = await session.exec(
            select(Absence, Allotment.lent_to)
            .join(Allotment, col(Allotment.resource) == Absence.resource)
            .where(
                col(Absence.passed_on).is_(False),
                or_(
                    col(Absence.removed_at).is_not(None),  # it stands there perhaps, also when the hours do not
                    and_(
                        col(Allotment.state) != "withdrawn",
                        col(Absence.starts_at) < Allotment.ends_at,
                        col(Absence.ends_at) > Allotment.starts_at,
                    ),
                ),
            )
            .distinct()
        )
        away: dict[UUID, tuple[Absence, list[str]]] = {}
        for absence, lent_to in unheard.all():
            away.setdefault(absence.id, (absence, []))[1].append(lent_to)
        over: dict[str, list[UUID]] = {}
        rows = await session.exec(
            select(Allotment.id, Allotment.lent_to).where(Allotment.state == "withdrawn", Allotment.ends_at > clock())
        )
        for allotment, lent_to in rows.all():
            over.setdefault(lent_to, []).append(allotment)
    steps = {"given": _copy, "withdrawing": _withdraw}
    await each(
        *(partial(_stay_closed, towns[slug], clock, ids) for slug, ids in over.items() if slug in towns),
        *(
            partial(steps[one.state], home, towns[one.lent_to], clock, one, name)
            for one, name in allotments
            if one.lent_to in towns
        ),
        *(
            partial(_pass_on, home, [towns[slug] for slug in slugs if slug in towns], clock, absence)
            for absence, slugs in away.values()
        ),
    )


async def _copy(home: Database, there: Database, _: Clock, allotment: Allotment, name: str) -> None:
    async with there.transaction() as session:
        await _is_known(session, home, allotment, name)
        # Where it was withdrawn meanwhile, the row is there already and stays withdrawn.
        await session.exec(insert(BorrowedHours).values(_hours(allotment)).on_conflict_do_nothing())
    await _note(home, allotment, "given", "copied")


async def _withdraw(home: Database, there: Database, clock: Clock, allotment: Allotment, name: str) -> None:
    async with there.transaction() as session:
        await _is_known(session, home, allotment, name)
        await absences.locked(session, allotment.resource)  # whoever books her now waits, or is seen below
        closed = insert(BorrowedHours).values({**_hours(allotment), "withdrawn_at": clock()})
        await session.exec(
            closed.on_conflict_do_update(
                index_elements=[col(BorrowedHours.id)], set_={"withdrawn_at": closed.excluded.withdrawn_at}
            )
        )
        booked = await absences.hit_by(session, clock, allotment.resource, allotment.starts_at, allotment.ends_at)
    if not booked:
        await _note(home, allotment, "withdrawing", "withdrawn")


async def _stay_closed(there: Database, clock: Clock, allotments: Sequence[UUID]) -> None:
    async with there.transaction() as session:
        await session.exec(
            update(BorrowedHours)
            .where(col(BorrowedHours.id).in_(allotments), col(BorrowedHours.withdrawn_at).is_(None))
            .values(withdrawn_at=clock())
        )


async def _is_known(session: AsyncSession, home: Database, allotment: Allotment, name: str) -> None:
    borrowed = {"id": allotment.resource, "kind": "caseworker", "name": name, "home": home.municipality.slug}
    await session.exec(insert(Resource).values({**borrowed, "active": True}).on_conflict_do_nothing())


def _hours(allotment: Allotment) -> dict[str, object]:
    return allotment.model_dump(include={"id", "resource", "starts_at", "ends_at"})


async def _named(session: AsyncSession, resource: UUID) -> str:
    return (await session.exec(select(Resource.name).where(Resource.id == resource))).one()


async def _pass_on(home: Database, borrowers: Sequence[Database], clock: Clock, absence: Absence) -> None:
    for there in borrowers:
        async with there.transaction() as session:
            if await session.get(Resource, absence.resource) is None:
                return  # the hours are not there yet: once more when they are
            await absences.locked(session, absence.resource)
            known = await session.get(Absence, absence.id)
            if known is None:
                # Also one that was removed: a copy that was late finds the row, and does not put it there.
                await absences.add(
                    session, clock, absence.resource, absence.starts_at, absence.ends_at, absence=absence.id
                )
            if absence.removed_at is not None and (known is None or known.removed_at is None):
                await absences.remove(session, clock, absence.id)
    async with home.transaction() as session:
        heard = col(Absence.removed_at).is_not_distinct_from(absence.removed_at)  # it may have been removed meanwhile
        await session.exec(update(Absence).where(col(Absence.id) == absence.id, heard).values(passed_on=True))


async def _note(home: Database, allotment: Allotment, before: str, after: str) -> None:
    async with home.transaction() as session:
        changed = await session.exec(
            update(Allotment)
            .where(col(Allotment.id) == allotment.id, col(Allotment.state) == before)
            .values(state=after)
        )
        if after == "withdrawn" and changed.rowcount:
            await session.exec(
                update(Participant).where(col(Participant.allotment) == allotment.id).values(cancelled=True)
            )
