"""Papers asked for by a day (komplettering): which, which have come, and what happens when the day has passed.

The clock of the decision stands still meanwhile. Nobody's application is thrown away because a paper is missing: when
the day has passed she is told so, and a caseworker goes on with what there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, tasks
from backend.access import Reader
from backend.applications import papers
from backend.applications.models import Completion, CompletionPaper
from backend.calendar import WorkingCalendar, day_in_sweden
from backend.cases import contacts, desk
from backend.cases.service import open_case
from backend.clock import Clock
from backend.contract import DocumentWarning, NoticeKind, Paper, PapersAsked, PapersCame, PapersOverdue
from backend.errors import DayAheadNeeded
from backend.handover import threads
from backend.notices import service as notices
from backend.safety import service as safety

HARD_TO_READ: frozenset[DocumentWarning] = frozenset({"blurred", "dark", "small", "damaged"})
_AT_A_TIME = 50


@dataclass(frozen=True)
class Wanted:
    """A paper to ask for; ``own_words`` are what staff add, in Swedish: "september till november"."""

    paper: Paper
    own_words: str = ""


@dataclass(frozen=True)
class PaperAsked:
    """A paper that was asked for, and whether it has come."""

    paper: Paper
    own_words: str
    came_at: datetime | None
    unreadable: bool


@dataclass(frozen=True)
class CompletionView:
    """What was asked for, by when, and how it stands."""

    id: UUID
    asked_at: datetime
    by_name: str
    due_on: date
    overdue_at: datetime | None
    papers: tuple[PaperAsked, ...]

    @property
    def came(self) -> int:
        return sum(paper.came_at is not None for paper in self.papers)


async def ask(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, wanted: Iterable[Wanted], *, by: date
) -> UUID:
    """Ask for papers by a day; what was asked for before and has not come no longer counts, unless it is asked again.

    Raises NotAllowed, ReasonNeeded, SilentForSafety, and DayAheadNeeded, also when nothing is asked for.
    """
    listed = {one.paper: one for one in wanted}
    now = clock()
    if not listed or by <= day_in_sweden(now):
        raise DayAheadNeeded
    await desk.ask_for_papers(session, clock, reader, person, listed)
    await safety.may_be_written_to(session, person)
    case = await open_case(session, person, now)
    for earlier in await _open(session, person, counting=True):
        earlier.closed_at = now
        session.add(earlier)
    notice = None
    body = PapersAsked(
        papers=tuple(papers.asked(session, one.paper, one.own_words) for one in listed.values()),
        by=by,
        remind_on=_day_before(database.of(session).municipality.calendar, day_in_sweden(now), by),
    )
    if await threads.has_written(session, case.person):
        notice = await notices.tell(session, clock, NoticeKind.PAPERS_ASKED, case.person, body)
    asked = Completion(
        person=case.person, case=case.id, asked_at=now, by=reader.id, by_name=reader.name, due_on=by, notice=notice
    )
    session.add(asked)
    await session.flush()
    codec = database.of(session).codec
    for one in listed.values():
        place = f"{asked.id}:{one.paper}"
        words = one.own_words.strip()
        kept = codec.encrypt(words, table="completion_papers", column="own_words", row=place) if words else None
        session.add(CompletionPaper(completion=asked.id, paper=one.paper, own_words=kept))
    await _by_letter(session, asked, now)
    return asked.id


async def came(
    session: AsyncSession,
    person: UUID,
    paper: Paper | None,
    *,
    document: UUID,
    warnings: Iterable[DocumentWarning],
    at: datetime,
) -> None:
    """A document has come. If it was asked for, she is told how many of them have; sent again, the later one counts."""
    if paper is None:
        return
    for asked in await _open(session, person, counting=True):
        rows = await _papers(session, asked)
        row = next((row for row in rows if row.paper == paper), None)
        if row is None:
            continue
        again = row.came_at is not None and not row.unreadable
        row.document, row.came_at = document, row.came_at or at
        row.unreadable = bool(HARD_TO_READ & set(warnings))
        session.add(row)
        if again:
            return  # another page of what has come: nothing to count anew
        have = sum(row.came_at is not None for row in rows)
        body = PapersCame(came=have, asked=len(rows), by=asked.due_on, unreadable=row.unreadable)
        if await threads.has_written(session, asked.person):
            await notices.tell(session, lambda: at, NoticeKind.PAPERS_CAME, asked.person, body)
        if have == len(rows) and not any(row.unreadable for row in rows):
            asked.closed_at = at
            session.add(asked)
            await tasks.done_about(session, asked.id, at)
            await tasks.add(session, "check", "papers-came", at=at, person=asked.person, queue="caseworker")
        return


async def day_passed(session: AsyncSession, clock: Clock) -> int:
    """Tell those whose day has passed, with what came and what did not, and give a caseworker the rest. How many."""
    now = clock()
    found = await session.exec(
        select(Completion)
        .where(
            col(Completion.closed_at).is_(None),
            col(Completion.overdue_at).is_(None),
            col(Completion.due_on) < day_in_sweden(now),
        )
        .order_by(col(Completion.due_on))
        .limit(_AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    late = found.all()
    for asked in late:
        rows = await _papers(session, asked)
        have = sum(row.came_at is not None for row in rows)
        asked.overdue_at = now
        if have < len(rows):
            if await threads.has_written(session, asked.person):
                body = PapersOverdue(came=have, asked=len(rows), by=asked.due_on)
                asked.overdue_notice = await notices.tell(session, clock, NoticeKind.PAPERS_OVERDUE, asked.person, body)
            await _by_letter(session, asked, now)
        session.add(asked)
        await tasks.add(
            session, "check", "papers-overdue", at=now, person=asked.person, about=asked.id, queue="caseworker"
        )
    return len(late)


async def of_person(session: AsyncSession, person: UUID) -> tuple[CompletionView, ...]:
    """What is asked for of somebody and has not all come, the earliest first; for whoever has her case open."""
    codec = database.of(session).codec
    views = []
    for asked in await _open(session, person, counting=False):
        rows = await _papers(session, asked)
        listed = tuple(
            PaperAsked(
                _paper(row),
                codec.decrypt(
                    row.own_words, table="completion_papers", column="own_words", row=f"{asked.id}:{row.paper}"
                )
                if row.own_words
                else "",
                row.came_at,
                row.unreadable,
            )
            for row in rows
        )
        views.append(CompletionView(asked.id, asked.asked_at, asked.by_name, asked.due_on, asked.overdue_at, listed))
    return tuple(views)


async def _open(session: AsyncSession, person: UUID, *, counting: bool) -> list[Completion]:
    """Her open ones. ``counting``: two papers that come at once are counted one after the other."""
    hers = (
        select(Completion)
        .where(col(Completion.person).in_(await persons.same(session, person)), col(Completion.closed_at).is_(None))
        .order_by(col(Completion.asked_at))
    )
    found = await session.exec(hers.with_for_update(key_share=True) if counting else hers)
    return list(found.all())


async def _papers(session: AsyncSession, asked: Completion) -> list[CompletionPaper]:
    found = await session.exec(
        select(CompletionPaper).where(CompletionPaper.completion == asked.id).order_by(col(CompletionPaper.paper))
    )
    return list(found.all())


async def _by_letter(session: AsyncSession, asked: Completion, at: datetime) -> None:
    """Whom no text reaches gets a letter; nobody does whose post may be read. What is sent and comes nowhere becomes
    one too, by the bot's own word."""
    if await safety.silent_since(session, asked.person):
        return
    reached = await contacts.reached(session, asked.person)
    if not await threads.has_written(session, asked.person) or (reached is not None and not reached.by_text):
        await tasks.add(session, "letter", "papers", at=at, person=asked.person, about=asked.id)


def _day_before(calendar: WorkingCalendar, today: date, by: date) -> date | None:
    """The last working day before the last day, if one lies between."""
    days = [day for day in _between(today, by) if calendar.is_working_day(day)]
    return days[-1] if days else None


def _between(first: date, last: date) -> Iterable[date]:
    return (date.fromordinal(number) for number in range(first.toordinal() + 1, last.toordinal()))


def _paper(row: CompletionPaper) -> Paper:
    # A CHECK holds the column to these.
    known: tuple[Paper, ...] = get_args(Paper)
    return next(paper for paper in known if paper == row.paper)
