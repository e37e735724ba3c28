"""Staff have heard that she wants to go on elsewhere, or to let a helper in: her code stands here, where she reads it.

Staff never see one. That nobody helps her any more is done before the turn (:mod:`bot.persons.helping`).
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from backend.contract import CodeWished, Meeting, NoticeKind
from bot.conversation.elsewhere import wished_by_staff
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk

_WAITS = timedelta(minutes=10)
"""As long as a code lasts. Later it would come unasked, by night perhaps, or where she is not alone any more."""


def comes(talk: Talk, _: UUID, told: CodeWished) -> None:
    late = told.at is not None and talk.now - told.at > _WAITS
    if told.wish != "no-helper" and not late:
        wished_by_staff(talk, told.wish)


def examples(meeting: Meeting) -> Iterator[CodeWished]:
    for wish in ("elsewhere", "helper", "no-helper"):
        yield CodeWished.model_validate({"thread": meeting.id, "wish": wish})


TELLING = Telling(NoticeKind.CODE_WISHED, comes, examples=examples)
