"""Tells an open page that something changed, by server-sent events, so that it reads itself again.

What changed is never told here: the page asks for itself again, through the same door as the first time. A change is
seen by looking once a second at the versions of the few rows the pages show; it needs no message from who made it.
The first look always says so: what changed between the drawing of the page and that look would else never be seen.

Everybody who has a page open in a municipality is served by the same look, however many they are. That something acute
came is told at once to all, by an event of its own that says no more than that: nobody waits for a page to see it. The
pages then read themselves again one after the other. A list that changes all the time is told less often the more read
it; the conversation that lies open is told at once.

Who holds a desk in another municipality too is told by the same stream what happens there: something acute as here, and
that the lists changed by an event of its own, since only a page that shows lists is read again for it.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query, Request
from sqlalchemy import text
from starlette.responses import Response, StreamingResponse

from backend.clock import Clock
from backend.database import Database
from backend.staff.desk import Held, Here, Page, Seat, house
from backend.staff.seats import sessions
from backend.staff.signing_in import towns

router = APIRouter(route_class=Page)

_LOOK_EVERY = 1.0
_FRESH = 0.5
"""A look is everybody's for so long; seconds."""
_PACE = 0.05
"""Between two changes of the lists that one page is told of, for each page that is open; seconds."""
_SPREAD = 0.01
"""How far apart pages are told of the same change, for each page that is open: they read themselves again; seconds."""
_SAY_ALIVE_EVERY = 15
_TRY_AGAIN = 2.0
"""After another municipality's database did not answer; seconds."""
_CHANGED = "event: changed\ndata: "

# xmin is the transaction that last wrote a row: it changes with every change, whatever the column. A later transaction
# has a higher one, so that no row changes or goes without changing the sum or the number.
_LISTS = text("""
    select concat_ws('|',
        (select count(*) || '/' || sum(xmin::text::bigint) from tasks where done_at is null),
        (select count(*) || '/' || sum(xmin::text::bigint) from threads where wanted <> owner),
        (select count(*) || '/' || sum(xmin::text::bigint) from passings where state = 'offered'),
        (select count(*) || '/' || sum(xmin::text::bigint) from promises
            where kept_at is null and withdrawn_at is null),
        (select count(*) || '/' || sum(xmin::text::bigint) from interpreter_orders
            where state in ('asked', 'confirmed')),
        (select count(*) || '/' || sum(xmin::text::bigint) from cases where closed_at is null)
    )
""")
_ACUTE = text("select id, xmin::text from tasks where done_at is null and kind = 'acute'")
_BY_NOW = text("select extract(epoch from clock_timestamp())::text")
_THREADS = text("""
    select id, md5(concat_ws('|', threads.xmin,
        (select string_agg(number::text || e.xmin, ',' order by number) from thread_entries e where thread = threads.id)
    )) from threads where id = any(:threads)
""")

Viewer = tuple[bytes, UUID | None]
"""An open page: whose desk, and the conversation it shows."""


@dataclass(frozen=True)
class Look:
    """What one look saw, at a moment of this machine: the lists, the threads that are open, and whose desks are.

    ``acute``: what is acute and open, and its version. ``by``: what is read after this moment of the database (seconds)
    has seen all that this look saw.
    """

    at: float
    viewers: frozenset[Viewer]
    lists: str
    acute: Mapping[UUID, str]
    threads: Mapping[UUID, str]
    desks: frozenset[bytes]
    by: str


@dataclass
class Watch:
    """Looks at one municipality for all its open pages."""

    database: Database
    viewers: Counter[Viewer] = field(default_factory=Counter)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _last: Look | None = None
    _acute_came: asyncio.Event = field(default_factory=asyncio.Event)

    async def look(self, viewer: Viewer) -> Look:
        """The last look if it is fresh and saw this page, else a new one."""
        async with self._lock:
            last = self._last
            if last is None or viewer not in last.viewers or time.monotonic() - last.at >= _FRESH:
                before, last = last, await self._read()
                self._last = last
                if before is not None and not before.acute.keys() >= last.acute.keys():
                    self._acute_came.set()
                    self._acute_came = asyncio.Event()
            return last

    async def rest(self, seconds: float) -> None:
        """Until it is time to look again; less, where somebody's look has seen something acute come. So all are told by
        that look, before any of their pages reads itself again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._acute_came.wait()

    async def _read(self) -> Look:
        viewers = frozenset(self.viewers)
        threads = {thread for _, thread in viewers if thread is not None}
        async with self.database.transaction() as session:
            desks = await sessions.open_ones(session, {desk for desk, _ in viewers})
            connection = await session.connection()
            lists: str = (await connection.execute(_LISTS)).scalar_one()
            acute = (await connection.execute(_ACUTE)).all()
            seen = (await connection.execute(_THREADS, {"threads": list(threads)})).all() if threads else ()
            by: str = (await connection.execute(_BY_NOW)).scalar_one()
        return Look(time.monotonic(), viewers, lists, dict(acute), dict(seen), desks, by)


_watches: WeakKeyDictionary[Database, Watch] = WeakKeyDictionary()


def watch(database: Database) -> Watch:
    """The one watch of a municipality in this process."""
    return _watches.setdefault(database, Watch(database))


@router.get("/live")
async def live(request: Request, here: Here, thread: Annotated[UUID | None, Query()] = None) -> Response:
    """A stream that says ``acute`` when something acute came and ``changed`` when the page should read itself again,
    with the moment by which that is to be seen, in each municipality; ``elsewhere`` when only what stands at another of
    her desks has changed. It ends with the session."""
    desk = sessions.hashed(house(request).session_secret, request.cookies.get(sessions.COOKIE, ""))
    own = _changes(here, (desk, thread))
    changes = _together(own, [_at(held, here.clock) for held in here.held]) if here.held else own
    return StreamingResponse(changes, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _together(own: AsyncIterator[str], others: Sequence[AsyncIterator[str]]) -> AsyncIterator[str]:
    """What is said here and at the other desks as one stream, which ends with this desk. Each has a task of its own: a
    database that does not answer keeps nobody waiting for what another says."""
    said: asyncio.Queue[str] = asyncio.Queue(1)
    told: dict[str, str] = {}

    async def tell(stream: AsyncIterator[str], event: str) -> None:
        async for words in stream:
            if words.startswith(_CHANGED):
                slug, _, moment = words.removeprefix(_CHANGED).strip().partition(":")
                told[slug] = moment
                by = " ".join(f"{town}:{at}" for town, at in told.items() if at)
                await said.put(f"event: {event}\ndata: {by}\n\n")
            elif event == "changed" or words.startswith("event:"):
                await said.put(words)

    here = asyncio.create_task(tell(own, "changed"))
    tasks: list[asyncio.Task[Any]] = [here, *(asyncio.create_task(tell(one, "elsewhere")) for one in others)]
    try:
        while True:
            heard = asyncio.create_task(said.get())
            tasks[len(others) + 1 :] = [heard]
            await asyncio.wait({heard, here}, return_when=asyncio.FIRST_COMPLETED)
            if not heard.done():
                here.result()
                return
            yield heard.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)  # a look that is under way gives its connection back


async def _at(held: Held, clock: Clock) -> AsyncIterator[str]:
    """What is said at another desk of this browser, as long as it is open and her role there has an inbox. Once it is
    closed, and while its database is away, the page reads itself again to say so. That a page begins to listen is she
    who works, wherever: it keeps this desk open too."""
    slug, away = held.database.municipality.slug, False
    while True:
        try:
            async with asyncio.timeout(towns.PATIENCE):
                sits = await towns.seat_at(held, clock)
            held = replace(held, working=False)
            if sits is None:
                break
            if sits.role not in towns.ANSWERS:
                return
            away, stream = False, _changes(sits, (held.desk, None))
            while True:
                async with asyncio.timeout(2 * _SAY_ALIVE_EVERY):
                    words = await anext(stream)
                yield words
        except StopAsyncIteration:
            break
        except towns.AWAY:
            if not away:
                yield f"{_CHANGED}{slug}:\n\n"
            away = True
            await asyncio.sleep(_TRY_AGAIN)
    yield f"{_CHANGED}{slug}:\n\n"


async def _changes(here: Seat, viewer: Viewer) -> AsyncIterator[str]:
    own = watch(here.database)
    own.viewers[viewer] += 1
    try:
        async for said in _said(here, own, viewer):
            yield said
    finally:
        own.viewers[viewer] -= 1
        own.viewers += Counter()  # who left is forgotten


async def _said(here: Seat, own: Watch, viewer: Viewer) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    desk, thread = viewer
    acute: frozenset[UUID] | None = None
    seen_lists: object = None
    seen_thread: object = None
    silent_since = told_at = time.monotonic()
    read_at: float | None = told_at  # the first look always says so
    while True:
        look, now = await own.look(viewer), time.monotonic()
        if desk not in look.desks:
            return
        if acute is not None and not acute.issuperset(look.acute):
            yield "event: acute\ndata:\n\n"
            silent_since = now
        lists = (look.acute, look.lists, here.now.replace(second=0, microsecond=0))
        # Business time too: what is due in six minutes is due in five a minute later.
        paced = frozenset(look.acute) != acute or now - told_at >= _PACE * own.viewers.total()
        if thread is not None and look.threads.get(thread) != seen_thread:
            read_at = now
        elif read_at is None and lists != seen_lists and paced:
            read_at = now + desk[0] / 255 * _SPREAD * (own.viewers.total() - 1)
        acute = frozenset(look.acute)
        if read_at is not None and read_at <= now:
            yield f"{_CHANGED}{here.database.municipality.slug}:{look.by}\n\n"
            seen_lists, seen_thread, read_at = lists, look.threads.get(thread) if thread else None, None
            told_at = silent_since = now
        elif now - silent_since >= _SAY_ALIVE_EVERY:
            yield ":\n\n"
            silent_since = now
        await own.rest(_LOOK_EVERY if read_at is None else min(_LOOK_EVERY, max(0.0, read_at - time.monotonic())))
