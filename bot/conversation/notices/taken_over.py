"""Staff want the thread."""

from uuid import UUID

from backend.contract import NoticeKind, TakenOver
from bot.conversation.notices import Telling
from bot.conversation.ownership import owned_by
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, __: TakenOver) -> None:
    owned_by(talk, "staff")


TELLING = Telling(NoticeKind.TAKEN_OVER, comes)
