"""She did not come to her meeting: a new time and no threat, and once the question what hindered her."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from backend.contract import Meeting, MeetingMissed, MeetingStatus, NoticeKind, WhyMissed
from bot.conversation.meetings import keep_meeting, tell_of_meeting
from bot.conversation.notices import Asked, Telling
from bot.conversation.notices.important_day import TIME, new_time
from bot.conversation.putting import choices, side_by_side
from bot.conversation.running import resume
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Open, Outgoing
from bot.questions import OneOf, Question
from bot.text import N_, say

MISSED = N_("We missed each other.")
MISSED_WITHOUT_TIME = N_("We missed each other. Write TIME and choose a new time.")
WHY = Question(
    "missed_why",
    N_("What got in the way? You need not answer."),
    OneOf(
        {
            "ill": N_("I was ill"),
            "forgot": N_("I forgot"),
            "interpreter": N_("Interpreter"),
            "other": N_("Something else"),
        }
    ),
)

_ASKED_FOR = timedelta(days=7)

TO_CHOOSE = Kind(
    "missed", proactive=True, quiet="day", still_true=True, segments=(1, 1), fallback="other", priority="change"
)
ASKS_WHY = Kind(
    "missed-why",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 2),
    lost="nothing",
    priority="bulk",
    spares=True,
)

IT_HELPS = N_("Thank you. It helps us to do better.")


def comes(talk: Talk, _: UUID, told: MeetingMissed) -> None:
    has = talk.person.meeting if talk.person.meeting and talk.person.meeting.id != told.meeting.id else None
    again = told.again or has  # she may have chosen one herself meanwhile
    if again is not None and talk.stands(again):
        if has is None or (has.id, has.start) != (again.id, again.start):
            keep_meeting(talk, again)
        tell_of_meeting(talk, TIME.name, again, side_by_side([say(MISSED), new_time(again)]))
    else:
        if talk.person.meeting is None or talk.person.meeting.id == told.meeting.id:
            talk.state = talk.state.with_person(meeting=told.meeting)
        talk.says.append(
            Outgoing(
                TO_CHOOSE.name,
                say(MISSED_WITHOUT_TIME),
                reference=told.meeting.id,
                language=talk.language,
                to=talk.other_reach(),
            )
        )
    talk.says.append(
        Outgoing(
            ASKS_WHY.name,
            say(WHY.text),
            choices=choices(WHY),
            question=talk.new_token(),
            ask="missed-why",
            reference=told.meeting.id,
            until=talk.now + _ASKED_FOR,
            language=talk.language,
            to=talk.other_reach(),
        )
    )


def because(talk: Talk, why: str, opened: Open) -> None:
    """Counted without a name; nothing follows from it."""
    if opened.reference is not None:
        call = WhyMissed.model_validate({"person": talk.person.id, "at": talk.now, "why": why})
        talk.call(call, meeting=str(opened.reference))
    talk.say(say(IT_HELPS))
    resume(talk)


def examples(meeting: Meeting) -> Iterator[MeetingMissed]:
    missed = meeting.model_copy(update={"start": meeting.start - timedelta(days=1), "status": MeetingStatus.NO_SHOW})
    yield MeetingMissed(meeting=missed)
    for interpreter, status in ((None, MeetingStatus.BOOKED), ("ti", MeetingStatus.PRELIMINARY)):
        again = meeting.model_copy(update={"interpreter_language": interpreter, "status": status})
        yield MeetingMissed(meeting=missed, again=again)


TELLING = Telling(
    NoticeKind.MEETING_MISSED,
    comes,
    kinds=(TO_CHOOSE, ASKS_WHY),
    asks={"missed-why": Asked(lambda _: WHY, because, lasts=True)},
    examples=examples,
)
