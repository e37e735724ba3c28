"""What a person wished of her interpreter. It is carried on every order of the meeting, and promised to nobody.

It holds until she wishes something else: where a booking says nothing, it is what she wished last.
"""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.bookings.models import MeetingRow
from backend.contract import InterpreterWishes
from backend.interpreters.models import InterpreterOrder, InterpreterWish
from backend.municipalities.agencies import Agency


async def keep(
    session: AsyncSession, meeting: UUID, wished: InterpreterWishes | None, people: Collection[UUID]
) -> None:
    """Keep what was wished with the meeting; without a wish, what ``people`` (one person, merges followed) wished last.

    A dialect is one of the language it was wished in. A meeting without an interpreter has none to wish of.
    """
    now = await session.get(MeetingRow, meeting)
    if now is None or now.interpreter_language is None:
        return
    if wished is None and (before := await last_of(session, people)):
        wished = InterpreterWishes.model_validate(before.model_dump(exclude={"meeting"}))
        then = await session.get(MeetingRow, before.meeting)
        if then is not None and then.interpreter_language != now.interpreter_language:
            wished = wished.model_copy(update={"dialect": None})
    if wished is not None and wished != InterpreterWishes():
        session.add(InterpreterWish(meeting=meeting, **wished.model_dump()))
        await session.flush()


async def of_meeting(session: AsyncSession, meeting: UUID) -> InterpreterWish | None:
    """What was wished of a meeting's interpreter."""
    return await session.get(InterpreterWish, meeting)


async def last_of(session: AsyncSession, people: Collection[UUID]) -> InterpreterWish | None:
    """What somebody wished last of an interpreter, at whichever meeting of hers."""
    found = await session.exec(
        select(InterpreterWish)
        .join(MeetingRow, col(MeetingRow.id) == InterpreterWish.meeting)
        .where(col(MeetingRow.person).in_(people))
        .order_by(col(MeetingRow.booked_at).desc(), col(MeetingRow.id).desc())
        .limit(1)
    )
    return found.one_or_none()


async def had_interpreter(session: AsyncSession, meeting: UUID) -> bool:
    """Whether somebody interpreted, or is to: only then can it be said who is not wanted again."""
    return await _took_part(session, meeting) is not None


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
