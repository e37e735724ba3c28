"""The list for tomorrow, to print at three o'clock: hour, first name, language, interpreter and room; nothing else."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.bookings import lists
from backend.bookings.lists import Planned
from backend.calendar import day_in_sweden, moment
from backend.clock import Clock
from backend.contract import MeetingStatus
from backend.handover import desk as handover
from backend.staff import swedish
from backend.staff.desk import Here, Page, Role, only, page
from backend.staff.facts import MODES, names, said_name
from backend.staff.views import Sheet, SheetRow

who_meets = only(Role.CUSTOMER_SERVICE, Role.CASEWORKER, Role.INTERPRETER_BOOKING)
router = APIRouter(prefix="/tomorrow", route_class=Page, dependencies=[who_meets])

_ONE_DAY = timedelta(days=1)


@router.get("")
async def tomorrow(here: Here, day: Annotated[date | None, Query()] = None) -> Response:
    """The meetings of the next working day, or of a day asked for."""
    town = here.database.municipality
    today = day_in_sweden(here.now)
    upcoming = town.calendar.next_working_day(today)
    shown = day or upcoming
    async with here.database.transaction() as session:
        planned = await lists.of_day(session, shown)
        who = await names(session, (one.meeting.person for one in planned))
        # Who books interpreters reads nobody's case: what is promised in one is not hers to see.
        reads = here.role is not Role.INTERPRETER_BOOKING
        left = await _promises(session, here.clock, shown) if reads else None
    rows = tuple(_row(one, *who[one.meeting.person], here.now) for one in planned)
    return page("tomorrow", here, sheet=_sheet(rows, shown, here.now, left, f"{town.name}, {town.meetings.address}"))


def _sheet(rows: tuple[SheetRow, ...], shown: date, now: datetime, left: tuple[str, ...] | None, place: str) -> Sheet:
    today = day_in_sweden(now)
    said = swedish.long_day(shown)
    title = f"I morgon: {said}" if shown == today + _ONE_DAY else said.capitalize()
    kinds = {"tick-ring": ("tolk klar", "tolkar klara"), "clock-dashed": ("preliminär", "preliminära"),
             "acute": ("saknas", "saknas"), "minus": ("behövs inte", "behövs inte")}  # fmt: skip
    counted = [(sum(row.icon == icon for row in rows), words) for icon, words in kinds.items()]
    parts = [f"{count} {words[count != 1]}" for count, words in counted if count]
    return Sheet(
        title=title,
        iso_day=shown.isoformat(),
        place=place,
        printed=f"{today.day} {swedish.long_day(today).split()[-1]} kl {swedish.hour(now)}",
        count=f"{len(rows)} möte" if len(rows) == 1 else f"{len(rows)} möten",
        sum=f"{', '.join(parts)}." if parts else "",
        rows=rows,
        promises=left,
    )


def _row(planned: Planned, name: str, language: str, now: datetime) -> SheetRow:
    meeting = planned.meeting
    icon, words = _interpreter(planned, now)
    who = planned.caseworker.name if planned.caseworker else ""
    return SheetRow(
        hour=swedish.hour(meeting.start),
        name=name,
        language=language,
        icon=icon,
        interpreter=words,
        unsure=icon in ("clock-dashed", "acute"),
        minutes=(meeting.end - meeting.start) // timedelta(minutes=1),
        where=", ".join(part for part in (planned.place, who) if part),
        said=". ".join(planned.said),
    )


def _interpreter(planned: Planned, now: datetime) -> tuple[str, str]:
    meeting = planned.meeting
    if meeting.interpreter_language is None:
        return "minus", "Behövs inte"
    if planned.interpreter is None:
        return "acute", "INGEN TOLK"
    if meeting.status == MeetingStatus.PRELIMINARY:
        return "clock-dashed", f"PRELIMINÄR{_answer_by(planned.answer_by, now)}"
    return "tick-ring", f"Tolk klar, {MODES.get(meeting.mode, meeting.mode)}"


def _answer_by(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    today = " i dag" if day_in_sweden(at) == day_in_sweden(now) else ""
    return f", svar före {swedish.when(at, now)}{today}"


async def _promises(session: AsyncSession, clock: Clock, shown: date) -> tuple[str, ...]:
    ends = moment(shown + _ONE_DAY, time.min)
    due = [promise for promise in await handover.promised(session, clock) if promise.due_at < ends]
    return tuple(
        f"{said_name(one.name, one.ending)}: {one.in_swedish.lower()}, {swedish.due(one.due_at, clock())}"
        for one in due
    )
