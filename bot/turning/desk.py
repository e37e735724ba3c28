"""One transaction of one municipality: what is locked and written in it, and who is woken once it is committed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import func as sql
from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.contract import Policy, Value
from bot import messages
from bot.codec import Codec
from bot.engine import Engine
from bot.leaving.ceilings import guard_ceiling
from bot.leaving.kinds import KINDS
from bot.leaving.sending import CODES
from bot.messages import Call, Event, Outgoing, Person, Timer
from bot.persons import codes
from bot.rendering import in_swedish
from bot.tables import calls, contact_links, entries, inbox, outbox, timers
from bot.text import Text, render
from bot.turning import threads
from bot.turning.rows import call_row, entry_row, outbox_row, within_budget, worded
from bot.turning.threads import LockedPerson, LockedThread


class LockMore(Exception):
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

    async def lock_thread(self, thread: UUID) -> LockedThread:
        """The same, without the person until she is needed: what only moves a message of hers says nothing of her."""
        if self.also:
            return await self.lock(thread)
        self.locked = await threads.lock_threads(self.connection, self.codec, [thread])
        return self.locked[thread]

    async def person(self, whose: UUID) -> LockedPerson:
        """A person under our lock. Raises KeyError for one who is not there."""
        if whose not in self.persons:
            self.persons |= await threads.lock_persons(self.connection, self.codec, [whose])
        return self.persons[whose]

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

    # --- Events that wait ---------------------------------------------------------------------------------------------

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

    async def in_inbox(self, happening: Happening) -> UUID:
        """The row of this event, written if it has none."""
        if happening.inbox is None:
            happening.inbox = uuid4()
            await self._put(happening.inbox, happening.thread.id, happening.event, happening.at, happening.entry)
        elif happening.entry is not None:
            await self.change_inbox(happening.inbox, entry=happening.entry)
        return happening.inbox

    async def change_inbox(self, row: UUID, **values: Any) -> None:
        await self.connection.execute(update(inbox).where(inbox.c.id == row).values(**values))

    # --- Lines of the thread ------------------------------------------------------------------------------------------

    async def save(self, thread: LockedThread, calls: Sequence[Call] = ()) -> None:
        """Save what something else than a turn changed of a thread, and its calls."""
        await self.write_calls(thread, calls)
        await threads.save_thread(self.connection, self.codec, thread)

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

    async def mark(self, thread: LockedThread, text: Text) -> None:
        """Write a line that nobody said: what happened here, for whoever reads the thread."""
        language = thread.state.language or "sv"
        await self.write_entry(
            thread,
            at=self.engine.clock(),
            who="marker",
            language=language,
            original=render(text, language),
            swedish=render(text, "sv"),
            state="delivered",
        )

    async def write_line_of(self, thread: LockedThread, message: Outgoing, outbox_id: UUID, state: str) -> int:
        """The line of one of our messages. Every message has one at the latest when it leaves."""
        message = codes.masked(message) if message.kind in CODES else message
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

    async def move_line(self, thread: LockedThread, outbox_id: UUID, state: str) -> None:
        """A message's line follows its state."""
        await self.move_line_of(thread.id, outbox_id, state)
        if thread.state.handed_over:
            self.rings.add("entries")

    async def move_line_of(self, thread: UUID, outbox_id: UUID, state: str) -> None:
        """The same in a thread that cannot be opened."""
        await self.connection.execute(
            update(entries).where(entries.c.outbox == outbox_id).values(state=state, changed_at=sql.clock_timestamp())
        )
        self.moved.add(thread)

    # --- What we say --------------------------------------------------------------------------------------------------

    async def write_message(
        self,
        thread: LockedThread,
        turn: UUID,
        message: Outgoing,
        *,
        parting: bool = False,
        retry_of: UUID | None = None,
        wait: timedelta = timedelta(),
        epoch: int | None = None,
    ) -> None:
        """Put one message in the outbox.

        A reply stands in the thread at once; where people read our entries it has thereby arrived. What is proactive
        stands there when it leaves. ``epoch``: of the thread when it was said, if that is not now. Raises AboveCeiling.
        """
        kind, new = KINDS[message.kind], uuid4()
        guard_ceiling(message, self.policy, thread.state)
        if message.kind in CODES and retry_of is None:
            site = self.engine.settings.public_url
            message = within_budget(thread, await codes.filled(self.connection, self.codec, thread, message, site))
        here = self.engine.reads_here(thread.channel) and not kind.proactive
        state = "delivered" if here else "pending"
        entry = None
        if not kind.proactive and retry_of is None:
            entry = await self.write_line_of(thread, message, new, state)
        row = outbox_row(self.codec, thread, turn, message, outbox_id=new, now=self.engine.clock(), state=state)
        row["epoch"] = thread.state.epoch if epoch is None else epoch
        await self.connection.execute(
            insert(outbox).values(**row, parting=parting, entry=entry, retry_of=retry_of, next_try_at=sql.now() + wait)
        )
        self.rings.add("outbox")

    # --- Calls, timers, links -----------------------------------------------------------------------------------------

    async def write_calls(self, thread: LockedThread, made: Sequence[Call]) -> None:
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

    async def write_timers(self, thread: UUID, made: Sequence[Timer]) -> None:
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
