"""Which step each person is at and what comes next, for one or for a whole list in the same few queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from backend.applications import history
from backend.applications.models import Application
from backend.bookings.models import LIVE, MeetingRow
from backend.cases.models import Case, MeetingNote
from backend.contract import Step
from backend.decisions.models import Decision


@dataclass(frozen=True)
class Standing:
    """Where a person stands. ``next_meeting`` is one that is coming or going on; ``decide_by`` is for staff and her."""

    step: Step
    next_meeting: datetime | None
    decide_by: datetime | None


async def of_all(session: AsyncSession, groups: Mapping[UUID, UUID], at: datetime) -> dict[UUID, Standing]:
    """Where each person stands. ``groups`` is every id and whom it stands for (see ``persons.groups``)."""
    ids = list(groups)
    decided = await _latest(
        session,
        groups,
        select(Decision.person, func.max(Decision.signed_at)).where(
            col(Decision.person).in_(ids), ~col(Decision.single_cost), ~history.leaves_waiting()
        ),
    )
    applied = await _latest(
        session,
        groups,
        select(Application.person, func.max(Application.received_at)).where(col(Application.person).in_(ids)),
    )
    held = await _latest(
        session,
        groups,
        select(MeetingNote.person, func.max(MeetingNote.at)).where(
            col(MeetingNote.person).in_(ids), col(MeetingNote.came)
        ),
    )
    meetings = _earliest(
        groups,
        await session.exec(
            select(MeetingRow.person, MeetingRow.starts_at).where(
                col(MeetingRow.person).in_(ids), col(MeetingRow.status).in_(LIVE), col(MeetingRow.ends_at) > at
            )
        ),
    )
    due = _earliest(
        groups,
        await session.exec(
            select(Case.person, Case.decide_by).where(col(Case.person).in_(ids), col(Case.closed_at).is_(None))
        ),
    )
    standings = {}
    for root in set(groups.values()):
        step = _step(decided.get(root), held.get(root), applied.get(root), booked=root in meetings)
        by = None if step is Step.DECIDED else due.get(root)
        standings[root] = Standing(step, meetings.get(root), by)
    return standings


def _step(decided: datetime | None, held: datetime | None, applied: datetime | None, *, booked: bool) -> Step:
    if decided and not (applied and applied > decided):
        return Step.DECIDED
    if held and not (decided and decided >= held):
        return Step.MEETING_HELD
    if applied:
        return Step.APPLICATION_RECEIVED
    return Step.MEETING_BOOKED if booked else Step.WANTS_TO_APPLY


async def _latest(
    session: AsyncSession, groups: Mapping[UUID, UUID], statement: Select[UUID, datetime]
) -> dict[UUID, datetime]:
    person = statement.selected_columns[0]
    latest: dict[UUID, datetime] = {}
    for somebody, at in await session.exec(statement.group_by(person)):
        root = groups[somebody]
        latest[root] = max(at, latest.get(root, at))
    return latest


def _earliest(groups: Mapping[UUID, UUID], rows: Iterable[tuple[UUID, datetime | None]]) -> dict[UUID, datetime]:
    earliest: dict[UUID, datetime] = {}
    for somebody, at in rows:
        root = groups[somebody]
        if at is not None:
            earliest[root] = min(at, earliest.get(root, at))
    return earliest
