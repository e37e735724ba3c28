"""What people wrote and we never got: every few minutes the provider is asked for its own list of it.

A webhook is tried again for minutes or hours, and then never more; a provider's list stands. Everything on it goes the
way a webhook goes, with the provider's id, so what is known already does nothing. One worker at a time looks, by a
lease; how far it has looked moves on only when all of it is committed, and each look begins a while before that, since
a list may lag. Whoever dies in between has lost nothing: the next one looks at the same again.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.arriving.inbox import Unavailable
from bot.database import Database
from bot.engine import Engine
from bot.leaving.carriers import CannotAsk, NobodyKnows
from bot.tables import reconciling as rows
from bot.watching.logs import where

EVERY = timedelta(minutes=3)
AGAIN_AFTER = timedelta(seconds=30)
"""When the next look comes after one that failed."""
OVERLAP = timedelta(minutes=15)
LONGEST = timedelta(minutes=2)
"""The longest one look takes. What it took in by then is known to the next one, which gets further."""
LEASE = LONGEST + timedelta(minutes=1)
LOOK = 5.0
"""Seconds between two looks at whether it is time."""
FORGOTTEN = timedelta(minutes=15)
"""So long without a look, nobody looks any more: no worker runs."""

log = structlog.get_logger()


class CatchesUp(Protocol):
    """A provider, as it is seen from here."""

    @property
    def name(self) -> str: ...

    async def catch_up(self, engine: Engine, municipality: str, since: datetime) -> None: ...


@dataclass
class Reconciler:
    """Looks at one provider's list of what one municipality was written."""

    municipality: str
    provider: CatchesUp
    me: UUID = field(default_factory=uuid4)

    async def look_after(self, engine: Engine, stop: asyncio.Event) -> None:
        """Until ``stop`` is set. Never raises for what a provider or the database may do."""
        while not stop.is_set():
            try:
                await self.once(engine)
            except NobodyKnows:
                return  # it lists nothing, today or tomorrow
            except Exception as error:  # noqa: BLE001  # the database is away, or we made a mistake: looked at again
                log.critical("not reconciled", error=type(error).__name__, where=where(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await stop.wait()

    async def once(self, engine: Engine) -> bool:
        """Look, if it is time and nobody else does; gives whether all of it was taken in.

        Raises NobodyKnows, database errors.
        """
        taken = await self._lease(engine)
        if taken is None:
            return False
        since, now = taken
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                await self.provider.catch_up(engine, self.municipality, since)
        except NobodyKnows:
            await self._put(engine, lease=None, next_look_at=func.now() + timedelta(days=1), seen_until_at=now)
            raise
        except (CannotAsk, Unavailable, TimeoutError) as error:
            await self._failed(engine, type(error).__name__)
            return False
        except Exception as error:  # noqa: BLE001  # our own mistake is told like the provider's, and looked at again
            log.critical("not reconciled", error=type(error).__name__, where=where(error))
            await self._failed(engine, type(error).__name__)
            return False
        next_look = func.now() + EVERY
        await self._put(engine, lease=None, next_look_at=next_look, seen_until_at=now, failed_since_at=None, error=None)
        return True

    async def _lease(self, engine: Engine) -> tuple[datetime, datetime] | None:
        """Since when to look, and what time it is; ``None``: not now, or not we."""
        async with engine.database.transaction() as connection:
            put = upsert(rows).values(municipality=self.municipality, provider=self.provider.name)
            await connection.execute(put.on_conflict_do_nothing())
            mine = (
                update(rows)
                .where(
                    rows.c.municipality == self.municipality,
                    rows.c.provider == self.provider.name,
                    rows.c.next_look_at <= func.now(),
                    or_(rows.c.lease.is_(None), rows.c.lease_until < func.now()),
                )
                .values(lease=self.me, lease_until=func.now() + LEASE)
                .returning(rows.c.seen_until_at, func.now())
            )
            row = (await connection.execute(mine)).one_or_none()
        return (row[0] - OVERLAP, row[1]) if row else None

    async def _failed(self, engine: Engine, error: str) -> None:
        log.warning("what was written cannot be listed", municipality=self.municipality, error=error)
        since = func.coalesce(rows.c.failed_since_at, func.now())
        await self._put(engine, lease=None, next_look_at=func.now() + AGAIN_AFTER, failed_since_at=since, error=error)

    async def _put(self, engine: Engine, **values: object) -> None:
        async with engine.database.transaction() as connection:
            await connection.execute(
                update(rows)
                .where(
                    rows.c.municipality == self.municipality,
                    rows.c.provider == self.provider.name,
                    rows.c.lease == self.me,
                )
                .values(**values)
            )


async def troubles(database: Database) -> dict[str, str]:
    """Where what people wrote cannot be looked for, and why, by municipality. Raises database errors."""
    forgotten = rows.c.next_look_at < func.now() - FORGOTTEN
    told = select(rows, forgotten.label("forgotten")).where(or_(rows.c.failed_since_at.is_not(None), forgotten))
    found: dict[str, str] = {}
    async with database.transaction() as connection:
        for row in await connection.execute(told.order_by(rows.c.municipality, rows.c.provider)):
            since = f"{row.failed_since_at or row.seen_until_at:%Y-%m-%d %H:%M} UTC"
            why = (
                f"nobody has asked {row.provider} for lost messages since {since}; start a worker"
                if row.forgotten
                else f"{row.provider} does not list what people wrote since {since} ({row.error})"
            )
            found[row.municipality] = "; ".join(filter(None, [found.get(row.municipality), why]))
    return found
