"""The states of what we say, and its row: how it moves, and that it never moves back.

::

    pending -> sending -> sent -> delivered | failed
    sending -> pending          only when the provider certainly did nothing (429, refused connection), or was given
                                nothing: we were not told that we had taken it, and it may not leave any more
    sending -> unknown          time-out, 5xx, lease lost: settled by receipt or by asking, never sent again blind
    unknown -> sent | delivered | failed | pending (proven absent) | given-up
                                where nobody can be asked, its kind says: once more, or given up for staff to look at
    pending -> dropped          late, untrue, superseded, opted out, above the ceiling

States move forward only, the first final one stands, every receipt is kept. Within a turn the order is kept always;
between turns a message in trouble holds the later ones of its thread for 60 seconds at most (:mod:`bot.leaving.queue`).
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.tables import outbox
from bot.turning.desk import Desk
from bot.turning.threads import LockedThread

ALLOWED: dict[str, frozenset[str]] = {
    "pending": frozenset({"sending", "dropped"}),
    "sending": frozenset({"pending", "unknown", "sent", "delivered", "failed"}),
    "unknown": frozenset({"pending", "sent", "delivered", "failed", "given-up"}),
    "sent": frozenset({"delivered", "failed"}),
    "given-up": frozenset({"sent", "delivered", "failed"}),
    "delivered": frozenset(),
    "failed": frozenset(),
    "dropped": frozenset(),
}

LEASE = timedelta(seconds=30)
"""Real time. Longer than any try: a row still *sending* after it belongs to a worker that died."""

RESENT = "resent"
"""The reason of a row that is sent once more because nobody can say whether it left."""

LEFT = frozenset({"sent", "delivered", "failed"})


def may_move(state: str, to: str, *, tried: bool = True) -> bool:
    """Whether a row may move so.

    A row that is *pending* again after a try takes what a late receipt says of that try: better one message less
    than one twice.
    """
    return to in ALLOWED[state] or (state == "pending" and tried and to in LEFT)


async def thread_of(desk: Desk, message: UUID) -> LockedThread | None:
    found = select(outbox.c.thread).where(outbox.c.id == message)
    thread = (await desk.connection.execute(found)).scalar_one_or_none()
    return await desk.lock_thread(thread) if thread else None


async def locked_row(connection: AsyncConnection, message: UUID) -> Row[Any] | None:
    return (
        await connection.execute(select(outbox).where(outbox.c.id == message).with_for_update(key_share=True))
    ).one_or_none()


async def change(desk: Desk, message: UUID, **values: Any) -> None:
    await desk.connection.execute(update(outbox).where(outbox.c.id == message).values(**values))
