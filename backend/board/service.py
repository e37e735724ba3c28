"""Read the numbers of a month, and write down why a promised decision is late when its time runs out."""

from collections import Counter
from datetime import date, datetime, time, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.applications.models import Completion, CompletionPaper
from backend.board import month as months
from backend.board import standing
from backend.board.models import NOT_KNOWN, Late
from backend.board.month import Decided, Month
from backend.calendar import moment
from backend.clock import Clock
from backend.decisions.models import Decision
from backend.promises import Promise

_LONGEST_MONTH = timedelta(days=31)


async def look(session: AsyncSession, clock: Clock) -> int:
    """Write down why each decision is late whose time has run out since the last look; gives how many."""
    now = clock()
    written = select(Late.promise)
    out = select(Promise.id).where(
        Promise.what == "decision",
        col(Promise.kept_at).is_(None),
        col(Promise.withdrawn_at).is_(None),
        col(Promise.due_at) < now,
        col(Promise.id).not_in(written),
    )
    late = set((await session.exec(out)).all())
    if not late:
        return 0
    why = {one.promise: one.why for one in await standing.read(session, now)}
    for promise in sorted(late):  # one order, so that two who look at once wait for each other and no longer
        row = insert(Late).values(promise=promise, cause=why.get(promise, NOT_KNOWN), at=now)
        await session.exec(row.on_conflict_do_nothing(index_elements=[col(Late.promise)]))
    return len(late)


async def of_month(session: AsyncSession, first: date) -> Month:
    """The numbers of the month that begins on this day: by when decisions were signed, and papers asked for."""
    begins, ends = _between(first)
    kept = (
        select(Promise, Late.cause)
        .outerjoin(Late, col(Late.promise) == Promise.id)
        .where(Promise.what == "decision", col(Promise.kept_at) >= begins, col(Promise.kept_at) < ends)
    )
    rows = (await session.exec(kept)).all()
    decided = [Decided(one.made_at, one.due_at, one.kept_at) for one, _ in rows if one.kept_at is not None]
    late = Counter(cause or NOT_KNOWN for one, cause in rows if one.is_broken(ends))
    signed = select(func.count()).where(
        col(Decision.signed_at) >= begins, col(Decision.signed_at) < ends, ~col(Decision.single_cost)
    )
    stopped = select(func.count()).where(
        Promise.what == "decision",
        col(Promise.due_at) >= begins,
        col(Promise.due_at) < ends,
        col(Promise.withdrawn_at) > col(Promise.due_at),
    )
    papers = (
        select(CompletionPaper.paper, func.count())
        .join(Completion, col(Completion.id) == CompletionPaper.completion)
        .where(col(Completion.asked_at) >= begins, col(Completion.asked_at) < ends)
        .group_by(col(CompletionPaper.paper))
    )
    return months.measured(
        database.of(session).municipality.calendar,
        decided,
        signed=(await session.exec(signed)).one(),
        stopped=(await session.exec(stopped)).one(),
        late=late,
        pauses=dict((await session.exec(papers)).all()),
    )


def _between(first: date) -> tuple[datetime, datetime]:
    following = (first.replace(day=1) + _LONGEST_MONTH).replace(day=1)
    return moment(first.replace(day=1), time.min), moment(following, time.min)
