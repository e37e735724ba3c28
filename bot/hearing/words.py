"""Words that work anywhere, in every language that has a catalogue: as the whole message, politeness and marks aside.

``"Stopp tack"`` and ``"sluta skicka sms!"`` stop; ``"STOP this bill"``, ``"Endast…"`` and ``"slutade jobba"`` do not.
Acute words are the one exception: there a part of a message is enough.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias, get_args

from bot.hearing.language import named
from bot.spelling import clean, fold
from bot.text import known, understood, words, worth

Name: TypeAlias = Literal[
    "help",
    "back",
    "change",
    "remove",
    "repeat",
    "later",
    "status",
    "language",
    "human",
    "stop",
    "start",
    "wrong-number",
    "what",
    "move",
    "work",
    "apply",
    "single-cost",
    "read",
    "elsewhere",
    "others-read",
    "not-shared",
    "invite",
    "helper",
    "helpers",
    "no-helper",
    "papers",
    "which-papers",
    "together",
    "not-together",
    "my-week",
    "call-time",
    "no-call",
]
"""The words, by what they do. Each is also the key of a word list in every catalogue."""

OfMeeting: TypeAlias = Literal["late", "ill"]
"""What is heard only while a meeting is coming (:mod:`bot.hearing.meeting_words`)."""

Setting: TypeAlias = Literal["calendar"]
"""What is said with what it is set to, in a list of both (``calendars``)."""

OfInterpreter: TypeAlias = Literal["interpreter-wish"]
"""What is heard, with what is wished, only of somebody who has a meeting with an interpreter."""

OfJob: TypeAlias = Literal["job"]
"""What is heard only of somebody who is known here, with no question of a form open (:mod:`bot.hearing.job_words`)."""


@dataclass(frozen=True)
class Command:
    """One of the words. ``argument``: the number to change or remove, the code of the language wished for, the minutes
    somebody will be late, the calendar (``own`` where it was not named, ``off``), the day to be rung on, what is wished
    of the interpreter."""

    name: Name | OfMeeting | OfInterpreter | OfJob | Setting
    argument: str | None = None


def command(message: str) -> Command | None:
    """The word the message is, if that is all it says.

    A language's name is also an answer where a language is asked for: the open question goes first there.
    """
    said = _bare(message)
    if not said:
        return None
    if (name := _names().get(said) or _exactly().get(clean(message).strip(" .,!?").casefold())) is not None:
        return Command(name)
    if (calendar := worth("calendars").get(said)) is not None:
        return Command("calendar", calendar)
    if (changed := _changed(said)) is not None:
        return changed
    code = named(message)
    if code is None and (wish := _language_wish(said)):
        code = named(wish)
    return Command("language", code) if code else None


def of_interpreter(message: str) -> Command | None:
    """What is wished of the interpreter, if that is all the message says: ``"Kvinna"``, ``"annan tolk, tack"``."""
    wish = worth("interpreter-wishes").get(_bare(message))
    return Command("interpreter-wish", wish) if wish is not None else None


def means(message: str, key: str) -> bool:
    """Whether the message as a whole is one of a word list, in any language: ``means("nej", "no")``."""
    said = fold(message)
    return said in known(key) or _bare(message) in known(key)


def is_thanks(message: str) -> bool:
    """Whether the message is politeness and nothing else."""
    said = fold(message).split()
    return bool(said) and all(word in known("politeness") for word in said)


def is_acute(message: str) -> bool:
    """Whether something in the message cannot wait: no food, nowhere to sleep, no medicine, violence, wanting to die.

    A word that says the opposite just before ("det är inte akut") takes it away; "inga pengar, ingen mat" is two lacks.
    """
    return next(_said(message, _parts("acute")), None) is not None


def acute_words(message: str) -> tuple[str, ...]:
    """What in the message cannot wait, and no other word of it, each once."""
    return tuple(dict.fromkeys(_said(message, _parts("acute"))))


def wants_telephone(message: str) -> str | None:
    """The language in which she says that she speaks by telephone alone; ``None``: she does not say so.

    Said plainly, as the whole message; or said by what it means, that her identity is protected, anywhere in it.
    """
    plainly = known("only-telephone")
    if (whole := plainly.get(fold(message)) or plainly.get(_bare(message))) is not None:
        return whole
    if _parts("protected").search(fold(message)) is None:
        return None  # nearly every message: its clauses are not looked at one by one
    spoken = (code for code in understood() if next(_said(message, _parts("protected", code)), None) is not None)
    return next(spoken, None)


# --- How a message is read --------------------------------------------------------------------------------------------


@cache
def _names() -> Mapping[str, Name]:
    """Folded phrase -> word, in all languages."""
    names: dict[str, Name] = {}
    for name in get_args(Name):
        for phrase in known(name):
            names.setdefault(phrase, name)
    # "andra" is how "ändra" is written without dots, but also "the second": alone it is no word of ours.
    return {phrase: name for phrase, name in names.items() if phrase not in worth("ordinals")}


@cache
def _exactly() -> Mapping[str, Name]:
    """The few phrases that are another word when their letters are folded, as they are spelled."""
    return {
        phrase.casefold(): name
        for name in get_args(Name)
        for language in understood()
        for phrase in words(language, name)
        if fold(phrase) in worth("ordinals")
    }


def _bare(message: str) -> str:
    """The folded message without politeness at its ends: ``"Hej! Stopp, tack."`` -> ``"stopp"``."""
    said = fold(message)
    tokens = said.split()
    if len(set(tokens)) == 1 and tokens[0] in known("stop"):
        return tokens[0]  # said over and over it is no other word
    if said in _names() or len(tokens) > 8:
        return said
    polite = known("politeness")
    while tokens and tokens[0] in polite:
        tokens = tokens[1:]
    while tokens and tokens[-1] in polite:
        tokens = tokens[:-1]
    return " ".join(tokens) or said


_WITH_NUMBER: tuple[Name, ...] = ("change", "remove")
_CHANGE = re.compile(r"(?P<words>\D+?) ?(?P<number>\d{1,2})")


def _changed(said: str) -> Command | None:
    """``ändra 3``, ``ändra nummer 3``, ``غير 3``; ``ta bort 3``."""
    found = _CHANGE.fullmatch(said)
    if found is None:
        return None
    tokens = found["words"].split()
    # "nr" and "line" say nothing beside the word; but "ta" belongs to "ta bort", where alone it would say nothing.
    verbs = [" ".join(tokens[:end]) for end in range(1, len(tokens) + 1) if _say_nothing(tokens[end:])]
    verbs.append(" ".join(token for token in tokens if not _say_nothing([token])))
    name = next((name for name in _WITH_NUMBER for verb in verbs if verb in known(name)), None)
    return Command(name, str(int(found["number"]))) if name is not None else None


def _say_nothing(tokens: Sequence[str]) -> bool:
    return all(token in known("choosing") for token in tokens)


def _language_wish(said: str) -> str | None:
    """``byt till arabiska``, ``på svenska``: what stands after the words that ask for a language."""
    if not said.startswith(_openings()):
        return None
    return next(said.removeprefix(opening) for opening in _openings() if said.startswith(opening))


@cache
def _openings() -> tuple[str, ...]:
    return tuple(f"{opening} " for opening in sorted(known("in-language"), key=len, reverse=True))


@cache
def _parts(key: str, language: str = "") -> re.Pattern[str]:
    """The parts of a message that a list holds, in one language or in all."""
    phrases = (phrase for code in ([language] if language else understood()) for phrase in words(code, key))
    # A star at the end stands for any ending; Arabic may have "and" or the article in front.
    patterns = {re.escape(fold(phrase)) + (r"\w*" if phrase.endswith("*") else "") for phrase in phrases}
    if not patterns:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w)(?:و|ال|وال|ب)?(?:{'|'.join(sorted(patterns, key=len, reverse=True))})(?!\w)")


_CLAUSES = re.compile(r"[.,;:!?؟،؛\n]+")


def _said(message: str, parts: re.Pattern[str]) -> Iterator[str]:
    """Parts of the message that are not taken back by what stands before them, in the message or in its clause."""
    for part in dict.fromkeys((message, *_CLAUSES.split(message))):
        said = fold(part)
        yield from (one[0] for one in parts.finditer(said) if not _denied(said[: one.start()], one[0]))


def _denied(before: str, phrase: str) -> bool:
    """Whether what stands before says the opposite: "inte hungrig", "inte direkt hungrig".

    A phrase that is itself a lack ("ingen mat") is not taken back by the lack before it, and "inga" belongs to the word
    that follows it, no further.
    """
    negations, counted = known("negations"), worth("numbers")
    if phrase.removeprefix("و").split(maxsplit=1)[0] in negations:
        return False
    *_, earlier, last = ("", "", *before.split())
    return last in negations or (earlier in negations and earlier not in counted)
