"""Papers asked for by a day (komplettering): which, which have come, and what happens when the day has passed.

The clock of the decision stands still meanwhile. Nobody's application is thrown away because a paper is missing: when
the day has passed she is told so, and a caseworker goes on with what there is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import get_args
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, tasks
from backend.access import Reader
from backend.applications import papers
from backend.applications.models import Completion, CompletionPaper
from backend.calendar import WorkingCalendar, day_in_sweden
from backend.cases import asked as on_case
from backend.cases import contacts, desk
from backend.cases.models import PaperState
from backend.cases.service import find_case, open_case
from backend.clock import Clock
from backend.codec import Codec
from backend.contract import (
    AboutPaper,
    DocumentWarning,
    MissingPapers,
    NoticeKind,
    Paper,
    PapersAsked,
    PapersCame,
    PapersOverdue,
)
from backend.errors import DayAheadNeeded
from backend.handover import threads
from backend.notices import service as notices
from backend.safety import service as safety

HARD_TO_READ: frozenset[DocumentWarning] = frozenset({"blurred", "dark", "small", "damaged"})
PAGES_FOLLOW = timedelta(days=1)
"""So long after the last paper came, another page of one of them is no new paper."""


@dataclass(frozen=True)
class Wanted:
    """A paper to ask for; ``own_words`` are what staff add, in Swedish: "september till november"."""

    paper: Paper
    own_words: str = ""


@dataclass(frozen=True)
class PaperAsked:
    """A paper that was asked for, whether it has come, and what she said of it."""

    paper: Paper
    own_words: str
    came_at: datetime | None
    unreadable: bool
    said: str | None


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
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    person: UUID,
    wanted: Iterable[Wanted],
    *,
    by: date,
    key: UUID | None = None,
) -> UUID:
    """Ask for papers by a day; what was asked for before and has not come no longer counts, unless it is asked again.

    ``key`` is an id the page chose; the same again asks for nothing more. Raises NotAllowed, ReasonNeeded,
    SilentForSafety, and DayAheadNeeded, also when nothing is asked for.
    """
    listed = {one.paper: one for one in wanted}
    now = clock()
    if not listed or by <= day_in_sweden(now):
        raise DayAheadNeeded
    await open_case(session, person, now)  # locks: of two presses at once one is the first
    if key is not None and await session.get(Completion, key) is not None:
        return key
    await desk.ask_for_papers(session, clock, reader, person, listed)
    await safety.may_be_written_to(session, person)
    case = await open_case(session, person, now)
    await enough(session, clock, reader, person)
    notice = None
    body = PapersAsked(
        papers=tuple(papers.asked(session, one.paper, one.own_words) for one in listed.values()),
        by=by,
        remind_on=_day_before(database.of(session).municipality.calendar, day_in_sweden(now), by),
    )
    if await threads.has_written(session, case.person):
        notice = await notices.tell(session, clock, NoticeKind.PAPERS_ASKED, case.person, body)
    asked = Completion(
        id=key or database.new_id(),
        person=case.person,
        case=case.id,
        asked_at=now,
        by=reader.id,
        by_name=reader.name,
        due_on=by,
        notice=notice,
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


async def enough(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """A caseworker goes on with what there is: nothing is asked for by a day any more, nor is anything to be done
    about it. The caller has opened her case."""
    for asked in await _open(session, person, counting=True):
        await _close(session, asked, clock(), reader.id)


async def only_missing(session: AsyncSession, person: UUID) -> Paper | None:
    """The one paper that is still to come, where it is one: so that a picture of nothing named can only be that."""
    found = await _open(session, person, counting=True)
    wanted = [row for row in await _papers(session, found[-1]) if _is_wanted(row)] if found else []
    return _paper(wanted[0]) if len(wanted) == 1 else None


async def came(
    session: AsyncSession,
    person: UUID,
    paper: Paper | None,
    *,
    document: UUID | None,
    warnings: Iterable[DocumentWarning] = (),
    at: datetime,
    tell: bool,
) -> MissingPapers | None:
    """A paper has come: count it, if it was asked for; sent again, the later one counts. How it stands now.

    ``document``: none where it was seen and not kept. ``tell``: nobody else tells her. ``None``: nothing is asked for.
    """
    found = await _open(session, person, counting=True)
    if not found and paper is not None:
        found = await _just_closed(session, person, paper, at)
    for asked in found:
        rows = await _papers(session, asked)
        row = next((row for row in rows if row.paper == paper), None)
        if row is None:
            continue
        if _was_seen(row):
            return _standing(session, asked, rows)
        again = row.came_at is not None and not row.unreadable
        row.document, row.came_at = document, row.came_at or at
        row.unreadable, row.said, row.said_at = bool(HARD_TO_READ & set(warnings)), None, None
        session.add(row)
        stands = _standing(session, asked, rows)
        if again:
            return stands  # another page of what has come: nothing to count anew
        body = PapersCame(came=stands.came, asked=stands.asked, by=asked.due_on, unreadable=row.unreadable)
        if tell and await threads.has_written(session, asked.person):
            await notices.tell(session, lambda: at, NoticeKind.PAPERS_CAME, asked.person, body)
        await _settle(session, asked, rows, at)
        return stands
    return _standing(session, found[-1], await _papers(session, found[-1])) if found else None


async def seen(session: AsyncSession, clock: Clock, person: UUID, states: Mapping[Paper, PaperState]) -> None:
    """What the caseworker saw at the meeting, or says has come, has come; what is not needed is not asked for."""
    for paper, state in states.items():
        if state in ("seen", "came"):
            await came(session, person, paper, document=None, at=clock(), tell=True)
        elif state == "not-needed":
            for asked in await _open(session, person, counting=True):
                rows = await _papers(session, asked)
                for row in (row for row in rows if row.paper == paper):
                    await session.delete(row)
                await _settle(session, asked, [row for row in rows if row.paper != paper], clock())


async def went(session: AsyncSession, person: UUID, paper: Paper, at: datetime) -> None:
    """The last document of this paper was taken away again, or is another: it is missing, if it was asked for and
    nobody has seen it."""
    latest = await _latest(session, person)
    rows = await _papers(session, latest) if latest is not None else []
    row = next((row for row in rows if row.paper == paper and row.came_at is not None), None)
    if latest is None or row is None or _was_seen(row):
        return
    # What a caseworker ended with papers still to come stays ended.
    all_came = not any(_is_wanted(row) for row in rows)
    row.document, row.came_at, row.unreadable = None, None, False
    if latest.closed_at is not None and all_came:
        latest.closed_at = None
        await tasks.done_about(session, latest.id, at)
    session.add_all([row, latest])


async def missing(session: AsyncSession, person: UUID) -> MissingPapers:
    """What is asked for of her by a day and has not come; where nothing is, what her case needs."""
    found = await _open(session, person, counting=False)
    if found:
        return _standing(session, found[-1], await _papers(session, found[-1]))
    case = await find_case(session, person)
    if case is None:
        return MissingPapers()
    needed, here = await on_case.counted(session, case.id)
    listed = tuple(papers.asked(session, paper) for paper in await on_case.missing(session, case.id))
    return MissingPapers(papers=listed, asked=needed, came=here)


async def said(session: AsyncSession, paper: Paper, call: AboutPaper) -> MissingPapers:
    """She cannot get a paper, or can send nothing better: kept for a caseworker, and not asked for again."""
    for asked in reversed(await _open(session, call.person, counting=True)):
        rows = await _papers(session, asked)
        row = next((row for row in rows if row.paper == paper), None)
        if row is None or (row.came_at is None) is (call.says == "good-enough"):
            continue
        row.said, row.said_at = call.says, row.said_at or call.at
        session.add(row)
        await _settle(session, asked, rows, call.at)
        await _to_a_caseworker(session, asked, call.at)
        return _standing(session, asked, rows)
    latest = await _latest(session, call.person)
    if latest is None:
        return MissingPapers()
    return _standing(session, latest, await _papers(session, latest))


async def overdue(session: AsyncSession, clock: Clock) -> tuple[UUID, ...]:
    """What was asked for by a day that has passed, which nobody has been told yet; the earliest day first."""
    found = await session.exec(select(Completion.id).where(*_is_overdue(clock)).order_by(col(Completion.due_on)))
    return tuple(found.all())


async def day_passed(session: AsyncSession, clock: Clock, completion: UUID) -> None:
    """Tell her that the day has passed, with what came and what did not, and give a caseworker the rest; once."""
    now = clock()
    found = await session.exec(
        select(Completion)
        .where(Completion.id == completion, *_is_overdue(clock))
        .with_for_update(skip_locked=True)  # somebody else is at it
    )
    asked = found.one_or_none()
    if asked is None:
        return
    stands = _standing(session, asked, await _papers(session, asked))
    asked.overdue_at = now
    if stands.came < stands.asked:
        if await threads.has_written(session, asked.person):
            body = PapersOverdue(came=stands.came, asked=stands.asked, by=asked.due_on)
            asked.overdue_notice = await notices.tell(session, clock, NoticeKind.PAPERS_OVERDUE, asked.person, body)
        await _by_letter(session, asked, now)
    session.add(asked)
    await tasks.add(session, "check", "papers-overdue", at=now, person=asked.person, about=asked.id, queue="caseworker")


def _is_overdue(clock: Clock) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Completion.closed_at).is_(None),
        col(Completion.overdue_at).is_(None),
        col(Completion.due_on) < day_in_sweden(clock()),
    )


async def of_person(session: AsyncSession, person: UUID) -> tuple[CompletionView, ...]:
    """What is asked for of somebody and has not all come, and what she said of it, the earliest first; for whoever has
    her case open."""
    codec = database.of(session).codec
    views = []
    latest = await _latest(session, person)
    answered = [latest] if latest is not None and latest.closed_at is not None else []
    for asked in (*answered, *await _open(session, person, counting=False)):
        rows = await _papers(session, asked)
        listed = tuple(
            PaperAsked(
                _paper(row),
                _own_words(codec, row),
                row.came_at,
                row.unreadable,
                row.said,
            )
            for row in rows
        )
        if asked.closed_at is not None and not any(one.said for one in listed):
            continue  # all of it is here: there is nothing to read
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


async def _latest(session: AsyncSession, person: UUID) -> Completion | None:
    """The last time papers were asked for, over or not: nothing has been asked for instead of those."""
    hers = select(Completion).where(col(Completion.person).in_(await persons.same(session, person)))
    found = await session.exec(hers.order_by(col(Completion.asked_at).desc()).limit(1).with_for_update(key_share=True))
    return found.first()


async def _just_closed(session: AsyncSession, person: UUID, paper: Paper, at: datetime) -> list[Completion]:
    """What the last paper ended a moment ago, when more pages of one of those papers come."""
    latest = await _latest(session, person)
    if latest is None or latest.closed_at is None or latest.closed_at < at - PAGES_FOLLOW:
        return []
    return [latest] if any(row.paper == paper and row.came_at for row in await _papers(session, latest)) else []


async def _settle(session: AsyncSession, asked: Completion, rows: Collection[CompletionPaper], at: datetime) -> None:
    """Once nothing is to come any more it is over, and a caseworker looks."""
    if asked.closed_at is not None or any(_is_wanted(row) for row in rows):
        return
    await _close(session, asked, at)
    if any(row.said for row in rows):
        await _to_a_caseworker(session, asked, at)
    elif rows:
        await tasks.add(session, "check", "papers-came", at=at, person=asked.person, queue="caseworker")


async def _close(session: AsyncSession, asked: Completion, at: datetime, by: UUID | None = None) -> None:
    """It is over, and so is what was to be done about it: letters for what no text reached, too."""
    asked.closed_at = at
    session.add(asked)
    for about in filter(None, (asked.id, asked.notice, asked.overdue_notice)):
        await tasks.done_about(session, about, at, by)


async def _to_a_caseworker(session: AsyncSession, asked: Completion, at: datetime) -> None:
    await tasks.add(session, "check", "papers-answered", at=at, person=asked.person, about=asked.id, queue="caseworker")


def _is_wanted(row: CompletionPaper) -> bool:
    """Whether a paper is still to come, or to come again so that it can be read."""
    return (row.came_at is None or row.unreadable) and row.said is None


def _was_seen(row: CompletionPaper) -> bool:
    """Whether somebody of the staff has looked at it: no document is left to come or go that would change that."""
    return row.came_at is not None and row.document is None


def _standing(session: AsyncSession, asked: Completion, rows: Iterable[CompletionPaper]) -> MissingPapers:
    counted = [row for row in rows if row.said != "cannot-get"]
    codec = database.of(session).codec
    wanted = [row for row in counted if _is_wanted(row)] if asked.closed_at is None else []
    return MissingPapers(
        papers=tuple(papers.asked(session, _paper(row), _own_words(codec, row)) for row in wanted),
        asked=len(counted),
        came=sum(row.came_at is not None for row in counted),
        by=asked.due_on,
    )


def _own_words(codec: Codec, row: CompletionPaper) -> str:
    place = f"{row.completion}:{row.paper}"
    kept = row.own_words
    return codec.decrypt(kept, table="completion_papers", column="own_words", row=place) if kept else ""


async def _papers(session: AsyncSession, asked: Completion) -> list[CompletionPaper]:
    found = await session.exec(
        select(CompletionPaper).where(CompletionPaper.completion == asked.id).order_by(col(CompletionPaper.paper))
    )
    return list(found.all())


async def _by_letter(session: AsyncSession, asked: Completion, at: datetime) -> None:
    """Whom no text reaches gets a letter. What is sent and comes nowhere becomes one too, by the bot's own word."""
    if await contacts.only_by_letter(session, asked.person):
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
