"""She is rung in another hour than the one she had: no interpreter was found for that."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from backend.contract import CallNotice, CallTime, Meeting, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Outgoing
from bot.text import N_, local_day, local_time, say

MOVED = N_("We ring you {day} instead, between {opens} and {closes}, with an interpreter. Other time: CALL TIME.")
MOVED_FOR_HER = N_("We ring you {day} instead, between {opens} and {closes}, with an interpreter. Other time: RING.")
"""Of an hour that was given her: one she chose beside it would be another call."""

CALL = Kind(
    "call-moved", proactive=True, quiet="day", still_true=True, segments=(1, 2), fallback="other", priority="change"
)


def comes(talk: Talk, notice: UUID, told: CallNotice) -> None:
    call = told.call
    words = MOVED if told.chosen else MOVED_FOR_HER
    text = say(words, day=local_day(call.start), opens=local_time(call.start), closes=local_time(call.end))
    # Once the hour has begun she is rung in it, and the words say nothing new.
    talk.says.append(
        Outgoing(
            CALL.name,
            text,
            language=talk.language,
            to=talk.other_reach(),
            reference=notice,
            deadline=call.start,
        )
    )


def examples(meeting: Meeting) -> Iterator[CallNotice]:
    end = meeting.start + timedelta(hours=1)
    call = CallTime(id=meeting.id, start=meeting.start, end=end, interpreter_language="so")
    yield CallNotice(call=call)
    yield CallNotice(call=call, chosen=False)


TELLING = Telling(NoticeKind.CALL_MOVED, comes, kinds=(CALL,), examples=examples)
