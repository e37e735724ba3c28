"""Durable turns a second through the real webhooks, and what one costs: the whole served system, beside F.

Users write at once; each message is answered 2xx when its turn, its reply and its duplicate guard are committed. After
each run every reply is read back from the database and checked, every one of every person; a wrong one ends it all.
F is measured before and after each run. The last run goes on until the replies have left: worker and provider too.
"""

import argparse
import asyncio
import statistics
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

import uvloop

from benchmarks import form20
from benchmarks.client import Channel, Sms, Talks, Web, talk
from benchmarks.floor import Floor, can_measure
from benchmarks.form20 import Exchange, telephone
from benchmarks.site import TOWN, Site, cpu, installed
from bot import channels, settings
from bot.conversation import turn
from bot.engine import Engine
from bot.pages.visitor import COOKIE, address
from bot.stories.twilio import Text, Twilio
from bot.together import free_port
from bot.turning import threads

USERS = 32
PATIENCE = 60  # seconds until a reply is taken for lost
WARM = 12  # conversations before each run, of all its processes


@dataclass(frozen=True)
class Run:
    """One measurement: a channel, processes of the bot, people writing at once, conversations in all."""

    channel: str
    processes: int
    users: int
    conversations: int


@dataclass(frozen=True)
class Figures:
    """What one run showed.

    ``started`` is the seconds until a process answered; ``cpu`` and ``database_cpu`` are microseconds a turn; ``p50``
    and ``p99`` are milliseconds.
    """

    turns: int
    turns_a_second: float
    p50: float
    p99: float
    cpu: float
    database_cpu: float
    started: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=120, help="of a run")
    parser.add_argument("--seconds", type=int, default=5, help="of each pgbench")
    parser.add_argument("--only", choices=["sms", "web", "replies"])
    parser.add_argument("--few", action="store_true", help="one run of each kind, to see that it still measures")
    given = parser.parse_args()
    form20.offer()
    ways = [(2, 8)] if given.few else [(1, 8), (1, 32), (2, 32)]
    runs = [Run("sms", processes, users, given.conversations) for processes, users in ways]
    runs += [Run("web", 1, USERS, given.conversations)]
    with installed() as site:
        floor = Floor(site.server) if can_measure(site.server) else None
        if floor is None:
            print(
                "F is not measured: there is no pgbench beside the server (Debian: apt-get install postgresql-contrib)"
            )
        first = 0
        for run in runs:
            if given.only in (None, run.channel):
                _told(run, measure(site, run, first, floor, given.seconds), floor)
                first += run.conversations + WARM
        if given.only in (None, "replies"):
            print(uvloop.run(replies(site, range(first, first + max(2, given.conversations // 8)))), flush=True)


def _told(run: Run, figures: Figures, floor: Floor | None) -> None:
    ratio = f" = {figures.turns_a_second / floor.best:.2f} F (F {floor.best:.0f})" if floor else ""
    print(
        f"{run.channel}, {run.processes} process{'es'[: 2 * (run.processes > 1)]}, {run.users} users: "
        f"{figures.turns_a_second:.0f} turns/s{ratio}; p50 {figures.p50:.0f} ms, p99 {figures.p99:.0f} ms; "
        f"CPU a turn {figures.cpu + figures.database_cpu:.0f} us: server {figures.cpu:.0f}, "
        f"database {figures.database_cpu:.0f}; start {figures.started:.1f} s; {figures.turns} turns, no wrong reply",
        flush=True,
    )


def measure(site: Site, run: Run, first: int, floor: Floor | None, seconds: int) -> Figures:
    """People ``first`` and on have their conversations; raises SystemExit at the first wrong reply."""
    if floor is not None:
        floor.best = floor.measure(seconds)
    with ExitStack() as stack:
        bots = [stack.enter_context(site.process("bot")) for _ in range(run.processes)]
        pids = [bot.pid for bot in bots]
        database = site.database_pid()
        people = range(first, first + run.conversations)
        channel, ports = channel_of(site, run.channel), [bot.port for bot in bots]
        _warm(site, run, ports, first + run.conversations)
        before, database_before = cpu(*pids), cpu(database)
        talks = uvloop.run(talk(channel, ports, users=run.users, people=people, languages=form20.spoken()))
        spent, database_spent = cpu(*pids) - before, cpu(database) - database_before
    uvloop.run(check(site, channel, talks))
    if floor is not None:
        floor.measure(seconds)
    turns = len(talks.seconds)
    cuts = statistics.quantiles(talks.seconds, n=100)
    return Figures(
        turns=turns,
        turns_a_second=turns / talks.lasted,
        p50=cuts[49] * 1e3,
        p99=cuts[98] * 1e3,
        cpu=spent / turns * 1e6,
        database_cpu=database_spent / turns * 1e6,
        started=max(bot.seconds for bot in bots),
    )


def _warm(site: Site, run: Run, ports: list[int], first: int) -> None:
    """Some conversations that are not measured, in every language: catalogues and what reads dates are read, and
    statements prepared, once in a process' life."""
    uvloop.run(
        talk(
            channel_of(site, run.channel), ports, users=8, people=range(first, first + WARM), languages=form20.spoken()
        )
    )


def channel_of(site: Site, name: str) -> Sms | Web:
    """The wire of a channel, with the secrets that this installation knows."""
    if name == "web":
        return Web(f"/chat/{TOWN}")
    made = site.home.made
    account, token = made["IMORGON_TWILIO_ACCOUNT_SID"], made["IMORGON_TWILIO_AUTH_TOKEN"]
    return Sms(site.public_url, account, token, site.number)


# --- Every reply ------------------------------------------------------------------------------------------------------


async def check(site: Site, channel: Channel, talks: Talks) -> None:
    """Read every conversation back as it was committed: each message once, each followed by its own reply."""
    read = settings.read(site.environ())
    engine = Engine(read, lambda: datetime.now(UTC), turn, channels.found(read))
    try:
        for person, exchanges in talks.said.items():
            name, where = "sms", telephone(person)
            if isinstance(channel, Web):
                name, where = "web", address(read.session_secret, channel.cookies[person].removeprefix(f"{COOKIE}="))
            thread = await threads.find(engine, TOWN, "web" if name == "web" else "sms", where)
            lines = await threads.lines(engine, thread) if thread else ()
            right([(line.who, line.original) for line in lines], exchanges)
    finally:
        await engine.close()


def right(lines: list[tuple[str, str]], exchanges: list[Exchange]) -> None:
    """Raise SystemExit unless this is exactly the conversation."""
    if len(lines) != 2 * len(exchanges):
        raise SystemExit(f"{len(exchanges)} exchanges left {len(lines)} lines")
    for place, exchange in enumerate(exchanges):
        (asks, asked), (answers, answered) = lines[2 * place], lines[2 * place + 1]
        if (asks, answers) != ("person", "bot") or asked != exchange.writes or not exchange.answered_by(answered):
            raise SystemExit(f"a wrong reply: {exchange} was answered {answered!r}")


# --- Until the replies have left --------------------------------------------------------------------------------------


class Provider(Twilio):
    """Twilio, that hands each text to the one it was sent to."""

    def __init__(self, account_sid: str, auth_token: str) -> None:
        super().__init__(account_sid, auth_token)
        self.arrived: defaultdict[str, asyncio.Queue[str]] = defaultdict(asyncio.Queue)

    async def _accept(self, form: dict[str, str]) -> Text:
        text = await super()._accept(form)
        self.arrived[text.to].put_nowait(text.body)
        return text


async def replies(site: Site, people: range) -> str:
    """What people feel: from writing until the reply stands at the provider, with worker, sending and receipts."""
    made = site.home.made
    account, token = made["IMORGON_TWILIO_ACCOUNT_SID"], made["IMORGON_TWILIO_AUTH_TOKEN"]
    port = free_port()
    site.public_url = f"http://127.0.0.1:{port}"
    provider = Provider(account, token)
    async with provider.open():
        site.provider_url = provider.base_url
        provider.webhooks[site.number] = f"{site.public_url}/sms/inbound"
        with site.process("bot", port) as bot, site.process("worker") as worker:
            pids, database = (bot.pid, worker.pid), site.database_pid()
            # The worker starts meanwhile, and both read what a process reads once in its life.
            await _talk_and_read(provider, site.number, range(people.stop, people.stop + WARM))
            before, begins = cpu(*pids, database), perf_counter()
            seconds = await _talk_and_read(provider, site.number, people)
            lasted = perf_counter() - begins
            await provider.reported()
            spent = cpu(*pids, database) - before
    cuts, turns = statistics.quantiles(seconds, n=100), len(seconds)
    return (
        f"sms until the reply is at the provider, 1 process and 1 worker, {USERS} users: {turns / lasted:.0f} turns/s; "
        f"p50 {cuts[49] * 1e3:.0f} ms, p99 {cuts[98] * 1e3:.0f} ms; CPU a turn {spent / turns * 1e6:.0f} us with "
        f"worker, database and receipts; {turns} turns, no wrong reply"
    )


async def _talk_and_read(provider: Provider, number: str, people: range) -> list[float]:
    """Every person waits for her reply, reads it and writes on; the seconds each one waited."""
    seconds: list[float] = []
    waiting = iter(people)

    async def user() -> None:
        for person in waiting:
            language = form20.spoken()[person % len(form20.spoken())]
            for exchange in form20.conversation(person, language):
                begins = perf_counter()
                if await provider.write(telephone(person), number, exchange.writes) != 204:
                    raise SystemExit("a message was not taken in")
                try:
                    async with asyncio.timeout(PATIENCE):
                        reply = await provider.arrived[telephone(person)].get()
                except TimeoutError:
                    raise SystemExit(f"nothing came within {PATIENCE} s after {exchange}") from None
                seconds.append(perf_counter() - begins)
                if not exchange.answered_by(reply):
                    raise SystemExit(f"a wrong reply: {exchange} was answered {reply!r}")

    await asyncio.gather(*(user() for _ in range(USERS)))
    return seconds


if __name__ == "__main__":
    main()
