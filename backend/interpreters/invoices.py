"""What each agency may send an invoice for: minutes, way and cost of a month's bookings. No person stands in it."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calendar import SWEDEN, moment
from backend.clock import Clock
from backend.errors import Invalid, NotFound
from backend.interpreters import orders, service
from backend.interpreters.models import Actual, InterpreterOrder
from backend.interpreters.ordering.words import WAYS
from backend.municipalities.agencies import Mode

_MINUTE = timedelta(minutes=1)
_LONGEST = 1440
_DEAREST = 100_000


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking an agency may charge for: held, or cancelled too late. Kronor are whole ones, without VAT.

    ``kronor`` is what was expected when it was ordered; ``actual_*`` what staff said afterwards, ``None`` until then.
    """

    order: UUID
    agency: str
    number: str
    reference: str
    start: datetime
    end: datetime
    language: str
    mode: str
    cancelled_late: bool
    kronor: int | None
    price_verified: bool
    actual_minutes: int | None
    actual_mode: str | None
    actual_kronor: int | None

    @property
    def minutes(self) -> int:
        """How long it was ordered for."""
        return (self.end - self.start) // _MINUTE


async def of_month(session: AsyncSession, month: date) -> tuple[Booking, ...]:
    """Every booking of a month that an agency may charge for, by agency and time."""
    first = month.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    rows = await session.exec(
        select(InterpreterOrder, Actual)
        .outerjoin(Actual, col(Actual.order) == InterpreterOrder.id)
        .where(
            col(InterpreterOrder.agency).is_not(None),
            (col(InterpreterOrder.state) == "confirmed") | col(InterpreterOrder.fee_due),
            InterpreterOrder.starts_at >= moment(first, time.min),
            InterpreterOrder.starts_at < moment(after, time.min),
        )
        .order_by(col(InterpreterOrder.agency), col(InterpreterOrder.starts_at), col(InterpreterOrder.number))
    )
    found: list[tuple[InterpreterOrder, Actual | None]] = [(order, actual) for order, actual in rows.all()]
    return tuple(
        Booking(
            order=order.id,
            agency=orders.agency_name(session, order),
            number=orders.written_number(session, order.number),
            reference=order.reference or "",
            start=order.starts_at,
            end=order.ends_at,
            language=order.language,
            mode=order.mode,
            cancelled_late=order.fee_due,
            kronor=order.kronor,
            price_verified=order.price_verified,
            actual_minutes=actual.minutes if actual else None,
            actual_mode=actual.mode if actual else None,
            actual_kronor=actual.kronor if actual else None,
        )
        for order, actual in found
    )


async def say_actual(
    session: AsyncSession,
    clock: Clock,
    order: UUID,
    *,
    minutes: int,
    mode: Mode,
    by: UUID,
    kronor: int | None = None,
) -> None:
    """Staff say how long it took and which way it was; without ``kronor`` it is what the price list says of that.

    Said again, the last word counts. Raises NotFound (also for one of ours), Invalid.
    """
    if not (0 <= minutes <= _LONGEST and (kronor is None or 0 <= kronor <= _DEAREST)):
        raise Invalid(field="minutes")
    found = await service.get(session, order)
    if found.agency is None:
        raise NotFound(order=order)
    if kronor is None and (agency := orders.agency_of(session, found)):
        cost = agency.cost(mode, minutes, found.starts_at.astimezone(SWEDEN).date())
        kronor = cost.kronor if cost else None
    await session.merge(Actual(order=order, minutes=minutes, mode=mode, kronor=kronor, at=clock(), by=by))
    await session.flush()


_HEAD = (
    "Förmedling",
    "Ordernummer",
    "Förmedlingens nummer",
    "Dag",
    "Från",
    "Till",
    "Språk",
    "Sätt",
    "Beställda minuter",
    "Väntad kostnad",
    "Priset kontrollerat",
    "Avbokad för sent",
    "Verkliga minuter",
    "Verkligt sätt",
    "Verklig kostnad",
)


def as_csv(bookings: tuple[Booking, ...]) -> str:
    """The list for a spreadsheet in Swedish: semicolons, and a mark that it is UTF-8."""
    written = io.StringIO(newline="")
    table = csv.writer(written, delimiter=";")
    table.writerow(_HEAD)
    for one in bookings:
        start, end = one.start.astimezone(SWEDEN), one.end.astimezone(SWEDEN)
        table.writerow(
            (
                _plain(one.agency),
                one.number,
                _plain(one.reference),
                f"{start:%Y-%m-%d}",
                f"{start:%H:%M}",
                f"{end:%H:%M}",
                one.language,
                WAYS[one.mode],
                one.minutes,
                _or_nothing(one.kronor),
                "ja" if one.price_verified else "nej",
                "ja" if one.cancelled_late else "nej",
                _or_nothing(one.actual_minutes),
                WAYS.get(one.actual_mode or "", ""),
                _or_nothing(one.actual_kronor),
            )
        )
    return f"\N{ZERO WIDTH NO-BREAK SPACE}{written.getvalue()}"


def _plain(words: str) -> str:
    # A spreadsheet counts what begins so; an agency's own number is words.
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words


def _or_nothing(number: int | None) -> int | str:
    return "" if number is None else number
