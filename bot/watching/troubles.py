"""What is wrong now, in words for whoever looks after us: loops that are silent, feeds that stand still, slow texts.

Every process looks, the web server too, so that the silence of all workers is heard. What is found twice in a row is
told in the log once when it begins and once when it ends, whichever process saw it. The times are real, except for
what is due by business time.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.leaving import limits
from bot.listening import Listens
from bot.tables import (
    calls,
    erasures,
    heartbeats,
    inbox,
    outbox,
    papers,
    policies,
    receipts,
    sending,
    telegram_bots,
    timers,
)
from bot.tables import troubles as told
from bot.watching.logs import where
from bot.watching.pulse import feed_of

LOOK = 20.0
"""Seconds between two looks, and between two lines of the pulse."""

SILENT = timedelta(minutes=3)
"""How long a loop or a feed may be silent: longer than any of them waits for a provider, a backend or a database."""

FORGOTTEN = timedelta(hours=1)
LATE = timedelta(minutes=2)
"""How late a timer may be, and how long something that came in may wait for its turn."""

REPLY_WAITS = timedelta(seconds=60)
CALL_WAITS = timedelta(minutes=5)
PAPER_WAITS = timedelta(minutes=10)
ERASURE_WAITS = timedelta(hours=1)
POLICY_OLD = timedelta(minutes=15)

SLOW, SLOW_WITHIN, SLOW_FEWEST = timedelta(minutes=5), timedelta(minutes=15), 5
"""Deliveries are slow when one of ten took longer than this, of those confirmed lately; fewer tell nothing."""

UNCONFIRMED, UNCONFIRMED_WITHIN, UNCONFIRMED_FEWEST = timedelta(minutes=15), timedelta(minutes=75), 3
"""A message *sent* for so long is unconfirmed; when it is half of them and at least so many, the receipts are missing.
A single telephone may be switched off."""

FILTERED_WITHIN, FILTERED_FEWEST = timedelta(hours=1), 3
"""Operators take our texts for unwanted when their filters stopped so many lately: one is about its words, several are
about who sends them."""

log = structlog.get_logger()

Troubles = Mapping[str, str]
"""What is wrong: a short name that stays the same, and the words."""


async def find(engine: Engine) -> Troubles:
    """Everything that is wrong now. Raises database errors."""
    found: dict[str, str] = {}
    async with engine.database.reading() as connection:
        for look in (_loops, _came_in, _goes_out, _confirmed, _filtered, _backend):
            found |= await look(engine, connection)
    for municipality, spent in (await limits.alarms(engine.database, engine.settings.limits, engine.clock())).items():
        found[f"budget for texts: {municipality}"] = f"Texts of {municipality}: {spent}."
    for channel in engine.channels.values():
        if isinstance(channel, Listens):
            for municipality, why in (await channel.trouble(engine)).items():
                found[f"{channel.name} of {municipality}"] = f"{channel.name} of {municipality} stands still: {why}."
    return found


async def _loops(engine: Engine, connection: AsyncConnection) -> Troubles:
    alive = await connection.execute(
        select(heartbeats, (func.now() - heartbeats.c.worked_at).label("silent")).where(
            heartbeats.c.beat_at > func.now() - SILENT
        )
    )
    loops = alive.all()
    if not loops:
        return {"no worker": "No worker runs: nothing is sent, collected, reminded or tried again."}
    feeds = {feed_of(municipality) for municipality in engine.settings.municipalities}
    found = {}
    for loop in loops:
        if loop.loop not in feeds and loop.silent > SILENT:
            failing = f" and fails ({loop.error})" if loop.error else ""
            found[f"loop {loop.loop}"] = f"The loop '{loop.loop}' has not come round for {_time(loop.silent)}{failing}."
    for feed in feeds:
        silent = min((loop.silent for loop in loops if loop.loop == feed), default=None)
        if silent is not None and silent > SILENT:
            found[feed] = f"The {feed} has not been heard for {_time(silent)}: its backend does not answer."
    return found


async def _came_in(engine: Engine, connection: AsyncConnection) -> Troubles:
    found = {}
    waits_long = and_(papers.c.state != "stuck", papers.c.created_at < func.now() - PAPER_WAITS)
    waits = await _one(
        connection,
        select(func.count().label("number"), func.max(func.now() - inbox.c.created_at).label("longest")).where(
            inbox.c.state == "pending", inbox.c.thread.is_not(None), inbox.c.created_at < func.now() - LATE
        ),
    )
    if waits.number:
        found["inbox waits"] = (
            f"{waits.number} that came in wait for their turn, the oldest for {_time(waits.longest)}."
        )
    held = await _one(
        connection,
        select(
            func.count().filter(papers.c.state == "stuck").label("stuck"),
            func.count().filter(waits_long).label("waiting"),
            func.max(func.now() - papers.c.created_at).filter(waits_long).label("longest"),
        ).where(papers.c.state.in_(["there", "here", "stuck"])),
    )
    if held.stuck:
        found["papers stuck"] = f"Papers that lie here sealed, for the backend refuses them: {held.stuck}. See its log."
    if held.waiting:
        found["papers wait"] = f"Papers not handed in yet: {held.waiting}, the oldest for {_time(held.longest)}."
    stand = await _one(
        connection,
        select(func.count().label("number"), func.max(func.now() - erasures.c.created_at).label("longest")).where(
            erasures.c.created_at < func.now() - ERASURE_WAITS
        ),
    )
    if stand.number:
        found["not erased"] = (
            f"Messages whose secrets still stand at their provider, and papers: {stand.number}, the oldest for "
            f"{_time(stand.longest)}. It is tried for two days."
        )
    now = engine.clock()
    late = await _one(
        connection,
        select(func.count().label("number"), func.min(timers.c.at).label("first")).where(timers.c.at < now - LATE),
    )
    if late.number:
        found["timers late"] = f"{late.number} timers are late, the first by {_time(now - late.first)}."
    return found


async def _goes_out(engine: Engine, connection: AsyncConnection) -> Troubles:
    if await connection.scalar(select(exists().where(sending.c.paused))):
        return {"sending paused": "Nothing is sent since a restore: look at what waits, then run imorgon resume."}
    found = {}
    waiting = await connection.execute(
        select(
            outbox.c.channel,
            outbox.c.municipality,
            func.count().label("number"),
            func.max(func.now() - outbox.c.created_at).label("longest"),
        )
        .where(
            outbox.c.state.in_(["pending", "sending"]),
            ~outbox.c.proactive,
            outbox.c.retry_of.is_(None),  # put off on purpose
            outbox.c.created_at < func.now() - REPLY_WAITS,
            or_(outbox.c.start.is_(None), outbox.c.start <= engine.clock()),
        )
        .group_by(outbox.c.channel, outbox.c.municipality)
    )
    for row in waiting:
        found[f"replies wait: {row.channel} of {row.municipality}"] = (
            f"{row.number} replies by {row.channel} of {row.municipality} wait to be sent, "
            f"the oldest for {_time(row.longest)}."
        )
    unattended = await connection.execute(
        select(telegram_bots.c.municipality).where(
            telegram_bots.c.stopped.is_(None), telegram_bots.c.lease_until < func.now() - SILENT
        )
    )
    for municipality in unattended.scalars():
        found[f"telegram unattended: {municipality}"] = f"No worker looks after the Telegram bot of {municipality}."
    return found


async def _confirmed(_: Engine, connection: AsyncConnection) -> Troubles:
    found, reported = {}, outbox.alias("reported")
    took = receipts.c.received_at - outbox.c.tried_at
    slow = await connection.execute(
        select(
            outbox.c.channel,
            outbox.c.municipality,
            func.percentile_disc(0.9).within_group(took).label("took"),
        )
        .join(outbox, outbox.c.id == receipts.c.outbox)
        .where(
            receipts.c.received_at > func.now() - SLOW_WITHIN,
            receipts.c.status.in_(["delivered", "read"]),
            outbox.c.tried_at.is_not(None),
        )
        .group_by(outbox.c.channel, outbox.c.municipality)
        .having(func.count() >= SLOW_FEWEST)
    )
    for row in slow:
        if row.took > SLOW:
            found[f"slow: {row.channel} of {row.municipality}"] = (
                f"Messages by {row.channel} of {row.municipality} arrive slowly: one of ten took "
                f"{_time(row.took)} or more in the last {_time(SLOW_WITHIN)}."
            )
    lately = func.now() - UNCONFIRMED_WITHIN
    confirmed = (
        select(func.count(receipts.c.outbox.distinct()))
        .join(reported, reported.c.id == receipts.c.outbox)
        .where(
            receipts.c.received_at > lately,
            reported.c.state.in_(["delivered", "failed"]),
            reported.c.channel == outbox.c.channel,
            reported.c.municipality == outbox.c.municipality,
        )
        .scalar_subquery()
    )
    unconfirmed = await connection.execute(
        select(outbox.c.channel, outbox.c.municipality, func.count().label("number"), confirmed.label("confirmed"))
        .where(outbox.c.state == "sent", outbox.c.tried_at.between(lately, func.now() - UNCONFIRMED))
        .group_by(outbox.c.channel, outbox.c.municipality)
    )
    for row in unconfirmed:
        if row.number >= UNCONFIRMED_FEWEST and row.number >= row.confirmed:
            found[f"no receipts: {row.channel} of {row.municipality}"] = (
                f"{row.number} messages sent by {row.channel} of {row.municipality} have had no receipt for "
                f"{_time(UNCONFIRMED)} or more: do the provider's reports reach us?"
            )
    return found


async def _filtered(_: Engine, connection: AsyncConnection) -> Troubles:
    stopped = await connection.execute(
        select(outbox.c.provider, outbox.c.municipality, func.count(outbox.c.thread.distinct()).label("number"))
        .where(outbox.c.handed_at > func.now() - FILTERED_WITHIN, outbox.c.why == "filtered")
        .group_by(outbox.c.provider, outbox.c.municipality)
        .having(func.count(outbox.c.thread.distinct()) >= FILTERED_FEWEST)
    )
    return {
        f"filtered: {row.provider} of {row.municipality}": (
            f"Filters of operators stopped texts of {row.municipality} to {row.number} numbers in the last "
            f"{_time(FILTERED_WITHIN)}: ask {row.provider} to have them passed."
        )
        for row in stopped
    }


async def _backend(engine: Engine, connection: AsyncConnection) -> Troubles:
    found = {}
    waiting = await connection.execute(
        select(
            calls.c.municipality,
            func.count().label("number"),
            func.max(func.now() - calls.c.created_at).label("longest"),
        )
        .where(calls.c.state.in_(["pending", "calling"]), calls.c.created_at < func.now() - CALL_WAITS)
        .group_by(calls.c.municipality)
    )
    for row in waiting:
        found[f"calls wait: {row.municipality}"] = (
            f"{row.number} calls wait for the backend of {row.municipality}, the oldest for {_time(row.longest)}."
        )
    fresh = await connection.execute(
        select(policies.c.municipality, (func.now() - policies.c.fetched_at).label("age")).where(
            policies.c.municipality.in_(engine.settings.municipalities),
            policies.c.fetched_at < func.now() - POLICY_OLD,
        )
    )
    for row in fresh:
        found[f"policy old: {row.municipality}"] = (
            f"What {row.municipality} decided was last fetched {_time(row.age)} ago; what we know goes on being used."
        )
    return found


async def _one(connection: AsyncConnection, question: Any) -> Any:
    return (await connection.execute(question)).one()


def _time(span: timedelta) -> str:
    """A span as it is said: ``40 seconds``, ``12 minutes``, ``5 hours``, ``3 days``."""
    for unit, most in (("second", 120), ("minute", 120), ("hour", 48)):
        size = {"second": 1, "minute": 60, "hour": 3600}[unit]
        if span.total_seconds() < most * size:
            number = int(span.total_seconds() // size)
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{span.days} days"


# --- Watching ---------------------------------------------------------------------------------------------------------


async def watch(engine: Engine, stop: asyncio.Event) -> None:
    """Write down the pulse and the figures of this process, look for troubles, and tell them, until stopped."""
    before: frozenset[str] = frozenset()
    while not stop.is_set():
        try:
            before = await look(engine, before)
        except Exception as error:  # noqa: BLE001  # the database is down, or we made a mistake: the work goes on
            log.critical("not watched", error=type(error).__name__, where=where(error))
        try:
            async with asyncio.timeout(LOOK):
                await stop.wait()
        except TimeoutError:
            continue
    try:
        await engine.tally.write_down(engine.database)
    except DATABASE_ERRORS as error:
        log.warning("not written down", error=type(error).__name__)


async def look(engine: Engine, before: frozenset[str]) -> frozenset[str]:
    """One round. ``before``: what was found in the round before; gives what was found in this one."""
    await engine.pulse.write_down(engine.database)
    await engine.tally.write_down(engine.database)
    found = await find(engine)
    sure = [{"name": name, "words": words} for name, words in found.items() if name in before]
    async with engine.database.transaction() as connection:
        begun = []
        if sure:
            put = upsert(told).values(sure).on_conflict_do_nothing().returning(told.c.name, told.c.words)
            begun = list((await connection.execute(put)).all())
        over = delete(told).where(told.c.name.not_in(list(found))).returning(told.c.name, told.c.since_at, func.now())
        ended = list((await connection.execute(over)).all())
        await connection.execute(delete(heartbeats).where(heartbeats.c.beat_at < func.now() - FORGOTTEN))
    for name, words in begun:
        log.critical("trouble begins", trouble=name, why=words)
    for name, since, now in ended:
        log.critical("trouble is over", trouble=name, lasted=_time(now - since))
    return frozenset(found)
