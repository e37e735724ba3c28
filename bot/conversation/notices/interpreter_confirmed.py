"""The interpreter comes: the time is no longer preliminary."""

from collections.abc import Iterator
from uuid import UUID

from backend.contract import Meeting, MeetingNotice, MeetingStatus, NoticeKind
from bot.conversation.meetings import tell_of_meeting
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.text import N_, say

READY = Kind(
    "interpreter-ready",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 1),
    fallback="other",
    priority="change",
)


def comes(talk: Talk, _: UUID, told: MeetingNotice) -> None:
    meeting = told.meeting
    if talk.person.meeting is not None and talk.person.meeting.id == meeting.id:
        talk.state = talk.state.with_person(meeting=meeting)
    text = say(N_("The interpreter is ready. See you {time}."), time=meeting.start)
    tell_of_meeting(talk, READY.name, meeting, text)


def examples(meeting: Meeting) -> Iterator[MeetingNotice]:
    yield MeetingNotice(meeting=meeting.model_copy(update={"status": MeetingStatus.BOOKED}))


TELLING = Telling(NoticeKind.INTERPRETER_CONFIRMED, comes, kinds=(READY,), examples=examples)
