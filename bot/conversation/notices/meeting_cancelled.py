"""The meeting is cancelled."""

from collections.abc import Iterator
from uuid import UUID

from backend.contract import Meeting, MeetingNotice, MeetingStatus, NoticeKind
from bot.conversation.meetings import tell_of_meeting
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.text import N_, say


def comes(talk: Talk, _: UUID, told: MeetingNotice) -> None:
    meeting = told.meeting
    talk.state = talk.state.with_person(meeting=meeting)
    text = say(N_("Your meeting {time} is cancelled. Write to us for a new one."), time=meeting.start)
    tell_of_meeting(talk, "meeting-changed", meeting, text)


def examples(meeting: Meeting) -> Iterator[MeetingNotice]:
    yield MeetingNotice(meeting=meeting.model_copy(update={"status": MeetingStatus.CANCELLED}))


TELLING = Telling(NoticeKind.MEETING_CANCELLED, comes, examples=examples)
