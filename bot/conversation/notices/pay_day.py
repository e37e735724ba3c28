"""The day she was to be told of is known, is another, or does not hold. Neither of what nor how much is said."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from backend.contract import Meeting, NoticeKind, PayDay
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Outgoing
from bot.text import N_, local_day, say

THE_DAY = N_("The day we were to tell you is {day}. Questions? Write RING.")
ANOTHER_DAY = N_("The day has changed: it is {day} now. Questions? Write RING.")
NO_DAY = N_("It will not be {day}. We write when we know a new day. Questions? Write RING.")

DAY = Kind(
    "pay-day",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 2),
    fallback="other",
    lost="nothing",
    priority="change",
)


def comes(talk: Talk, notice: UUID, told: PayDay) -> None:
    text = say(NO_DAY if told.withdrawn else ANOTHER_DAY if told.moved else THE_DAY, day=told.day)
    talk.says.append(Outgoing(DAY.name, text, language=talk.language, to=talk.other_reach(), reference=notice))


def examples(meeting: Meeting) -> Iterator[PayDay]:
    day = local_day(meeting.start) + timedelta(days=3)
    yield PayDay(day=day)
    yield PayDay(day=day, moved=True)
    yield PayDay(day=day, withdrawn=True)


TELLING = Telling(NoticeKind.PAY_DAY, comes, kinds=(DAY,), examples=examples)
