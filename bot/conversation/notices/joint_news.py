"""Of an application of two: the other part is begun, or is there; something needs to be confirmed again; it came in.

Nothing of what the other one answered is known here. One word leads on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from uuid import UUID

from backend.contract import JointNews, JointQuery, Meeting, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.parts import wait_for
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Outgoing
from bot.text import N_, Text, say

JOINED = N_("The other part is begun. You do not need to do anything. We write when it is your turn.")
YOUR_TURN = N_("Both parts are there. Now you confirm: write TOGETHER.")
AGAIN = N_("Something was changed after you confirmed. You both need to confirm again: write TOGETHER. Help? RING.")
CAME_IN = N_("You have both confirmed. It came in {time}.")
AND_BRING = N_("You have both confirmed. It came in {time}. What to bring: write TOGETHER.")
"""Which papers, nobody is told unasked: their names say what it is about."""

CHANGED = Kind(
    "joint-changed",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 2),
    fallback="other",
    priority="change",
)
BEGUN = replace(CHANGED, name="joint-begun", lost="nothing")
THERE = replace(CHANGED, name="joint-there")
CONFIRMED = replace(CHANGED, name="joint-came-in", lost="nothing")

_KINDS: Mapping[str, Kind] = {
    "joined": BEGUN,
    "attested": THERE,
    "attest-again": CHANGED,
    "came-in": CONFIRMED,
}


def comes(talk: Talk, notice: UUID, news: JointNews) -> None:
    two = talk.person.two
    if two is not None and news.what == "joined":
        talk.state = talk.state.with_person(two=replace(two, joined=True))
    elif two is not None and news.what == "came-in":
        # Her own receipt is hers to change, and says what to bring when she asks.
        asked = JointQuery(person=talk.person.id, at=talk.now)
        wait_for(talk, talk.call(asked, answers=True, joint=str(news.joint)), "receipt")
    kind, to = _KINDS[news.what], talk.other_reach()
    talk.says.append(Outgoing(kind.name, _text(news), language=talk.language, to=to, reference=notice))


def _text(news: JointNews) -> Text:
    match news.what:
        case "joined":
            return say(JOINED)
        case "attested":
            return say(YOUR_TURN)
        case "attest-again":
            return say(AGAIN)
        case "came-in":
            return say(AND_BRING, time=news.at)


def examples(meeting: Meeting) -> Iterator[JointNews]:
    yield JointNews(joint=meeting.id, what="joined", at=meeting.start)
    yield JointNews(joint=meeting.id, what="attested", at=meeting.start)
    yield JointNews(joint=meeting.id, what="attest-again", at=meeting.start)
    yield JointNews(joint=meeting.id, what="came-in", at=meeting.start)


TELLING = Telling(NoticeKind.JOINT_NEWS, comes, kinds=(BEGUN, THERE, CHANGED, CONFIRMED), examples=examples)
