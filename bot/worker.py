"""What goes on without anybody writing: calls, notices, what we send, timers, what has to be tried again.

Any number of workers may run, beside the web server or in processes of their own. Each may be killed at any moment:
what it had in hand has a lease, and another takes it over.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from uuid import UUID, uuid4

import structlog

from bot import calls, inbox, notices, outbox, timers, troubles
from bot.carriers import Listens
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.policies import FRESH, NoPolicy
from bot.pulse import feed_of
from bot.turns import where

LOOK = 1.0
"""Seconds between two looks at the database when no bell rings: another process may have written there."""

HOUSEKEEPING = "housekeeping"

CALLERS, SENDERS = 3, 3
"""How many calls, and how many messages, one worker has under way at once."""

log = structlog.get_logger()

Work = Callable[[], Awaitable[bool]]
"""One piece of work; ``True``: there may be more at once."""


async def run(engine: Engine, stop: asyncio.Event) -> None:
    """Work until ``stop`` is set; what is in hand then is finished first."""
    worker, busy = uuid4(), set[UUID]()
    towns = engine.settings.municipalities
    loops: list[tuple[str, str, Work]] = [
        *(("calls", f"calls {n}", partial(calls.make_one, engine)) for n in range(1, CALLERS + 1)),
        *(("outbox", f"outbox {n}", partial(outbox.send_one, engine, busy)) for n in range(1, SENDERS + 1)),
        *(("notices", f"notices of {slug}", partial(_collect, engine, slug, worker)) for slug in towns),
        ("entries", "entries", partial(calls.copy_entries, engine)),
        ("inbox", "inbox", partial(_drain, engine)),
        ("timers", "timers", partial(timers.fire, engine)),
    ]
    engine.pulse.begins(*(name for _, name, _ in loops), HOUSEKEEPING, *map(feed_of, towns))
    try:
        async with asyncio.TaskGroup() as group:
            for bell, name, work in loops:
                group.create_task(_loop(engine, stop, bell, name, work), name=name)
            group.create_task(_housekeeping(engine, stop), name=HOUSEKEEPING)
            group.create_task(troubles.watch(engine, stop), name="watch")
            for channel in engine.channels.values():
                if isinstance(channel, Listens):
                    group.create_task(channel.listen(engine, stop), name=channel.name)
            await stop.wait()
            engine.wake()
    finally:
        with suppress(*DATABASE_ERRORS):
            await engine.pulse.stop(engine.database)


async def _loop(engine: Engine, stop: asyncio.Event, rung_by: str, name: str, work: Work) -> None:
    bell, failures = engine.bells[rung_by], 0
    while not stop.is_set():
        try:
            more = await work()
            failures = 0
            engine.pulse.came_round(name)
        except Exception as error:  # noqa: BLE001  # the database is down, or we made a mistake: the loop goes on
            failures += 1
            engine.pulse.failed(name, error)
            log.critical("work failed", loop=name, error=type(error).__name__, where=where(error))
            await _pause(stop, min(10.0, 0.5 * 2.0 ** min(failures, 6)))
            continue
        if not more:
            await bell.heard(LOOK)


async def _collect(engine: Engine, municipality: str, worker: UUID) -> bool:
    more = await notices.collect(engine, municipality, worker)
    if more is not None:
        await notices.route(engine, municipality)
    return bool(more)


async def _drain(engine: Engine) -> bool:
    for thread, municipality in await inbox.pending(engine):
        await inbox.drain(engine, thread, municipality)
    return False


async def _housekeeping(engine: Engine, stop: asyncio.Event) -> None:
    """What needs no bell: the dead, the unknown, those who wait long, and what municipalities have decided."""
    rounds = 0
    while not stop.is_set():
        try:
            await outbox.lost_leases(engine)
            while not stop.is_set() and await outbox.look_up_one(engine):
                pass
            await calls.tell_who_waits(engine)
            if rounds % int(FRESH.total_seconds()) == 0:
                await _refresh(engine)
                await inbox.forget_ids(engine)
            engine.pulse.came_round(HOUSEKEEPING)
        except Exception as error:  # noqa: BLE001  # as above
            engine.pulse.failed(HOUSEKEEPING, error)
            log.critical("work failed", loop=HOUSEKEEPING, error=type(error).__name__, where=where(error))
        rounds += 1
        await _pause(stop, LOOK)


async def _refresh(engine: Engine) -> None:
    for municipality in engine.settings.municipalities:
        try:
            await engine.policies.fetch(municipality)
        except NoPolicy:
            continue


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
