"""The only door to a person's case: who asks, why, allowed or not, and logged.

Lists do not pass here: they show no case content. Opening passes here, once per opening, and whatever is done behind
the door passes each time. The reason is derived from the reader's open task where there is one, so nobody has to choose
one each time; without a task staff say why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import audit, database, persons, tasks
from backend.audit import Access, ReaderKind
from backend.clock import Clock
from backend.errors import NotAllowed, ReasonNeeded
from backend.ladder import Level, opens
from backend.municipalities.delegation import SigningLevel
from backend.persons import Person

What = Literal[
    "thread",
    "case",
    "archive",
    "filled",
    "note",
    "calculation",
    "control",
    "decision",
    "code",
    "told",
    "sealed",
    "merged",
    "safety",
    "document",
    "identity",
    "readable",
    "own-secrets",
    "in-step",
    "moved",
]
"""What is opened or done behind the door. ``filled``: an application is filled in for her. ``identity``: who she is,
and how sure we are. ``readable``: what the person herself reads; ``own-secrets``: what she gave under seal, opened for
her. ``archive``: an application is taken out as a file. ``in-step``: the case system told how a case stands there.
``moved``: another municipality took her over, with the copy it had read."""

Reason = Literal["meeting", "at-the-counter", "on-the-telephone", "fills-in", "answers-now", "follow-up", "supervision"]
"""What staff may give as the reason when no task leads there."""

REASONS_IN_SWEDISH: dict[Reason, str] = {
    "meeting": "Möte med personen",
    "at-the-counter": "Personen är här",
    "on-the-telephone": "Personen ringer",
    "fills-in": "Fyller i ansökan med personen",
    "answers-now": "Svarar personen nu",
    "follow-up": "Uppföljning",
    "supervision": "Tillsyn och kontroll",
}

MAY: dict[str, frozenset[What]] = {
    "customer-service": frozenset({"thread", "case", "archive", "filled", "code", "told", "safety", "identity"}),
    "caseworker": frozenset(
        {
            "thread",
            "case",
            "archive",
            "filled",
            "note",
            "calculation",
            "control",
            "decision",
            "code",
            "told",
            "sealed",
            "merged",
            "safety",
            "document",
            "identity",
        }
    ),
    "interpreter-booking": frozenset(),
    "controller": frozenset(),
    "case-system": frozenset({"archive", "document", "identity", "decision", "in-step"}),
    "municipality": frozenset({"moved"}),
    "automatic": frozenset({"calculation", "decision"}),
}
"""What each role may do. Interpreter booking works from orders, which say nothing of the case, and a
controller reads numbers, never persons. The case system takes
over what comes in, and tells what was decided there; which of it, its account's scopes say. Another municipality takes
over whom it was offered. What decides automatically works the month out and decides, and does nothing else. A person
with a read grant opens what her step of the ladder does (see ``ladder``)."""

_IN_STEP = "Förs över till eller från ärendesystemet"
"""Why a system is behind the door: it has no tasks, and nobody to ask."""

_WHY_OF: Mapping[str, str] = {
    "municipality": "Lämnas över till en annan kommun",
    "automatic": "Avgörs automatiskt, som kommunens delegationsordning tillåter",
}
"""Why another system than the case system is, by its role."""

_OPENINGS: frozenset[What] = frozenset({"thread", "case"})
_SAME_OPENING = timedelta(minutes=15)
_THEN = ". "
"""Between why somebody is behind the door and what she does there. No reason and no task has it in its words."""


@dataclass(frozen=True)
class Reader:
    """Who asks: somebody of the staff, a robot, or a person with a read grant (role ``person``), who has shown a level
    of trust with it. ``reason``: the one she gave when she was asked why. ``signs_as``: up to which level of the
    municipality's delegation list a caseworker signs."""

    id: UUID
    name: str
    role: str
    kind: ReaderKind = "staff"
    level: Level = Level.NOBODY
    reason: Reason | None = None
    signs_as: SigningLevel = "caseworker"

    def may(self, what: What) -> bool:
        """Is this for her, whatever the reason?"""
        return opens(self.level, what) if self.kind == "grant" else what in MAY.get(self.role, frozenset())


@dataclass(frozen=True)
class Opened:
    """The door is open: whose case it is, and why (in Swedish, as staff see it)."""

    person: Person
    why: str


async def enter(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    person: UUID,
    what: What,
    *,
    reason: Reason | None = None,
    about: UUID | None = None,
    done: str = "",
) -> Opened:
    """Open the door for one purpose, and log it. Raises NotAllowed and ReasonNeeded (both logged), NotFound.

    ``about``: which of several things behind the door. ``done``: what is done there, where the log is to say it.

    A thread or case read again within a quarter of an hour (a page that renews itself) is the same opening; something
    done is not.
    """
    found = await persons.find(session, person)
    if what in _OPENINGS and not done and (earlier := await _lately(session, reader, person, what)):
        return Opened(found, earlier)
    task: UUID | None = None
    why = "läser själv med e-legitimation" if reader.level == Level.IDENTIFIED else "läser själv med kod"
    if reader.kind == "robot":
        why = _WHY_OF.get(reader.role, _IN_STEP)
    elif reader.kind != "grant":
        why, task = await _why(session, reader, person, reason)
    await _pass(session, clock, reader, found.id, what=what, why=why, task=task, about=about, done=done)
    return Opened(found, why)


async def enter_unknown(session: AsyncSession, clock: Clock, reader: Reader, item: UUID, what: What) -> None:
    """The same door to what came in from nobody we know: for who has the task of it, and logged under the thing itself.

    Raises NotAllowed and ReasonNeeded (both logged).
    """
    found = await session.exec(select(tasks.Task).where(tasks.Task.about == item, col(tasks.Task.done_at).is_(None)))
    why, task = _by_task(reader, found.all())
    await _pass(session, clock, reader, item, what=what, why=why, task=task)


async def open_offer(session: AsyncSession, clock: Clock, reader: Reader, item: UUID) -> None:
    """What another municipality offers, of somebody who is nobody's here yet: for whose queue it is, logged under the
    offer. Raises NotAllowed (logged)."""
    await _pass(session, clock, reader, item, what="case", why="Erbjuds av en annan kommun", task=None)


async def _pass(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    whose: UUID,
    *,
    what: What,
    why: str,
    task: UUID | None,
    about: UUID | None = None,
    done: str = "",
) -> None:
    """Let through who may and says why; a refusal is logged and raised."""
    allowed = reader.may(what) and bool(why)
    logged = f"{why}{_THEN}{done}" if done else why

    async def log(session: AsyncSession) -> None:
        session.add(
            Access(
                at=clock(),
                reader_kind=reader.kind,
                reader=reader.id,
                reader_name=reader.name,
                reader_role=reader.role,
                person=whose,
                what=what,
                about=about,
                why=logged,
                task=task,
                allowed=allowed,
            )
        )

    if allowed:
        await log(session)
        return
    # A refusal is kept although what was asked for is undone.
    database.even_if_undone(session, log)
    raise NotAllowed() if why else ReasonNeeded()


async def log_of(session: AsyncSession, person: UUID) -> tuple[Access, ...]:
    """Who has looked, when and why; the latest first ("Vem har tittat")."""
    return await audit.of_person(session, person)


async def _why(session: AsyncSession, reader: Reader, person: UUID, reason: Reason | None) -> tuple[str, UUID | None]:
    why, task = _by_task(reader, await tasks.waiting(session, person))
    if why:
        return why, task
    if given := reader.reason or reason:
        return REASONS_IN_SWEDISH[given], None
    # Who has the case open need not say again why at every thing done in it.
    return await _lately(session, reader, person) or "", None


def _by_task(reader: Reader, waiting: Sequence[tasks.Task]) -> tuple[str, UUID | None]:
    """The reader's task among these, or one of her queue that nobody has taken."""
    for task in waiting:
        if task.assigned_to == reader.id:
            return f"Din uppgift: {tasks.in_swedish(task)}", task.id
    for task in waiting:
        if task.assigned_to is None and task.queue == reader.role:
            return f"Uppgift i din kö: {tasks.in_swedish(task)}", task.id
    return "", None


async def _lately(session: AsyncSession, reader: Reader, person: UUID, what: What | None = None) -> str | None:
    """Why she was last behind the door, a moment ago, without what she did there."""
    same = await persons.same(session, person)
    opened = await session.exec(
        select(Access.why)
        .where(
            Access.reader == reader.id,
            col(Access.person).in_(same),
            col(Access.allowed),
            col(Access.logged_at) > func.now() - _SAME_OPENING,
            *([] if what is None else [Access.what == what]),
        )
        .order_by(col(Access.number).desc())
        .limit(1)
    )
    line = opened.first()
    return line.partition(_THEN)[0] if line else None
