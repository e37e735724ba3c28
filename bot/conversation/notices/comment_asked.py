"""There is something to read before it is decided, and to answer by a day if she wants. Never says what."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from backend.contract import CommentAsked, Meeting, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Outgoing
from bot.text import N_, local_day, say

TO_READ = N_(
    "There is something for you to read, and to answer by {day} if you want. Write READ to read it, or RING to hear it."
)

# The law gives her the right to it: where it comes nowhere, it goes by letter.
ASKED = Kind(
    "comment-asked",
    proactive=True,
    quiet="decision",
    still_true=True,
    segments=(1, 2),
    fallback="other",
    lost="letter",
    priority="change",
)


def comes(talk: Talk, notice: UUID, asked: CommentAsked) -> None:
    text = say(TO_READ, day=asked.by)
    talk.says.append(Outgoing(ASKED.name, text, language=talk.language, to=talk.other_reach(), reference=notice))


def examples(meeting: Meeting) -> Iterator[CommentAsked]:
    yield CommentAsked(by=local_day(meeting.start) + timedelta(days=7))


TELLING = Telling(NoticeKind.COMMENT_ASKED, comes, kinds=(ASKED,), examples=examples)
