"""Staff have heard that a frozen number, or account, is hers: whoever has it is asked, and nothing else is said."""

from uuid import UUID

from backend.contract import NoticeKind, NumberRight
from bot.conversation.doubt import verify_again
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, __: NumberRight) -> None:
    verify_again(talk)


TELLING = Telling(NoticeKind.NUMBER_RIGHT, comes)
