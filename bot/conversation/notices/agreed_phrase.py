"""Staff have agreed on a phrase with her at a meeting, on another one, or on none any more. Nobody is written to."""

from uuid import UUID

from backend.contract import AgreedPhrase, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.parts import apart
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, agreed: AgreedPhrase) -> None:
    two = talk.person.two
    if agreed.phrase and two is not None and not two.complete:
        # Who may have to be kept safe from the other one is told of to nobody: staff see to both.
        apart(talk)
    talk.state = talk.state.with_person(agreed=(agreed.phrase,) if agreed.phrase else ())


TELLING = Telling(NoticeKind.AGREED_PHRASE, comes)
