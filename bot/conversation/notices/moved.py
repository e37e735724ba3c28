"""Another municipality has her now: the last line here. It names nobody; who writes here is told how to reach it.

Nothing is asked here any more (:mod:`bot.conversation.by_telephone`).
"""

from collections.abc import Iterator
from uuid import UUID

from backend.contract import Meeting, Moved, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.ownership import owned_by
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Outgoing
from bot.text import N_, say

OTHERS_HELP = N_("From now on others help you. They ring or write to you first. Write here, and you read who they are.")
OTHERS_HELP_AND_NO_TIME = N_(
    "From now on others help you, and your time with us is cancelled. They ring or write to you first. "
    "Write here, and you read who they are."
)

LAST = Kind("moved", proactive=True, quiet="day", segments=(1, 2), fallback="other", priority="change")


def comes(talk: Talk, notice: UUID, told: Moved) -> None:
    owned_by(talk, "bot")
    talk.state = talk.state.with_person(moved=told, meeting=None, by_phone=None, move_asked=None).with_thread(
        open=None, interrupted=None, run=None
    )
    text = OTHERS_HELP_AND_NO_TIME if told.cancelled else OTHERS_HELP
    talk.says.append(
        Outgoing(
            LAST.name,
            say(text),
            language=talk.language,
            to=talk.other_reach(),
            reference=notice,
        )
    )


def examples(_: Meeting) -> Iterator[Moved]:
    for cancelled in (False, True):
        yield Moved(thread=None, name="Trelleborgs kommun", telephone="070-174 06 91", cancelled=cancelled)


TELLING = Telling(NoticeKind.MOVED, comes, kinds=(LAST,), examples=examples)
