"""Days as whoever counts by another calendar may say them: "11 Azar", "۱۱ آذر", "ነገ", "چهارشنبه".

Only a whole message that is a day's name or its number and month, never a word within others, and read before all else:
in "جمعه ۴ دی" four is no day of ours. The weekdays are those of languages that have no catalogue here. Tigrinya's own
spellings of the months are left out: in Eritrea they are ours by another name, in Ethiopia other days. Whatever is read
is shown back in full.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from babel import Locale

from bot.calendars import LAST, ethiopian, month_names, persian
from bot.spelling import fold

_FARTHEST = 2 * 365
"""Days ahead: further was hardly meant."""

# Month names in Ethiopic letters, as they are written with and without the older letters.
_AMHARIC = (
    "መስከረም",
    "ጥቅምት",
    "ኅዳር ህዳር",
    "ታኅሣሥ ታህሳስ ታኅሳስ",
    "ጥር",
    "የካቲት",
    "መጋቢት",
    "ሚያዝያ ሚያዚያ",
    "ግንቦት",
    "ሰኔ",
    "ሐምሌ ሀምሌ",
    "ነሐሴ ነሀሴ",
    "ጳጉሜን ጳጉሜ",
)
# From Monday; in Latin letters as they are written by telephone.
_WEEKDAYS = (
    "doshanbe senyo segno senuy",
    "seshanbe maksenyo maksegno selus",
    "chaharshanbe charshanbe rebu",
    "panjshanbe panshanbe hamus",
    "jome juma arbi",
    "shanbe shanba kidame kedam",
    "yekshanbe yakshanbe ehud senbet",
)
_OTHER_SPELLINGS = ("دو شنبه", "سه شنبه", "چهار شنبه", "پنج شنبه", "", "", "یک شنبه")
_LANGUAGES = ("fa", "fa_AF", "ps", "am", "ti")
_NEAR = {"امروز": 0, "emrooz": 0, "emroz": 0, "ዛሬ": 0, "ሎሚ": 0, "فردا": 1, "farda": 1, "ነገ": 1, "ጽባሕ": 1, "ጽባህ": 1}

_MEANS_ANOTHER = {("ar", ("persian", 9))}
"""Azar in Latin letters is March to who writes Arabic (آذار), and December to who writes Persian: it is asked again."""

_DATE = re.compile(r"(?:(?P<d>\d{1,2}) (?P<m>[^\d]+?)|(?P<m2>[^\d]+?) (?P<d2>\d{1,2}))(?: ماه)?(?: (?P<y>\d{4}))?")


def read_other(message: str, language: str, today: date) -> date | None:
    """The day that is to come, if the message is nothing but that day. ``language``: she writes in with us."""
    said = fold(message)
    if said in _near():
        return today + timedelta(days=_near()[said])
    if said in _weekdays():
        # The name of today is next week's: today would have been called today.
        return today + timedelta(days=(_weekdays()[said] - today.weekday() - 1) % 7 + 1)
    first = next((name for name in _weekdays() if said.startswith(f"{name} ")), "")
    found = _date(said.removeprefix(first).strip(), language, today)
    return found if found is None or not first or found.weekday() == _weekdays()[first] else None


def _date(said: str, language: str, today: date) -> date | None:
    found = _DATE.fullmatch(said)
    months = _months().get((found["m"] or found["m2"]).removesuffix(" ماه")) if found else None
    if found is None or months is None or (language, months) in _MEANS_ANOTHER:
        return None
    calendar, month = months
    number, year = int(found["d"] or found["d2"]), found["y"]
    for ahead in range(_FARTHEST):
        day = today + timedelta(days=ahead)
        if day > LAST:
            return None
        counted = ethiopian(day) if calendar == "ethiopian" else persian(day)
        if counted[1:] == (month, number) and year in (None, str(counted[0])):
            return day
    return None


@cache
def _months() -> Mapping[str, tuple[str, int]]:
    """Folded name of a month -> by which calendar (the Afghan has the Persian's days), and which it is."""
    found = {fold(name): ("ethiopian", n) for n, names in enumerate(_AMHARIC, 1) for name in names.split()}
    for calendar, names in month_names():
        for n, name in enumerate(names, 1):
            found.setdefault(fold(name), ("ethiopian" if calendar == "ethiopian" else "persian", n))
    return found


@cache
def _weekdays() -> Mapping[str, int]:
    """Folded name -> weekday, 0 is Monday; longer names before those they begin with."""
    found = {
        fold(name): day
        for code in _LANGUAGES
        for width in ("abbreviated", "wide")
        for day, name in Locale.parse(code).days["format"][width].items()
    }
    found |= {fold(name): day for day, names in enumerate(_WEEKDAYS) for name in names.split()}
    found |= {fold(name): day for day, name in enumerate(_OTHER_SPELLINGS) if name}
    known = {name: day for name, day in found.items() if len(name) > 1}
    return dict(sorted(known.items(), key=lambda one: len(one[0]), reverse=True))


@cache
def _near() -> Mapping[str, int]:
    return {fold(word): days for word, days in _NEAR.items()}
