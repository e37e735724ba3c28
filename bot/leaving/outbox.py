"""What we say, on its way: each message whose time has come is looked at once more, taken under its thread's lock, and
sent once.

Within a turn the order is kept always; between turns a message in trouble holds the later ones of its thread for 60
seconds at most (:mod:`bot.leaving.queue`). Its states: :mod:`bot.leaving.states`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Row, func, update

from bot import messages
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.gathering import Gathering
from bot.leaving import quick_claim, quick_settle
from bot.leaving.carriers import Carrier, HasButtons, Letter, Outcome, has_buttons
from bot.leaving.claiming import Claimed, claim, drop_late
from bot.leaving.queue import Places, wake
from bot.leaving.quick_claim import Candidate, Took
from bot.leaving.quick_settle import Left
from bot.leaving.settling import LONGEST_PAUSE, settle
from bot.leaving.states import LEFT
from bot.leaving.still_true import still_true
from bot.tables import outbox, sending
from bot.text import N_, say
from bot.watching.logs import where

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the tries of what only we can do; all of them fit into a lease."""

UNLESS = N_("This holds if you have not heard otherwise from us.")

T = TypeVar("T")

log = structlog.get_logger()


async def resume(engine: Engine) -> None:
    """Let messages leave again after a restore. What may have left before is asked about first."""
    async with engine.database.transaction() as connection:
        await connection.execute(update(sending).values(paused=False))
    engine.wake("outbox")


async def send_one(engine: Engine, busy: set[UUID]) -> bool:
    """Send the next message whose time has come. ``busy``: threads this process is sending to. ``False``: none."""
    found, more = await next_to_leave(engine, busy)
    for candidate in found:
        busy.add(candidate.thread)
        await send(engine, candidate, busy)
    return bool(found) or more


async def send(engine: Engine, candidate: Row[Any], busy: set[UUID]) -> None:
    """Send a message if its time has really come. Its thread is busy until then."""
    try:
        await _send(engine, candidate)
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001  # our own mistake with this one message holds up no other
        log.critical("not sent", kind=candidate.kind, error=type(error).__name__, where=where(error))
        await _wait(engine, candidate, LONGEST_PAUSE)
    finally:
        busy.discard(candidate.thread)


async def _send(engine: Engine, candidate: Row[Any]) -> None:
    codec = await engine.codec(candidate.municipality)
    message = messages.load_outgoing(codec.open(candidate.message, "outbox", "message", candidate.id))
    holds = await still_true(engine, candidate, message)
    if holds == "unanswered":
        await _wait(engine, candidate, 15.0)
        return
    if holds == "unsure" and message.tail is None:
        message = replace(message, tail=say(UNLESS))
    claimed = await _claim(engine, Candidate(candidate, message, holds))
    if claimed is not None:
        carrier = engine.channels[claimed.thread.channel]
        outcome = await _carry(carrier, claimed.letter)
        await _write_down(engine, claimed, outcome)
        if outcome.state in LEFT and candidate.heard_at is not None:
            took = (engine.clock() - candidate.heard_at).total_seconds()
            engine.tally.waited(candidate.municipality, claimed.thread.channel, claimed.letter.language, took)
        if outcome.state in LEFT and has_buttons(carrier):
            await _tidy(engine, carrier, claimed)


async def _claim(engine: Engine, candidate: Candidate) -> Claimed | None:
    """Take it to send it, together with others if it can be; ``None``: not now, or never.

    A claim that was committed but not answered is found by its lease, under the thread's lock: else nobody would know
    any more that it was not sent.
    """
    gathering: Gathering[Candidate, Took] = engine.gatherings.setdefault(
        "claims", Gathering(partial(quick_claim.claim, engine))
    )
    took = await gathering.do(candidate)
    if took is not None:
        return took.claimed
    alone = partial(claim, engine, candidate.row, candidate.message, candidate.holds, candidate.lease)
    return await _patiently(alone, "not claimed yet")


async def _write_down(engine: Engine, claimed: Claimed, outcome: Outcome) -> None:
    """Settle what we alone know: else it would be unknown."""
    gathering: Gathering[Left, bool] = engine.gatherings.setdefault(
        "settled", Gathering(partial(quick_settle.settle, engine))
    )
    if await gathering.do(Left(claimed, outcome)):
        return
    letter = claimed.letter
    alone = partial(settle, engine, letter.municipality, letter.id, outcome, lease=claimed.lease)
    await _patiently(alone, "not written down yet")


async def _patiently(work: Callable[[], Awaitable[T]], told: str) -> T:
    """Do what only we can do, also when the database is away for a moment. Raises database errors in the end."""
    for pause in PAUSES:
        try:
            return await work()
        except DATABASE_ERRORS as error:
            log.warning(told, error=type(error).__name__)
            await asyncio.sleep(pause)
    return await work()


async def _tidy(engine: Engine, carrier: HasButtons, claimed: Claimed) -> None:
    """An old button answers nothing; now that something newer stands below, it goes. What fails is tried next time."""
    letter = claimed.letter
    for row, reference in claimed.answered:
        if await carrier.take_buttons_away(letter.municipality, letter.address, reference):
            async with engine.database.transaction() as connection:
                await connection.execute(update(outbox).where(outbox.c.id == row).values(buttons=None))


async def _carry(carrier: Carrier, letter: Letter) -> Outcome:
    if carrier.read_here:
        return Outcome("delivered")
    try:
        return await carrier.send(letter)
    except Exception as error:  # noqa: BLE001  # a channel's mistake: whether it sent before it fell is unknown
        log.critical("channel raised", channel=carrier.name, error=type(error).__name__, where=where(error))
        return Outcome("unknown")


async def next_to_leave(
    engine: Engine, busy: Collection[UUID], most: int = 1, places: Mapping[str, Places] | None = None
) -> tuple[Sequence[Row[Any]], bool]:
    """The messages whose turn it is, at most so many; and whether to look again at once.

    ``places``: how many of a channel have place at the moment; any number of those not named.
    """
    found = await engine.queue.next(engine.database, engine.settings.paces, busy, most=most, places=places or {})
    if found.rows:
        return found.rows, True
    if await wake(engine.database, engine.clock()):
        return (), True
    await asyncio.sleep(found.again_in or 0)
    return (), found.again_in is not None


async def _wait(engine: Engine, row: Row[Any], seconds: float) -> None:
    """Leave a row alone for a while; what can no longer arrive in time is dropped."""
    if engine.clock() > row.deadline:
        await drop_late(engine, row)
        return
    async with engine.database.transaction() as connection:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id == row.id, outbox.c.state == "pending")
            .values(
                next_try_at=func.now() + timedelta(seconds=seconds),
                holds_since=func.coalesce(outbox.c.holds_since, func.now()),
            )
        )
