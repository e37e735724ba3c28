"""She has been told what is new: the new time, and last the day she must not miss, with help before it.

Who needs no help is asked once whether she wants to be reminded a week before; silence is no "no".
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from backend.contract import ImportantDay, Meeting, MeetingStatus, NoticeKind
from bot.conversation.meetings import keep_meeting, tell_of_meeting
from bot.conversation.notices import Asked, Telling
from bot.conversation.putting import choices, put_own, side_by_side
from bot.conversation.running import resume, start
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Open, Outgoing, Timer, ToldDay
from bot.questions import Question, YesNo
from bot.text import N_, STOCKHOLM, Text, Value, local_day, say

IMPORTANT_DAY = Question("important_day", N_("Important day: {day}. Do you want help before then?"), YesNo())
REMIND = Question("remind_day", N_("Do you want us to remind you a week before?"), YesNo())
SOON_IMPORTANT_DAY = N_("Soon it is {day}, the important day. Do you want help before then?")
NEW_TIME = N_("Your new time: {time}, {address}. Another time: write TIME.")
NEW_TIME_WITH_INTERPRETER = N_("Your new time: {time}, {address}. The interpreter comes too. Another time: write TIME.")
NEW_TIME_PRELIMINARY = N_(
    "Your new time: {time}, {address}. We write when the interpreter is ready. Another time: write TIME."
)
REMIND_AT = time(9, 0)
"""When an important day is reminded of: in the morning, so that a whole day of help lies before her."""

# Told by a human, a date and a time: neutral enough for a text, and too much for 70 characters.
TIME = Kind(
    "new-time", proactive=True, quiet="day", still_true=True, segments=(1, 2), fallback="other", priority="change"
)
DAY = Kind(
    "important-day",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 2),
    fallback="other",
    priority="reminder",
)


def comes(talk: Talk, notice: UUID, told: ImportantDay) -> None:
    if talk.thread.open is not None and talk.thread.open.ask == "hear":
        talk.open(None)  # she has heard
    remind_at = datetime.combine(told.remind_on, REMIND_AT, STOCKHOLM)
    # Told late, as of a letter that came long ago: the week has begun, and this is what reminds her of it.
    important = ToldDay(notice, told.day, remind=True if remind_at <= talk.now else None)
    talk.state = talk.state.with_person(important_day=important, unsaid=None)
    thanks = (say(N_("Thank you for the call.")),) if told.by_telephone else ()
    if told.meeting is not None and talk.stands(told.meeting):
        keep_meeting(talk, told.meeting)
        tell_of_meeting(talk, TIME.name, told.meeting, side_by_side([*thanks, new_time(told.meeting)]))
        thanks = ()
    if told.day < talk.today:
        return  # nobody is asked whether she wants help before a day that is over
    _ask(talk, important, side_by_side([*thanks, say(IMPORTANT_DAY.text, day=told.day)]))
    if important.remind is None:
        talk.timers.append(Timer("important-day", remind_at, notice))


def new_time(meeting: Meeting) -> Text:
    """The time that was booked for her, as it is told."""
    text = NEW_TIME
    if meeting.interpreter_language is not None:
        preliminary = meeting.status is MeetingStatus.PRELIMINARY
        text = NEW_TIME_PRELIMINARY if preliminary else NEW_TIME_WITH_INTERPRETER
    return say(text, time=meeting.start, address=meeting.address)


def soon(talk: Talk, notice: UUID | None) -> None:
    """The day is about a week away, and she has not said that she wants no reminder."""
    important = talk.person.important_day
    if important is not None and important.notice == notice and important.remind is not False:
        talk.state = talk.state.with_person(important_day=replace(important, remind=True))
        _ask(talk, important, say(SOON_IMPORTANT_DAY, day=important.day))


def _ask(talk: Talk, important: ToldDay, text: Text) -> None:
    talk.says.append(
        Outgoing(
            DAY.name,
            text,
            choices=choices(IMPORTANT_DAY),
            question=talk.new_token(),
            ask="important-day",
            reference=important.notice,
            until=datetime.combine(important.day + timedelta(days=1), time(0), STOCKHOLM),
            language=talk.language,
            to=talk.other_reach(),
        )
    )


def wants_help(talk: Talk, yes: bool, opened: Open) -> None:
    """Help before the day she was told of: a person rings. Who wants none may still want to be reminded of it."""
    important = talk.person.important_day
    if not yes and important is not None and important.notice == opened.reference and important.remind is None:
        put_own(talk, "remind-day", opened.reference, opened.until)
        return
    if not yes:
        talk.say(say(N_("All right. Write to us whenever you want help.")))
    else:
        talk.say(say(N_("A person rings you, with an interpreter if you want.")))
        talk.hand_over("important-day")
        if talk.telephone is None and talk.run is None:
            start(talk, "number")
    resume(talk)


def wants_reminder(talk: Talk, yes: bool, opened: Open) -> None:
    """Whether she is reminded a week before."""
    important = talk.person.important_day
    if important is not None and important.notice == opened.reference:
        talk.state = talk.state.with_person(important_day=replace(important, remind=yes))
    talk.say(
        say(N_("Then we write to you a week before.") if yes else N_("All right. Write to us whenever you want help."))
    )
    resume(talk)


def _which_day(talk: Talk) -> dict[str, Value]:
    important = talk.person.important_day
    return {} if important is None else {"day": important.day}


def examples(meeting: Meeting) -> Iterator[ImportantDay]:
    day = local_day(meeting.start) + timedelta(weeks=3)
    for interpreter, status in (
        (None, MeetingStatus.BOOKED),
        ("ti", MeetingStatus.BOOKED),
        ("ti", MeetingStatus.PRELIMINARY),
    ):
        new_time = meeting.model_copy(update={"interpreter_language": interpreter, "status": status})
        yield ImportantDay(by_telephone=True, day=day, remind_on=day - timedelta(weeks=1), meeting=new_time)


TELLING = Telling(
    NoticeKind.IMPORTANT_DAY,
    comes,
    kinds=(TIME, DAY),
    asks={
        "important-day": Asked(lambda _: IMPORTANT_DAY, wants_help, _which_day, lasts=True),
        "remind-day": Asked(lambda _: REMIND, wants_reminder, lasts=True),
    },
    timers={"important-day": soon},
    examples=examples,
)
