"""What somebody says of her meeting beforehand, in her own words: that she is late, is ill, or cannot come.

More generous than the words that work anywhere, and read only where a meeting is coming: a few words more ("till mötet
i dag, tyvärr") take nothing away. Nothing is changed by it: who is late is told of, and the rest is asked about.
"""

import re
from collections.abc import Mapping
from functools import cache

from bot.hearing.words import Command
from bot.spelling import fold
from bot.text import known, worth

MOST_WORDS = 16
"""A longer message tells more than this, and is read by somebody."""

MOST_MINUTES = 240

_CLAUSES = re.compile(r"[.,;:!?؟،؛\n]+")
_ANYWHERE = 3
"""Words of a phrase that is long enough to mean the same with others before it: "bussen gick, jag blir sen"."""


def of_meeting(message: str) -> Command | None:
    """``late`` (with minutes, where they were said), ``ill`` or ``move``; ``None`` for anything else."""
    if len(message.split()) > MOST_WORDS or _only_supposed(fold(message)):
        return None
    heard = [_clause(part) for part in _CLAUSES.split(message)]
    minutes = next((found for _, found in heard if found), None)
    names = {name for name, _ in heard if name}
    for name in ("late", "ill", "move"):
        if name in names:
            return Command(name, str(minutes) if name == "late" and minutes else None)
    return None


def cannot_come(message: str) -> bool:
    """Whether a clause says that she cannot come, and not only that another time is wanted."""
    return any(_bare(fold(part)) in _phrases("cannot-come") for part in _CLAUSES.split(message))


def _only_supposed(said: str) -> bool:
    """Whether it is asked what would be: "vad händer om jag blir sen?"."""
    return any(f" {word} " in f" {said} " for word in known("in-case"))


def _clause(part: str) -> tuple[str, int | None]:
    """What one clause says, and a length of time in it. Why it is so ("för att bussen …") is a part of its own."""
    said, minutes, timed = _minutes(fold(part))
    parts = [part_of for part_of in re.split(_joining(), said) if part_of]
    for one in parts:
        tokens = _bare(one)
        if timed and tokens and all(token in known("late-by") for token in tokens):
            return "late", minutes
        if name := _named(tokens):
            return name, minutes
    return "", minutes


def _named(tokens: tuple[str, ...]) -> str:
    if _is_late(tokens):
        return "late"
    if tokens in _phrases("ill") or _holds(tokens, "ill"):
        return "ill"
    # One word alone ("tid") is a word that works anywhere or nothing.
    return "move" if len(tokens) > 1 and (tokens in _phrases("move") or tokens in _phrases("cannot-come")) else ""


def _is_late(tokens: tuple[str, ...]) -> bool:
    """Late, and for nothing else: what follows ("med hyran") says with what, and that is no meeting."""
    said = tuple(token for token in tokens if not token.isdecimal())
    return said in _phrases("late") or any(said[n:] in _phrases("late") for n in range(len(said) - _ANYWHERE + 1))


def _holds(tokens: tuple[str, ...], key: str) -> bool:
    return any(
        tokens[start:end] in _phrases(key)
        for start in range(len(tokens))
        for end in range(start + _ANYWHERE, len(tokens) + 1)
    )


@cache
def _phrases(key: str) -> frozenset[tuple[str, ...]]:
    """A list's phrases without the words that say nothing, which are left out of a message too."""
    return frozenset(tokens for phrase in known(key) if (tokens := _bare(phrase)))


def _bare(said: str) -> tuple[str, ...]:
    small, polite = known("beside-meeting"), known("politeness")
    return tuple(token for token in said.split() if token not in small and token not in polite)


@cache
def _joining() -> str:
    joining = {*known("and"), *known("because")} - {""}
    words = sorted(map(re.escape, joining), key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(words)})(?!\w)"


@cache
def _units() -> re.Pattern[str]:
    units = "|".join(sorted((re.escape(unit) for unit in worth("minutes")), key=len, reverse=True))
    # Arabic writes "by" and "and" in one word with what follows.
    return re.compile(rf"(?<!\w)(?:[بو]?(?P<n>\d{{1,3}}) ?)?(?P<unit>{units})(?!\w)")


def _minutes(said: str) -> tuple[str, int | None, bool]:
    """The clause without a length of time, the minutes it is, and whether there was one."""
    numbers = _numbers()
    said = " ".join(numbers.get(token, token) for token in said.split())
    found = _units().search(said)
    if found is None:
        return said, None, False
    unit = int(worth("minutes")[found["unit"]])
    # "Några minuter" is no number.
    minutes = unit * int(found["n"]) if found["n"] else unit if unit > 1 else None
    rest = f"{said[: found.start()]} {said[found.end() :]}"
    return rest, minutes if minutes and minutes <= MOST_MINUTES else None, True


@cache
def _numbers() -> Mapping[str, str]:
    return {word: value for word, value in worth("numbers").items() if " " not in word and int(value) <= MOST_MINUTES}
