"""What a turn says: to whom it goes, what of it must not be said today, and what staff take over before it leaves."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import select, update

from bot.leaving import limits
from bot.leaving.kinds import KINDS
from bot.messages import Outgoing, Person, Thread
from bot.tables import outbox
from bot.turning import threads
from bot.turning.counting import count_message
from bot.turning.desk import Desk, LockMore
from bot.turning.threads import LockedThread


async def write_ours(
    desk: Desk, thread: LockedThread, turn: UUID, says: Sequence[Outgoing], was: Thread, *, alone: bool = False
) -> None:
    """Put what is said in the outbox. ``alone``: it leaves though nothing else does."""
    parting = alone or ((thread.state.opted_out or thread.state.frozen) and not (was.opted_out or was.frozen))
    others: dict[UUID, LockedThread] = {}
    for message in await _within_limits(desk, thread, says):
        to = await _addressed(desk, thread, message)
        await desk.write_message(to, turn, message, parting=parting and to is thread)
        if to is not thread:
            others[to.id] = to
    for other in others.values():
        await threads.save_thread(desk.connection, desk.codec, other)


async def _within_limits(desk: Desk, thread: LockedThread, says: Sequence[Outgoing]) -> Sequence[Outgoing]:
    """What is said, without texts to telephones that must get none (more) today; then something else is said."""
    refused = [one for one in says if one.telephone is not None and not await _may_text(desk, thread, one.telephone)]
    if not refused:
        return says
    return [
        one if one.instead is None else replace(one, text=one.instead, verbatim=None, instead=None)
        for one in says
        if one not in refused
    ]


async def _may_text(desk: Desk, thread: LockedThread, telephone: str) -> bool:
    now, limit = desk.engine.clock(), desk.engine.settings.limits
    if not limit.reaches(telephone) or await limits.is_spent(desk.connection, limit, desk.municipality, now):
        return False
    given = limits.Given(telephone, str(thread.person), desk.source)
    return await limits.may_be_texted(desk.connection, desk.codec, desk.municipality, now, given)


async def _addressed(desk: Desk, thread: LockedThread, message: Outgoing) -> LockedThread:
    """The thread a message goes to: this one, another of the person, or that of a number she gave."""
    if message.telephone is not None:
        return await _thread_of(desk, message.telephone, message, thread.state.language)
    if message.to is None or message.to == thread.id:
        return thread
    if message.to not in desk.locked:
        raise LockMore(message.to)
    return desk.locked[message.to]


async def _thread_of(desk: Desk, telephone: str, message: Outgoing, language: str | None) -> LockedThread:
    """The SMS thread of a number somebody gave as hers; it is hers only when a reply there has said so."""
    found = await threads.find_in(desk.connection, desk.codec, desk.municipality, "sms", telephone)
    if found is not None and found not in desk.locked:
        raise LockMore(found)
    if found is not None:
        thread = desk.locked[found]
        thread.state = replace(thread.state, link=message.reference)
    else:
        person = Person(uuid4())
        state = Thread(
            id=uuid4(),
            municipality=desk.municipality,
            channel="sms",
            language=message.language or language,
            link=message.reference,
        )
        thread = await threads.make(desk.connection, desk.codec, telephone, state, person)
        desk.made(thread, person)
    if message.reference is not None:
        await desk.link_row(thread.contact_point, message.reference, "given", desk.engine.clock())
    return thread


async def supersede(desk: Desk, thread: LockedThread) -> None:
    """Staff took over: what the machine had not sent yet stays unsent."""
    dropped = (
        await desk.connection.execute(
            update(outbox)
            .where(
                outbox.c.thread == thread.id,
                outbox.c.state == "pending",
                outbox.c.epoch < thread.state.epoch,
                ~outbox.c.proactive,
                ~outbox.c.staff,
                outbox.c.kind.not_in([kind.name for kind in KINDS.values() if kind.always]),
            )
            .values(state="dropped", reason="superseded")
            .returning(outbox.c.id, outbox.c.kind)
        )
    ).all()
    for message in dropped:
        await desk.move_line(thread, message.id, "dropped")
        desk.counted.append(partial(count_message, thread=thread, kind=message.kind, state="dropped"))


async def is_under_way(desk: Desk, thread: LockedThread) -> bool:
    """Whether an answer of the machine has left us, and nobody can take it back: it crosses with who took over."""
    under_way = select(outbox.c.id).where(
        outbox.c.thread == thread.id,
        outbox.c.state.in_(["sending", "unknown"]),
        outbox.c.epoch < thread.state.epoch,
        ~outbox.c.proactive,
        ~outbox.c.staff,
    )
    return (await desk.connection.execute(under_way.limit(1))).first() is not None
