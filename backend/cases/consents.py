"""Whom she lets staff speak with: one consent for each, given in an application or said to staff, taken back as easily.

The latest word holds, whichever way it came. What nobody asked is no consent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons
from backend.access import Reader
from backend.cases import service
from backend.cases.desk import ApplicationView
from backend.cases.models import Case, ConsentRow
from backend.clock import Clock
from backend.contract import Authority

AUTHORITIES: tuple[Authority, ...] = get_args(Authority)


@dataclass(frozen=True)
class Consent:
    """What she last said of one of them. ``given`` is ``None`` where she was never asked; ``by_name``: who of the staff
    wrote it down, empty where she answered herself."""

    authority: Authority
    given: bool | None = None
    at: datetime | None = None
    by_name: str = ""


async def standing(session: AsyncSession, person: UUID, applications: Iterable[ApplicationView]) -> tuple[Consent, ...]:
    """What holds of each, by her open case's applications and by what she has said since. Raises NotFound."""
    latest = {authority: Consent(authority) for authority in AUTHORITIES}
    for version in applications:
        may_ask = version.sent.may_ask
        if may_ask is None:
            continue  # not asked, left to the meeting, or as it was
        latest |= {one: Consent(one, one in may_ask, version.received_at) for one in AUTHORITIES}
    rows = await session.exec(
        select(ConsentRow)
        .join(Case, col(Case.id) == ConsentRow.case)
        .where(col(Case.person).in_(await persons.same(session, person)), col(Case.closed_at).is_(None))
        .order_by(col(ConsentRow.at), col(ConsentRow.id))
    )
    for row in rows.all():
        one = next(authority for authority in AUTHORITIES if authority == row.authority)  # a CHECK holds it to these
        before = latest[one].at
        if before is None or before <= row.at:
            latest[one] = Consent(one, row.given, row.at, row.by_name)
    return tuple(latest.values())


async def say(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    person: UUID,
    said: Mapping[Authority, bool],
    *,
    note: UUID | None = None,
) -> None:
    """She gives a consent, or takes it back (logged). ``note``: the note it was written with; the same says it once.

    Raises NotAllowed, ReasonNeeded, NotFound.
    """
    if not said:
        return
    await access.enter(session, clock, reader, person, "case", reason="meeting" if note else None, done="Samtycken")
    case = await service.open_case(session, person, clock())
    rows = [
        {
            "id": database.new_id(),
            "case": case.id,
            "authority": authority,
            "given": given,
            "at": clock(),
            "by": reader.id,
            "by_name": reader.name,
            "note": note,
        }
        for authority, given in said.items()
    ]
    await session.exec(insert(ConsentRow).values(rows).on_conflict_do_nothing())
