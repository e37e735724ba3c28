"""Timers of threads: due by business time, told to the thread as an event."""

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, delete, select

from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.messages import Elapsed
from bot.tables import timers
from bot.turning.desk import Desk, Happening
from bot.turning.turns import take
from bot.watching.logs import where

log = structlog.get_logger()


async def fire(engine: Engine) -> bool:
    """Tell every thread whose timer is due. ``False``: none was."""
    async with engine.database.transaction() as connection:
        due = (
            await connection.execute(
                select(timers).where(timers.c.at <= engine.clock()).order_by(timers.c.at).limit(100)
            )
        ).all()
    fired = [await _fire(engine, timer) for timer in due]
    return any(fired)


async def _fire(engine: Engine, timer: Row[Any]) -> bool:
    thread: UUID = timer.thread

    async def begin(desk: Desk) -> Happening | None:
        locked = await desk.lock(thread)
        # It may have been moved, or told by another worker, since it was looked at.
        gone = await desk.connection.execute(
            delete(timers).where(timers.c.id == timer.id, timers.c.at <= engine.clock())
        )
        if not gone.rowcount:
            return None
        return Happening(locked, Elapsed(timer.timer, timer.reference), engine.clock())

    try:
        return await take(engine, timer.municipality, begin) != "nothing"
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001  # a thread that cannot be opened holds up no other
        log.critical("timer not told", error=type(error).__name__, where=where(error))
        return False
