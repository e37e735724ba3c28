"""Ask an interpreter for a meeting, and withdraw what was asked; the desk's own verbs are in ``service``."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.interpreters import rules
from backend.interpreters.models import OPEN, InterpreterOrder, Mode


async def ask(
    session: AsyncSession,
    meeting: UUID,
    interpreter: UUID,
    *,
    language: str,
    mode: Mode,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
) -> InterpreterOrder:
    """Ask one interpreter for one meeting, which the caller has locked or just made."""
    so_far = select(func.count()).select_from(InterpreterOrder).where(InterpreterOrder.meeting == meeting)
    order = InterpreterOrder(
        meeting=meeting,
        step=(await session.exec(so_far)).one() + 1,
        interpreter=interpreter,
        language=language,
        mode=mode,
        starts_at=starts_at,
        ends_at=ends_at,
        asked_at=at,
        answer_by=rules.answer_by(database.of(session).municipality.calendar, at, starts_at),
    )
    session.add(order)
    await session.flush()
    return order


async def open_order(session: AsyncSession, meeting: UUID) -> InterpreterOrder | None:
    """The order a meeting's interpreter has now, asked or confirmed."""
    found = await session.exec(
        select(InterpreterOrder).where(InterpreterOrder.meeting == meeting, col(InterpreterOrder.state).in_(OPEN))
    )
    return found.one_or_none()


async def withdraw(session: AsyncSession, meeting: UUID, at: datetime) -> None:
    """The interpreter is not needed at that time any more. Too late for a free cancellation: a fee is due."""
    if (order := await open_order(session, meeting)) is None:
        return
    mode = next(mode for mode in rules.FREE_UNTIL if mode == order.mode)
    order.state, order.answered_at = "withdrawn", at
    order.fee_due = not rules.is_free_of_charge(mode, at, order.starts_at)
    session.add(order)
    await session.flush()
