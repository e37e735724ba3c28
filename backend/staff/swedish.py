"""Days, hours, due times and languages as the staff pages write them, in Swedish and on the Swedish clock."""

from datetime import date, datetime, timedelta
from typing import Literal

from babel import Locale
from babel.dates import format_date

from backend.calendar import SWEDEN, day_in_sweden
from backend.contract import FreeTime, Language, Meeting
from backend.tasks import CALL_TIME

_LOCALE = Locale("sv")
# What staff say, where CLDR's Swedish names are not the words used here.
_SAID = {"ckb": "sorani", "ps": "pashto", "prs": "dari"}
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "prs", "ps", "ur"})
_HOUR = timedelta(hours=1)


def hour(at: datetime) -> str:
    """``9.30``: the hour on the Swedish clock."""
    local = at.astimezone(SWEDEN)
    return f"{local.hour}.{local.minute:02d}"


def long_day(day: date) -> str:
    """``tisdag 1 december``."""
    return format_date(day, "EEEE d MMMM", locale=_LOCALE)


def short_day(day: date) -> str:
    """``1 dec``."""
    return format_date(day, "d MMM", locale=_LOCALE).rstrip(".")


def month(day: date) -> str:
    """``december 2026``."""
    return format_date(day, "MMMM y", locale=_LOCALE)


def when(at: datetime, now: datetime) -> str:
    """``9.58`` today, ``i går 9.58``, ``i morgon 9.58``, else ``1 dec 9.58``."""
    days = (day_in_sweden(at) - day_in_sweden(now)).days
    named = {-1: "i går ", 0: "", 1: "i morgon "}.get(days)
    return f"{short_day(day_in_sweden(at))} {hour(at)}" if named is None else f"{named}{hour(at)}"


def due(at: datetime, now: datetime) -> str:
    """When something is due: ``6 min kvar`` in the last hour, ``före 11.30`` today, ``i går 16.00`` when it is past."""
    if at < now:
        past = when(at, now)
        return f"skulle varit {past}" if day_in_sweden(at) == day_in_sweden(now) else past
    if at - now < _HOUR:
        return f"{int((at - now).total_seconds() // 60)} min kvar"
    return f"före {when(at, now)}"


def task_due(reason: str, due_at: datetime, now: datetime) -> str:
    """When a task is due; a call at a chosen hour has that hour (``1 dec 9.00-10.00``), and is not made before it."""
    return f"{when(due_at - _HOUR, now)}-{hour(due_at)}" if reason == CALL_TIME else due(due_at, now)


def kronor(amount: int) -> str:
    """``7 485 kr``, unbroken."""
    return f"{amount:,}".replace(",", "\N{NO-BREAK SPACE}") + "\N{NO-BREAK SPACE}kr"


def language_name(code: Language) -> str:
    """``arabiska``; the code itself for a language without a Swedish name."""
    return _SAID.get(code) or _LOCALE.languages.get(code, code)


def direction(code: Language) -> Literal["ltr", "rtl"]:
    """Which way a language is written."""
    return "rtl" if code in _RIGHT_TO_LEFT else "ltr"


def time_words(time: FreeTime | Meeting, now: datetime) -> str:
    """An offered time: ``i morgon 9.30``, ``torsdag 3 december kl 9.30``."""
    day = day_in_sweden(time.start)
    near = (day - day_in_sweden(now)).days <= 1
    return when(time.start, now) if near else f"{long_day(day)} kl {hour(time.start)}"
