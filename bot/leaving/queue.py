"""Whose turn it is to leave: by priority, fair between senders, and at a cost that does not grow with what waits.

What waits stands in one queue for each sender and priority. Of each only the head is looked at, in one index; what
waits for its hour stands in none of them until it is woken. Where a whole head can do nothing but wait for something
else (its provider said so, an earlier message of its thread is unsettled), it is looked past; where that is not enough,
it steps aside for a moment.
"""

import math
import random
from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Row, text

from bot.database import Database
from bot.leaving.rates import URGENT, Pace
from bot.leaving.sending import RANKS

HOLDS = timedelta(seconds=60)
"""How long a message in trouble holds the later ones of its thread (real time), from its first try, or from when it was
put off first. Not from when it was written: a reminder is written days before it leaves."""

HEAD, DEEPER = 100, 1000
"""Messages of one queue that are looked at; and where all of those can do nothing but wait: behind them others may
stand, and those of one thread that is being sent to are no trouble, and stay in their order."""

LEFT_TO_IT = timedelta(seconds=1)
"""So long what falls to another worker is left to it alone (real time): else all who are idle go for the same reply."""

FOUND, AT_MOST = 4, 64
"""So many that may leave are told, more where it is crowded: workers that look at the same moment need not all want the
same one."""

ASIDE = timedelta(seconds=5)
IN_A_ROW = 20
"""So many messages may go before what has a lower priority and could leave too; then one of those goes, or a flood of
replies would hold back a reminder until its meeting is over."""

WOKEN = 500
SOON = 0.5
"""Seconds for which a token is waited for; a later one is found by the next look."""

LAST = max(RANKS.values())

# What waits for its hour disturbs nobody; it is in trouble only once it is under way. One that is being sent holds too:
# whoever sends it may be dead. A reply that was never tried, and does not stand in its queue, holds from when it was
# written. Of what may leave now the earlier goes first, unless the later is more urgent.
_HELD = """
exists (select from outbox earlier
         where earlier.thread = w.thread and earlier.seq < w.seq and earlier.retry_of is null
           and earlier.state in ('pending', 'sending', 'unknown')
           and (earlier.turn = w.turn
                or coalesce(earlier.holds_since,
                            case when earlier.state <> 'pending' or not earlier.proactive then earlier.created_at end)
                   > now() - cast(:holds as interval)
                or earlier.state = 'pending' and earlier.start is null and earlier.next_try_at <= now()
                   and earlier.rank <= w.rank))
"""

_HEAD = """
select o.id, o.thread, o.turn, o.seq, o.rank, o.next_try_at from outbox o
 where o.state = 'pending' and o.start is null and o.next_try_at <= now()
   and o.municipality = {0}municipality and o.channel = {0}channel and o.rank = {0}rank
 order by o.next_try_at, o.seq limit :head
"""

# What falls to another is seen when it has been left for a while: always where somebody waits for an answer, of the
# rest where nothing of our own may leave (``beyond``). So nobody waits long for a worker that is dead, or hangs.
_OURS = """
(get_byte(uuid_send(head.thread), 15) % :of = :part
 or (:beyond or head.rank <= :urgent) and head.next_try_at <= now() - cast(:left_to_it as interval))
"""

# The queues are found by jumping from each to the next in the index. Everything that is asked of a single message is
# asked by a subquery in a list of columns, which is never turned into a join over all that waits.
LOOK = text(
    f"""
with recursive queues as (
        (select municipality, channel, rank from outbox
          where state = 'pending' and start is null order by municipality, channel, rank limit 1)
        union all
        select following.* from queues q cross join lateral (
               select o.municipality, o.channel, o.rank from outbox o
                where o.state = 'pending' and o.start is null
                  and (o.municipality, o.channel, o.rank) > (q.municipality, q.channel, q.rank)
                order by o.municipality, o.channel, o.rank limit 1) following),
     open as (
        select q.*, pace.chat,
               (select extract(epoch from max(
                           b.free_at - make_interval(secs => case when b.municipality <> '' and q.rank <= :urgent
                                                                       then pace.sender_urgent
                                                                  when b.municipality <> '' then pace.sender
                                                                  when q.rank <= :urgent then pace.channel_urgent
                                                                  else pace.channel end)) - now())
                  from buckets b
                 where b.channel = q.channel and b.municipality in (q.municipality, '')) as free_in
          from queues q
          left join unnest(cast(:channels as text[]), cast(:sender_urgent as float8[]), cast(:sender as float8[]),
                           cast(:channel_urgent as float8[]), cast(:channel as float8[]), cast(:chat as float8[]))
                 as pace (of, sender_urgent, sender, channel_urgent, channel, chat) on pace.of = q.channel
         where q.rank <= :last and q.channel <> all(cast(:full as text[]))
           and (q.rank <= :urgent or q.channel <> all(cast(:nearly as text[])))
           and not exists (select from pauses p where p.municipality = q.municipality and p.channel = q.channel
                                                  and p.until_at > now())
           and not exists (select from sending where paused))
select open.municipality, open.channel, open.rank, open.free_in, found.id, found.thread,
       case when found.id is null then (select count(*) from ({_HEAD.format("open.")}) head) end as waiting,
       found.id is null and exists (select from ({_HEAD.format("open.")}) head
                                     where head.next_try_at <= now() - cast(:left_to_it as interval)) as left_alone
  from open
  left join lateral (
       select looked.id, looked.thread from (
              select w.id, w.thread, w.next_try_at, w.seq, {_HELD} as held,
                     (select coalesce(t.held_until_at > now(), false)
                             or coalesce(t.free_at > now() + make_interval(secs => open.chat), false)
                        from threads t where t.id = w.thread) as waits
                from (select * from ({_HEAD.format("open.")}) head where {_OURS}) w) looked
        where coalesce(open.free_in, 0) <= 0 and not looked.held and not looked.waits
          and looked.thread <> all(cast(:busy as uuid[]))
        order by looked.next_try_at, looked.seq limit :found) found on true
"""  # noqa: S608  # pieces of ours, no values
)

_ASIDE = text(
    f"""
update outbox set next_try_at = now() + cast(:aside as interval), holds_since = coalesce(holds_since, now())
 where state = 'pending' and id in (select w.id from ({_HEAD.format(":")}) w)
"""  # noqa: S608  # as above
)

# ``heard_at``: when the person wrote what this replies to.
_ROWS = text(
    """
select o.*, t.person,
       (select e.at from entries e
         where e.thread = o.thread and e.who = 'person' and e.number < o.entry and not o.proactive and not o.staff
         order by e.number desc limit 1) as heard_at
  from outbox o join threads t on t.id = o.thread where o.id = any(:ids) and o.state = 'pending'
"""
)

_WAKE = """
with woken as (
         update outbox set start = null
          where id in (select id from outbox where state = 'pending' and start <= $1
                        order by start limit $2 for update skip locked)
         returning id)
select count(*) as many from woken
"""


@dataclass(frozen=True)
class Places:
    """How many more messages of one channel a process has place for: of those that cannot wait, and of the others."""

    urgent: int
    others: int

    def of(self, rank: int) -> int:
        return self.urgent if rank <= URGENT else self.others


_ANY: Mapping[str, Places] = {}


@dataclass(frozen=True)
class Found:
    """What the queues give. ``rows``: the messages whose turn it is, each to another thread, in their order.

    ``again_in``: seconds after which to look again, when something waits for a token alone, or stepped aside.
    """

    rows: tuple[Row[Any], ...] = ()
    again_in: float | None = None


@dataclass
class Queue:
    """What one process remembers of the queues: how often others were passed by, and how crowded the heads are.

    ``share``: which part of the threads this process looks at, and of how many; the rest it takes where it has waited
    for a while and nothing of its own may leave. So workers do not want the same, and what is another's is not left to
    it alone.
    """

    passed: int = 0
    spread: int = 1
    share: tuple[int, int] = (0, 1)

    async def next(
        self,
        database: Database,
        paces: Mapping[str, Pace],
        busy: Collection[UUID],
        last: int = LAST,
        *,
        most: int = 1,
        places: Mapping[str, Places] = _ANY,
    ) -> Found:
        """The messages that leave next, at most so many. ``busy``: threads this process is sending to. ``last``: the
        lowest priority looked at. ``places``: how many of a channel have place; any number of those not named."""
        async with database.reading() as connection:
            found = min(HEAD, max(FOUND, self.spread - 1 + most))
            wanted = asked(paces, busy, last, found, places=places, share=self.share)
            looked = (await connection.execute(LOOK, wanted)).all()
            if self.share[1] > 1 and any(row.left_alone and (row.free_in or 0) <= 0 for row in looked):
                looked = _filled(looked, (await connection.execute(LOOK, {**wanted, "beyond": True})).all())
            if any(_is_stuck(row, wanted["head"]) for row in looked):
                all_of_it = {**wanted, "head": DEEPER, "beyond": True, "left_to_it": timedelta(0)}
                looked = _filled(looked, (await connection.execute(LOOK, all_of_it)).all())
            waiting = [row for row in looked if row.id is not None]
            chosen = self._choose(waiting, paces, busy, last=last, most=most, places=places)
            if chosen:
                rows = {row.id: row for row in await connection.execute(_ROWS, {"ids": chosen})}
                if len(rows) < len(chosen):
                    self.taken_by_another()
                return Found(tuple(rows[id_] for id_ in chosen if id_ in rows), 0.0)
            stuck = [row for row in looked if _is_stuck(row, DEEPER)]
            for row in stuck:
                of = {"municipality": row.municipality, "channel": row.channel, "rank": row.rank}
                await connection.execute(_ASIDE, {**of, "head": DEEPER, "aside": ASIDE})
        if stuck:
            return Found(again_in=0)
        waits = [float(row.free_in) for row in looked if row.id is None and (row.free_in or 0) > 0 and row.waiting]
        soon = min(waits, default=SOON)
        return Found(again_in=soon if soon < SOON else None)

    def _choose(
        self,
        found: Sequence[Row[Any]],
        paces: Mapping[str, Pace],
        busy: Collection[UUID],
        *,
        last: int,
        most: int,
        places: Mapping[str, Places],
    ) -> list[UUID]:
        """The ids of those that leave now, one of each thread, not more of a sender than it has tokens, nor of a
        channel than there is place for.

        After so many in a row of the first priority one of a lower one goes between them.
        """
        ranks = sorted({row.rank for row in found})
        others_wait = len(ranks) > 1 and last == LAST
        left = {(row.municipality, row.channel): _tokens(paces.get(row.channel), row.free_in) for row in found}
        taken, chosen, of_channel = set(busy), list[UUID](), Counter[str]()
        in_order = self._in_order(found, ranks)
        first = deque(row for row in in_order if row.rank == ranks[0])
        others = deque(row for row in in_order if row.rank != ranks[0])

        def next_of(*queues: deque[Row[Any]]) -> Row[Any] | None:
            for queue in queues:
                while queue:
                    row = queue.popleft()
                    place = row.channel not in places or of_channel[row.channel] < places[row.channel].of(row.rank)
                    if place and row.thread not in taken and left[row.municipality, row.channel] >= 1:
                        return row
            return None

        while len(chosen) < most:
            turn_of_others = others_wait and self.passed >= IN_A_ROW
            row = next_of(others, first) if turn_of_others else next_of(first, others)
            if row is None:
                break
            taken.add(row.thread)
            chosen.append(row.id)
            of_channel[row.channel] += 1
            left[row.municipality, row.channel] -= 1
            if others_wait:
                self.passed = self.passed + 1 if row.rank == ranks[0] else 0
        return chosen

    def _in_order(self, found: Sequence[Row[Any]], ranks: Sequence[int]) -> list[Row[Any]]:
        """The queues by priority, those of one priority in any order."""
        queues: dict[tuple[int, str, str], list[Row[Any]]] = {}
        for row in found:
            queues.setdefault(_queue(row), []).append(row)
        order = sorted(queues, key=lambda queue: (ranks.index(queue[0]), random.random()))  # noqa: S311  # fair, not secret
        return [row for queue in order for row in self._spread(queues[queue])]

    def _spread(self, head: list[Row[Any]]) -> list[Row[Any]]:
        first = random.randrange(min(self.spread, len(head)))  # noqa: S311  # as above
        return head[first:] + head[:first]

    def taken_by_another(self) -> None:
        """Another process wanted the same message at the same moment: from now on not everybody wants the first."""
        self.spread = min(AT_MOST, self.spread * 2)

    def was_ours(self) -> None:
        """Nobody else wanted it: what came first goes first."""
        self.spread = max(1, self.spread - 1)


def _filled(looked: Sequence[Row[Any]], further: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """What was seen, and of the queues that showed nothing what a further look saw of them."""
    shown = {_queue(row) for row in looked if row.id is not None}
    return [row for row in looked if row.id is not None] + [row for row in further if _queue(row) not in shown]


def _queue(row: Row[Any]) -> tuple[int, str, str]:
    return row.rank, row.municipality, row.channel


def _is_stuck(row: Row[Any], head: int) -> bool:
    """Whether a queue that has tokens shows nothing, though so many wait in it."""
    return row.id is None and (row.free_in or 0) <= 0 and row.waiting >= head


def _tokens(pace: Pace | None, free_in: Decimal | None) -> float:
    """How many messages a sender may send at once, as far as the look can tell."""
    if pace is None:
        return math.inf
    if free_in is None:
        return pace.sender.at_once
    return min(pace.sender.at_once, 1 + float(-free_in) // pace.sender.every)


async def wake(database: Database, now: datetime) -> bool:
    """Let those whose hour has come stand in their queues. ``False``: there were none."""
    try:
        [woken] = await database.at_once(_WAKE, now, WOKEN)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise ConnectionError(type(error).__name__) from None  # as any database that does not answer
    return int(woken["many"]) > 0


def asked(
    paces: Mapping[str, Pace],
    busy: Collection[UUID],
    last: int,
    found: int = FOUND,
    *,
    places: Mapping[str, Places] = _ANY,
    share: tuple[int, int] = (0, 1),
) -> dict[str, Any]:
    """What a look is given. Of each queue so much is looked at that what falls to one worker is a head's length."""

    def channel(pace: Pace, *, urgent: bool) -> float:
        return pace.channel.ahead(urgent=urgent) if pace.channel else 0.0

    return {
        "channels": list(paces),
        "sender_urgent": [pace.sender.ahead() for pace in paces.values()],
        "sender": [pace.sender.ahead(urgent=False) for pace in paces.values()],
        "channel_urgent": [channel(pace, urgent=True) for pace in paces.values()],
        "channel": [channel(pace, urgent=False) for pace in paces.values()],
        "chat": [pace.chat.ahead() for pace in paces.values()],
        "busy": list(busy),
        "holds": HOLDS,
        "head": min(DEEPER, HEAD * share[1]),
        "part": share[0],
        "of": share[1],
        "beyond": False,
        "left_to_it": LEFT_TO_IT,
        "found": found,
        "urgent": URGENT,
        "last": last,
        "full": [channel for channel, free in places.items() if not free.urgent],
        "nearly": [channel for channel, free in places.items() if not free.others],
    }
