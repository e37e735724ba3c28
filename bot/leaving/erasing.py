"""What we keep elsewhere leaves its provider: words that were sealed away, and papers once the backend has them.

Tried until it is gone, or nobody can take it away any more. What if this dies? What is to be erased is committed with
what makes it so, and is done once more; erasing what is gone already is no mistake. Nothing here knows what it was:
only where it lies.
"""

import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import Row, delete, func, insert, or_, select, update

from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.leaving.carriers import Erases
from bot.tables import erasures
from bot.turning.desk import Desk
from bot.turning.rows import erasure_row
from bot.watching.logs import where

LEASE = timedelta(minutes=1)
"""Real time. Longer than a provider is waited for."""

ERASED_FOR = timedelta(hours=47)
"""Telegram lets a message be taken away for 48 hours; nobody tries longer anywhere."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 900.0
"""Seconds between two tries."""

log = structlog.get_logger()


async def write(desk: Desk, channel: str, place: str) -> None:
    """What lies there is to be erased, in the transaction that seals it."""
    await desk.connection.execute(insert(erasures).values(erasure_row(desk.codec, desk.municipality, channel, place)))
    desk.rings.add("erasures")


async def work_on_one(engine: Engine) -> bool:
    """Erase the next whose time has come. ``False``: there is none."""
    row = await _claim(engine)
    if row is None:
        return False
    try:
        gone = await _erase(engine, row)
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001  # our own mistake with this one holds up no other
        log.critical("not erased", error=type(error).__name__, where=where(error))
        gone = False
    if gone or row.age > ERASED_FOR:
        if not gone:
            log.critical("not erased at the provider", channel=row.channel, attempts=row.attempts)
        async with engine.database.transaction() as connection:
            await connection.execute(delete(erasures).where(erasures.c.id == row.id, erasures.c.lease == row.lease))
        engine.counts("erased", row.channel, row.municipality, word="erased" if gone else "given up")
        return True
    await _later(engine, row)
    return True


async def _claim(engine: Engine) -> Row[Any] | None:
    due = (
        select(erasures.c.id)
        .where(
            erasures.c.next_try_at <= func.now(),
            or_(erasures.c.lease.is_(None), erasures.c.lease_until < func.now()),
        )
        .order_by(erasures.c.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claim = (
        update(erasures)
        .where(erasures.c.id == due)
        .values(lease=uuid4(), lease_until=func.now() + LEASE, attempts=erasures.c.attempts + 1)
        .returning(erasures, (func.now() - erasures.c.created_at).label("age"))
    )
    async with engine.database.transaction() as connection:
        row: Row[Any] | None = (await connection.execute(claim)).one_or_none()
    return row


async def _erase(engine: Engine, row: Row[Any]) -> bool:
    carrier: object = engine.channels.get(row.channel)
    codec = await engine.codec(row.municipality)
    place = codec.open(row.place, "erasures", "place", row.id).decode()
    return isinstance(carrier, Erases) and await carrier.erase(row.municipality, place)


async def _later(engine: Engine, row: Row[Any]) -> None:
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(row.attempts, 12)) * random.uniform(0.5, 1.0)  # noqa: S311  # spread
    async with engine.database.transaction() as connection:
        await connection.execute(
            update(erasures)
            .where(erasures.c.id == row.id, erasures.c.lease == row.lease)
            .values(lease=None, lease_until=None, next_try_at=func.now() + timedelta(seconds=pause))
        )
