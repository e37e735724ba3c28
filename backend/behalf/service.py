"""What she can say to the bot herself, done by customer service at her word, with the same effect.

What the backend keeps changes here; what the bot keeps is told it as a notice. She is told as when she says it herself,
but for whom nothing is sent to: that is said in the room or on the telephone.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import locales, persons, tasks
from backend.access import Reader
from backend.applications import completions, parts
from backend.applications.completions import PaperAsked
from backend.behalf.refusals import (
    NothingLeavesThere,
    NothingToComment,
    NotTogether,
    OthersRead,
    PlanAgreed,
    StaffAnswerThere,
)
from backend.bookings import missed
from backend.calendar import day_in_sweden
from backend.callbacks import service as callbacks
from backend.cases import contacts
from backend.clock import Clock
from backend.contract import (
    AboutPaper,
    BookCall,
    Branch,
    CalendarSaid,
    ChooseBranch,
    CodeWished,
    Hear,
    JobSaid,
    Language,
    LanguageSaid,
    MessagesWished,
    NoticeKind,
    Paper,
    SaidOfPaper,
    SayOfActivity,
    TakenDown,
    TellOfJob,
    Value,
    WhyMissed,
    WishOfInterpreter,
)
from backend.decisions import comments
from backend.decisions import service as decisions
from backend.decisions.models import Answered, Speaks
from backend.errors import (
    Invalid,
    NotFound,
    NothingToHear,
    NotYetBegun,
    StoppedByProvider,
    WeRing,
    WhichJob,
    WordsMissing,
)
from backend.handover import threads
from backend.handover.models import Thread
from backend.interpreters import wishing
from backend.notices import service as notices
from backend.planning import jobs, plans
from backend.planning import service as planning
from backend.safety import service as safety

Wish = Literal["stop", "start", "wrong-number"]
Calendar = Literal["persian", "afghan", "ethiopian", "off"]
InterpreterWish = Literal["woman", "man", "northern", "benaadiri", "hazaragi", "other"]
Hearing = Literal["call", "counter", "read", "letter"]
How = Literal["done", "could-not", "ill", "help"]
WhyNot = Literal["ill", "forgot", "interpreter", "other"]
CodeWish = Literal["elsewhere", "helper"]

WRITTEN_TO = ("sms", "telegram")
"""Channels on which messages come unasked, and can be stopped."""
_LONG_AGO = timedelta(days=366)


@dataclass(frozen=True)
class Place:
    """A conversation of hers on one of :data:`WRITTEN_TO`."""

    thread: UUID
    channel: str


async def places(session: AsyncSession, person: UUID) -> tuple[Place, ...]:
    """Where she gets messages unasked, the latest first."""
    return tuple(Place(one.id, one.channel) for one in await _threads(session, person) if one.channel in WRITTEN_TO)


async def reads(session: AsyncSession, person: UUID) -> Language:
    """The language she is written to in, where she wrote last; Swedish where she never did."""
    return next((one.language for one in await _threads(session, person)), locales.SWEDISH)


async def is_told(session: AsyncSession, person: UUID) -> bool:
    """Whether what is done for her is told her by message: not to whom nothing is sent, nor who never wrote here."""
    return not await safety.sends_nothing(session, person) and await threads.has_written(session, person)


async def wish_of_messages(session: AsyncSession, clock: Clock, person: UUID, thread: UUID, wish: Wish) -> None:
    """She wants no more messages there, or wants them again; or whoever has the number says that it is a wrong one.

    Raises NotFound for a conversation that is none of :func:`places`, and StoppedByProvider where her provider let
    nothing through: only she herself can open there.
    """
    place = next((one for one in await places(session, person) if one.thread == thread), None)
    if place is None or (wish == "wrong-number" and place.channel != "sms"):
        raise NotFound(thread=thread)
    reached = await contacts.reached(session, person)
    if wish == "start" and place.channel == "sms" and reached is not None and reached.stopped_there:
        raise StoppedByProvider
    body = MessagesWished(thread=thread, wish=wish, tell=await is_told(session, person))
    await _tell(session, clock, NoticeKind.MESSAGES_WISHED, person, body)


async def say_language(session: AsyncSession, clock: Clock, person: UUID, reads: Language, speaks: Language) -> None:
    """Which language she reads, in every conversation of hers, and which she speaks. Raises Invalid for one to read
    that we do not write."""
    if reads not in locales.languages():
        raise Invalid(reads="not written")
    found, told = await persons.find(session, person), await is_told(session, person)
    found.language = speaks
    session.add(found)
    for place, thread in enumerate(await _threads(session, person)):
        thread.language = reads
        session.add(thread)
        body = LanguageSaid(thread=thread.id, reads=reads, speaks=speaks, tell=told and place == 0)
        await _tell(session, clock, NoticeKind.LANGUAGE_SAID, person, body)


async def say_calendar(session: AsyncSession, clock: Clock, person: UUID, calendar: Calendar) -> None:
    """By which calendar her days are said too. The bot alone counts by it."""
    body = CalendarSaid(calendar=calendar, tell=await is_told(session, person))
    await _tell(session, clock, NoticeKind.CALENDAR_SAID, person, body)


async def wish_of_interpreter(session: AsyncSession, clock: Clock, person: UUID, wish: InterpreterWish) -> None:
    """What she wishes of her interpreter. Raises NotFound where she has had no meeting with one."""
    await wishing.wish(session, clock, WishOfInterpreter(person=person, at=clock(), wish=wish))
    await _taken_down(session, clock, person, TakenDown(what="interpreter-wish"))


async def tell_of_job(session: AsyncSession, clock: Clock, person: UUID, job: JobSaid, *, key: UUID) -> None:
    """A job she has applied for. Raises WhichJob for a day to come or more than a year ago, and for no job at all."""
    today = day_in_sweden(clock())
    if not today - _LONG_AGO <= job.on <= today or not (job.title or job.employer):
        raise WhichJob
    call = TellOfJob(person=person, at=clock(), on=job.on, title=job.title, employer=job.employer)
    await jobs.told(session, key, job.job, call)
    await _taken_down(session, clock, person, TakenDown(what="job", job=job))


async def say_of_activity(
    session: AsyncSession, clock: Clock, person: UUID, activity: UUID, how: How, *, key: UUID
) -> None:
    """How something planned went, or that she cannot come: her own word, and no attendance. Raises NotFound when it is
    not hers, NotYetBegun for what is said to be done before it has begun."""
    standing = await planning.of_person(session, person)
    hers = next((one for one in standing.places if one.id == activity), None)
    if hers is None:
        raise NotFound(activity=activity)
    if how == "done" and clock() < hers.start:
        raise NotYetBegun
    await planning.say_of(session, key, activity, SayOfActivity(person=person, at=clock(), how=how))
    await _taken_down(session, clock, person, TakenDown(what="activity", activity=activity, how=how))


async def book_call(session: AsyncSession, clock: Clock, key: UUID, call: BookCall) -> None:
    """An hour in which she is rung. Raises what :func:`callbacks.book` does."""
    booked = await callbacks.book(session, clock, key, call)
    await _taken_down(session, clock, call.person, TakenDown(what="call", call=booked))


async def take_back_call(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """She does not want to be rung after all. Raises NobodyRings where nobody was to ring her."""
    await callbacks.take_back(session, clock, person, by=reader.id)
    await _taken_down(session, clock, person, TakenDown(what="no-call"))


async def hear(session: AsyncSession, clock: Clock, person: UUID, how: Hearing, *, key: UUID) -> None:
    """How she wants to hear of her latest decision. Raises NothingToHear where she has heard it, or there is none;
    SilentForSafety."""
    notice = await decisions.to_be_heard(session, person)
    if notice is None:
        raise NothingToHear
    await safety.may_be_written_to(session, person)
    receipt = await decisions.hear(session, key, Hear(person=person, something_new=notice, at=clock(), how=how))
    await _taken_down(session, clock, person, TakenDown(what="hear", hear=how, call_at=receipt.call_at))


async def choose_branch(session: AsyncSession, clock: Clock, person: UUID, branch: Branch, *, key: UUID) -> None:
    """What she wants to work with, from when a planning week of hers has begun until her plan is agreed. Raises
    PlanAgreed outside that, Invalid for a branch the municipality has not."""
    standing, plan = await planning.of_person(session, person), await plans.of_person(session, person)
    if standing.choose_by is None or (plan is not None and plan.written.agreed):
        raise PlanAgreed
    await planning.choose(session, key, ChooseBranch(person=person, at=clock(), branch=branch))
    await _taken_down(session, clock, person, TakenDown(what="branch", branch=branch))


async def say_why_missed(session: AsyncSession, clock: Clock, person: UUID, meeting: UUID, why: WhyNot) -> None:
    """What hindered her from coming. Raises NotFound for a meeting that is none of hers."""
    await missed.because(session, meeting, WhyMissed(person=person, at=clock(), why=why))
    await _taken_down(session, clock, person, TakenDown(what="missed"))


async def say_of_paper(
    session: AsyncSession, clock: Clock, person: UUID, paper: Paper, says: SaidOfPaper, *, completion: UUID
) -> None:
    """She cannot get a paper, or can do no better than what came. Raises NotFound for one that is not waited for, or of
    which she has said something."""
    found = next((one for one in await completions.of_person(session, person) if one.id == completion), None)
    asked = next((one for one in found.papers if one.paper == paper), None) if found is not None else None
    if asked is None or asked.said is not None or says not in sayable(asked):
        raise NotFound(paper=paper)
    await completions.said(session, paper, AboutPaper(person=person, at=clock(), says=says))
    await _taken_down(session, clock, person, TakenDown(what="paper", paper=says))


def sayable(asked: PaperAsked) -> tuple[SaidOfPaper, ...]:
    """What she may say of a paper that is asked for."""
    if asked.said is not None or (asked.came_at is not None and not asked.unreadable):
        return ()
    return ("cannot-get",) if asked.came_at is None else ("good-enough",)


async def not_together(session: AsyncSession, clock: Clock, person: UUID) -> None:
    """She does not apply together with another any more: the bot ends it, and the other one is told nothing. Raises
    NotTogether where it is not under way."""
    if not await parts.under_way(session, person):
        raise NotTogether
    await _taken_down(session, clock, person, TakenDown(what="not-together"))


async def comment(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, words: str, *, how: Answered, speaks: bool
) -> None:
    """What she says of what was found out before a decision; a caseworker reads it. ``speaks``: she wants to speak
    before the board. Raises NothingToComment where nothing was asked, or it is decided, and WordsMissing: that she
    has nothing to say a caseworker hears."""
    standing = await comments.standing(session, person)
    if standing is None:
        raise NothingToComment
    if not words.strip():
        raise WordsMissing
    wants: Speaks = "wants" if speaks and standing.speaks == "no" else standing.speaks
    await comments.answered(session, clock, reader, standing.id, how, words=words, speaks=wants)
    whose = (await persons.find(session, person)).id
    await tasks.add(session, "check", "commented", at=clock(), person=whose, about=standing.id, queue="caseworker")


# --- Who else comes in, and where she goes on -------------------------------------------------------------------------


async def wish_of_code(session: AsyncSession, clock: Clock, person: UUID, thread: UUID, wish: CodeWish) -> None:
    """She wants to go on elsewhere, or to let a helper in: the bot writes a code where she reads alone, and shows it to
    nobody else.

    Raises NotFound for a conversation that is none of :func:`places`, SilentForSafety, WeRing, NothingLeavesThere,
    OthersRead and StaffAnswerThere.
    """
    place = next((one for one in await places(session, person) if one.thread == thread), None)
    if place is None:
        raise NotFound(thread=thread)
    await safety.may_be_written_to(session, person)
    if await safety.sends_nothing(session, person):
        raise WeRing
    reached = await contacts.reached(session, person) if place.channel == "sms" else None
    if reached is not None and not reached.by_text:
        raise NothingLeavesThere
    if reached is not None and reached.shared:
        raise OthersRead
    row = await session.get_one(Thread, thread)
    if "staff" in (row.owner, row.wanted):
        raise StaffAnswerThere
    body = CodeWished(thread=thread, wish=wish, at=clock())
    await _tell(session, clock, NoticeKind.CODE_WISHED, person, body)


async def let_helpers_go(session: AsyncSession, clock: Clock, person: UUID) -> None:
    """Nobody is to help her any more. Who helps her the bot alone knows; where nobody does, nothing happens."""
    body = CodeWished(wish="no-helper", tell=await is_told(session, person))
    await _tell(session, clock, NoticeKind.CODE_WISHED, person, body)


async def _taken_down(session: AsyncSession, clock: Clock, person: UUID, body: TakenDown) -> None:
    told = body.model_copy(update={"tell": await is_told(session, person)})
    await _tell(session, clock, NoticeKind.TAKEN_DOWN, person, told)


async def _tell(session: AsyncSession, clock: Clock, kind: NoticeKind, person: UUID, body: Value) -> None:
    """The bot is told; of who never wrote there it knows nobody."""
    if await threads.has_written(session, person):
        await notices.tell(session, clock, kind, person, body)


async def _threads(session: AsyncSession, person: UUID) -> list[Thread]:
    same = await persons.same(session, person)
    found = await session.exec(
        select(Thread).where(col(Thread.person).in_(same)).order_by(col(Thread.last_at).desc(), col(Thread.id))
    )
    return list(found.all())
