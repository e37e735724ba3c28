"""A paper that was asked for has come: how many of how many, and whether it can be read."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from backend.contract import Meeting, NoticeKind, PapersCame
from bot.conversation.notices import Telling
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Outgoing
from bot.text import N_, local_day, say

ALL_CAME = N_("All the papers have come. Thank you.")
SOME_CAME = N_("{came} of {asked} papers have come. The rest at the latest {day}.")
HARD_TO_READ = N_(
    "{came} of {asked} papers have come. The last one is hard to read. Send it again if you can, or show it when we "
    "meet."
)

# Of what came by the bot she was told there: this is of what came another way, while it is the last count.
CAME = Kind(
    "papers-came",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 2),
    fallback="other",
    lost="nothing",
    priority="reminder",
)


def comes(talk: Talk, notice: UUID, told: PapersCame) -> None:
    if told.unreadable:
        text = say(HARD_TO_READ, came=told.came, asked=told.asked)
    elif told.came < told.asked:
        text = say(SOME_CAME, came=told.came, asked=told.asked, day=told.by)
    else:
        text = say(ALL_CAME)
    talk.says.append(Outgoing(CAME.name, text, language=talk.language, to=talk.other_reach(), reference=notice))


def examples(meeting: Meeting) -> Iterator[PapersCame]:
    by = local_day(meeting.start) + timedelta(days=7)
    for came, unreadable in ((2, False), (2, True), (3, False), (3, True)):
        yield PapersCame(came=came, asked=3, by=by, unreadable=unreadable)


TELLING = Telling(NoticeKind.PAPERS_CAME, comes, kinds=(CAME,), examples=examples)
