"""Before a meeting is over: she is late, ill, or comes. Whoever holds it is told; nothing changes but on her word."""

from datetime import timedelta
from typing import Literal

from backend.contract import Meeting, MeetingStatus, SayOfMeeting
from bot.conversation.putting import put_own
from bot.conversation.running import ask_again, resume, start
from bot.conversation.talk import Talk
from bot.messages import Open
from bot.text import N_, local_time, say
from bot.words import Command

TOLD = N_("Thank you for telling us. The caseworker is told.")
WAITS = N_("Thank you for telling us. The caseworker is told, and waits until {time}.")
CANNOT_WAIT = N_("Thank you for telling us. The caseworker is told, but can wait only until {time}.")
WE_RING = N_("You need not come. We ring you {time}.")
WE_RING_WITH_INTERPRETER = N_("You need not come. We ring you {time}, with an interpreter.")

_OF_A_MEETING = ("reminder", "move-or-cancel", "ill")


def coming(talk: Talk) -> Meeting | None:
    """The meeting that is coming or going on."""
    meeting = talk.person.meeting
    live = (MeetingStatus.BOOKED, MeetingStatus.PRELIMINARY)
    return meeting if meeting is not None and meeting.status in live and meeting.end > talk.now else None


def late(talk: Talk, minutes: str | None) -> None:
    """Whoever holds the meeting is told at once; she is told how long the municipality waits, and no more."""
    meeting = coming(talk)
    if meeting is None:
        ask_again(talk)
        return
    by = int(minutes) if minutes else None
    _tell(talk, meeting, "late", by)
    waits = talk.policy.waits_minutes
    opened = talk.thread.open
    if opened is not None and opened.ask in _OF_A_MEETING:
        talk.open(None)
    if waits is None:
        talk.say(say(TOLD))
    else:
        until = local_time(meeting.start + timedelta(minutes=waits))
        if by is not None and by > waits:
            _set_aside(talk)
            put_own(talk, "move-or-cancel", meeting.id, meeting.end, reason=say(CANNOT_WAIT, time=until))
            return
        talk.say(say(WAITS, time=until))
    ask_again(talk)


def ill(talk: Talk) -> None:
    """Whoever holds the meeting is told; what is to become of it she says herself."""
    meeting = coming(talk)
    if meeting is None:
        ask_again(talk)
        return
    _tell(talk, meeting, "ill")
    _set_aside(talk)
    put_own(talk, "ill", meeting.id, meeting.end)


def ill_instead(talk: Talk, choice: str, _: Open) -> None:
    """A new time, a call at the hour of the meeting, or she comes all the same."""
    meeting = coming(talk)
    if meeting is None:
        resume(talk)
    elif choice == "new-time":
        # A form under way waits in its run; it goes on when the new time is booked.
        talk.state = talk.state.with_thread(interrupted=None)
        start(talk, "first_meeting")
    elif choice == "come":
        see_you(talk)
        resume(talk)
    else:
        _tell(talk, meeting, "by-phone")
        interpreted = meeting.interpreter_language is not None
        talk.say(say(WE_RING_WITH_INTERPRETER if interpreted else WE_RING, time=meeting.start))
        if talk.telephone is None and talk.run is None:
            start(talk, "number")
        else:
            resume(talk)


def tell_quietly(talk: Talk, asked: Command) -> None:
    """A human has the thread and answers her; whoever holds the meeting is told all the same."""
    meeting = coming(talk)
    if meeting is not None:
        by = int(asked.argument) if asked.argument else None
        _tell(talk, meeting, "late" if asked.name == "late" else "ill", by)


def see_you(talk: Talk) -> None:
    """She comes."""
    if talk.person.meeting is not None:
        talk.say(say(N_("Good. See you at {time}."), time=local_time(talk.person.meeting.start)))


def _tell(talk: Talk, meeting: Meeting, says: Literal["late", "ill", "by-phone"], minutes: int | None = None) -> None:
    said = SayOfMeeting(person=talk.person.id, at=talk.now, says=says, minutes=minutes)
    talk.call(said, meeting=str(meeting.id))


def _set_aside(talk: Talk) -> None:
    opened = talk.thread.open
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)
