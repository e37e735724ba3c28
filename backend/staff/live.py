"""Tells an open page that something changed, by server-sent events, so that it reads itself again.

What changed is never told here: the page asks for itself again, through the same door as the first time. A change is
seen by looking once a second at the versions of the few rows the pages show; it needs no message from who made it.
The first look always says so: what changed between the drawing of the page and that look would else never be seen.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response, StreamingResponse

from backend.staff import sessions
from backend.staff.desk import Here, House, Page, Seat, house

router = APIRouter(route_class=Page)

_LOOK_EVERY = 1.0
_SAY_ALIVE_EVERY = 15

# xmin is the transaction that last wrote a row: it changes with every change, whatever the column.
_VERSIONS = text("""
    select md5(concat_ws('|',
        (select string_agg(id::text || xmin, ',' order by id) from tasks where done_at is null),
        (select string_agg(id::text || xmin, ',' order by id) from threads where id = :thread or wanted <> owner),
        (select string_agg(number::text || xmin, ',' order by number) from thread_entries where thread = :thread),
        (select string_agg(id::text || xmin, ',' order by id) from promises
            where kept_at is null and withdrawn_at is null),
        (select string_agg(id::text || xmin, ',' order by id) from interpreter_orders
            where state in ('asked', 'confirmed')),
        (select string_agg(id::text || xmin, ',' order by id) from cases where closed_at is null)
    ))
""")


@router.get("/live")
async def live(request: Request, here: Here, thread: Annotated[UUID | None, Query()] = None) -> Response:
    """A stream that says ``changed`` when the page should read itself again, and ends with the session."""
    token = request.cookies.get(sessions.COOKIE, "")
    changes = _changes(here, house(request), token, thread)
    return StreamingResponse(changes, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _changes(here: Seat, own: House, token: str, thread: UUID | None) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    seen: object = None
    silent = 0
    while True:
        async with here.database.transaction() as session:
            if await sessions.find(session, own.session_secret, token, working=False) is None:
                return
            # Business time too: what is due in six minutes is due in five a minute later.
            now = (await _versions(session, thread), here.now.replace(second=0, microsecond=0))
        if now != seen:
            yield "event: changed\ndata:\n\n"
            silent = 0
        elif silent >= _SAY_ALIVE_EVERY:
            yield ":\n\n"
            silent = 0
        seen = now
        silent += 1
        await asyncio.sleep(_LOOK_EVERY)


async def _versions(session: AsyncSession, thread: UUID | None) -> str:
    connection = await session.connection()
    found: str = (await connection.execute(_VERSIONS, {"thread": thread})).scalar_one()
    return found
