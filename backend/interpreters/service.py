"""The interpreter desk: what was ordered, and what happens when an interpreter confirms or declines.

An order for a call or a planned time goes the same way as one for a meeting (:mod:`backend.interpreters.besides`).
Nobody is told that the interpreter comes: she was told of the hour, and that there is one.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import tasks
from backend.bookings import diaries, planning, times
from backend.bookings import service as bookings
from backend.bookings.models import LIVE, MeetingRow, Participant, Resource
from backend.bookings.times import Interpreting
from backend.calendar import day_in_sweden
from backend.callbacks import service as callbacks
from backend.clock import Clock
from backend.contract import Meeting, MeetingNotice, MeetingStatus, NoticeKind
from backend.errors import NotFound, Refusal
from backend.interpreters import besides as others
from backend.interpreters import orders, rules, wishes
from backend.interpreters.besides import Outcome
from backend.interpreters.models import (
    OPEN,
    Interpreted,
    InterpreterOrder,
    InterpreterStep,
    InterpreterWish,
    Sending,
    StepKind,
)
from backend.notices import service as notices

NOT_SENT, NOT_CANCELLED = "interpreter-not-sent", "interpreter-not-cancelled"
"""The reason of a task: an order does not leave, and nobody has been asked yet."""


class OrderClosed(Refusal):
    """The order was answered or withdrawn before."""

    status = 409
    wording = "Beställningen gäller inte längre. Läs om sidan."


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order as the desk and the thread show it. It says nothing of the case.

    ``meeting``: what it is for; where ``what`` says so a call or a planned time instead.
    ``interpreter`` is the name of ours, or of the agency; ``comes`` is the agency's own number of who comes.
    ``kronor``: the expected cost, ``None`` where there is no price. ``free_until``: when cancelling begins to cost it.
    ``dialect``, ``gender`` and ``not_again`` (not the interpreter of an earlier meeting) are what is wished now, also
    where the order had left before.
    """

    id: UUID
    number: int
    meeting: UUID
    person: UUID
    start: datetime
    end: datetime
    language: str
    mode: str
    interpreter: str
    agency: str | None
    state: str
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    fee_due: bool
    what: Literal["meeting", "call", "planned"] = "meeting"
    dialect: str | None = None
    gender: str | None = None
    not_again: bool = False
    comes: str | None = None
    kronor: int | None = None
    price_verified: bool = False
    free_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that happened on the way to an interpreter, and of whom."""

    kind: StepKind
    at: datetime
    interpreter: str
    mode: str


@dataclass(frozen=True)
class GoneOn:
    """What became of it when an interpreter could not: another was asked, it was moved, or staff must act."""

    outcome: Outcome


@dataclass(frozen=True)
class Declined(GoneOn):
    """The same of a meeting."""

    meeting: Meeting


async def open_orders(session: AsyncSession, now: datetime) -> tuple[OrderLine, ...]:
    """Orders of meetings still to come: those to be answered first on top, then the confirmed ones by time."""
    asked = await _lines(session, InterpreterOrder.state == "asked", InterpreterOrder.ends_at > now)
    confirmed = await _lines(session, InterpreterOrder.state == "confirmed", InterpreterOrder.ends_at > now)
    return (
        *sorted(asked, key=lambda line: (line.answer_by, line.start)),
        *sorted(confirmed, key=lambda line: line.start),
    )


async def history(session: AsyncSession, meeting: UUID) -> tuple[OrderLine, ...]:
    """Every order made for a meeting, the first one first: the steps towards an interpreter."""
    return await _lines(session, InterpreterOrder.meeting == meeting)


async def steps(session: AsyncSession, some: Collection[UUID]) -> dict[UUID, tuple[StepLine, ...]]:
    """Everything that happened on the way to the interpreters of some meetings (or calls, or planned times), in the
    order it happened."""
    rows = await session.exec(
        select(InterpreterStep, InterpreterOrder, Resource.name)
        .join(InterpreterOrder, col(InterpreterOrder.id) == InterpreterStep.order)
        .outerjoin(Resource, col(Resource.id) == InterpreterOrder.interpreter)
        .where(or_(col(InterpreterStep.meeting).in_(some), col(InterpreterStep.interpreted).in_(some)))
        .order_by(col(InterpreterStep.number))
    )
    found: dict[UUID, tuple[StepLine, ...]] = {}
    for step, order, name in rows.all():
        kind = next(kind for kind in get_args(StepKind) if kind == step.kind)
        line = StepLine(kind, step.at, name or orders.agency_name(session, order), order.mode)
        found[order.of] = (*found.get(order.of, ()), line)
    return found


async def confirm(session: AsyncSession, clock: Clock, order: UUID) -> Meeting | None:
    """The interpreter comes: the meeting is *booked* and the person is told. Once more is harmless.

    ``None``: it is for no meeting. Raises NotFound, and OrderClosed for an order that was declined, not answered in
    time, or withdrawn.
    """
    row, found = await _of(session, order)
    if found.state == "confirmed":
        return _as_meeting(row)
    if found.state != "asked" or not _is_live(row):
        raise OrderClosed(order=order)
    found.state, found.answered_at = "confirmed", clock()
    session.add(found)
    await orders.note(session, found, "confirmed", clock())
    if isinstance(row, Interpreted):
        await tasks.done_about(session, row.id, clock())
        return None
    row.status = MeetingStatus.BOOKED
    session.add(row)
    await session.flush()
    meeting = bookings.as_meeting(row)
    await notices.tell(session, clock, NoticeKind.INTERPRETER_CONFIRMED, row.person, MeetingNotice(meeting=meeting))
    return meeting


async def decline(session: AsyncSession, clock: Clock, order: UUID) -> GoneOn:
    """The interpreter cannot, also when she had confirmed. The meeting is not held in the wrong language.

    She is asked for nothing else at that time. Another interpreter who is free is asked, then an agency, and the
    meeting is preliminary again. Nobody: it is moved to the first time after it that works, the person is told, and
    staff get a task. No such time: staff get a task. They are told too when she had said that she comes.

    Raises NotFound, and OrderClosed for an order that was declined or withdrawn before, or a meeting that has begun.
    """
    row, found = await _locked(session, order)
    if found.state not in OPEN or not _is_live(row) or clock() >= row.starts_at:
        raise OrderClosed(order=order)
    had_confirmed = found.state == "confirmed"
    found.state, found.answered_at = "declined", clock()
    session.add(found)
    await orders.note(session, found, "declined", clock())
    declined = await _ask_on(session, clock, row, found)
    if had_confirmed and declined.outcome == "asked-another":
        await _alert(session, clock, row, "interpreter-gave-back")
    return declined


async def no_answer(session: AsyncSession, clock: Clock, order: UUID) -> GoneOn | None:
    """No answer came in time, or the order could not be sent: whoever else can be asked is asked.

    An agency is told that it is not needed any more, and the meeting goes the same way as when it had said no. One of
    ours who is silent may still answer: without anybody else to ask, staff are told, and nothing is moved.

    ``None``: it was answered meanwhile, or there is still time, or it waits for one of ours.
    """
    row, found = await _locked(session, order)
    now, lost = clock(), found.agency is not None and await _is_lost(session, found)
    if found.state != "asked" or not (lost or found.answer_by <= now):
        return None
    can_ask = _is_live(row) and now < row.starts_at
    if found.agency is None and not (can_ask and await _another(session, clock, row, found, besides=found.interpreter)):
        if found.told_late_at is None:
            found.told_late_at = now
            session.add(found)
            await orders.note(session, found, "silent", now)
            await _alert(session, clock, row, "interpreter-silent")
        return None
    found.state, found.answered_at = "unanswered", now
    session.add(found)
    await tasks.done_about(session, row.id, now, reason=NOT_SENT)
    await orders.note(session, found, "not-sent" if lost else "unanswered", now)
    await orders.call_off(session, found)
    if not can_ask:
        await _alert(session, clock, row, "interpreter-missing")
        return _gone_on("nobody", row)
    return await _ask_on(session, clock, row, found)


async def late(session: AsyncSession, clock: Clock, order: UUID) -> None:
    """Yes came when we had gone on, or did not need her any more: she is cancelled at once, and staff are told.

    The same yes once more changes nothing.
    """
    row, found = await _of(session, order)
    if found.agency_said == "confirmed":
        return
    await orders.note(session, found, "too-late", clock())
    await orders.call_off(session, found)
    await _alert(session, clock, row, "interpreter-too-late", about=found.id)


async def missing(session: AsyncSession, clock: Clock, order: UUID) -> None:
    """No came when the meeting had begun: nobody else can be asked, and staff are told. Nothing for a closed order."""
    row, found = await _of(session, order)
    if found.state not in OPEN:
        return
    found.state, found.answered_at = "declined", clock()
    session.add(found)
    await orders.note(session, found, "declined", clock())
    await _alert(session, clock, row, "interpreter-missing")


async def due(session: AsyncSession, now: datetime) -> tuple[UUID, ...]:
    """Orders to go on from: not answered in time, or refused on their way."""
    failed = select(Sending.order).where(Sending.kind == "order", Sending.state == "failed")
    late_now = and_(col(InterpreterOrder.answer_by) <= now, col(InterpreterOrder.told_late_at).is_(None))
    rows = await session.exec(
        select(InterpreterOrder.id)
        .where(InterpreterOrder.state == "asked", or_(late_now, col(InterpreterOrder.id).in_(failed)))
        .order_by(col(InterpreterOrder.answer_by))
    )
    return tuple(rows.all())


async def not_told(session: AsyncSession, clock: Clock, order: UUID) -> None:
    """An agency could not be told that it is not needed: staff must ring it, before it sends somebody."""
    row, found = await _of(session, order)
    await _alert(session, clock, row, NOT_CANCELLED, about=found.id)


async def not_sent(session: AsyncSession, clock: Clock, order: UUID) -> None:
    """An order does not leave, try after try: staff are told while there is time to order in another way."""
    row, found = await _of(session, order)
    if found.state == "asked":
        await _alert(session, clock, row, NOT_SENT)


async def get(session: AsyncSession, order: UUID) -> InterpreterOrder:
    """One order, read afresh. Raises NotFound."""
    one = select(InterpreterOrder).where(InterpreterOrder.id == order)
    found = (await session.exec(one.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound(order=order)
    return found


async def _of(session: AsyncSession, order: UUID) -> tuple[MeetingRow | Interpreted, InterpreterOrder]:
    """What an order is for, locked, and the order."""
    found = await get(session, order)
    row = await (others.locked if found.meeting is None else bookings.locked)(session, found.of)
    return row, await get(session, order)


async def _locked(session: AsyncSession, order: UUID) -> tuple[MeetingRow | Interpreted, InterpreterOrder]:
    """The same, with everything locked that another interpreter may need."""
    found = await get(session, order)
    if found.meeting is None:
        await callbacks.one_at_a_time(session)  # as whoever chooses an hour does first: a call may move to one
        await diaries.lock_interpreters(session, found.language)
    else:
        await diaries.lock(session, found.language)
    return await _of(session, order)


def _is_live(row: MeetingRow | Interpreted) -> bool:
    return row.over_at is None if isinstance(row, Interpreted) else row.status in LIVE


def _as_meeting(row: MeetingRow | Interpreted) -> Meeting | None:
    return None if isinstance(row, Interpreted) else bookings.as_meeting(row)


def _gone_on(outcome: Outcome, row: MeetingRow | Interpreted) -> GoneOn:
    return GoneOn(outcome) if isinstance(row, Interpreted) else Declined(outcome, bookings.as_meeting(row))


async def _ask_on(
    session: AsyncSession, clock: Clock, row: MeetingRow | Interpreted, before: InterpreterOrder
) -> GoneOn:
    if isinstance(row, Interpreted):
        return GoneOn(await others.ask_on(session, clock, row, before, callbacks.move))
    row.status = MeetingStatus.PRELIMINARY
    session.add(row)
    await _free(session, row)
    if another := await _another(session, clock, row, before):
        await _ask(session, clock, row, before, another)
        return Declined("asked-another", bookings.as_meeting(row))
    if moved := await bookings.move_to_first_free(session, clock, row):
        await orders.note(session, before, "moved", clock())
        await _alert(session, clock, row, "meeting-moved")
        return Declined("moved", moved)
    await orders.note(session, before, "nobody", clock())
    await _alert(session, clock, row, "interpreter-missing")
    return Declined("nobody", bookings.as_meeting(row))


async def _another(
    session: AsyncSession,
    clock: Clock,
    row: MeetingRow | Interpreted,
    before: InterpreterOrder,
    besides: UUID | None = None,
) -> Interpreting | None:
    if isinstance(row, Interpreted):
        return await others.another(session, clock, row, besides)
    known = await planning.diaries_of(session, before.language, day_in_sweden(row.starts_at), row.id)
    known = replace(known, interpreters=[diary for diary in known.interpreters if diary.resource != besides])
    modes = rules.modes_for(planning.calendar(session), clock(), row.starts_at)
    wished = await wishes.of_meeting(session, row.id)
    unwanted = await wishes.not_wanted(session, wished.not_from) if wished else None
    return times.find_interpreting(known, modes, row.starts_at, row.ends_at, asked_at=clock(), without=unwanted)


async def _ask(
    session: AsyncSession, clock: Clock, row: MeetingRow, before: InterpreterOrder, another: Interpreting
) -> None:
    row.mode = another.mode
    session.add(row)
    for resource in another.resources:
        session.add(Participant(meeting=row.id, resource=resource, starts_at=row.starts_at, ends_at=row.ends_at))
    await orders.ask(
        session,
        row.id,
        another,
        language=before.language,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        at=clock(),
    )


async def _free(session: AsyncSession, row: MeetingRow) -> None:
    # The line goes too: the next interpreter may take part another way.
    theirs = select(Resource.id).where(col(Resource.kind).in_(("interpreter", "line")))
    await session.flush()
    await session.exec(
        update(Participant)
        .where(col(Participant.meeting) == row.id, col(Participant.resource).in_(theirs))
        .values(cancelled=True)
    )


async def _is_lost(session: AsyncSession, order: InterpreterOrder) -> bool:
    """The order was refused on its way: nobody will answer it."""
    failed = select(Sending.id).where(Sending.order == order.id, Sending.kind == "order", Sending.state == "failed")
    return (await session.exec(failed.limit(1))).first() is not None


async def _alert(
    session: AsyncSession, clock: Clock, row: MeetingRow | Interpreted, reason: str, *, about: UUID | None = None
) -> None:
    # What is about an order that is over stays to be done whatever becomes of the meeting.
    about = about or row.id
    if isinstance(row, Interpreted):
        await others.alert(session, clock, row, reason, about=about)
        return
    await tasks.add(session, "time", reason, at=clock(), person=row.person, about=about, due_at=row.starts_at)


async def _lines(session: AsyncSession, *which: ColumnElement[bool] | bool) -> tuple[OrderLine, ...]:
    rows = await session.exec(
        select(InterpreterOrder, MeetingRow, Resource.name, InterpreterWish)
        .outerjoin(MeetingRow, col(MeetingRow.id) == InterpreterOrder.meeting)
        .outerjoin(Resource, col(Resource.id) == InterpreterOrder.interpreter)
        .outerjoin(InterpreterWish, col(InterpreterWish.meeting) == InterpreterOrder.meeting)
        .where(*which)
        .order_by(func.coalesce(InterpreterOrder.meeting, InterpreterOrder.interpreted), col(InterpreterOrder.step))
    )
    found = rows.all()
    ids = [order.interpreted for order, *_ in found if order.interpreted is not None]
    besides = {row.id: row for row in await session.exec(select(Interpreted).where(col(Interpreted.id).in_(ids)))}
    return tuple(
        _line(session, order, besides.get(order.of, meeting), name, wished) for order, meeting, name, wished in found
    )


def _line(
    session: AsyncSession,
    order: InterpreterOrder,
    row: MeetingRow | Interpreted,
    name: str | None,
    wished: InterpreterWish | None,
) -> OrderLine:
    agency = orders.agency_of(session, order)
    return OrderLine(
        id=order.id,
        number=order.number or 0,
        meeting=order.of,
        person=row.person,
        start=order.starts_at,
        end=order.ends_at,
        language=order.language,
        mode=order.mode,
        interpreter=name or orders.agency_name(session, order),
        agency=order.agency,
        state=order.state,
        asked_at=order.asked_at,
        answer_by=order.answer_by,
        answered_at=order.answered_at,
        fee_due=order.fee_due,
        what=_what(row),
        dialect=wished.dialect if wished else order.dialect,
        gender=wished.gender if wished else order.gender,
        not_again=(wished is not None and wished.not_from is not None) or order.not_as is not None,
        comes=order.comes,
        kronor=order.kronor,
        price_verified=order.price_verified,
        free_until=agency.free_of_charge_until(orders.mode(order), order.starts_at) if agency else None,
    )


def _what(row: MeetingRow | Interpreted) -> Literal["meeting", "call", "planned"]:
    if isinstance(row, MeetingRow):
        return "meeting"
    return "call" if row.call is not None else "planned"
