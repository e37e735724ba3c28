"""Promises: what was promised to whom, due when and by whose hours, and what happens before it breaks.

One kind is in somebody's own words, and is kept or let go by a press; the others are kept by what happens.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.sql.expression import ColumnElement
from sqlmodel import Field, and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, tasks
from backend.database import Row, moment, new_id, sealed
from backend.errors import NotFound
from backend.tasks import one_of

What = Literal["first-answer", "acute-answer", "answer", "call", "decision", "meeting", "own"]
By = Literal["open-hours", "working-days", "clock"]
"""Which time runs: the municipality's open hours, its working days, or the clock on the wall."""

Why = Literal["nobody-free", "no-interpreter", "moved-by-us"]
"""Why a promise cannot be kept, as is known before it breaks."""

WHY_IN_SWEDISH: dict[Why, str] = {
    "nobody-free": "ingen var ledig",
    "no-interpreter": "ingen tolk var ledig",
    "moved-by-us": "vi flyttade eller ställde in det",
}


@dataclass(frozen=True)
class Declaration:
    """What holds for every promise of a kind. ``warn_before``: how long before it breaks staff are reminded."""

    in_swedish: str
    by: By
    warn_before: timedelta


DECLARED: dict[What, Declaration] = {
    "first-answer": Declaration("Första svar från en människa", "open-hours", timedelta(hours=1)),
    "acute-answer": Declaration("Svar på akut behov", "open-hours", timedelta(minutes=5)),
    "answer": Declaration("Svar till personen", "clock", timedelta(minutes=30)),
    "call": Declaration("Ring upp", "clock", timedelta(minutes=15)),
    "decision": Declaration("Beslut", "working-days", timedelta(hours=2)),
    "meeting": Declaration("Möte i dag eller nästa arbetsdag", "working-days", timedelta(hours=8)),
    "own": Declaration("Löfte i egna ord", "clock", timedelta(hours=1)),
}


class Promise(Row, table=True):
    """One promise. It is kept, withdrawn (paused, cancelled), open, or broken when it is open after ``due_at``.

    ``why``: it is known that it cannot be kept. ``words``: those it was given in, where it is somebody's own.
    """

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint(one_of("what", *get_args(What)), name="what"),
        CheckConstraint(one_of("by", *get_args(By)), name="by"),
        CheckConstraint(one_of("why", *get_args(Why)), name="why"),
        CheckConstraint("(what = 'own') = (words is not null)", name="own_words"),
        Index("ix_promises_open", "due_at", postgresql_where="kept_at is null and withdrawn_at is null"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    what: str
    person: UUID = Field(foreign_key="persons.id", index=True)
    thread: UUID | None = Field(default=None, index=True)
    about: UUID | None = Field(default=None, index=True)
    by: str
    made_at: datetime = moment()
    due_at: datetime = moment()
    kept_at: datetime | None = moment(default=None, nullable=True)
    withdrawn_at: datetime | None = moment(default=None, nullable=True)
    why: str | None = None
    words: bytes | None = sealed(default=None, nullable=True)

    def is_open(self) -> bool:
        return self.kept_at is None and self.withdrawn_at is None

    def is_broken(self, now: datetime) -> bool:
        """Open past its time, or kept too late."""
        return self.due_at < (self.kept_at or now) and self.withdrawn_at is None

    def is_soon(self, now: datetime) -> bool:
        """Close to breaking, or known to break: staff see it first."""
        warn_before = next(declared.warn_before for what, declared in DECLARED.items() if what == self.what)
        return self.is_open() and (self.why is not None or self.due_at - warn_before <= now)


_OPEN = (col(Promise.kept_at).is_(None), col(Promise.withdrawn_at).is_(None))


async def make(
    session: AsyncSession,
    what: What,
    person: UUID,
    *,
    at: datetime,
    due_at: datetime,
    thread: UUID | None = None,
    about: UUID | None = None,
) -> Promise:
    """Promise something. The same open promise (what, person, thread, about) keeps its earlier time."""
    same = await session.exec(
        select(Promise).where(
            Promise.what == what,
            Promise.person == person,
            col(Promise.thread).is_not_distinct_from(thread),
            col(Promise.about).is_not_distinct_from(about),
            col(Promise.kept_at).is_(None),
            col(Promise.withdrawn_at).is_(None),
        )
    )
    if promise := same.first():
        promise.due_at = min(promise.due_at, due_at)
    else:
        by = DECLARED[what].by
        promise = Promise(what=what, person=person, thread=thread, about=about, by=by, made_at=at, due_at=due_at)
    session.add(promise)
    await session.flush()
    return promise


async def is_given(session: AsyncSession, about: UUID) -> bool:
    """Whether a promise in own words was given with this press; a second one meanwhile waits here for the first."""
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(str(about), 0))))
    given = select(Promise.id).where(Promise.what == "own", Promise.about == about)
    return (await session.exec(given.limit(1))).first() is not None


async def make_own(
    session: AsyncSession, person: UUID, words: str, *, at: datetime, due_at: datetime, thread: UUID, about: UUID
) -> None:
    """Promise something in one's own words. ``about``: the press it was given with, see :func:`is_given`."""
    promise = Promise(
        what="own", person=person, thread=thread, about=about, by=DECLARED["own"].by, made_at=at, due_at=due_at
    )
    promise.words = database.of(session).codec.encrypt(words, table="promises", column="words", row=promise.id)
    session.add(promise)
    await session.flush()


async def settle_own(session: AsyncSession, person: UUID, promise: UUID, *, kept: bool, at: datetime) -> None:
    """It was kept, or holds no more; what is settled stays as it is. Raises NotFound, also for another's."""
    found = await session.get(Promise, promise, with_for_update={"key_share": True})
    if found is None or found.what != "own" or found.person not in await persons.same(session, person):
        raise NotFound(promise=promise)
    if found.is_open():
        found.kept_at, found.withdrawn_at = (at, None) if kept else (None, at)
        session.add(found)


def own_words(session: AsyncSession, promise: Promise) -> str:
    """The words it was given in, for who has opened her case; empty for the fixed kinds."""
    if promise.words is None:
        return ""
    return database.of(session).codec.decrypt(promise.words, table="promises", column="words", row=promise.id)


async def keep(session: AsyncSession, person: UUID, *whats: What, at: datetime) -> None:
    """What was promised this person has happened."""
    for promise in await _open(session, person, *whats):
        promise.kept_at = at
        session.add(promise)


async def withdraw_about(session: AsyncSession, about: UUID, *, at: datetime) -> None:
    """What was promised about a row no longer runs; whatever else was promised her does."""
    found = await session.exec(
        select(Promise).where(
            Promise.about == about, col(Promise.kept_at).is_(None), col(Promise.withdrawn_at).is_(None)
        )
    )
    for promise in found.all():
        promise.withdrawn_at = at
        session.add(promise)


async def withdraw(session: AsyncSession, person: UUID, *whats: What, at: datetime) -> None:
    """A promise no longer runs: the clock is paused, or what it was about is gone."""
    for promise in await _open(session, person, *whats):
        promise.withdrawn_at = at
        session.add(promise)


async def run_again(session: AsyncSession, person: UUID, *whats: What, withdrawn_at: datetime) -> None:
    """What was let go at that moment holds again, by its own time: it was a mistake."""
    found = await session.exec(
        select(Promise).where(
            col(Promise.person).in_(await persons.same(session, person)),
            col(Promise.what).in_(whats),
            Promise.withdrawn_at == withdrawn_at,
        )
    )
    for promise in found.all():
        promise.withdrawn_at = None
        session.add(promise)


async def of_person(session: AsyncSession, person: UUID) -> tuple[Promise, ...]:
    """Every promise made to a person that was not withdrawn, by due time."""
    same = await persons.same(session, person)
    found = await session.exec(
        select(Promise)
        .where(col(Promise.person).in_(same), col(Promise.withdrawn_at).is_(None))
        .order_by(col(Promise.due_at))
    )
    return tuple(found.all())


async def all_open(session: AsyncSession) -> tuple[Promise, ...]:
    """Every open promise, by due time (for lists)."""
    found = await session.exec(
        select(Promise)
        .where(col(Promise.kept_at).is_(None), col(Promise.withdrawn_at).is_(None))
        .order_by(col(Promise.due_at))
    )
    return tuple(found.all())


async def open_of(session: AsyncSession, people: Iterable[UUID]) -> tuple[Promise, ...]:
    """The open promises to these people, by due time."""
    found = await session.exec(
        select(Promise).where(*_OPEN, col(Promise.person).in_(list(people))).order_by(col(Promise.due_at))
    )
    return tuple(found.all())


async def close_ones(session: AsyncSession, now: datetime, before: datetime, limit: int) -> tuple[Promise, ...]:
    """Open promises that are due before a moment or close to breaking now (see ``is_soon``), by due time."""
    found = await session.exec(
        select(Promise).where(*_OPEN, _close(now, before)).order_by(col(Promise.due_at), col(Promise.id)).limit(limit)
    )
    return tuple(found.all())


async def count_close(session: AsyncSession, now: datetime, before: datetime) -> int:
    """How many :func:`close_ones` there are."""
    return (await session.exec(select(func.count()).select_from(Promise).where(*_OPEN, _close(now, before)))).one()


def _close(now: datetime, before: datetime) -> ColumnElement[bool]:
    soon = [
        and_(Promise.what == what, col(Promise.due_at) <= now + declared.warn_before)
        for what, declared in DECLARED.items()
    ]
    return or_(col(Promise.due_at) < before, col(Promise.why).is_not(None), *soon)


async def _open(session: AsyncSession, person: UUID, *whats: What) -> list[Promise]:
    """What is promised and open, less the call in an hour she chose, as long as that is still to be made: another call
    neither keeps nor ends it."""
    chosen = {task.about for task in await tasks.waiting(session, person) if task.reason == tasks.CALL_TIME}
    open_ones = [p for p in await of_person(session, person) if p.is_open() and p.what in whats]
    return [p for p in open_ones if p.about is None or p.about not in chosen]
