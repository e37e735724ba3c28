"""Who somebody is, as the overview of a case says it: the step of the ladder, what was shown and lost, and a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.identity import register, trust
from backend.identity.models import Source
from backend.identity.numbers import IN_SWEDISH, Kind
from backend.identity.register import Known
from backend.identity.trust import Shown
from backend.ladder import BECAUSE_IN_SWEDISH, LADDER, Level
from backend.staff import facts, swedish

_HIGHEST = max(LADDER)
_WHOSE_MATTER: Mapping[Kind, str] = {
    "lma": "Migrationsverket svarar för dagersättning, bostad och särskilda bidrag. "
    "I en akut situation prövar vi, och ingen nekas att ansöka.",
}
"""Who answers for somebody with such a number (SoL 10 kap. 2 §, and 29 kap. 1 § for what is acute). Said to staff, for
whom the number alone must not be a reason to turn her away."""

_SOURCE: Mapping[Source, str] = {"said": "enligt personen", "seen": "sett", "e-identification": "med e-legitimation"}


@dataclass(frozen=True, slots=True)
class Identity:
    """The box. ``shown``: every step that was shown, and why those are gone that are. ``others``: who has the same
    number, with the way there. ``whose_matter``: who else answers for somebody with such a number, or nothing."""

    level: str
    shown: tuple[str, ...]
    can_take_back: bool
    number: str
    has_number: bool
    whose_matter: str
    others: tuple[tuple[str, str], ...]


async def of_person(session: AsyncSession, person: UUID, now: datetime) -> Identity:
    """What is to be said of somebody whose case is open."""
    standing, known = await trust.of_person(session, person, now), await register.of_person(session, person)
    same_number = await register.others(session, person)
    names = await facts.names(session, same_number)
    return Identity(
        level=f"Steg {standing.level:d} av {_HIGHEST:d}: {LADDER[standing.level].shown_by.lower()}.",
        shown=tuple(_shown(one, now) for one in standing.shown),
        can_take_back=standing.level > Level.REACHED,
        number=_number(known, now),
        has_number=known is not None and known.kind != "none",
        whose_matter=_WHOSE_MATTER.get(known.kind, "") if known is not None else "",
        others=tuple((f"/inbox/cases/{one}", names[one][0]) for one in same_number),
    )


def _shown(one: Shown, now: datetime) -> str:
    by = f", {one.by_name}" if one.by_name else ""
    words = f"{LADDER[one.level].shown_by} {swedish.when(one.last_at, now)}{by}"
    if one.ended_at is None or one.because is None:
        return words
    by = f", {one.ended_by_name}" if one.ended_by_name else ""
    return f"{words}. Gäller inte längre: {BECAUSE_IN_SWEDISH[one.because]} {swedish.when(one.ended_at, now)}{by}"


def _number(known: Known | None, now: datetime) -> str:
    if known is None:
        return "Inget nummer antecknat. Det behövs inte."
    by = f", {known.by_name}" if known.by_name else ""
    how = "" if known.kind == "none" else f", {_SOURCE[known.source]}"
    return f"{IN_SWEDISH[known.kind]}{how} {swedish.when(known.at, now)}{by}."
