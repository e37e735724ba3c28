"""Staff have written down what she can say here herself: it is done, and she is told as when she says it here."""

from collections.abc import Iterator
from uuid import UUID

from backend.contract import CallTime, JobSaid, Meeting, NoticeKind, TakenDown
from bot.conversation.jobs import keep_by_staff
from bot.conversation.notices import Telling
from bot.conversation.notices.planning_week import THANKS
from bot.conversation.notices.something_new import chosen_by_staff
from bot.conversation.talk import Talk
from bot.conversation.wishing import HEARD
from bot.flows.call_time import rung_at
from bot.form import ToldJob
from bot.text import N_, Text, say

NOT_RUNG = N_("You did not want us to ring, so we do not. If you change your mind, write RING.")


def comes(talk: Talk, _: UUID, told: TakenDown) -> None:
    text = _done(talk, told)
    if text is not None and told.tell and talk.is_told_of_this:
        talk.say(text)


def _done(talk: Talk, told: TakenDown) -> Text | None:
    """What follows here from what was said, and what she is told of it."""
    match told.what:
        case "interpreter-wish":
            return say(HEARD)
        case "job":
            return _job(talk, told.job) if told.job is not None else None
        case "activity":
            opened = talk.thread.open
            if opened is not None and opened.ask == "activity" and opened.reference == told.activity:
                talk.open(None)  # it is answered
            return say(THANKS[told.how]) if told.how is not None else None
        case "call":
            return rung_at(told.call) if told.call is not None else None
        case "no-call":
            return say(NOT_RUNG)
        case "hear":
            return chosen_by_staff(talk, told.hear, told.call_at) if told.hear is not None else None


def _job(talk: Talk, job: JobSaid) -> Text:
    return keep_by_staff(talk, ToldJob(job.job, job.on, job.title, job.employer))


def examples(meeting: Meeting) -> Iterator[TakenDown]:
    yield TakenDown(what="interpreter-wish")
    yield TakenDown(what="job", job=JobSaid(job=meeting.id, on=meeting.start.date(), employer="Exempelgatan 4"))
    for how in THANKS:
        yield TakenDown.model_validate({"what": "activity", "activity": meeting.id, "how": how})
    for language in (None, "ti"):
        call = CallTime(id=meeting.id, start=meeting.start, end=meeting.end, interpreter_language=language)
        yield TakenDown(what="call", call=call)
    yield TakenDown(what="no-call")
    for hear in ("call", "counter", "read", "letter"):
        yield TakenDown.model_validate({"what": "hear", "hear": hear, "call_at": meeting.start})


TELLING = Telling(NoticeKind.TAKEN_DOWN, comes, examples=examples)
