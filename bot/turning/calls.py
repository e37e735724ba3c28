"""The calls a turn left: made until they are answered, in the order a person's were made.

The answer comes back as an event, and its turn is taken in the transaction that marks the call as done. A crash
between the two makes the call again with the same key, which is harmless. A call for help is never given up.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Row, and_, exists, func, or_, select, update

from backend.contract import AcuteNeed, CallForHelp, ContractError, Entry, EntryState, HandOver, ProblemCode, Value
from bot.backend import CALLS, BackendAway
from bot.codec import Codec
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.messages import Resulted, Waiting
from bot.tables import calls, entries, outbox, threads
from bot.turning.desk import Desk, Happening
from bot.turning.threads import Conflict
from bot.turning.turns import take
from bot.watching.logs import where

LEASE = timedelta(seconds=30)
"""Real time. Longer than any call takes: who has not finished by then is dead, and the call is made again."""

LONG_WAIT = timedelta(seconds=20)
"""How long a person waits for an answer before she is told that it takes a little longer (real time)."""

LONGEST_PAUSE = 30.0  # seconds between two tries while the backend is away
LONGEST_PAUSE_REFUSED = 600.0
STUMBLES = 3
"""After so many failures of the backend on one call, the person's later calls no longer wait for it."""

NEVER_GIVEN_UP = tuple(call.__name__ for call in (CallForHelp, AcuteNeed, HandOver))

log = structlog.get_logger()


@dataclass(frozen=True)
class Claimed:
    """A call that is ours to make until the lease ends."""

    id: UUID
    municipality: str
    thread: UUID | None
    call: str
    path: Mapping[str, str]
    body: bytes
    answers_to_thread: bool
    attempts: int
    lease: UUID


async def make_one(engine: Engine) -> bool:
    """Make the next call whose time has come. ``False``: there is none."""
    claimed = await _claim(engine)
    if claimed is None:
        return False
    try:
        codec = await engine.codec(claimed.municipality)
        value = CALLS[claimed.call].model_validate_json(codec.open(claimed.body, "calls", "body", claimed.id))
        answer = await engine.backend.call(claimed.municipality, value, key=claimed.id, path=claimed.path)
    except BackendAway as away:
        log.warning("backend away", call=claimed.call, attempts=claimed.attempts, why=str(away))
        pause = min(LONGEST_PAUSE, 0.5 * 2.0 ** min(claimed.attempts, 10))
        await _put_back(engine, claimed, pause, stumbled=away.stumbled)
    except ContractError as error:
        if error.code is not ProblemCode.KEY_REUSED and claimed.call in NEVER_GIVEN_UP:
            log.warning("refused, and tried again", call=claimed.call, problem=error.code)
            pause = min(LONGEST_PAUSE_REFUSED, 2.0 ** min(claimed.attempts, 10))
            await _put_back(engine, claimed, pause, stumbled=True)
        else:
            await _finish(engine, claimed, None, error.code)
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001  # our own mistake with this one call holds up no other
        log.critical("call not made", call=claimed.call, error=type(error).__name__, where=where(error))
        await _put_back(engine, claimed, LONGEST_PAUSE, stumbled=True)
    else:
        await _finish(engine, claimed, answer, None)
    return True


async def tell_who_waits(engine: Engine) -> None:
    """Tell each person once whose call has gone unanswered for long."""
    async with engine.database.transaction() as connection:
        found = await connection.execute(
            select(calls.c.id, calls.c.municipality, calls.c.thread)
            .where(
                calls.c.state.in_(["pending", "calling"]),
                calls.c.answers_to_thread,
                ~calls.c.waiting_told,
                calls.c.created_at < func.now() - LONG_WAIT,
            )
            .limit(100)
        )
        waiting = [(row.id, row.municipality, row.thread) for row in found]
    for call, municipality, thread in waiting:
        await _tell(engine, municipality, thread, call)


async def _tell(engine: Engine, municipality: str, thread: UUID, call: UUID) -> None:
    async def begin(desk: Desk) -> Happening | None:
        locked = await desk.lock(thread)
        told = await desk.connection.execute(
            update(calls)
            .where(calls.c.id == call, ~calls.c.waiting_told, calls.c.state.in_(["pending", "calling"]))
            .values(waiting_told=True)
        )
        return Happening(locked, Waiting(call), engine.clock()) if told.rowcount else None

    try:
        await take(engine, municipality, begin)
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001  # a thread that cannot be opened holds up no other
        log.critical("not told that it takes longer", error=type(error).__name__, where=where(error))


# --- One call ---------------------------------------------------------------------------------------------------------


async def _claim(engine: Engine) -> Claimed | None:
    earlier = calls.alias("earlier")
    is_due = or_(
        and_(calls.c.state == "pending", calls.c.next_try_at <= func.now()),
        and_(calls.c.state == "calling", calls.c.lease_until < func.now()),
    )
    waits_for_earlier = exists().where(
        earlier.c.person == calls.c.person,
        earlier.c.seq < calls.c.seq,
        earlier.c.state.in_(["pending", "calling"]),
        earlier.c.stumbles < STUMBLES,
    )
    next_one = (
        select(calls.c.id)
        .where(is_due, ~waits_for_earlier)
        .order_by(calls.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    lease = uuid4()
    claim = (
        update(calls)
        .where(calls.c.id == next_one)
        .values(state="calling", attempts=calls.c.attempts + 1, lease=lease, lease_until=func.now() + LEASE)
        .returning(calls)
    )
    async with engine.database.transaction() as connection:
        row = (await connection.execute(claim)).one_or_none()
    if row is None:
        return None
    return Claimed(
        id=row.id,
        municipality=row.municipality,
        thread=row.thread,
        call=row.call,
        path=row.path,
        body=row.body,
        answers_to_thread=row.answers_to_thread,
        attempts=row.attempts,
        lease=lease,
    )


async def _finish(engine: Engine, claimed: Claimed, answer: Value | None, problem: ProblemCode | None) -> None:
    if problem is not None:
        log.warning("refused", call=claimed.call, problem=problem)
    value = answer.model_dump(mode="json") if answer is not None else None

    async def begin(desk: Desk) -> Happening | None:
        # Whoever waits may have gone on in another thread meanwhile.
        whose = select(calls.c.thread).where(calls.c.id == claimed.id)
        thread = (await desk.connection.execute(whose)).scalar_one() if claimed.answers_to_thread else None
        locked = await desk.lock(thread) if thread else None
        if locked is not None and (await desk.connection.execute(whose)).scalar_one() != thread:
            raise Conflict(str(claimed.id))
        done = await desk.connection.execute(
            update(calls)
            .where(calls.c.id == claimed.id, calls.c.state == "calling", calls.c.lease == claimed.lease)
            # What the backend has is taken away here; what it refused stays for somebody to look at.
            .values(
                state="refused" if problem else "done",
                problem=problem,
                body=calls.c.body if problem else None,
                done_at=func.now(),
            )
        )
        # The person's next call, and the others that waited for the backend to be back, can be made now.
        desk.rings.add("calls")
        if not done.rowcount or locked is None:
            return None
        return Happening(locked, Resulted(claimed.id, value, problem), engine.clock())

    await take(engine, claimed.municipality, begin)
    if claimed.attempts > 1:
        await _all_at_once(engine, claimed.municipality)


async def _put_back(engine: Engine, claimed: Claimed, pause: float, *, stumbled: bool) -> None:
    wait = timedelta(seconds=pause * random.uniform(0.5, 1.0))  # noqa: S311  # spread, not secrecy
    async with engine.database.transaction() as connection:
        await connection.execute(
            update(calls)
            .where(calls.c.id == claimed.id, calls.c.lease == claimed.lease, calls.c.state == "calling")
            .values(
                state="pending",
                lease=None,
                lease_until=None,
                next_try_at=func.now() + wait,
                stumbles=calls.c.stumbles + (1 if stumbled else 0),
            )
        )


async def _all_at_once(engine: Engine, municipality: str) -> None:
    """The backend is back: nobody waits out a pause that was made for its absence."""
    async with engine.database.transaction() as connection:
        waiting = (
            select(calls.c.id)
            .where(calls.c.municipality == municipality, calls.c.state == "pending", calls.c.stumbles == 0)
            .order_by(calls.c.seq)
            .with_for_update(skip_locked=True)
        )
        await connection.execute(update(calls).where(calls.c.id.in_(waiting)).values(next_try_at=func.now()))
    engine.wake("calls")


# --- Copies of entries ------------------------------------------------------------------------------------------------


async def copy_entries(engine: Engine) -> bool:
    """Copy to the backend what staff have not seen of a thread that was handed over. ``False``: nothing to do.

    In order by number, each one again when its state has moved. Two workers at once do no harm: each begins with the
    lowest and the backend takes states forward only.
    """
    uncopied = exists().where(entries.c.thread == threads.c.id, entries.c.copied.is_distinct_from(entries.c.state))
    waited = or_(threads.c.copy_again_at.is_(None), threads.c.copy_again_at <= func.now())
    async with engine.database.transaction() as connection:
        found = await connection.execute(
            select(threads.c.id, threads.c.municipality).where(threads.c.handed_over, waited, uncopied).limit(20)
        )
        work = [(row.id, row.municipality) for row in found]
    for thread, municipality in work:
        await _copy_thread(engine, municipality, thread)
    return bool(work)


async def _copy_thread(engine: Engine, municipality: str, thread: UUID) -> None:
    codec = await engine.codec(municipality)
    async with engine.database.transaction() as connection:
        rows = (
            await connection.execute(
                select(entries, outbox.c.why)
                .join(outbox, outbox.c.id == entries.c.outbox, isouter=True)
                .where(entries.c.thread == thread, entries.c.copied.is_distinct_from(entries.c.state))
                .order_by(entries.c.number)
                .limit(200)
            )
        ).all()
    for row in rows:
        entry = _entry(codec, row)
        try:
            await engine.backend.call(municipality, entry, path={"thread": str(thread), "number": str(row.number)})
        except (BackendAway, ContractError) as error:
            if isinstance(error, ContractError) and error.code is ProblemCode.KEY_REUSED:
                # Another line stands there under this number: ours cannot be told, and must not hold up the rest.
                log.critical("entry refused", municipality=municipality, problem=error.code)
            else:
                await _copy_later(engine, municipality, thread, error)
                return
        async with engine.database.transaction() as connection:
            await connection.execute(
                update(entries)
                .where(entries.c.thread == thread, entries.c.number == row.number)
                .values(copied=row.state)
            )


async def _copy_later(engine: Engine, municipality: str, thread: UUID, error: Exception) -> None:
    log.warning("entry not copied", municipality=municipality, error=str(error))
    pause = timedelta(seconds=2 if isinstance(error, BackendAway) else 10)
    async with engine.database.transaction() as connection:
        await connection.execute(update(threads).where(threads.c.id == thread).values(copy_again_at=func.now() + pause))


def _entry(codec: Codec, row: Row[Any]) -> Entry:
    place = f"{row.thread}/{row.number}"
    return Entry(
        person=row.person,
        at=row.at,
        who=row.who,
        language=row.language,
        original=codec.open(row.original, "entries", "original", place).decode(),
        swedish=codec.open(row.swedish, "entries", "swedish", place).decode() if row.swedish else None,
        state=EntryState(row.state),
        staff_message=row.staff_message,
        in_doubt=row.in_doubt,
        why=row.why if row.state in (EntryState.FAILED, EntryState.DROPPED) else None,
    )
