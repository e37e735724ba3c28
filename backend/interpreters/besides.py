"""Interpreters for what is no meeting: a call at a chosen hour, a time planned once, a group of the planning week.

What is wanted is a row of the transaction that made the call or the time; somebody is asked in a round afterwards, from
the same pools as for a meeting. So nobody waits for an interpreter's diary while places are counted, and every lock is
taken in one order: interpreters by id, then this row. Where nobody can be asked, staff have a task to find one by hand.
"""

from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import exists, or_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from backend import persons, tasks
from backend.bookings import diaries, planning, times
from backend.bookings.models import Absence, MeetingRow, Participant
from backend.bookings.times import Diaries, Interpreting
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.contract import CallTime
from backend.errors import NotFound
from backend.interpreters import orders, rules, wishes
from backend.interpreters.models import OPEN, Interpreted, InterpreterOrder, InterpreterWish
from backend.municipalities.agencies import Mode
from backend.municipalities.programme import KINDS_ONCE
from backend.planning.models import Group
from backend.tasks import Task

FOR_PLANNED = "activity-interpreter"
"""The reason of a task to find an interpreter for a planned time by hand."""

PLANNED_WITHOUT = "activity-without"
"""The reason of a task to cancel an interpreter who was found by hand for a group in which nobody is any more."""

Mover = Callable[
    [AsyncSession, Clock, UUID, Callable[[datetime], Awaitable[bool]]], Coroutine[Any, Any, CallTime | None]
]
"""Moves a call to the first hour that works, as :func:`backend.callbacks.service.move` does."""

Outcome = Literal["asked-another", "moved", "nobody"]


async def want(
    session: AsyncSession,
    at: datetime,
    *,
    person: UUID,
    about: UUID,
    language: str,
    starts_at: datetime,
    ends_at: datetime,
    call: UUID | None = None,
    group: UUID | None = None,
    place: str = "",
    digital: bool = False,
) -> None:
    """An interpreter is to be found for a call, or for a group that has none yet."""
    if group is not None and (await session.exec(_live_one(group))).first() is not None:
        return
    session.add(
        Interpreted(
            call=call,
            group=group,
            person=person,
            about=about,
            language=language,
            starts_at=starts_at,
            ends_at=ends_at,
            place=place,
            digital=digital,
            made_at=at,
        )
    )
    await session.flush()


async def give_up(session: AsyncSession, of: UUID, at: datetime) -> None:
    """No interpreter is needed for a call or a group any more: whoever was ordered is withdrawn, and whoever arranged
    one by hand is told to cancel. Without one, or twice, it does nothing."""
    row = (await session.exec(_live_one(of).with_for_update(key_share=True))).one_or_none()
    if row is None:
        return
    await orders.withdraw(session, row.id, at)
    await free(session, row)
    row.over_at = at
    session.add(row)
    for about in (row.id, row.about):
        await tasks.done_about(session, about, at, reason=None if about == row.id else _by_hand(row))
    if row.group is not None and await _found_by_hand(session, row):
        whose = await _whose(session, row)
        await tasks.add(session, "time", PLANNED_WITHOUT, at=at, person=whose, about=row.id, due_at=row.starts_at)
    await session.flush()


async def waiting(session: AsyncSession) -> tuple[UUID, ...]:
    """What nobody has been looked for yet, the soonest first."""
    rows = await session.exec(
        select(Interpreted.id)
        .where(col(Interpreted.looked_for_at).is_(None), col(Interpreted.over_at).is_(None))
        .order_by(col(Interpreted.starts_at))
    )
    return tuple(rows.all())


async def look_for(session: AsyncSession, clock: Clock, wanted: UUID) -> None:
    """Ask whoever can be asked; nobody: staff find one by hand. Once for each."""
    language = (await _get(session, wanted)).language
    await diaries.lock_interpreters(session, language)
    row = await locked(session, wanted)
    if row.looked_for_at is not None or row.over_at is not None:
        return
    row.looked_for_at = clock()
    session.add(row)
    if row.starts_at <= clock() or not await ask_another(session, clock, row):
        await alert(session, clock, row, _by_hand(row), about=row.about)


async def away(session: AsyncSession, now: datetime) -> tuple[UUID, ...]:
    """Orders of ours whose interpreter is absent then: it is as if she had said no."""
    is_absent = exists().where(
        col(Absence.resource) == InterpreterOrder.interpreter,
        col(Absence.removed_at).is_(None),
        col(Absence.starts_at) < InterpreterOrder.ends_at,
        col(Absence.ends_at) > InterpreterOrder.starts_at,
    )
    rows = await session.exec(
        select(InterpreterOrder.id).where(
            col(InterpreterOrder.interpreted).is_not(None),
            col(InterpreterOrder.state).in_(OPEN),
            InterpreterOrder.starts_at > now,
            is_absent,
        )
    )
    return tuple(rows.all())


async def is_lacking(session: AsyncSession, about: UUID) -> bool:
    """Whether somebody is still looked for, or has not answered, for what is about this."""
    asked = exists().where(col(InterpreterOrder.interpreted) == Interpreted.id, col(InterpreterOrder.state) == "asked")
    rows = await session.exec(
        select(Interpreted.id).where(
            Interpreted.about == about,
            col(Interpreted.over_at).is_(None),
            or_(col(Interpreted.looked_for_at).is_(None), asked),
        )
    )
    return rows.first() is not None


async def groups_of(session: AsyncSession, some: Collection[UUID]) -> dict[UUID, Interpreted]:
    """For which groups there is something to arrange, by task; a task that is about no group is left out."""
    orders_of = select(InterpreterOrder.id).where(col(InterpreterOrder.interpreted) == Interpreted.id)
    rows = await session.exec(
        select(Task.id, Interpreted)
        .join(
            Interpreted,
            or_(
                col(Task.about) == Interpreted.id,
                col(Task.about) == Interpreted.about,
                col(Task.about).in_(orders_of.scalar_subquery()),
            ),
        )
        .where(col(Task.id).in_(some), col(Interpreted.group).is_not(None))
    )
    return dict(rows.all())


# --- For the interpreter desk's verbs ---------------------------------------------------------------------------------


async def locked(session: AsyncSession, wanted: UUID) -> Interpreted:
    """What is interpreted, locked until the transaction ends and read afresh. Raises NotFound."""
    one = select(Interpreted).where(Interpreted.id == wanted).with_for_update(key_share=True)
    row = (await session.exec(one.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound(interpreted=wanted)
    return row


async def ask_on(
    session: AsyncSession, clock: Clock, row: Interpreted, before: InterpreterOrder, move: Mover
) -> Outcome:
    """The interpreter cannot: whoever else can be asked is asked. Nobody: a call moves to the next hour that works, and
    she is told; else staff find one by hand.

    The caller has locked, the hours to be rung in too.
    """
    await free(session, row)
    if await ask_another(session, clock, row):
        return "asked-another"
    known: dict[date, Diaries] = {}

    async def works(start: datetime) -> bool:
        day = day_in_sweden(start)
        if day not in known:
            known[day] = await planning.diaries_of(session, row.language, day, row.id)
        return await another(session, clock, row, start=start, known=known[day]) is not None

    if row.call is not None and (moved := await move(session, clock, row.call, works)) is not None:
        row.starts_at, row.ends_at = moved.start, moved.end
        session.add(row)
        await orders.note(session, before, "moved", clock())
        await ask_another(session, clock, row)
        return "moved"
    await orders.note(session, before, "nobody", clock())
    await alert(session, clock, row, _by_hand(row), about=row.about)
    return "nobody"


async def another(
    session: AsyncSession,
    clock: Clock,
    row: Interpreted,
    besides: UUID | None = None,
    *,
    start: datetime | None = None,
    known: Diaries | None = None,
) -> Interpreting | None:
    """Who can be asked, as she has wished of her interpreters; ``start``: at another time, ``known``: by these diaries.
    Nobody's line is taken: it is not in our rooms."""
    start = start or row.starts_at
    known = known or await planning.diaries_of(session, row.language, day_in_sweden(start), row.id)
    known = replace(known, interpreters=[diary for diary in known.interpreters if diary.resource != besides])
    wished = await _last_wish(session, row)
    unwanted = await wishes.not_wanted(session, wished.not_from) if wished else None
    return times.find_interpreting(
        known,
        _modes(session, clock, row),
        start,
        start + (row.ends_at - row.starts_at),
        asked_at=clock(),
        without=unwanted,
        by_line=False,
    )


async def ask_another(session: AsyncSession, clock: Clock, row: Interpreted, besides: UUID | None = None) -> bool:
    """Ask whoever can be asked, and take her time; whether there was anybody."""
    found = await another(session, clock, row, besides)
    if found is None:
        return False
    for resource in found.resources:
        session.add(Participant(interpreted=row.id, resource=resource, starts_at=row.starts_at, ends_at=row.ends_at))
    await orders.ask(
        session,
        None,
        found,
        interpreted=row.id,
        wished=await _wished(session, row),
        language=row.language,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        at=clock(),
    )
    return True


async def free(session: AsyncSession, row: Interpreted) -> None:
    """Whoever was to interpret has her time back."""
    await session.flush()
    await session.exec(update(Participant).where(col(Participant.interpreted) == row.id).values(cancelled=True))


async def alert(
    session: AsyncSession, clock: Clock, row: Interpreted, reason: str, *, about: UUID | None = None
) -> None:
    """Tell interpreter booking."""
    whose = await _whose(session, row)
    await tasks.add(session, "time", reason, at=clock(), person=whose, about=about or row.id, due_at=row.starts_at)


def _by_hand(row: Interpreted) -> str:
    return tasks.CALL_INTERPRETER if row.call is not None else FOR_PLANNED


def _modes(session: AsyncSession, clock: Clock, row: Interpreted) -> tuple[Mode, ...]:
    """A call is by telephone, and what is by video is by video; elsewhere as at a meeting."""
    if row.call is not None:
        return ("phone",)
    return ("video",) if row.digital else rules.modes_for(planning.calendar(session), clock(), row.starts_at)


async def _wished(session: AsyncSession, row: Interpreted) -> InterpreterWish | None:
    """What she wished last, at whichever meeting; a dialect is one of the language it was wished in."""
    before = await _last_wish(session, row)
    if before is None:
        return None
    then = await session.get(MeetingRow, before.meeting)
    same = then is not None and then.interpreter_language == row.language
    return InterpreterWish.model_validate(before.model_dump() | ({} if same else {"dialect": None}))


async def _last_wish(session: AsyncSession, row: Interpreted) -> InterpreterWish | None:
    whose = await _whose(session, row)
    return await wishes.last_of(session, await persons.same(session, whose)) if whose is not None else None


async def _whose(session: AsyncSession, row: Interpreted) -> UUID | None:
    """Whose it is. A group of the planning week is nobody's: no one's wish holds for the others, and what is to be
    arranged for them all does not end with whoever came first."""
    if row.group is None:
        return row.person
    return row.person if (await session.get_one(Group, row.group)).activity in KINDS_ONCE else None


async def _found_by_hand(session: AsyncSession, row: Interpreted) -> bool:
    """Whether somebody of ours has said that one is found."""
    found = await session.exec(
        select(Task.id).where(
            Task.about == row.about,
            Task.reason == FOR_PLANNED,
            col(Task.done_by).is_not(None),
            Task.made_at >= row.made_at,
        )
    )
    return found.first() is not None


def _live_one(of: UUID) -> SelectOfScalar[Interpreted]:
    return select(Interpreted).where(
        or_(col(Interpreted.call) == of, col(Interpreted.group) == of), col(Interpreted.over_at).is_(None)
    )


async def _get(session: AsyncSession, wanted: UUID) -> Interpreted:
    row = await session.get(Interpreted, wanted)
    if row is None:
        raise NotFound(interpreted=wanted)
    return row
