"""A decision that is beyond whoever prepared it: put forward, for somebody who may sign it by the delegation list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.cases.service import open_case
from backend.clock import Clock
from backend.decisions.models import Proposal
from backend.errors import NotFound
from backend.municipalities.delegation import LEVELS, SigningLevel


@dataclass(frozen=True)
class ProposalView:
    """What was put forward, by whom, and which level it needs. ``filled``: the form, as it was filled in."""

    id: UUID
    at: datetime
    by_name: str
    needs: SigningLevel
    filled: Mapping[str, str]


async def put_forward(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    person: UUID,
    filled: Mapping[str, str],
    *,
    needs: SigningLevel,
) -> UUID:
    """Put a decision forward, in place of the one before (one about a single cost is another than one of the month); a
    task for caseworkers, of whom one may sign. Raises NotAllowed, ReasonNeeded."""
    now = clock()
    await access.enter(session, clock, reader, person, "decision", done="Lade fram ett beslut")
    case = await open_case(session, person, now)
    await settle(session, person, now, reader.id, single_cost=_is_of_a_single_cost(filled))
    row_id = database.new_id()
    codec = database.of(session).codec
    session.add(
        Proposal(
            id=row_id,
            person=case.person,
            case=case.id,
            at=now,
            by=reader.id,
            by_name=reader.name,
            needs=needs,
            filled=codec.encrypt_json(dict(filled), table="decision_proposals", column="filled", row=row_id),
        )
    )
    due = case.decide_by
    await tasks.add(session, "decide", "beyond-delegation", at=now, person=case.person, about=row_id, due_at=due)
    return row_id


async def withdraw(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, proposal: UUID) -> None:
    """It is not to be signed after all: whoever prepared it, or may sign, takes it back. Raises NotFound when it is
    settled already, NotAllowed, ReasonNeeded."""
    await access.enter(session, clock, reader, person, "decision", done="Tog tillbaka ett framlagt beslut")
    row = next((one for one in await _open(session, person) if one.id == proposal), None)
    if row is None:
        raise NotFound(proposal=proposal)
    row.settled_at = clock()
    session.add(row)
    await tasks.done_about(session, row.id, clock(), reader.id)


async def waiting(session: AsyncSession, person: UUID) -> ProposalView | None:
    """What is put forward and not decided. The caller has opened her case."""
    rows = await _open(session, person)
    if not rows:
        return None
    row = rows[-1]
    return ProposalView(
        id=row.id,
        at=row.at,
        by_name=row.by_name,
        needs=next(level for level in LEVELS if level == row.needs),
        filled=_filled(session, row),
    )


async def settle(
    session: AsyncSession, person: UUID, at: datetime, by: UUID, *, single_cost: bool | None = None
) -> None:
    """It was decided, or something else is put forward: nobody is to sign it any more. ``single_cost``: those of one,
    or those of the month, alone."""
    for row in await _open(session, person):
        if single_cost is not None and _is_of_a_single_cost(_filled(session, row)) is not single_cost:
            continue
        row.settled_at = at
        session.add(row)
        await tasks.done_about(session, row.id, at, by)


async def _open(session: AsyncSession, person: UUID) -> list[Proposal]:
    same = await persons.same(session, person)
    rows = select(Proposal).where(col(Proposal.person).in_(same), col(Proposal.settled_at).is_(None))
    return list((await session.exec(rows.order_by(col(Proposal.at)))).all())


def _filled(session: AsyncSession, row: Proposal) -> Mapping[str, str]:
    codec = database.of(session).codec
    filled: Mapping[str, str] = codec.decrypt_json(row.filled, table="decision_proposals", column="filled", row=row.id)
    return filled


def _is_of_a_single_cost(filled: Mapping[str, str]) -> bool:
    return filled.get("single_cost") == "yes"
