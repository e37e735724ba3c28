"""The meeting has a new time."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from backend.contract import Meeting, MeetingNotice, NoticeKind
from bot.conversation.meetings import keep_meeting, tell_of_meeting
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.text import N_, say


def comes(talk: Talk, _: UUID, told: MeetingNotice) -> None:
    meeting = told.meeting
    keep_meeting(talk, meeting)
    text = say(N_("Your meeting has a new time: {time}."), time=meeting.start)
    tell_of_meeting(talk, "meeting-changed", meeting, text)


def examples(meeting: Meeting) -> Iterator[MeetingNotice]:
    yield MeetingNotice(meeting=meeting.model_copy(update={"start": meeting.start + timedelta(days=2)}))


TELLING = Telling(NoticeKind.MEETING_MOVED, comes, examples=examples)
