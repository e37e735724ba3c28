"""When the next month can be applied for: the days are kept, and said when they come, unless she has applied by then.

Neutral enough for a text that others may see: neither for what, nor for which month.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from backend.contract import Meeting, NextApplication, NoticeKind
from bot.conversation.notices import Asked, Telling
from bot.conversation.putting import NUDGE, choices
from bot.conversation.running import resume, start
from bot.conversation.talk import Talk
from bot.flows import flows
from bot.flows.which import NEXT_MONTH, WHENEVER
from bot.leaving.sending import Kind
from bot.messages import Open, Outgoing, Timer
from bot.questions import Question, YesNo
from bot.text import N_, STOCKHOLM, Text, local_day, say

NEW_MONTH = Question("new_month", N_("A new month has opened with us. Do you want to begin?"), YesNo())
NOT_BEGUN = N_("The new month is not begun yet. Do you want to begin now?")
SAY_AT = time(9, 30)
"""In the morning, so that there is a day to ask somebody in."""
_STANDS = timedelta(days=10)

MONTH = Kind(
    "new-month",
    proactive=True,
    quiet="day",
    still_true=True,
    life=timedelta(hours=36),
    segments=(1, 1),
    unchecked="drop",
    cap="waits",
    fallback="other",
    lost="nothing",
    priority="reminder",
)


def comes(talk: Talk, notice: UUID, told: NextApplication) -> None:
    if told.opens_on is not None:
        talk.timers.append(Timer("new-month", _in_the_morning(told.opens_on), notice))
    if told.remind_on != told.opens_on:
        talk.timers.append(Timer("new-month-again", _in_the_morning(told.remind_on), notice))


def opened(talk: Talk, notice: UUID | None) -> None:
    """The next month can be applied for."""
    _ask(talk, notice, say(NEW_MONTH.text))


def again(talk: Talk, notice: UUID | None) -> None:
    """There is just time for it to be decided before the money is paid. Who has begun is asked to go on."""
    _ask(talk, notice, say(NUDGE.text if _has_begun(talk) else NOT_BEGUN))


def _ask(talk: Talk, notice: UUID | None, text: Text) -> None:
    talk.says.append(
        Outgoing(
            MONTH.name,
            text,
            choices=choices(NEW_MONTH),
            question=talk.new_token(),
            ask="new-month",
            reference=notice,
            until=talk.now + _STANDS,
            language=talk.language,
            to=talk.other_reach(),
        )
    )


def begins(talk: Talk, yes: bool, _: Open) -> None:
    """She wants to begin, or not now. What she had begun already goes on where it is."""
    if yes and not _has_begun(talk):
        talk.state = talk.state.with_thread(interrupted=None)
        start(talk, "apply", {"carries": {NEXT_MONTH.name: "month"}})
        return
    if not yes:
        talk.say(say(WHENEVER))
    resume(talk)


def _has_begun(talk: Talk) -> bool:
    run = talk.run
    return run is not None and run.state == "open" and flows()[run.flow].application


def _in_the_morning(day: date) -> datetime:
    return datetime.combine(day, SAY_AT, STOCKHOLM)


def examples(meeting: Meeting) -> Iterator[NextApplication]:
    day = local_day(meeting.start)
    yield NextApplication(
        month=(day + timedelta(weeks=5)).replace(day=1),
        opens_on=day + timedelta(weeks=2),
        remind_on=day + timedelta(weeks=3),
    )


TELLING = Telling(
    NoticeKind.NEXT_APPLICATION,
    comes,
    kinds=(MONTH,),
    asks={"new-month": Asked(lambda _: NEW_MONTH, begins, lasts=True)},
    timers={"new-month": opened, "new-month-again": again},
    examples=examples,
)
