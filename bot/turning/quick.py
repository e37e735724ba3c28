"""Quick turns: what most messages are, talk that touches its own thread, known or new, and calls the backend.

One read, the turn, one write. The read takes no locks. The write is one statement that first locks what was read,
threads by id and then persons by id as everywhere, and fails as a whole when a version has moved meanwhile, somebody
was met elsewhere or a message was there before; so it is a transaction by itself, and committed when it is answered.
Turns of different threads that wait at the same moment are read together and written together. Whatever is not quick,
or did not succeed, is ``None``: nothing of it was written, and the caller takes it the long way, alone.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID, uuid4

from backend.contract import Channel, Policy
from bot import messages
from bot.codec import Codec
from bot.engine import Engine
from bot.flows import applications
from bot.leaving.ceilings import guard_ceiling
from bot.leaving.kinds import KINDS
from bot.leaving.sending import CODES
from bot.messages import Call, Filled, Person, Said, State, Thread
from bot.rendering import in_swedish
from bot.turning import threads
from bot.turning.counting import count_turn
from bot.turning.rows import LINE, call_row, entry_row, outbox_row, their_words, worded
from bot.turning.threads import Conflict, LockedPerson, LockedThread
from bot.turning.turns import as_received

Event: TypeAlias = Said | Filled
Diverted: TypeAlias = Callable[[Event, Thread], tuple[Event, Sequence[Any]]]
"""The diverter: the event without its secrets, and the secrets. A message that holds any is not quick."""


@dataclass(frozen=True)
class Message:
    """One message as it came. ``provider_id`` is the sender's own id of it."""

    municipality: str
    channel: Channel
    address: str = field(repr=False)
    provider_id: str
    event: Event = field(repr=False)
    at: datetime


@dataclass(frozen=True)
class Took:
    """The thread of a message, and whether its turn was taken now or before."""

    thread: UUID
    outcome: Literal["done", "repeated"]


@dataclass
class _Found:
    """What one message was read with: its thread, its person, and its own digest."""

    codec: Codec
    policy: Policy
    digest: bytes
    thread: LockedThread
    person: LockedPerson
    seen: bool
    waits: bool
    new: bool


_Rows: TypeAlias = dict[str, list[dict[str, Any]]]
"""What one turn writes, table by table; the names are those of ``_TABLES``."""


async def take(engine: Engine, diverted: Diverted, came: Sequence[Message]) -> list[Took | None]:
    """Take the turns of messages of different threads. Raises when nothing at all was written."""
    found = await _read(engine, came)
    took: list[Took | None] = [None] * len(came)
    written: dict[int, _Rows] = {}
    persons: set[UUID] = set()
    for place, one in found.items():
        if one.seen and not one.new:
            took[place] = Took(one.thread.id, "repeated")
        elif not one.seen and not one.waits and one.person.id not in persons:
            persons.add(one.person.id)
            made = _turn(engine, diverted, came[place], one)
            if made is not None:
                written[place] = made
                took[place] = Took(one.thread.id, "done")
    if written:
        await _write(engine, list(written.values()))
        engine.watchers.moved(found[place].thread.id for place in written)
        for place, rows in written.items():
            replies = [row["kind"] for row in rows["outbox"]]
            count_turn(engine, found[place].thread, came[place].event, replies, came[place].at)
        calls = ["calls"] if any(rows["calls"] for rows in written.values()) else []
        copied = ["entries"] if any(found[place].thread.state.handed_over for place in written) else []
        engine.wake("outbox", *calls, *copied)
    return took


# --- Reading ----------------------------------------------------------------------------------------------------------

_READ = """
select came.place, came.municipality, came.channel, t.id, t.contact_point, t.person, t.version, t.last_number, t.state,
       c.address, p.version as person_version, p.state as person_state,
       array(select r.id from runs r where r.person = p.id and r.body is not null
                and (r.state in ('open', 'sent') or r.flow = any($6))
              order by r.id) as run_ids,
       array(select r.body from runs r where r.person = p.id and r.body is not null
                and (r.state in ('open', 'sent') or r.flow = any($6))
              order by r.id) as run_bodies,
       exists (select from provider_ids d where d.municipality = came.municipality and d.digest = came.digest) as seen,
       exists (select from inbox i where i.thread = t.id and i.state = 'pending') as waits
  from unnest($1::int[], $2::text[], $3::text[], $4::bytea[], $5::bytea[])
       as came (place, municipality, channel, address_index, digest)
  left join contact_points c using (municipality, channel, address_index)
  left join threads t on t.contact_point = c.id
  left join persons p on p.id = t.person
"""


def digest_of(codec: Codec, channel: str, provider_id: str) -> bytes:
    """What a message is recognised by when it comes again."""
    return codec.blind(f"provider id:{channel}", provider_id)


async def _read(engine: Engine, came: Sequence[Message]) -> dict[int, _Found]:
    """What is known of the senders, by their messages' places.

    Whose policy the backend must be asked for is left out: that is for the long way, and never waited for here.
    """
    at_hand: dict[str, tuple[Policy, Codec]] = {}
    for town in {one.municipality for one in came}:
        policy, codec = await engine.policies.kept(town), engine.database.codec_at_hand(town)
        if policy is not None and codec is not None:
            at_hand[town] = policy, codec
    asked = [(place, one, *at_hand[one.municipality]) for place, one in enumerate(came) if one.municipality in at_hand]
    if not asked:
        return {}
    digests = {place: digest_of(codec, one.channel, one.provider_id) for place, one, _, codec in asked}
    rows = await engine.database.at_once(
        _READ,
        [place for place, *_ in asked],
        [one.municipality for _, one, *_ in asked],
        [one.channel for _, one, *_ in asked],
        [threads.index_of(codec, one.channel, one.address) for _, one, _, codec in asked],
        list(digests.values()),
        list(applications()),
    )
    found = {}
    for row in rows:
        place, (policy, codec) = row["place"], at_hand[row["municipality"]]
        new = row["id"] is None
        thread, person = _made(came[place]) if new else _known(codec, row)
        found[place] = _Found(codec, policy, digests[place], thread, person, row["seen"], row["waits"], new)
    return found


def _known(codec: Codec, row: Mapping[str, Any]) -> tuple[LockedThread, LockedPerson]:
    return threads.read_thread(codec, row), threads.read_person(codec, row)


def _made(came: Message) -> tuple[LockedThread, LockedPerson]:
    """The thread of somebody nobody has met, who may meanwhile be met elsewhere: then the write fails."""
    person, contact_point = Person(uuid4()), uuid4()
    state = Thread(id=uuid4(), municipality=came.municipality, channel=came.channel)
    thread = LockedThread(
        state.id, came.municipality, came.channel, contact_point, person.id, 1, 0, came.address, state
    )
    return thread, LockedPerson(person.id, 1, person, {})


# --- The turn ---------------------------------------------------------------------------------------------------------


def _turn(engine: Engine, diverted: Diverted, came: Message, found: _Found) -> _Rows | None:
    """What the turn writes; ``None`` when it is no quick one or raised: the long way meets that again, and keeps it."""
    try:
        event, secrets = diverted(came.event, found.thread.state)
        return None if secrets else _taken(engine, event, came, found)
    except Exception:  # noqa: BLE001  # as above
        return None


def _taken(engine: Engine, event: Event, came: Message, found: _Found) -> _Rows | None:
    thread, person, codec = found.thread, found.person, found.codec
    if person.state.agreed or person.state.is_silent or thread.state.frozen:
        return None
    was, now = thread.state, engine.clock()
    telephone = thread.address if thread.channel == "sms" else None
    took = engine.turn(State(was, person.state, person.runs, telephone), event, found.policy, now)
    state = took.state.thread
    elsewhere = any(said.telephone is not None or said.to not in (None, thread.id) for said in took.says)
    more = took.timers or took.supersede or took.link or took.owns or took.tells
    kept = (was.owner, was.epoch, was.opted_out, was.frozen)
    changes_hands = (state.owner, state.epoch, state.opted_out, state.frozen) != kept
    long = any(KINDS[said.kind].proactive or said.kind in CODES for said in took.says)
    if elsewhere or more or changes_hands or long:
        return None
    thread.state = state
    lines = [entry_row(codec, thread, at=came.at, **their_words(thread, event), swedish=took.understood)]
    letters, turn = [], uuid4()
    stands = "delivered" if engine.reads_here(thread.channel) else "pending"
    for said in took.says:
        guard_ceiling(said, found.policy, state)
        language, words = worded(thread, said)
        letter = outbox_row(codec, thread, turn, said, outbox_id=uuid4(), now=now, state=stands)
        line = entry_row(
            codec,
            thread,
            at=now,
            who="staff" if said.staff_message is not None else "bot",
            language=language,
            original=words,
            swedish=in_swedish(said),
            state=stands,
            outbox_id=letter["id"],
            staff_message=said.staff_message,
        )
        lines.append(line)
        letters.append({**letter, "entry": line["number"], "parting": False})
    rows: _Rows = {
        "provider_ids": [{"municipality": came.municipality, "digest": found.digest}],
        "runs": threads.run_rows(codec, came.municipality, person, took.state),
        "entries": lines,
        "outbox": letters,
        "calls": [_call(codec, thread, as_received(call, event, came.at)) for call in took.calls],
    }
    beside = {"last_number": thread.last_number, "handed_over": state.handed_over}
    if found.new:
        made = threads.made_rows(codec, came.address, state, took.state.person, thread.contact_point)
        link = {"contact_point": thread.contact_point, "person": person.id, "because": "wrote", "since": came.at}
        rows["new_contact_points"], rows["new_persons"] = [made["contact_points"]], [made["persons"]]
        rows["new_threads"] = [{**made["threads"], **beside}]
        rows["new_contact_links"] = [{"municipality": came.municipality, **link}]
    else:
        sealed = codec.seal(messages.dump(state), "threads", "state", thread.id)
        rows["threads"] = [{"id": thread.id, "version": thread.version, "state": sealed, **beside}]
        sealed = codec.seal(messages.dump(took.state.person), "persons", "state", person.id)
        rows["persons"] = [{"id": person.id, "version": person.version, "state": sealed}]
    return rows


def _call(codec: Codec, thread: LockedThread, call: Call) -> dict[str, Any]:
    row = call_row(
        codec,
        thread.municipality,
        call.id,
        call.value,
        of=thread,
        path=call.path,
        answers_to_thread=call.answers_to_thread,
    )
    return {**row, "path": json.dumps(row["path"])}


# --- Writing ----------------------------------------------------------------------------------------------------------

_TABLES: Mapping[str, Mapping[str, str]] = {
    "threads": {"id": "uuid", "version": "int", "state": "bytea", "last_number": "int", "handed_over": "bool"},
    "persons": {"id": "uuid", "version": "int", "state": "bytea"},
    "new_contact_points": {
        "id": "uuid",
        "municipality": "text",
        "channel": "text",
        "address": "bytea",
        "address_index": "bytea",
    },
    "new_persons": {"id": "uuid", "municipality": "text", "state": "bytea"},
    "new_threads": {
        "id": "uuid",
        "municipality": "text",
        "channel": "text",
        "contact_point": "uuid",
        "person": "uuid",
        "state": "bytea",
        "last_number": "int",
        "handed_over": "bool",
    },
    "new_contact_links": {
        "municipality": "text",
        "contact_point": "uuid",
        "person": "uuid",
        "because": "text",
        "since": "timestamptz",
    },
    "provider_ids": {"municipality": "text", "digest": "bytea"},
    "runs": {"id": "uuid", "municipality": "text", "person": "uuid", "flow": "text", "state": "text", "body": "bytea"},
    "entries": LINE,
    "outbox": {
        "id": "uuid",
        "municipality": "text",
        "thread": "uuid",
        "turn": "uuid",
        "channel": "text",
        "kind": "text",
        "message": "bytea",
        "proactive": "bool",
        "staff": "bool",
        "epoch": "int",
        "state": "text",
        "at": "timestamptz",
        "start": "timestamptz",
        "deadline": "timestamptz",
        "entry": "int",
        "parting": "bool",
    },
    "calls": {
        "id": "uuid",
        "municipality": "text",
        "thread": "uuid",
        "person": "uuid",
        "call": "text",
        "path": "jsonb",
        "body": "bytea",
        "answers_to_thread": "bool",
    },
}
"""The columns written, with their types, in the order of the statement's parameters."""


_KNOWN = ("threads", "persons")
"""What is changed; rows of everything else are put in."""

_ON_CONFLICT = {
    "runs": "on conflict (id) do update set state = excluded.state, body = excluded.body, changed_at = now()",
    "calls": "on conflict (id) do nothing",
}


_LOCKED = """
     locked_threads as (
         select t.id from threads t join given_threads given on t.id = given.id and t.version = given.version
          order by t.id for no key update of t),
     locked_persons as (
         select p.id from persons p join given_persons given on p.id = given.id and p.version = given.version
          where (select count(*) from locked_threads) = cardinality($1)
          order by p.id for no key update of p),
     all_stand as (select from locked_persons having count(*) = cardinality($6))"""

_CHANGED = """
     changed_threads as (
         update threads t
            set state = given.state, last_number = given.last_number, handed_over = given.handed_over,
                version = t.version + 1, changed_at = now()
           from given_threads given, all_stand where t.id = given.id),
     changed_persons as (
         update persons p set state = given.state, version = p.version + 1
           from given_persons given, all_stand where p.id = given.id)"""


def _statement() -> str:
    """The one statement. Rows come as one array for each column."""
    given, puts, numbers = [], [], iter(range(1, 100))
    for table, columns in _TABLES.items():
        names, into = ", ".join(columns), table.removeprefix("new_")
        arrays = ", ".join(f"${next(numbers)}::{kind}[]" for kind in columns.values())
        rows = f"unnest({arrays}) with ordinality as given ({names}, place)"
        given.append(_words(f"given_{table} as (select * from", rows, ")"))
        if table not in _KNOWN:
            found = _words("select", names, "from", f"given_{table}, all_stand order by place")
            puts.append(
                _words(f"put_{table} as (insert into {into} ({names})", found, _ON_CONFLICT.get(table, ""), ")")
            )
    return _words("with", ", ".join([*given, _LOCKED, _CHANGED, *puts]), "select count(*) from all_stand")


def _words(*words: str) -> str:
    """A piece of the statement, of names of ours: values are given to it as parameters."""
    return " ".join(words)


_WRITE = _statement()


async def _write(engine: Engine, made: Sequence[_Rows]) -> None:
    """All of it or nothing. Raises Conflict, database errors."""
    arrays = []
    for table, columns in _TABLES.items():
        rows = [row for one in made for row in one.get(table, ())]
        arrays += [[row[column] for row in rows] for column in columns]
    [(stand,)] = await engine.database.at_once(_WRITE, *arrays)
    if not stand:
        raise Conflict("quick")
