"""Staff have heard that she wants no more messages here, or wants them again, or that the number is a wrong one."""

from collections.abc import Iterator
from uuid import UUID

from backend.contract import Meeting, MessagesWished, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.stopping import said_to_staff
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, told: MessagesWished) -> None:
    said_to_staff(talk, told.wish, tell=told.tell)


def examples(meeting: Meeting) -> Iterator[MessagesWished]:
    for wish in ("stop", "start", "wrong-number"):
        yield MessagesWished.model_validate({"thread": meeting.id, "wish": wish})


TELLING = Telling(NoticeKind.MESSAGES_WISHED, comes, examples=examples)
