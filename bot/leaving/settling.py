"""What became of a message that left: what its carrier answered, what is reported later, what a press proves."""

import random
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.contract import Channel
from bot import messages
from bot.engine import Engine
from bot.leaving import traffic
from bot.leaving.carriers import Outcome
from bot.leaving.ceilings import AboveCeiling
from bot.leaving.fallback import cut_off, got_through, is_overtaken, lost, refused_by_person
from bot.leaving.kinds import KINDS
from bot.leaving.states import change, locked_row, may_move, thread_of
from bot.leaving.unreached import hand_over, hold
from bot.messages import Outgoing, Went
from bot.tables import outbox, receipts
from bot.turning import threads
from bot.turning.counting import count_message
from bot.turning.desk import Desk, Happening
from bot.turning.threads import LockedThread
from bot.turning.turns import take

LONGEST_PAUSE = 60.0  # seconds between two tries

ASK_AGAIN = timedelta(seconds=20)
"""How long a message nobody knows about is left alone before somebody is asked, or its kind decides."""

ONE_MORE_AFTER = timedelta(minutes=10)
"""How long after a failure that one later try may mend that try comes: in a row of its own."""

log = structlog.get_logger()


async def settle(
    engine: Engine, municipality: str, message: UUID, outcome: Outcome, *, lease: UUID | None = None
) -> None:
    """Move a message to what is now known of it. ``lease``: only if this try is still ours.

    The first time a proactive question has left, it becomes the open question, in the same transaction.
    """

    async def begin(desk: Desk) -> Happening | None:
        thread = await thread_of(desk, message)
        row = await locked_row(desk.connection, message)
        if thread is None or row is None or (lease is not None and row.state == "sending" and row.lease != lease):
            return None
        # Settled anew, because nobody told us that it was, it is the same fault.
        if outcome.fault and row.provider is not None and lease in (None, row.lease):
            await traffic.fault(desk.connection, municipality, row.provider)
        return await move(desk, thread, row, outcome)

    await take(engine, municipality, begin)


async def move(desk: Desk, thread: LockedThread, row: Row[Any], outcome: Outcome) -> Happening | None:
    """Move a row, locked as its thread is, and do what follows from it. What is no move forward changes nothing."""
    if not may_move(row.state, outcome.state, tried=row.attempts > 0):
        return None
    outgoing = messages.load_outgoing(desk.codec.open(row.message, "outbox", "message", row.id))
    await change(desk, row.id, **_settled(row, outcome))
    await desk.move_line(thread, row.id, outcome.state)
    desk.rings.add("outbox")
    desk.counted.append(
        partial(count_message, thread=thread, kind=row.kind, state=outcome.state, provider=row.provider)
    )
    if outcome.wait is not None:
        await hold(desk, thread, outcome.wait)
    refused = await _of_the_place(desk, thread, row, outcome)
    if outcome.state == "given-up":
        await hand_over(desk, thread, "undelivered", row.id, entry=row.entry)
    elif outcome.state == "failed" and outcome.once_more and row.retry_of is None:
        await _once_more(desk, thread, row, outgoing)
    elif outcome.state == "failed" and not (refused and KINDS[row.kind].fallback == "none"):
        await lost(desk, thread, row, outgoing)
    if outcome.state not in ("sent", "delivered") or row.state == "sent":
        return None
    asks = went(row.id, outgoing)
    return Happening(thread, asks, desk.engine.clock()) if asks is not None else None


async def _of_the_place(desk: Desk, thread: LockedThread, row: Row[Any], outcome: Outcome) -> bool:
    """What this tells of where it was to go: nothing gets there, or something did. ``True``: she refuses it herself."""
    if outcome.state == "delivered":
        await got_through(desk, thread, row)
    elif not (outcome.opted_out or outcome.no_way):
        return False
    elif await is_overtaken(desk, thread, row, stopped=outcome.opted_out):
        log.info("said too late", kind=row.kind, code=outcome.code)
        return False
    elif outcome.opted_out:
        await refused_by_person(desk, thread, entry=row.entry)
    else:
        await cut_off(desk, thread, entry=row.entry)
    return outcome.opted_out


def went(message: UUID, outgoing: Outgoing) -> Went | None:
    """What a thread is told when a message that asks something unasked has left it."""
    if not KINDS[outgoing.kind].proactive or not outgoing.ask or outgoing.question is None:
        return None
    return Went(message, outgoing.question, outgoing.ask, outgoing.reference, outgoing.until)


def _settled(row: Row[Any], outcome: Outcome) -> dict[str, Any]:
    """What is written of a message whose outcome is known."""
    values: dict[str, Any] = {"state": outcome.state, "lease": None, "lease_until": None}
    if outcome.reference:
        values["provider_ref"] = outcome.reference
    if outcome.code:
        values["provider_code"] = outcome.code
    if outcome.state == "pending":
        # What proved absent may go at once; what the provider put off is given a pause.
        proven_absent = row.state == "unknown"
        pause = timedelta(seconds=0 if proven_absent else _pause(row.attempts))
        values["next_try_at"] = func.now() + max(pause, outcome.wait or timedelta())
    elif outcome.state == "unknown":
        values["next_try_at"] = func.now() + ASK_AGAIN
    elif outcome.state == "delivered":
        values["delivered_at"] = func.now()
    elif outcome.state == "failed":
        values["why"] = outcome.why or "unknown"
    return values


async def _once_more(desk: Desk, thread: LockedThread, row: Row[Any], outgoing: Outgoing) -> None:
    again = replace(outgoing, deadline=row.deadline)
    try:
        await desk.write_message(thread, uuid4(), again, retry_of=row.id, wait=ONE_MORE_AFTER, epoch=row.epoch)
    except AboveCeiling:
        log.warning("not tried again", kind=row.kind, reason="ceiling")


async def receive_receipt(
    engine: Engine, message: UUID, outcome: Outcome, status: str, *, provider: str | None = None
) -> bool:
    """What the provider reports of one of our messages. Kept; the message moves if that is forward.

    ``False``: we have no such message. ``outcome.reference`` is the provider's own id of it. ``provider``: who reports;
    one that does not carry the message any more can say that it arrived after all, and nothing else.
    """
    found = select(outbox.c.municipality, outbox.c.state, outbox.c.attempts).where(outbox.c.id == message)
    async with engine.database.transaction() as connection:
        known = (await connection.execute(found)).one_or_none()
        if known is None:
            return False
        put = upsert(receipts).values(
            municipality=known.municipality,
            outbox=message,
            provider_ref=outcome.reference or "",
            status=status,
            code=outcome.code,
        )
        # States move forward only: what moves nothing now never will, and is only kept.
        if not may_move(known.state, outcome.state, tried=known.attempts > 0):
            await connection.execute(put.on_conflict_do_nothing())
            return True

    async def begin(desk: Desk) -> Happening | None:
        thread = await thread_of(desk, message)
        row = await locked_row(desk.connection, message)
        if not (await desk.connection.execute(put.on_conflict_do_nothing())).rowcount:
            return None
        theirs = provider is None or row is None or row.provider in (None, provider)
        if not theirs and outcome.state != "delivered":
            return None
        return await move(desk, thread, row, outcome) if thread and row else None

    await take(engine, known.municipality, begin)
    return True


async def pressed(engine: Engine, whose: tuple[str, Channel, str], token: str, reference: str) -> None:
    """A button of this question was pressed, so its message has arrived. ``whose``: municipality, channel, address.

    ``reference`` is the provider's id of the message. Where there are no receipts, this is the one we get.
    """
    municipality, channel, address = whose
    thread = await threads.find(engine, municipality, channel, address)
    if thread is None:
        return
    unsettled = outbox.c.state.in_(["sending", "unknown", "pending", "given-up"])
    async with engine.database.transaction() as connection:
        found = select(outbox.c.id).where(outbox.c.thread == thread, outbox.c.buttons == token, unsettled)
        # Asked again while nobody knew of the first time, it stands there twice: pressed is what she saw last.
        message = (await connection.execute(found.order_by(outbox.c.seq.desc()).limit(1))).scalar_one_or_none()
    if message is not None:
        await settle(engine, municipality, message, Outcome("delivered", reference=reference))


def _pause(attempts: int) -> float:
    return min(LONGEST_PAUSE, 2.0 ** min(attempts, 10)) * random.uniform(0.5, 1.0)  # noqa: S311  # spread, not secrecy
