"""Staff have booked a meeting for her: a time she has not had before, told with where it is."""

from collections.abc import Iterator
from uuid import UUID

from backend.contract import Meeting, MeetingNotice, MeetingStatus, NoticeKind
from bot.conversation.meetings import keep_meeting, tell_of_meeting
from bot.conversation.notices import Telling
from bot.conversation.notices.important_day import TIME, new_time
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, told: MeetingNotice) -> None:
    keep_meeting(talk, told.meeting)
    tell_of_meeting(talk, TIME.name, told.meeting, new_time(told.meeting))


def examples(meeting: Meeting) -> Iterator[MeetingNotice]:
    for interpreter, status in ((None, MeetingStatus.BOOKED), ("ti", MeetingStatus.PRELIMINARY)):
        booked = meeting.model_copy(update={"interpreter_language": interpreter, "status": status})
        yield MeetingNotice(meeting=booked)


TELLING = Telling(NoticeKind.MEETING_BOOKED, comes, examples=examples)
