"""Staff have seen to a message the machine could not read: it is tried again, or they took it by hand."""

from uuid import UUID

from backend.contract import DeadLetter, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, letter: DeadLetter) -> None:
    talk.letter = (letter.letter, letter.again)


TELLING = Telling(NoticeKind.DEAD_LETTER, comes)
