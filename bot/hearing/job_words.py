"""A job she says she has applied for, in her own words: "Sökte jobb på ICA idag".

Heard only as a message that begins so and says no more than where, or as what, and when. Nothing is guessed: what
follows is kept as she wrote it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.spelling import fold
from bot.text import known

MOST_WORDS = 16
"""A longer message tells more than this, and is read by somebody."""

MOST_NAMED = 8
"""Words that name a job and where it is; with more than these something else is told too."""

_MORE = re.compile(r"[.!;؛]\s+\S{3}")
"""Another sentence after a stop."""

LONGEST_TITLE, LONGEST_EMPLOYER = 100, 150
_A_FEW = 3
"""Words of the longest way to name such a day."""


@dataclass(frozen=True)
class Applied:
    """What a message says of it; ``title`` and ``employer`` are empty where it does not."""

    on: date
    title: str = ""
    employer: str = ""


def applied_for(message: str, today: date) -> Applied | None:
    """The job a message tells of; ``None`` for anything else.

    >>> applied_for("Sökte jobb på ICA idag", date(2026, 11, 27)).employer
    'ICA'
    """
    words: Sequence[str] = message.split()
    if len(words) > MOST_WORDS or any(mark in message for mark in "?؟"):
        return None
    words = _without_politeness(words)
    if says_more(" ".join(words)):
        return None
    words, day = _without_day(words)
    on = today if day is None else day_of(day, today)
    for key in ("applied-at", "applied-as", "applied"):
        rest = _after(words, key)
        if rest is None or (key == "applied") != (not rest):
            continue
        if len(rest) > MOST_NAMED:
            return None
        said = " ".join(rest).strip(" .,!:;")
        if key == "applied-as":
            return Applied(on, title=said) if 0 < len(said) <= LONGEST_TITLE else None
        return Applied(on, employer=said) if len(said) <= LONGEST_EMPLOYER else None
    return None


def day_of(key: str, today: date) -> date:
    """The day that a word names."""
    return today - timedelta(days=("today", "yesterday", "day-before-yesterday").index(key))


def says_more(message: str) -> bool:
    """Whether it says that something was not so, or has a sentence more: "sökte jobb på ICA men fick inget"."""
    return _MORE.search(message) is not None or any(word in known("negations") for word in fold(message).split())


def _after(words: Sequence[str], key: str) -> Sequence[str] | None:
    """What follows a phrase of a list that the words begin with, the longest; ``None``: they begin with none."""
    folded = [fold(word) for word in words]
    for end in range(len(words), 0, -1):
        if " ".join(filter(None, folded[:end])) in known(key):
            return words[end:]
    return None


def _without_politeness(words: Sequence[str]) -> Sequence[str]:
    while words and (fold(words[0]) in known("politeness") or not fold(words[0])):
        words = words[1:]
    while words and (fold(words[-1]) in known("politeness") or not fold(words[-1])):
        words = words[:-1]
    return words


def _without_day(words: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """The words without the day they end or begin with, and which it is."""
    for many in range(min(_A_FEW, len(words)), 0, -1):
        for key in ("today", "yesterday", "day-before-yesterday"):
            if fold(" ".join(words[-many:])) in known(key):
                return words[:-many], key
            if fold(" ".join(words[:many])) in known(key):
                return words[many:], key
    return words, None
