"""Before a message leaves: looked at once more under its thread's lock, then taken to be sent, put off or dropped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any, Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Row, and_, func, select, update

from backend.contract import NotArrived, Policy
from bot import messages
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.leaving import limits, states, traffic
from bot.leaving.carriers import HasButtons, HasProviders, Letter
from bot.leaving.ceilings import AboveCeiling, guard_ceiling
from bot.leaving.fallback import lost
from bot.leaving.held import HELD, hold_back, is_held, still_fits
from bot.leaving.hours import may_leave_at
from bot.leaving.kinds import A_DAY, KINDS, OF_A_KIND
from bot.leaving.rates import take_token
from bot.leaving.sending import AWAKE
from bot.leaving.states import RESENT, change, locked_row
from bot.leaving.unreached import hand_over, keep_pace, tell_of_number, waits_for_owner
from bot.messages import Outgoing
from bot.policies import NoPolicy, may_use
from bot.rendering import as_text
from bot.tables import entries, outbox
from bot.text import segments
from bot.turning import threads
from bot.turning.counting import count_message
from bot.turning.dead_letters import hand_over_unread
from bot.turning.desk import Desk
from bot.turning.threads import LockedThread
from bot.turning.turns import take
from bot.watching.logs import where
from bot.watching.tally import NONE

ABROAD: Literal["abroad"] = "abroad"
"""Why nothing leaves to a number outside the prefixes that texts may go to."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Claimed:
    """A row that is ours to send until the lease ends."""

    thread: LockedThread
    letter: Letter
    lease: UUID
    answered: tuple[tuple[UUID, str], ...] = ()
    """Earlier messages of the thread whose buttons still stand though their question is behind: row and reference."""


async def claim(engine: Engine, row: Row[Any], message: Outgoing, holds: str, lease: UUID) -> Claimed | None:
    """Look at everything once more under the thread's lock, then take the row to send it, or drop it.

    ``lease``: ours for this try, however often it is claimed: where it stands already, the claim was committed before
    and its answer was lost. Nobody else sends it; but time has gone by, so it is looked at like any other, and leaves
    as it was taken or is put back.
    """
    claimed: Claimed | None = None
    token = False

    async def begin(desk: Desk) -> None:
        nonlocal claimed, token
        claimed = None
        thread = await desk.lock_thread(row.thread)
        current = await locked_row(desk.connection, row.id)
        taken = current is not None and current.state == "sending" and current.lease == lease
        if current is None or not (taken or current.state == "pending"):
            engine.queue.taken_by_another()
            return
        if taken:
            await _put_back(desk, current, thread)
        if not await _looked_at(desk, current, message, thread, holds):
            return
        if taken:
            claimed = await _taken_before(desk, current, message, thread, lease)
            return
        pace = engine.settings.paces.get(thread.channel)
        # Taken beside this transaction, and once however often it begins anew.
        token = token or await take_token(engine.database, thread.municipality, thread.channel, pace, current.rank)
        if token:
            claimed = await _take(desk, current, message, thread, lease)

    await take(engine, row.municipality, begin)
    if claimed is not None:
        engine.queue.was_ours()
    return claimed


async def _looked_at(desk: Desk, row: Row[Any], message: Outgoing, thread: LockedThread, holds: str) -> bool:
    """Whether nothing is in its way; else it is put off or dropped, and what follows from that is done."""
    reason = why_not(desk.engine, desk.policy, row, message, thread, holds=holds)
    if reason is None and not await still_fits(desk, thread, message):
        reason = "untrue"
    if reason != "untrue" and (holds == "rings" or await is_held(desk, thread, message, parting=row.parting)):
        reason = HELD
    if reason is None and await waits_for_owner(desk, thread, row):
        return False
    if not await _leaves_now(desk, row, message, thread, reason):
        return False
    if thread.channel not in desk.engine.channels or not may_use(desk.policy, thread.channel):
        log.warning("channel is off", channel=thread.channel)
        await change(desk, row.id, next_try_at=func.now() + timedelta(minutes=1))
        return False
    return True


_WHY: Mapping[str, NotArrived] = {"late": "too-late", "opted-out": "not-tried"}


async def drop(desk: Desk, row: Row[Any], message: Outgoing, thread: LockedThread, reason: str) -> None:
    """It does not leave; what mattered goes another way, or to staff."""
    log.info("dropped", kind=row.kind, reason=reason)
    await change(desk, row.id, state="dropped", reason=reason, why=_WHY.get(reason))
    await desk.move_line(thread, row.id, "dropped")
    desk.counted.append(partial(count_message, thread=thread, kind=row.kind, state="dropped"))
    if reason == "opted-out" and row.kind == "confirm-contact" and message.reference is not None:
        await tell_of_number(desk, message.reference, row.id)
    if reason == HELD:
        await hold_back(desk, thread, message, uuid5(row.id, HELD))
    if reason in ("opted-out", "late") and KINDS[row.kind].fallback == "other":
        if row.entry is None:
            # It stands nowhere yet, and staff are to see that it did not come.
            entry = await desk.write_line_of(thread, message, row.id, "failed")
            await change(desk, row.id, entry=entry)
        await lost(desk, thread, row, message)


async def drop_late(engine: Engine, row: Row[Any]) -> None:
    """Its time went by while something stood in its way: it goes the way of all that is late."""

    async def begin(desk: Desk) -> None:
        thread = await desk.lock(row.thread)
        current = await locked_row(desk.connection, row.id)
        if current is not None and current.state == "pending":
            message = messages.load_outgoing(desk.codec.open(current.message, "outbox", "message", current.id))
            await drop(desk, current, message, thread, "late")

    try:
        await take(engine, row.municipality, begin)
    except (NoPolicy, *DATABASE_ERRORS):
        raise
    except Exception as error:  # noqa: BLE001  # what cannot even be opened holds up nothing else, and staff look
        log.critical("not read", kind=row.kind, error=type(error).__name__, where=where(error))
        await take(engine, row.municipality, partial(_drop_unread, row=row))


async def _drop_unread(desk: Desk, row: Row[Any]) -> None:
    """The same for a message, or a thread, that cannot be opened."""
    late = update(outbox).where(outbox.c.id == row.id, outbox.c.state == "pending")
    if (await desk.connection.execute(late.values(state="dropped", reason="late"))).rowcount:
        await desk.move_line_of(row.thread, row.id, "dropped")
        await hand_over_unread(desk, row.thread, row.id, kept=False)
        told = {"language": NONE, "kind": row.kind, "word": "dropped"}
        desk.counted.append(lambda engine: engine.counts("messages", row.channel, row.municipality, **told))


async def _leaves_now(desk: Desk, row: Row[Any], message: Outgoing, thread: LockedThread, reason: str | None) -> bool:
    """Whether it is to leave at this moment; else it is put off, or dropped: for a reason, or as it would be late."""
    now = desk.engine.clock()
    if reason is None:
        first = await _after_the_budget(desk, row, await _after_the_cap(desk, thread, row, now))
        leaves_at = may_leave_at(KINDS[message.kind].quiet, desk.policy, first)
        morning = may_leave_at("day", desk.policy, now)
        if KINDS[message.kind].rests and morning > now:
            if not await _is_awake(desk, row, now):
                leaves_at = morning
            elif await _wake_earlier(desk, row):
                return False
        if now < leaves_at <= row.deadline:
            await change(desk, row.id, start=leaves_at)
            return False
        reason = "late" if leaves_at > row.deadline else None
    if reason is not None:
        await drop(desk, row, message, thread, reason)
        if reason == ABROAD:
            await hand_over(desk, thread, ABROAD, uuid5(thread.id, f"{now.date()}"))
    return reason is None


async def _is_awake(desk: Desk, row: Row[Any], now: datetime) -> bool:
    """Whether somebody wrote there a moment ago, or one of the staff wrote this a moment ago and knows the hour.

    After hours of trouble, ours or a provider's, an answer would else wake people in the middle of the night.
    """
    wrote = select(entries.c.at).where(entries.c.thread == row.thread, entries.c.who == "person")
    heard = await desk.connection.scalar(wrote.order_by(entries.c.number.desc()).limit(1))
    since = row.at if row.staff or heard is None else heard
    return bool(now - since <= AWAKE)


async def _wake_earlier(desk: Desk, row: Row[Any]) -> bool:
    """She has written again by night: what waited for the morning goes before the answer to that. ``False``: nothing
    waits."""
    waits = update(outbox).where(
        outbox.c.thread == row.thread,
        outbox.c.state == "pending",
        outbox.c.start.is_not(None),
        outbox.c.kind.in_([kind.name for kind in KINDS.values() if kind.rests]),
        outbox.c.seq < row.seq,
    )
    if not (await desk.connection.execute(waits.values(start=None, next_try_at=row.next_try_at))).rowcount:
        return False
    desk.rings.add("outbox")
    return True


def why_not(
    engine: Engine, policy: Policy, row: Row[Any], message: Outgoing, thread: LockedThread, *, holds: str
) -> str | None:
    """Why a message must not leave any more, if so. ``holds``: what the backend says of it."""
    try:
        guard_ceiling(message, policy, thread.state)
    except AboveCeiling:
        log.critical("above the ceiling", kind=row.kind, channel=thread.channel)
        return "ceiling"
    if holds == "no" or (message.about and not thread.state.still_asks(message.about)):
        return "untrue"
    if engine.clock() > row.deadline:
        return "late"
    always = KINDS[row.kind].always
    frozen = thread.state.frozen and not KINDS[row.kind].to_frozen
    if thread.state.blocked or ((thread.state.opted_out or frozen) and not (row.parting or always)):
        return "opted-out"
    if not row.proactive and not row.staff and not always and row.epoch < thread.state.epoch:
        return "superseded"
    reaches = thread.channel != "sms" or engine.settings.limits.reaches(thread.address)
    return None if reaches else ABROAD


async def _after_the_cap(desk: Desk, thread: LockedThread, row: Row[Any], now: datetime) -> datetime:
    """Now; for what can wait, tomorrow when enough has come to this person unasked today."""
    if KINDS[row.kind].cap != "waits":
        return now
    zone = ZoneInfo(desk.policy.time_zone)
    midnight = datetime.combine(now.astimezone(zone).date(), time(0), zone)
    counted = [kind.name for kind in KINDS.values() if kind.cap != "free"]
    came = (
        await desk.connection.execute(
            select(outbox.c.kind)
            .join(entries, and_(entries.c.thread == outbox.c.thread, entries.c.number == outbox.c.entry))
            .where(
                outbox.c.thread == thread.id,
                outbox.c.kind.in_(counted),
                # Tried before in vain, it has its line already, and is not one that came.
                outbox.c.id != row.id,
                outbox.c.state.not_in(["failed", "dropped"]),
                entries.c.at >= midnight,
            )
        )
    ).scalars()
    today = came.all()
    if len(today) < A_DAY and today.count(row.kind) < OF_A_KIND:
        return now
    return _midnight(desk, now)


async def _after_the_budget(desk: Desk, row: Row[Any], first: datetime) -> datetime:
    """The same moment; for what stays when the day's budget for texts is spent, tomorrow."""
    limit, now = desk.engine.settings.limits, desk.engine.clock()
    if row.channel != "sms" or not KINDS[row.kind].spares:
        return first
    if not await limits.is_spent(desk.connection, limit, row.municipality, now):
        return first
    return max(first, _midnight(desk, now))


def _midnight(desk: Desk, now: datetime) -> datetime:
    """When tomorrow begins."""
    zone = ZoneInfo(desk.policy.time_zone)
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(0), zone).astimezone(UTC)


async def _take(desk: Desk, row: Row[Any], message: Outgoing, thread: LockedThread, lease: UUID) -> Claimed:
    language = message.language or thread.state.language or "sv"
    text = as_text(message, language, plain=thread.channel == "sms")
    entry, pace = row.entry, desk.engine.settings.paces.get(thread.channel)
    channel = desk.engine.channels[thread.channel]
    has_buttons = isinstance(channel, HasButtons)
    provider = await _provider(desk, channel, thread, row) if isinstance(channel, HasProviders) else None
    if entry is None:
        entry = await desk.write_line_of(thread, message, row.id, "sending")
        await desk.save(thread)
    else:
        await desk.move_line(thread, row.id, "sending")
    if pace is not None:
        await keep_pace(desk, thread, pace)
    await change(
        desk,
        row.id,
        state="sending",
        text=desk.codec.seal(text, "outbox", "text", row.id),
        entry=entry,
        attempts=outbox.c.attempts + 1,
        tried_at=func.now(),
        holds_since=func.coalesce(outbox.c.holds_since, func.now()) if row.attempts else func.now(),
        lease=lease,
        lease_until=func.now() + states.LEASE,
        buttons=message.question if has_buttons else None,
        provider=provider,
        handed_at=func.now() if provider and (row.provider != provider or row.handed_at is None) else row.handed_at,
    )
    if thread.channel == "sms":
        limit = desk.engine.settings.limits
        await limits.spend(desk.connection, limit, row.municipality, desk.engine.clock(), segments(text))
    letter = Letter(row.id, row.municipality, thread.address, text, message, language, provider)
    return Claimed(thread, letter, lease, await _answered(desk, thread, row.id) if has_buttons else ())


async def _put_back(desk: Desk, row: Row[Any], thread: LockedThread) -> None:
    """Undo a claim whose message was not sent: it waits as if nobody had taken it. What it costs stays counted."""
    await change(
        desk,
        row.id,
        state="pending",
        attempts=outbox.c.attempts - 1,
        holds_since=row.holds_since if row.attempts > 1 else None,
        lease=None,
        lease_until=None,
        buttons=None,
        handed_at=None,
    )
    await desk.move_line(thread, row.id, "pending")


async def _taken_before(desk: Desk, row: Row[Any], message: Outgoing, thread: LockedThread, lease: UUID) -> Claimed:
    """What we took and were not told of: as it was written then, with the whole time of a try before it."""
    await change(
        desk,
        row.id,
        state="sending",
        attempts=outbox.c.attempts + 1,
        holds_since=row.holds_since,
        lease=lease,
        lease_until=func.now() + states.LEASE,
        buttons=row.buttons,
        handed_at=row.handed_at,
    )
    await desk.move_line(thread, row.id, "sending")
    text = desk.codec.open(row.text, "outbox", "text", row.id).decode()
    language = message.language or thread.state.language or "sv"
    letter = Letter(row.id, row.municipality, thread.address, text, message, language, row.provider)
    has_buttons = isinstance(desk.engine.channels[thread.channel], HasButtons)
    return Claimed(thread, letter, lease, await _answered(desk, thread, row.id) if has_buttons else ())


async def _provider(desk: Desk, channel: HasProviders, thread: LockedThread, row: Row[Any]) -> str | None:
    """Who is to carry a message. One that may already be on its way at a provider is never given to another."""
    if row.reason == RESENT and row.provider is not None:
        return str(row.provider)
    known_as = threads.index_of(desk.codec, thread.channel, thread.address)
    answers = known_as if not row.proactive else None
    return await traffic.choose(desk.connection, row.municipality, channel.providers_of(row.municipality), answers)


async def _answered(desk: Desk, thread: LockedThread, but: UUID) -> tuple[tuple[UUID, str], ...]:
    """The messages whose buttons still stand though their question is not the open one."""
    opened = thread.state.open.token if thread.state.open else ""
    found = await desk.connection.execute(
        select(outbox.c.id, outbox.c.provider_ref)
        .where(
            outbox.c.thread == thread.id,
            outbox.c.buttons.is_not(None),
            outbox.c.buttons != opened,
            outbox.c.id != but,
            outbox.c.provider_ref.is_not(None),
        )
        .order_by(outbox.c.seq.desc())
        .limit(5)  # each takes a request; the rest goes with the next message
    )
    return tuple((row.id, row.provider_ref) for row in found)
