"""The interpreter desk: what is ordered, and what the interpreter answered. It says nothing of anybody's case."""

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from backend import tasks
from backend.calendar import day_in_sweden
from backend.errors import NotAllowed, Refusal
from backend.handover import desk as handover
from backend.handover.desk import QueueRow
from backend.interpreters import service
from backend.interpreters.service import OrderLine
from backend.staff import swedish
from backend.staff.desk import Here, Page, Role, Seat, in_words, only, page, to
from backend.staff.facts import MODES, said_name
from backend.staff.inbox import why
from backend.staff.views import Badge, Order, ToArrange

router = APIRouter(
    prefix="/interpreters", route_class=Page, dependencies=[only(Role.INTERPRETER_BOOKING, Role.CUSTOMER_SERVICE)]
)

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
    try:
        async with here.database.transaction() as session:
            await service.confirm(session, here.clock, order)
    except Refusal as refusal:
        return await _orders(here, refused=in_words(refusal), status=refusal.problem.status)
    return to("/inbox/interpreters?done=confirmed")


@router.post("/{order}/decline")
async def decline(here: Here, order: UUID) -> Response:
    """The interpreter cannot come."""
    try:
        async with here.database.transaction() as session:
            declined = await service.decline(session, here.clock, order)
    except Refusal as refusal:
        return await _orders(here, refused=in_words(refusal), status=refusal.problem.status)
    return to(f"/inbox/interpreters?done={declined.outcome}")


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
        waiting = [task for task in await handover.queue(session, here.clock) if task.kind == "time"]
    shown = [_order(line, here.now) for line in lines]
    return page(
        "interpreters",
        here,
        status=status,
        orders=shown,
        tasks=[_task(task, here.now) for task in waiting],
        done=done,
        refused=refused,
    )


def _task(task: QueueRow, now: datetime) -> ToArrange:
    due = swedish.due(task.due_at, now) if task.due_at else f"sedan {swedish.when(task.made_at, now)}"
    name = said_name(task.name, task.ending)
    return ToArrange(task.task, name, swedish.language_name(task.language), why(task), due)


def _order(line: OrderLine, now: datetime) -> Order:
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
    )
