"""Staff have heard which language she reads here, and which she speaks."""

from collections.abc import Iterator
from uuid import UUID

from backend.contract import LanguageSaid, Meeting, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.speaking import set_by_staff
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, told: LanguageSaid) -> None:
    set_by_staff(talk, told.reads, told.speaks, tell=told.tell)


def examples(meeting: Meeting) -> Iterator[LanguageSaid]:
    yield LanguageSaid(thread=meeting.id, reads="en", speaks="sv")
    yield LanguageSaid(thread=meeting.id, reads="sv", speaks="ti")


TELLING = Telling(NoticeKind.LANGUAGE_SAID, comes, examples=examples)
