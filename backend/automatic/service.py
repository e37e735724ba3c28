"""Grant automatically what ``rules`` says may be, once; let a caseworker say that a human decides; list what was.

It is signed as what it is, and goes the way of a human's decision: the same notice, the same page, the same letter, the
same event. It is one transaction: whoever dies in it has decided nothing, and the next round looks again.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, persons, tasks
from backend.access import Reader
from backend.automatic import known
from backend.automatic.models import HumanDecides
from backend.automatic.rules import ForAHuman, Grant, judge
from backend.calculation import service as calculation
from backend.calculation.service import ByHand, SeenAt
from backend.cases import contacts
from backend.cases import service as cases
from backend.clock import Clock
from backend.decisions import service as decisions
from backend.decisions.models import Decision
from backend.decisions.service import Draft

OURS = UUID("0f7b2a52-6f0e-4c55-8a43-3f3a6b3f9c65")
"""What ids of this room are derived from."""
READER = Reader(uuid5(OURS, "automatic"), "Automatiskt beslut", "automatic", kind="robot")
"""Who decides, where nobody does."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands for somebody: what may be, and since when a human decides for her, as who said."""

    verdict: Grant | ForAHuman
    held_since: datetime | None
    held_by: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One decision of a day's list: enough to choose by, nothing of what was decided. ``queued``: a caseworker is to
    look at it; ``seen``: one has."""

    decision: UUID
    person: UUID
    name: str
    ending: str
    language: str
    signed_at: datetime
    queued: bool
    seen: bool


async def standing(session: AsyncSession, clock: Clock, person: UUID) -> Standing:
    """How it stands. The caller has opened her case."""
    held = await known.stands(session, await persons.same(session, person))
    verdict = judge(await known.of_person(session, clock, person))
    return Standing(verdict, held.since if held else None, held.by_name if held else "")


async def due(session: AsyncSession) -> tuple[UUID, ...]:
    """Whose application is complete, and taken by nobody."""
    kind, reason = known.OWN_TASK
    found = await session.exec(
        select(tasks.Task.person).where(
            tasks.Task.kind == kind,
            tasks.Task.reason == reason,
            col(tasks.Task.done_at).is_(None),
            col(tasks.Task.assigned_to).is_(None),
        )
    )
    return tuple(dict.fromkeys(person for person in found.all() if person is not None))


async def decide(session: AsyncSession, clock: Clock, person: UUID) -> UUID | None:
    """Grant what may be granted without a human; ``None``: it is for one. Two who try at once are one after the other,
    and the second finds it decided."""
    if await cases.find_case(session, person) is None:
        return None
    await cases.open_case(session, person, clock())  # locks, as whoever applies, holds or signs does
    session.expire_all()
    verdict = judge(await known.of_person(session, clock, person))
    if isinstance(verdict, ForAHuman):
        return None
    seen, key = SeenAt(verdict.application, 0), uuid5(OURS, f"calculation {verdict.application}")
    await calculation.save(session, clock, READER, person, ByHand(), month=verdict.month, seen=seen, key=key)
    draft = Draft("bifall", verdict.month, verdict.kronor)
    return await decisions.sign(session, clock, READER, person, draft, automatic=True)


async def hold(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """A human decides for her from now on (logged). Twice is once. Raises NotAllowed, ReasonNeeded."""
    done = "En människa beslutar för personen"
    opened = await access.enter(session, clock, reader, person, "decision", done=done)
    await cases.open_case(session, person, clock())  # what is being decided is decided first, or not
    if await known.stands(session, await persons.same(session, person)) is None:
        session.add(HumanDecides(person=opened.person.id, since=clock(), by=reader.id, by_name=reader.name))


async def release(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """What nobody need decide may be decided automatically for her again (logged). Raises NotAllowed, ReasonNeeded."""
    await access.enter(session, clock, reader, person, "decision", done="Får beslutas automatiskt igen")
    await cases.open_case(session, person, clock())
    same = await persons.same(session, person)
    found = select(HumanDecides).where(col(HumanDecides.person).in_(same), col(HumanDecides.ended_at).is_(None))
    for row in (await session.exec(found)).all():
        row.ended_at, row.ended_by, row.ended_name = clock(), reader.id, reader.name
        session.add(row)


async def of_day(session: AsyncSession, day: date) -> tuple[Listed, ...]:
    """What was decided automatically on a day, the earliest first (not logged: nothing of a case stands there)."""
    rows = (
        await session.exec(
            select(Decision)
            .where(col(Decision.automatic), Decision.decided_on == day)
            .order_by(col(Decision.signed_at), col(Decision.id))
        )
    ).all()
    looks = await session.exec(
        select(tasks.Task.about, tasks.Task.done_at).where(
            tasks.Task.reason == tasks.LOOK_AFTER, col(tasks.Task.about).in_([row.id for row in rows])
        )
    )
    looked = {about: done_at is not None for about, done_at in looks.all()}
    groups = await persons.groups(session, [row.person for row in rows])
    people, reached = await persons.of_groups(session, groups), await contacts.reached_all(session, groups)
    return tuple(
        Listed(
            decision=row.id,
            person=people[row.person].id,
            name=persons.first_name(session, people[row.person]),
            ending=reached[row.person].ending if row.person in reached else "",
            language=people[row.person].language,
            signed_at=row.signed_at,
            queued=row.id in looked,
            seen=looked.get(row.id, False),
        )
        for row in rows
    )


async def queue(session: AsyncSession, clock: Clock, day: date) -> int:
    """Everything that was decided automatically on a day is put in the caseworkers' queue, to be looked at; what has
    been put there is not put there again. Gives how many were."""
    of_it = select(Decision.id).where(col(Decision.automatic), Decision.decided_on == day).order_by(col(Decision.id))
    await session.exec(of_it.with_for_update(key_share=True))  # of two presses at once one is the first
    new = [one for one in await of_day(session, day) if not one.queued]
    for one in new:
        await tasks.add(
            session, "check", tasks.LOOK_AFTER, at=clock(), person=one.person, about=one.decision, queue="caseworker"
        )
    return len(new)
