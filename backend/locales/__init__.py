"""What the backend says to people in their language: fixed phrases, agreed lines and decision texts.

Source sentences are plain English and stand beside the code that uses them, marked for extraction; every language is
one file, ``<language>/LC_MESSAGES/backend.po``. A value goes in as a value (a day, an hour, kronor) and is written the
way the language writes it; in right-to-left languages it is isolated, so that it keeps its own direction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from string import Formatter

import smsutil
from babel.dates import format_date
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
SWEDISH = "sv"

# Levantine month names, as most who read Arabic here know them; digits are always the Western ones.
_DATES_LIKE = {"ar": "ar_SY"}
# Arabic and Ukrainian write the hour with a colon: "8.45" reads as a decimal.
_CLOCKS = {"ar": ":", "uk": ":"}
# Ukrainian has a comma after the weekday, and another form of the month where no day stands before it.
_DAYS, _MONTHS = {"uk": "EEEE, d MMMM"}, {"uk": "LLLL yyyy"}
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "prs", "ps", "ckb"})
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_NO_BREAK = "\u00a0"


def N_(message: str) -> str:
    """Mark a source sentence for extraction; gives it back as it is."""
    return message


@dataclass(frozen=True)
class Month:
    """A month of a year; the day of ``first`` does not show."""

    first: date


@dataclass(frozen=True)
class Kronor:
    """A sum in whole Swedish kronor, shown as ``7 485 kr``."""

    amount: int


@dataclass(frozen=True)
class Words:
    """A source sentence or word that is itself put into words in the reader's language."""

    message: str


Putting = date | time | Month | Kronor | Words | str
"""What can be put into a sentence."""


@dataclass(frozen=True)
class Sms:
    """What a text costs as SMS: segments, characters, and how many characters one segment has room for."""

    segments: int
    characters: int
    room: int


@cache
def languages() -> frozenset[str]:
    """The languages there is a catalogue in that lacks nothing: one on its way is not sent yet."""
    there = (folder.parent.parent.name for folder in FOLDER.glob("*/LC_MESSAGES/backend.po"))
    return frozenset(language for language in there if all(catalogue(language).values()))


def among(wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Those of a municipality's languages that there is a catalogue in; all there are, where it has named none. Swedish
    first."""
    named = languages() if wanted is None else set(wanted) & languages()
    return tuple(sorted(named, key=lambda language: (language != SWEDISH, language)))


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """A language's sentences by source sentence."""
    with (FOLDER / language / "LC_MESSAGES" / "backend.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale=language) if entry.id}


def template(message: str, language: str) -> str:
    """A sentence with its fields unfilled. Raises KeyError for a language without it."""
    return catalogue(language)[message]


def say(message: str, language: str, values: Mapping[str, Putting] | None = None) -> str:
    """A sentence in a language there is a catalogue in, its values written the way that language writes them."""
    put = {name: write(value, language) for name, value in (values or {}).items()}
    return template(message, language).format(**put)


def write(value: Putting, language: str) -> str:
    """A value in a language, isolated where its direction would otherwise turn."""
    match value:
        case Words():
            return say(value.message, language)
        case Month():
            written = format_date(value.first, _MONTHS.get(language, "MMMM yyyy"), _DATES_LIKE.get(language, language))
        case date():
            written = format_date(value, _DAYS.get(language, "EEEE d MMMM"), _DATES_LIKE.get(language, language))
        case time():
            written = f"{value.hour}{_CLOCKS.get(language, '.')}{value.minute:02}"
        case Kronor():
            written = f"{value.amount:,} kr".replace(",", _NO_BREAK).replace(" ", _NO_BREAK)
        case _:
            written = value
    return f"{_ISOLATE}{written}{_END_OF_ISOLATE}" if language in _RIGHT_TO_LEFT else written


def fields(message: str) -> tuple[str, ...]:
    """The names of a sentence's fields, in order."""
    return tuple(name for _, name, _, _ in Formatter().parse(message) if name)


def as_sms(text: str) -> Sms:
    """What a text costs as SMS (3GPP 23.038: 160 or 153 GSM-7 characters, 70 or 67 in UCS-2)."""
    split = smsutil.split(text)
    plain, several = smsutil.is_valid_gsm(text), len(split.parts) > 1
    room = (153 if several else 160) if plain else (67 if several else 70)
    return Sms(segments=len(split.parts), characters=len(text), room=room)
