"""Threads, persons and runs: found, locked, loaded and saved; and read as a transcript.

Locks are taken in one order everywhere, threads by id and then persons by id, so that no two turns wait for each
other; and they leave the keys alone, so that a row elsewhere may refer to what is locked. The version check behind
them is the guard against whoever forgets that.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import Row, and_, insert, or_, select, update
from sqlalchemy import func as sql
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.contract import Channel, EntryState
from bot import messages
from bot.codec import Codec
from bot.engine import Engine
from bot.flows import applications
from bot.messages import Outgoing, Person, Run, State, Thread
from bot.tables import contact_points, entries, outbox, persons, runs, threads

SENT = ", ".join(f"'{name}'" for name in applications())
"""In SQL: the flows whose runs are read also when they are done, since a correction begins from them."""

LOOK_AGAIN = 1.0
"""Seconds after which a watched thread is looked at without a ring: another process may have written to it."""

QUIET = 15
"""Looks without anything new after which whoever watches is told so."""


class Conflict(Exception):
    """Somebody else changed the same row meanwhile: do it all again on what stands there now."""


@dataclass
class LockedThread:
    """A thread under our lock. ``last_number`` is its last entry's; ``address`` is the contact point's."""

    id: UUID
    municipality: str
    channel: Channel
    contact_point: UUID
    person: UUID
    version: int
    last_number: int
    address: str = field(repr=False)
    state: Thread = field(repr=False)

    def next_number(self) -> int:
        self.last_number += 1
        return self.last_number


@dataclass
class LockedPerson:
    """A person under our lock, with the runs a turn may need."""

    id: UUID
    version: int
    state: Person
    runs: Mapping[UUID, Run]


@dataclass(frozen=True)
class Line:
    """One entry of a thread, as it is read. ``outgoing`` is the message behind a line of ours."""

    number: int
    at: datetime
    who: Literal["person", "bot", "staff", "marker"]
    language: str
    original: str
    swedish: str | None
    state: EntryState
    outgoing: Outgoing | None


# --- Finding ----------------------------------------------------------------------------------------------------------


async def find(engine: Engine, municipality: str, channel: Channel, address: str) -> UUID | None:
    """The thread of a contact point, if it has ever been written to or from."""
    codec = await engine.codec(municipality)
    async with engine.database.reading() as connection:
        return await find_in(connection, codec, municipality, channel, address)


async def find_in(
    connection: AsyncConnection, codec: Codec, municipality: str, channel: Channel, address: str
) -> UUID | None:
    """The same, in a transaction under way."""
    found: UUID | None = (
        await connection.execute(
            select(threads.c.id)
            .join(contact_points, contact_points.c.id == threads.c.contact_point)
            .where(
                contact_points.c.municipality == municipality,
                contact_points.c.channel == channel,
                contact_points.c.address_index == index_of(codec, channel, address),
            )
        )
    ).scalar_one_or_none()
    return found


def index_of(codec: Codec, channel: str, address: str) -> bytes:
    """What a contact point is found by."""
    return codec.blind(f"contact point:{channel}", address)


def retired(codec: Codec, contact_point: UUID) -> bytes:
    """What a contact point has instead when it is to be found no more: nobody writes from there by that."""
    return codec.blind("contact point given up", str(contact_point))


# --- Locking and loading ----------------------------------------------------------------------------------------------


async def lock_threads(connection: AsyncConnection, codec: Codec, wanted: Iterable[UUID]) -> dict[UUID, LockedThread]:
    """Lock and load these threads, in id order. An id that is no thread is left out."""
    rows = await connection.execute(
        select(threads, contact_points.c.address)
        .join(contact_points, contact_points.c.id == threads.c.contact_point)
        .where(threads.c.id.in_(sorted(wanted)))
        .order_by(threads.c.id)
        .with_for_update(of=threads, key_share=True)
    )
    return {row["id"]: read_thread(codec, dict(row)) for row in rows.mappings()}


async def lock_persons(connection: AsyncConnection, codec: Codec, wanted: Iterable[UUID]) -> dict[UUID, LockedPerson]:
    """Lock and load these persons, in id order; after their threads."""
    ids = sorted(set(wanted))
    rows = (
        await connection.execute(
            select(persons.c.id, persons.c.version, persons.c.state)
            .where(persons.c.id.in_(ids))
            .order_by(persons.c.id)
            .with_for_update(key_share=True)
        )
    ).all()
    found = await _runs(connection, codec, ids)
    return {
        row.id: LockedPerson(
            row.id,
            row.version,
            messages.load_person(codec.open(row.state, "persons", "state", row.id)),
            found.get(row.id, {}),
        )
        for row in rows
    }


def read_thread(codec: Codec, row: Mapping[str, Any]) -> LockedThread:
    """A thread as it was read, with its contact point's address."""
    id_, contact_point = row["id"], row["contact_point"]
    return LockedThread(
        id=id_,
        municipality=row["municipality"],
        channel=row["channel"],
        contact_point=contact_point,
        person=row["person"],
        version=row["version"],
        last_number=row["last_number"],
        address=codec.open(row["address"], "contact_points", "address", contact_point).decode(),
        state=messages.load_thread(codec.open(row["state"], "threads", "state", id_)),
    )


def read_person(codec: Codec, row: Mapping[str, Any]) -> LockedPerson:
    """A person as she was read with her thread and her runs, all in one row."""
    found: Mapping[UUID, Run] = {
        run: messages.load_run(codec.open(body, "runs", "body", run))
        for run, body in zip(row["run_ids"], row["run_bodies"], strict=True)
    }
    state = messages.load_person(codec.open(row["person_state"], "persons", "state", row["person"]))
    return LockedPerson(row["person"], row["person_version"], state, found)


async def _runs(connection: AsyncConnection, codec: Codec, of: Iterable[UUID]) -> dict[UUID, dict[UUID, Run]]:
    """Runs by person: those that still live, and applications that were sent (a correction begins from them), until
    their answers are erased."""
    rows = await connection.execute(
        select(runs.c.id, runs.c.person, runs.c.body).where(
            runs.c.person.in_(list(of)),
            runs.c.body.is_not(None),
            or_(runs.c.state.in_(["open", "sent"]), runs.c.flow.in_(applications())),
        )
    )
    found: dict[UUID, dict[UUID, Run]] = {}
    for row in rows:
        run = messages.load_run(codec.open(row.body, "runs", "body", row.id))
        found.setdefault(row.person, {})[row.id] = run
    return found


# --- Saving -----------------------------------------------------------------------------------------------------------


async def save_thread(connection: AsyncConnection, codec: Codec, thread: LockedThread) -> None:
    """Save a thread under our lock. Raises Conflict."""
    saved = await connection.execute(
        update(threads)
        .where(threads.c.id == thread.id, threads.c.version == thread.version)
        .values(
            state=codec.seal(messages.dump(thread.state), "threads", "state", thread.id),
            person=thread.person,
            last_number=thread.last_number,
            handed_over=thread.state.handed_over,
            version=threads.c.version + 1,
            changed_at=sql.now(),
        )
    )
    if saved.rowcount != 1:
        raise Conflict("thread")
    thread.version += 1


async def save_person(
    connection: AsyncConnection, codec: Codec, municipality: str, person: LockedPerson, state: State
) -> None:
    """Save what a turn changed of a person and her runs. Raises Conflict.

    The person's version counts changes of her runs too: who has read them without a lock finds out by it.
    """
    changed = run_rows(codec, municipality, person, state)
    if changed or state.person != person.state:
        saved = await connection.execute(
            update(persons)
            .where(persons.c.id == person.id, persons.c.version == person.version)
            .values(
                state=codec.seal(messages.dump(state.person), "persons", "state", person.id),
                version=persons.c.version + 1,
            )
        )
        if saved.rowcount != 1:
            raise Conflict("person")
    if changed:
        kept = upsert(runs)
        await connection.execute(
            kept.on_conflict_do_update(
                index_elements=["id"],
                set_={"state": kept.excluded.state, "body": kept.excluded.body, "changed_at": sql.now()},
            ),
            changed,
        )


def run_rows(codec: Codec, municipality: str, person: LockedPerson, state: State) -> list[dict[str, Any]]:
    """The runs that a turn changed, as they lie in the table."""
    return [
        {
            "id": run.id,
            "municipality": municipality,
            "person": person.id,
            "flow": run.flow,
            "state": run.state,
            "body": codec.seal(messages.dump(run), "runs", "body", run.id),
        }
        for run in state.runs.values()
        if run != person.runs.get(run.id)
    ]


async def make(connection: AsyncConnection, codec: Codec, address: str, thread: Thread, person: Person) -> LockedThread:
    """Make a contact point with its thread, and its person if nobody has met her. Raises Conflict when somebody else
    made it meanwhile."""
    contact_point = uuid4()
    rows = made_rows(codec, address, thread, person, contact_point)
    put = upsert(contact_points).values(rows["contact_points"]).on_conflict_do_nothing()
    if (await connection.execute(put)).rowcount != 1:
        raise Conflict("contact point")
    await connection.execute(upsert(persons).values(rows["persons"]).on_conflict_do_nothing(index_elements=["id"]))
    await connection.execute(insert(threads).values(rows["threads"]))
    return LockedThread(thread.id, thread.municipality, thread.channel, contact_point, person.id, 1, 0, address, thread)


def made_rows(
    codec: Codec, address: str, thread: Thread, person: Person, contact_point: UUID
) -> dict[str, dict[str, Any]]:
    """A new contact point with its thread and its person as they lie in their tables."""
    town = {"municipality": thread.municipality}
    return {
        "contact_points": {
            **town,
            "id": contact_point,
            "channel": thread.channel,
            "address": codec.seal(address, "contact_points", "address", contact_point),
            "address_index": index_of(codec, thread.channel, address),
        },
        "persons": {
            **town,
            "id": person.id,
            "state": codec.seal(messages.dump(person), "persons", "state", person.id),
        },
        "threads": {
            **town,
            "id": thread.id,
            "channel": thread.channel,
            "contact_point": contact_point,
            "person": person.id,
            "state": codec.seal(messages.dump(thread), "threads", "state", thread.id),
        },
    }


# --- Reading ----------------------------------------------------------------------------------------------------------


async def state(engine: Engine, thread: UUID) -> State:
    """The state as the next turn would see it. Raises KeyError for a thread that is not there."""
    async with engine.database.reading() as connection:
        row = (
            await connection.execute(
                select(threads, contact_points.c.address, persons.c.state.label("person_state"))
                .join(contact_points, contact_points.c.id == threads.c.contact_point)
                .join(persons, persons.c.id == threads.c.person)
                .where(threads.c.id == thread)
            )
        ).one_or_none()
        if row is None:
            raise KeyError(thread)
        codec = await engine.codec(row.municipality)
        read = read_thread(codec, row._asdict())
        person = messages.load_person(codec.open(row.person_state, "persons", "state", read.person))
        found = await _runs(connection, codec, [read.person])
    return State(read.state, person, found.get(read.person, {}), read.address if read.channel == "sms" else None)


async def lines(engine: Engine, thread: UUID, after: int = 0) -> tuple[Line, ...]:
    """The entries of a thread after a number, by number."""
    found, _ = await _lines(engine, thread, after, None)
    return found


async def watch(engine: Engine, thread: UUID, after: int = 0) -> AsyncIterator[tuple[Line, ...]]:
    """First the lines after ``after``; then, as it happens, new lines and lines whose state moved. Never ends.

    No lines at all, once in a while, when nothing happens."""
    bell = engine.watchers.watch(thread)
    seen: datetime | None = None
    quiet = 0
    try:
        while True:
            found, newest = await _lines(engine, thread, after, seen)
            quiet = 0 if found else quiet + 1
            if found or quiet % QUIET == 0:
                yield found
            seen = newest or seen
            after = max(after, *(line.number for line in found)) if found else after
            await bell.heard(LOOK_AGAIN)
    finally:
        engine.watchers.leave(thread, bell)


async def _lines(
    engine: Engine, thread: UUID, after: int, moved_since: datetime | None
) -> tuple[tuple[Line, ...], datetime | None]:
    new = entries.c.number > after
    wanted = new if moved_since is None else or_(new, entries.c.changed_at > moved_since)
    async with engine.database.reading() as connection:
        # Asked first: what is committed between the two questions is then given twice, never missed.
        newest = (
            await connection.execute(select(sql.max(entries.c.changed_at)).where(entries.c.thread == thread))
        ).scalar_one()
        rows = (
            await connection.execute(
                select(entries, outbox.c.message)
                .join(outbox, outbox.c.id == entries.c.outbox, isouter=True)
                .where(and_(entries.c.thread == thread, wanted))
                .order_by(entries.c.number)
            )
        ).all()
    if not rows:
        return (), newest
    codec = await engine.codec(rows[0].municipality)
    return tuple(read_line(codec, row) for row in rows), newest


def read_line(codec: Codec, row: Row[Any]) -> Line:
    """A row of ``entries`` as it is read. ``outgoing`` only where the row has the message beside it."""
    place = f"{row.thread}/{row.number}"
    message = getattr(row, "message", None)
    outgoing = message and messages.load_outgoing(codec.open(message, "outbox", "message", row.outbox))
    swedish = row.swedish and codec.open(row.swedish, "entries", "swedish", place).decode()
    return Line(
        number=row.number,
        at=row.at,
        who=row.who,
        language=row.language,
        original=codec.open(row.original, "entries", "original", place).decode(),
        swedish=swedish,
        state=EntryState(row.state),
        outgoing=outgoing,
    )
