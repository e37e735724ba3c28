"""Payments of a decision: how much, on which day, told by staff or by the case system; and that she is told the day.

She is told once, and again where the day is another or does not hold. No text carries the sum. What was written down
wrongly is taken back or replaced by another: no row goes, and none is written over but for its day, and what that was
stands in a row of its own.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons
from backend.access import Reader, What
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.contract import NoticeKind, PayDay
from backend.decisions.models import Decision, Payment, PaymentDay, WhyBack
from backend.decisions.texts import WITH_SUM
from backend.errors import Invalid, NotFound
from backend.handover import threads
from backend.notices import service as notices

PAID_AHEAD = timedelta(days=62)
"""So far ahead a pay day may be."""


@dataclass(frozen=True)
class PaymentView:
    """A payment that stands."""

    id: UUID
    decision: UUID
    kronor: int
    paid_on: date
    recorded_at: datetime
    by_name: str


@dataclass(frozen=True)
class TakenBack:
    """A payment that does not stand any more: what was written down, and by whom it was taken back and why."""

    kronor: int
    paid_on: date
    at: datetime
    by_name: str
    because: WhyBack


@dataclass(frozen=True)
class DayMoved:
    """That a payment got another day: from which, to which, and who said so."""

    at: datetime
    by_name: str
    before: date
    after: date


async def record(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    decision: UUID,
    *,
    kronor: int,
    paid_on: date,
    key: UUID | None = None,
    replaces: UUID | None = None,
) -> UUID:
    """Write down a payment, and tell her its day. ``key`` is the caller's id; the same again pays nothing more.
    ``replaces``: the payment of the same decision that this one is instead of.

    Raises NotFound, NotAllowed, ReasonNeeded, and Invalid for a day before the decision or far ahead, and for more
    than was granted.
    """
    row = await session.get(Decision, decision, with_for_update={"key_share": True})  # two at once: one after the other
    if row is None:
        raise NotFound(decision=decision)
    what: What = "in-step" if reader.kind == "robot" else "told"
    await access.enter(session, clock, reader, row.person, what, about=decision, done="Skrev in en utbetalning")
    if key is not None and await session.get(Payment, key) is not None:
        return key
    if kronor <= 0:
        raise Invalid(kronor="not positive")
    check_day(row, paid_on, clock)
    before = await _end(session, replaces, row.id, reader, clock()) if replaces is not None else None
    if too_much := await more_than_granted(session, row, kronor):
        raise Invalid(paid=too_much)
    payment = Payment(
        id=key or database.new_id(),
        person=row.person,
        decision=row.id,
        kronor=kronor,
        paid_on=paid_on,
        recorded_at=clock(),
        by=reader.id,
        by_name=reader.name,
    )
    if before is not None and before.paid_on == paid_on:
        payment.notice = before.notice  # she knows the day
    else:
        payment.notice = await _tell(session, clock, row.person, paid_on, moved=before is not None)
    session.add(payment)
    await session.flush()
    return payment.id


async def move(session: AsyncSession, clock: Clock, reader: Reader, payment: UUID, paid_on: date) -> None:
    """The day is another: she is told, unless it is the same. Raises NotFound, NotAllowed, ReasonNeeded, Invalid."""
    row = await session.get(Payment, payment, with_for_update=True)
    decision = await session.get(Decision, row.decision) if row is not None else None
    if row is None or decision is None or row.ended_at is not None:
        raise NotFound(payment=payment)
    await access.enter(session, clock, reader, row.person, "told", about=row.decision, done="Flyttade en utbetalning")
    if paid_on == row.paid_on:
        return
    check_day(decision, paid_on, clock)
    session.add(
        PaymentDay(payment=row.id, at=clock(), by=reader.id, by_name=reader.name, before=row.paid_on, after=paid_on)
    )
    row.paid_on = paid_on
    row.notice = await _tell(session, clock, row.person, paid_on, moved=True)
    session.add(row)


async def correct(
    session: AsyncSession, clock: Clock, reader: Reader, payment: UUID, kronor: int, *, key: UUID | None = None
) -> None:
    """The sum is another: a payment of the same day takes its place, and she, who was told no sum, is told nothing.

    ``key`` as in :func:`record`. Raises what that raises.
    """
    row = await session.get(Payment, payment)
    if row is None:
        raise NotFound(payment=payment)
    if row.ended_at is None and row.kronor == kronor:
        return
    await record(session, clock, reader, row.decision, kronor=kronor, paid_on=row.paid_on, key=key, replaces=payment)


async def take_back(
    session: AsyncSession, clock: Clock, reader: Reader, payment: UUID, because: Literal["mistake", "stopped"]
) -> None:
    """It is not paid after all. She is told that the day does not hold, where she was told it and it has not been;
    once, however often it is pressed. Raises NotFound, NotAllowed, ReasonNeeded."""
    row = await session.get(Payment, payment, with_for_update=True)
    if row is None:
        raise NotFound(payment=payment)
    await access.enter(
        session, clock, reader, row.person, "told", about=row.decision, done="Tog tillbaka en utbetalning"
    )
    if row.ended_at is not None:
        return
    _ended(row, reader, clock(), because)
    if row.notice is not None and row.paid_on >= day_in_sweden(clock()):
        body = PayDay(day=row.paid_on, withdrawn=True)
        row.ended_notice = await notices.tell(session, clock, NoticeKind.PAY_DAY, row.person, body)
    session.add(row)


async def more_than_granted(
    session: AsyncSession, decision: Decision, kronor: int, *, replaces: UUID | None = None
) -> int | None:
    """What would be paid in all, where that is more than the decision grants; ``None`` where it is not."""
    others = [] if replaces is None else [col(Payment.id) != replaces]
    standing = select(func.sum(Payment.kronor)).where(
        Payment.decision == decision.id, col(Payment.ended_at).is_(None), *others
    )
    paid = ((await session.exec(standing)).one() or 0) + kronor
    granted = decision.kind in WITH_SUM and (decision.kronor is None or paid <= decision.kronor)
    return None if granted else paid


async def of_person(session: AsyncSession, person: UUID) -> tuple[PaymentView, ...]:
    """The payments that stand, the earliest day first. The caller has opened her case."""
    same = await persons.same(session, person)
    rows = select(Payment).where(col(Payment.person).in_(same), col(Payment.ended_at).is_(None))
    found = await session.exec(rows.order_by(col(Payment.paid_on), col(Payment.recorded_at)))
    return tuple(
        PaymentView(row.id, row.decision, row.kronor, row.paid_on, row.recorded_at, row.by_name) for row in found.all()
    )


async def ids_of(session: AsyncSession, person: UUID) -> tuple[UUID, ...]:
    """Every payment of hers, whether it stands or not. The caller has opened her case."""
    hers = select(Payment.id).where(col(Payment.person).in_(await persons.same(session, person)))
    return tuple((await session.exec(hers)).all())


async def taken_back(session: AsyncSession, person: UUID) -> tuple[TakenBack, ...]:
    """The payments that do not stand any more, and why, in the order they were taken back. The caller has opened her
    case."""
    rows = select(Payment).where(
        col(Payment.person).in_(await persons.same(session, person)), col(Payment.ended_name).is_not(None)
    )
    found = (await session.exec(rows.order_by(col(Payment.ended_at)))).all()
    return tuple(
        TakenBack(row.kronor, row.paid_on, row.ended_at, row.ended_name or "", because)
        for row in found
        for because in get_args(WhyBack)
        if row.ended_at is not None and because == row.ended_because
    )


async def days_moved(session: AsyncSession, person: UUID) -> tuple[DayMoved, ...]:
    """Each time a payment of hers got another day, in that order, also of what was taken back since. The caller has
    opened her case."""
    rows = (
        select(PaymentDay)
        .join(Payment, col(Payment.id) == col(PaymentDay.payment))
        .where(col(Payment.person).in_(await persons.same(session, person)))
        .order_by(col(PaymentDay.at))
    )
    return tuple(DayMoved(row.at, row.by_name, row.before, row.after) for row in (await session.exec(rows)).all())


async def next_day(session: AsyncSession, decision: UUID) -> date | None:
    """The day of the first payment of a decision; ``None`` where none is known."""
    first = select(func.min(Payment.paid_on)).where(Payment.decision == decision, col(Payment.ended_at).is_(None))
    return (await session.exec(first)).one()


async def _end(session: AsyncSession, payment: UUID, decision: UUID, reader: Reader, at: datetime) -> Payment:
    row = await session.get(Payment, payment, with_for_update=True)
    if row is None or row.decision != decision or row.ended_at is not None:
        raise NotFound(payment=payment)
    _ended(row, reader, at, "replaced")
    session.add(row)
    await session.flush()
    return row


def _ended(row: Payment, reader: Reader, at: datetime, because: WhyBack) -> None:
    row.ended_at, row.ended_by, row.ended_name, row.ended_because = at, reader.id, reader.name, because


def check_day(decision: Decision, paid_on: date, clock: Clock) -> None:
    """A day from the decision on, and not far ahead. Raises Invalid."""
    if not decision.decided_on <= paid_on <= day_in_sweden(clock()) + PAID_AHEAD:
        raise Invalid(paid_on=paid_on.isoformat())


async def _tell(session: AsyncSession, clock: Clock, person: UUID, day: date, *, moved: bool = False) -> UUID | None:
    """Tell her, unless the day has been or nobody has a thread with her."""
    if day < day_in_sweden(clock()) or not await threads.has_written(session, person):
        return None
    return await notices.tell(session, clock, NoticeKind.PAY_DAY, person, PayDay(day=day, moved=moved))
