"""Quick claims: messages of different threads that may leave at the same moment, looked at and taken together.

One read without locks, each message's own look, one write. The write takes what still stands as it was read and what
nobody else has locked, message by message; so nothing waits for anybody, and what another has in hand is found by the
next look at the queues. Whatever needs more than that (it is dropped, put off, keeps to the provider it had, or cannot
be opened) is ``None``: nothing of it was written, and it is claimed the long way (:mod:`bot.leaving.claiming`), alone.
So is what was changed meanwhile: the next look might come too late as well, again and again, for whoever writes faster
than we look.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row

from backend.contract import Policy
from bot import messages
from bot.codec import Codec
from bot.conversation.talk import is_doubted
from bot.engine import Engine
from bot.gathering import each
from bot.leaving import limits, states
from bot.leaving.carriers import Letter, has_buttons, has_providers
from bot.leaving.claiming import Claimed, why_not
from bot.leaving.hours import may_leave_at
from bot.leaving.kinds import KINDS
from bot.leaving.rates import URGENT, take_tokens
from bot.leaving.sending import CODES
from bot.leaving.states import RESENT
from bot.leaving.traffic import Moved, carries
from bot.messages import Outgoing, Person
from bot.policies import may_use
from bot.rendering import as_text, in_swedish
from bot.text import local_day, segments
from bot.turning import threads
from bot.turning.rows import LINE, entry_row, worded
from bot.turning.threads import LockedThread

MOST_BUTTONS = 5
"""Old messages whose buttons go away with a new one: each takes a request; the rest goes with the next message."""

BUTTONS_READ = 12
"""Messages with buttons that are read of a thread. Which of them carry the open question, and keep theirs, stands in
its sealed state; one that was asked again and again must not hide all older ones."""


@dataclass(frozen=True)
class Candidate:
    """A message whose turn it is, as it was found, and what the backend says of it.

    ``lease`` is there before anything is written: by it we know again what is ours when the answer to a write is lost.
    """

    row: Row[Any]
    message: Outgoing = field(repr=False)
    holds: str
    lease: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Took:
    """``claimed``: ours to send. ``None``: not now; somebody else has it, or it waits for a token."""

    claimed: Claimed | None


@dataclass(frozen=True)
class _Found:
    """What one message was read with. ``wrote_to``, ``left``, ``now``: by what its provider is chosen."""

    codec: Codec
    policy: Policy
    thread: LockedThread
    person: Person = field(repr=False)
    person_version: int
    buttons: Sequence[tuple[UUID, str, str]]
    wrote_to: str | None
    left: Moved
    now: datetime


async def claim(engine: Engine, candidates: Sequence[Candidate]) -> list[Took | None]:
    """Claim messages of different threads. Raises when nothing at all was written, or nobody told us what was."""
    found = await _read(engine, candidates)
    took: list[Took | None] = [None] * len(candidates)
    looked_at = each(found, lambda place, one: _is_quick(engine, candidates[place], one))
    quick = {place: found[place] for place, is_quick in looked_at.items() if is_quick}
    # Before anything is made of them: between the read and the write there is as little time as can be.
    leaving = await _with_tokens(engine, candidates, quick)
    written = each(
        {place: quick[place] for place in sorted(leaving)}, lambda place, one: _made(engine, candidates[place], one)
    )
    for place in quick.keys() - leaving:
        took[place] = Took(None)
    if not written:
        return took
    stands, moved = await _write(engine, [row for _, row in written.values()])
    ours = []
    for place, (claimed, _) in written.items():
        if claimed.letter.id in stands:
            took[place] = Took(claimed)
            ours.append(claimed.thread)
            engine.queue.was_ours()
        elif claimed.letter.id not in moved:
            took[place] = Took(None)
            engine.queue.taken_by_another()
    engine.watchers.moved(thread.id for thread in ours)
    if any(thread.state.handed_over for thread in ours):
        engine.wake("entries")
    return took


async def _with_tokens(engine: Engine, candidates: Sequence[Candidate], quick: Mapping[int, _Found]) -> set[int]:
    """The places of those there are tokens for; taken for each sender together, first for what is urgent."""
    senders = defaultdict[tuple[bool, str, str], list[int]](list)
    for place, one in quick.items():
        waits = candidates[place].row.rank > URGENT
        senders[waits, one.thread.municipality, one.thread.channel].append(place)
    leaving = set[int]()
    for (waits, town, channel), places in sorted(senders.items()):
        pace = engine.settings.paces.get(channel)
        many = await take_tokens(engine.database, town, channel, pace, len(places), urgent=not waits)
        leaving.update(sorted(places)[:many])
    return leaving


# --- Reading ----------------------------------------------------------------------------------------------------------

_READ = """
select given.place, t.id, t.municipality, t.channel, t.contact_point, t.person, t.version, t.last_number, t.state,
       c.address, p.version as person_version, p.state as person_state, old.ids, old.tokens, old.refs,
       w.provider as wrote_to, f.provider_left, f.moved_at, now() as now
  from unnest($1::int[], $2::uuid[], $3::uuid[]) as given (place, thread, but)
  join threads t on t.id = given.thread
  join contact_points c on c.id = t.contact_point
  join persons p on p.id = t.person
  left join written_to w on w.municipality = t.municipality and w.address_index = c.address_index
  left join traffic f on f.municipality = t.municipality
  cross join lateral (
       select array_agg(b.id) as ids, array_agg(b.buttons) as tokens, array_agg(b.provider_ref) as refs
         from (select o.id, o.buttons, o.provider_ref from outbox o
                where o.thread = t.id and o.buttons is not null and o.provider_ref is not null and o.id <> given.but
                order by o.seq desc limit $4) b) old
"""


async def _read(engine: Engine, candidates: Sequence[Candidate]) -> dict[int, _Found]:
    """What the messages' threads are, by place; without those whose policy the backend must be asked for."""
    at_hand: dict[str, tuple[Policy, Codec]] = {}
    for town in {one.row.municipality for one in candidates}:
        policy, codec = await engine.policies.kept(town), engine.database.codec_at_hand(town)
        if policy is not None and codec is not None:
            at_hand[town] = policy, codec
    asked = [(place, one.row) for place, one in enumerate(candidates) if one.row.municipality in at_hand]
    if not asked:
        return {}
    rows = await engine.database.at_once(
        _READ,
        [place for place, _ in asked],
        [row.thread for _, row in asked],
        [row.id for _, row in asked],
        BUTTONS_READ,
    )
    return each({row["place"]: row for row in rows}, lambda _, row: _found(*at_hand[row["municipality"]], row))


def _found(policy: Policy, codec: Codec, row: Mapping[str, Any]) -> _Found:
    buttons = list(zip(row["ids"] or (), row["tokens"] or (), row["refs"] or (), strict=True))
    thread = threads.read_thread(codec, row)
    person = messages.load_person(codec.open(row["person_state"], "persons", "state", thread.person))
    left = Moved(row["provider_left"], row["moved_at"])
    return _Found(codec, policy, thread, person, row["person_version"], buttons, row["wrote_to"], left, row["now"])


# --- The look ---------------------------------------------------------------------------------------------------------


def _is_quick(engine: Engine, asked: Candidate, found: _Found) -> bool:
    """Whether it leaves now, and nothing but its own thread and person say so."""
    row, thread, kind, now = asked.row, found.thread, KINDS[asked.message.kind], engine.clock()
    channel = engine.channels.get(thread.channel)
    if channel is None or channel.read_here or not may_use(found.policy, thread.channel):
        return False
    if has_providers(channel) and (row.reason == RESENT or not channel.providers_of(row.municipality)):
        return False
    about = asked.message.reference if kind.name == "reminder" else None
    # One that does not fit is dropped where everything is looked at.
    fits = about is None or found.person.is_reminded_of(about, asked.message.until)
    if not fits or found.person.is_silent or asked.holds == "rings" or kind.name in (*CODES, "confirm-contact"):
        return False
    waits = kind.cap == "waits" or (kind.spares and thread.channel == "sms")
    if waits or ((row.proactive or row.staff) and is_doubted(thread.state, now)):
        return False
    if why_not(engine, found.policy, row, asked.message, thread, holds=asked.holds) is not None:
        return False
    # By night it is looked up whether she still waits for an answer.
    return may_leave_at("day" if kind.rests else kind.quiet, found.policy, now) <= now


def _made(engine: Engine, asked: Candidate, found: _Found) -> tuple[Claimed, dict[str, Any]]:
    """The message as it is sent, and what is written of that."""
    row, message, thread, codec = asked.row, asked.message, found.thread, found.codec
    channel = engine.channels[thread.channel]
    language = message.language or thread.state.language or "sv"
    line, pace = None, engine.settings.paces.get(thread.channel)
    if row.entry is not None:
        text = as_text(message, language, plain=thread.channel == "sms")
    else:
        _, text = worded(thread, message)
        line = entry_row(
            codec,
            thread,
            at=engine.clock(),
            who="staff" if message.staff_message is not None else "bot",
            language=language,
            original=text,
            swedish=in_swedish(message),
            state="sending",
            outbox_id=row.id,
            staff_message=message.staff_message,
        )
    provider = None
    if has_providers(channel):
        answers = found.wrote_to if not row.proactive else None
        provider = carries(channel.providers_of(row.municipality), answers, found.left, found.now)
    opened = thread.state.open.token if thread.state.open else ""
    buttons, answered = None, tuple[tuple[UUID, str], ...]()
    if has_buttons(channel):
        buttons = message.question
        answered = tuple((old, reference) for old, token, reference in found.buttons if token != opened)
    letter = Letter(row.id, row.municipality, thread.address, text, message, language, provider)
    written = {
        "thread": thread.id,
        "version": thread.version,
        "person_version": found.person_version,
        "last_number": thread.last_number,
        "is_new": line is not None,
        "chat": pace.chat.every if pace is not None else None,
        "id": row.id,
        "attempts": row.attempts,
        "text": codec.seal(text, "outbox", "text", row.id),
        "entry": row.entry if line is None else line["number"],
        "lease": asked.lease,
        "buttons": buttons,
        "provider": provider,
        "municipality": row.municipality,
        "segments": segments(text) if thread.channel == "sms" else None,
        "line": line,
    }
    return Claimed(thread, letter, asked.lease, answered[:MOST_BUTTONS]), written


# --- Writing ----------------------------------------------------------------------------------------------------------

_GIVEN: Mapping[str, str] = {
    "thread": "uuid",
    "version": "int",
    "person_version": "int",
    "last_number": "int",
    "is_new": "bool",
    "chat": "float8",
    "id": "uuid",
    "attempts": "int",
    "text": "bytea",
    "entry": "int",
    "lease": "uuid",
    "buttons": "text",
    "provider": "text",
    "municipality": "text",
    "segments": "int",
}


def _unnested(columns: Mapping[str, str], first: int) -> str:
    arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(columns.values(), first))
    return f"unnest({arrays}) as row ({', '.join(columns)})"


# A thread's version moves with its last line only, as everywhere. The day's count of segments comes last of all that
# is written: it is the one row that everybody wants.
_WRITE = f"""
with given as (select * from {_unnested(_GIVEN, 3)}),
     lines as (select * from {_unnested(LINE, 3 + len(_GIVEN))}),
     locked_threads as (
         select t.id from threads t join given on t.id = given.thread and t.version = given.version
           join persons p on p.id = t.person and p.version = given.person_version
          order by t.id for no key update of t skip locked),
     stands as (
         select o.id from outbox o join given on o.id = given.id and o.attempts = given.attempts
          where o.state = 'pending' and o.start is null and o.thread in (select id from locked_threads)
          order by o.id for no key update of o skip locked),
     changed_threads as (
         update threads t
            set last_number = given.last_number, version = t.version + given.is_new::int,
                changed_at = case when given.is_new then now() else t.changed_at end,
                free_at = case when given.chat is null then t.free_at
                               else greatest(t.free_at, now()) + make_interval(secs => given.chat) end
           from given join stands using (id) where t.id = given.thread),
     new_lines as (
         insert into entries ({", ".join(LINE)})
         select {", ".join(f"lines.{column}" for column in LINE)} from lines join stands on stands.id = lines.outbox),
     old_lines as (
         update entries e set state = 'sending', changed_at = clock_timestamp()
           from given join stands using (id) where e.outbox = given.id and not given.is_new),
     changed as (
         update outbox o
            set state = 'sending', text = given.text, entry = given.entry, attempts = o.attempts + 1, tried_at = now(),
                holds_since = case when o.attempts = 0 then now() else coalesce(o.holds_since, now()) end,
                lease = given.lease, lease_until = now() + $1::interval, buttons = given.buttons,
                handed_at = case when given.provider is not null
                                      and (o.provider is distinct from given.provider or o.handed_at is null)
                                 then now() else o.handed_at end,
                provider = given.provider
           from given join stands using (id) where o.id = given.id),
     spent as (
         insert into spending as s (municipality, day, segments)
         select municipality, $2::date, sum(segments) from given join stands using (id)
          where segments is not null group by municipality order by municipality
         on conflict (municipality, day) do update set segments = s.segments + excluded.segments
         returning municipality, segments),
     moved as (
         select given.id from given join outbox o on o.id = given.id and o.attempts = given.attempts
           join threads t on t.id = given.thread join persons p on p.id = t.person
          where o.state = 'pending' and (t.version, p.version) <> (given.version, given.person_version))
select null::uuid as id, false as moved, municipality, segments from spent
union all select id, false, null, null from stands
union all select id, true, null, null from moved
"""  # noqa: S608  # names of ours, no values


async def _write(engine: Engine, rows: Sequence[dict[str, Any]]) -> tuple[set[UUID], set[UUID]]:
    """The ids of those that stood as they were read and are ours now, and of those whose thread or person moved."""
    lines = [row["line"] for row in rows if row["line"] is not None]
    arrays = [[row[column] for row in rows] for column in _GIVEN]
    arrays += [[line[column] for line in lines] for column in LINE]
    told = await engine.database.at_once(_WRITE, states.LEASE, local_day(engine.clock()), *arrays)
    stands = {row["id"] for row in told if row["id"] is not None and not row["moved"]}
    moved = {row["id"] for row in told if row["moved"]}
    for row in told:
        if row["municipality"] is not None:
            town = [one for one in rows if one["id"] in stands and one["municipality"] == row["municipality"]]
            cost = sum(one["segments"] or 0 for one in town)
            limits.tell_spent(engine.settings.limits, row["municipality"], row["segments"] - cost, row["segments"])
    return stands, moved
