"""The day by another calendar too, in brackets after ours, for whoever wants it.

Asked of whoever speaks a language in which many count so, once, and changed anywhere with a word. It is put in where
her messages leave the turn, so that no sentence has to know of it; and it never costs her a text more.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Literal

from backend.contract import Meeting
from bot.calendars import LAST, SPOKEN, CalendarName
from bot.conversation.talk import PERSONAL_CHANNELS, Talk
from bot.conversation.understood import is_idle
from bot.messages import Outgoing
from bot.questions import Question, YesNo
from bot.rendering import as_text
from bot.text import N_, ByCalendar, Text, Value, local_day, local_time, moment, say, segments

CALENDAR = "calendar"
"""The question, as it is named in :class:`bot.messages.Open`, and the word that changes it."""

TOO = Question("calendar", N_("Do you want the day by this calendar too: {day}?"), YesNo())
ON = N_("From now on you get the day by that calendar too, in brackets.")
OFF = N_("You get the day by the ordinary calendar alone.")
WHICH_ONE = N_("Which one? Write PERSIAN CALENDAR, AFGHAN CALENDAR or ETHIOPIAN CALENDAR.")


def counts_by(talk: Talk) -> CalendarName | None:
    """The calendar that many who speak as she does count by."""
    return SPOKEN.get(talk.thread.speaks or talk.language)


def is_due(talk: Talk, meeting: Meeting) -> bool:
    """Whether she is asked now: once, when all that follows a booking is answered."""
    return talk.person.calendar is None and counts_by(talk) is not None and is_idle(talk, meeting)


def example(talk: Talk) -> Mapping[str, Value]:
    """What the question shows: the day of her meeting, or today."""
    day = local_day(talk.person.meeting.start) if talk.person.meeting is not None else talk.today
    return {"day": ByCalendar(day, counts_by(talk) or "persian")}


def choose(talk: Talk, calendar: CalendarName | Literal["off"]) -> None:
    """From now on her days are said so."""
    talk.state = talk.state.with_person(calendar=calendar)
    talk.say(say(OFF if calendar == "off" else ON))


def set_by_staff(talk: Talk, calendar: CalendarName | Literal["off"], *, tell: bool) -> None:
    """A human has asked her. The question, where it stands, is thereby answered; what is so already is not repeated."""
    before, opened = talk.person.calendar, talk.thread.open
    if opened is not None and opened.ask == CALENDAR:
        talk.open(None)
    if tell and talk.is_told_of_this and before != calendar:
        choose(talk, calendar)
    else:
        talk.state = talk.state.with_person(calendar=calendar)


def with_calendar(talk: Talk, message: Outgoing) -> Outgoing:
    """The message with the day by her calendar beside each moment in it; as it was, where that would cost a text."""
    calendar = talk.person.calendar
    if calendar is None or calendar == "off" or message.telephone is not None or message.verbatim is not None:
        return message
    meeting = talk.person.meeting if message.kind == "reminder" else None
    text = _beside(message.text, calendar, meeting)
    if message.card is not None and message.card.start.date() < LAST:
        message = replace(message, calendar=calendar)
    longer = replace(message, text=text)
    by_sms = message.to is not None or talk.thread.channel not in (*PERSONAL_CHANNELS, "telegram")
    if by_sms:
        language = message.language or talk.language
        texts = [segments(as_text(one, language, plain=True)) for one in (message, longer)]
        return longer if texts[1] <= texts[0] else message
    return longer


def _beside(text: Text, calendar: CalendarName, meeting: Meeting | None) -> Text:
    return replace(text, values={name: _also(value, calendar, meeting) for name, value in text.values.items()})


def _also(value: Value, calendar: CalendarName, meeting: Meeting | None) -> Value:
    """``meeting``: what a text that says only an hour, today or tomorrow, is about."""
    if isinstance(value, Text):
        return _beside(value, calendar, meeting)
    if isinstance(value, datetime) and local_day(value) < LAST:
        return moment(value, say("{day} ({other})", day=local_day(value), other=ByCalendar(local_day(value), calendar)))
    if isinstance(value, time) and meeting is not None and value == local_time(meeting.start):
        return say("{hour} ({other})", hour=value, other=ByCalendar(local_day(meeting.start), calendar))
    return value
