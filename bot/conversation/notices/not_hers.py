"""Staff have heard from which line on somebody else wrote in this thread. Nobody is written to about it."""

from uuid import UUID

from backend.contract import NotHers, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk


def comes(_: Talk, __: UUID, ___: NotHers) -> None:
    """Nothing is said: the lines were marked before this turn began."""


TELLING = Telling(NoticeKind.NOT_HERS, comes)
