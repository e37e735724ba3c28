"""A meeting between the turns: kept with its reminders, asked about once, told of when it changes."""

from dataclasses import replace
from datetime import datetime, timedelta

from backend.contract import Meeting, MeetingStatus
from bot.conversation import also_by
from bot.conversation.putting import REMINDER, REMINDER_EVENING, put_own
from bot.conversation.talk import Talk
from bot.conversation.understood import UNDERSTOOD, days_around, is_due, kept
from bot.conversation.wishing import tell_of_wishes
from bot.leaving.sending import Kind
from bot.messages import Elapsed, Outgoing, Timer
from bot.places import with_stop
from bot.text import Text, in_sms_alphabet, local, local_time, render, say, segments

_REMINDERS = {"reminder": REMINDER, "reminder-evening": REMINDER_EVENING}

_TOO_LATE = timedelta(minutes=10)
"""How long before a meeting begins nothing of it is sent any more."""


def keep_meeting(talk: Talk, meeting: Meeting) -> None:
    """Remember the meeting and set its reminders: that morning, and the evening before if booked before that day.

    One that begins before the morning's reminder could leave is reminded of the evening before, whenever it was booked.
    """
    before = talk.person.meeting
    stays = before is not None and (before.id, before.start) == (meeting.id, meeting.start)
    # Whoever is to be rung at its hour still is when only its interpreter was found.
    talk.state = talk.state.with_person(meeting=meeting, by_phone=talk.person.by_phone if stays else None)
    if before is not None and talk.person.unasked == before.id:
        talk.state = talk.state.with_person(unasked=meeting.id)
    start_at = local(meeting.start)
    hour = 8 if start_at.hour < 12 else 9
    morning = start_at.replace(hour=hour, minute=0, second=0, microsecond=0)
    if morning > talk.now + timedelta(hours=1) and morning < start_at:
        talk.timers.append(Timer("reminder", morning, meeting.id))
    evening = (start_at - timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0)
    if talk.today < evening.date() or (morning >= start_at and evening > talk.now):
        talk.timers.append(Timer("reminder-evening", evening, meeting.id))


def ask_beside(talk: Talk) -> None:
    """When all that follows a booking is said and answered: what she may wish of the interpreter; whether she wants its
    day by the calendar she may count by; and whether it came across, once for a meeting and whatever it moves to."""
    meeting = talk.person.meeting
    if meeting is None:
        return
    tell_of_wishes(talk, meeting)
    if also_by.is_due(talk, meeting):
        # Silence is a no; a word changes it.
        talk.state = talk.state.with_person(calendar="off")
        put_own(talk, also_by.CALENDAR, meeting.id, meeting.start)
    elif is_due(talk, meeting):
        talk.state = talk.state.with_person(unasked=None)
        days = days_around(meeting, talk.today)
        put_own(talk, UNDERSTOOD, meeting.id, meeting.start, about=kept(days))


def remind(talk: Talk, event: Elapsed) -> None:
    """A reminder is due. One of a meeting that was moved or cancelled is not said, nor one she is to be rung at."""
    meeting = talk.person.meeting
    if meeting is None or meeting.id != event.reference or not talk.stands(meeting):
        return
    if talk.person.by_phone == meeting.id:
        return
    if event.timer == "reminder-evening" and talk.now >= _latest(event.timer, meeting):
        return
    talk.says.append(
        Outgoing(
            "reminder",
            say(_REMINDERS[event.timer], time=local_time(meeting.start)),
            question=talk.new_token(),
            ask="reminder",
            reference=meeting.id,
            until=meeting.start,
            to=talk.other_reach(),
            language=talk.language,
            deadline=_latest(event.timer, meeting),
        )
    )


def _latest(reminder: str, meeting: Meeting) -> datetime:
    """What says "tomorrow" may not leave on the day itself."""
    midnight = local(meeting.start).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if reminder == "reminder-evening" else meeting.start - _TOO_LATE


def with_stop_if_it_fits(talk: Talk, text: Text) -> Text:
    """A sentence with the address of her meeting, and the bus stop too where it costs no text more than it may."""
    address = text.values.get("address")
    if not isinstance(address, str):
        return text
    longer = replace(text, values={**text.values, "address": with_stop(talk.policy, address)})
    most = Kind("reply").segments[0 if in_sms_alphabet(talk.language) else 1]
    fits = segments(render(longer, talk.language, plain=True)) <= most
    return longer if fits or talk.thread.channel != "sms" else text


def tell_of_meeting(talk: Talk, kind: str, meeting: Meeting, text: Text) -> None:
    """Say where she wants to be reached what is new about a meeting.

    Not of one she has not heard of yet: what changes is said with the rest, by whoever tells her.
    """
    if meeting.id == talk.person.unsaid:
        return
    talk.says.append(
        Outgoing(
            kind,
            text,
            language=talk.language,
            to=talk.other_reach(),
            reference=meeting.id,
            deadline=meeting.start - _TOO_LATE,
            card=meeting if meeting.status is not MeetingStatus.CANCELLED else None,
        )
    )
