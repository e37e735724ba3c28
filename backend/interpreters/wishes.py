"""What a person wished of her interpreter. It is carried on every order of the meeting, and promised to nobody."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contract import InterpreterWishes
from backend.interpreters.models import InterpreterOrder, InterpreterWish
from backend.municipalities.agencies import Agency


async def keep(session: AsyncSession, meeting: UUID, wished: InterpreterWishes | None, replaces: UUID | None) -> None:
    """Keep what was wished with the meeting; without a wish, what was wished of the meeting it replaces."""
    if wished is None and replaces is not None and (before := await session.get(InterpreterWish, replaces)):
        wished = InterpreterWishes.model_validate(before.model_dump(exclude={"meeting"}))
    if wished is not None and wished != InterpreterWishes():
        session.add(InterpreterWish(meeting=meeting, **wished.model_dump()))
        await session.flush()


async def of_meeting(session: AsyncSession, meeting: UUID) -> InterpreterWish | None:
    """What was wished of a meeting's interpreter."""
    return await session.get(InterpreterWish, meeting)


async def not_wanted(session: AsyncSession, earlier: UUID | None) -> UUID | None:
    """The interpreter of ours who took part in an earlier meeting, and is not wanted again."""
    order = await _took_part(session, earlier)
    return order.interpreter if order else None


async def not_as(session: AsyncSession, wished: InterpreterWish, agency: Agency) -> int | None:
    """The number of the order by which the agency sent who is not wanted again: it knows who that was, we do not."""
    order = await _took_part(session, wished.not_from)
    return order.number if order and order.agency == agency.slug else None


async def _took_part(session: AsyncSession, meeting: UUID | None) -> InterpreterOrder | None:
    found = await session.exec(
        select(InterpreterOrder)
        .where(InterpreterOrder.meeting == meeting, InterpreterOrder.state == "confirmed")
        .order_by(col(InterpreterOrder.step).desc())
        .limit(1)
    )
    return found.one_or_none()
