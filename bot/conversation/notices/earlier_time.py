"""A time became free earlier than the late one she got: does she want it? Whoever answers first gets it.

What she has stands until the backend has said yes. Neither a no nor a yes that came too late changes anything.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from backend.contract import (
    AnswerEarlierTime,
    EarlierTime,
    FreeTime,
    Meeting,
    MeetingStatus,
    NoticeKind,
    ProblemCode,
)
from bot.conversation.meetings import keep_meeting
from bot.conversation.notices import Asked, Telling
from bot.conversation.putting import choices
from bot.conversation.running import resume
from bot.conversation.talk import Talk
from bot.flows.first_meeting import PRELIMINARY
from bot.leaving.sending import Kind
from bot.messages import Open, Outgoing, Resulted
from bot.questions import Question, YesNo
from bot.text import N_, Text, say

INSTEAD = Question("earlier_time", N_("Do you want the earlier time instead of yours?"), YesNo())
EARLIER = N_("An earlier time is free: {time}. Do you want it instead of yours?")
TAKEN = N_("Somebody else was first. Your time stands: {time}.")
PURPOSE = "earlier-time"

OFFER = Kind(
    "earlier-time",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 1),
    unchecked="drop",
    cap="counts",
    lost="nothing",
    priority="change",
)


def comes(talk: Talk, _: UUID, told: EarlierTime) -> None:
    talk.says.append(
        Outgoing(
            OFFER.name,
            say(EARLIER, time=told.time.start),
            choices=choices(INSTEAD),
            question=talk.new_token(),
            ask=PURPOSE,
            reference=told.offer,
            until=told.time.start,
            language=talk.language,
            to=talk.other_reach(),
            deadline=told.answer_by,
        )
    )


def wants_it(talk: Talk, yes: bool, opened: Open) -> None:
    """Yes waits for the backend, which knows who was first. No keeps what she has, and is told so."""
    if opened.reference is None:
        return
    answer = AnswerEarlierTime(person=talk.person.id, at=talk.now, accept=yes)
    call = talk.call(answer, answers=yes, offer=str(opened.reference))
    if yes:
        talk.wait_for(call, PURPOSE)
        return
    if (stands := _stands(talk)) is not None:
        talk.say(say(N_("Your time: {time}, {address}."), time=stands.start, address=stands.address))
    resume(talk)


def resulted(talk: Talk, event: Resulted) -> None:
    """The earlier time is hers, or somebody else was first and hers stands."""
    stands = _stands(talk)
    if event.problem is None:
        meeting = Meeting.model_validate(event.value)
        keep_meeting(talk, meeting)
        talk.says.append(Outgoing("reply", _now_hers(meeting), card=meeting))
    elif event.problem is ProblemCode.SLOT_TAKEN and stands is not None:
        talk.say(say(TAKEN, time=stands.start))
    else:
        talk.say(say(N_("I cannot see that right now. Write RING and a person tells you.")))
    resume(talk)


def _now_hers(meeting: Meeting) -> Text:
    if meeting.status is MeetingStatus.PRELIMINARY:
        return say(PRELIMINARY, time=meeting.start, address=meeting.address)
    return say(N_("Your time: {time}, {address}."), time=meeting.start, address=meeting.address)


def _stands(talk: Talk) -> Meeting | None:
    meeting = talk.person.meeting
    return meeting if talk.stands(meeting) else None


def examples(meeting: Meeting) -> Iterator[EarlierTime]:
    start = meeting.start - timedelta(minutes=30)
    time = FreeTime(slot="example", start=start, end=start + timedelta(minutes=30), address=meeting.address)
    yield EarlierTime(offer=meeting.id, meeting=meeting, time=time, answer_by=start)


TELLING = Telling(
    NoticeKind.EARLIER_TIME,
    comes,
    kinds=(OFFER,),
    asks={PURPOSE: Asked(lambda _: INSTEAD, wants_it)},
    examples=examples,
)
