"""Whether the day of a meeting came across: asked once, outside Swedish, as a doubt about our words, no test of hers.

A wrong answer, an unclear one and none at all change nothing and are counted nowhere: the time is said once more. What
is plainly something else is read as if nothing had been asked.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from backend.contract import Meeting
from bot.conversation.talk import Talk
from bot.hearing.days import read_moment
from bot.messages import Choice
from bot.spelling import digits, fold
from bot.text import N_, Weekday, known, languages, local_day, local_time, render, say

UNDERSTOOD = "understood"
"""The question, as it is named in :class:`bot.messages.Open`; its ``question`` is the days that were shown."""

WHICH_DAY = N_("Did we write it clearly? Which day do we meet? You need not answer.")

SHOWN = 3
"""Days to choose from: hers, and working days beside it."""

_MOST_WORDS = {True: 6, False: 3, None: 2}
"""How long an answer is, by what was heard in it: with more words she tells something else, which a person reads."""

_UNSURE = 4
"""Not to know is said in so many words."""


def is_due(talk: Talk, meeting: Meeting) -> bool:
    """Whether she is asked now: not of what she was told in Swedish, nor where she is rung instead."""
    return talk.language != "sv" and talk.person.by_phone != meeting.id and is_idle(talk, meeting)


def is_idle(talk: Talk, meeting: Meeting) -> bool:
    """Whether she has booked the meeting, all that follows it is answered, and nothing else is going on."""
    thread, person = talk.thread, talk.person
    busy = thread.open or thread.interrupted or thread.awaited or thread.run
    unheard = thread.opted_out or thread.frozen or thread.blocked or thread.doubted or person.is_silent
    if person.unasked != meeting.id or busy or unheard or thread.owner == "staff":
        return False
    # Whoever is being helped with what cannot wait has heard enough of us.
    return talk.stands(meeting) and not talk.is_alarmed()


def days_around(meeting: Meeting, today: date) -> tuple[date, ...]:
    """The day of the meeting among working days beside it, none of them behind us; not always in the same place."""
    day = local_day(meeting.start)
    days = [day]
    for _ in range(day.toordinal() % SHOWN):
        if (before := _beside(days[0], -1)) >= today:
            days.insert(0, before)
    while len(days) < SHOWN:
        days.append(_beside(days[-1], 1))
    return tuple(days)


def _beside(day: date, step: int) -> date:
    day += timedelta(days=step)
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day


def choices_of(days: Sequence[date]) -> tuple[Choice, ...]:
    """The days by their names, numbered from 1."""
    return tuple(Choice(n, say("{day}", day=Weekday(day)), str(n)) for n, day in enumerate(days, 1))


def kept(days: Sequence[date]) -> str:
    """The days as they are kept with the question that showed them."""
    return "|".join(day.isoformat() for day in days)


def shown_in(question: str) -> tuple[date, ...]:
    """The days that were shown with the question."""
    return tuple(date.fromisoformat(day) for day in question.split("|"))


def heard_day(talk: Talk, words: str, days: Sequence[date], meeting: Meeting) -> tuple[bool | None, date | None]:
    """Whether the day or the hour of the meeting was said, ``None`` where none was; and which of ``days``, if one."""
    figure, said, day = digits(words).strip(" .)"), fold(words), local_day(meeting.start)
    place = int(figure) - 1 if figure.isdecimal() else -1
    named = days[place : place + 1] if place >= 0 else [one for one in days if said in _names(one)]
    if named:
        return named[0] == day, named[0]
    moment = read_moment(words, talk.language, talk.today)
    if moment.day is not None:
        return moment.day == day, None
    return (local_time(meeting.start) in moment.times if moment.times else None), None


def tells_more(words: str, heard: bool | None) -> bool:
    """Whether it is more than an answer: a person reads it, rather than that a wish is taken for a mistake."""
    tokens = fold(words).split()
    if heard is None and len(tokens) <= _UNSURE and any(token in known("unsure") for token in tokens):
        return False
    denied = len(tokens) > 1 and any(token in known("negations") for token in tokens)
    return denied or len(tokens) > _MOST_WORDS[heard]


def say_time(talk: Talk, meeting: Meeting) -> None:
    """The time in full, once more."""
    talk.say(say(N_("Your time: {time}, {address}."), time=meeting.start, address=meeting.address))


def _names(day: date) -> frozenset[str]:
    return frozenset(fold(render(say("{day}", day=Weekday(day)), language)) for language in languages())
