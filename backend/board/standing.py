"""Where each decision that is waited for stands now, and why: read for all open cases at once, and opening none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.applications import history
from backend.applications.models import Application, Completion
from backend.board.models import Cause
from backend.calendar import day_in_sweden
from backend.cases.models import Case, MeetingNote
from backend.controls import standing as controls
from backend.decisions.models import CommentAsked, Decision
from backend.promises import Promise
from backend.tasks import Task

State = Literal["broken", "at-risk", "due", "paused", "not-begun"]
"""``due``: the clock runs. ``at-risk``: less than two hours are left of it. ``paused``: papers are asked for.
``not-begun``: something is applied for, and the clock has not begun."""
Pause = Literal["papers-missing", "papers-overdue", "papers-here"]
Before = Literal["no-meeting", "not-complete"]
Why = Cause | Pause | Before

_UNREAD = ("document", "papers-came", "papers-answered", "commented")
_NOT_ACTIVE = "not-active"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One decision that is waited for: how it stands and why. ``promise``: which, where the clock runs."""

    state: State
    why: Why
    promise: UUID | None = None


@dataclass
class _Facts:
    """What is known of one person's decision."""

    complete: bool = False
    paused_at: datetime | None = None
    applied: datetime | None = None
    decided: datetime | None = None
    held: bool = False
    promise: Promise | None = None
    differs: bool = False
    comments: bool = False
    unread: bool = False
    not_active: bool = False
    taken: bool = False
    asked: bool = False
    overdue: bool = False


async def read(session: AsyncSession, now: datetime) -> tuple[Waiting, ...]:
    """Every decision that is waited for in open cases."""
    open_cases = (await session.exec(select(Case).where(col(Case.closed_at).is_(None)))).all()
    groups = await persons.groups(session, {case.person for case in open_cases})
    facts: dict[UUID, _Facts] = defaultdict(_Facts)
    for case in open_cases:
        hers = facts[groups[case.person]]
        hers.paused_at = max(filter(None, (hers.paused_at, case.paused_at)), default=None)
    await _decisions(session, groups, facts)
    await _work(session, groups, facts)
    await _say_first(session, groups, facts, now)
    found = (_waiting(one, now) for one in facts.values())
    return tuple(one for one in found if one is not None)


async def _decisions(session: AsyncSession, groups: Mapping[UUID, UUID], facts: Mapping[UUID, _Facts]) -> None:
    ids = list(groups)
    applied = select(Application.person, func.max(Application.received_at)).where(col(Application.person).in_(ids))
    for person, at in await session.exec(applied.group_by(col(Application.person))):
        hers = facts[groups[person]]
        hers.applied = max(at, hers.applied or at)
    decided = select(Decision.person, func.max(Decision.signed_at)).where(
        col(Decision.person).in_(ids), ~col(Decision.single_cost), ~history.leaves_waiting()
    )
    for person, at in await session.exec(decided.group_by(col(Decision.person))):
        hers = facts[groups[person]]
        hers.decided = max(at, hers.decided or at)
    met = or_(col(MeetingNote.came), col(MeetingNote.waived).is_not(None))
    held = select(MeetingNote.person).where(col(MeetingNote.person).in_(ids), met)
    for person in (await session.exec(held.distinct())).all():
        facts[groups[person]].held = True
    promised = select(Promise).where(
        Promise.what == "decision",
        col(Promise.person).in_(ids),
        col(Promise.kept_at).is_(None),
        col(Promise.withdrawn_at).is_(None),
    )
    for promise in (await session.exec(promised.order_by(col(Promise.due_at).desc()))).all():
        facts[groups[promise.person]].promise = promise  # the earliest is the one that counts


async def _work(session: AsyncSession, groups: Mapping[UUID, UUID], facts: Mapping[UUID, _Facts]) -> None:
    ids = list(groups)
    for person in await controls.waiting_of(session, ids):
        facts[groups[person]].differs = True
    for hers, task in await _tasks(session, groups, facts, ids):
        hers.unread |= task.reason in _UNREAD
        hers.not_active |= task.reason == _NOT_ACTIVE
        hers.taken |= task.kind == "decide" and task.assigned_to is not None
    asked = select(Completion.person, Completion.overdue_at).where(
        col(Completion.person).in_(ids), col(Completion.closed_at).is_(None)
    )
    for person, overdue_at in await session.exec(asked):
        hers = facts[groups[person]]
        hers.asked, hers.overdue = True, hers.overdue or overdue_at is not None


async def _say_first(
    session: AsyncSession, groups: Mapping[UUID, UUID], facts: Mapping[UUID, _Facts], now: datetime
) -> None:
    """Who was last asked to comment and still may, or is to speak before the board: nothing is signed before that."""
    asked = select(CommentAsked).where(col(CommentAsked.person).in_(list(groups)))
    for row in (await session.exec(asked.order_by(col(CommentAsked.asked_at)))).all():
        hers = facts[groups[row.person]]
        waits = (row.answered_at is None and day_in_sweden(now) <= row.until) or row.speaks == "wants"
        hers.comments = waits and (hers.decided is None or row.asked_at > hers.decided)


async def _tasks(
    session: AsyncSession, groups: Mapping[UUID, UUID], facts: Mapping[UUID, _Facts], ids: Iterable[UUID]
) -> list[tuple[_Facts, Task]]:
    reasons = (*_UNREAD, _NOT_ACTIVE)
    waiting = select(Task).where(
        col(Task.person).in_(ids),
        col(Task.done_at).is_(None),
        or_(Task.kind == "decide", col(Task.reason).in_(reasons)),
    )
    return [(facts[groups[task.person]], task) for task in (await session.exec(waiting)).all() if task.person]


def _waiting(facts: _Facts, now: datetime) -> Waiting | None:
    if facts.promise is not None:
        state: State = "broken" if facts.promise.is_broken(now) else "at-risk" if facts.promise.is_soon(now) else "due"
        return Waiting(state, _cause(facts), facts.promise.id)
    if facts.paused_at is not None and (facts.decided is None or facts.paused_at > facts.decided):
        pause: Pause = "papers-overdue" if facts.overdue else "papers-missing" if facts.asked else "papers-here"
        return Waiting("paused", pause)
    if facts.applied is not None and (facts.decided is None or facts.applied > facts.decided):
        return Waiting("not-begun", "not-complete" if facts.held else "no-meeting")
    return None


def _cause(facts: _Facts) -> Cause:
    if facts.differs:
        return "difference"
    if facts.comments:
        return "comment"
    if facts.unread:
        return "papers"
    if facts.not_active:
        return "not-active"
    return "taken" if facts.taken else "nobody"
