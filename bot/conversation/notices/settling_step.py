"""A step of settling in has its day, the next working day. Which step it is she reads with STATUS, in her thread."""

from collections.abc import Iterator
from datetime import datetime, time
from uuid import UUID

from backend.contract import Meeting, NoticeKind, SettlingStep
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Outgoing
from bot.text import N_, STOCKHOLM, local_day, say

ITS_DAY = N_("We want to remind you of {day}. To know what it is about, write RING.")

SETTLING = Kind(
    "settling",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 1),
    cap="counts",
    fallback="other",
    priority="reminder",
)


def comes(talk: Talk, notice: UUID, told: SettlingStep) -> None:
    talk.says.append(
        Outgoing(
            SETTLING.name,
            say(ITS_DAY, day=told.on),
            language=talk.language,
            to=talk.other_reach(),
            reference=notice,
            deadline=datetime.combine(told.on, time(12), STOCKHOLM),
        )
    )


def examples(meeting: Meeting) -> Iterator[SettlingStep]:
    yield SettlingStep(number=4, of=11, on=local_day(meeting.start))


TELLING = Telling(NoticeKind.SETTLING_STEP, comes, kinds=(SETTLING,), examples=examples)
