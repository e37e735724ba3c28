"""Staff write to her: in their own words, or with a phrase as it was translated."""

from uuid import UUID

from backend.contract import NoticeKind, StaffMessage
from bot.conversation.notices import Telling
from bot.conversation.ownership import owned_by
from bot.conversation.talk import Talk
from bot.messages import Outgoing
from bot.text import say


def comes(talk: Talk, _: UUID, message: StaffMessage) -> None:
    owned_by(talk, "staff")
    talk.state = talk.state.with_thread(staff_wrote=talk.now)
    talk.says.append(
        Outgoing(
            "staff",
            say("{words}", words=message.text),
            verbatim=message.text,
            swedish=message.swedish,
            staff_message=message.message,
        )
    )


TELLING = Telling(NoticeKind.STAFF_MESSAGE, comes)
