"""Handing a task over to a colleague, a role or a route: it stays the giver's until the receiver takes it.

Nobody is passed on without the next one taking over. Who gives sees for whom it waits and for how long; who receives
sees who gives and why; taking makes it hers, and giving it back takes a word.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy.sql.expression import ColumnElement
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, tasks
from backend.access import Reader
from backend.clock import Clock
from backend.errors import AlreadyPassed, NobodyChosen, NotAllowed, PassedNoMore, TaskTaken, WordMissing
from backend.handover.models import Passing, Route, Thread, WhyPassed
from backend.tasks import Role, Task

ROUTES: dict[Route, tuple[str, Role]] = {
    "settlement": ("Kundtjänst bosättning", "customer-service"),
    "housing": ("Boendekoordinatorn", "caseworker"),
    "branch": ("Branschteamet", "caseworker"),
}
"""Beside the roles: what each route is called, and who take there."""

ROLES: dict[Role, str] = {"customer-service": "Kundtjänst", "caseworker": "Handläggare"}
"""To whom a task may go. Interpreter booking opens no case, and has its own orders."""

WHY: dict[WhyPassed, str] = {
    "theirs": "Hör hemma där",
    "knows": "Känner personen",
    "language": "Talar språket",
    "leaving": "Jag är inte här",
    "other": "Se orden",
}
LONGEST = 1000


@dataclass(frozen=True)
class Receiver:
    """For whom it waits: one of the staff, a route, or whoever has the role."""

    role: Role
    name: str
    member: UUID | None = None
    route: Route | None = None


@dataclass(frozen=True)
class Given:
    """To whom, why, and in whose own words."""

    to: Receiver
    why: WhyPassed
    words: str = ""


@dataclass(frozen=True)
class Passed:
    """A hand-over as it is read, after the door: the words of who gives, and of who gave back."""

    passing: Passing
    task: Task
    words: str
    answer: str


async def give(session: AsyncSession, clock: Clock, reader: Reader, task: UUID, given: Given) -> UUID:
    """Offer a task of one's own (one that nobody has becomes one's own first). It stays one's own until it is taken.

    Raises NobodyChosen for oneself and for who may not open the person's case, AlreadyPassed, TaskTaken.
    """
    to = given.to
    if to.member == reader.id or to.role not in ROLES:
        raise NobodyChosen
    found = await tasks.get(session, task, locked=True)
    if found.done_at is not None or found.assigned_to not in (None, reader.id):
        raise TaskTaken(who=found.assigned_name)
    await _log(session, clock, reader, found, f"Lämnar över till {to.name}")
    if any(earlier.by == reader.id for earlier in await _offered(session, task)):
        raise AlreadyPassed
    await lapse(session, task, clock(), reader.name)
    await tasks.take(session, task, reader.id, reader.name)
    passing = Passing(
        task=task,
        at=clock(),
        by=reader.id,
        by_name=reader.name,
        to_role=to.role,
        to_member=to.member,
        route=to.route,
        to_name=to.name,
        why=given.why,
    )
    passing.words = _seal(session, given.words.strip()[:LONGEST], "words", passing.id)
    session.add(passing)
    await session.flush()
    return passing.id


async def take(session: AsyncSession, clock: Clock, reader: Reader, passing: UUID) -> Task:
    """It is the receiver's from now on, and so is the conversation if the giver answered there.

    Raises PassedNoMore, and NotAllowed for who it is not offered to. Taking it twice changes nothing.
    """
    thread = await _thread_of(session, passing)  # locked before its tasks, as by who takes the conversation over
    found, task = await _both(session, passing)
    if found.state == "taken" and task.assigned_to == reader.id:
        return task
    _is_offered(found, task, reader)
    await _log(session, clock, reader, task, f"Tog över från {found.by_name}: {tasks.in_swedish(task).lower()}")
    _settle(session, found, "taken", clock(), reader.name)
    await tasks.take(session, task.id, reader.id, reader.name)
    if reader.role in ROLES:
        task.queue = reader.role
        session.add(task)
    if thread is not None and thread.assigned_to == found.by:
        thread.assigned_to, thread.assigned_name, thread.assigned_at = reader.id, reader.name, clock()
        session.add(thread)
    return task


async def decline(session: AsyncSession, clock: Clock, reader: Reader, passing: UUID, word: str) -> None:
    """Give it back with a word: the giver has it still. Raises WordMissing, PassedNoMore, NotAllowed."""
    if not word.strip():
        raise WordMissing
    found, task = await _both(session, passing)
    _is_offered(found, task, reader)
    await _log(session, clock, reader, task, f"Gav tillbaka till {found.by_name}")
    found.answer = _seal(session, word.strip()[:LONGEST], "answer", found.id)
    _settle(session, found, "declined", clock(), reader.name)
    # What rested while it waited is to be seen.
    task.snoozed_until = None
    session.add(task)


async def take_back(session: AsyncSession, clock: Clock, reader: Reader, passing: UUID) -> None:
    """The giver keeps it after all. Raises PassedNoMore when it was taken, NotAllowed for anybody else."""
    found, task = await _both(session, passing)
    if found.by != reader.id:
        raise NotAllowed
    if found.state != "offered":
        raise PassedNoMore
    await _log(session, clock, reader, task, f"Tog tillbaka från {found.to_name}")
    _settle(session, found, "withdrawn", clock(), reader.name)


async def lapse(session: AsyncSession, task: UUID, at: datetime, name: str) -> None:
    """The task went another way, or was closed: what was offered with it is offered no more, whoever has it next."""
    for offered in await _offered(session, task):
        _settle(session, offered, "withdrawn", at, name)
    await session.flush()


async def opened(session: AsyncSession, clock: Clock, reader: Reader, passing: UUID) -> Passed:
    """Why it is handed over, for who gives and who may take (logged). Raises NotFound, NotAllowed."""
    found, task = await _both(session, passing)
    if reader.id != found.by and not is_for(found, reader.id, reader.role):
        raise NotAllowed
    await _log(session, clock, reader, task, "Läste varför uppgiften lämnas över")
    return Passed(
        found, task, _read(session, found, found.words, "words"), _read(session, found, found.answer, "answer")
    )


async def latest(session: AsyncSession, some: Iterable[UUID]) -> dict[UUID, Passing]:
    """The last hand-over of each of these tasks."""
    asked = list(some)
    if not asked:
        return {}
    found = await session.exec(select(Passing).where(col(Passing.task).in_(asked)).order_by(col(Passing.at)))
    return {one.task: one for one in found.all()}


def waits() -> ColumnElement[bool]:
    """A hand-over that still waits: offered, of a task that is open and still the giver's."""
    return and_(col(Passing.state) == "offered", col(Task.done_at).is_(None), col(Task.assigned_to) == col(Passing.by))


def for_whom(member: Any, role: Any) -> ColumnElement[bool]:
    """Offered to one of the staff by name, or to her role or a route of it, by somebody else.

    Both are values, or what stands for them in a question."""
    to_her = or_(col(Passing.to_member) == member, and_(col(Passing.to_member).is_(None), col(Passing.to_role) == role))
    return and_(to_her, col(Passing.by) != member)


def is_for(passing: Passing, member: UUID, role: str) -> bool:
    """The same as :func:`for_whom`, of one row."""
    return is_meant(passing.to_member, passing.to_role, member, role) and passing.by != member


def is_meant(to_member: UUID | None, to_role: str, member: UUID, role: str) -> bool:
    """Whether one of the staff is meant, by name or by her role."""
    return to_member == member or (to_member is None and to_role == role)


def why(passing: Passing) -> str:
    """Why it is handed over, in words that say nothing of the case."""
    return next(words for key, words in WHY.items() if key == passing.why)


def receivers(colleagues: Iterable[tuple[UUID, str, str]], reader: UUID) -> dict[str, Receiver]:
    """Everybody a task may go to, by the value of a form; ``colleagues``: id, name and role of the staff."""
    found: dict[str, Receiver] = {role: Receiver(role, name) for role, name in ROLES.items()}
    for route in get_args(Route):
        name, role = ROUTES[route]
        found[route] = Receiver(role, name, route=route)
    for member, name, of in colleagues:
        if member != reader and (known := next((role for role in ROLES if role == of), None)):
            found[str(member)] = Receiver(known, name, member)
    return found


async def _both(session: AsyncSession, passing: UUID) -> tuple[Passing, Task]:
    """The hand-over and its task, both locked, the task first."""
    known = await session.get(Passing, passing)
    if known is None:
        raise PassedNoMore
    task = await tasks.get(session, known.task, locked=True)
    await session.refresh(known, with_for_update={"key_share": True})
    return known, task


async def _thread_of(session: AsyncSession, passing: UUID) -> Thread | None:
    """The conversation of what is handed over, locked."""
    found = await session.exec(
        select(Thread)
        .join(Task, col(Task.thread) == col(Thread.id))
        .join(Passing, col(Passing.task) == col(Task.id))
        .where(Passing.id == passing)
        .with_for_update(key_share=True, of=Thread)
    )
    return found.one_or_none()


async def _offered(session: AsyncSession, task: UUID) -> list[Passing]:
    found = await session.exec(select(Passing).where(Passing.task == task, Passing.state == "offered"))
    return list(found.all())


def _is_offered(passing: Passing, task: Task, reader: Reader) -> None:
    if not is_for(passing, reader.id, reader.role):
        raise NotAllowed
    if passing.state != "offered" or task.done_at is not None or task.assigned_to != passing.by:
        raise PassedNoMore


def _settle(session: AsyncSession, passing: Passing, state: str, at: datetime, name: str) -> None:
    passing.state, passing.settled_at, passing.settled_name = state, at, name
    session.add(passing)


async def _log(session: AsyncSession, clock: Clock, reader: Reader, task: Task, done: str) -> None:
    if task.person is not None:
        await access.enter(session, clock, reader, task.person, "thread", reason="follow-up", done=done)


def _seal(session: AsyncSession, words: str, column: str, row: UUID) -> bytes | None:
    return database.of(session).codec.encrypt(words, table="passings", column=column, row=row) if words else None


def _read(session: AsyncSession, passing: Passing, sealed: bytes | None, column: str) -> str:
    if sealed is None:
        return ""
    return database.of(session).codec.decrypt(sealed, table="passings", column=column, row=passing.id)
