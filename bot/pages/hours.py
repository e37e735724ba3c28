"""Opening hours as people read them: days with the same hours on one line."""

from collections.abc import Sequence
from itertools import groupby

from babel import Locale, UnknownLocaleError

from backend.contract import Hours
from bot.text import N_, render, say


def opening_hours(hours: Sequence[Hours], language: str) -> list[str]:
    """Lines such as ``Vardagar 8.00-16.30``; each hour is shown on the Swedish clock, as on the paper on the door."""
    in_order = sorted(hours, key=lambda one: one.weekday)
    lines = []
    for (opens, closes), days in groupby(in_order, key=lambda one: (one.opens, one.closes)):
        span = f"{_clock(opens)}-{_clock(closes)}"
        weekdays = [one.weekday for one in days]
        if weekdays == [0, 1, 2, 3, 4]:
            lines.append(render(say(N_("Weekdays {hours}"), hours=span), language))
        else:
            lines.append(render(say("{days} {hours}", days=_days(weekdays, language), hours=span), language))
    return lines


def _clock(hour: str) -> str:
    return hour.lstrip("0").replace(":", ".") if not hour.startswith("00") else hour[1:].replace(":", ".")


def _days(weekdays: Sequence[int], language: str) -> str:
    try:
        names = Locale.parse(language).days["format"]["wide"]
    except (UnknownLocaleError, ValueError):
        names = Locale.parse("sv").days["format"]["wide"]
    first, last = names[weekdays[0]], names[weekdays[-1]]
    together = weekdays == list(range(weekdays[0], weekdays[-1] + 1)) and len(weekdays) > 1
    return f"{first}-{last}" if together else ", ".join(names[day] for day in weekdays)
