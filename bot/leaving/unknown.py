"""Messages of which nobody knows whether they left: asked about, or as their kind declares; never sent again blind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Row, exists, func, select, update

from bot import messages
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.leaving import states
from bot.leaving.carriers import CannotAsk, Carrier, Letter, NobodyKnows, Outcome, Span
from bot.leaving.kinds import KINDS
from bot.leaving.settling import move, settle
from bot.leaving.states import RESENT, change, locked_row, thread_of
from bot.policies import NoPolicy
from bot.rendering import as_text
from bot.tables import outbox, sending
from bot.turning import threads
from bot.turning.dead_letters import hand_over_unread
from bot.turning.desk import Desk
from bot.turning.turns import take
from bot.watching.logs import where
from bot.watching.tally import NONE

LISTED_FROM, LISTED_UNTIL = timedelta(minutes=1), timedelta(minutes=15)
"""Around a try: a message that stands in no listing of this time did not go."""

STILL_FRESH = timedelta(minutes=15)
"""Where nobody can be asked, a message is sent once more only so soon after the try: later it would only confuse."""

GIVE_UP = timedelta(hours=24)

log = structlog.get_logger()


async def lost_leases(engine: Engine) -> None:
    """Whoever was sending these is dead: whether they went is unknown."""
    async with engine.database.transaction() as connection:
        rows = (
            await connection.execute(
                select(outbox)
                .where(outbox.c.state == "sending", outbox.c.lease_until < func.now())
                .order_by(outbox.c.lease_until)
                .limit(100)
            )
        ).all()
    for row in rows:
        log.warning("lease lost", municipality=row.municipality)
        async with _holding_up_no_other(engine, row):
            await settle(engine, row.municipality, row.id, Outcome("unknown"), lease=row.lease)


async def look_up_one(engine: Engine) -> bool:
    """Ask the provider about the next message nobody knows about. ``False``: there is none."""
    one = (
        select(outbox.c.id)
        .where(outbox.c.state == "unknown", outbox.c.next_try_at <= func.now(), ~exists().where(sending.c.paused))
        .order_by(outbox.c.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    asking = update(outbox).where(outbox.c.id == one).values(next_try_at=func.now() + states.LEASE).returning(outbox)
    async with engine.database.transaction() as connection:
        row = (await connection.execute(asking)).one_or_none()
    if row is None:
        return False
    async with _holding_up_no_other(engine, row):
        await _look_up(engine, row)
    return True


async def _look_up(engine: Engine, row: Row[Any]) -> None:
    carrier = engine.channels.get(row.channel)
    if carrier is not None and not carrier.can_be_asked:
        await _as_declared(engine, row)
        return
    try:
        outcome = await _looked_up(engine, carrier, row) if carrier else None
    except NobodyKnows:
        await _as_declared(engine, row)
        return
    if outcome is not None:
        await settle(engine, row.municipality, row.id, outcome)


@asynccontextmanager
async def _holding_up_no_other(engine: Engine, row: Row[Any]) -> AsyncIterator[None]:
    """One that cannot be opened, or whose thread cannot, is looked at again later; when it is old, staff look at it."""
    try:
        yield
    except DATABASE_ERRORS:
        raise
    except NoPolicy:
        log.warning("nobody knows the policy", municipality=row.municipality)
    except Exception as error:  # noqa: BLE001  # our own mistake with this one message
        log.critical("not looked up", kind=row.kind, error=type(error).__name__, where=where(error))
        if datetime.now(UTC) - (row.tried_at or row.created_at) > STILL_FRESH:
            await take(engine, row.municipality, partial(_give_up_unread, row=row))
        else:
            # Behind the others.
            again = update(outbox).where(outbox.c.id == row.id, outbox.c.state == "sending")
            async with engine.database.transaction() as connection:
                await connection.execute(again.values(lease_until=func.now() + states.LEASE))


async def _give_up_unread(desk: Desk, row: Row[Any]) -> None:
    given_up = update(outbox).where(outbox.c.id == row.id, outbox.c.state.in_(["sending", "unknown"]))
    values = {"state": "given-up", "lease": None, "lease_until": None}
    if (await desk.connection.execute(given_up.values(**values))).rowcount:
        await desk.move_line_of(row.thread, row.id, "given-up")
        await hand_over_unread(desk, row.thread, row.id, kept=False)
        told = {"language": NONE, "kind": row.kind, "word": "given-up"}
        desk.counted.append(lambda engine: engine.counts("messages", row.channel, row.municipality, **told))


async def _as_declared(engine: Engine, row: Row[Any]) -> None:
    """Nobody can be asked: the message's kind says whether to send it once more, or to let staff look.

    Only while it is fresh: after a restore, what was to be sent before is for staff.
    """
    fresh = row.tried_at is not None and datetime.now(UTC) - row.tried_at < STILL_FRESH
    once_more = KINDS[row.kind].unknown == "resend-once" and row.reason != RESENT and fresh

    async def begin(desk: Desk) -> None:
        thread = await thread_of(desk, row.id)
        current = await locked_row(desk.connection, row.id)
        if thread is None or current is None or current.state != "unknown":
            return
        await move(desk, thread, current, Outcome("pending" if once_more else "given-up"))
        if once_more:
            await change(desk, row.id, reason=RESENT)

    await take(engine, row.municipality, begin)


async def _looked_up(engine: Engine, carrier: Carrier, row: Row[Any]) -> Outcome | None:
    letter, known = await _as_tried(engine, row)
    now = datetime.now(UTC)
    # After a restore also what was never tried is unknown: it may have gone at any time since it was written.
    span = Span((row.tried_at or row.created_at) - LISTED_FROM, row.tried_at + LISTED_UNTIL if row.tried_at else now)
    try:
        found = await carrier.look_up(letter, span, known)
    except NobodyKnows:
        raise
    except CannotAsk as error:
        log.warning("cannot ask", channel=row.channel, error=str(error))
        return Outcome("given-up") if now > span.until + GIVE_UP else None
    return found or (Outcome("pending") if now >= span.until else None)


async def _as_tried(engine: Engine, row: Row[Any]) -> tuple[Letter, frozenset[str]]:
    """A message as it was (or would have been) sent, and the provider's references of the others of its thread."""
    codec = await engine.codec(row.municipality)
    async with engine.database.transaction() as connection:
        thread = (await threads.lock_threads(connection, codec, [row.thread]))[row.thread]
        others = await connection.execute(
            select(outbox.c.provider_ref).where(
                outbox.c.thread == row.thread, outbox.c.id != row.id, outbox.c.provider_ref.is_not(None)
            )
        )
        known = frozenset(others.scalars())
    if row.text is not None:
        text = codec.open(row.text, "outbox", "text", row.id).decode()
    else:
        message = messages.load_outgoing(codec.open(row.message, "outbox", "message", row.id))
        text = as_text(message, message.language or thread.state.language or "sv", plain=thread.channel == "sms")
    return Letter(row.id, row.municipality, thread.address, text, provider=row.provider), known
