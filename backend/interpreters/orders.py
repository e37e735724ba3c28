"""Ask an interpreter or an agency for a meeting, and withdraw what was asked; the desk's own verbs are in ``service``.

What is asked for may also be a call or a planned time (:mod:`backend.interpreters.besides`); its id is as good as a
meeting's here.

What must be told an agency is a row of the same transaction, and leaves afterwards (see ``sending``).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, or_
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.bookings.times import Interpreting
from backend.calendar import day_in_sweden
from backend.clock import real_time
from backend.interpreters import rules, wishes
from backend.interpreters.models import (
    OPEN,
    InterpreterOrder,
    InterpreterStep,
    InterpreterWish,
    Sending,
    SendingKind,
    StepKind,
)
from backend.municipalities import Municipality
from backend.municipalities.agencies import Agency, Mode

_MINUTE = timedelta(minutes=1)


async def ask(
    session: AsyncSession,
    meeting: UUID | None,
    interpreting: Interpreting,
    *,
    interpreted: UUID | None = None,
    wished: InterpreterWish | None = None,
    language: str,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
) -> InterpreterOrder:
    """Ask one interpreter or agency for one meeting, which the caller has locked or just made; or for what is
    ``interpreted`` without one, as was ``wished``."""
    so_far = select(func.count()).select_from(InterpreterOrder).where(_is_for(meeting or interpreted))
    agency = interpreting.agency
    if meeting is not None:
        wished = await wishes.of_meeting(session, meeting)
    order = InterpreterOrder(
        meeting=meeting,
        interpreted=interpreted,
        step=(await session.exec(so_far)).one() + 1,
        interpreter=interpreting.interpreter,
        agency=agency.slug if agency else None,
        language=language,
        dialect=wished.dialect if wished else None,
        gender=wished.gender if wished else None,
        not_as=await wishes.not_as(session, wished, agency) if wished and agency else None,
        mode=interpreting.mode,
        starts_at=starts_at,
        ends_at=ends_at,
        asked_at=at,
        answer_by=(
            agency.answer_by(at, starts_at)
            if agency
            else rules.answer_by(database.of(session).municipality.calendar, at, starts_at)
        ),
    )
    if agency and (cost := agency.cost(interpreting.mode, (ends_at - starts_at) // _MINUTE, day_in_sweden(starts_at))):
        order.kronor, order.price_verified = cost.kronor, cost.verified
    session.add(order)
    await session.flush()
    await note(session, order, "asked", at)
    if agency:
        await _send(session, order, "order")
    return order


async def open_order(session: AsyncSession, of: UUID) -> InterpreterOrder | None:
    """The order the interpreter of a meeting (or call, or planned time) has now, asked or confirmed."""
    found = await session.exec(select(InterpreterOrder).where(_is_for(of), col(InterpreterOrder.state).in_(OPEN)))
    return found.one_or_none()


async def withdraw(session: AsyncSession, of: UUID, at: datetime) -> None:
    """The interpreter is not needed at that time any more, and the agency she is ordered from is told.

    Too late for a free cancellation: a fee is due, at an agency only for what it had confirmed.
    """
    if (order := await open_order(session, of)) is None:
        return
    order.fee_due = not is_free_of_charge(agency_of(session, order), order, at)
    order.state, order.answered_at = "withdrawn", at
    session.add(order)
    await note(session, order, "withdrawn", at)
    await call_off(session, order)


def is_free_of_charge(agency: Agency | None, order: InterpreterOrder, at: datetime) -> bool:
    """Whether an open order may be withdrawn without a fee at ``at``."""
    way = mode(order)
    if order.agency is None or agency is None:
        return rules.is_free_of_charge(way, at, order.starts_at)
    return order.state == "asked" or agency.is_free_of_charge(way, at, order.starts_at)


async def call_off(session: AsyncSession, order: InterpreterOrder) -> None:
    """Tell the agency that it is not needed; an order that has not begun to leave stays here."""
    if order.agency is None:
        return
    failed = col(Sending.state) == "failed"  # what was refused the first time never came there
    await session.flush()
    await session.exec(
        update(Sending)
        .where(col(Sending.order) == order.id, col(Sending.kind) == "order", col(Sending.state) == "pending")
        .values(state="dropped", settled_at=real_time())
    )
    perhaps_there = select(func.count()).where(
        Sending.order == order.id, Sending.kind == "order", col(Sending.tries) > case((failed, 1), else_=0)
    )
    if (await session.exec(perhaps_there)).one():
        await _send(session, order, "cancel")


async def note(session: AsyncSession, order: InterpreterOrder, kind: StepKind, at: datetime) -> None:
    """Write down one step of a meeting (or call, or planned time) towards its interpreter."""
    session.add(InterpreterStep(meeting=order.meeting, interpreted=order.interpreted, order=order.id, at=at, kind=kind))
    await session.flush()


def town(session: AsyncSession) -> Municipality:
    """The municipality that orders."""
    return database.of(session).municipality


def written_number(session: AsyncSession, number: int | None) -> str:
    """An order's number as an agency reads it: ``T1287-12``."""
    return f"T{town(session).number}-{number}"


def agency_of(session: AsyncSession, order: InterpreterOrder) -> Agency | None:
    """The agency of an order as the municipality's file has it; ``None`` also when it is not there any more."""
    named = database.of(session)
    known = (*named.agencies, *named.municipality.interpreter_agencies)
    return next((agency for agency in known if agency.slug == order.agency), None)


def agency_name(session: AsyncSession, order: InterpreterOrder) -> str:
    """What the agency of an order is called."""
    agency = agency_of(session, order)
    return agency.name if agency else order.agency or ""


def mode(order: InterpreterOrder) -> Mode:
    """How the interpreter takes part."""
    return next(mode for mode in rules.FREE_UNTIL if mode == order.mode)


def _is_for(of: UUID | None) -> ColumnElement[bool]:
    return or_(col(InterpreterOrder.meeting) == of, col(InterpreterOrder.interpreted) == of)


async def _send(session: AsyncSession, order: InterpreterOrder, kind: SendingKind) -> None:
    now = real_time()
    session.add(Sending(order=order.id, kind=kind, made_at=now, due_at=now))
    await session.flush()
