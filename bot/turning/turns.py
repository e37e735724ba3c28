"""One event of one thread in one transaction: lock, read, take the turn, write all of it, commit.

Everything that happens comes this way: what people write, answers of the backend, notices, timers, what has left.
A turn that raises takes nothing with it: the event alone is kept, and tried again from the inbox.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, TypeAlias
from uuid import UUID, uuid4, uuid5

import structlog
from sqlalchemy import func as sql
from sqlalchemy import select, update

from backend.contract import CallForHelp, Ownership, SendApplication
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.hearing.agreed import heard
from bot.leaving.held import hold_back
from bot.leaving.kinds import KINDS
from bot.messages import Call, Event, Filled, Linked, Said, State, Thread, Turn
from bot.persons import in_doubt
from bot.tables import contact_links, entries, inbox
from bot.text import N_, say
from bot.turning import threads
from bot.turning.counting import count_turn
from bot.turning.dead_letters import bury, seen_to
from bot.turning.desk import Desk, Happening, LockMore
from bot.turning.replies import is_under_way, supersede, write_ours
from bot.turning.rows import their_words
from bot.turning.threads import Conflict, LockedThread
from bot.watching.logs import where

PATIENCE = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=20))
"""How long after each failed try of an event the next one comes (real time); after the last it is a dead letter.

Later events of the thread wait behind it, so this is also the longest a person waits because of our mistake.
"""

TAKEN_OVER = N_("Staff have taken over.")
HANDED_BACK = N_("The machine answers again.")
CROSSED = N_("An answer of the machine was already on its way and may still arrive.")

log = structlog.get_logger()

Begin: TypeAlias = "Callable[[Desk], Awaitable[Happening | None]]"
"""What goes before the turn, in its transaction; ``None``: nothing happens (it was done before)."""


async def take(engine: Engine, municipality: str, begin: Begin) -> Literal["done", "waiting", "nothing"]:
    """Run ``begin`` and the turn of what it gives, in one transaction; again from the start when something conflicts.

    ``waiting``: the event is committed, its turn comes later (the turn raised, or an earlier event waits).
    Raises what ``begin`` raises, NoPolicy, and database errors: then nothing is committed.
    """
    also: set[UUID] = set()
    failed: Exception | None = None
    for _ in range(20):
        policy, codec = await engine.policy(municipality), await engine.codec(municipality)
        began = False
        try:
            async with engine.database.transaction() as connection:
                desk = Desk(engine, connection, codec, policy, municipality, frozenset(also))
                happening = await begin(desk)
                began = True
                if happening is None:
                    outcome: Literal["done", "waiting", "nothing"] = "nothing"
                elif failed is not None or await _something_waits(desk, happening):
                    await _keep_for_later(desk, happening, failed)
                    outcome = "waiting"
                else:
                    await _turn(desk, happening)
                    outcome = "done"
        except LockMore as more:
            also.add(more.thread)
            continue
        except Conflict:
            continue
        except DATABASE_ERRORS:
            raise
        except Exception as error:
            if failed is not None or not began:
                raise
            # The class and the place, never the words: they may be what a person wrote.
            log.warning("turn raised", error=type(error).__name__, where=where(error))
            failed = error
            continue
        desk.tell()
        return outcome
    raise Conflict(municipality)


async def _something_waits(desk: Desk, happening: Happening) -> bool:
    """Whether an earlier event of this thread has not had its turn: order per thread."""
    waiting = select(inbox.c.id).where(inbox.c.thread == happening.thread.id, inbox.c.state == "pending")
    if happening.inbox is not None:
        own = select(inbox.c.seq).where(inbox.c.id == happening.inbox).scalar_subquery()
        waiting = waiting.where(inbox.c.seq < own)
    return (await desk.connection.execute(waiting.limit(1))).first() is not None


async def _keep_for_later(desk: Desk, happening: Happening, failed: Exception | None) -> None:
    """Commit the event alone. After a failure it is tried again, less and less often, then it is a dead letter."""
    thread = happening.thread
    if happening.entry is None and isinstance(happening.event, Said | Filled):
        happening.entry = await _write_theirs(desk, thread, happening.event, happening.at, None)
        await threads.save_thread(desk.connection, desk.codec, thread)
    letter = await desk.in_inbox(happening)
    desk.rings.add("inbox")
    if failed is None:
        return
    tried = (
        update(inbox)
        .where(inbox.c.id == letter)
        .values(attempts=inbox.c.attempts + 1, error=type(failed).__name__)
        .returning(inbox.c.attempts)
    )
    attempts: int = (await desk.connection.execute(tried)).scalar_one()
    if attempts <= len(PATIENCE):
        await desk.change_inbox(letter, next_try_at=sql.now() + PATIENCE[attempts - 1])
    else:
        await bury(desk, happening)


async def _turn(desk: Desk, happening: Happening) -> None:
    """Take the turn and write its whole effect."""
    desk.source = happening.source
    thread, was = happening.thread, happening.thread.state
    person = await desk.person(thread.person)
    telephone = thread.address if thread.channel == "sms" else None
    state = State(was, person.state, person.runs, telephone)
    now = desk.engine.clock()
    took = desk.engine.turn(state, await heard(person.state, happening.event), desk.policy, now)
    thread.state = took.state.thread
    if isinstance(happening.event, Said | Filled):
        if happening.entry is None:
            happening.entry = await _write_theirs(desk, thread, happening.event, happening.at, took.understood)
        elif took.understood is not None:
            await _understand(desk, thread, happening.entry, took.understood)
    await in_doubt.called_wrong(desk, thread, was)
    if took.supersede:
        await supersede(desk, thread)
    if thread.state.owner != was.owner:
        await desk.mark(thread, say(TAKEN_OVER if thread.state.owner == "staff" else HANDED_BACK))
        if thread.state.owner == "staff" and await is_under_way(desk, thread):
            await desk.mark(thread, say(CROSSED))
    silent = took.state.person.is_silent
    says = took.says
    if silent and not isinstance(happening.event, Said | Filled):
        for one in took.says:
            await hold_back(desk, thread, one, uuid4())
        says = ()
    await write_ours(desk, thread, uuid4(), says, was, alone=silent)
    made = [as_received(call, happening.event, happening.at) for call in took.calls]
    await desk.write_calls(thread, [*made, *_ownership(thread.state, was, took, now)])
    await desk.write_timers(thread.id, took.timers)
    await threads.save_person(desk.connection, desk.codec, desk.municipality, person, took.state)
    await _beside(desk, thread, took, happening.at)
    if happening.inbox is not None:
        await desk.change_inbox(happening.inbox, state="done", body=None)
    replies = [said.kind for said in says if said.to in (None, thread.id) and not KINDS[said.kind].proactive]
    desk.counted.append(partial(count_turn, thread=thread, event=happening.event, replies=replies, at=happening.at))
    await threads.save_thread(desk.connection, desk.codec, thread)


async def _beside(desk: Desk, thread: LockedThread, took: Turn, at: datetime) -> None:
    """What few turns do: to whom the contact point belongs, what becomes of a dead letter, what others are to hear."""
    if took.link is not None:
        await _link(desk, thread, took.link, at)
    if took.owns is not None:
        await _own(desk, thread, took.owns, at)
    if took.letter is not None:
        await seen_to(desk, thread, *took.letter)
    for other, event in took.tells:
        await desk.queue(other, event, at)


async def _link(desk: Desk, thread: LockedThread, person: UUID, at: datetime) -> None:
    """This contact point is that person's: her next turn here loads her."""
    await desk.connection.execute(
        update(contact_links)
        .where(
            contact_links.c.contact_point == thread.contact_point,
            contact_links.c.person == thread.person,
            contact_links.c.until.is_(None),
        )
        .values(until=at)
    )
    await desk.link_row(thread.contact_point, person, "confirmed", at)
    thread.person = person
    thread.state = replace(thread.state, link=None)
    await desk.queue(thread.id, Linked(thread.address), at)


async def _own(desk: Desk, thread: LockedThread, telephone: str, at: datetime) -> None:
    """That telephone is proved to be the thread's person's: her texts from there will be hers from the first.

    Where somebody has written from it before, only a reply there says whose it is now.
    """
    found = await threads.find_in(desk.connection, desk.codec, desk.municipality, "sms", telephone)
    if found is None:
        state = Thread(
            id=uuid4(),
            municipality=desk.municipality,
            channel="sms",
            language=thread.state.language,
            speaks=thread.state.speaks,
            confirmed=True,
            greeted=True,
        )
        made = await threads.make(desk.connection, desk.codec, telephone, state, desk.persons[thread.person].state)
        await desk.link_row(made.contact_point, thread.person, "confirmed", at)


async def _write_theirs(
    desk: Desk, thread: LockedThread, event: Said | Filled, at: datetime, understood: str | None
) -> int:
    return await desk.write_entry(thread, at=at, **their_words(thread, event), swedish=understood)


async def _understand(desk: Desk, thread: LockedThread, number: int, understood: str) -> None:
    sealed = desk.codec.seal(understood, "entries", "swedish", f"{thread.id}/{number}")
    await desk.connection.execute(
        update(entries)
        # The backend takes an entry as it first was; only its state may move.
        .where(entries.c.thread == thread.id, entries.c.number == number, entries.c.copied.is_(None))
        .values(swedish=sealed, changed_at=sql.clock_timestamp())
    )
    desk.moved.add(thread.id)


def as_received(call: Call, event: Event, at: datetime) -> Call:
    """Legal dates count from when the edge took a message in, also when its turn had to wait."""
    if isinstance(call.value, CallForHelp | SendApplication) and isinstance(event, Said | Filled):
        # What was confirmed on an earlier day keeps that day.
        return replace(call, value=call.value.model_copy(update={"received_at": min(at, call.value.received_at)}))
    return call


def _ownership(state: Thread, was: Thread, took: Turn, at: datetime) -> list[Call]:
    """The backend is told who owns the thread, even by a turn that forgets to say so."""
    if state.epoch == was.epoch or any(isinstance(call.value, Ownership) for call in took.calls):
        return []
    path = {"thread": str(state.id), "epoch": str(state.epoch)}
    told = Ownership(owner=state.owner, at=at)
    return [Call(uuid5(state.id, f"ownership:{state.epoch}"), told, path, answers_to_thread=False)]
