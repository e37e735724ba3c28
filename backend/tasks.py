"""Tasks: what somebody of the staff has to do, of few kinds, each in the queue of one role until a person takes it.

A task is also why its owner may open the person's case (see ``access``).
"""

from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, or_, update
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons
from backend.calendar import WorkingCalendar
from backend.database import Row, moment, new_id, sealed
from backend.errors import NotFound

Role = Literal["customer-service", "caseworker", "interpreter-booking"]

Kind = Literal["acute", "answer", "ring", "visit", "letter", "time", "decide", "check"]
"""``acute``: food, medicine or a bed today. ``answer``: a person waits for a human's words. ``ring``: ring up.
``visit``: she comes to the counter. ``letter``: send a letter. ``time``: a meeting lacks a time, an interpreter or
somebody to hold it. ``decide``: a decision is due. ``check``: something that came in must be looked at."""

IN_SWEDISH: dict[Kind, str] = {
    "acute": "Akut: mat, medicin eller sovplats i dag",
    "answer": "Svara",
    "ring": "Ring upp",
    "visit": "Kommer hit",
    "letter": "Skicka brev",
    "time": "Ordna tid",
    "decide": "Fatta beslut",
    "check": "Titta på",
}

Sort = Literal["answer", "meet", "time", "check", "decide"]
SORTS: dict[Sort, tuple[str, tuple[Kind, ...]]] = {
    "answer": ("Svara eller skriv brev", ("acute", "answer", "letter")),
    "meet": ("Ring eller möt", ("ring", "visit")),
    "time": ("Ordna tid", ("time",)),
    "check": ("Titta på", ("check",)),
    "decide": ("Fatta beslut", ("decide",)),
}
"""The five sorts of tasks as staff choose among them, each in words and with its kinds; the line says what it is about.
What is acute is no sort of its own: it is marked, stands first, and has a list."""

OF_A_MEETING: dict[str, str] = {
    "late": "Blir sen till mötet",
    "ill": "Sjuk före mötet",
    "by-phone": "Ring upp vid mötets tid i stället",
}
"""By reason: what a person said of her meeting."""

CALL_TIME = "call-time"
"""The reason of a call at an hour she chose; the task is due when that hour ends."""

CALL_INTERPRETER = "call-interpreter"
"""The reason of a task to arrange an interpreter for a call; due when it begins."""

CALL_WITHOUT = "call-without"
"""The reason of a task to cancel an interpreter who was arranged for a call that is not made."""

LETTER_CAME = "letter-came"
"""The reason of a call about a decision that was sent by post: on which day it came."""

ASK_INTERPRETER = "ask-interpreter"
"""The reason of a call with an interpreter instead of a machine's translation."""

HELD_BACK = "held-back"
"""The reason of a call: something was not sent to her, since nothing is. What it says stands in her case."""

OF_A_CALL: dict[str, str] = {
    CALL_TIME: "Ring upp på den tid som personen valde",
    CALL_INTERPRETER: "Ordna telefontolk till ett samtal på vald tid",
    CALL_WITHOUT: "Samtalet blir inte av: avboka telefontolken",
    ASK_INTERPRETER: "Ring upp med tolk: det här ska en människa översätta",
    HELD_BACK: "Ring och berätta det som inte har skickats: det står i ärendet",
}
"""By reason: what there is to do for a call, most often at an hour that somebody chose."""

LOOK_AFTER = "decided-automatically"
"""The reason of a task: a caseworker looks at what was decided automatically, afterwards."""

AGREED_PHRASE = "agreed-phrase"
"""The reason of an acute task: somebody wrote the phrase that was agreed on with her."""

SETTLED_IN_THE_CASE = frozenset({"beyond-delegation", "move-waits", "move-offered"})
"""The reasons of tasks that no press closes: what they are about is settled where it stands, and they with it.
Closed by hand it would stand on no list."""

OF_PLANNING: dict[str, str] = {
    "activity-ill": "Sjuk: kommer inte till det planerade",
    "could-not": "Kunde inte komma till det planerade",
    "help": "Hjälp med cv eller personligt brev",
    "planning-full": "Ingen plats: gruppen i planeringsveckan är full",
    "weekly-collides": "Krock: en tid varje vecka är samtidigt som något annat",
    "activity-interpreter": "Ordna tolk till något som är planerat",
    "activity-without": "Ingen är kvar i det som är planerat: avboka tolken",
    "settling": "Etablering: ett steg har sin dag",
    "plan-agreed": "Följ upp planen: den är överenskommen",
    "not-active": "Väg in i beslutet: deltar inte i det planerade, sagt i rummet",
    "meet-again": "Ordna en ny tid: deltog inte i det planerade",
    "next-step": "Nästa steg efter mötet: se att det blir gjort",
    "branch-not-chosen": "Har inte valt bransch, och veckan tar slut",
}
"""What there is to do after the first meeting, by the task's reason."""

QUEUES: dict[Kind, Role] = {
    "acute": "customer-service",
    "answer": "customer-service",
    "ring": "customer-service",
    "visit": "customer-service",
    "letter": "customer-service",
    "time": "interpreter-booking",
    "decide": "caseworker",
    "check": "customer-service",
}
"""Whose queue a task lies in unless said otherwise."""


_WARNED: tuple[Kind, ...] = ("acute", "answer", "ring")
"""Somebody waits for a human: staff are warned when half of the time is gone."""
_AT_ITS_HOUR = (CALL_TIME, "by-phone", "hearing")
"""Not made before its hour, however much of the time is gone."""


def one_of(column: str, *values: str) -> str:
    """The text of a CHECK that holds a text column to its values."""
    return f"{column} in ({', '.join(repr(str(value)) for value in values)})"


class Task(Row, table=True):
    """One thing to do. ``reason`` is a short word of the room that made it; ``about`` is the row it is about, ``entry``
    the line of the thread. ``because`` says why it was closed, where that must be said. ``warn_at``: when half of the
    time it has is gone. ``snoozed_until``: it rests, and comes back by itself then."""

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint(one_of("kind", *get_args(Kind)), name="kind"),
        CheckConstraint(one_of("queue", *get_args(Role)), name="queue"),
        Index("ix_tasks_open", "queue", "due_at", postgresql_where="done_at is null"),
        Index("ix_tasks_open_thread", "thread", postgresql_where="done_at is null"),
        Index("ix_tasks_done", "done_by", "done_at", postgresql_where="done_at is not null"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str
    reason: str
    person: UUID | None = Field(default=None, foreign_key="persons.id", index=True)
    thread: UUID | None = None
    about: UUID | None = Field(default=None, index=True)
    entry: int | None = None
    queue: str
    words: bytes | None = sealed(default=None, nullable=True)
    made_at: datetime = moment()
    due_at: datetime | None = moment(default=None, nullable=True)
    warn_at: datetime | None = moment(default=None, nullable=True)
    snoozed_until: datetime | None = moment(default=None, nullable=True)
    assigned_to: UUID | None = Field(default=None, index=True)
    assigned_name: str | None = None
    done_at: datetime | None = moment(default=None, nullable=True)
    done_by: UUID | None = None
    because: str | None = None


async def add(
    session: AsyncSession,
    kind: Kind,
    reason: str,
    *,
    at: datetime,
    person: UUID | None = None,
    thread: UUID | None = None,
    about: UUID | None = None,
    entry: int | None = None,
    due_at: datetime | None = None,
    queue: Role | None = None,
    words: str = "",
) -> Task:
    """Put a task in its queue. The same open task (kind, reason, person, thread, about) is not made twice; it wakes."""
    same = await session.exec(
        select(Task).where(
            Task.kind == kind,
            Task.reason == reason,
            col(Task.person).is_not_distinct_from(person),
            col(Task.thread).is_not_distinct_from(thread),
            col(Task.about).is_not_distinct_from(about),
            col(Task.done_at).is_(None),
        )
    )
    task = same.first()
    if task is None:
        in_queue = queue or QUEUES[kind]
        task = Task(kind=kind, reason=reason, person=person, thread=thread, about=about, queue=in_queue, made_at=at)
    task.entry = entry if task.entry is None else task.entry
    task.due_at = min(filter(None, (task.due_at, due_at)), default=None)
    if task.due_at is not None and kind in _WARNED and reason not in _AT_ITS_HOUR:
        task.warn_at = half_way(database.of(session).municipality.calendar, task.made_at, task.due_at, task.kind)
    task.snoozed_until = None
    if words:
        codec = database.of(session).codec
        task.words = codec.encrypt(words, table="tasks", column="words", row=task.id)
    session.add(task)
    await session.flush()
    return task


def half_way(calendar: WorkingCalendar, made: datetime, due: datetime, kind: str) -> datetime:
    """When half of the time is gone: of the open time, and of any time for what is acute or has no open time."""
    open_time = calendar.open_time(made, due)
    if kind == "acute" or not open_time:
        return made + (due - made) / 2
    return calendar.after_open_time(made, open_time / 2)


async def wake(session: AsyncSession, thread: UUID, person: UUID) -> None:
    """She wrote: what rested of hers is to be seen again, in this thread, in another or in none."""
    hers = or_(col(Task.thread) == thread, col(Task.person).in_(await persons.same(session, person)))
    await session.exec(
        update(Task)
        .where(hers, col(Task.done_at).is_(None), col(Task.snoozed_until).is_not(None))
        .values(snoozed_until=None)
    )


async def get(session: AsyncSession, task: UUID, *, locked: bool = False) -> Task:
    """One task; ``locked``: for this transaction. Raises NotFound."""
    found = await session.get(Task, task, with_for_update={"key_share": True} if locked else None)
    if found is None:
        raise NotFound(task=task)
    return found


async def take(session: AsyncSession, task: UUID, staff: UUID, name: str) -> Task:
    """Somebody of the staff takes a task (also from a colleague)."""
    found = await get(session, task)
    found.assigned_to, found.assigned_name, found.snoozed_until = staff, name, None
    session.add(found)
    return found


async def done(
    session: AsyncSession, task: UUID, at: datetime, by: UUID | None = None, because: str | None = None
) -> Task:
    """A task is done; what is done stays done by whom did it first."""
    found = await get(session, task)
    if found.done_at is None:
        found.done_at, found.done_by, found.because = at, by, because
        session.add(found)
    return found


async def done_about(
    session: AsyncSession, about: UUID, at: datetime, by: UUID | None = None, reason: str | None = None
) -> None:
    """Every open task about a row is done; with ``reason`` only those of that reason. That a human looks at what was
    decided automatically is done by nothing but a human."""
    of = Task.reason != LOOK_AFTER if reason is None else Task.reason == reason
    open_ones = await session.exec(select(Task).where(Task.about == about, col(Task.done_at).is_(None), of))
    for task in open_ones.all():
        await done(session, task.id, at, by)


async def waiting(session: AsyncSession, person: UUID) -> tuple[Task, ...]:
    """The person's open tasks, the most urgent first."""
    same = await persons.same(session, person)
    found = await session.exec(
        select(Task)
        .where(col(Task.person).in_(same), col(Task.done_at).is_(None))
        .order_by(col(Task.due_at).asc().nulls_last(), col(Task.made_at))
    )
    return tuple(found.all())


async def queue(session: AsyncSession, kind: Kind | None = None) -> tuple[Task, ...]:
    """Every open task, or those of a kind, the most urgent first. Lists show them without opening a case."""
    of_kind = [] if kind is None else [Task.kind == kind]
    found = await session.exec(select(Task).where(col(Task.done_at).is_(None), *of_kind).order_by(*by_urgency()))
    return tuple(found.all())


def by_urgency() -> tuple[Any, ...]:
    """Acute ones first, then by when they are due. An agreed phrase stands before other acute ones."""
    return (
        col(Task.kind) != "acute",
        col(Task.reason) != AGREED_PHRASE,
        col(Task.due_at).asc().nulls_last(),
        col(Task.made_at),
        col(Task.id),
    )


def in_swedish(task: Task) -> str:
    """What there is to do."""
    if task.reason == AGREED_PHRASE:
        return "Akut: den avtalade meningen har skrivits, gör det ni kom överens om"
    if task.reason in OF_PLANNING:
        return OF_PLANNING[task.reason]
    if task.reason in OF_A_CALL:
        return OF_A_CALL[task.reason]
    return OF_A_MEETING.get(task.reason) or next(words for kind, words in IN_SWEDISH.items() if kind == task.kind)


def words(session: AsyncSession, task: Task) -> str:
    """What the person wrote that made this task, if anything."""
    if task.words is None:
        return ""
    return database.of(session).codec.decrypt(task.words, table="tasks", column="words", row=task.id)
