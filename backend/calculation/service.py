"""Calculations of a case: work one out of what she sent, and keep each version a caseworker saves.

Nothing here is sent to anybody, and nothing decides: where the case system does, this is a preview for staff.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.calculation import norm, rules, said
from backend.calculation.adjusting import Adjustment, OwnLine, adjusted
from backend.calculation.lines import Calculation, Line
from backend.calculation.models import CalculationVersion
from backend.calculation.said import NOTHING, KnownByHand
from backend.calculation.situation import Income
from backend.calculation.working_out import Rules, work_out
from backend.cases import desk
from backend.cases import service as cases
from backend.cases.desk import ApplicationView
from backend.clock import Clock
from backend.errors import CalculationChanged, NothingToCalculate

ABOVE_NORM = "above-norm"
"""The reason of a task: a cost above the norm is for a human to judge."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a caseworker adds to what was sent: what she knows, the lines she changes, and lines of her own."""

    known: KnownByHand = NOTHING
    changes: Mapping[str, Adjustment] = field(default_factory=dict)
    own: tuple[OwnLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A calculation as it was saved, and by whom."""

    id: UUID
    number: int
    at: datetime
    by_name: str
    application: UUID
    calculation: Calculation
    by_hand: ByHand


@dataclass(frozen=True, slots=True)
class SeenAt:
    """What stood when the page was opened: the application it shows, and the latest version (0: none)."""

    application: UUID
    version: int


def latest_of(applications: Sequence[ApplicationView], month: date) -> ApplicationView | None:
    """The application a month is worked out from."""
    return next((one for one in reversed(applications) if said.is_for(one.sent, month)), None)


def work(session: AsyncSession, applications: Sequence[ApplicationView], month: date, by_hand: ByHand) -> Calculation:
    """The month, worked out by the riksnorm and the municipality's table. Raises NothingToCalculate, NormMissing,
    NormUnverified, and what ``adjusted`` raises."""
    situation = said.situation([one.sent for one in applications], month, by_hand.known)
    if situation is None:
        raise NothingToCalculate
    town = database.of(session)
    by = Rules(
        norm.of_month(month),
        town.municipality.reasonable_costs_in(month, examples=town.demo),
        rules.base_amount(month),
    )
    return adjusted(work_out(situation, by), by_hand.changes, by_hand.own)


def above_norm(calculation: Calculation) -> bool:
    """Is there a cost no rule of ours settles (above the norm, or beside it), that nobody has judged by hand yet?"""
    return any(line.group == "cost" for line in calculation.by_hand)


def still_fits(calculation: Calculation, by_hand: ByHand) -> ByHand:
    """What a caseworker added, less the changes of lines that are there no more."""
    keys = {line.key for line in calculation.lines}
    return replace(by_hand, changes={key: one for key, one in by_hand.changes.items() if key in keys})


async def save(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    person: UUID,
    by_hand: ByHand,
    *,
    month: date,
    seen: SeenAt,
    key: UUID,
) -> UUID:
    """Save the next version of a month's calculation (logged). ``key``: an id the page chose; the same again saves
    nothing more.

    Raises NotAllowed (only a caseworker), CalculationChanged where another version or application has come since it
    was opened, and what :func:`work` raises.
    """
    await access.enter(session, clock, reader, person, "calculation", about=key)
    case = await cases.open_case(session, person, clock())  # locks: of two presses at once one is the first
    if await session.get(CalculationVersion, key) is not None:
        return key
    applications = await desk.applications(session, person)
    calculation = work(session, applications, month, by_hand)
    latest, before = latest_of(applications, month), await of_month(session, person, month)
    number = max((one.number for one in before), default=0)
    if latest is None or SeenAt(latest.id, number) != seen:
        raise CalculationChanged
    content = {
        "norm_source": calculation.norm_source,
        "lines": [asdict(line) for line in calculation.lines],
        "by_hand": _stored(by_hand),
    }
    session.add(
        CalculationVersion(
            id=key,
            person=case.person,
            case=case.id,
            month=month,
            version=number + 1,
            application=latest.id,
            at=clock(),
            by=reader.id,
            by_name=reader.name,
            content=database.of(session).codec.encrypt_json(content, table="calculations", column="content", row=key),
        )
    )
    if above_norm(calculation):
        due = case.decide_by
        await tasks.add(
            session, "check", ABOVE_NORM, at=clock(), person=case.person, about=case.id, due_at=due, queue="caseworker"
        )
    else:
        await tasks.done_about(session, case.id, clock(), reader.id, ABOVE_NORM)
    return key


async def of_month(session: AsyncSession, person: UUID, month: date) -> tuple[Version, ...]:
    """Every version of a month, the earliest first. The caller has opened her case."""
    found = await session.exec(
        select(CalculationVersion)
        .where(
            col(CalculationVersion.person).in_(await persons.same(session, person)), CalculationVersion.month == month
        )
        .order_by(col(CalculationVersion.version), col(CalculationVersion.at))
    )
    return tuple(_version(session, row) for row in found.all())


def _version(session: AsyncSession, row: CalculationVersion) -> Version:
    content = database.of(session).codec.decrypt_json(row.content, table="calculations", column="content", row=row.id)
    lines = tuple(Line(**line) for line in content["lines"])
    calculation = Calculation(row.month, content["norm_source"], lines)
    return Version(row.id, row.version, row.at, row.by_name, row.application, calculation, _read(content["by_hand"]))


def _stored(by_hand: ByHand) -> dict[str, Any]:
    return {
        "others": by_hand.known.others,
        "supported": [one.isoformat() for one in sorted(by_hand.known.supported)],
        "partner_supported": [one.isoformat() for one in sorted(by_hand.known.partner_supported)],
        "pay": [asdict(one) for one in by_hand.known.pay],
        "lunch_away": sorted(by_hand.known.lunch_away),
        "changes": {key: asdict(change) for key, change in by_hand.changes.items()},
        "own": [asdict(one) for one in by_hand.own],
    }


def _read(stored: Mapping[str, Any]) -> ByHand:
    return ByHand(
        KnownByHand(
            stored["others"],
            frozenset(map(date.fromisoformat, stored["supported"])),
            frozenset(map(date.fromisoformat, stored["partner_supported"])),
            tuple(Income(**one) for one in stored["pay"]),
            frozenset(stored.get("lunch_away", ())),
        ),
        {key: Adjustment(**change) for key, change in stored["changes"].items()},
        tuple(OwnLine(**one) for one in stored["own"]),
    )
