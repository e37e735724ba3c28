"""How a thread is shown on the web: its entries as bubbles and time cards, and the one open question's buttons.

A message is stored as words and values and drawn here in the reader's language. On the web a section of the form is a
page of its own, a booked time is the time card, and a pressed button stands as the person's own bubble.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from backend.contract import Meeting, PlannedActivity, PlannedKind
from bot.conversation.notices.planning_week import ACTIVITIES, where
from bot.messages import Choice, Field, Outgoing
from bot.text import N_, ByCalendar, Text, local_day, render, say

Who = Literal["person", "bot", "staff", "marker"]

BACK, CALL_ME, CHANGE, LATER, MOVE, REMOVE = "TILLBAKA", "RING", "ÄNDRA", "SENARE", "BYT TID", "TA BORT"
ELSEWHERE = "BYT TELEFON"
"""Words that work anywhere, in whatever language the thread is: what the buttons of every page send."""


@dataclass(frozen=True)
class Spoken:
    """One entry as it is kept: what the person wrote, or our message (``None`` for words and markers)."""

    number: int
    who: Who
    at: datetime
    words: str = ""
    message: Outgoing | None = None


@dataclass(frozen=True)
class ShownActivity:
    """One activity of the week as a row: its day, hour, picture, name and place."""

    start: datetime
    icon: str
    what: str
    place: str
    interpreter: bool


@dataclass(frozen=True)
class Shown:
    """One entry as it is drawn. ``named``: the first of a row by one voice says whose; ``to_page``: names ``/s/``."""

    number: int
    who: Who
    words: str
    named: bool = False
    new_day: date | None = None
    why: str | None = None
    card: Meeting | None = None
    also_by: Text | None = None
    week: tuple[ShownActivity, ...] = ()
    to_page: bool = False


@dataclass(frozen=True)
class ShownChoice:
    """One button: what it sends back, its words, and how it looks."""

    value: str
    words: str
    postpones: bool = False
    icon: str = ""
    more: str = ""


@dataclass(frozen=True)
class OpenQuestion:
    """The one open question. Its token goes with every answer: an old button never answers a new question.

    ``page`` is the button to its page, where it has one; the choices are empty then.
    """

    token: str
    message: Outgoing
    choices: tuple[ShownChoice, ...] = ()
    hear: bool = False
    page: str | None = None


PICTURES: Mapping[PlannedKind, str] = {
    "branches": "signpost",
    "workplaces": "wrench",
    "cv": "cv",
    "letter": "letter",
    "recruiters": "people",
    "interview": "talk",
    "guidance": "people",
    "plan": "flag",
    "caseworker": "person",
    "job-search": "search",
    "open-house": "door",
    "placement": "wrench",
    "planning-talk": "talk",
    "recruiter-interview": "person",
    "recruiting": "people",
}
"""Which icon stands for an activity, so that a week is read without letters too."""

_WORDS = {
    CALL_ME: N_("Call me"),
    BACK: N_("Back one step"),
    LATER: N_("Take it at the meeting"),
    MOVE: N_("Change time"),
    ELSEWHERE: N_("Go on in another place"),
}
_NUMBERED = {CHANGE: N_("Change answer {n}"), REMOVE: N_("Take away what answer {n} is about")}
_WAY_BACK = "Svenska: SV"
"""What a text says of the way back to Swedish; here the language switch stands in the header of every page."""

_POSTPONES = frozenset({"Another day", "At the meeting"})
"""Choices that put something off have the quiet border (known by their source words: a position has no meaning)."""

_WAYS = {  # source words of a way to hear what is new -> icon, and what it means in practice
    "Ring me": ("phone", N_("Staff ring you")),
    "Ring me, with interpreter": ("phone", N_("Staff ring you, and the interpreter is on the line")),
    "I come to you": ("door", N_("At the counter: {address}")),
    "I read it": ("eye", N_("On a page, with the code you got from us")),
    "Letter": ("letter", N_("Home to you, in two or three days")),
}


def shown(spoken: Sequence[Spoken], language: str) -> list[Shown]:
    """Entries in order, drawn."""
    drawn: list[Shown] = []
    before: Spoken | None = None
    asked: Outgoing | None = None
    for one in spoken:
        new_day = local_day(one.at) if before is None or local_day(before.at) != local_day(one.at) else None
        named = one.who in ("bot", "staff") and (new_day is not None or before is None or before.who != one.who)
        if one.message is not None:
            drawn.append(_ours(one, one.message, language, named, new_day))
            asked = one.message if one.message.question else asked
        else:
            page = _page_filled(one.words, asked, language) if one.who == "person" else None
            if page is not None and before is not None and before.message is asked:
                # The saved page repeats its questions: they need not stand alone before it too.
                new_day = drawn.pop().new_day or new_day
            pressed = _pressed(one.words, asked, language) if one.who == "person" else None
            drawn.append(Shown(one.number, one.who, page or pressed or one.words, new_day=new_day))
        before = one
    return drawn


def _pressed(words: str, asked: Outgoing | None, language: str) -> str | None:
    """The words of the button that sent these, if one did."""
    for choice in asked.choices if asked and asked.section is None else ():
        if choice.value == words:
            return render(choice.label, language)
    if asked is not None and asked.ask == "reminder" and words == "2":
        return render(say(N_("I cannot come")), language)
    if words in _WORDS:
        return render(say(_WORDS[words]), language)
    line = re.fullmatch(rf"({CHANGE}|{REMOVE}) (\d+)", words)
    if line is None:
        return None
    return render(say(_NUMBERED[line[1]], n=int(line[2])), language)


def _page_filled(words: str, asked: Outgoing | None, language: str) -> str | None:
    """A saved page as its questions and answers. It is kept as what was sent, field by field; ``None``: typed words."""
    if asked is None or asked.section is None:
        return None
    if not words:
        return render(say(N_("At the meeting")), language)
    waiting, given, lines = iter(asked.section.fields), dict[str, str](), []
    for part in words.split("; "):
        for field in waiting:
            if _is_shown(field, given) and (line := _line(part, field, language)) is not None:
                given[field.name] = part
                lines.append(line)
                break
        else:
            return None
    return "\n".join(lines)


def _is_shown(field: Field, given: Mapping[str, str]) -> bool:
    """Whether the answers before it lead to this question."""
    name, values = field.shown_when or ("", "")
    return not name or bool({*given.get(name, "").split(",")} & {*values.split()})


def _line(part: str, field: Field, language: str) -> str | None:
    """A question and its answer, if this can be the answer to it."""
    answer = part
    if field.input in ("choice", "several"):
        labels = {choice.value: render(choice.label, language) for choice in field.choices}
        if not all(value in labels for value in part.split(",")):
            return None
        answer = ", ".join(labels[value] for value in part.split(","))
    return f"{render(field.text, language)} {answer}"


def _ours(one: Spoken, message: Outgoing, language: str, named: bool, new_day: date | None) -> Shown:
    return Shown(
        one.number,
        one.who,
        # A reply with a booked time is the card: its text says the same facts for a screen without cards.
        "" if message.week or (message.card is not None and message.kind == "reply") else _words(message, language),
        named,
        new_day,
        why=render(message.why, language) if message.why and message.section is None else None,
        card=message.card,
        also_by=_other_day(message),
        week=tuple(_activity(one, language) for one in message.week),
        to_page="page" in message.text.values,
    )


def _other_day(message: Outgoing) -> Text | None:
    """The card's day by another calendar, for whoever wants it."""
    if message.card is None or message.calendar is None:
        return None
    return say("({day})", day=ByCalendar(local_day(message.card.start), message.calendar))


def _activity(one: PlannedActivity, language: str) -> ShownActivity:
    what = render(say(ACTIVITIES[one.kind]), language)
    place = where(one)
    return ShownActivity(
        one.start,
        PICTURES[one.kind],
        what,
        place if isinstance(place, str) else render(place, language),
        one.interpreter,
    )


def _words(message: Outgoing, language: str) -> str:
    if message.verbatim is not None:
        return message.verbatim
    if message.summary is not None:
        return render(say(N_("Read through your answers before we send them.")), language)
    words = render(message.text, language)
    if message.tail is None or message.tail.message == _WAY_BACK:
        return words
    return f"{words} {render(message.tail, language)}"


def open_question(message: Outgoing, language: str, *, address: str) -> OpenQuestion:
    """The open question with its buttons, or with the button to its page."""
    token = message.question or ""
    if message.summary is not None:
        return OpenQuestion(token, message, page=render(say(N_("Read through and confirm")), language))
    if message.section is not None:
        section = message.section
        words = say(N_("Answer part {n} of {of}: {title}"), n=section.number, of=section.of, title=section.title)
        return OpenQuestion(token, message, page=render(words, language))
    if message.ask == "reminder" and not message.choices:
        # A text says "answer 2"; here that is a button.
        return OpenQuestion(token, message, (ShownChoice("2", render(say(N_("I cannot come")), language), True),))
    hear = message.ask == "hear"
    choices = tuple(_choice(choice, language, address, hear=hear) for choice in message.choices)
    return OpenQuestion(token, message, choices, hear)


def _choice(choice: Choice, language: str, address: str, *, hear: bool) -> ShownChoice:
    source, words = choice.label.message, render(choice.label, language)
    if hear:
        icon, more = _WAYS.get(source, ("on", ""))
        return ShownChoice(choice.value, words, icon=icon, more=render(Text(more, {"address": address}), language))
    return ShownChoice(choice.value, words, source in _POSTPONES, "calendar" if source == "Another day" else "")
