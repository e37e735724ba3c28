"""Whatever a person can do, customer service can do for her, in one place: what there is stands as links and forms.

What is pressed here is done once, and logged as done for her: by whom, and how she said it. What she says to the bot
in words is pressed here too, and done in :mod:`backend.staff.behalf.at_her_word`.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Literal, get_args
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Form
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import access
from backend.behalf import record
from backend.behalf import service as behalf
from backend.behalf.models import Heard
from backend.behalf.record import Doing, HowHeardNeeded
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
from backend.staff import swedish
from backend.staff.behalf import her_answers, her_word
from backend.staff.case.opening import Said, case_page, opened_in, shut
from backend.staff.case.overview import Opened
from backend.staff.desk import Here, Page, Seat, in_words, may_read, to
from backend.staff.facts import meeting_facts

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])

TAB = "Gör åt personen"
Says = Literal["late", "ill", "by-phone"]
SAYS: dict[Says, str] = {"late": "Blir sen", "ill": "Är sjuk", "by-phone": "Vill bli uppringd i stället"}
Key = Annotated[UUID, Form()]


async def _how_heard(heard: Annotated[str, Form(max_length=20)] = "") -> Heard:
    """How she said it, which nobody but who heard her knows: never chosen beforehand. Raises HowHeardNeeded."""
    known: Heard | None = next((one for one in get_args(Heard) if one == heard), None)
    if known is None:
        raise HowHeardNeeded
    return known


HowHeard = Annotated[Heard, Depends(_how_heard)]

_DONE = {
    "said": "Antecknat. Den som håller mötet ser det.",
    "booked": "Mötet är bokat.",
    "call": "Samtalet är bokat.",
    "no-call": "Personen blir inte uppringd.",
    "number": "Numret är sparat. Automaten skriver som förut dit där personen själv skrev.",
    "stop": "Automaten skriver inget mer dit.",
    "start": "Automaten skriver dit igen.",
    "wrong-number": "Automaten skriver inget mer till det numret.",
    "language": "Språken är sparade.",
    "calendar": "Kalendern är sparad.",
    "interpreter-wish": "Önskemålet är sparat. Det går inte att lova.",
    "job": "Jobbet är antecknat, och står i nästa ansökan.",
    "hear": "Antecknat, med det som ska göras för det.",
    "branch": "Branschen är sparad.",
    "missed": "Antecknat. Det räknas utan namn, och inget följer av det.",
    "paper": "Antecknat. Handläggaren ser det, och pappret begärs inte igen.",
    "not-together": "Antecknat. Den andra får inte veta det. Säg det till personen: där andra läser står det inte.",
    "comment": "Det är antecknat. Handläggaren läser det före beslutet.",
    "code": "Automaten skriver koden till personen inom någon minut. Står det inte i samtalet fick den inte.",
    "no-helper": "Ingen hjälper personen i automaten längre.",
    "activity": "Antecknat som personens egna ord. Närvaron sätts i planeringen.",
}
_ALREADY = "Det är redan gjort. Inget gjordes en gång till."
_TOLD = "Där automaten får skriva berättar den det för personen."
_NOT_TOLD = "Inget skickas till personen: säg det själv."
_SAID_TO_STAFF_ALONE = ("said", "number", "comment", "code", "not-together")
"""What nobody is told of by message, whoever does it; and what is nothing but a message."""
_OFFERED = 6
_ONE_DAY = timedelta(days=1)


@router.get("/{person}/for-them")
async def shown(here: Here, person: UUID, done: str = "") -> Response:
    """Everything that can be done for her (logged)."""
    return await _page(here, person, Said(), done=done)


@router.post("/{person}/for-them/said")
async def say(
    here: Here,
    person: UUID,
    meeting: Annotated[UUID, Form()],
    says: Annotated[Says, Form()],
    key: Key,
    *,
    heard: HowHeard,
    minutes: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """She says something of her meeting: late, ill, or to be rung instead."""

    async def act(session: AsyncSession) -> None:
        late = int(minutes) if minutes.strip().isdecimal() and says == "late" else None
        if late is not None and not 1 <= late <= 240:
            raise Invalid(minutes="too many")
        call = SayOfMeeting(person=person, at=here.now, says=says, minutes=late)
        await said.say(session, here.clock, key, meeting, call)

    words = f"sa om mötet: {SAYS[says].lower()}"
    doing = Doing(key, "said-of-meeting", heard, words, (f"{meeting}", says, minutes))
    return await do(here, person, doing, "said", act)


@router.post("/{person}/for-them/meeting")
async def book(
    here: Here,
    person: UUID,
    slot: Annotated[str, Form(max_length=100)],
    key: Key,
    *,
    heard: HowHeard,
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

    doing = Doing(key, "meeting", heard, "bokade ett möte", (slot, f"{interpreter}"))
    return await do(here, person, doing, "booked", act)


@router.post("/{person}/for-them/call")
async def ring(
    here: Here, person: UUID, slot: Annotated[str, Form(max_length=100)], key: Key, *, heard: HowHeard
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
        await behalf.book_call(session, here.clock, key, call)

    return await do(here, person, Doing(key, "call", heard, "valde en tid att bli uppringd", (slot,)), "call", act)


@router.post("/{person}/for-them/number")
async def another_number(
    here: Here, person: UUID, telephone: Annotated[str, Form(max_length=30)], key: Key, *, heard: HowHeard
) -> Response:
    """She is reached at another number."""

    async def act(session: AsyncSession) -> None:
        await contacts.link(session, person, _international(telephone), here.now)

    doing = Doing(key, "number", heard, "gav ett annat nummer", (telephone,))
    return await do(here, person, doing, "number", act, filled={"telephone": telephone})


async def do(
    here: Seat,
    person: UUID,
    doing: Doing,
    done: str,
    act: Callable[[AsyncSession], Awaitable[None]],
    *,
    filled: dict[str, str] | None = None,
) -> Response:
    """Do one thing for her, with its record, in one transaction; pressed again, whenever, it is done already. ``done``:
    what the page says then. Refused, nothing is done and the page says why, with what was ``filled`` in."""
    try:
        async with here.database.transaction() as session:
            if await record.is_done(session, person, doing):
                return to(f"/inbox/cases/{person}/for-them?done=already")
            why = f"Gjorde åt personen: {doing.words} (sagt {record.HEARD[doing.heard]})"
            await access.enter(session, here.clock, here.reader, person, "case", done=why)
            await act(session)
            await record.write(session, here.reader, person, doing, here.now)
    except Refusal as refusal:
        shut(refusal)
        refused = Said(refused=in_words(refusal), filled=filled or {}, status=refusal.problem.status)
        return await _page(here, person, refused)
    return to(f"/inbox/cases/{person}/for-them?done={done}")


async def _page(here: Seat, person: UUID, what: Said, *, done: str = "") -> Response:
    """``done``: what was just done is said, and whether she is told of it."""
    async with here.database.transaction() as session:
        what = what if what.refused else Said(done=await _done(session, person, done))
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
        forms = await her_word.forms(session, here, opened)
        answers = await her_answers.answers(session, here, opened)
        thread = await _thread(session, opened)
        hours: tuple[FreeTime, ...] = ()
        if thread is not None and opened.safety.silent_since is None:  # nobody rings who wrote the agreed phrase
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
        times=tuple((one.slot, swedish.time_words(one, here.now)) for one in times),
        hours=tuple((one.slot, f"{swedish.time_words(one, here.now)}-{swedish.hour(one.end)}") for one in hours),
        spoken=swedish.language_name(spoken) if spoken else "",
        has_number=opened.file.contact is not None,
        new_key=uuid4,
        heard=record.HEARD,
        forms=forms,
        answers=answers,
    )


async def _done(session: AsyncSession, person: UUID, done: str) -> str:
    if done == "already":
        return _ALREADY
    if done not in _DONE or done in _SAID_TO_STAFF_ALONE:
        return _DONE.get(done, "")
    return f"{_DONE[done]} {_TOLD if await behalf.is_told(session, person) else _NOT_TOLD}"


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
