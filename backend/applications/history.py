"""What is known of somebody's months: what she applied for, what was decided, and when her case was closed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, cast, exists
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.applications import choosing
from backend.applications.choosing import History, Sent
from backend.applications.models import Application
from backend.calendar import SWEDEN, day_in_sweden
from backend.cases.models import Case
from backend.contract import ApplicationKind
from backend.decisions.models import Decision
from backend.decisions.texts import WITH_SUM
from backend.errors import NotFound


async def of_person(session: AsyncSession, person: UUID, *, without: UUID | None = None) -> History:
    """What there is of somebody, whom nobody need have met; ``without`` an application and what it corrects."""
    try:
        same = await persons.same(session, person)
    except NotFound:
        return History()
    rows = await _applied(session, same)
    corrected = {row.corrects for row in rows} | _with_earlier(rows, without)
    standing = [row for row in rows if row.id not in corrected]
    decided = await _decided(session, same)
    of_months = _of_months(decided, rows)
    # What she has had for a month is not taken from her by what is refused after that.
    granted = {row.month for row in of_months if row.kind in WITH_SUM}
    refused = {row.month: row.signed_at for row in of_months if row.month not in granted}
    asked_at = {_month(row): row.received_at for row in standing if row.kind != "supplementary"}
    closed = await session.exec(
        select(func.max(Case.closed_at)).where(col(Case.person).in_(same), col(Case.closed_at).is_not(None))
    )
    closed_at = closed.one()
    return History(
        sent=tuple(
            Sent(row.id, _kind(row), _month(row), day_in_sweden(row.received_at), row.digest) for row in standing
        ),
        granted=frozenset(granted),
        refused=frozenset(month for month, at in refused.items() if asked_at.get(month, at) <= at),
        closed_on=None if closed_at is None else day_in_sweden(closed_at),
    )


async def whose(session: AsyncSession, person: UUID, *, single_cost: bool = False) -> UUID:
    """Under which of her ids the latest application came that waits to be decided, of a month or of a single cost; the
    one that stands for all where none waits. What is decided of it follows it, should they turn out to be two."""
    same = await persons.same(session, person)
    waiting = _undecided(await _decided(session, same), await _applied(session, same))
    of = [row for row in waiting if (row.kind == "supplementary") is single_cost] or waiting
    return of[-1].person if of else same[0]


async def left_waiting(session: AsyncSession, person: UUID) -> datetime | None:
    """When the first application for a month came that is not decided although something was since: what was decided
    elsewhere of a month before it, and told late. ``None`` where there is none."""
    same = await persons.same(session, person)
    decided = await _decided(session, same)
    waiting = _undecided(decided, await _applied(session, same))
    return next((row.received_at for row in waiting if any(_is_of_before(one, row) for one in decided)), None)


def leaves_waiting() -> ColumnElement[bool]:
    """For a query of decisions: that it was told late and left what was applied for since (see :func:`left_waiting`).
    Where that is decided, another decision says so."""
    came_on = cast(func.timezone(SWEDEN.key, col(Application.received_at)), Date)
    return exists().where(
        col(Application.person) == col(Decision.person),
        col(Application.kind) != "supplementary",
        col(Application.month) > col(Decision.month),
        col(Application.received_at) <= col(Decision.signed_at),
        came_on > col(Decision.decided_on),
    )


async def _applied(session: AsyncSession, same: Iterable[UUID]) -> Sequence[Application]:
    rows = select(Application).where(col(Application.person).in_(same)).order_by(col(Application.received_at))
    return (await session.exec(rows)).all()


async def _decided(session: AsyncSession, same: Iterable[UUID]) -> Sequence[Decision]:
    rows = select(Decision).where(col(Decision.person).in_(same)).order_by(col(Decision.signed_at))
    return (await session.exec(rows)).all()


async def of_costs(session: AsyncSession, person: UUID) -> tuple[frozenset[UUID], bool]:
    """The decisions of somebody that were about single costs alone; and whether what waits to be decided now is."""
    same = await persons.same(session, person)
    rows, decided = await _applied(session, same), await _decided(session, same)
    of_months = {one.id for one in _of_months(decided, rows)}
    waiting = _undecided(decided, rows)
    only_costs = bool(waiting) and all(row.kind == "supplementary" for row in waiting)
    return frozenset(one.id for one in decided if one.id not in of_months), only_costs


def _undecided(decided: Iterable[Decision], rows: Iterable[Application]) -> list[Application]:
    """What came in and was not decided."""
    waiting = list(rows)
    for decision in decided:
        waiting = [row for row in waiting if not _answers(decision, row)]
    return waiting


def _answers(decision: Decision, row: Application) -> bool:
    """Is it about what came in then? One of a single cost is about that alone."""
    if decision.single_cost and row.kind != "supplementary":
        return False
    return row.received_at <= decision.signed_at and not _is_of_before(decision, row)


def _is_of_before(decision: Decision, row: Application) -> bool:
    """Is it of a month before the one that was applied for, decided before that came, and told here after it?"""
    return (
        row.kind != "supplementary"
        and row.month is not None
        and row.month > decision.month
        and decision.decided_on < day_in_sweden(row.received_at) <= day_in_sweden(decision.signed_at)
    )


def _of_months(decided: Iterable[Decision], rows: Iterable[Application]) -> list[Decision]:
    """The decisions that are about a month, in their order: not those before which only single costs had come in."""
    found: list[Decision] = []
    waiting = list(rows)
    for decision in decided:
        answered = [row for row in waiting if _answers(decision, row)]
        waiting = [row for row in waiting if row not in answered]
        if decision.single_cost:
            continue
        if not answered or any(row.kind != "supplementary" for row in answered):
            found.append(decision)
    return found


def _with_earlier(rows: Iterable[Application], application: UUID | None) -> set[UUID | None]:
    """An application and those it corrects, one after the other."""
    corrects = {row.id: row.corrects for row in rows}
    found: set[UUID | None] = set()
    while application is not None and application not in found:
        found.add(application)
        application = corrects.get(application)
    return found


def _month(row: Application) -> date:
    return choosing.first_of(row.month or day_in_sweden(row.received_at))


def _kind(row: Application) -> ApplicationKind:
    # A CHECK holds the column to these.
    kinds: tuple[ApplicationKind, ...] = ("new", "recurring", "supplementary")
    return next(kind for kind in kinds if kind == row.kind)
