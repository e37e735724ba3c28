"""She was handed over to this municipality: it writes first, from its own number, and a human follows."""

from collections.abc import Iterator
from uuid import UUID

from backend.contract import Arrived, Meeting, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Outgoing
from bot.text import N_, say

FIRST_LINE = N_("What you asked for has come to us. We ring you or write to you here. Questions? Write RING.")

FIRST = Kind("arrived", proactive=True, quiet="day", segments=(1, 2), priority="change")


def comes(talk: Talk, notice: UUID, told: Arrived) -> None:
    if talk.person.id != told.person:
        # Somebody has written here from that number already: who she is, a human sees.
        talk.hand_over("asked")
        return
    talk.state = talk.state.with_thread(greeted=True, handed_over=True).with_person(helped=True)
    talk.says.append(
        Outgoing(
            FIRST.name,
            say(FIRST_LINE),
            language=talk.language,
            reference=notice,
        )
    )


def examples(meeting: Meeting) -> Iterator[Arrived]:
    yield Arrived(person=meeting.person, telephone="+46701740612", language="sv")


TELLING = Telling(NoticeKind.ARRIVED, comes, kinds=(FIRST,), examples=examples)
