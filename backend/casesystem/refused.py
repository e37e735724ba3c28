"""Lines that were refused and are settled by hand, known again when the same thing is told anew under another id.

A sender that mends a line may give it a new id. What it is about says then that it is the same: the calculation or the
decision of that month. Two payments of one day and one sum may both be meant, so a payment is the same only as it says
itself: under its own id, or as what replaces it. Where nothing says so the task stays, and somebody looks.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.casesystem.models import CaseRefusal
from backend.casesystem.told import Calculation, DecisionTold, Payment, StatusTold

_AnyTold: TypeAlias = StatusTold | Calculation | DecisionTold | Payment
_FACTS = ("month", "single_cost")
_LONGEST = 40


async def keep(session: AsyncSession, case: UUID, line: UUID, said: Mapping[str, Any]) -> None:
    """Keep by what a refused line is known again, as far as that can be read in it; the latest under its id counts."""
    facts = {name: _plain(said[name]) for name in _FACTS if name in said}
    row = insert(CaseRefusal).values(line=line, case=case, kind=_plain(said.get("kind", "")), facts=facts)
    renewed = {"kind": row.excluded.kind, "facts": row.excluded.facts}
    await session.exec(row.on_conflict_do_update(index_elements=[col(CaseRefusal.line)], set_=renewed))


async def mended_by(session: AsyncSession, told: _AnyTold) -> tuple[UUID, ...]:
    """The lines that this one, which was taken, is instead of: its own id, and those that told the same."""
    rows = (await session.exec(select(CaseRefusal).where(CaseRefusal.case == told.case))).all()
    whole = told.model_dump(mode="json")
    facts = {name: _plain(whole[name]) for name in _FACTS if name in whole}
    same = [row for row in rows if row.line == told.id or (row.kind == told.kind and _is_same(told, row, facts))]
    for row in same:
        await session.delete(row)
    return (told.id, *(row.line for row in same if row.line != told.id))


async def waits(session: AsyncSession, case: UUID, line: UUID) -> bool:
    """Whether a line of that id was refused in a case, and nothing has been told instead of it."""
    row = await session.get(CaseRefusal, line)
    return row is not None and row.case == case


def _is_same(told: _AnyTold, before: CaseRefusal, now: Mapping[str, str]) -> bool:
    def alike(name: str) -> bool:
        return name in before.facts and before.facts[name] == now.get(name)

    match told:
        case StatusTold():
            return True  # how far it is there is said by the latest
        case Calculation():
            return alike("month")
        case DecisionTold():
            return alike("month") and before.facts.get("single_cost", "False") == now["single_cost"]
        case Payment():
            return before.line == told.replaces


def _plain(value: object) -> str:
    """As it is compared. Whatever else a malformed line holds is nothing that could be told again."""
    said = str(value) if isinstance(value, str | int) else ""
    return "".join(one for one in said if one.isprintable())[:_LONGEST].strip()
