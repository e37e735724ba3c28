"""Reminders for many people: scheduled, then sent by a sender that answers at once, by 1, 2 and 4 workers.

Each person has two, of two turns; they are written by the code that every turn writes with, many turns to a
transaction, and each is of a meeting the backend is asked about before it leaves. One worker is killed (-9) in the
middle and followed by another. While they leave, people write by SMS webhooks; their replies leave by the same workers.
After each run every message must have been sent exactly once, each person's in their order. Beside it, in the same run,
the floor: COPY, and batches of 500 by SKIP LOCKED.
"""

import argparse
import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import asyncpg
import uvloop
from sqlalchemy import insert

from benchmarks import form20
from benchmarks.at_once import NOON, lines
from benchmarks.client import Channel, ask
from benchmarks.form20 import telephone
from benchmarks.site import TOWN, Process, Site, installed, memory
from benchmarks.turns import channel_of
from bot import settings, tables
from bot.conversation import turn
from bot.conversation.putting import REMINDER
from bot.engine import Engine
from bot.messages import Outgoing, Person, Thread
from bot.text import say
from bot.turning import threads
from bot.turning.desk import Desk
from bot.turning.threads import LockedPerson

T = TypeVar("T")

BATCH, FEW = 500, 4000
WRITERS, PAUSE = 50, 0.5
"""People who write meanwhile, and the seconds each one thinks between an answer and her next message."""
LONGEST = 3600.0
MANY = 10_000
"""So many left to send are counted once a second, fewer ten times: counting costs what there is to count."""

MEETS_AT = NOON + timedelta(hours=20)

_LEFT = "select count(*) from outbox where kind = 'reminder' and state in ('pending', 'sending', 'unknown')"
_HELD_UP = """
select id from outbox where kind = 'reminder' and state in ('pending', 'sending')
   and thread in (select thread from outbox where kind = 'reminder' and state = 'sending')
"""
_BOOK = """
with given as (select * from unnest($1::uuid[], $2::uuid[]) as row (person, meeting)),
     met as (insert into persons (id, language, met_at) select person, 'sv', $3 from given)
insert into meetings (id, key, request_hash, person, starts_at, ends_at, address, status, mode, booked_at,
                      sequence)
select meeting, gen_random_uuid(), '', person, $4::timestamptz, $4::timestamptz + interval '1 hour',
       'Exempelgatan 4', 'booked', 'none', $3, 0
  from given
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reminders", type=int, default=FEW, help=f"of each run ({FEW}; the goal is for 100000)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--writers", type=int, default=WRITERS, help="people who write meanwhile")
    parser.add_argument("--unasked", action="store_true", help="of no meeting, so the backend is not asked")
    given = parser.parse_args()
    form20.offer()
    with installed() as site:
        floor = uvloop.run(Floor(site, given.reminders).measure())
        print(f"floor: enqueued {floor[0]:.0f}/s (COPY), drained {floor[1]:.0f}/s (batches of {BATCH})", flush=True)
        first = 1_000_000
        for workers in given.workers:
            people = range(first, first + given.reminders // 2)
            run = Run(site, workers, people, given.writers, asked=not given.unasked)
            print(run.measure(floor), flush=True)
            first += given.reminders


# --- The floor --------------------------------------------------------------------------------------------------------


@dataclass
class Floor:
    """What PostgreSQL itself gives: rows of a message's size, and nothing done with them."""

    site: Site
    rows: int

    async def measure(self) -> tuple[float, float]:
        """Rows enqueued and drained a second."""
        connection = await asyncpg.connect(self.site.home.bot.owner_url.replace("+asyncpg", ""))
        try:
            await connection.execute(
                "create table floor (id uuid primary key, body bytea not null, state text not null default 'pending',"
                " next_try_at timestamptz not null default now()); create index on floor (next_try_at)"
                " where state = 'pending'"
            )
            rows = [(uuid4(), os.urandom(300)) for _ in range(self.rows)]
            begins = time.perf_counter()
            await connection.copy_records_to_table("floor", records=rows, columns=["id", "body"])
            enqueued = time.perf_counter() - begins
            begins = time.perf_counter()
            drain = (
                "update floor set state = 'sent' where id in (select id from floor where state = 'pending'"
                " order by next_try_at limit $1 for update skip locked)"
            )
            while await connection.execute(drain, BATCH) != "UPDATE 0":
                pass
            drained = time.perf_counter() - begins
            await connection.execute("drop table floor")
        finally:
            await connection.close()
        return self.rows / enqueued, self.rows / drained


# --- Ours -------------------------------------------------------------------------------------------------------------


@dataclass
class Wrote:
    """What people who wrote meanwhile felt: seconds until each webhook was answered, and when each message began."""

    webhooks: list[float] = field(default_factory=list)
    began: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Drained:
    """How the reminders left. ``killed``: when a worker was (monotonic nanoseconds); ``held_up``: what was being sent
    at that moment, and what waits behind it until its lease has run out. ``grown``: MiB of memory of one that lived, or
    came after."""

    killed: int
    held_up: frozenset[UUID]
    grown: float

    def rate(self, sent: Mapping[UUID, int]) -> float:
        """Reminders a second from the first to the last (``sent``: when each was), less the time in which none left
        because nobody was there to send it."""
        left = sorted(at for id_, at in sent.items() if id_ not in self.held_up)
        nobody = next((at for at in left if at > self.killed), self.killed) - self.killed
        return len(left) / max(1e-9, (left[-1] - left[0] - nobody) / 1e9)


@dataclass
class Run:
    """One measurement. ``people``: who is reminded, twice each. ``asked``: of meetings that the backend knows."""

    site: Site
    workers: int
    people: range
    writers: int
    asked: bool = True

    @property
    def reminders(self) -> int:
        return 2 * len(self.people)

    def measure(self, floor: tuple[float, float]) -> str:
        folder = self.site.folder / f"sent-by-{self.workers}"
        folder.mkdir()
        enqueued = uvloop.run(self._enqueue())
        with ExitStack() as stack:
            bot = stack.enter_context(self.site.process("bot"))
            senders = [stack.enter_context(self._sender(folder, n)) for n in range(self.workers)]
            wrote, drained = uvloop.run(self._drain(folder, bot, senders, stack))
        sent = self._must_be_right(folder)
        rate = drained.rate(sent)
        webhooks, over = _cuts(wrote.webhooks), _until_handed_over(folder, wrote)
        replies = "p50 {:.0f} ms, p99 {:.0f} ms".format(*_cuts(over)) if over else "not known, nobody got one for one"
        return (
            f"{self.workers} worker{'s'[: self.workers > 1]}, {self.reminders} reminders: enqueued {enqueued:.0f}/s"
            f" = {enqueued / floor[0]:.3f} of the floor, drained {rate:.0f}/s = {rate / floor[1]:.3f};"
            f" a worker grew {drained.grown:+.1f} MiB; {self.writers} people wrote {len(wrote.webhooks)} messages:"
            f" webhook p50 {webhooks[0]:.0f} ms, p99 {webhooks[1]:.0f} ms; until the reply was handed over"
            f" {replies}; one killed, {len(drained.held_up)} held up by it;"
            " each sent once, in order"
        )

    # --- Scheduling ---------------------------------------------------------------------------------------------------

    async def _enqueue(self) -> float:
        """Reminders written a second. The people are there before."""
        read = settings.read(self.site.environ())
        engine = Engine(read, lambda: NOON, turn, {})
        try:
            made = await self._meet(engine)
            meetings = await self._book(made) if self.asked else {}
            begins = time.perf_counter()
            for batch in _batches(list(made) * 2):
                await self._remind(engine, batch, meetings)
            return self.reminders / (time.perf_counter() - begins)
        finally:
            await engine.close()

    async def _meet(self, engine: Engine) -> dict[UUID, UUID]:
        """The threads of the people, and who each is."""
        codec, found = await engine.codec(TOWN), {}
        for batch in _batches(self.people):
            rows: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
            for number in batch:
                thread, person = Thread(uuid4(), TOWN, "sms", language="sv"), Person(uuid4())
                made = threads.made_rows(codec, telephone(number), thread, person, uuid4())
                for table, row in made.items():
                    rows[table].append(row)
                found[thread.id] = person.id
            async with engine.database.transaction() as connection:
                for table in ("contact_points", "persons", "threads"):
                    await connection.execute(insert(getattr(tables, table)), rows[table])
        return found

    async def _book(self, made: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
        """A meeting for each, as it lies in the backend's database; by thread."""
        meetings = {thread: uuid4() for thread in made}
        connection = await asyncpg.connect(self.site.home.backends[TOWN].owner_url.replace("+asyncpg", ""))
        try:
            await connection.execute(_BOOK, list(made.values()), list(meetings.values()), NOON, MEETS_AT)
        finally:
            await connection.close()
        return meetings

    async def _remind(self, engine: Engine, batch: Sequence[UUID], meetings: Mapping[UUID, UUID]) -> None:
        policy, codec = await engine.policy(TOWN), await engine.codec(TOWN)
        reminder = Outgoing("reminder", say(REMINDER, time="9.30"), question=uuid4().hex, ask="reminder")
        async with engine.database.transaction() as connection:
            desk = Desk(engine, connection, codec, policy, TOWN)
            desk.locked = await threads.lock_threads(connection, codec, batch)
            desk.persons = dict[UUID, LockedPerson]()
            for thread in batch:
                of = replace(reminder, reference=meetings[thread], until=MEETS_AT) if self.asked else reminder
                await desk.write_message(desk.locked[thread], uuid4(), of)

    # --- Sending ------------------------------------------------------------------------------------------------------

    @contextmanager
    def _sender(self, folder: Path, number: int) -> Iterator["subprocess.Popen[bytes]"]:
        command = [sys.executable, "-m", "benchmarks.at_once", str(folder / f"sent-{number}")]
        with (self.site.folder / f"sender-{number}.log").open("ab") as log:
            popen = subprocess.Popen(
                command,
                env={**os.environ, **self.site.environ()},
                cwd=Path(__file__).parents[1],
                stdout=log,
                stderr=log,
            )
        try:
            yield popen
        finally:
            popen.kill()
            popen.wait()

    async def _drain(
        self, folder: Path, bot: Process, senders: list["subprocess.Popen[bytes]"], stack: ExitStack
    ) -> tuple[Wrote, Drained]:
        channel = channel_of(self.site, "sms")
        wrote, stop, begins = Wrote(), asyncio.Event(), time.perf_counter()
        # Who writes before anybody is there to send would be what is measured.
        while not any(lines(folder)) and all(one.poll() is None for one in senders):  # noqa: ASYNC110  # other processes
            await asyncio.sleep(0.05)
        writing = [
            asyncio.create_task(_write(channel, bot.port, number, wrote, stop))
            for number in range(self.people.stop, self.people.stop + self.writers)
        ]
        killed, held_up, before = 0, frozenset[UUID](), 0.0
        connection = await asyncpg.connect(self.site.home.bot.owner_url.replace("+asyncpg", ""))
        try:
            while left := await connection.fetchval(_LEFT):
                if killed and not before and left < self.reminders * 0.45:
                    before = memory(senders[0].pid)
                if not killed and left < self.reminders / 2:
                    senders[0].kill()
                    senders[0].wait()
                    killed = time.monotonic_ns()
                    held_up = frozenset(row["id"] for row in await connection.fetch(_HELD_UP))
                    senders = [*senders[1:], stack.enter_context(self._sender(folder, 100))]
                if time.perf_counter() - begins > LONGEST or any(one.poll() is not None for one in senders):
                    raise SystemExit(f"{left} reminders never left")
                await asyncio.sleep(0.1 if left < MANY else 1.0)
            grown = (memory(senders[0].pid) - before) / 2**20 if before else 0.0
            stop.set()
            await asyncio.gather(*writing)
            unsettled = "select count(*) from outbox where state in ('pending', 'sending', 'unknown')"
            while await connection.fetchval(unsettled):  # noqa: ASYNC110  # another process settles them
                await asyncio.sleep(0.1)
        finally:
            await connection.close()
        return wrote, Drained(killed, held_up, grown)

    def _must_be_right(self, folder: Path) -> dict[UUID, int]:
        """When each reminder was sent. Raises SystemExit unless everything was sent exactly once, each person's
        reminders in their order, also of whom the killed worker had one in its hand: the leases here
        (:mod:`benchmarks.at_once`) end long before the 60 s for which a message in trouble holds the later ones.
        """
        sent = list(lines(folder))
        twice = [id_ for id_, number in Counter(line.id for line in sent).items() if number > 1]
        if twice:
            raise SystemExit(f"{len(twice)} messages were sent twice")
        rows = self.site.server.run_sql(
            "select id from outbox where kind = 'reminder' order by seq", self.site.home.bot.name
        )
        order = {UUID(row): place for place, row in enumerate(rows.split())}
        by_person: dict[int, list[tuple[int, int]]] = {_number(person): [] for person in self.people}
        for line in sent:
            if line.person in by_person:
                by_person[line.person].append((line.at, order[line.id]))
        if any(len(told) != 2 for told in by_person.values()):
            raise SystemExit("a reminder was not sent")
        reordered = sum(sorted(told) != sorted(told, key=lambda one: one[1]) for told in by_person.values())
        if reordered:
            raise SystemExit(f"{reordered} people got theirs in another order")
        return {line.id: line.at for line in sent if line.person in by_person}


async def _write(channel: Channel, port: int, person: int, wrote: Wrote, stop: asyncio.Event) -> None:
    """One conversation after another of the same person, until told to stop."""
    line = await asyncio.open_connection("127.0.0.1", port)
    language = form20.spoken()[person % len(form20.spoken())]
    for exchange in itertools.cycle(form20.conversation(person, language)):
        if stop.is_set():
            break
        begins = time.monotonic_ns()
        wrote.began[_number(person)].append(begins)
        await ask(*line, channel.request(person, exchange.writes))
        wrote.webhooks.append((time.monotonic_ns() - begins) / 1e9)
        await asyncio.sleep(PAUSE)
    line[1].close()


def _number(person: int) -> int:
    return int(telephone(person)[1:])


def _batches(things: Sequence[T]) -> Iterator[Sequence[T]]:
    for first in range(0, len(things), BATCH):
        yield things[first : first + BATCH]


def _until_handed_over(folder: Path, wrote: Wrote) -> list[float]:
    """Seconds from writing until the reply was with the sender; of messages that were answered by one text."""
    handed: defaultdict[int, list[int]] = defaultdict(list)
    for line in sorted(lines(folder), key=lambda line: line.at):
        handed[line.person].append(line.at)
    return [
        (at - began) / 1e9
        for person, times in wrote.began.items()
        if len(handed[person]) == len(times)
        for began, at in zip(times, handed[person], strict=True)
    ]


def _cuts(seconds: list[float]) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else [0.0] * 99
    return cuts[49] * 1e3, cuts[98] * 1e3


if __name__ == "__main__":
    main()
