"""What did not arrive goes by the person's other channel, never by both; what must arrive becomes a letter of staff's.

Only what certainly did not come is sent again: what nobody knows about is for staff to look at.
"""

from dataclasses import replace
from typing import Any
from uuid import uuid4, uuid5

import structlog
from sqlalchemy import Row, exists, func, or_, select

from backend.contract import NOTHING_GETS_THERE, Channel, Phone
from bot.engine import Engine
from bot.leaving.ceilings import AboveCeiling
from bot.leaving.held import HELD, hold_back, is_held
from bot.leaving.kinds import KINDS
from bot.leaving.unreached import hand_over
from bot.messages import Call, Outgoing, State
from bot.policies import may_use
from bot.tables import entries, outbox
from bot.tables import threads as thread_rows
from bot.turning import threads
from bot.turning.desk import Desk, LockMore
from bot.turning.threads import LockedPerson, LockedThread, save_person
from bot.turning.turns import take

log = structlog.get_logger()


async def lost(desk: Desk, thread: LockedThread, row: Row[Any], outgoing: Outgoing) -> None:
    """A message certainly did not come, and is not tried again where it was to go. The thread is locked and saved."""
    kind = KINDS[row.kind]
    if await is_held(desk, thread, outgoing):
        await hold_back(desk, thread, outgoing, uuid5(row.id, HELD))
        await desk.save(thread)
        return
    thread.state = replace(thread.state, handed_over=True)  # staff see on the message that it did not come
    if kind.fallback == "other" and await _goes_by_the_other(desk, thread, row, outgoing):
        await desk.save(thread)
        return
    not_wanted = row.state == "pending" and kind.cap != "free"
    if kind.lost == "letter":
        await hand_over(desk, thread, "letter", row.id, about=outgoing.reference)
    elif kind.lost == "task" and not not_wanted:
        await hand_over(desk, thread, "lost", row.id, entry=row.entry)
    else:
        await desk.save(thread)


async def _goes_by_the_other(desk: Desk, thread: LockedThread, row: Row[Any], outgoing: Outgoing) -> bool:
    first = outbox.alias("first")
    # Once: neither when it has gone there already, nor when it came from there.
    went = exists().where(outbox.c.retry_of == row.id)
    came = exists().where(first.c.id == row.retry_of, first.c.thread != thread.id)
    again = (await desk.connection.execute(select(went | came))).scalar_one()
    other = None if again else await other_way(desk, thread)
    if other is None or desk.engine.clock() > row.deadline:
        return False
    language = outgoing.language or thread.state.language
    message = replace(outgoing, to=None, start=None, deadline=row.deadline, language=language)
    try:
        await desk.write_message(other, uuid4(), message, retry_of=row.id)
    except AboveCeiling:
        return False
    log.info("goes by the other channel", kind=row.kind, channel=other.channel)
    return True


async def other_way(desk: Desk, thread: LockedThread) -> LockedThread | None:
    """Where else the person reads what we write: her account, or a telephone of which she said that it is hers alone.

    Locked. An account is no number she gave for ringing: texts go to one only when she has answered us there.
    """
    wanted: Channel = "telegram" if thread.channel == "sms" else "sms"
    if wanted not in desk.engine.channels or not may_use(desk.policy, wanted):
        return None
    found = await desk.connection.execute(
        select(thread_rows.c.id)
        .where(
            thread_rows.c.person == thread.person,
            thread_rows.c.municipality == desk.municipality,
            thread_rows.c.channel == wanted,
        )
        .order_by(thread_rows.c.changed_at.desc())
    )
    for one in found.scalars().all():
        if one not in desk.locked:
            raise LockMore(one)
        if _reads_there(desk.locked[one]):
            return desk.locked[one]
    return None


def _reads_there(thread: LockedThread) -> bool:
    state = thread.state
    dead = state.blocked or state.opted_out or state.frozen
    return not dead and (thread.channel != "sms" or state.shared is False)


async def reached_there(desk: Desk, thread: LockedThread) -> None:
    """What is new from now on goes where she still reads us, if there is such a place."""
    other = await other_way(desk, thread)
    person = await desk.person(thread.person)
    if other is None or person.state.reach == other.id:
        return
    changed = State(thread.state, replace(person.state, reach=other.id), person.runs)
    await save_person(desk.connection, desk.codec, desk.municipality, person, changed)
    desk.persons[thread.person] = LockedPerson(person.id, person.version + 1, changed.person, person.runs)


async def is_overtaken(desk: Desk, thread: LockedThread, row: Row[Any], *, stopped: bool) -> bool:
    """Whether what is said of one message, that nothing gets there, is older than what is known of the place: somebody
    has written from there since, or a later message has arrived. The newest fact holds.

    ``stopped``: it is said that she wants no more. Of texts her writing again takes that back at no provider, only her
    START; of which we know by what arrives after it.
    """
    if row.entry is None or row.tried_at is None:
        return False  # never tried by us, as far as an older database that was restored knows
    theirs = (entries.c.thread == thread.id, entries.c.who == "person", entries.c.number > row.entry)
    # A line of hers may stand after ours and be older than the try: ours waited, or hers was brought late.
    ago = (await desk.connection.execute(select(func.clock_timestamp() - row.tried_at))).scalar_one()
    wrote = exists().where(*theirs, entries.c.at > desk.engine.clock() - ago)
    arrived = (outbox.c.thread == thread.id, outbox.c.state == "delivered", outbox.c.tried_at > row.tried_at)
    # What one provider was told, to write no more, no text by the other takes back.
    same = outbox.c.provider.is_not_distinct_from(row.provider)
    stays = stopped and thread.channel == "sms"
    newer = exists().where(*arrived, same) if stays else or_(wrote, exists().where(*arrived))
    return bool((await desk.connection.execute(select(newer))).scalar_one())


async def refused_by_person(desk: Desk, thread: LockedThread, *, entry: int | None = None) -> None:
    """The provider says this person wants no more from us: remembered, and staff find another way (a letter).
    ``entry``: the line of the message by which it was found out."""
    known = thread.state.provider_stopped if thread.channel == "sms" else thread.state.opted_out
    if known or thread.state.blocked:
        return
    if thread.channel != "sms":
        # Not a word to the machine but a door that is shut: it is open again as soon as she writes.
        await cut_off(desk, thread, entry=entry)
        return
    was_silent = thread.state.opted_out
    thread.state = replace(thread.state, opted_out=True, provider_stopped=True)
    stopped = Phone(
        person=thread.person, telephone=thread.address, at=desk.engine.clock(), opted_out=True, by_provider=True
    )
    if not was_silent:
        await reached_there(desk, thread)
    key = uuid5(thread.id, f"refused:{thread.state.turns}")
    await desk.save(thread, [Call(key, stopped, answers_to_thread=False)])
    if not was_silent:
        await hand_over(desk, thread, "opted-out", uuid5(thread.id, f"opted out:{thread.state.turns}"), entry=entry)


async def cut_off(desk: Desk, thread: LockedThread, *, entry: int | None = None) -> None:
    """Nothing of ours gets there any more, until somebody writes from there: staff are told, and nothing is tried."""
    if thread.state.blocked:
        return
    thread.state = replace(thread.state, blocked=True)
    await reached_there(desk, thread)
    await hand_over(desk, thread, "unreachable", uuid5(thread.id, f"blocked:{thread.state.turns}"), entry=entry)


async def got_through(desk: Desk, thread: LockedThread, row: Row[Any]) -> None:
    """A text arrived at a number that was taken for dead: it is not, unless a later one has told so."""
    if thread.channel != "sms" or not thread.state.blocked:
        return
    failed = outbox.c.why.in_(NOTHING_GETS_THERE)
    later = exists().where(outbox.c.thread == thread.id, failed, outbox.c.tried_at > row.tried_at)
    if row.tried_at is None or not (await desk.connection.execute(select(later))).scalar_one():
        thread.state = replace(thread.state, blocked=False)
        await desk.save(thread)


async def reachable(engine: Engine, whose: tuple[str, Channel, str], *, yes: bool) -> None:
    """The provider tells that somebody shut us out, or let us through again. Of somebody we do not know: nothing."""
    municipality, channel, address = whose
    known = await threads.find(engine, municipality, channel, address)

    async def begin(desk: Desk) -> None:
        thread = await desk.lock(known) if known is not None else None
        if thread is None:
            return
        if not yes:
            await refused_by_person(desk, thread)
        elif thread.state.blocked:
            thread.state = replace(thread.state, blocked=False)
            await desk.save(thread)

    await take(engine, municipality, begin)
