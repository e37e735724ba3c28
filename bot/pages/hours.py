"""Opening hours as people read them: days with the same hours on one line."""

from collections.abc import Sequence
from datetime import time
from itertools import groupby

from babel import Locale, UnknownLocaleError

from backend.contract import Hours
from bot.text import N_, render, say


def opening_hours(hours: Sequence[Hours], language: str) -> list[str]:
    """Lines such as ``Vardagar 8.00-16.30``; hours look as in the sentences beside them."""
    in_order = sorted(hours, key=lambda one: one.weekday)
    lines = []
    for (opens, closes), days in groupby(in_order, key=lambda one: (one.opens, one.closes)):
        # Read from the left in every language, as one value.
        span = f"{_clock(opens, language)}-{_clock(closes, language)}"
        weekdays = [one.weekday for one in days]
        if weekdays == [0, 1, 2, 3, 4]:
            lines.append(render(say(N_("Weekdays {hours}"), hours=span), language))
        else:
            lines.append(render(say("{days} {hours}", days=_days(weekdays, language), hours=span), language))
    return lines


def _clock(hour: str, language: str) -> str:
    return render(say("{hour}", hour=time.fromisoformat(hour)), language)


def _days(weekdays: Sequence[int], language: str) -> str:
    try:
        names = Locale.parse(language).days["format"]["wide"]
    except (UnknownLocaleError, ValueError):
        names = Locale.parse("sv").days["format"]["wide"]
    first, last = names[weekdays[0]], names[weekdays[-1]]
    together = weekdays == list(range(weekdays[0], weekdays[-1] + 1)) and len(weekdays) > 1
    return f"{first}-{last}" if together else ", ".join(names[day] for day in weekdays)
