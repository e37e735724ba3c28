"""The forms for what she says to the bot in words, as they stand in her case: what can be chosen, and what holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import locales
from backend.behalf import service as behalf
from backend.behalf.service import Calendar, Hearing, How, InterpreterWish, Place, Wish
from backend.calendar import day_in_sweden
from backend.contract import MeetingStatus
from backend.planning import service as planning
from backend.staff import swedish
from backend.staff.case.case_list import SPOKEN
from backend.staff.case.overview import Opened
from backend.staff.desk import Seat
from backend.staff.facts import CHANNELS
from backend.staff.meeting.planned import KINDS

WISHES: dict[Wish, str] = {
    "stop": "Vill inte ha fler meddelanden där",
    "start": "Vill ha meddelanden där igen",
    "wrong-number": "Någon annan har numret",
}
CALENDARS: dict[Calendar, str] = {
    "persian": "Den persiska också",
    "afghan": "Den afghanska också",
    "ethiopian": "Den etiopiska också",
    "off": "Bara den vanliga",
}
OF_INTERPRETER: dict[InterpreterWish, str] = {
    "woman": "En kvinna",
    "man": "En man",
    "other": "En annan tolk än förra gången",
    "northern": "Nordsomaliska",
    "benaadiri": "Benadirisomaliska",
    "hazaragi": "Hazaragi",
}
_DIALECTS: Mapping[str, tuple[InterpreterWish, ...]] = {
    "so": ("northern", "benaadiri"),
    "prs": ("hazaragi",),
    "fa": ("hazaragi",),
}
"""Of which languages each dialect may be wished."""
HEARING: dict[Hearing, str] = {
    "call": "Bli uppringd",
    "counter": "Komma hit",
    "read": "Läsa själv med kod",
    "letter": "Få brev",
}
HOW: dict[How, str] = {
    "done": "Har gjort det",
    "could-not": "Kan inte, eller kunde inte",
    "ill": "Är sjuk",
    "help": "Vill ha hjälp med det",
}
_LATELY, _AHEAD = timedelta(days=30), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class WrittenTo:
    """A place where she gets messages: what it is called, how it stands, and what may be said of it."""

    thread: UUID
    name: str
    stands: str
    wishes: Mapping[Wish, str]


@dataclass(frozen=True, slots=True)
class Forms:
    """What there is to choose in the forms. ``activities``: by id, what and when."""

    places: tuple[WrittenTo, ...]
    reads: str
    speaks: str
    written: tuple[tuple[str, str], ...]
    spoken: tuple[tuple[str, str], ...]
    calendars: Mapping[Calendar, str]
    interpreter: Mapping[InterpreterWish, str]
    activities: Mapping[UUID, str]
    how: Mapping[How, str]
    hearing: Mapping[Hearing, str]
    today: str


async def forms(session: AsyncSession, here: Seat, opened: Opened) -> Forms:
    """The forms of a case that is open."""
    file = opened.file
    return Forms(
        places=tuple(_place(opened, one) for one in await behalf.places(session, file.person)),
        reads=await behalf.reads(session, file.person),
        speaks=file.language,
        written=_named(locales.languages()),
        spoken=_named({*SPOKEN, file.language}),
        calendars=CALENDARS,
        interpreter=_of_interpreter(opened),
        activities=await activities(session, here, file.person),
        how=HOW,
        hearing=HEARING if opened.decided and opened.decided[-1].told_at is None else {},
        today=f"{day_in_sweden(here.now)}",
    )


async def activities(session: AsyncSession, here: Seat, person: UUID) -> Mapping[UUID, str]:
    """What is planned with her in the next weeks, or was in the last month: by id, what and when."""
    standing = await planning.of_person(session, person)
    return {
        one.id: f"{KINDS[one.activity]}, {swedish.when(one.start, here.now)}"
        for one in standing.places
        if here.now - _LATELY < one.end and one.start < here.now + _AHEAD
    }


def _place(opened: Opened, place: Place) -> WrittenTo:
    contact, stands = opened.file.contact, ""
    if place.channel != "sms":
        may: Mapping[Wish, str] = {wish: words for wish, words in WISHES.items() if wish != "wrong-number"}
        return WrittenTo(place.thread, CHANNELS[place.channel], stands, may)
    if contact is not None and contact.wrong:
        stands = "Fel nummer, har någon sagt. Det rättas bredvid samtalet."
    elif contact is not None and contact.stopped_there:
        stands = "Stoppat hos operatören. Bara personen kan öppna igen: skriv START dit våra sms kommer från."
    elif contact is not None and contact.opted_out:
        stands = "Vill inte ha sms."
    return WrittenTo(place.thread, f"Sms {contact.ending if contact else ''}".strip(), stands, WISHES)


def _of_interpreter(opened: Opened) -> Mapping[InterpreterWish, str]:
    """What may be wished of the interpreter of her latest meeting that has one; nothing where none has."""
    spoken = (
        one.interpreter_language
        for one in opened.meetings
        if one.interpreter_language is not None and one.status is not MeetingStatus.CANCELLED
    )
    language = next(spoken, None)
    if language is None:
        return {}
    dialects = {one for several in _DIALECTS.values() for one in several}
    hers = _DIALECTS.get(language, ())
    return {wish: words for wish, words in OF_INTERPRETER.items() if wish not in dialects or wish in hers}


def _named(codes: Iterable[str]) -> tuple[tuple[str, str], ...]:
    named = ((code, swedish.language_name(code)) for code in codes)
    return tuple(sorted(named, key=lambda one: one[1]))
