"""Staff have written down what she can say here herself: it is done, and she is told as when she says it here."""

from collections.abc import Callable, Iterator, Mapping
from uuid import UUID

from backend.contract import CallTime, JobSaid, Meeting, NoticeKind, Sensitivity, TakenDown
from bot.conversation.jobs import keep_by_staff
from bot.conversation.missing import AS_IT_IS, NOTED
from bot.conversation.notices import Telling
from bot.conversation.notices.meeting_missed import IT_HELPS
from bot.conversation.notices.planning_week import BRANCHES, CHOSEN, THANKS, WRITTEN
from bot.conversation.notices.something_new import chosen_by_staff
from bot.conversation.talk import Talk
from bot.conversation.together import ended_by_staff
from bot.conversation.wishing import HEARD
from bot.flows.call_time import rung_at
from bot.form import ToldJob
from bot.messages import Outgoing
from bot.text import N_, Text, say

NOT_RUNG = N_("You did not want us to ring, so we do not. If you change your mind, write RING.")


def comes(talk: Talk, _: UUID, told: TakenDown) -> None:
    if told.what == "not-together":
        ended_by_staff(talk, tell=told.tell and talk.is_told_of_this)
        return
    text = _DONE[told.what](talk, told)
    if text is not None and told.tell and talk.is_told_of_this:
        if told.what == "branch" and talk.carries(Sensitivity.PERSONAL):
            talk.says.append(Outgoing("week-list", text, sensitivity=Sensitivity.PERSONAL))
        else:
            talk.say(text)


def _activity(talk: Talk, told: TakenDown) -> Text | None:
    if talk.thread.open is not None and talk.thread.open.reference == told.activity:
        _close(talk, "activity")
    return say(THANKS[told.how]) if told.how is not None else None


def _missed(talk: Talk, _: TakenDown) -> Text:
    _close(talk, "missed-why")
    return say(IT_HELPS)


def _branch(talk: Talk, told: TakenDown) -> Text | None:
    """Which it is stands where nobody else reads alone."""
    if told.branch is None:
        return None
    talk.state = talk.state.with_person(branch=told.branch)
    _close(talk, "branch", "to-choose")
    return say(CHOSEN, branch=say(BRANCHES[told.branch])) if talk.carries(Sensitivity.PERSONAL) else say(WRITTEN)


def _paper(talk: Talk, told: TakenDown) -> Text:
    """Where others may read, that it was of a paper is not said."""
    if not talk.carries(Sensitivity.PERSONAL):
        return say(WRITTEN)
    return say(AS_IT_IS if told.paper == "good-enough" else NOTED)


def _close(talk: Talk, *asked: str) -> None:
    """What was asked here is answered."""
    if talk.thread.open is not None and talk.thread.open.ask in asked:
        talk.open(None)


def _job(talk: Talk, job: JobSaid) -> Text:
    return keep_by_staff(talk, ToldJob(job.job, job.on, job.title, job.employer))


_DONE: Mapping[str, Callable[[Talk, TakenDown], Text | None]] = {
    "interpreter-wish": lambda *_: say(HEARD),
    "job": lambda talk, told: _job(talk, told.job) if told.job is not None else None,
    "activity": _activity,
    "branch": _branch,
    "missed": _missed,
    "paper": _paper,
    "call": lambda _, told: rung_at(told.call) if told.call is not None else None,
    "no-call": lambda *_: say(NOT_RUNG),
    "hear": lambda talk, told: chosen_by_staff(talk, told.hear, told.call_at) if told.hear is not None else None,
}
"""What follows here from what was said, and what she is told of it."""


def examples(meeting: Meeting) -> Iterator[TakenDown]:
    yield TakenDown(what="interpreter-wish")
    yield TakenDown(what="job", job=JobSaid(job=meeting.id, on=meeting.start.date(), employer="Exempelgatan 4"))
    for how in THANKS:
        yield TakenDown.model_validate({"what": "activity", "activity": meeting.id, "how": how})
    for language in (None, "ti"):
        call = CallTime(id=meeting.id, start=meeting.start, end=meeting.end, interpreter_language=language)
        yield TakenDown(what="call", call=call)
    yield TakenDown(what="no-call")
    for branch in BRANCHES:
        yield TakenDown(what="branch", branch=branch)
    yield TakenDown(what="missed")
    yield TakenDown(what="not-together")
    for paper in ("cannot-get", "good-enough"):
        yield TakenDown.model_validate({"what": "paper", "paper": paper})
    for hear in ("call", "counter", "read", "letter"):
        yield TakenDown.model_validate({"what": "hear", "hear": hear, "call_at": meeting.start})


TELLING = Telling(NoticeKind.TAKEN_DOWN, comes, examples=examples)
