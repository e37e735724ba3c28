"""What she says to the bot in words, done at a desk: messages, languages, calendar, wishes, jobs, her week, a call."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.behalf import service as behalf
from backend.behalf.record import Doing
from backend.behalf.service import Calendar, Hearing, How, InterpreterWish, Wish
from backend.contract import JobSaid, Language
from backend.errors import WhichJob
from backend.staff import swedish
from backend.staff.behalf import her_word
from backend.staff.behalf.for_them import HowHeard, Key, do
from backend.staff.desk import Here, Page, may_read

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])

_DONE: dict[Wish, str] = {
    "stop": "stoppade meddelanden",
    "start": "öppnade för meddelanden igen",
    "wrong-number": "sa att någon annan har numret",
}


@router.post("/{person}/for-them/messages")
async def messages(
    here: Here,
    person: UUID,
    thread: Annotated[UUID, Form()],
    wish: Annotated[Wish, Form()],
    key: Key,
    *,
    heard: HowHeard,
) -> Response:
    """She wants no more messages in one place, or wants them again; or somebody else has the number."""

    async def act(session: AsyncSession) -> None:
        await behalf.wish_of_messages(session, here.clock, person, thread, wish)

    return await do(here, person, Doing(key, "messages", heard, _DONE[wish], (f"{thread}", wish)), wish, act)


@router.post("/{person}/for-them/language")
async def language(
    here: Here,
    person: UUID,
    reads: Annotated[Language, Form()],
    speaks: Annotated[Language, Form()],
    key: Key,
    *,
    heard: HowHeard,
) -> Response:
    """Which language she reads, and which she speaks."""

    async def act(session: AsyncSession) -> None:
        await behalf.say_language(session, here.clock, person, reads, speaks)

    words = f"sa vilka språk: läser {swedish.language_name(reads)}, talar {swedish.language_name(speaks)}"
    return await do(here, person, Doing(key, "language", heard, words, (reads, speaks)), "language", act)


@router.post("/{person}/for-them/calendar")
async def calendar(
    here: Here, person: UUID, calendar: Annotated[Calendar, Form()], key: Key, *, heard: HowHeard
) -> Response:
    """By which calendar her days are said too."""

    async def act(session: AsyncSession) -> None:
        await behalf.say_calendar(session, here.clock, person, calendar)

    words = f"valde kalender: {her_word.CALENDARS[calendar].lower()}"
    return await do(here, person, Doing(key, "calendar", heard, words, (calendar,)), "calendar", act)


@router.post("/{person}/for-them/interpreter")
async def interpreter(
    here: Here, person: UUID, wish: Annotated[InterpreterWish, Form()], key: Key, *, heard: HowHeard
) -> Response:
    """What she wishes of the interpreter. Nobody asks why."""

    async def act(session: AsyncSession) -> None:
        await behalf.wish_of_interpreter(session, here.clock, person, wish)

    words = f"önskade av tolken: {her_word.OF_INTERPRETER[wish].lower()}"
    return await do(here, person, Doing(key, "interpreter-wish", heard, words, (wish,)), "interpreter-wish", act)


@router.post("/{person}/for-them/job")
async def job(
    here: Here,
    person: UUID,
    key: Key,
    *,
    heard: HowHeard,
    on: Annotated[str, Form(max_length=10)] = "",
    title: Annotated[str, Form(max_length=100)] = "",
    employer: Annotated[str, Form(max_length=150)] = "",
) -> Response:
    """A job she has applied for."""

    async def act(session: AsyncSession) -> None:
        said = JobSaid(job=key, on=_day(on), title=title.strip(), employer=employer.strip())
        await behalf.tell_of_job(session, here.clock, person, said, key=key)

    filled = {"on": on, "title": title, "employer": employer}
    doing = Doing(key, "job", heard, "berättade om ett sökt jobb", (on, title, employer))
    return await do(here, person, doing, "job", act, filled=filled)


@router.post("/{person}/for-them/activity")
async def activity(
    here: Here,
    person: UUID,
    activity: Annotated[UUID, Form()],
    how: Annotated[How, Form()],
    key: Key,
    *,
    heard: HowHeard,
) -> Response:
    """How something planned went, in her own word; attendance is set elsewhere."""

    async def act(session: AsyncSession) -> None:
        await behalf.say_of_activity(session, here.clock, person, activity, how, key=key)

    async with here.database.transaction() as session:
        known = await her_word.activities(session, here, person)
    what = f"sa om det planerade ({known.get(activity, '')}): {her_word.HOW[how].lower()}"
    return await do(here, person, Doing(key, "activity", heard, what, (f"{activity}", how)), "activity", act)


@router.post("/{person}/for-them/hear")
async def hear(here: Here, person: UUID, how: Annotated[Hearing, Form()], key: Key, *, heard: HowHeard) -> Response:
    """How she wants to hear of the decision."""

    async def act(session: AsyncSession) -> None:
        await behalf.hear(session, here.clock, person, how, key=key)

    words = f"valde hur beslutet ska berättas: {her_word.HEARING[how].lower()}"
    return await do(here, person, Doing(key, "hear", heard, words, (how,)), "hear", act)


@router.post("/{person}/for-them/no-call")
async def no_call(here: Here, person: UUID, key: Key, *, heard: HowHeard) -> Response:
    """She does not want to be rung after all."""

    async def act(session: AsyncSession) -> None:
        await behalf.take_back_call(session, here.clock, here.reader, person)

    return await do(here, person, Doing(key, "no-call", heard, "ville inte bli uppringd"), "no-call", act)


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise WhichJob from None
