"""The list for tomorrow, to print at three o'clock: hour, first name, language, interpreter, room, what is missing."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import persons
from backend.bookings import lists, sheets
from backend.bookings.lists import Planned
from backend.bookings.sheets import Since
from backend.calendar import day_in_sweden, moment
from backend.cases import beforehand
from backend.cases.beforehand import Beforehand
from backend.clock import Clock
from backend.contract import MeetingStatus, Paper
from backend.handover import desk as handover
from backend.printing import day as on_paper
from backend.printing.press import NotPrintedError, Press
from backend.staff import swedish
from backend.staff.desk import Here, Page, Role, Seat, only, page, to
from backend.staff.facts import MODES, names, said_name
from backend.staff.inbox.views import Sheet, SheetRow
from backend.staff.views import Row

who_meets = only(Role.CUSTOMER_SERVICE, Role.CASEWORKER, Role.INTERPRETER_BOOKING)
router = APIRouter(prefix="/tomorrow", route_class=Page, dependencies=[who_meets])

_ONE_DAY = timedelta(days=1)
_SHORT: dict[Paper, str] = {
    "identity": "Id",
    "rent-invoice": "hyresavi",
    "bank-statements": "kontoutdrag",
    "lease": "hyreskontrakt",
    "payslip": "lönebesked",
}
_NOTHING = "–"


@router.get("")
async def tomorrow(here: Here, day: Annotated[date | None, Query()] = None) -> Response:
    """The meetings of the next working day, or of a day asked for."""
    return await _page(here, day)


@router.post("/print")
async def save(request: Request, here: Here, day: Annotated[date, Form()]) -> Response:
    """The list as a document, true to the page. That it was printed is kept, so that what changes after is said."""
    async with here.database.transaction() as session:
        shown, planned = await _read(session, here, day)
    press: Press = request.app.state.press
    try:
        made = await press.pdf(on_paper.sheet(shown, at=here.now))
    except NotPrintedError:
        return await _page(here, day, refused="Listan gick inte att skriva som pdf. Skriv ut den från webbläsaren.")
    await _was_printed(here, day, planned)
    headers = {"Content-Disposition": f'attachment; filename="moten-{day.isoformat()}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@router.post("/printed")
async def printed(here: Here, day: Annotated[date, Form()]) -> Response:
    """It was printed from the browser."""
    async with here.database.transaction() as session:
        planned = await lists.of_day(session, day)
    await _was_printed(here, day, planned)
    return to(f"/inbox/tomorrow?day={day.isoformat()}")


async def waits(session: AsyncSession, here: Seat) -> tuple[Row, ...]:
    """A line of the inbox, from three o'clock: the list is ready to print, or other than it was when it was printed."""
    calendar = here.database.municipality.calendar
    today = day_in_sweden(here.now)
    ready = sheets.ready_at(calendar, today)
    if ready is None or here.now < ready:
        return ()
    day = calendar.next_working_day(today)
    planned = await lists.of_day(session, day)
    since = await sheets.since_printed(session, day, planned)
    if since is None and not planned:
        return ()
    if since is not None and not since.changed:
        return ()
    why = "Listan är klar att skriva ut" if since is None else f"Listan är ändrad. {_since(since, here.now)}"
    return (Row("/inbox/tomorrow", "I morgon", f"sedan {swedish.when(ready, here.now)}", "", why),)


async def _was_printed(here: Seat, day: date, planned: tuple[Planned, ...]) -> None:
    # What interpreter booking prints says less: the others' paper is no newer for it.
    if here.role is not Role.INTERPRETER_BOOKING:
        async with here.database.transaction() as session:
            sheets.printed(session, here.clock, here.reader, day, planned)


async def _page(here: Seat, day: date | None, *, refused: str = "") -> Response:
    shown = day or here.database.municipality.calendar.next_working_day(day_in_sweden(here.now))
    async with here.database.transaction() as session:
        sheet, _ = await _read(session, here, shown)
    return page("tomorrow", here, status=503 if refused else 200, sheet=sheet, refused=refused)


async def _read(session: AsyncSession, here: Seat, shown: date) -> tuple[Sheet, tuple[Planned, ...]]:
    town = here.database.municipality
    planned = await lists.of_day(session, shown)
    who = await names(session, (one.meeting.person for one in planned))
    # Who books interpreters reads nobody's case: what is promised in one, or missing, is not hers to see.
    reads = here.role is not Role.INTERPRETER_BOOKING
    left = await _promises(session, here.clock, shown) if reads else None
    groups = await persons.groups(session, {one.meeting.person for one in planned}) if reads else {}
    known = await beforehand.of_all(session, groups)
    since = await sheets.since_printed(session, shown, planned) if reads else None
    rows = tuple(
        _row(one, *who[one.meeting.person], here.now, known=known.get(one.meeting.person), since=since)
        for one in planned
    )
    place = f"{town.name}, {town.meetings.address}"
    return _sheet(rows, shown, here.now, left=left, place=place, since=since), planned


def _since(since: Since, now: datetime) -> str:
    """``Utskriven 15.04 av Johan. Sedan dess: 1 ny, 2 ändrade, 1 borta.``"""
    new, other = len(since.new), len(since.other)
    parts = (
        f"{new} {'ny' if new == 1 else 'nya'}" if new else "",
        f"{other} {'ändrad' if other == 1 else 'ändrade'}" if other else "",
        f"{since.gone} borta" if since.gone else "",
    )
    changes = ", ".join(filter(None, parts))
    said = f"Sedan dess: {changes}." if changes else "Inget har ändrats sedan dess."
    return f"Utskriven {swedish.when(since.at, now)} av {since.by_name}. {said}"


def _sheet(
    rows: tuple[SheetRow, ...],
    shown: date,
    now: datetime,
    *,
    left: tuple[str, ...] | None,
    place: str,
    since: Since | None,
) -> Sheet:
    today = day_in_sweden(now)
    said = swedish.long_day(shown)
    title = f"I morgon: {said}" if shown == today + _ONE_DAY else said.capitalize()
    kinds = {"tick-ring": ("tolk klar", "tolkar klara"), "clock-dashed": ("preliminär", "preliminära"),
             "acute": ("saknas", "saknas"), "minus": ("behövs inte", "behövs inte")}  # fmt: skip
    counted = [(sum(row.icon == icon for row in rows), words) for icon, words in kinds.items()]
    parts = [f"{count} {words[count != 1]}" for count, words in counted if count]
    first = sum(row.first for row in rows)
    firsts = f" {first} {'första möte' if first == 1 else 'första möten'}." if first else ""
    return Sheet(
        title=title,
        iso_day=shown.isoformat(),
        place=place,
        printed=f"{today.day} {swedish.long_day(today).split()[-1]} kl {swedish.hour(now)}",
        count=f"{len(rows)} möte" if len(rows) == 1 else f"{len(rows)} möten",
        sum=f"{', '.join(parts)}.{firsts}" if parts else "",
        rows=rows,
        promises=left,
        state=_since(since, now) if since else "",
    )


def _row(
    planned: Planned, name: str, language: str, now: datetime, *, known: Beforehand | None, since: Since | None
) -> SheetRow:
    meeting = planned.meeting
    icon, words = _interpreter(planned, now)
    who = planned.caseworker.name if planned.caseworker else ""
    mark = ""
    if since is not None:
        mark = "NY" if meeting.id in since.new else "ÄNDRAD" if meeting.id in since.other else ""
    missing = ", ".join(_SHORT[paper] for paper in known.missing) if known else ""
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
        mark=mark,
        visit=("Första mötet" if known.first else "Uppföljning") if known else "",
        first=known.first if known else False,
        papers=(missing[:1].upper() + missing[1:] or _NOTHING) if known else "",
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
