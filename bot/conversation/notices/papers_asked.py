"""Papers are asked for by a day. Unasked it is only said that there are some; which, where nobody else reads."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from backend.contract import AskedPaper, Meeting, NoticeKind, PapersAsked
from bot.conversation.missing import look_up
from bot.conversation.notices import Asked, Telling
from bot.conversation.putting import choices
from bot.conversation.running import resume
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Open, Outgoing, Timer
from bot.questions import Question, YesNo
from bot.text import N_, STOCKHOLM, Text, Value, local_day, say

WHICH = Question("which_papers", N_("We need some papers from you by {day}. Do you want to know which?"), YesNo())
SOON = N_("The papers we asked for have not all come. Last day: {day}. Do you want to know which?")
REMIND_AT = time(9, 0)

# The law asks for it, and what depends on it is hers to know: where it comes nowhere, it goes by letter.
ASKED = Kind(
    "papers-asked",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 2),
    fallback="other",
    lost="letter",
    priority="change",
)
REMINDED = Kind(
    "papers-reminder",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 2),
    cap="counts",
    fallback="other",
    lost="nothing",
    priority="reminder",
)


def comes(talk: Talk, notice: UUID, asked: PapersAsked) -> None:
    talk.state = talk.state.with_person(papers=asked)
    _ask(talk, ASKED, notice, say(WHICH.text, day=asked.by), until=asked.by)
    if asked.remind_on is not None:
        talk.timers.append(Timer("papers", datetime.combine(asked.remind_on, REMIND_AT, STOCKHOLM), notice))


def soon(talk: Talk, notice: UUID | None) -> None:
    """There is one working day left."""
    asked = talk.person.papers
    if asked is not None:
        _ask(talk, REMINDED, notice, say(SOON, day=asked.by), until=asked.by)


def _ask(talk: Talk, kind: Kind, notice: UUID | None, text: Text, *, until: date) -> None:
    talk.says.append(
        Outgoing(
            kind.name,
            text,
            choices=choices(WHICH),
            question=talk.new_token(),
            ask="which-papers",
            reference=notice,
            until=datetime.combine(until + timedelta(days=1), time(0), STOCKHOLM),
            language=talk.language,
            to=talk.other_reach(),
        )
    )


def which(talk: Talk, yes: bool, _: Open) -> None:
    """She wants to know which, or not now."""
    if yes:
        look_up(talk)
    else:
        talk.say(say(N_("All right. Write to us whenever you want help.")))
        resume(talk)


def _by_when(talk: Talk) -> Mapping[str, Value]:
    return {} if talk.person.papers is None else {"day": talk.person.papers.by}


def examples(meeting: Meeting) -> Iterator[PapersAsked]:
    by = local_day(meeting.start) + timedelta(days=7)
    papers = tuple(AskedPaper(paper=paper) for paper in ("rent-invoice", "bank-statements"))
    yield PapersAsked(papers=papers, by=by, remind_on=by - timedelta(days=1))


TELLING = Telling(
    NoticeKind.PAPERS_ASKED,
    comes,
    kinds=(ASKED, REMINDED),
    asks={"which-papers": Asked(lambda _: WHICH, which, _by_when, lasts=True)},
    timers={"papers": soon},
    examples=examples,
)
