"""Before a meeting is over: she is late, ill, or comes. Whoever holds it is told; nothing changes but on her word.

What she says is of what comes first: her meeting, or what is planned with her today or tomorrow.
"""

from datetime import timedelta
from typing import Literal

from backend.contract import Meeting, MeetingStatus, PlannedActivity, SayOfMeeting
from bot.conversation.notices.planning_week import OF_ACTIVITY, take_down
from bot.conversation.putting import ABOUT, put_own
from bot.conversation.running import ask_again, resume, start
from bot.conversation.talk import Talk
from bot.hearing.meeting_words import cannot_come
from bot.hearing.words import Command
from bot.messages import Open
from bot.text import N_, local_day, local_time, say

TOLD = N_("Thank you for telling us. The caseworker is told.")
WAITS = N_("Thank you for telling us. The caseworker is told, and waits until {time}.")
CANNOT_WAIT = N_("Thank you for telling us. The caseworker is told, but can wait only until {time}.")
COME_ANYWAY = N_("Thank you for telling us. Come all the same.")
WANTS_A_CALL = N_("You need not come. We tell the caseworker that you want a call {time}.")
WANTS_A_CALL_WITH_INTERPRETER = N_(
    "You need not come. We tell the caseworker that you want a call {time}, with an interpreter."
)

_OF_A_MEETING = ("reminder", "move-or-cancel", "ill")


def coming(talk: Talk) -> Meeting | None:
    """The meeting that is coming or going on."""
    meeting = talk.person.meeting
    live = (MeetingStatus.BOOKED, MeetingStatus.PRELIMINARY)
    return meeting if meeting is not None and meeting.status in live and meeting.end > talk.now else None


def concerned(talk: Talk) -> Meeting | PlannedActivity | None:
    """What comes first of her meeting and what is planned today or tomorrow. What is asked about goes before what comes
    another day."""
    meeting, opened, week = coming(talk), talk.thread.open, talk.person.week
    if meeting is not None and opened is not None and opened.ask in _OF_A_MEETING:
        return meeting
    near = (talk.today, talk.today + timedelta(days=1))
    planned = week.activities if week is not None else ()
    asked = next((one for one in planned if _is_asked_about(talk, one)), None)
    if asked is not None:
        same_day = meeting is not None and local_day(meeting.start) == local_day(asked.start)
        return meeting if meeting is not None and same_day and _first(talk, meeting, asked) else asked
    ahead = [one for one in planned if one.end > talk.now and local_day(one.start) in near]
    if week is None or week.quiet or not ahead:
        return meeting
    first = min(ahead, key=lambda one: one.start)
    return meeting if meeting is not None and _first(talk, meeting, first) else first


def _first(talk: Talk, meeting: Meeting, one: PlannedActivity) -> bool:
    return one.end <= talk.now or meeting.start <= one.start


def _is_asked_about(talk: Talk, one: PlannedActivity) -> bool:
    opened = talk.thread.open
    return opened is not None and opened.ask == "activity" and opened.reference == one.id


def is_today(talk: Talk, thing: Meeting | PlannedActivity) -> bool:
    return local_day(thing.start) == talk.today


def cannot_come_to(talk: Talk, words: str) -> PlannedActivity | None:
    """What is planned that she says she cannot come to. To want another time is of a meeting the same day."""
    one, meeting = concerned(talk), coming(talk)
    if not isinstance(one, PlannedActivity):
        return None
    same_day = meeting is not None and local_day(meeting.start) == local_day(one.start)
    return one if cannot_come(words) or (_is_asked_about(talk, one) and not same_day) else None


def of_activity(talk: Talk, one: PlannedActivity, how: Literal["could-not", "ill"]) -> None:
    """Her word is what she would answer if she were asked how it went; it cancels nothing."""
    opened = talk.thread.open
    talk.means(OF_ACTIVITY.kind.show(how))
    if talk.thread.owner == "bot" and not is_today(talk, one):
        talk.say(say(ABOUT, time=one.start))
    take_down(talk, how, one.id)
    if _is_asked_about(talk, one):
        talk.open(None)
        resume(talk)
    elif opened is not None and talk.thread.owner == "bot":
        ask_again(talk)


def _late_for(talk: Talk) -> None:
    """Somebody of the staff reads it, and she need not stay away because she is late."""
    talk.say(say(COME_ANYWAY))
    talk.hand_over("question")
    ask_again(talk)


def late(talk: Talk, minutes: str | None) -> None:
    """Whoever holds the meeting is told at once; she is told how long the municipality waits, and no more."""
    meeting = concerned(talk)
    if isinstance(meeting, PlannedActivity):
        _late_for(talk)
        return
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
            # With the meeting's hour in the question, one text has no room for both.
            talk.say(say(CANNOT_WAIT, time=until))
            put_own(talk, "move-or-cancel", meeting.id, meeting.end)
            return
        talk.say(say(WAITS, time=until))
    ask_again(talk)


def ill(talk: Talk) -> None:
    """Whoever holds the meeting is told; what is to become of it she says herself."""
    meeting = concerned(talk)
    if isinstance(meeting, PlannedActivity):
        of_activity(talk, meeting, "ill")
        return
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
        talk.say(say(WANTS_A_CALL_WITH_INTERPRETER if interpreted else WANTS_A_CALL, time=meeting.start))
        talk.state = talk.state.with_person(by_phone=meeting.id)
        if talk.telephone is None and talk.run is None:
            start(talk, "number")
        else:
            resume(talk)


def tell_quietly(talk: Talk, asked: Command) -> None:
    """A human has the thread and answers her; whoever holds the meeting is told all the same."""
    meeting = concerned(talk)
    if isinstance(meeting, PlannedActivity):
        # Who is late has been read by whoever answers her.
        if asked.name == "ill":
            of_activity(talk, meeting, "ill")
    elif meeting is not None:
        by = int(asked.argument) if asked.argument else None
        _tell(talk, meeting, "late" if asked.name == "late" else "ill", by)


def see_you(talk: Talk) -> None:
    """She comes."""
    talk.state = talk.state.with_person(by_phone=None)
    if talk.person.meeting is not None:
        talk.say(say(N_("Good. See you at {time}."), time=local_time(talk.person.meeting.start)))


def _tell(talk: Talk, meeting: Meeting, says: Literal["late", "ill", "by-phone"], minutes: int | None = None) -> None:
    said = SayOfMeeting(person=talk.person.id, at=talk.now, says=says, minutes=minutes)
    talk.call(said, meeting=str(meeting.id))


def _set_aside(talk: Talk) -> None:
    opened = talk.thread.open
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)
