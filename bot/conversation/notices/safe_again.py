"""Staff know that she is safe: from now on she is written to as before. They tell her themselves; nothing is said."""

from uuid import UUID

from backend.contract import NoticeKind, SafeAgain
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, __: SafeAgain) -> None:
    talk.state = talk.state.with_person(silent_for_safety=None)


TELLING = Telling(NoticeKind.SAFE_AGAIN, comes)
