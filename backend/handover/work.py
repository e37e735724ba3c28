"""What staff do with a task that is theirs, or nobody's: put it on a colleague, let it rest, close it, open it again.

Every verb that is about a person passes the door of ``access`` and says there what was done.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, persons, promises, tasks
from backend.access import Reader
from backend.clock import Clock
from backend.errors import (
    AcuteNotAssigned,
    AcuteRestsNot,
    NotFound,
    NotOpenedAgain,
    RestsAhead,
    SettledInTheCase,
    TaskTaken,
)
from backend.handover import desk, passing
from backend.tasks import Task

Because = Literal["done", "answered", "rung", "nothing", "double"]
IN_SWEDISH: dict[Because, str] = {
    "done": "Det är gjort",
    "answered": "Jag har svarat",
    "rung": "Jag har ringt",
    "nothing": "Behöver inget",
    "double": "Samma sak finns redan",
}
"""Why a task is closed."""

REOPENED_WITHIN = timedelta(days=7)
OF_THE_HOUSE = ("case-system-away", "case-system-gone")
"""The reasons of tasks that are of no person, and closed as others are: where it is not over it is told again."""
_LONGEST_REST = timedelta(days=30)
_A_HUMAN_SAID: tuple[Because, ...] = ("answered", "rung")
_PROMISED: dict[str, tuple[promises.What, ...]] = {
    "acute": ("acute-answer",),
    "answer": ("first-answer", "answer"),
    "ring": ("call",),
}
"""What is promised with a task of each kind."""
_READ_BY_HAND: dict[Because, desk.Because] = {
    "done": "answered",
    "answered": "answered",
    "rung": "rung",
    "nothing": "nothing",
    "double": "nothing",
}


@dataclass(frozen=True)
class Colleague:
    """One of the staff, as far as a task says who has it."""

    id: UUID
    name: str


async def assign(session: AsyncSession, clock: Clock, reader: Reader, task: UUID, to: Colleague) -> None:
    """Put what nobody has taken on a colleague; she can put it back. What one has oneself is handed over instead.

    Raises TaskTaken when somebody has it, AcuteNotAssigned.
    """
    found = await _open(session, task)
    if found.assigned_to is not None:
        raise TaskTaken(who=found.assigned_name)
    if found.kind == "acute":
        raise AcuteNotAssigned
    await _log(session, clock, reader, found, f"Lade uppgiften på {to.name}")
    await tasks.take(session, task, to.id, to.name)


async def put_back(session: AsyncSession, clock: Clock, reader: Reader, task: UUID) -> None:
    """It is not one's own any more, and waits in its queue. Raises TaskTaken when a colleague has it."""
    found = await _own(session, reader, task)
    await _log(session, clock, reader, found, "Lade tillbaka uppgiften i kön")
    await passing.lapse(session, task, clock(), reader.name)
    found.assigned_to = found.assigned_name = found.snoozed_until = None
    session.add(found)


async def snooze(session: AsyncSession, clock: Clock, reader: Reader, task: UUID, until: datetime) -> None:
    """Let a task of one's own rest until a time (one that nobody has becomes one's own). It comes back by itself, and
    when she writes. Raises RestsAhead, AcuteRestsNot, TaskTaken."""
    found = await _own(session, reader, task)
    if not clock() < until <= clock() + _LONGEST_REST:
        raise RestsAhead
    if found.kind == "acute" and (found.due_at is None or until > found.due_at):
        raise AcuteRestsNot
    await _log(session, clock, reader, found, "Lät uppgiften vila")
    await tasks.take(session, task, reader.id, reader.name)
    found.snoozed_until = until
    session.add(found)


async def close(session: AsyncSession, clock: Clock, reader: Reader, task: UUID, because: Because) -> None:
    """Nothing more is to be done. Who says that a human answered keeps what was promised of it. Raises TaskTaken, and
    SettledInTheCase for what is settled there."""
    found = await tasks.get(session, task, locked=True)
    if found.done_at is not None:
        return  # pressed twice, or on a page from before
    _may_be_closed(found, reader)
    if found.reason == "dead-letter":
        await desk.close(session, clock, reader, task, _READ_BY_HAND[because])
        return
    if found.person is None and found.reason not in OF_THE_HOUSE:
        raise NotFound(task=task)  # of nobody we know: opened and closed on a page of its own
    await _log(session, clock, reader, found, f"Stängde uppgiften: {IN_SWEDISH[because].lower()}")
    now = clock()
    await tasks.done(session, task, now, reader.id, because)
    if found.person is None:
        return
    said = because in _A_HUMAN_SAID
    if found.kind == "acute" and (said or because == "done"):
        await promises.keep(session, found.person, "acute-answer", at=clock())
    if found.kind == "ring" and (said or because == "done"):
        await promises.keep(session, found.person, "call", at=clock())
    if said:
        await promises.keep(session, found.person, "first-answer", "answer", at=clock())
    if because == "nothing" and found.kind in _PROMISED and not await _waits_still(session, found):
        # She needs nothing any more: what was promised of it would stand as broken for ever.
        await promises.withdraw(session, found.person, *_PROMISED[found.kind], at=now)


def _may_be_closed(task: Task, reader: Reader) -> None:
    if task.assigned_to not in (None, reader.id):
        raise TaskTaken(who=task.assigned_name)
    if task.reason in tasks.SETTLED_IN_THE_CASE:
        raise SettledInTheCase


async def _waits_still(session: AsyncSession, closed: Task) -> bool:
    """Whether she has another open task of the same kind, which the promise is of as well."""
    same = await persons.same(session, closed.person) if closed.person else ()
    others = select(Task.id).where(
        col(Task.person).in_(same), Task.kind == closed.kind, col(Task.done_at).is_(None), Task.id != closed.id
    )
    return (await session.exec(others.limit(1))).first() is not None


async def reopen(session: AsyncSession, clock: Clock, reader: Reader, task: UUID) -> UUID:
    """It was not over: the task is open again, and one's own. Where the same is open already, that one is given.

    A promise that was kept stays kept; one that was let go because she needed nothing runs again. Raises
    NotOpenedAgain for what the bot has been told of, or is long past.
    """
    found = await tasks.get(session, task, locked=True)
    if found.person is None or found.reason == "dead-letter":
        raise NotOpenedAgain
    if found.done_at is None:
        return found.id
    if found.reason in tasks.SETTLED_IN_THE_CASE:
        raise NotOpenedAgain  # what it was about is settled
    if clock() - found.done_at > REOPENED_WITHIN:
        raise NotOpenedAgain
    await _log(session, clock, reader, found, f"Öppnade uppgiften igen: {tasks.in_swedish(found).lower()}")
    same = await session.exec(
        select(Task.id).where(
            Task.kind == found.kind,
            Task.reason == found.reason,
            Task.person == found.person,
            col(Task.thread).is_not_distinct_from(found.thread),
            col(Task.about).is_not_distinct_from(found.about),
            col(Task.done_at).is_(None),
        )
    )
    if there := same.first():
        return there
    if found.because == "nothing" and found.kind in _PROMISED:
        await promises.run_again(session, found.person, *_PROMISED[found.kind], withdrawn_at=found.done_at)
    # Closed while it was offered: it is not handed over again by itself, to somebody who has long seen it gone.
    await passing.lapse(session, task, clock(), reader.name)
    found.done_at = found.done_by = found.because = None
    await tasks.take(session, task, reader.id, reader.name)
    return found.id


async def closed_by(session: AsyncSession, member: UUID, now: datetime, limit: int) -> tuple[Task, ...]:
    """What one of the staff closed in the last days, the latest first."""
    found = await session.exec(
        select(Task)
        .where(Task.done_by == member, col(Task.done_at) > now - REOPENED_WITHIN)
        .order_by(col(Task.done_at).desc())
        .limit(limit)
    )
    return tuple(found.all())


async def _open(session: AsyncSession, task: UUID) -> Task:
    found = await tasks.get(session, task, locked=True)
    if found.done_at is not None:
        raise TaskTaken
    return found


async def _own(session: AsyncSession, reader: Reader, task: UUID) -> Task:
    """One's own task, or one that nobody has."""
    found = await _open(session, task)
    if found.assigned_to not in (None, reader.id):
        raise TaskTaken(who=found.assigned_name)
    return found


async def _log(session: AsyncSession, clock: Clock, reader: Reader, task: Task, done: str) -> None:
    if task.person is not None:
        await access.enter(session, clock, reader, task.person, "thread", reason="follow-up", done=done)
