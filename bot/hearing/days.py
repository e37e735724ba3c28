"""Days and times of day as people write them, in every language that has a catalogue.

A layer of our own in front of dateparser, which knows many languages but reads "imorgon kl 10" as nothing, "15/3" in
Swedish as the year 2115 and "غدا الساعة 10" without its hour. Words become marks (``@wd3``, ``@m12``, ``@next``), a
few patterns over the marks give the day; what they do not know goes to dateparser, if there is a word in it, and is
believed only if both day and month were said and no time. Whatever is read is shown back in full, so the reading may
be generous but never in two minds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from functools import cache
from typing import Any, Literal

from babel import Locale
from dateparser.date import DateDataParser

from bot.hearing.calendar_words import read_other
from bot.spelling import clean, fold
from bot.text import understood, words

Expecting = Literal["future", "birth"]

FARTHEST = timedelta(days=2 * 365)
"""A day further ahead than this was hardly meant."""
LATELY = timedelta(days=31)
"""A day without a year that was this lately has passed; longer ago, next year's is meant."""
OLDEST = 120
"""Nobody is older, in years."""


class Unclear(Enum):
    """Why no day was read."""

    NOTHING = auto()
    IMPOSSIBLE = auto()
    PAST = auto()
    NOT_YET = auto()
    TOO_FAR = auto()
    NO_YEAR = auto()
    OTHER_WEEKDAY = auto()
    EITHER = auto()


@dataclass(frozen=True)
class Moment:
    """What was said of a day and of a time of day; a time said on the half clock has two readings."""

    day: date | None = None
    times: tuple[time, ...] = ()


def read_day(words: str, language: str, today: date, expecting: Expecting = "future") -> date | Unclear:
    """The day, or why not. ``language`` is tried first; ``today`` is the day on the Swedish calendar."""
    marks = _marks(words, language)
    if "@no" in marks:
        return Unclear.NOTHING
    if expecting == "future" and (other := read_other(words, language, today)) is not None:
        return other
    read, _ = _day_and_times(marks, today, expecting)
    if read is Unclear.NOTHING and any(char.isalpha() for char in words):
        return _by_dateparser(clean(words), language, today, expecting)
    return read


def read_time(words: str, language: str) -> tuple[time, ...]:
    """The times of day that may be meant, likeliest first; empty if none or several were said.

    One reading when the clock is clear (``14.30``, ``kl 09``, ``2 på eftermiddagen``), two when it is not (``2``).
    """
    marks = _marks(words, language)
    rest, times = _cut(marks, bare=True)
    return () if "@no" in marks or any(token[0].isdigit() for token in rest.split()) else times


def read_moment(words: str, language: str, today: date) -> Moment:
    """The day and the time of day that were said, each if it was ("imorgon kl 10", "tisdag", "halv tre")."""
    marks = _marks(words, language)
    if "@no" in marks:
        return Moment()
    if (other := read_other(words, language, today)) is not None:
        return Moment(other)  # in "11 azar" eleven is no time of day
    day, times = _day_and_times(marks, today, "future")
    return Moment(day, times) if isinstance(day, date) else Moment(None, read_time(words, language))


def _day_and_times(marks: str, today: date, expecting: Expecting) -> tuple[date | Unclear, tuple[time, ...]]:
    """A clear time of day is cut off first ("imorgon kl 10"); a doubtful one if no day is read ("15.03" is one)."""
    why = Unclear.NOTHING
    for rest, times in (_cut(marks), _cut(marks, bare=True)):
        read = _day(rest, today, expecting)
        if read not in (Unclear.NOTHING, Unclear.IMPOSSIBLE):
            return read, times
        why = Unclear.IMPOSSIBLE if read is Unclear.IMPOSSIBLE else why
    return why, ()


# --- Words to marks ---------------------------------------------------------------------------------------------------

_LISTS = {  # key of a word list -> the mark of its words
    "today": "@+0",
    "tomorrow": "@+1",
    "day-after-tomorrow": "@+2",
    "yesterday": "@-1",
    "day-before-yesterday": "@-2",
    "this-afternoon": "@+0 @pm",
    "next": "@next",
    "coming": "@coming",
    "in": "@in",
    "day": "@days",
    "two-days": "2 @days",
    "week": "@weeks",
    "two-weeks": "2 @weeks",
    "month": "@months",
    "the": "@the",
    "clock": "@clock",
    "half-before": "@half",
    "quarter": "15",
    "minutes-to": "@to",
    "minutes-past": "@past",
    "half-after": "@plus 30",
    "quarter-after": "@plus 15",
    "third-after": "@plus 20",
    "quarter-less": "@minus 15",
    "third-less": "@minus 20",
    "morning": "@am",
    "afternoon": "@pm",
    "noon": "@clock 12:00",
    "midnight": "@clock 0:00",
    "not-or-before-after": "@no",
}
_PAIRS = {
    "numbers": "{}",
    "ordinals": "@o{}",
    "hours": "{}",
    "festivals": "@f{}",
    "more-weekdays": "@wd{}",
    "more-months": "@m{}",
}
_MONTHS = {"ar": ("ar_TN", "ar_SY", "ar"), "prs": ("fa_AF",)}  # the Maghreb, the Levant, Egypt and the Gulf


_FIGURE_AS_LETTER = re.compile(r"(?<=[a-z])[2-9](?=[a-z])")


def _lettered(text: str) -> str:
    """Arabic in Latin letters writes some of its own as figures ("ba3d bukra"): those are no numbers."""
    return _FIGURE_AS_LETTER.sub(lambda found: chr(0xA000 + int(found[0])), text)


def _vocabulary_of(language: str) -> dict[str, str]:
    marks: dict[str, str] = {}
    for key, mark in _PAIRS.items():
        pairs = (word.partition("=") for word in words(language, key))
        marks |= {fold(word): mark.format(value.strip()) for word, _, value in pairs}
    for locale in map(Locale.parse, _MONTHS.get(language, (language,))):
        for width in ("abbreviated", "wide"):
            marks |= {fold(name): f"@m{month}" for month, name in locale.months["format"][width].items()}
            marks |= {fold(name): f"@wd{day}" for day, name in locale.days["format"][width].items()}
    for key, mark in _LISTS.items():
        marks |= {fold(word): mark for word in words(language, key)}
    return {_lettered(phrase): mark for phrase, mark in marks.items() if phrase and not phrase.isdigit()}


@cache
def _vocabulary(first: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Folded phrase -> mark, readings of the ``first`` language before the others', and one pattern that finds them."""
    marks: dict[str, str] = {}
    for language in (*(code for code in reversed(understood()) if code != first), first):
        marks |= _vocabulary_of(language)
    phrases = "|".join(re.escape(phrase) for phrase in sorted(marks, key=len, reverse=True))
    # Arabic writes "and", "in", "to" and "so" in one word with what follows.
    return marks, re.compile(rf"(?<![\w@])(?:[وبلف](?=\w))??(?P<phrase>{phrases})(?!\w)")


_ORDINAL = re.compile(r"(?<![\d.:/-])(\d{1,2}):?(?:e|a|de|dje|nde|st|nd|rd|th)(?!\w)")
_FRENCH_CLOCK = re.compile(r"(?<!\d)(\d{1,2}) ?h ?(\d{2})(?!\d)")
_SPREAD = re.compile(r"(?<=\d) ?([/:]) ?(?=\d)")
_FIGURES = re.compile(r"(@o\d+|\d+(?:[.:/-]\d+)*)")


def _marks(message: str, first: str) -> str:
    """Known words as marks, figures as they stand, in the order they were said; unknown words are passed over."""
    text = _FRENCH_CLOCK.sub(r"\1:\2", _lettered(clean(message).casefold()))
    text = _ORDINAL.sub(r" @o\1 ", _SPREAD.sub(r"\1", text))
    # Figures keep their dots and strokes; the words between them are folded (odd places are figures).
    pieces = (piece if place % 2 else fold(piece) for place, piece in enumerate(_FIGURES.split(text)))
    marks, pattern = _vocabulary(first if first in understood() else "sv")
    text = pattern.sub(lambda found: f" {marks[found['phrase']]} ", " ".join(pieces))
    return " ".join(token for token in text.split() if token[0] == "@" or token[0].isdigit())


# --- Marks to a time of day -------------------------------------------------------------------------------------------

_HOUR = r"(?:@o)?(?P<hour>[01]?\d|2[0-4])"
_MINUTES = r"(?P<minutes>[0-5]?\d)"
_CLEAR_TIMES = (
    rf"{_MINUTES} @(?P<way>past|to) (?P<half>@half )?{_HOUR}",
    rf"@plus {_MINUTES} @(?P<way>past) {_HOUR}",  # half past two
    rf"(?P<half>@half ){_HOUR}",
    rf"{_HOUR} @(?P<way>plus|minus) {_MINUTES}",
    r"@clock (?P<hour>[01]?\d|2[0-4])[:.]?(?P<exact>[0-5]\d)",
    rf"@clock {_HOUR}",
    r"(?P<hour>[01]?\d|2[0-4]):(?P<exact>[0-5]\d)(?::\d\d)?",
    rf"{_HOUR}(?= @[ap]m)",
)
_BARE_TIMES = (r"(?P<hour>[01]?\d|2[0-4])[.]?(?P<exact>[0-5]\d)", _HOUR)
_EDGES = r"(?<![\w@.:/+-])(?:@clock )?{}(?![\w.:/-])"
_CLEAR = tuple(re.compile(_EDGES.format(pattern)) for pattern in _CLEAR_TIMES)
_BARE = tuple(re.compile(_EDGES.format(pattern)) for pattern in _BARE_TIMES)
_FILLERS = re.compile(r"@(?:am|pm|clock|to|past|plus|minus)\b")


def _cut(marks: str, *, bare: bool = False) -> tuple[str, tuple[time, ...]]:
    """The marks without their time of day, and what it may be. ``bare``: a lone "2" or "9.30" is a time too."""
    part = re.search(r"@(am|pm)\b", marks)
    for pattern in (*_CLEAR, *_BARE) if bare else _CLEAR:
        if found := pattern.search(marks):
            rest = f"{marks[: found.start()]} {marks[found.end() :]}"
            times = _times(found.groupdict(), part[1] if part else None)
            return " ".join(_FILLERS.sub(" ", rest).split()), times
    return " ".join(_FILLERS.sub(" ", marks).split()), ()


def _times(said: Mapping[str, str | None], part: str | None) -> tuple[time, ...]:
    hour = said["hour"] or "0"
    minutes = int(hour) * 60 + int(said.get("exact") or 0)
    off = int(said.get("minutes") or 0)
    minutes += -off if said.get("way") in ("to", "minus") else off
    if said.get("half"):
        minutes -= 30
    minutes %= 24 * 60
    if part:
        minutes = minutes % 720 + (720 if part == "pm" else 0) if minutes <= 780 else minutes
    first = time(minutes // 60, minutes % 60)
    # On the half clock "2" may be 14; "02.00" and "14" say which, and so does a part of the day.
    if part or hour.startswith("0") or int(hour) > 12 or minutes >= 780:
        return (first,)
    second = (minutes + 720) % (24 * 60)
    return (first, time(second // 60, second % 60))


# --- Marks to a day ---------------------------------------------------------------------------------------------------

_D = r"(?:@o|@the |@the @o)?(?P<d>\d{1,2})"
_DATES = tuple(
    re.compile(rf"(?:@the )?(?:{pattern})")
    for pattern in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
        r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)",
        r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)",
        r"(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{4})",
        r"(?P<d>\d{1,2})/(?P<m>\d{1,2})[- ](?P<y>\d\d)",
        rf"{_D}[/.](?P<m>\d{{1,2}})",
        rf"{_D}[/. ]+@m(?P<m>\d+)(?: (?P<y>\d{{4}}|\d\d))?",
        rf"(?:@days )?{_D} @months (?P<m>\d{{1,2}})(?: (?P<y>\d{{4}}))?",
        rf"@m(?P<m>\d+) {_D}(?: (?P<y>\d{{4}}))?",
        r"(?P<y>\d{4}) @m(?P<m>\d+) (?P<d>\d{1,2})",
        r"@f(?P<d>\d+)/(?P<m>\d+)(?: (?P<y>\d{4}))?",
        r"(?:@the |@o|@the @o)(?P<d>\d{1,2})",
    )
)
_THREE_PAIRS = re.compile(r"(\d\d?)[-/.](\d\d?)[-/.](\d\d)")
_RELATIVE = re.compile(r"@(?P<days>[+-]\d)")
_AHEAD = re.compile(r"@in (?:(?P<n>\d{1,2}) )?@(?P<unit>days|weeks|months)")
_WEEKDAY = re.compile(r"(?:@(?:the|coming) )*@wd(?P<wd>\d)(?: @coming)?")
_NEXT_WEEKDAY = re.compile(r"@next @wd(?P<wd>\d)")
_NEXT_WEEK = re.compile(r"(?:@the )?(?:@(?:next|coming) @weeks|@weeks @(?:next|coming))")
_WEEK_NUMBER = re.compile(r"@weeks (?P<n>\d{1,2})")
_WITH_WEEKDAY = (re.compile(r"@wd(?P<wd>\d) (?P<rest>.+)"), re.compile(r"(?P<rest>.+) @wd(?P<wd>\d)"))


def _day(marks: str, today: date, expecting: Expecting) -> date | Unclear:
    if not marks:
        return Unclear.NOTHING
    if expecting == "future":
        if (day := _next_weekday(marks, today)) is not None:
            return day
        if (day := _relative(marks, today)) is not None:
            return _within(day, today, expecting)
    read = _date(marks, today, expecting)
    if read is not Unclear.NOTHING:
        return read
    for pattern in _WITH_WEEKDAY:
        if said := pattern.fullmatch(marks):
            return _on_weekday(int(said["wd"]), said["rest"], today, expecting)
    return Unclear.NOTHING


def _on_weekday(weekday: int, rest: str, today: date, expecting: Expecting) -> date | Unclear:
    """``torsdag 3 december`` must be a Thursday; ``torsdag vecka 50`` and ``torsdag nästa vecka`` are that week's.

    In ``torsdag 3`` it is the third if that is a Thursday; else it may be a time of day.
    """
    if rest.isdigit() and len(rest) < 3:
        third = _day_of_month(int(rest), today, expecting)
        return third if isinstance(third, date) and third.weekday() == weekday else Unclear.NOTHING
    if expecting == "future" and (monday := _monday(rest, today)) is not None:
        return _within(monday + timedelta(days=weekday), today, expecting)
    read = _day(rest, today, expecting)
    return Unclear.OTHER_WEEKDAY if isinstance(read, date) and read.weekday() != weekday else read


def _next_weekday(marks: str, today: date) -> date | None:
    if said := _WEEKDAY.fullmatch(marks):
        # "onsdag" on a Wednesday is next week's: today would have been called today.
        return today + timedelta(days=(int(said["wd"]) - today.weekday() - 1) % 7 + 1)
    if said := _NEXT_WEEKDAY.fullmatch(marks):
        return today + timedelta(days=7 - today.weekday() + int(said["wd"]))
    return None


def _monday(marks: str, today: date) -> date | None:
    if _NEXT_WEEK.fullmatch(marks):
        return today + timedelta(days=7 - today.weekday())
    said = _WEEK_NUMBER.fullmatch(marks)
    if said is None:
        return None
    for year in (today.isocalendar().year, today.isocalendar().year + 1):
        try:
            monday = date.fromisocalendar(year, int(said["n"]), 1)
        except ValueError:
            return None
        if monday + timedelta(days=6) >= today:
            return max(monday, today)
    return None


def _relative(marks: str, today: date) -> date | None:
    if said := _RELATIVE.fullmatch(marks):
        return today + timedelta(days=int(said["days"]))
    if said := _AHEAD.fullmatch(marks):
        n = int(said["n"] or 1)
        if said["unit"] == "months":
            month = today.month - 1 + n
            return _last_valid(today.year + month // 12, month % 12 + 1, today.day)
        return today + timedelta(days=n * (7 if said["unit"] == "weeks" else 1))
    return _monday(marks, today)


def _last_valid(year: int, month: int, day: int) -> date:
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def _date(marks: str, today: date, expecting: Expecting) -> date | Unclear:
    if pairs := _THREE_PAIRS.fullmatch(marks):
        first, second, third = map(int, pairs.groups())
        return _three_pairs((first, third), second, today, expecting)
    for pattern in _DATES:
        if said := pattern.fullmatch(marks):
            parts = said.groupdict()
            day, month, year = int(parts["d"]), parts.get("m"), parts.get("y")
            if month is None:
                return _day_of_month(day, today, expecting)
            if year is None:
                return _without_year(day, int(month), today, expecting)
            return _checked(_century(year, today, expecting), int(month), day, today, expecting)
    return Unclear.NOTHING


def _three_pairs(ends: tuple[int, int], month: int, today: date, expecting: Expecting) -> date | Unclear:
    """``26-12-03`` is a Swede's 3 December or another's 26 December; believed when only one of them can be meant."""
    readings = {
        read
        for year, day in (ends, ends[::-1])
        if isinstance(read := _checked(_century(f"{year:02}", today, expecting), month, day, today, expecting), date)
    }
    if not readings:
        return Unclear.IMPOSSIBLE
    return readings.pop() if len(readings) == 1 else Unclear.EITHER


def _century(year: str, today: date, expecting: Expecting) -> int:
    if len(year) == 4:
        return int(year)
    full = today.year // 100 * 100 + int(year)
    return full - 100 if expecting == "birth" and full > today.year else full


def _day_of_month(day: int, today: date, expecting: Expecting) -> date | Unclear:
    if expecting == "birth":
        return Unclear.NO_YEAR
    year, month = today.year, today.month
    for _ in range(12):
        try:
            found = date(year, month, day)
        except ValueError:
            found = date.min
        if found >= today:
            return found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return Unclear.IMPOSSIBLE


def _without_year(day: int, month: int, today: date, expecting: Expecting) -> date | Unclear:
    try:
        date(2024, month, day)  # a leap year: is there ever such a day?
    except ValueError:
        return Unclear.IMPOSSIBLE
    if expecting == "birth":
        return Unclear.NO_YEAR
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        # Said the day after, "24 november" is a slip; said in November, "15 mars" is next spring.
        if today - LATELY <= found < today:
            return Unclear.PAST
        if found >= today:
            return _within(found, today, expecting)
    return Unclear.IMPOSSIBLE


def _checked(year: int, month: int, day: int, today: date, expecting: Expecting) -> date | Unclear:
    try:
        return _within(date(year, month, day), today, expecting)
    except ValueError:
        return Unclear.IMPOSSIBLE


def _within(day: date, today: date, expecting: Expecting) -> date | Unclear:
    if expecting == "birth":
        if day > today:
            return Unclear.NOT_YET
        # A year of another calendar (1368, 1410) is centuries ago in ours.
        return day if day.year >= today.year - OLDEST else Unclear.IMPOSSIBLE
    if day < today:
        return Unclear.PAST
    return day if day - today <= FARTHEST else Unclear.TOO_FAR


# --- The rest ---------------------------------------------------------------------------------------------------------


def _by_dateparser(message: str, language: str, today: date, expecting: Expecting) -> date | Unclear:
    """What our patterns do not know; believed only if dateparser says that day and month were said, and no time."""
    settings: dict[str, Any] = {
        "RELATIVE_BASE": datetime.combine(today, time(12)),  # dateparser wants the wall clock
        "PREFER_DATES_FROM": "past" if expecting == "birth" else "future",
        "DATE_ORDER": "DMY",
        "STRICT_PARSING": expecting == "birth",
    }
    needed = {"day", "month", "year"} if expecting == "birth" else {"day", "month"}
    known = [code for code in dict.fromkeys((language, *understood())) if _dateparser_knows(code)]
    # Always with languages: without, every new base day costs memory that is never given back.
    for code in known:
        read = DateDataParser(languages=[code], settings=settings).get_date_data(message)
        if read.date_obj and needed <= set(read.parts) and "time" not in read.parts:
            return _within(read.date_obj.date(), today, expecting)
    return Unclear.NOTHING


@cache
def _dateparser_knows(language: str) -> bool:
    try:
        DateDataParser(languages=[language])
    except ValueError:
        return False
    return True
