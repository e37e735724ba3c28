"""Staff have it that nothing is sent to her, since they ring; or that she is written to again. Nothing is said."""

from uuid import UUID

from backend.contract import NoticeKind, OnlyByTelephone
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, told: OnlyByTelephone) -> None:
    # What she said of it herself is hers to take back, not theirs.
    talk.state = talk.state.with_person(staff_ring=(talk.person.staff_ring or talk.now) if told.on else None)


TELLING = Telling(NoticeKind.ONLY_BY_TELEPHONE, comes)
