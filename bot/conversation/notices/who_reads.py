"""Staff have heard from her who reads her telephone. Nothing is said here: they have told her."""

from uuid import UUID

from backend.contract import NoticeKind, WhoReads
from bot.conversation.elsewhere import set_by_staff
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, told: WhoReads) -> None:
    set_by_staff(talk, shared=told.shared)


TELLING = Telling(NoticeKind.WHO_READS, comes)
