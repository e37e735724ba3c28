"""Whatever a person can do, customer service can do for her, in one place: what there is stands as links and forms.

What is pressed here is logged as done for her. What only the bot can do (her language, STOPP and START) is said too.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Literal, get_args
from uuid import UUID, uuid4

from fastapi import APIRouter, Form
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import access
from backend.bookings import said
from backend.bookings import service as bookings
from backend.bookings.models import LIVE
from backend.calendar import day_in_sweden
from backend.callbacks import service as callbacks
from backend.cases import contacts
from backend.contract import (
    BookCall,
    BookMeeting,
    CallTimesQuery,
    Channel,
    FreeTime,
    FreeTimesQuery,
    Language,
    Meeting,
    SayOfMeeting,
)
from backend.errors import Invalid, NotFound, Refusal
from backend.handover.models import Thread
from backend.staff import drafts, swedish
from backend.staff.cases import Said, case_page, opened_in, shut
from backend.staff.desk import Here, Page, Seat, in_words, to
from backend.staff.facts import meeting_facts
from backend.staff.inbox import may_read
from backend.staff.overview import Opened

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])

TAB = "Gör åt personen"
Says = Literal["late", "ill", "by-phone"]
SAYS: dict[Says, str] = {"late": "Blir sen", "ill": "Är sjuk", "by-phone": "Vill bli uppringd i stället"}
_DONE = {
    "said": "Antecknat. Den som håller mötet ser det.",
    "booked": "Mötet är bokat, och personen får veta det.",
    "call": "Samtalet är bokat.",
    "number": "Numret är sparat. Automaten skriver som förut dit där personen själv skrev.",
}
_OFFERED = 6
_ONE_DAY = timedelta(days=1)


@router.get("/{person}/for-them")
async def shown(here: Here, person: UUID, done: str = "") -> Response:
    """Everything that can be done for her (logged)."""
    return await _page(here, person, Said(done=_DONE.get(done, "")))


@router.post("/{person}/for-them/said")
async def say(
    here: Here,
    person: UUID,
    meeting: Annotated[UUID, Form()],
    says: Annotated[Says, Form()],
    key: Annotated[UUID, Form()],
    *,
    minutes: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """She says something of her meeting: late, ill, or to be rung instead."""

    async def act(session: AsyncSession) -> None:
        late = int(minutes) if minutes.strip().isdecimal() and says == "late" else None
        if late is not None and not 1 <= late <= 240:
            raise Invalid(minutes="too many")
        call = SayOfMeeting(person=person, at=here.now, says=says, minutes=late)
        await said.say(session, here.clock, key, meeting, call)

    return await _do(here, person, f"sa om mötet: {SAYS[says].lower()}", "said", act)


@router.post("/{person}/for-them/meeting")
async def book(
    here: Here,
    person: UUID,
    slot: Annotated[str, Form(max_length=100)],
    key: Annotated[UUID, Form()],
    *,
    interpreter: Annotated[bool, Form()] = False,
) -> Response:
    """Book a meeting for her, who has none ahead."""

    async def act(session: AsyncSession) -> None:
        opened = await opened_in(session, here, person)
        if _ahead(here, opened) is not None:
            raise Invalid(new_meeting="has one")
        language = opened.file.language if interpreter else None
        call = BookMeeting(person=person, slot=slot, at=here.now, interpreter_language=language)
        await bookings.book_by_staff(session, here.clock, key, call)

    return await _do(here, person, "bokade ett möte", "booked", act)


@router.post("/{person}/for-them/call")
async def ring(
    here: Here, person: UUID, slot: Annotated[str, Form(max_length=100)], key: Annotated[UUID, Form()]
) -> Response:
    """Choose an hour in which she is rung."""

    async def act(session: AsyncSession) -> None:
        opened = await opened_in(session, here, person)
        thread = await _thread(session, opened)
        if thread is None:
            raise NotFound(thread=person)
        call = BookCall(
            person=person,
            thread=thread.id,
            channel=_channel(thread),
            language=thread.language,
            slot=slot,
            at=here.now,
            interpreter_language=_interpreter(opened),
        )
        await callbacks.book(session, here.clock, key, call)

    return await _do(here, person, "valde en tid att bli uppringd", "call", act)


@router.post("/{person}/for-them/number")
async def another_number(here: Here, person: UUID, telephone: Annotated[str, Form(max_length=30)]) -> Response:
    """She is reached at another number."""

    async def act(session: AsyncSession) -> None:
        await contacts.link(session, person, _international(telephone), here.now)

    return await _do(here, person, "gav ett annat nummer", "number", act, filled={"telephone": telephone})


async def _do(
    here: Seat,
    person: UUID,
    what: str,
    done: str,
    act: Callable[[AsyncSession], Awaitable[None]],
    *,
    filled: dict[str, str] | None = None,
) -> Response:
    try:
        async with here.database.transaction() as session:
            await access.enter(session, here.clock, here.reader, person, "case", done=f"Gjorde åt personen: {what}")
            await act(session)
    except Refusal as refusal:
        shut(refusal)
        refused = Said(refused=in_words(refusal), filled=filled or {}, status=refusal.problem.status)
        return await _page(here, person, refused)
    return to(f"/inbox/cases/{person}/for-them?done={done}")


async def _page(here: Seat, person: UUID, what: Said) -> Response:
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person)
        ahead = _ahead(here, opened)
        spoken = _interpreter(opened)
        times: tuple[FreeTime, ...] = ()
        if ahead is None:
            after = day_in_sweden(here.now) + _ONE_DAY  # a day given: looking for times here alerts nobody
            query = FreeTimesQuery(
                person=person, at=here.now, interpreter_language=spoken, not_before=after, limit=_OFFERED
            )
            times = (await bookings.free_times(session, here.clock, query)).times
        thread = await _thread(session, opened)
        hours: tuple[FreeTime, ...] = ()
        if thread is not None:
            asked = CallTimesQuery(person=person, at=here.now, interpreter_language=spoken, limit=_OFFERED)
            hours = (await callbacks.free(session, here.clock, asked)).times
    return case_page(
        "case_for_them",
        here,
        opened,
        what,
        tab=TAB,
        meeting=meeting_facts(ahead) if ahead else None,
        meeting_id=ahead.id if ahead else "",
        says=SAYS,
        times=tuple((one.slot, drafts.time_words(one, here.now)) for one in times),
        hours=tuple((one.slot, f"{drafts.time_words(one, here.now)}-{swedish.hour(one.end)}") for one in hours),
        spoken=swedish.language_name(spoken) if spoken else "",
        key=uuid4(),
    )


def _ahead(here: Seat, opened: Opened) -> Meeting | None:
    """Her meeting that is not over."""
    return next((one for one in opened.meetings if one.status in LIVE and one.end > here.now), None)


def _interpreter(opened: Opened) -> Language | None:
    return None if opened.file.language == "sv" else opened.file.language


async def _thread(session: AsyncSession, opened: Opened) -> Thread | None:
    if opened.file.thread is None:
        return None
    return (await session.exec(select(Thread).where(Thread.id == opened.file.thread))).one_or_none()


def _channel(thread: Thread) -> Channel:
    found: Channel | None = next((one for one in get_args(Channel) if one == thread.channel), None)
    if found is None:
        raise NotFound(channel=thread.id)
    return found


def _international(telephone: str) -> str:
    """A number as people write it (``070-174 06 12``, ``+46 70 174 06 12``), as it is stored."""
    digits = "".join(one for one in telephone if one.isdecimal())
    if telephone.strip().startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+46{digits[1:]}" if digits.startswith("0") else digits
