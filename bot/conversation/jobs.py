"""A job she has applied for, told as it happens: kept on her case, and standing in her next application.

What she wrote is not repeated to her: somebody else may read here. Where nobody does, and she has not said which job it
was, she is asked once, and need not answer.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from backend.contract import Sensitivity, TellOfJob
from bot.answers import is_question
from bot.conversation.notices import notices_ask
from bot.conversation.notices.planning_week import WRITTEN
from bot.conversation.putting import put_own
from bot.conversation.running import resume
from bot.conversation.talk import PERSONAL_CHANNELS, Talk
from bot.form import ToldJob
from bot.hearing.job_words import LONGEST_TITLE, MOST_NAMED, applied_for, says_more
from bot.hearing.words import is_thanks, means
from bot.messages import Open
from bot.text import N_, Text, say

WRITTEN_DOWN = N_("Thank you. It is written down for your next application.")
ASKS = "job"
"""The question which job it was, as it is named in :class:`Open`."""
_ASKED_FOR = timedelta(hours=1)
_MOST = 60
"""Jobs that are kept for the next application: more than that nobody reads through."""


def may_be_told(talk: Talk) -> bool:
    """Whether somebody known here may be telling of a job: no question of a form is open, and a machine answers."""
    person, opened = talk.person, talk.thread.open
    is_known = person.applied is not None or person.week is not None or person.meeting is not None
    notice = notices_ask().get(opened.ask) if opened is not None else None
    is_free = opened is None or (notice is not None and notice.lasts)
    return is_known and is_free and talk.thread.owner == "bot" and not talk.thread.awaited


def told(talk: Talk, words: str) -> None:
    """She has applied for a job."""
    heard = applied_for(words, talk.today)
    if heard is None:
        return
    job = ToldJob(talk.new_id(), heard.on, heard.title, heard.employer)
    _keep(talk, job)
    says_which = bool(job.title or job.employer)
    talk.say(_thanks(talk))
    if not says_which and talk.thread.open is None and talk.carries(Sensitivity.PERSONAL):
        put_own(talk, ASKS, job.id, talk.now + _ASKED_FOR)


def keep_by_staff(talk: Talk, job: ToldJob) -> Text:
    """She has told staff of a job: it stands in her next application too. The backend has it from them. Gives what she
    is told."""
    _remember(talk, job)
    return _thanks(talk)


def declines(words: str) -> bool:
    """Whether she leaves it unsaid: no, thanks, later, I do not know."""
    return is_thanks(words) or any(means(words, key) for key in ("no", "yes", "later"))


def is_no_answer(words: str) -> bool:
    """Whether the words name no job: she leaves it, asks something, or tells more, which a person reads."""
    return declines(words) or is_question(words) or says_more(words) or len(words.split()) > MOST_NAMED


def which(talk: Talk, words: str, opened: Open) -> None:
    """Which job it was, in her own words."""
    job = next((one for one in talk.person.jobs if one.id == opened.reference), None)
    if job is not None:
        heard = applied_for(words, talk.today)
        if heard is not None and (heard.title or heard.employer):
            # The same sentence once more, in full.
            _keep(talk, replace(job, title=heard.title, employer=heard.employer))
        else:
            _keep(talk, replace(job, title=words[:LONGEST_TITLE]))
        talk.say(_thanks(talk))
    resume(talk)


def stand_in(talk: Talk, told_of: tuple[UUID, ...]) -> None:
    """An application that these stood in was taken: they do not stand in the next one."""
    talk.state = talk.state.with_person(jobs=tuple(job for job in talk.person.jobs if job.id not in told_of))


def _thanks(talk: Talk) -> Text:
    """Where others read, not even that there is an application."""
    hers_alone = talk.thread.channel in PERSONAL_CHANNELS or talk.thread.shared is False
    return say(WRITTEN_DOWN if hers_alone else WRITTEN)


def _remember(talk: Talk, job: ToldJob) -> None:
    others = tuple(one for one in talk.person.jobs if one.id != job.id)
    talk.state = talk.state.with_person(jobs=(*others, job)[-_MOST:])


def _keep(talk: Talk, job: ToldJob) -> None:
    _remember(talk, job)
    call = TellOfJob(person=talk.person.id, at=talk.now, on=job.on, title=job.title, employer=job.employer)
    talk.call(call, job=str(job.id))
