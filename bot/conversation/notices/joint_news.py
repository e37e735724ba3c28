"""Of an application of two: something was changed and needs to be confirmed again, or both have and it came in."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from backend.contract import JointNews, Meeting, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.messages import Outgoing
from bot.sending import Kind
from bot.text import N_, say

AGAIN = N_("Something was changed after you confirmed. You both need to confirm again. Help? Write RING.")
CAME_IN = N_("You have both confirmed. It came in {time}.")

CHANGED = Kind(
    "joint-changed",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 2),
    fallback="other",
    priority="change",
)
CONFIRMED = replace(CHANGED, name="joint-came-in", lost="nothing")


def comes(talk: Talk, notice: UUID, news: JointNews) -> None:
    came_in = news.what == "came-in"
    text = say(CAME_IN, time=news.at) if came_in else say(AGAIN)
    kind = CONFIRMED if came_in else CHANGED
    talk.says.append(Outgoing(kind.name, text, language=talk.language, to=talk.other_reach(), reference=notice))


def examples(meeting: Meeting) -> Iterator[JointNews]:
    yield JointNews(joint=meeting.id, what="attest-again", at=meeting.start)
    yield JointNews(joint=meeting.id, what="came-in", at=meeting.start)


TELLING = Telling(NoticeKind.JOINT_NEWS, comes, kinds=(CHANGED, CONFIRMED), examples=examples)
