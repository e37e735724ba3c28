"""The day has passed and papers are missing: said as it is, without a threat, and that she can still send them."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from backend.contract import Meeting, NoticeKind, PapersOverdue
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Outgoing
from bot.text import N_, local_day, say

PASSED = N_(
    "The last day has passed. {came} of {asked} papers have come. We go on with what we have. You can still send them. "
    "Help? Write RING."
)

OVERDUE = Kind(
    "papers-overdue",
    proactive=True,
    quiet="decision",
    still_true=True,
    segments=(1, 2),
    fallback="other",
    lost="letter",
    priority="change",
)


def comes(talk: Talk, notice: UUID, told: PapersOverdue) -> None:
    text = say(PASSED, came=told.came, asked=told.asked)
    talk.says.append(Outgoing(OVERDUE.name, text, language=talk.language, to=talk.other_reach(), reference=notice))


def examples(meeting: Meeting) -> Iterator[PapersOverdue]:
    yield PapersOverdue(came=2, asked=3, by=local_day(meeting.start) - timedelta(days=1))


TELLING = Telling(NoticeKind.PAPERS_OVERDUE, comes, kinds=(OVERDUE,), examples=examples)
