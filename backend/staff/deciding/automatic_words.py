"""Why a decision stays with a human, or need not, in one line; only where the municipality decides anything without."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.automatic import service as automatic
from backend.automatic.rules import Grant, in_one_line
from backend.staff import swedish
from backend.staff.desk import Seat


@dataclass(frozen=True, slots=True)
class Line:
    """``held``: a caseworker said that a human decides for this person."""

    words: str
    held: bool


async def line(session: AsyncSession, here: Seat, person: UUID) -> Line | None:
    """How it stands for somebody; ``None`` where the municipality has it off. The caller has opened the case."""
    if here.database.municipality.decisions.automatic == "off":
        return None
    standing = await automatic.standing(session, here.clock, person)
    if standing.held_since is not None:
        when = swedish.when(standing.held_since, here.now)
        return Line(f"En människa beslutar för den här personen, enligt {standing.held_by} {when}.", held=True)
    if isinstance(standing.verdict, Grant):
        sum_ = swedish.kronor(standing.verdict.kronor)
        return Line(f"Inget är annorlunda än månaden före: bifall på {sum_} beslutas automatiskt nu.", held=False)
    return Line(f"En människa beslutar: {in_one_line(standing.verdict.why)}.", held=False)
