"""When a person is not reached for a while, or staff must see to it: told to wait, handed over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID, uuid4, uuid5

import structlog
from sqlalchemy import Row, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.contract import HandOver
from bot.conversation.putting import STILL_HERS
from bot.conversation.talk import is_doubted
from bot.leaving.rates import Pace
from bot.leaving.sending import STILL_YOURS
from bot.messages import Call, Outgoing
from bot.persons.merging import root_of
from bot.tables import outbox, pauses
from bot.tables import threads as thread_rows
from bot.text import say
from bot.turning.desk import Desk, LockMore
from bot.turning.threads import LockedThread

LOOKS_AGAIN = timedelta(minutes=1)
"""Real time between two looks at whether a message may leave that waits for its reader to say who she is."""

log = structlog.get_logger()


async def hold(desk: Desk, thread: LockedThread, wait: timedelta) -> None:
    """The provider takes nothing more for this thread for a while; when it says so of several at once, of nobody.

    Nothing it answers tells which of the two it means, and a message sent too soon makes the wait longer.
    """
    until = func.now() + wait
    others = exists().where(
        thread_rows.c.municipality == desk.municipality,
        thread_rows.c.channel == thread.channel,
        thread_rows.c.id != thread.id,
        thread_rows.c.held_until_at > func.now(),
    )
    everybody = (await desk.connection.execute(select(others))).scalar_one()
    await desk.connection.execute(update(thread_rows).where(thread_rows.c.id == thread.id).values(held_until_at=until))
    if everybody:
        log.warning("provider takes nothing for a while", channel=thread.channel, seconds=wait.total_seconds())
        put = upsert(pauses).values(municipality=desk.municipality, channel=thread.channel, until_at=until)
        later = func.greatest(pauses.c.until_at, put.excluded.until_at)
        await desk.connection.execute(
            put.on_conflict_do_update(index_elements=["municipality", "channel"], set_={"until_at": later})
        )


async def keep_pace(desk: Desk, thread: LockedThread, pace: Pace) -> None:
    """One token of this chat: the next message to it leaves in its turn, while others go on."""
    spent = func.greatest(thread_rows.c.free_at, func.now()) + timedelta(seconds=pace.chat.every)
    await desk.connection.execute(update(thread_rows).where(thread_rows.c.id == thread.id).values(free_at=spent))


async def waits_for_owner(desk: Desk, thread: LockedThread, row: Row[Any]) -> bool:
    """Whether a message must wait until somebody has said that this is still hers: then that alone is asked, once.

    What nobody has asked for leaves to nobody we have not heard from for a year. Staff are told, to find another way.
    """
    now, state = desk.engine.clock(), thread.state
    unasked = row.proactive or row.staff
    if not unasked or row.kind in (STILL_YOURS, "confirm-contact") or row.parting or not is_doubted(state, now):
        return False
    later = func.now() + LOOKS_AGAIN
    await desk.connection.execute(update(outbox).where(outbox.c.id == row.id).values(next_try_at=later))
    if not state.doubted:
        thread.state = replace(state, doubted=True)
        asks = Outgoing(
            STILL_YOURS, say(STILL_HERS.text), question=uuid4().hex[:12], ask=STILL_YOURS, language=state.language
        )
        await desk.write_message(thread, uuid4(), asks)
        await hand_over(desk, thread, "unreachable", uuid5(thread.id, f"silent a year:{state.turns}"))
    return True


async def tell_of_number(desk: Desk, gave: UUID, key: UUID) -> None:
    """She gave a number where nobody may be asked whether it is hers, and waits for that. She is not told, for it would
    tell of whoever said stop there; staff are, where she wrote. ``key`` makes it one task. Raises LockMore."""
    person = await root_of(desk, gave)
    hers = select(thread_rows.c.id).where(thread_rows.c.person == person).order_by(thread_rows.c.changed_at.desc())
    found = (await desk.connection.execute(hers.limit(1))).scalar_one_or_none()
    if found is None:
        return
    if found not in desk.locked:
        raise LockMore(found)
    await hand_over(desk, desk.locked[found], "unreachable", uuid5(key, "number given"))


async def hand_over(
    desk: Desk,
    thread: LockedThread,
    reason: Literal["opted-out", "unreachable", "undelivered", "lost", "letter", "abroad"],
    key: UUID,
    *,
    about: UUID | None = None,
    entry: int | None = None,
) -> None:
    """Staff get the thread; ``key`` makes the same thing one task. ``about``, ``entry``: as in :class:`HandOver`."""
    thread.state = replace(thread.state, handed_over=True)
    state = thread.state
    told = HandOver(
        person=thread.person,
        thread=thread.id,
        channel=thread.channel,
        language=state.speaks or state.language or "sv",
        at=desk.engine.clock(),
        reason=reason,
        telephone=thread.address if thread.channel == "sms" else None,
        shared_phone=state.shared if thread.channel == "sms" else None,
        about=about,
        entry=entry,
    )
    await desk.save(thread, [Call(uuid5(key, reason), told, answers_to_thread=False)])
