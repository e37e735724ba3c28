"""Staff have heard by which calendar her days are said too."""

from collections.abc import Iterator
from uuid import UUID

from backend.contract import CalendarSaid, Meeting, NoticeKind
from bot.conversation.also_by import set_by_staff
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk


def comes(talk: Talk, _: UUID, told: CalendarSaid) -> None:
    set_by_staff(talk, told.calendar, tell=told.tell)


def examples(_: Meeting) -> Iterator[CalendarSaid]:
    yield CalendarSaid(calendar="ethiopian")
    yield CalendarSaid(calendar="off")


TELLING = Telling(NoticeKind.CALENDAR_SAID, comes, examples=examples)
