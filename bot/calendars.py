"""Days as they are counted elsewhere: by the Persian calendar, in Iran and in Afghanistan, and by the Ethiopian.

Said in brackets after the ordinary date to whoever wants it, never instead of it: what a meeting goes by is the
Swedish calendar. Both are arithmetic here. The Persian year follows the sun; the 33-year cycle that ICU counts by is
the same as the astronomical years until 1501 (AD 2122). The Ethiopian has a leap day every fourth year, as the Julian.
Sources: E. Reingold and N. Dershowitz, Calendrical Calculations (4th ed.), chapters 4 and 15; ICU 78, ``persncal.cpp``
and ``cecal.cpp``. ``tests/data/calendars.json`` holds what ICU says of some thousand days.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal, TypeAlias, get_args

CalendarName: TypeAlias = Literal["persian", "afghan", "ethiopian"]
"""The Persian and the Afghan have the same days and other names of months."""

CALENDARS: tuple[CalendarName, ...] = get_args(CalendarName)

SPOKEN: Mapping[str, CalendarName] = {
    "fa": "persian",
    "prs": "afghan",
    "ps": "afghan",
    "am": "ethiopian",
    "ti": "ethiopian",
}
"""Languages whose speakers may count by another calendar, and which."""

LAST = date(2122, 3, 20)
"""The last day that the arithmetic is true of."""

_JULIAN_DAY = 1721425
"""What added to :meth:`date.toordinal` gives the Julian day number."""
_PERSIAN_EPOCH = 1948320
_ETHIOPIAN_EPOCH = 1724221

# Month names in CLDR 48; the Afghan in Latin letters as in Encyclopaedia Iranica, "Calendars", for Dari. Arabic letters
# are the reader's own: as they are written in Persian and in Dari.
_NAMES: Mapping[tuple[CalendarName, str], str] = {
    ("persian", ""): "Farvardin Ordibehesht Khordad Tir Mordad Shahrivar Mehr Aban Azar Dey Bahman Esfand",
    ("persian", "ar"): "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
    ("persian", "uk"): "фарвардін ордібехешт хордад тір мордад шахрівер мехр абан азер дей бахман есфанд",
    ("afghan", ""): "Hamal Sawr Jawza Saratan Asad Sonbola Mizan Aqrab Qaws Jadi Dalw Hut",
    ("afghan", "ar"): "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت",
    ("ethiopian", ""): ("Meskerem Tekemt Hedar Tahsas Ter Yekatit Megabit Miazia Genbot Sene Hamle Nehasse Pagumen"),
    ("ethiopian", "ar"): "مسكريم تكمت هدار تهساس تر يكتت مجابيت ميازيا جنبت سين هامل نهاس باجمن",
    ("ethiopian", "uk"): (
        "мескерема текемта хедара тахсаса тера єкатіта мегабіта міязія генбота сене хамле нехасе пагумена"
    ),
}


def persian(day: date) -> tuple[int, int, int]:
    """Year, month and day by the Persian calendar. ``ValueError`` after :data:`LAST`."""
    if day > LAST:
        raise ValueError("further ahead than the arithmetic is true")
    number = day.toordinal() + _JULIAN_DAY
    year = day.year - 621
    if number < _new_year(year):
        year -= 1
    passed = number - _new_year(year)
    month = passed // 31 if passed < 186 else (passed - 6) // 30
    return year, month + 1, passed - (31 * month if month < 6 else 30 * month + 6) + 1


def _new_year(year: int) -> int:
    return _PERSIAN_EPOCH + 365 * (year - 1) + (8 * year + 21) // 33


def ethiopian(day: date) -> tuple[int, int, int]:
    """Year (Amete Mihret), month and day by the Ethiopian calendar; the thirteenth month has five or six days."""
    passed = day.toordinal() + _JULIAN_DAY - _ETHIOPIAN_EPOCH
    # Four years have 1461 days; the third of them is the long one.
    year = (4 * passed + 1463) // 1461
    in_year = passed - (365 * (year - 1) + year // 4)
    return year, in_year // 30 + 1, in_year % 30 + 1


def month_names() -> Iterator[tuple[CalendarName, list[str]]]:
    """The names of the months of each calendar, in each kind of letters."""
    for (calendar, _), names in _NAMES.items():
        yield calendar, names.split()


def day_and_month(day: date, calendar: CalendarName, language: str) -> str:
    """``11 Azar``: the day by another calendar, its month in the letters of a language."""
    _, month, number = ethiopian(day) if calendar == "ethiopian" else persian(day)
    names = _NAMES.get((calendar, language)) or _NAMES[calendar, ""]
    return f"{number} {names.split()[month - 1]}"
