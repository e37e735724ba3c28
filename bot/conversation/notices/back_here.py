"""Another municipality had taken her over and handed her back: she is sent there no more. Whoever took her rings."""

from uuid import UUID

from backend.contract import BackHere, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, __: BackHere) -> None:
    talk.state = talk.state.with_person(moved=None).with_thread(handed_over=True)


TELLING = Telling(NoticeKind.BACK_HERE, comes)
