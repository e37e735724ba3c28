"""What goes on without anybody writing: calls, notices, what we send, timers, what has to be tried again.

Any number of workers may run, beside the web server or in processes of their own. Each may be killed at any moment:
what it had in hand has a lease, and another takes it over.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Row

from bot import keeping
from bot.arriving import inbox, notices, papers
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.leaving import erasing, limits, outbox, unknown
from bot.leaving.queue import Places, wake
from bot.leaving.rates import URGENT
from bot.listening import Listens
from bot.policies import FRESH, NoPolicy
from bot.turning import calls, timers
from bot.watching import troubles
from bot.watching.logs import where
from bot.watching.pulse import feed_of

LOOK = 1.0
"""Seconds between two looks at the database when no bell rings: another process may have written there."""

HOUSEKEEPING = "housekeeping"

SOON = {"outbox": 0.2, "calls": 0.25}
"""The same where a person waits, since whoever took her message in is another process as a rule, whose bells ring
there. One looks for the outbox, so that costs five small questions a second."""

CALLERS = 3
"""How many calls one worker has under way at once."""

READERS = 2
"""How many papers one worker has in its memory at once."""

OF_A_CHANNEL, FOR_REPLIES = 12, 3
"""How many messages of one channel one worker has under way at once: a provider that hangs keeps up its own only. The
last of these places are for whoever waits for an answer, and for what changes her meeting."""

WHILE_QUICK, QUICK = 64, 1.0
"""So many while none of them has been under way for longer than so many seconds: what is taken together costs less, and
a provider that begins to hang keeps up what was begun within that time, at the pace it is written to."""

SHARED = 2
"""Rounds of housekeeping between two looks at which other workers there are."""

log = structlog.get_logger()

Work = Callable[[], Awaitable[bool]]
"""One piece of work; ``True``: there may be more at once."""


async def run(engine: Engine, stop: asyncio.Event) -> None:
    """Work until ``stop`` is set; what is in hand then is finished first."""
    worker = uuid4()
    towns = engine.settings.municipalities
    loops: list[tuple[str, str, Work]] = [
        *(("calls", f"calls {n}", partial(calls.make_one, engine)) for n in range(1, CALLERS + 1)),
        *(("notices", f"notices of {slug}", partial(_collect, engine, slug, worker)) for slug in towns),
        ("entries", "entries", partial(calls.copy_entries, engine)),
        ("erasures", "erasures", partial(erasing.work_on_one, engine)),
        ("inbox", "inbox", partial(_drain, engine)),
        *(("papers", f"papers {n}", partial(papers.work_on_one, engine)) for n in range(1, READERS + 1)),
        ("papers", "papers told", partial(papers.tell, engine)),
        ("timers", "timers", partial(timers.fire, engine)),
    ]
    engine.pulse.begins(*(name for _, name, _ in loops), "outbox", HOUSEKEEPING, *map(feed_of, towns))
    try:
        async with asyncio.TaskGroup() as group:
            loops.append(("outbox", "outbox", Senders(engine, group).send_next))
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


class Senders:
    """One looks for what may leave, and each message then goes its own way: none waits for another's provider."""

    def __init__(self, engine: Engine, group: asyncio.TaskGroup) -> None:
        self._engine, self._group = engine, group
        self._busy = set[UUID]()
        self._under_way = defaultdict[str, UnderWay](UnderWay)

    async def send_next(self) -> bool:
        """Begin to send the next messages. ``False``: there are none."""
        places = {channel: under_way.places() for channel, under_way in self._under_way.items()}
        found, more = await outbox.next_to_leave(self._engine, self._busy, WHILE_QUICK, places)
        for message in found:
            self._busy.add(message.thread)
            self._under_way[message.channel].begins(message.thread, message.rank)
            self._group.create_task(self._send(message), name="sending")
        return bool(found) or more

    async def _send(self, message: Row[Any]) -> None:
        try:
            await outbox.send(self._engine, message, self._busy)
        except DATABASE_ERRORS as error:
            log.critical("work failed", loop="outbox", error=type(error).__name__, where=where(error))
        finally:
            self._under_way[message.channel].ends(message.thread)
            self._engine.wake("outbox")  # the next of its thread may leave now


class UnderWay:
    """What one worker has in hand of one channel: each message by its thread, and since when."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._since: dict[UUID, float] = {}
        self._urgent = set[UUID]()

    def places(self) -> Places:
        """For how many more there is place at this moment."""
        # What was put into a dict first comes first.
        oldest = next(iter(self._since.values()), None)
        is_quick = oldest is None or self._now() - oldest <= QUICK
        free = (WHILE_QUICK if is_quick else OF_A_CHANNEL) - len(self._since)
        # Also where many that can wait were begun, and then it was not quick any more.
        kept = FOR_REPLIES - len(self._urgent)
        return Places(urgent=max(0, free, kept), others=max(0, free - FOR_REPLIES))

    def begins(self, thread: UUID, rank: int) -> None:
        self._since[thread] = self._now()
        if rank <= URGENT:
            self._urgent.add(thread)

    def ends(self, thread: UUID) -> None:
        del self._since[thread]
        self._urgent.discard(thread)


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
            await bell.heard(SOON.get(rung_by, LOOK))


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
            await unknown.lost_leases(engine)
            if rounds % SHARED == 0:
                engine.queue.share = await engine.pulse.share(engine.database, "outbox")
            while not stop.is_set() and await wake(engine.database, engine.clock()):
                pass
            while not stop.is_set() and await unknown.look_up_one(engine):
                pass
            await calls.tell_who_waits(engine)
            if rounds % int(FRESH.total_seconds()) == 0:
                await _refresh(engine)
                await inbox.forget_ids(engine)
                await limits.forget(engine.database, engine.clock())
                await keeping.erase_answers(engine)
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
