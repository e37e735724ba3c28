"""One event of one thread in one transaction: lock, read, take the turn, write all of it, commit.

Everything that happens comes this way: what people write, answers of the backend, notices, timers, what has left.
A turn that raises takes nothing with it: the event alone is kept, and tried again from the inbox.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, TypeAlias
from uuid import UUID, uuid4, uuid5

import structlog
from sqlalchemy import func as sql
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.contract import CallForHelp, Channel, HandOver, Ownership, Policy, SendApplication, Sensitivity, Value
from bot import codes, limits, messages, threads
from bot.codec import Codec
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.kinds import KINDS
from bot.messages import Call, Event, Filled, Linked, Outgoing, Person, Said, State, Thread, Timer, Turn
from bot.rendering import as_text, in_swedish
from bot.sending import CODE
from bot.tables import calls, contact_links, entries, inbox, outbox, timers
from bot.tables import threads as thread_rows
from bot.tally import NONE
from bot.text import N_, render, say, segments
from bot.text import is_gsm as fits_gsm
from bot.threads import Conflict, LockedPerson, LockedThread

PATIENCE = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=20))
"""How long after each failed try of an event the next one comes (real time); after the last it is a dead letter.

Later events of the thread wait behind it, so this is also the longest a person waits because of our mistake.
"""

ANSWERED_HERE = ("web", "terminal")
"""Channels that are the person's own screen: open and personal may stand there, whatever a municipality's policy."""

TAKEN_OVER = N_("Staff have taken over.")
HANDED_BACK = N_("The machine answers again.")
CROSSED = N_("An answer of the machine was already on its way and may still arrive.")
STUMBLED = N_("Something went wrong with us. Nothing you wrote is lost. A person looks at it and answers you.")

log = structlog.get_logger()


class AboveCeiling(Exception):  # noqa: N818  # reads as what happened
    """A message more sensitive than its thread's channel may carry. It must never leave."""


class LockMore(Exception):  # noqa: N818  # a signal, not a fault
    """The turn writes to a thread that is not locked yet: all of it again, with that one locked from the start."""

    def __init__(self, thread: UUID) -> None:
        super().__init__("lock more")
        self.thread = thread


@dataclass
class Happening:
    """An event of a locked thread. ``inbox`` and ``entry``: its row and its line, where it has them already.

    ``source``: the address it came from, hashed for the day; kept nowhere with it.
    """

    thread: LockedThread
    event: Event
    at: datetime
    inbox: UUID | None = None
    entry: int | None = None
    source: str = ""


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
                elif failed is not None or await desk.something_waits(happening):
                    await desk.keep_for_later(happening, failed)
                    outcome = "waiting"
                else:
                    await desk.turn(happening)
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


@dataclass
class Desk:
    """One transaction of one municipality, and what has been locked and written in it."""

    engine: Engine
    connection: AsyncConnection
    codec: Codec
    policy: Policy
    municipality: str
    also: frozenset[UUID] = frozenset()
    locked: dict[UUID, LockedThread] = field(default_factory=dict)
    persons: dict[UUID, LockedPerson] = field(default_factory=dict)
    moved: set[UUID] = field(default_factory=set)
    rings: set[str] = field(default_factory=set)
    counted: list[Callable[[Engine], None]] = field(default_factory=list)
    source: str = ""

    # --- Locks --------------------------------------------------------------------------------------------------------

    async def lock(self, thread: UUID) -> LockedThread:
        """Lock a thread, and those the turn turned out to need, in id order; then their persons."""
        await self.lock_also(thread)
        return self.locked[thread]

    async def lock_also(self, *more: UUID) -> None:
        """Lock those the turn turned out to need, where its own thread is not made yet."""
        self.locked = await threads.lock_threads(self.connection, self.codec, {*more, *self.also})
        of = [one.person for one in self.locked.values()]
        self.persons = await threads.lock_persons(self.connection, self.codec, of)

    def made(self, thread: LockedThread, person: Person) -> None:
        """A thread made in this transaction: nobody else can have it."""
        self.locked[thread.id] = thread
        self.persons[person.id] = LockedPerson(person.id, 1, person, {})

    def tell(self) -> None:
        """After the commit: wake those who wait for what was written."""
        self.engine.watchers.moved(self.moved)
        if self.rings:
            self.engine.wake(*self.rings)
        for count in self.counted:
            count(self.engine)

    # --- Waiting ------------------------------------------------------------------------------------------------------

    async def something_waits(self, happening: Happening) -> bool:
        """Whether an earlier event of this thread has not had its turn: order per thread."""
        waiting = select(inbox.c.id).where(inbox.c.thread == happening.thread.id, inbox.c.state == "pending")
        if happening.inbox is not None:
            own = select(inbox.c.seq).where(inbox.c.id == happening.inbox).scalar_subquery()
            waiting = waiting.where(inbox.c.seq < own)
        return (await self.connection.execute(waiting.limit(1))).first() is not None

    async def keep_for_later(self, happening: Happening, failed: Exception | None) -> None:
        """Commit the event alone. After a failure it is tried again, less and less often, then it is a dead letter."""
        thread = happening.thread
        if happening.entry is None and isinstance(happening.event, Said | Filled):
            happening.entry = await self._write_theirs(thread, happening.event, happening.at, None)
            await threads.save_thread(self.connection, self.codec, thread)
        letter = await self._in_inbox(happening)
        self.rings.add("inbox")
        if failed is None:
            return
        tried = (
            update(inbox)
            .where(inbox.c.id == letter)
            .values(attempts=inbox.c.attempts + 1, error=type(failed).__name__)
            .returning(inbox.c.attempts)
        )
        attempts: int = (await self.connection.execute(tried)).scalar_one()
        if attempts <= len(PATIENCE):
            await self._change_inbox(letter, next_try_at=sql.now() + PATIENCE[attempts - 1])
        else:
            await self.bury(happening)

    async def _in_inbox(self, happening: Happening) -> UUID:
        """The row of this event, written if it has none."""
        if happening.inbox is None:
            happening.inbox = uuid4()
            await self._put(happening.inbox, happening.thread.id, happening.event, happening.at, happening.entry)
        elif happening.entry is not None:
            await self._change_inbox(happening.inbox, entry=happening.entry)
        return happening.inbox

    async def queue(self, thread: UUID, event: Event, at: datetime) -> None:
        """Put an event in the inbox; its turn comes from there."""
        await self._put(uuid4(), thread, event, at, None)

    async def _put(self, row: UUID, thread: UUID, event: Event, at: datetime, entry: int | None) -> None:
        kind, body = messages.dump_event(event)
        await self.connection.execute(
            insert(inbox).values(
                id=row,
                municipality=self.municipality,
                thread=thread,
                kind=kind,
                body=self.codec.seal(body, "inbox", "body", row),
                received_at=at,
                entry=entry,
            )
        )
        self.rings.add("inbox")

    async def bury(self, happening: Happening) -> None:
        """An event that could not be dealt with: staff get it, the person is told, the thread goes on."""
        thread, was = happening.thread, happening.thread.state
        letter = await self._in_inbox(happening)
        await self._change_inbox(letter, state="dead")
        thread.state = replace(was, handed_over=True)
        telephone = thread.address if thread.channel == "sms" else None
        call = self._dead_letter(thread.person, thread.id, thread.channel)
        call = call.model_copy(
            update={
                "language": was.speaks or was.language or "sv",
                "telephone": telephone,
                "shared_phone": was.shared,
                "about": letter,
                "entry": happening.entry,
            }
        )
        await self._write_calls(thread, [Call(uuid5(letter, "dead letter"), call, answers_to_thread=False)])
        wrote = isinstance(happening.event, Said | Filled)
        if wrote and was.owner == "bot" and not was.opted_out and not was.frozen:
            await self._write_ours(thread, uuid4(), [Outgoing("reply", say(STUMBLED))], was)
        await threads.save_thread(self.connection, self.codec, thread)
        log.critical("dead letter", municipality=self.municipality, kind=type(happening.event).__name__)

    async def _seen_to(self, thread: LockedThread, letter: UUID, again: bool) -> None:
        """Staff have read a dead letter. Tried again, it comes after what waits now, and holds up nothing before it."""
        dead = (inbox.c.id == letter, inbox.c.thread == thread.id, inbox.c.state == "dead")
        found = (await self.connection.execute(select(inbox).where(*dead).with_for_update())).one_or_none()
        if found is None:
            return
        await self._change_inbox(letter, state="done", body=None)
        if again and found.body is not None:
            new, body = uuid4(), self.codec.open(found.body, "inbox", "body", letter)
            row = {"id": new, "kind": found.kind, "body": self.codec.seal(body, "inbox", "body", new)}
            beside = {"received_at": found.received_at, "entry": found.entry, "release_of": letter}
            await self.connection.execute(
                insert(inbox).values(municipality=self.municipality, thread=thread.id, **row, **beside)
            )
            self.rings.add("inbox")

    async def hand_over_unread(self, thread: UUID, letter: UUID, *, kept: bool = True) -> None:
        """The same for a thread that cannot be opened: staff get what stands beside its state.

        ``kept``: it lies here and can be tried again.
        """
        found = select(thread_rows.c.person, thread_rows.c.channel).where(thread_rows.c.id == thread)
        row = (await self.connection.execute(found)).one()
        call = self._dead_letter(row.person, thread, row.channel)
        call = call.model_copy(update={"about": letter if kept else None})
        await self.write_call(uuid5(letter, "dead letter"), call, None)
        log.critical("dead letter", municipality=self.municipality, kind="unread")

    def _dead_letter(self, person: UUID, thread: UUID, channel: Channel) -> HandOver:
        return HandOver(
            person=person, thread=thread, channel=channel, language="sv", at=self.engine.clock(), reason="dead-letter"
        )

    # --- The turn -----------------------------------------------------------------------------------------------------

    async def turn(self, happening: Happening) -> None:
        """Take the turn and write its whole effect."""
        self.source = happening.source
        thread, was = happening.thread, happening.thread.state
        person = self.persons[thread.person]
        telephone = thread.address if thread.channel == "sms" else None
        state = State(was, person.state, person.runs, telephone)
        now = self.engine.clock()
        took = self.engine.turn(state, happening.event, self.policy, now)
        thread.state = took.state.thread
        if isinstance(happening.event, Said | Filled):
            if happening.entry is None:
                happening.entry = await self._write_theirs(thread, happening.event, happening.at, took.understood)
            elif took.understood is not None:
                await self._understand(thread, happening.entry, took.understood)
        if took.supersede:
            await self._supersede(thread)
        if thread.state.owner != was.owner:
            await self._mark(thread, TAKEN_OVER if thread.state.owner == "staff" else HANDED_BACK)
            if thread.state.owner == "staff" and await self._is_under_way(thread):
                await self._mark(thread, CROSSED)
        await self._write_ours(thread, uuid4(), took.says, was)
        made = [as_received(call, happening.event, happening.at) for call in took.calls]
        await self._write_calls(thread, [*made, *_ownership(thread.state, was, took, now)])
        await self._write_timers(thread.id, took.timers)
        await threads.save_person(self.connection, self.codec, self.municipality, person, took.state)
        await self._beside(thread, took, happening.at)
        if happening.inbox is not None:
            await self._change_inbox(happening.inbox, state="done", body=None)
        replies = [said.kind for said in took.says if said.to in (None, thread.id) and not KINDS[said.kind].proactive]
        self.counted.append(partial(count_turn, thread=thread, event=happening.event, replies=replies, at=happening.at))
        await threads.save_thread(self.connection, self.codec, thread)

    async def _beside(self, thread: LockedThread, took: Turn, at: datetime) -> None:
        """What few turns do: to whom the contact point belongs, and what becomes of a dead letter."""
        if took.link is not None:
            await self._link(thread, took.link, at)
        if took.owns is not None:
            await self._own(thread, took.owns, at)
        if took.letter is not None:
            await self._seen_to(thread, *took.letter)

    async def save(self, thread: LockedThread, calls: Sequence[Call] = ()) -> None:
        """Save what something else than a turn changed of a thread, and its calls."""
        await self._write_calls(thread, calls)
        await threads.save_thread(self.connection, self.codec, thread)

    # --- Lines of the thread ------------------------------------------------------------------------------------------

    async def _write_theirs(
        self, thread: LockedThread, event: Said | Filled, at: datetime, understood: str | None
    ) -> int:
        return await self.write_entry(thread, at=at, **their_words(thread, event), swedish=understood)

    async def _understand(self, thread: LockedThread, number: int, understood: str) -> None:
        sealed = self.codec.seal(understood, "entries", "swedish", f"{thread.id}/{number}")
        await self.connection.execute(
            update(entries)
            # The backend takes an entry as it first was; only its state may move.
            .where(entries.c.thread == thread.id, entries.c.number == number, entries.c.copied.is_(None))
            .values(swedish=sealed, changed_at=sql.clock_timestamp())
        )
        self.moved.add(thread.id)

    async def _mark(self, thread: LockedThread, message: str) -> None:
        language = thread.state.language or "sv"
        await self.write_entry(
            thread,
            at=self.engine.clock(),
            who="marker",
            language=language,
            original=render(say(message), language),
            swedish=render(say(message), "sv"),
            state="delivered",
        )

    async def write_entry(
        self,
        thread: LockedThread,
        *,
        at: datetime,
        who: Literal["person", "bot", "staff", "marker"],
        language: str,
        original: str,
        swedish: str | None,
        state: str,
        outbox_id: UUID | None = None,
        staff_message: UUID | None = None,
    ) -> int:
        """Write the thread's next line. The thread is locked, and saved afterwards."""
        row = entry_row(
            self.codec,
            thread,
            at=at,
            who=who,
            language=language,
            original=original,
            swedish=swedish,
            state=state,
            outbox_id=outbox_id,
            staff_message=staff_message,
        )
        await self.connection.execute(insert(entries).values(**row))
        self.moved.add(thread.id)
        if thread.state.handed_over:
            self.rings.add("entries")
        number: int = row["number"]
        return number

    # --- What we say --------------------------------------------------------------------------------------------------

    async def _write_ours(self, thread: LockedThread, turn: UUID, says: Sequence[Outgoing], was: Thread) -> None:
        parting = (thread.state.opted_out or thread.state.frozen) and not (was.opted_out or was.frozen)
        others: dict[UUID, LockedThread] = {}
        for message in await self._within_limits(thread, says):
            to = await self._addressed(thread, message)
            await self.write_message(to, turn, message, parting=parting and to is thread)
            if to is not thread:
                others[to.id] = to
        for other in others.values():
            await threads.save_thread(self.connection, self.codec, other)

    async def _within_limits(self, thread: LockedThread, says: Sequence[Outgoing]) -> Sequence[Outgoing]:
        """What is said, without texts to telephones that must get none (more) today; then something else is said."""
        refused = [one for one in says if one.telephone is not None and not await self._may_text(thread, one.telephone)]
        if not refused:
            return says
        return [
            one if one.instead is None else replace(one, text=one.instead, verbatim=None, instead=None)
            for one in says
            if one not in refused
        ]

    async def _may_text(self, thread: LockedThread, telephone: str) -> bool:
        now, limit = self.engine.clock(), self.engine.settings.limits
        if not limit.reaches(telephone) or await limits.is_spent(self.connection, limit, self.municipality, now):
            return False
        given = limits.Given(telephone, str(thread.person), self.source)
        return await limits.may_be_texted(self.connection, self.codec, self.municipality, now, given)

    async def write_message(
        self,
        thread: LockedThread,
        turn: UUID,
        message: Outgoing,
        *,
        parting: bool = False,
        retry_of: UUID | None = None,
        wait: timedelta = timedelta(),
    ) -> None:
        """Put one message in the outbox.

        A reply stands in the thread at once; where people read our entries it has thereby arrived. What is proactive
        stands there when it leaves. Raises AboveCeiling.
        """
        kind, new = KINDS[message.kind], uuid4()
        guard_ceiling(message, self.policy, thread.state)
        if message.kind == CODE and retry_of is None:
            message = await codes.filled(self.connection, self.codec, thread, message)
        here = self.engine.reads_here(thread.channel) and not kind.proactive
        state = "delivered" if here else "pending"
        entry = None
        if not kind.proactive and retry_of is None:
            entry = await self.write_line_of(thread, message, new, state)
        row = outbox_row(self.codec, thread, turn, message, outbox_id=new, now=self.engine.clock(), state=state)
        await self.connection.execute(
            insert(outbox).values(**row, parting=parting, entry=entry, retry_of=retry_of, next_try_at=sql.now() + wait)
        )
        self.rings.add("outbox")

    async def write_line_of(self, thread: LockedThread, message: Outgoing, outbox_id: UUID, state: str) -> int:
        """The line of one of our messages. Every message has one at the latest when it leaves."""
        message = codes.masked(message) if message.kind == CODE else message
        now, swedish = self.engine.clock(), in_swedish(message)
        language, words = worded(thread, message)
        return await self.write_entry(
            thread,
            at=now,
            who="staff" if message.staff_message is not None else "bot",
            language=language,
            original=words,
            swedish=swedish,
            state=state,
            outbox_id=outbox_id,
            staff_message=message.staff_message,
        )

    async def _addressed(self, thread: LockedThread, message: Outgoing) -> LockedThread:
        """The thread a message goes to: this one, another of the person, or that of a number she gave."""
        if message.telephone is not None:
            return await self._thread_of(message.telephone, message, thread.state.language)
        if message.to is None or message.to == thread.id:
            return thread
        if message.to not in self.locked:
            raise LockMore(message.to)
        return self.locked[message.to]

    async def _thread_of(self, telephone: str, message: Outgoing, language: str | None) -> LockedThread:
        """The SMS thread of a number somebody gave as hers; it is hers only when a reply there has said so."""
        found = await threads.find_in(self.connection, self.codec, self.municipality, "sms", telephone)
        if found is not None and found not in self.locked:
            raise LockMore(found)
        if found is not None:
            thread = self.locked[found]
            thread.state = replace(thread.state, link=message.reference)
        else:
            person = Person(uuid4())
            state = Thread(
                id=uuid4(),
                municipality=self.municipality,
                channel="sms",
                language=message.language or language,
                link=message.reference,
            )
            thread = await threads.make(self.connection, self.codec, telephone, state, person)
            self.made(thread, person)
        if message.reference is not None:
            await self.link_row(thread.contact_point, message.reference, "given", self.engine.clock())
        return thread

    async def _supersede(self, thread: LockedThread) -> None:
        """Staff took over: what the machine had not sent yet stays unsent."""
        dropped = (
            await self.connection.execute(
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
                .returning(outbox.c.id)
            )
        ).scalars()
        for message in dropped.all():
            await self.move_line(thread, message, "dropped")

    async def _is_under_way(self, thread: LockedThread) -> bool:
        """Whether an answer of the machine has left us, and nobody can take it back: it crosses with who took over."""
        under_way = select(outbox.c.id).where(
            outbox.c.thread == thread.id,
            outbox.c.state.in_(["sending", "unknown"]),
            outbox.c.epoch < thread.state.epoch,
            ~outbox.c.proactive,
            ~outbox.c.staff,
        )
        return (await self.connection.execute(under_way.limit(1))).first() is not None

    async def move_line(self, thread: LockedThread, outbox_id: UUID, state: str) -> None:
        """A message's line follows its state."""
        await self.connection.execute(
            update(entries).where(entries.c.outbox == outbox_id).values(state=state, changed_at=sql.clock_timestamp())
        )
        self.moved.add(thread.id)
        if thread.state.handed_over:
            self.rings.add("entries")

    # --- Calls, timers, links -----------------------------------------------------------------------------------------

    async def _write_calls(self, thread: LockedThread, made: Sequence[Call]) -> None:
        for call in made:
            await self.write_call(call.id, call.value, thread, call.path, call.answers_to_thread)

    async def write_call(
        self,
        key: UUID,
        value: Value,
        of: LockedThread | None,
        path: Mapping[str, str] | None = None,
        answers_to_thread: bool = False,
    ) -> None:
        """Put one call to the backend in its queue. The same key again changes nothing."""
        row = call_row(self.codec, self.municipality, key, value, of=of, path=path, answers_to_thread=answers_to_thread)
        put = upsert(calls).values(**row)
        await self.connection.execute(put.on_conflict_do_nothing(index_elements=["id"]))
        self.rings.add("calls")

    async def _write_timers(self, thread: UUID, made: Sequence[Timer]) -> None:
        for timer in made:
            put = upsert(timers).values(
                id=uuid4(),
                municipality=self.municipality,
                thread=thread,
                timer=timer.timer,
                reference=timer.reference,
                at=timer.at,
            )
            await self.connection.execute(
                put.on_conflict_do_update(index_elements=["thread", "timer", "reference"], set_={"at": put.excluded.at})
            )
            self.rings.add("timers")

    async def _link(self, thread: LockedThread, person: UUID, at: datetime) -> None:
        """This contact point is that person's: her next turn here loads her."""
        await self.connection.execute(
            update(contact_links)
            .where(
                contact_links.c.contact_point == thread.contact_point,
                contact_links.c.person == thread.person,
                contact_links.c.until.is_(None),
            )
            .values(until=at)
        )
        await self.link_row(thread.contact_point, person, "confirmed", at)
        thread.person = person
        thread.state = replace(thread.state, link=None)
        await self.queue(thread.id, Linked(thread.address), at)

    async def _own(self, thread: LockedThread, telephone: str, at: datetime) -> None:
        """That telephone is proved to be the thread's person's: her texts from there will be hers from the first.

        Where somebody has written from it before, only a reply there says whose it is now.
        """
        found = await threads.find_in(self.connection, self.codec, self.municipality, "sms", telephone)
        if found is None:
            state = Thread(
                id=uuid4(),
                municipality=self.municipality,
                channel="sms",
                language=thread.state.language,
                speaks=thread.state.speaks,
                confirmed=True,
                greeted=True,
            )
            made = await threads.make(self.connection, self.codec, telephone, state, self.persons[thread.person].state)
            await self.link_row(made.contact_point, thread.person, "confirmed", at)

    async def link_row(
        self, contact_point: UUID, person: UUID, because: Literal["wrote", "given", "confirmed"], at: datetime
    ) -> None:
        """This person is reached here, from now on, and why we think so."""
        put = upsert(contact_links).values(
            municipality=self.municipality, contact_point=contact_point, person=person, because=because, since=at
        )
        await self.connection.execute(
            put.on_conflict_do_update(
                index_elements=["contact_point", "person"],
                index_where=contact_links.c.until.is_(None),
                set_={"because": put.excluded.because},
            )
        )

    async def _change_inbox(self, row: UUID, **values: Any) -> None:
        await self.connection.execute(update(inbox).where(inbox.c.id == row).values(**values))


# --- Figures ----------------------------------------------------------------------------------------------------------


def count_turn(engine: Engine, thread: LockedThread, event: Event, replies: Sequence[str], at: datetime) -> None:
    """Count a turn that is committed, and the kinds of its replies where people read our entries: those are here."""
    language, kind = thread.state.language or NONE, type(event).__name__.lower()
    engine.counts("turns", thread.channel, thread.municipality, language=language, kind=kind)
    if engine.reads_here(thread.channel):
        for reply in replies:
            count_message(engine, thread, reply, "delivered")
        if replies and isinstance(event, Said | Filled):
            took = (engine.clock() - at).total_seconds()
            engine.tally.waited(thread.municipality, thread.channel, language, took)


def count_message(engine: Engine, thread: LockedThread, kind: str, state: str, provider: str | None = None) -> None:
    """Count a message of ours that has come to a state, and is committed there."""
    language = thread.state.language or NONE
    engine.counts(
        "messages",
        thread.channel,
        thread.municipality,
        provider=provider,
        language=language,
        kind=kind,
        word=state,
    )


# --- Rows -------------------------------------------------------------------------------------------------------------


def entry_row(
    codec: Codec,
    thread: LockedThread,
    *,
    at: datetime,
    who: Literal["person", "bot", "staff", "marker"],
    language: str,
    original: str,
    swedish: str | None,
    state: str,
    outbox_id: UUID | None = None,
    staff_message: UUID | None = None,
) -> dict[str, Any]:
    """The thread's next line as it lies in the table. The thread is saved afterwards."""
    number = thread.next_number()
    place = f"{thread.id}/{number}"
    return {
        "thread": thread.id,
        "number": number,
        "municipality": thread.municipality,
        "person": thread.person,
        "at": at,
        "who": who,
        "language": language,
        "original": codec.seal(original, "entries", "original", place),
        "swedish": None if swedish is None else codec.seal(swedish, "entries", "swedish", place),
        "state": state,
        "outbox": outbox_id,
        "staff_message": staff_message,
    }


def outbox_row(
    codec: Codec,
    thread: LockedThread,
    turn: UUID,
    message: Outgoing,
    *,
    outbox_id: UUID,
    now: datetime,
    state: str,
) -> dict[str, Any]:
    """One of our messages as it lies in the outbox."""
    kind = KINDS[message.kind]
    return {
        "id": outbox_id,
        "municipality": thread.municipality,
        "thread": thread.id,
        "turn": turn,
        "channel": thread.channel,
        "kind": message.kind,
        "rank": kind.rank,
        "message": codec.seal(messages.dump(message), "outbox", "message", outbox_id),
        "proactive": kind.proactive,
        "staff": message.staff_message is not None,
        "epoch": thread.state.epoch,
        "state": state,
        "at": now,
        "start": message.start,
        "deadline": message.deadline or now + kind.life,
    }


def call_row(
    codec: Codec,
    municipality: str,
    key: UUID,
    value: Value,
    *,
    of: LockedThread | None,
    path: Mapping[str, str] | None,
    answers_to_thread: bool,
) -> dict[str, Any]:
    """A call to the backend as it lies in its queue."""
    return {
        "id": key,
        "municipality": municipality,
        "thread": of.id if of else None,
        "person": of.person if of else None,
        "call": type(value).__name__,
        "path": dict(path or {}),
        "body": codec.seal(value.model_dump_json(), "calls", "body", key),
        "answers_to_thread": answers_to_thread,
    }


def their_words(thread: LockedThread, event: Said | Filled) -> dict[str, Any]:
    """What the person's own line says."""
    return {
        "who": "person",
        "language": thread.state.speaks or thread.state.language or "sv",
        "original": event.words if isinstance(event, Said) else _written_on(event),
        "state": "received",
    }


def worded(thread: LockedThread, message: Outgoing) -> tuple[str, str]:
    """The language a message is said in, and its words; a text that costs more than its kind may is told in the log."""
    language = message.language or thread.state.language or "sv"
    plain = thread.channel == "sms"
    words = as_text(message, language, plain=plain)
    budget = KINDS[message.kind].segments[0 if fits_gsm(words) else 1]
    if plain and (cost := segments(words)) > budget:
        log.warning("over budget", kind=message.kind, language=language, segments=cost, budget=budget)
    return language, words


def guard_ceiling(message: Outgoing, policy: Policy, thread: Thread) -> None:
    """Raise AboveCeiling for a message its thread may not carry, or that its kind may not be."""
    order = list(Sensitivity)
    most = min(order.index(highest_allowed(policy, thread)), order.index(KINDS[message.kind].sensitivity))
    if order.index(message.sensitivity) > most:
        raise AboveCeiling(message.kind)
    if message.kind == CODE and thread.channel not in ANSWERED_HERE and thread.shared is not False:
        # Whoever else reads there could go on as her.
        raise AboveCeiling(message.kind)


def highest_allowed(policy: Policy, thread: Thread) -> Sensitivity:
    """The channel's ceiling; open only on a telephone others may read, whatever the policy (unanswered is yes)."""
    if thread.channel in ANSWERED_HERE:
        return Sensitivity.PERSONAL
    if thread.shared is not False:
        return Sensitivity.OPEN
    return policy.ceilings.get(thread.channel, Sensitivity.OPEN)


def where(error: BaseException) -> list[str]:
    """The way through the code to an error, without values: its last frames."""
    frames = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return frames[-6:]


def as_received(call: Call, event: Event, at: datetime) -> Call:
    """Legal dates count from when the edge took a message in, also when its turn had to wait."""
    if isinstance(call.value, CallForHelp | SendApplication) and isinstance(event, Said | Filled):
        return replace(call, value=call.value.model_copy(update={"received_at": at}))
    return call


def _written_on(page: Filled) -> str:
    return "; ".join(words for words in page.fields.values() if words.strip())


def _ownership(state: Thread, was: Thread, took: Turn, at: datetime) -> list[Call]:
    """The backend is told who owns the thread, even by a turn that forgets to say so."""
    if state.epoch == was.epoch or any(isinstance(call.value, Ownership) for call in took.calls):
        return []
    path = {"thread": str(state.id), "epoch": str(state.epoch)}
    told = Ownership(owner=state.owner, at=at)
    return [Call(uuid5(state.id, f"ownership:{state.epoch}"), told, path, answers_to_thread=False)]
