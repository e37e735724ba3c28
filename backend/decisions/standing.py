"""Whether what was told of a decision, or of what comes before and after it, still holds when the message leaves."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.applications import history
from backend.contract import ImportantDay, Notice, NoticeKind
from backend.decisions.models import CommentAsked, Decision, Hearing, Payment

KINDS = frozenset({NoticeKind.IMPORTANT_DAY, NoticeKind.SOMETHING_NEW, NoticeKind.COMMENT_ASKED, NoticeKind.PAY_DAY})
"""The notices that are about decisions."""


async def holds(session: AsyncSession, notice: Notice, same: tuple[UUID, ...]) -> bool:
    """Whether it does, of a notice of ``KINDS``, for the person (``same``: all her ids) it was told about."""
    if notice.kind is NoticeKind.IMPORTANT_DAY:
        return await _is_to_appeal(session, ImportantDay.model_validate(notice.body).day, same)
    if notice.kind is NoticeKind.SOMETHING_NEW:
        # How she wants to hear it, she may have said to staff before the question has left.
        chosen = select(Hearing.id).where(Hearing.something_new == notice.id).limit(1)
        if (await session.exec(chosen)).first() is not None:
            return False
        told = await session.exec(select(Decision.told_at).where(Decision.notice == notice.id))
        return told.one_or_none() is None
    if notice.kind is NoticeKind.COMMENT_ASKED:
        asked = await comment_of(session, notice.person)
        return asked is not None and asked.notice == notice.id and asked.answered_at is None
    told_by = select(Payment.id).where(Payment.notice == notice.id, col(Payment.ended_at).is_(None))
    if (await session.exec(told_by.limit(1))).first() is not None:
        return True
    # That a day does not hold is true until the same decision is paid that day after all.
    again = aliased(Payment)
    comes = select(again.id).where(
        again.decision == Payment.decision, again.paid_on == Payment.paid_on, col(again.ended_at).is_(None)
    )
    taken_back = select(Payment.id).where(Payment.ended_notice == notice.id, ~comes.exists())
    return (await session.exec(taken_back.limit(1))).first() is not None


async def _is_to_appeal(session: AsyncSession, last_day: date, same: tuple[UUID, ...]) -> bool:
    """Whether a decision that may be appealed until that day stands: it was not decided anew. What is decided of
    another month, or of a cost beside it, takes nobody's day away."""
    hers = select(Decision).where(col(Decision.person).in_(same)).order_by(col(Decision.signed_at))
    rows = (await session.exec(hers)).all()
    of_costs, _ = await history.of_costs(session, same[0])
    return any(
        row.id in of_costs
        or not any(
            later.signed_at > row.signed_at and later.month == row.month and later.id not in of_costs for later in rows
        )
        for row in rows
        if row.appeal_by == last_day
    )


async def comment_of(session: AsyncSession, person: UUID) -> CommentAsked | None:
    """What she was last asked to comment on, unless it was decided since."""
    same = await persons.same(session, person)
    asked = select(CommentAsked).where(col(CommentAsked.person).in_(same))
    row = (await session.exec(asked.order_by(col(CommentAsked.asked_at).desc()).limit(1))).first()
    if row is None:
        return None
    # A decision about a single cost beside it leaves it standing, unless that is what it was about.
    since = (
        col(Decision.person).in_(same),
        col(Decision.signed_at) >= row.asked_at,
        ~col(Decision.single_cost) | (col(Decision.comment) == row.id),
    )
    decided = (await session.exec(select(Decision.comment).where(*since))).all()
    if not decided:
        return row
    # Nor does one that was told late, of what it left waiting.
    waits_since = await history.left_waiting(session, person)
    return row if waits_since is not None and row.asked_at >= waits_since and row.id not in decided else None
