"""The interpreter desk: what was ordered, and what happens when an interpreter confirms or declines."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import tasks
from backend.bookings import diaries, planning, times
from backend.bookings import service as bookings
from backend.bookings.models import LIVE, MeetingRow, Participant, Resource
from backend.bookings.times import Interpreting
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.contract import Meeting, MeetingNotice, MeetingStatus, NoticeKind
from backend.errors import NotFound, Refusal
from backend.interpreters import orders, rules
from backend.interpreters.models import OPEN, InterpreterOrder
from backend.notices import service as notices


class OrderClosed(Refusal):
    """The order was answered or withdrawn before."""

    status = 409
    wording = "Beställningen gäller inte längre. Läs om sidan."


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order as the desk and the thread show it. It says nothing of the case."""

    id: UUID
    meeting: UUID
    person: UUID
    start: datetime
    end: datetime
    language: str
    mode: str
    interpreter: str
    state: str
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    fee_due: bool


@dataclass(frozen=True, slots=True)
class Declined:
    """What became of a meeting whose interpreter could not: another was asked, it was moved, or staff must act."""

    outcome: Literal["asked-another", "moved", "nobody"]
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


async def confirm(session: AsyncSession, clock: Clock, order: UUID) -> Meeting:
    """The interpreter comes: the meeting is *booked* and the person is told. Once more is harmless.

    Raises NotFound, and OrderClosed for an order that was declined or withdrawn.
    """
    row = await bookings.locked(session, (await _order(session, order)).meeting)
    found = await _order(session, order)
    if found.state == "confirmed":
        return bookings.as_meeting(row)
    if found.state != "asked" or row.status not in LIVE:
        raise OrderClosed(order=order)
    found.state, found.answered_at = "confirmed", clock()
    row.status = MeetingStatus.BOOKED
    session.add_all((found, row))
    await session.flush()
    meeting = bookings.as_meeting(row)
    await notices.tell(session, clock, NoticeKind.INTERPRETER_CONFIRMED, row.person, MeetingNotice(meeting=meeting))
    return meeting


async def decline(session: AsyncSession, clock: Clock, order: UUID) -> Declined:
    """The interpreter cannot, also when she had confirmed. The meeting is not held in the wrong language.

    She is asked for nothing else at that time. Another interpreter who is free is asked, and the meeting is
    preliminary again. Nobody: it is moved to the first time after it that works, the person is told, and staff get a
    task. No such time: staff get a task.

    Raises NotFound, and OrderClosed for an order that was declined or withdrawn before, or a meeting that has begun.
    """
    language = (await _order(session, order)).language
    await diaries.lock(session, language)
    row = await bookings.locked(session, (await _order(session, order)).meeting)
    found = await _order(session, order)
    if found.state not in OPEN or row.status not in LIVE or clock() >= row.starts_at:
        raise OrderClosed(order=order)
    found.state, found.answered_at = "declined", clock()
    row.status = MeetingStatus.PRELIMINARY
    session.add_all((found, row))
    await _free(session, row)
    if another := await _another(session, clock, row, found):
        await _ask(session, clock, row, found, another)
        return Declined("asked-another", bookings.as_meeting(row))
    if moved := await bookings.move_to_first_free(session, clock, row):
        await _alert(session, clock, row, "meeting-moved")
        return Declined("moved", moved)
    await _alert(session, clock, row, "interpreter-missing")
    return Declined("nobody", bookings.as_meeting(row))


async def _another(
    session: AsyncSession, clock: Clock, row: MeetingRow, declined: InterpreterOrder
) -> Interpreting | None:
    known = await planning.diaries_of(session, declined.language, day_in_sweden(row.starts_at))
    modes = rules.modes_for(planning.calendar(session), clock(), row.starts_at)
    return times.find_interpreting(known, modes, row.starts_at, row.ends_at)


async def _ask(
    session: AsyncSession, clock: Clock, row: MeetingRow, declined: InterpreterOrder, another: Interpreting
) -> None:
    row.mode = another.mode
    session.add(row)
    for resource in another.resources:
        session.add(Participant(meeting=row.id, resource=resource, starts_at=row.starts_at, ends_at=row.ends_at))
    await orders.ask(
        session,
        row.id,
        another.interpreter,
        language=declined.language,
        mode=another.mode,
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


async def _alert(session: AsyncSession, clock: Clock, row: MeetingRow, reason: str) -> None:
    await tasks.add(session, "time", reason, at=clock(), person=row.person, about=row.id, due_at=row.starts_at)


async def _order(session: AsyncSession, order: UUID) -> InterpreterOrder:
    one = select(InterpreterOrder).where(InterpreterOrder.id == order)
    found = (await session.exec(one.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound(order=order)
    return found


async def _lines(session: AsyncSession, *which: ColumnElement[bool] | bool) -> tuple[OrderLine, ...]:
    rows = await session.exec(
        select(InterpreterOrder, MeetingRow.person, Resource.name)
        .join(MeetingRow, col(MeetingRow.id) == InterpreterOrder.meeting)
        .join(Resource, col(Resource.id) == InterpreterOrder.interpreter)
        .where(*which)
        .order_by(col(InterpreterOrder.meeting), col(InterpreterOrder.step))
    )
    return tuple(
        OrderLine(
            id=order.id,
            meeting=order.meeting,
            person=person,
            start=order.starts_at,
            end=order.ends_at,
            language=order.language,
            mode=order.mode,
            interpreter=name,
            state=order.state,
            asked_at=order.asked_at,
            answer_by=order.answer_by,
            answered_at=order.answered_at,
            fee_due=order.fee_due,
        )
        for order, person, name in rows.all()
    )
