"""What the backend has to tell: collected from each municipality's feed, handled afterwards from the inbox.

Collecting copies notices into the inbox and moves the cursor in one transaction; handling comes after, so a notice
that cannot be handled holds up nobody. One worker per feed holds a lease.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from pydantic import ValidationError
from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.contract import ContractError, Notice, ProblemCode
from bot import messages
from bot.arriving import moved_here
from bot.backend import BackendAway
from bot.codec import CannotOpen
from bot.engine import Engine
from bot.messages import Noticed
from bot.policies import NoPolicy
from bot.tables import feeds, inbox, persons, threads
from bot.turning.desk import Desk
from bot.turning.turns import take
from bot.watching.pulse import feed_of

LEASE = timedelta(seconds=30)
"""Real time. Renewed at every look; a dead worker's feed is taken over when it has run out."""

AT_ONCE = 100
PATIENCE = 5
"""How many times a notice for nobody we know is tried (every minute), before it is a dead letter."""

log = structlog.get_logger()


@dataclass(frozen=True)
class _Cursor:
    epoch: UUID | None
    position: int


async def collect(engine: Engine, municipality: str, worker: UUID) -> bool | None:
    """Collect the next notices of a feed. ``True``: there may be more at once. ``None``: another worker's feed."""
    cursor = await _lease(engine, municipality, worker)
    if cursor is None:
        return None
    try:
        feed = await engine.backend.notices(municipality, cursor.epoch, cursor.position, AT_ONCE)
        epoch = UUID(str(feed["epoch"]))
    except ContractError as error:
        if error.code is not ProblemCode.UNKNOWN_EPOCH:
            log.warning("feed refused", municipality=municipality, problem=error.code)
            return False
        # The backend was restored: read from the start; the notices we know are recognised by their ids.
        log.warning("feed resync", municipality=municipality)
        return await _move(engine, municipality, worker, (cursor, _Cursor(None, 0)), [])
    except (BackendAway, KeyError, ValueError) as error:
        log.warning("feed not read", municipality=municipality, error=type(error).__name__)
        return False
    engine.pulse.came_round(feed_of(municipality))
    notices: list[Any] = feed["notices"]
    if not notices and epoch == cursor.epoch:
        return False
    after = _Cursor(epoch, _last(notices, cursor.position))
    return await _move(engine, municipality, worker, (cursor, after), notices)


def _last(notices: list[Any], position: int) -> int:
    positions = [one.get("position") for one in notices if isinstance(one, dict)]
    return max([position, *(found for found in positions if isinstance(found, int))])


async def _lease(engine: Engine, municipality: str, worker: UUID) -> _Cursor | None:
    of_it = feeds.c.municipality == municipality
    may = or_(feeds.c.lease.is_(None), feeds.c.lease == worker, feeds.c.lease_until < func.now())
    # Looked at first: all workers but one find it taken, each second, and need not wait for that one to write.
    async with engine.database.reading() as connection:
        ours = (await connection.execute(select(may).where(of_it))).scalar_one_or_none()
    if ours is False:
        return None
    async with engine.database.transaction() as connection:
        if ours is None:
            await connection.execute(upsert(feeds).values(municipality=municipality).on_conflict_do_nothing())
        leased = update(feeds).where(of_it, may).values(lease=worker, lease_until=func.now() + LEASE)
        row = (await connection.execute(leased.returning(feeds.c.epoch, feeds.c.position))).one_or_none()
    return _Cursor(row.epoch, row.position) if row else None


async def _move(
    engine: Engine, municipality: str, worker: UUID, cursors: tuple[_Cursor, _Cursor], notices: list[Any]
) -> bool:
    """Copy notices into the inbox and move the cursor, in one transaction, while the lease is ours."""
    was, to = cursors

    async def begin(desk: Desk) -> None:
        moved = await desk.connection.execute(
            update(feeds)
            .where(
                feeds.c.municipality == municipality,
                feeds.c.lease == worker,
                feeds.c.position == was.position,
                feeds.c.epoch.is_not_distinct_from(was.epoch),
            )
            .values(epoch=to.epoch, position=to.position)
        )
        if moved.rowcount:
            for notice in notices:
                await _put(desk, notice)

    try:
        await take(engine, municipality, begin)
    except NoPolicy:
        return False
    return True


async def _put(desk: Desk, raw: Any) -> None:
    """One notice into the inbox, read or not; one that is there already changes nothing."""
    row = uuid4()
    values: dict[str, Any] = {"id": row, "municipality": desk.municipality, "received_at": desk.engine.clock()}
    try:
        notice = Notice.model_validate(raw)
        kind, body = messages.dump_event(Noticed(notice))
        values |= {"kind": kind, "notice": notice.id, "body": desk.codec.seal(body, "inbox", "body", row)}
    except ValidationError as error:
        # What a newer backend tells and we do not understand yet: kept, so that nothing told is lost.
        wrong = [".".join(str(part) for part in found["loc"]) for found in error.errors()]
        log.critical("dead letter", municipality=desk.municipality, kind="notice", wrong=wrong)
        values |= {"kind": "noticed", "state": "dead", "body": desk.codec.seal(repr(raw), "inbox", "body", row)}
    put = upsert(inbox).values(**values)
    await desk.connection.execute(
        put.on_conflict_do_nothing(index_elements=["municipality", "notice"], index_where=inbox.c.notice.is_not(None))
    )


# --- Whose they are ---------------------------------------------------------------------------------------------------


async def route(engine: Engine, municipality: str) -> None:
    """Find the threads of the notices collected, in order; only by who holds the feed's lease.

    One for nobody we know is a dead letter in the end.
    """
    async with engine.database.transaction() as connection:
        rows = (
            await connection.execute(
                select(inbox)
                .where(
                    inbox.c.municipality == municipality,
                    inbox.c.state == "pending",
                    inbox.c.thread.is_(None),
                    inbox.c.next_try_at <= func.now(),
                )
                .order_by(inbox.c.seq)
                .limit(AT_ONCE)
            )
        ).all()
    for row in rows:
        await _route(engine, row)


async def _route(engine: Engine, row: Any) -> None:
    async def begin(desk: Desk) -> None:
        values: dict[str, Any]
        thread, wrong, by_call = None, "nobody we know", False
        try:
            event = messages.load_event(row.kind, desk.codec.open(row.body, "inbox", "body", row.id))
            thread = await _thread_for(desk, event.notice) if isinstance(event, Noticed) else None
            by_call = thread is None and isinstance(event, Noticed) and moved_here.is_one(event.notice)
        except (CannotOpen, ValueError) as error:
            wrong = type(error).__name__
        if thread is not None:
            values = {"thread": thread}
            desk.rings.add("inbox")
        elif by_call:
            values = {"state": "done", "body": None}
        elif row.attempts + 1 >= PATIENCE:
            values = {"state": "dead", "error": wrong}
            log.critical("dead letter", municipality=row.municipality, kind="notice", wrong=wrong)
        else:
            again = func.now() + timedelta(minutes=1)
            values = {"attempts": inbox.c.attempts + 1, "error": wrong, "next_try_at": again}
        unrouted = (inbox.c.id == row.id, inbox.c.thread.is_(None), inbox.c.state == "pending")
        await desk.connection.execute(update(inbox).where(*unrouted).values(values))

    await take(engine, row.municipality, begin)


async def _thread_for(desk: Desk, notice: Notice) -> UUID | None:
    """The thread a notice names; else where the person is to be reached; else her latest. ``None``: nobody we know."""
    if moved_here.is_one(notice):
        return await moved_here.thread_of(desk, notice)
    named = notice.body.get("thread")
    if named is not None:
        found = select(threads.c.id).where(
            threads.c.id == UUID(str(named)), threads.c.municipality == desk.municipality
        )
        return (await desk.connection.execute(found)).scalar_one_or_none()
    person = await _person(desk, notice.person)
    if person is None:
        return None
    found = (
        select(threads.c.id)
        .where(threads.c.person == person.id)
        .order_by((threads.c.id == person.reach).desc().nulls_last(), threads.c.changed_at.desc())
        .limit(1)
    )
    return (await desk.connection.execute(found)).scalar_one_or_none()


async def _person(desk: Desk, wanted: UUID) -> messages.Person | None:
    """The person as she is known now: who was merged with another is that other."""
    for _ in range(10):
        row = (
            await desk.connection.execute(
                select(persons.c.id, persons.c.state, persons.c.merged_into).where(
                    persons.c.id == wanted, persons.c.municipality == desk.municipality
                )
            )
        ).one_or_none()
        if row is None:
            return None
        if row.merged_into is None:
            return messages.load_person(desk.codec.open(row.state, "persons", "state", row.id))
        wanted = row.merged_into
    return None
