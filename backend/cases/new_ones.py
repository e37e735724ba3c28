"""Who wants to apply and has neither applied nor met anybody: found and counted by the database, for the inbox."""

from functools import cache
from typing import Any

from sqlalchemy import union
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.applications.models import Application
from backend.cases import desk
from backend.cases.models import Case, MeetingNote
from backend.clock import Clock
from backend.decisions.models import Decision


async def listed(session: AsyncSession, clock: Clock, limit: int) -> tuple[desk.CaseRow, ...]:
    """Those who wait longest, as lines (not logged)."""
    found = _new(select(Case)).order_by(col(Case.opened_at), col(Case.id)).limit(limit)
    return await desk.rows_of(session, clock, (await session.exec(found)).all())


async def count(session: AsyncSession) -> int:
    """How many they are."""
    return int((await session.exec(_counted())).one())


@cache
def _counted() -> Any:
    return _new(select(func.count(func.distinct(_whose()))).select_from(Case))


def _whose() -> Any:
    return func.coalesce(persons.roots().c.root, Case.person)


def _new(found: Any) -> Any:
    """Open cases whose person has, under no id, applied, met a caseworker or had a decision on the whole."""
    roots, further_on = persons.roots(), persons.roots().alias("further_on")
    further = union(
        select(Application.person),
        select(MeetingNote.person).where(col(MeetingNote.came)),
        select(Decision.person).where(~col(Decision.single_cost)),
    ).subquery()
    known = (
        select(func.coalesce(further_on.c.root, further.c.person))
        .select_from(further)
        .outerjoin(further_on, further_on.c.id == further.c.person)
    )
    of_whom = found.outerjoin(roots, roots.c.id == Case.person)
    return of_whom.where(col(Case.closed_at).is_(None), _whose().not_in(known))
