"""The interpreter desk: what is ordered, and what the interpreter answered. It says nothing of anybody's case."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import tasks
from backend.calendar import day_in_sweden
from backend.errors import Invalid, NotAllowed
from backend.handover import desk as handover
from backend.handover.desk import QueueRow
from backend.interpreters import besides, service
from backend.interpreters import orders as orders_of
from backend.interpreters.invoices import Booking, as_csv, of_month, say_actual
from backend.interpreters.models import Interpreted
from backend.interpreters.ordering.words import DIALECTS, GENDERS
from backend.interpreters.service import OrderLine, StepLine
from backend.municipalities.agencies import Mode
from backend.staff import amounts, swedish
from backend.staff.desk import Here, Page, Role, Seat, only, page, to
from backend.staff.facts import GROUP, MODES, cancelling, said_name, way_to_interpreter
from backend.staff.inbox.queues import why
from backend.staff.meeting.views import InvoiceRow, Order, ToArrange
from backend.staff.pressing import press
from backend.staff.views import Badge

router = APIRouter(
    prefix="/interpreters", route_class=Page, dependencies=[only(Role.INTERPRETER_BOOKING, Role.CUSTOMER_SERVICE)]
)

_WHAT = {"meeting": "", "call": "samtal på vald tid", "planned": "planerad tid"}
_DONE = {
    "confirmed": "Tolken är bekräftad. Personen får veta det.",
    "asked-another": "En annan tolk är tillfrågad till samma tid.",
    "moved": "Ingen annan tolk är ledig. Mötet är flyttat till nästa tid som går, och personen får veta det.",
    "nobody": "Ingen tolk och ingen annan tid. Det ligger som uppgift i kön.",
}


@router.get("")
async def orders(here: Here, done: str = "") -> Response:
    """Every open order, those to be answered first on top."""
    return await _orders(here, done=_DONE.get(done, ""))


@router.post("/{order}/confirm")
async def confirm(here: Here, order: UUID) -> Response:
    """The interpreter comes."""
    return await press(
        here,
        lambda session: service.confirm(session, here.clock, order),
        then=lambda _: "/inbox/interpreters?done=confirmed",
        again=partial(_orders, here),
    )


@router.post("/{order}/decline")
async def decline(here: Here, order: UUID) -> Response:
    """The interpreter cannot come."""
    return await press(
        here,
        lambda session: service.decline(session, here.clock, order),
        then=lambda declined: f"/inbox/interpreters?done={declined.outcome}",
        again=partial(_orders, here),
    )


@router.get("/invoices")
async def invoices(here: Here, month: str = "") -> Response:
    """What the agencies may charge for in a month."""
    return await _invoices(here, _month(month, here.now))


@router.get("/invoices.csv")
async def invoices_csv(here: Here, month: str = "") -> Response:
    """The same for a spreadsheet."""
    first = _month(month, here.now)
    async with here.database.transaction() as session:
        written = as_csv(await of_month(session, first))
    name = f"tolkar-{here.database.municipality.slug}-{first:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/{order}/actual")
async def actual(
    here: Here,
    order: UUID,
    *,
    minutes: Annotated[int, Form()],
    mode: Annotated[Mode, Form()],
    kronor: Annotated[str, Form()] = "",
    month: Annotated[str, Form()] = "",
) -> Response:
    """How long it took and which way it was. Refused, it stands as it was filled in."""
    first = _month(month, here.now)

    async def say(session: AsyncSession) -> None:
        paid = amounts.kronor(kronor)
        if kronor.strip() and paid is None:
            raise Invalid(kronor=kronor)
        await say_actual(session, here.clock, order, minutes=minutes, mode=mode, by=here.member.id, kronor=paid)

    filled = {"order": str(order), "minutes": str(minutes), "mode": mode, "kronor": kronor}
    return await press(
        here,
        say,
        then=lambda _: f"/inbox/interpreters/invoices?month={first:%Y-%m}",
        again=partial(_invoices, here, first, filled=filled),
    )


@router.post("/tasks/{task}/done")
async def task_done(here: Here, task: UUID) -> Response:
    """Something to arrange has been arranged. Times and interpreters only: it opens nobody's case."""
    async with here.database.transaction() as session:
        if (await tasks.get(session, task)).kind != "time":
            raise NotAllowed
        await tasks.done(session, task, here.now, here.member.id)
    return to("/inbox/interpreters")


async def _orders(here: Seat, *, done: str = "", refused: str = "", status: int = 200) -> Response:
    async with here.database.transaction() as session:
        lines = await service.open_orders(session, here.now)
        steps = await service.steps(session, {line.meeting for line in lines})
        numbers = {line.id: orders_of.written_number(session, line.number) for line in lines if line.agency}
        waiting = await handover.queue(session, here.clock, "time")
        groups = await besides.groups_of(session, [task.task for task in waiting if task.person is None])
    shown = [_order(line, here.now, numbers.get(line.id, ""), steps.get(line.meeting, ())) for line in lines]
    return page(
        "interpreters",
        here,
        status=status,
        orders=shown,
        tasks=[_task(task, here.now, groups.get(task.task)) for task in waiting],
        done=done,
        refused=refused,
    )


def _task(task: QueueRow, now: datetime, group: Interpreted | None) -> ToArrange:
    due = swedish.due(task.due_at, now) if task.due_at else f"sedan {swedish.when(task.made_at, now)}"
    name = GROUP if group else said_name(task.name, task.ending)
    language = group.language if group else task.language
    return ToArrange(task.task, name, swedish.language_name(language), why(task), due)


async def _invoices(
    here: Seat, first: date, *, refused: str = "", status: int = 200, filled: Mapping[str, str] | None = None
) -> Response:
    async with here.database.transaction() as session:
        bookings = await of_month(session, first)
    before, after = first - timedelta(days=1), first + timedelta(days=31)
    totals: dict[str, tuple[int, int]] = {}
    for one in bookings:
        count, kronor = totals.get(one.agency, (0, 0))
        cost = one.kronor if one.actual_kronor is None else one.actual_kronor
        totals[one.agency] = (count + 1, kronor + (cost or 0))
    return page(
        "interpreter_invoices",
        here,
        status=status,
        rows=[_invoice_row(one) for one in bookings],
        filled=filled or {"order": ""},
        totals=[(name, count, swedish.kronor(kronor)) for name, (count, kronor) in totals.items()],
        unverified=any(not one.price_verified for one in bookings),
        modes=MODES,
        month=f"{first:%Y-%m}",
        month_name=swedish.month(first),
        before=f"{before:%Y-%m}",
        after=f"{after:%Y-%m}",
        refused=refused,
    )


def _invoice_row(one: Booking) -> InvoiceRow:
    said = [] if one.actual_minutes is None else [f"{one.actual_minutes} min, {MODES[one.actual_mode or one.mode]}"]
    said += [] if one.actual_kronor is None else [swedish.kronor(one.actual_kronor)]
    return InvoiceRow(
        id=one.order,
        agency=one.agency,
        number=f"{one.number} {one.reference}".strip(),
        day=swedish.short_day(day_in_sweden(one.start)),
        hours=f"{swedish.hour(one.start)}–{swedish.hour(one.end)}",
        language=swedish.language_name(one.language),
        mode=MODES[one.mode],
        minutes=one.minutes,
        cost="" if one.kronor is None else swedish.kronor(one.kronor),
        note="Avbokad för sent" if one.cancelled_late else "",
        actual=", ".join(said),
        actual_minutes=one.minutes if one.actual_minutes is None else one.actual_minutes,
        actual_mode=one.actual_mode or one.mode,
    )


def _month(said: str, now: datetime) -> date:
    try:
        return datetime.strptime(said, "%Y-%m").date()  # noqa: DTZ007  # a month has no hour
    except ValueError:
        return day_in_sweden(now).replace(day=1)


def _order(line: OrderLine, now: datetime, number: str, steps: tuple[StepLine, ...]) -> Order:
    asked = line.state == "asked"
    answered = f"svarade {swedish.when(line.answered_at, now)}" if line.answered_at else ""
    return Order(
        id=line.id,
        hour=swedish.hour(line.start),
        day=swedish.long_day(day_in_sweden(line.start)),
        minutes=(line.end - line.start) // timedelta(minutes=1),
        language=swedish.language_name(line.language),
        mode=MODES[line.mode],
        interpreter=line.interpreter,
        mark=Badge("preliminary", "Väntar på svar") if asked else Badge("confirmed", "Klar"),
        due=swedish.due(line.answer_by, now) if asked else answered,
        asked=asked,
        wished=_wished(line),
        what=_WHAT[line.what],
        number=", ".join(filter(None, (number, line.comes or ""))),
        cancelling=cancelling(line, now),
        steps=way_to_interpreter(steps, now),
    )


def _wished(line: OrderLine) -> str:
    dialect = DIALECTS.get(line.dialect or "", line.dialect or "")
    gender = f"helst {GENDERS[line.gender]}" if line.gender else ""
    other = "inte samma tolk som förut" if line.not_again else ""
    return ", ".join(filter(None, (dialect, gender, other)))
