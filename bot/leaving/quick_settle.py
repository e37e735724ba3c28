"""Quick settling: messages that left at the same moment and went well, written down together.

A message that asks nothing needs one write. A proactive question that has left becomes the open question by a turn of
its thread, which is read first and written with it. The write takes what still stands: the try is still ours, nobody
else has the thread locked, and its version has not moved where a turn was taken. Whatever is not quick, or did not
stand, is ``None`` and settled the long way (:mod:`bot.leaving.settling`), alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.contract import Policy
from bot import messages
from bot.engine import Engine
from bot.gathering import each
from bot.leaving.carriers import Letter, Outcome
from bot.leaving.claiming import Claimed
from bot.leaving.settling import went
from bot.messages import State, Went
from bot.turning.counting import count_message, count_turn
from bot.turning.threads import SENT, LockedPerson, LockedThread, read_person, read_thread

WELL = frozenset({"sent", "delivered"})


@dataclass(frozen=True)
class Left:
    """A message that was carried, and what came of it."""

    claimed: Claimed
    outcome: Outcome


async def settle(engine: Engine, left: Sequence[Left]) -> list[bool | None]:
    """Settle messages of different threads; ``True`` for each that is settled now. Raises when nothing was written."""
    well = {one.claimed.letter.id: one for one in left if _is_quick(one.outcome)}
    asks = {id_: event for id_, one in well.items() if (event := _asks(one.claimed.letter)) is not None}
    opened = await _opened(engine, well, asks)
    quick = {id_: one for id_, one in well.items() if id_ in opened or id_ not in asks}
    settled = await _write(engine, quick, opened)
    for id_ in settled:
        one, letter = quick[id_], quick[id_].claimed.letter
        if letter.message is not None:
            count_message(engine, one.claimed.thread, letter.message.kind, one.outcome.state, letter.provider)
        if id_ in asks:
            count_turn(engine, opened[id_], asks[id_], (), engine.clock())
    engine.watchers.moved(quick[id_].claimed.thread.id for id_ in settled)
    engine.wake("outbox", *(["entries"] if any(settled.values()) else []))
    return [True if one.claimed.letter.id in settled else None for one in left]


def _is_quick(outcome: Outcome) -> bool:
    return outcome.state in WELL and not (outcome.fault or outcome.opted_out) and outcome.wait is None


def _asks(letter: Letter) -> Went | None:
    return went(letter.id, letter.message) if letter.message is not None else None


# --- The turn of what has left ----------------------------------------------------------------------------------------

_READ = f"""
select t.id, t.municipality, t.channel, t.contact_point, t.person, t.version, t.last_number, t.state, c.address,
       p.version as person_version, p.state as person_state,
       array(select r.id from runs r where r.person = p.id and r.body is not null
                and (r.state in ('open', 'sent') or r.flow in ({SENT}))
              order by r.id) as run_ids,
       array(select r.body from runs r where r.person = p.id and r.body is not null
                and (r.state in ('open', 'sent') or r.flow in ({SENT}))
              order by r.id) as run_bodies
  from threads t join contact_points c on c.id = t.contact_point join persons p on p.id = t.person
 where t.id = any($1::uuid[]) and not exists (select from inbox i where i.thread = t.id and i.state = 'pending')
"""  # noqa: S608  # names of ours, no values


async def _opened(engine: Engine, left: Mapping[UUID, Left], asks: Mapping[UUID, Went]) -> dict[UUID, LockedThread]:
    """The threads as those turns leave them, by message; without those that are more than a quick turn."""
    if not asks:
        return {}
    rows = await engine.database.at_once(_READ, [left[id_].claimed.thread.id for id_ in asks])
    found = {row["id"]: row for row in rows}
    at_hand = {}
    for town in {left[id_].claimed.letter.municipality for id_ in asks}:
        policy, codec = await engine.policies.kept(town), engine.database.codec_at_hand(town)
        if policy is not None and codec is not None:
            at_hand[town] = policy, codec

    def turn_of(id_: UUID, event: Went) -> LockedThread | None:
        row, town = found.get(left[id_].claimed.thread.id), left[id_].claimed.letter.municipality
        if row is None or town not in at_hand:
            return None
        policy, codec = at_hand[town]
        return _turn(engine, read_thread(codec, row), read_person(codec, row), event, policy)

    return {id_: thread for id_, thread in each(asks, turn_of).items() if thread is not None}


def _turn(
    engine: Engine, thread: LockedThread, person: LockedPerson, event: Went, policy: Policy
) -> LockedThread | None:
    """The thread after the turn, if it changed nothing but what is open there."""
    was = thread.state
    telephone = thread.address if thread.channel == "sms" else None
    took = engine.turn(State(was, person.state, person.runs, telephone), event, policy, engine.clock())
    now = took.state
    more = took.says or took.calls or took.timers or took.supersede or took.link or took.owns or took.letter
    elsewhere = now.person != person.state or any(run != person.runs.get(run.id) for run in now.runs.values())
    if more or elsewhere or (now.thread.owner, now.thread.epoch) != (was.owner, was.epoch):
        return None
    thread.state = now.thread
    return thread


# --- Writing ----------------------------------------------------------------------------------------------------------

_WRITE = """
with given as (
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[],
                              $8::bytea[])
                as row (id, thread, lease, state, provider_ref, provider_code, version, thread_state)),
     locked_threads as (
         select t.id, t.handed_over from threads t
           join given on t.id = given.thread and (given.version is null or t.version = given.version)
          order by t.id for no key update of t skip locked),
     stands as (
         select o.id, locked_threads.handed_over
           from outbox o join given on o.id = given.id and o.lease = given.lease
           join locked_threads on locked_threads.id = o.thread
          where o.state = 'sending' order by o.id for no key update of o skip locked),
     changed_threads as (
         update threads t set state = given.thread_state, version = t.version + 1, changed_at = now()
           from given join stands using (id) where t.id = given.thread and given.version is not null),
     lines as (
         update entries e set state = given.state, changed_at = clock_timestamp()
           from given join stands using (id) where e.outbox = given.id),
     changed as (
         update outbox o
            set state = given.state, lease = null, lease_until = null,
                provider_ref = coalesce(given.provider_ref, o.provider_ref),
                provider_code = coalesce(given.provider_code, o.provider_code),
                delivered_at = case when given.state = 'delivered' then now() else o.delivered_at end
           from given join stands using (id) where o.id = given.id)
select id, handed_over from stands
"""


async def _write(engine: Engine, quick: Mapping[UUID, Left], opened: Mapping[UUID, LockedThread]) -> dict[UUID, bool]:
    """Those that stood, and whether staff have their thread."""
    if not quick:
        return {}
    versions, states = [], []
    for id_, one in quick.items():
        thread, sealed = opened.get(id_), None
        if thread is not None:
            codec = await engine.codec(one.claimed.letter.municipality)
            sealed = codec.seal(messages.dump(thread.state), "threads", "state", thread.id)
        versions.append(thread.version if thread is not None else None)
        states.append(sealed)
    told = await engine.database.at_once(
        _WRITE,
        list(quick),
        [one.claimed.thread.id for one in quick.values()],
        [one.claimed.lease for one in quick.values()],
        [one.outcome.state for one in quick.values()],
        [one.outcome.reference or None for one in quick.values()],
        [one.outcome.code or None for one in quick.values()],
        versions,
        states,
    )
    return {row["id"]: row["handed_over"] for row in told}
