"""Tells an open page that something changed, by server-sent events, so that it reads itself again.

What changed is never told here: the page asks for itself again, through the same door as the first time. A change is
seen by looking once a second at the versions of the few rows the pages show; it needs no message from who made it.
The first look always says so: what changed between the drawing of the page and that look would else never be seen.

Everybody who has a page open in a municipality is served by the same look, however many they are. With many, a list
that changes all the time is told less often, since each of them reads it again; what is acute, and the conversation
that lies open, are told at once.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query, Request
from sqlalchemy import text
from starlette.responses import Response, StreamingResponse

from backend.database import Database
from backend.staff import sessions
from backend.staff.desk import Here, Page, Seat, house

router = APIRouter(route_class=Page)

_LOOK_EVERY = 1.0
_FRESH = 0.5
"""A look is everybody's for so long; seconds."""
_PACE = 0.05
"""Between two changes of the lists that one page is told of, for each page that is open; seconds."""
_SPREAD = 0.01
"""How far apart pages are told of the same change, for each page that is open: they read themselves again; seconds."""
_SAY_ALIVE_EVERY = 15

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
_ACUTE = text(
    "select count(*) || '/' || coalesce(sum(xmin::text::bigint), 0) from tasks where done_at is null and kind = 'acute'"
)
_THREADS = text("""
    select id, md5(concat_ws('|', threads.xmin,
        (select string_agg(number::text || e.xmin, ',' order by number) from thread_entries e where thread = threads.id)
    )) from threads where id = any(:threads)
""")

Viewer = tuple[bytes, UUID | None]
"""An open page: whose desk, and the conversation it shows."""


@dataclass(frozen=True)
class Look:
    """What one look saw, at a moment of this machine: the lists, the threads that are open, and whose desks are."""

    at: float
    viewers: frozenset[Viewer]
    lists: str
    acute: str
    threads: Mapping[UUID, str]
    desks: frozenset[bytes]


@dataclass
class Watch:
    """Looks at one municipality for all its open pages."""

    database: Database
    viewers: Counter[Viewer] = field(default_factory=Counter)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _last: Look | None = None

    async def look(self, viewer: Viewer) -> Look:
        """The last look if it is fresh and saw this page, else a new one."""
        async with self._lock:
            last = self._last
            if last is None or viewer not in last.viewers or time.monotonic() - last.at >= _FRESH:
                last = self._last = await self._read()
            return last

    async def _read(self) -> Look:
        viewers = frozenset(self.viewers)
        threads = {thread for _, thread in viewers if thread is not None}
        async with self.database.transaction() as session:
            desks = await sessions.open_ones(session, {desk for desk, _ in viewers})
            connection = await session.connection()
            lists: str = (await connection.execute(_LISTS)).scalar_one()
            acute: str = (await connection.execute(_ACUTE)).scalar_one()
            seen = (await connection.execute(_THREADS, {"threads": list(threads)})).all() if threads else ()
        return Look(time.monotonic(), viewers, lists, acute, dict(seen), desks)


_watches: WeakKeyDictionary[Database, Watch] = WeakKeyDictionary()


def watch(database: Database) -> Watch:
    """The one watch of a municipality in this process."""
    return _watches.setdefault(database, Watch(database))


@router.get("/live")
async def live(request: Request, here: Here, thread: Annotated[UUID | None, Query()] = None) -> Response:
    """A stream that says ``changed`` when the page should read itself again, and ends with the session."""
    desk = sessions.hashed(house(request).session_secret, request.cookies.get(sessions.COOKIE, ""))
    changes = _changes(here, (desk, thread))
    return StreamingResponse(changes, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


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
    seen_lists: object = None
    seen_at_once: object = None
    silent, told_at = 0, float("-inf")
    while True:
        look = await own.look(viewer)
        if desk not in look.desks:
            return
        # Business time too: what is due in six minutes is due in five a minute later.
        lists = (look.lists, here.now.replace(second=0, microsecond=0))
        at_once = (look.acute, look.threads.get(thread) if thread is not None else None)
        paced = time.monotonic() - told_at >= _PACE * own.viewers.total()
        if at_once != seen_at_once or (lists != seen_lists and paced):
            await asyncio.sleep(desk[0] / 255 * _SPREAD * (own.viewers.total() - 1))
            yield "event: changed\ndata:\n\n"
            seen_lists, seen_at_once, told_at, silent = lists, at_once, time.monotonic(), 0
        elif silent >= _SAY_ALIVE_EVERY:
            yield ":\n\n"
            silent = 0
        silent += 1
        await asyncio.sleep(_LOOK_EVERY)
