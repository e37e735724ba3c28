"""Whether what a notice told of applications still holds when its message is about to leave."""

from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.applications import history
from backend.applications.models import Completion, CompletionPaper, JointApplication, PartAttestation
from backend.cases.models import Case
from backend.contract import JointNews, NextApplication, Notice, NoticeKind, PapersCame


async def stands(session: AsyncSession, notice: Notice, same: tuple[UUID, ...]) -> bool:
    """Whether it does, for the person it was told about. Of a kind that is none of ours it does."""
    if notice.kind is NoticeKind.NEXT_APPLICATION:
        return await _is_unasked(session, NextApplication.model_validate(notice.body), same)
    if notice.kind in (NoticeKind.PAPERS_ASKED, NoticeKind.PAPERS_OVERDUE):
        return await _are_missing(session, notice.id)
    if notice.kind is NoticeKind.PAPERS_CAME:
        return await _is_the_last_count(session, PapersCame.model_validate(notice.body), same)
    if notice.kind is NoticeKind.JOINT_NEWS:
        return await _is_unattested(session, JointNews.model_validate(notice.body), same)
    return True


async def _is_unattested(session: AsyncSession, news: JointNews, same: tuple[UUID, ...]) -> bool:
    """She has not attested again, and they still apply together; of what came in, it did."""
    if news.what == "came-in":
        return True
    joint = await session.get(JointApplication, news.joint)
    if joint is None or joint.ended_at is not None:
        return False
    hers = select(PartAttestation.id).where(
        PartAttestation.joint == news.joint,
        col(PartAttestation.person).in_(same),
        col(PartAttestation.taken_at).is_(None),
    )
    return (await session.exec(hers.limit(1))).first() is None


async def _are_missing(session: AsyncSession, notice: UUID) -> bool:
    """One of the papers that a notice is about has not come, and no others have been asked for instead."""
    about = (col(Completion.notice) == notice) | (col(Completion.overdue_notice) == notice)
    waiting = (
        select(CompletionPaper.completion)
        .join(Completion, col(Completion.id) == col(CompletionPaper.completion))
        .where(about, col(Completion.closed_at).is_(None), col(CompletionPaper.came_at).is_(None))
        .where(col(CompletionPaper.said).is_(None))
    )
    return (await session.exec(waiting.limit(1))).first() is not None


async def _is_the_last_count(session: AsyncSession, told: PapersCame, same: tuple[UUID, ...]) -> bool:
    """No other paper has come since, no others have been asked for instead, and the rest is still to come."""
    hers = select(Completion).where(col(Completion.person).in_(same))
    latest = (await session.exec(hers.order_by(col(Completion.asked_at).desc()).limit(1))).first()
    if latest is None or latest.due_on != told.by:
        return False
    if latest.closed_at is not None and (told.came < told.asked or told.unreadable):
        return False
    arrived = select(func.count()).where(
        CompletionPaper.completion == latest.id, col(CompletionPaper.came_at).is_not(None)
    )
    return (await session.exec(arrived)).one() == told.came


async def _is_unasked(session: AsyncSession, told: NextApplication, same: tuple[UUID, ...]) -> bool:
    """She has not applied for the month, nor been granted it, and her case has not been closed."""
    if told.month in (await history.of_person(session, same[0])).months:
        return False
    still_open = select(Case.id).where(col(Case.person).in_(same), col(Case.closed_at).is_(None))
    return (await session.exec(still_open.limit(1))).first() is not None
