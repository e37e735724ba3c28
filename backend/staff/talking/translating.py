"""A machine's translation on the staff pages: of a message, when somebody asks; of own words, before they are sent.

Each time is logged as hers whose words leave, before they do. And instead: a human interpreter, by one press.
"""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from backend import access, locales, tasks
from backend.errors import NotForAMachine, NotFound, TooLong, TranslatorAway, TranslatorLacks
from backend.handover import desk as handover
from backend.staff import swedish
from backend.staff.desk import Here, Page, Seat, may_read, to
from backend.translating import rules, service
from backend.translating.service import Kept

router = APIRouter(prefix="/threads", route_class=Page, dependencies=[may_read])

_WITHIN = timedelta(hours=4)
"""Office hours until somebody has rung with an interpreter: as long as a first answer may take."""
_NOT_BY_A_MACHINE = "Det översätter ingen maskin. Be en tolk ringa."
SAID = {
    **{str(why): f"{words} {_NOT_BY_A_MACHINE}" for why, words in rules.IN_SWEDISH.items()},
    "away": TranslatorAway.wording,
    "lacks": TranslatorLacks.wording,
    "long": "Meddelandet är för långt för en maskin. Be en tolk ringa.",
    "asked": "Det finns nu en uppgift att ringa upp med tolk.",
}


@router.post("/{thread}/entries/{number}/translation")
async def translate(here: Here, thread: UUID, number: int) -> Response:
    """Give a message in Swedish, by the municipality's machine. What was given once is kept, and asked for no more."""
    back = f"/inbox/threads/{thread}"
    try:
        await _translate(here, thread, number)
    except NotForAMachine as refusal:
        return to(f"{back}?said={refusal.data['why']}")
    except TooLong:
        return to(f"{back}?said=long")
    except TranslatorAway:
        return to(f"{back}?said=away")
    except TranslatorLacks:
        return to(f"{back}?said=lacks")
    return to(back)


@router.post("/{thread}/interpreter")
async def ask_interpreter(here: Here, thread: UUID) -> Response:
    """A human interprets instead: a task to ring her, with an interpreter. Pressed twice it is one task."""
    async with here.database.transaction() as session:
        opened = await handover.open_thread(session, here.clock, here.reader, thread, done="Bad om tolk")
        await tasks.add(
            session,
            "ring",
            tasks.ASK_INTERPRETER,
            at=here.now,
            person=opened.person,
            thread=thread,
            due_at=here.database.municipality.calendar.after_open_time(here.now, _WITHIN),
        )
    return to(f"/inbox/threads/{thread}?said=asked")


async def own(here: Seat, thread: UUID, words: str) -> str:
    """Own words in the language of a thread (logged before they leave). Raises what ``service.translate`` does."""
    if here.translator is None:
        raise TranslatorLacks
    service.allow(words)
    async with here.database.transaction() as session:
        opened = await handover.open_thread(session, here.clock, here.reader, thread)
        to_language = f"till {swedish.language_name(opened.language)}"
        done = f"Lät {here.translator.name} översätta egna ord {to_language}"
        await access.enter(session, here.clock, here.reader, opened.person, "thread", done=done)
    names = (opened.name, here.member.name)
    return await service.translate(here.translator, words, locales.SWEDISH, opened.language, names=names)


async def _translate(here: Seat, thread: UUID, number: int) -> None:
    """One message, out and home. The words leave outside any transaction, and after it is logged that they do."""
    if here.translator is None:
        raise TranslatorLacks
    async with here.database.transaction() as session:
        opened = await handover.open_thread(session, here.clock, here.reader, thread)
        entry = next((one for one in opened.entries if one.number == number and one.who == "person"), None)
        if entry is None:
            raise NotFound(entry=number)
        if number in await service.of_thread(session, thread):
            return
        service.allow(entry.original)
        from_language = f"från {swedish.language_name(entry.language)}"
        done = f"Lät {here.translator.name} översätta ett meddelande {from_language}"
        await access.enter(session, here.clock, here.reader, opened.person, "thread", done=done)
    names = (opened.name, here.member.name)
    given = await service.translate(here.translator, entry.original, entry.language, locales.SWEDISH, names=names)
    async with here.database.transaction() as session:
        kept = Kept(given, here.translator.name, here.now)
        await service.keep(
            session, here.clock, here.reader, thread, number, person=opened.person, kept=kept, source=entry.language
        )
