"""Which of a municipality's two SMS providers carries a message, and when traffic moves from one to the other.

The rules, as they are published: traffic leaves a provider that had more than 50 errors in 60 seconds, or of whose
messages of the last 15 minutes at least 15 % took more than 5 minutes to *delivered*; not again within 5 minutes of the
last move; and not at all when the other one is no better. What comes unasked goes by one provider at a time, whatever
its kind, and never by both. An answer goes from the number the person wrote to last, as long as that works.

Times are real. Where traffic goes stands in the database: every worker sees the same, before and after a restart.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import DATABASE_ERRORS, Database
from bot.engine import Engine
from bot.leaving.carriers import HasProviders
from bot.tables import outbox, provider_faults, written_to
from bot.tables import traffic as rows
from bot.turning import threads

MOST_ERRORS, ERRORS_WITHIN = 50, timedelta(seconds=60)
SLOW, SLOW_PERCENT, MESSAGES_WITHIN = timedelta(minutes=5), 15, timedelta(minutes=15)
NOT_AGAIN = timedelta(minutes=5)

RESTS = MESSAGES_WITHIN
"""How long a provider that traffic left does not even answer those who wrote to its number. After that it is tried by
them: figures older than this say nothing about it any more."""

log = structlog.get_logger()

# --- The rules --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """A provider's errors of the last minute, its messages of the last 15, and how many of those took too long."""

    errors: int = 0
    messages: int = 0
    slow: int = 0

    @property
    def in_trouble(self) -> bool:
        return self.errors > MOST_ERRORS or (self.slow > 0 and self.slow * 100 >= SLOW_PERCENT * self.messages)


@dataclass(frozen=True)
class Moved:
    """The last move: which provider was left, and when. ``None`` before the first one."""

    left: str | None = None
    at: datetime | None = None

    def within(self, time: timedelta, now: datetime) -> bool:
        return self.at is not None and now - self.at < time


def to_leave(order: Sequence[str], figures: Mapping[str, Figures], moved: Moved, now: datetime) -> str | None:
    """The provider that traffic is to leave now, if any."""
    troubled = [one for one in order if figures.get(one, Figures()).in_trouble]
    if len(troubled) == len(order) or moved.within(NOT_AGAIN, now):
        return None
    # One that was left, and still shows the figures it was left for, is left already.
    return next((one for one in troubled if one != moved.left or not moved.within(RESTS, now)), None)


def carries(order: Sequence[str], wrote_to: str | None, moved: Moved, now: datetime) -> str:
    """Who carries a message now. ``wrote_to``: whose number the person who is answered wrote to last."""
    resting = moved.left if moved.within(RESTS, now) else None
    if wrote_to is not None and wrote_to in order and wrote_to != resting:
        return wrote_to
    return next(one for one in order if one != moved.left or len(order) == 1)


# --- What they are applied to -----------------------------------------------------------------------------------------


async def choose(
    connection: AsyncConnection, municipality: str, order: Sequence[str], answers: bytes | None
) -> str | None:
    """Who carries a message now; ``None``: nobody can. ``answers``: the index of the address it is an answer to."""
    if len(order) < 2:
        return order[0] if order else None
    preferred: str | None = None
    if answers is not None:
        to = and_(written_to.c.municipality == municipality, written_to.c.address_index == answers)
        preferred = (await connection.execute(select(written_to.c.provider).where(to))).scalar_one_or_none()
    moved, now = await _moved(connection, municipality)
    return carries(order, preferred, moved, now)


async def goes_by(database: Database, municipality: str, order: Sequence[str]) -> str | None:
    """Who carries what comes unasked, to be told to people. Raises database errors."""
    async with database.transaction() as connection:
        return await choose(connection, municipality, order, None)


async def note_written_to(engine: Engine, municipality: str, address: str, provider: str, at: datetime | None) -> None:
    """Remember whose number a person wrote to, where there are several. ``at``: when she did (now, if not told).

    Goes before the message itself is taken in, so that its answer knows. Without a database neither happens.
    """
    carrier = engine.channels.get("sms")
    if carrier is None or not isinstance(carrier, HasProviders) or len(carrier.providers_of(municipality)) < 2:
        return
    with suppress(*DATABASE_ERRORS):
        index = threads.index_of(await engine.codec(municipality), "sms", address)
        put = upsert(written_to).values(
            municipality=municipality, address_index=index, provider=provider, written_at=at or func.now()
        )
        newer = put.on_conflict_do_update(
            index_elements=["municipality", "address_index"],
            set_={"provider": put.excluded.provider, "written_at": put.excluded.written_at},
            where=written_to.c.written_at <= put.excluded.written_at,
        )
        async with engine.database.transaction() as connection:
            await connection.execute(newer)


def business_time(engine: Engine, at: datetime | None) -> datetime | None:
    """When by business time a message came that came at ``at`` by real time; ``None``: now, like any."""
    return None if at is None else engine.clock() - max(datetime.now(UTC) - at, timedelta())


async def fault(connection: AsyncConnection, municipality: str, provider: str) -> None:
    """A try went wrong by the provider's own trouble: written with what became of the message, or not at all."""
    await connection.execute(insert(provider_faults).values(municipality=municipality, provider=provider))


async def look(engine: Engine, municipality: str, order: Sequence[str]) -> str | None:
    """Apply the rules once; gives the provider that was left now, if any. Any number of workers may look."""
    async with engine.database.transaction() as connection:
        # Whoever looks at the same moment waits here, and then sees what was moved.
        await connection.execute(upsert(rows).values(municipality=municipality).on_conflict_do_nothing())
        await connection.execute(select(rows).where(rows.c.municipality == municipality).with_for_update())
        moved, now = await _moved(connection, municipality)
        leave = to_leave(order, await figures(connection, municipality), moved, now)
        if leave is not None:
            await connection.execute(
                update(rows).where(rows.c.municipality == municipality).values(provider_left=leave, moved_at=now)
            )
            log.critical("traffic moved", municipality=municipality, left=leave)
        await connection.execute(
            delete(provider_faults).where(
                provider_faults.c.municipality == municipality,
                provider_faults.c.happened_at < func.now() - MESSAGES_WITHIN,
            )
        )
    return leave


async def figures(connection: AsyncConnection, municipality: str) -> dict[str, Figures]:
    """What is known of each provider now. What is not delivered yet takes as long as it has been on its way."""
    errors = await connection.execute(
        select(provider_faults.c.provider, func.count())
        .where(
            provider_faults.c.municipality == municipality,
            provider_faults.c.happened_at > func.now() - ERRORS_WITHIN,
        )
        .group_by(provider_faults.c.provider)
    )
    took = func.coalesce(outbox.c.delivered_at, func.now()) - outbox.c.handed_at
    slow = and_(took > SLOW, outbox.c.state.not_in(["failed", "dropped"]))
    messages = await connection.execute(
        select(outbox.c.provider, func.count(), func.count().filter(slow))
        .where(
            outbox.c.municipality == municipality,
            outbox.c.provider.is_not(None),
            outbox.c.handed_at > func.now() - MESSAGES_WITHIN,
        )
        .group_by(outbox.c.provider)
    )
    counted = {provider: Figures(messages=number, slow=slow) for provider, number, slow in messages}
    for provider, number in errors:
        of_it = counted.get(provider, Figures())
        counted[provider] = Figures(number, of_it.messages, of_it.slow)
    return counted


async def _moved(connection: AsyncConnection, municipality: str) -> tuple[Moved, datetime]:
    found = select(rows.c.provider_left, rows.c.moved_at).where(rows.c.municipality == municipality)
    row = (await connection.execute(found)).one_or_none()
    now = (await connection.execute(select(func.now()))).scalar_one()
    return (Moved(row.provider_left, row.moved_at) if row else Moved()), now
