"""Staff found that two persons are not one after all. Nobody is written to about it."""

from uuid import UUID

from backend.contract import Merged, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk


def comes(_: Talk, __: UUID, ___: Merged) -> None:
    """Nothing is said: everything went back before this turn began, with the threads locked."""


TELLING = Telling(NoticeKind.PERSONS_PARTED, comes)
