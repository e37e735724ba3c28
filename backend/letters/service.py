"""What of a case can be sent by letter now, and that it was: who sent it, and on which day.

That a letter was sent tells nobody of anything: a decision is told the day it has reached her, and staff say which day
that was (``decisions.record_told``). The address is written on the letter and kept nowhere.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.applications import completions
from backend.applications.models import Completion
from backend.bookings import service as bookings
from backend.calculation import telling
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.contract import Language
from backend.decisions import comments
from backend.decisions import service as decisions
from backend.errors import Invalid, NotFound
from backend.letters import words
from backend.letters.models import LetterKind, PostedLetter
from backend.letters.words import Words
from backend.municipalities import Municipality
from backend.safety import service as safety

_A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Which:
    """One letter of a case. ``about``: the decision, calculation, request, comment or meeting it is about."""

    kind: LetterKind
    about: UUID


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it would be printed."""

    about: UUID
    words: Words


async def possible(session: AsyncSession, clock: Clock, person: UUID) -> tuple[Letter, ...]:
    """The letters there are words for now: the latest decision, and any before it that she has not been told of, the
    calculation she was told of, the papers asked for,
    what she may comment on, the next meeting. The caller has opened her case."""
    town = database.of(session).municipality
    language = (await persons.find(session, person)).language
    found: list[Letter] = []
    signed = {one.id: one.signed_name for one in await decisions.of_person(session, person)}
    for number, text in enumerate(await decisions.all_texts(session, person)):
        if number == 0 or text.told_on is None:
            found.append(Letter(text.id, words.decision(text, signed[text.id], language, town)))
    version = await telling.latest(session, person)
    if version is not None:
        found.append(Letter(version.id, words.calculation(version.calculation, language, town)))
    found += await _papers(session, person, language, town)
    commenting, read = await comments.standing(session, person), await comments.readable(session, person)
    if commenting is not None and read is not None and commenting.is_open(day_in_sweden(clock())):
        asked = words.comment(commenting.words, commenting.until, read.law, language, town)
        found.append(Letter(commenting.id, asked))
    meeting = await bookings.next_meeting(session, person, clock())
    if meeting is not None and meeting.start > clock():
        found.append(Letter(meeting.id, words.invitation(meeting, language, town)))
    return tuple(found)


async def _papers(session: AsyncSession, person: UUID, language: Language, town: Municipality) -> list[Letter]:
    """Of what is still asked for: not a paper she has said she cannot get, and again one that cannot be read."""
    found: list[Letter] = []
    for one in await completions.of_person(session, person):
        wanted = [paper for paper in one.papers if paper.said is None and (paper.came_at is None or paper.unreadable)]
        if wanted and (await session.get_one(Completion, one.id)).closed_at is None:
            listed = tuple((paper.paper, paper.own_words) for paper in wanted)
            found.append(Letter(one.id, words.papers(listed, one.due_on, language, town)))
    return found


async def take_out(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, which: Which) -> Letter:
    """A letter, to be printed (logged). Raises NotAllowed, ReasonNeeded, SilentForSafety (others may read her post),
    and NotFound for what there is none of now."""
    done = f"Skrev ut ett brev: {words.TITLES[which.kind].lower()}"
    await access.enter(session, clock, reader, person, "told", about=which.about, done=done)
    await safety.may_be_written_to(session, person)
    return await _find(session, clock, person, which)


async def _find(session: AsyncSession, clock: Clock, person: UUID, which: Which) -> Letter:
    there = await possible(session, clock, person)
    found = next((one for one in there if Which(one.words.kind, one.about) == which), None)
    if found is None:
        raise NotFound(letter=which.about)
    return found


async def record_sent(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, which: Which, *, on: date
) -> None:
    """A letter was put in the post on a day (logged); the task to send it is done. The same twice is once.

    Raises NotAllowed, ReasonNeeded, NotFound, and Invalid for a day to come.
    """
    kind, about = which.kind, which.about
    done = f"Skickade ett brev: {words.TITLES[kind].lower()}"
    await access.enter(session, clock, reader, person, "told", about=about, done=done)
    await _find(session, clock, person, which)
    if on > day_in_sweden(clock()):
        raise Invalid(sent_on="a day to come")
    found = await persons.find(session, person)
    same = await session.exec(
        select(PostedLetter).where(PostedLetter.about == about, PostedLetter.kind == kind, PostedLetter.sent_on == on)
    )
    if same.first() is None:
        session.add(
            PostedLetter(
                person=found.id, kind=kind, about=about, sent_on=on, at=clock(), by=reader.id, by_name=reader.name
            )
        )
    waiting = await session.exec(
        select(tasks.Task).where(
            tasks.Task.kind == "letter", tasks.Task.about == about, col(tasks.Task.done_at).is_(None)
        )
    )
    for task in waiting.all():
        if task.reason != "code":  # that is another letter
            await tasks.done(session, task.id, clock(), reader.id)
    if kind == "decision" and not await decisions.is_told(session, about):
        # Her time to appeal runs from the day it reached her, which nobody knows until she is asked.
        await tasks.add(
            session,
            "ring",
            tasks.LETTER_CAME,
            at=clock(),
            person=found.id,
            about=about,
            due_at=_when_it_came(session, on),
        )


def _when_it_came(session: AsyncSession, sent_on: date) -> datetime | None:
    """By when she is asked on which day a letter came: a week after it was sent, before closing."""
    calendar = database.of(session).municipality.calendar
    hours = calendar.opening(calendar.add_working_days(sent_on + _A_WEEK, 0))
    return hours[1] if hours is not None else None


async def sent(session: AsyncSession, person: UUID) -> tuple[PostedLetter, ...]:
    """The letters that were sent, the latest first. The caller has opened her case."""
    same = await persons.same(session, person)
    found = await session.exec(
        select(PostedLetter).where(col(PostedLetter.person).in_(same)).order_by(col(PostedLetter.at).desc())
    )
    return tuple(found.all())
