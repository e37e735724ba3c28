"""That somebody wants to be rung at a time she says herself: "ring mig i morgon kl 10"."""

from datetime import date

from bot.hearing.days import read_moment
from bot.hearing.words import Command
from bot.spelling import fold
from bot.text import known

MOST_WORDS = 12
"""A longer message tells more than this, and is read by somebody."""

MOST_OF_AN_HOUR = 4
"""With more words around it a figure alone is no hour: "ring mig, jag har 3 barn hemma"."""


def call_at(message: str, language: str, today: date) -> Command | None:
    """``call-time`` where a wish to be rung begins the message and a day or an hour follows; its argument
    is the day. ``None`` for anything else: a plain wish to be rung among it."""
    said = fold(message)
    if len(said.split()) > MOST_WORDS:
        return None
    opening = max((words for words in known("ring-me") if said.startswith(f"{words} ")), key=len, default=None)
    if opening is None:
        return None
    rest = said.removeprefix(opening).strip()
    if rest.isdecimal() or "112" in rest.split():
        return None  # 112 is a number to ring
    moment = read_moment(rest, language, today)
    if moment.day is None and (not moment.times or len(rest.split()) > MOST_OF_AN_HOUR):
        return None
    return Command("call-time", moment.day.isoformat() if moment.day is not None else None)
