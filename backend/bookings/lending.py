"""Lend hours of a caseworker to another municipality, and take them back, without her ever being in two places.

At home an allotment takes the hours as a meeting does, held by the same constraint, before anybody else hears of them.
It is copied to the other municipality only when that is committed. Taken back, it is first closed to new bookings
there, and free at home last, when nothing is booked there any more.

The two databases share no transaction. What is not done in the other one yet stands in the home database
(:func:`carry_out` does it, as often as it takes): a crash between the two leaves hours taken at home that nobody can
book for half a minute, never hours that two can book.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import and_, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.bookings import absences
from backend.bookings.models import Absence, Allotment, BorrowedHours, Participant, Resource
from backend.clock import Clock
from backend.database import Database
from backend.errors import Invalid, NotFound, Refusal
from backend.rounds import each

EVERY = 30.0
"""Seconds between two looks for what the other municipality has not heard of."""


class NotFreeToLend(Refusal):
    """There are meetings, an absence or other lent hours then."""

    status = 409
    wording = "Det finns möten, frånvaro eller utlånade timmar då."


async def lend(session: AsyncSession, resource: UUID, lent_to: str, starts_at: datetime, ends_at: datetime) -> UUID:
    """Take hours of a caseworker at home, to be booked in another municipality. Gives the allotment's id.

    Raises NotFound, NotFreeToLend, Invalid for no hours, for who is borrowed here, and for anybody but a caseworker.
    """
    found = await absences.locked(session, resource)
    if found.kind != "caseworker" or found.home is not None or starts_at >= ends_at:
        raise Invalid(field="resource")
    if lent_to == database.of(session).municipality.slug:
        raise Invalid(field="lent_to")
    away = select(Absence.id).where(
        Absence.resource == resource,
        col(Absence.removed_at).is_(None),
        col(Absence.starts_at) < ends_at,
        col(Absence.ends_at) > starts_at,
    )
    if (await session.exec(away.limit(1))).first() is not None:
        raise NotFreeToLend
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


async def take_back(session: AsyncSession, allotment: UUID) -> None:
    """No new meeting is to be booked there in these hours; what is booked there is asked about there. Once more is
    harmless. Raises NotFound."""
    found = (await session.exec(select(Allotment).where(Allotment.id == allotment).with_for_update())).one_or_none()
    if found is None:
        raise NotFound(allotment=allotment)
    if found.state != "withdrawn":
        found.state = "withdrawing"
        session.add(found)


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
