"""Bot, workers, backend and PostgreSQL killed (-9) at random moments while people write on three channels.

Four kinds of processes (``tests/part.py``), each killed and started again; the providers and the people live here and
survive. ``IMORGON_KILLS_SEED`` kills in the order of an earlier run. Afterwards: every message that was acknowledged
was handled once, every reply is settled, each person's stand in her order, and no text was sent twice: by SMS none,
by Telegram only what was sent once more because nobody knew (a reply declares so).
"""

import asyncio
import base64
import contextlib
import itertools
import json
import logging
import os
import random
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from sqlalchemy import text as sql

import bot.settings
from backend.contract import Channel
from bot import messages
from bot.engine import Engine
from bot.leaving.queue import HOLDS
from bot.pages.visitor import address
from bot.stories.telegram import Account, Sent, Telegram
from bot.stories.twilio import Twilio
from bot.together import HOST, free_port
from bot.turning import threads
from tests.part import answered, now, turn

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
TOWN, NUMBER = "trelleborg", "+46701740690"
TOKEN, SECRET = "7000000001:made-up-made-up-made-up", "w" * 40
PATIENCE = 300.0
"""Seconds until what must happen has happened, once nobody is killed any more."""
PARTS = ("postgres", "backend", "bot", "worker", "second worker")


# --- Who survives -----------------------------------------------------------------------------------------------------


@dataclass
class Patience:
    """Whoever brings something tries until it is taken: as long as parts are killed, and then for ``PATIENCE``."""

    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_taken(self, write: Callable[[], Awaitable[int]]) -> int:
        until, pause, status = float("inf"), 0.2, 0
        while time.monotonic() < until:
            with contextlib.suppress(httpx2.TransportError, OSError):
                if (status := await write()) // 100 == 2:
                    return status
            if self.over.is_set() and until == float("inf"):
                until = time.monotonic() + PATIENCE
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 2.0)  # five hundred who press on without a pause keep up each other
        raise TimeoutError(f"never taken; answered {status}")


class PatientTwilio(Twilio):
    """Twilio, with more patience than its rules for what people write; receipts it gives up as it really would."""

    def __init__(self, account_sid: str, auth_token: str, *, patience: Patience) -> None:
        super().__init__(account_sid, auth_token)
        self._patience = patience

    async def write(self, sender: str, to: str, body: str, *, pictures: int = 0, sid: str | None = None) -> int:
        sid, write = sid or f"SM{_hex()}", super().write
        return await self._patience.until_taken(lambda: write(sender, to, body, pictures=pictures, sid=sid))


class PatientTelegram(Telegram):
    """Telegram, that brings an update until it is confirmed; and knows when each message came."""

    def __init__(self, tokens: dict[str, str], patience: Patience) -> None:
        super().__init__(tokens)
        self._patience = patience
        self.came: dict[int, datetime] = {}

    async def bring(self, municipality: str, update: Any, queue: int = 0) -> int:
        bring = super().bring
        return await self._patience.until_taken(lambda: bring(municipality, update, queue))

    def _accept(self, bot: Any, values: dict[str, Any]) -> Sent:
        sent = super()._accept(bot, values)
        self.came[sent.id] = datetime.now(UTC)
        return sent


def _hex() -> str:
    return uuid4().hex


@dataclass
class Someone:
    """Somebody who writes on one channel. ``acknowledged``: what was taken of it, in order."""

    channel: Channel
    address: str
    write: Callable[[str], Awaitable[None]]
    read: Callable[[], list[tuple[str, datetime]]]
    acknowledged: list[str] = field(default_factory=list)


# --- What is killed ---------------------------------------------------------------------------------------------------


@dataclass
class Installation:
    """The processes, the folder they live in, and where they answer."""

    folder: Path
    bot_port: int
    backend_port: int
    patience: Patience
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.bot_port}"

    async def start(self, name: str) -> None:
        port = {"bot": self.bot_port, "backend": self.backend_port}.get(name, 0)
        command = [sys.executable, str(HERE / "part.py"), name.rpartition(" ")[2], str(self.folder), str(port)]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = await asyncio.create_subprocess_exec(
                *command, env={**os.environ, "PYTHONPATH": str(HERE.parent)}, stdout=log, stderr=log
            )

    async def kill(self, name: str) -> None:
        """Kill -9; PostgreSQL's own first process, not only who holds it."""
        process = self.processes[name]
        if name == "postgres":
            with contextlib.suppress(OSError, ValueError):
                os.kill(json.loads((self.folder / "environ.json").read_text())["pid"], signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    async def ready(self) -> None:
        async with asyncio.timeout(PATIENCE), httpx2.AsyncClient(trust_env=False, timeout=5) as http:
            for port in (self.backend_port, self.bot_port):
                while True:
                    with contextlib.suppress(httpx2.TransportError):
                        if (await http.get(f"http://{HOST}:{port}/readyz")).status_code == 200:
                            break
                    await asyncio.sleep(0.1)

    async def stop(self) -> None:
        for name in reversed(PARTS):
            if name in self.processes and self.processes[name].returncode is None:
                await self.kill(name)

    def environ(self) -> dict[str, str]:
        environ: dict[str, str] = json.loads((self.folder / "environ.json").read_text())["environ"]
        return environ


@dataclass
class Siege:
    """The town under fire: who writes, until nobody is killed any more."""

    installation: Installation
    twilio: PatientTwilio
    telegram: PatientTelegram
    people: list[Someone]
    dice: random.Random
    think: float
    over: asyncio.Event
    kills: list[str] = field(default_factory=list)

    async def fire(self, kills: int, pause: float) -> None:
        """Kill one part after another, each at once started again, at random moments while people get through.

        Every fourth time nobody waits for that: then it may be killed while it is still starting.
        """
        for _ in range(kills):
            if self.dice.random() < 0.75:
                await self._some_get_through()
            await asyncio.sleep(self.dice.uniform(0.0, pause))
            part = self.dice.choice(PARTS)
            await self.installation.kill(part)
            self.kills.append(part)
            await self.installation.start(part)
        self.over.set()

    async def _some_get_through(self) -> None:
        """However slow the machine: a kill among people who only wait for the one before would tell nothing."""
        wanted = self._taken() + max(3, len(self.people) // 20)
        async with asyncio.timeout(PATIENCE):
            while self._taken() < wanted:  # noqa: ASYNC110  # what is looked at rings no bell
                await asyncio.sleep(0.02)

    def _taken(self) -> int:
        return sum(len(one.acknowledged) for one in self.people)

    async def writes(self, someone: Someone) -> None:
        """One message after another; the next when the one before was taken, whoever had to try how often."""
        for word in _words():
            if self.over.is_set():
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.dice.uniform(0.0, self.think)):
                    await self.over.wait()
            words = f"{someone.address.translate(_LETTERS)} {word}"
            await someone.write(words)
            someone.acknowledged.append(words)


_LETTERS = str.maketrans("0123456789+_-", "abcdefghijxyz")
"""Figures might look like a personnummer, and be sealed."""


def _words() -> Any:
    letters = "abcdefghijklmnopqrstuvwxyz"
    for first in letters:
        for second in letters:
            yield f"{first}{second}"


@asynccontextmanager
async def besieged(seed: int, people: int, think: float) -> AsyncIterator[Siege]:
    folder = _throwaway_folder()
    made = {"IMORGON_TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16), "IMORGON_TWILIO_AUTH_TOKEN": _hex()}
    patience = Patience()
    twilio = PatientTwilio(*made.values(), patience=patience)
    telegram = PatientTelegram({TOWN: TOKEN}, patience)
    installation = Installation(folder, free_port(), free_port(), patience)
    try:
        async with twilio.open(), telegram.open(), httpx2.AsyncClient(trust_env=False, timeout=20) as web:
            twilio.webhooks[NUMBER] = f"{installation.url}/sms/inbound#rc=3&rp=all"
            more = {
                **made,
                "IMORGON_PUBLIC_URL": installation.url,
                "IMORGON_TWILIO_API_BASE": twilio.base_url,
                "IMORGON_TWILIO_FROM_TRELLEBORG": NUMBER,
                "IMORGON_SMS_PREFIXES": "+999",  # where the numbers of nobody begin
                "IMORGON_TELEGRAM_TOKEN_TRELLEBORG": TOKEN,
                "IMORGON_TELEGRAM_WEBHOOK_SECRET": SECRET,
                "IMORGON_TELEGRAM_API_BASE": telegram.base_url,
                "IMORGON_RATE_TELEGRAM": "1000",
                "IMORGON_RATE_TELEGRAM_CHAT": "1000",
            }
            (folder / "given.json").write_text(json.dumps({"backend": installation.backend_port, "more": more}))
            try:
                for part in PARTS:
                    await installation.start(part)
                await installation.ready()
                await telegram.listened_to(TOWN)
                them = [_someone(n, installation, twilio, telegram, web) for n in range(people)]
                yield Siege(installation, twilio, telegram, them, random.Random(seed), think, patience.over)
            finally:
                await installation.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _throwaway_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="imorgon-crash-"))
    folder.chmod(0o711)  # as root, the database's own user must pass through
    return folder


def _someone(
    number: int, installation: Installation, twilio: Twilio, telegram: PatientTelegram, web: httpx2.AsyncClient
) -> Someone:
    if number % 3 == 0:
        return _by_sms(f"+999{number:07}", twilio)
    if number % 3 == 1:
        return _by_telegram(telegram.account(f"Nummer {number}", NUMBER), telegram)
    return _by_web(base64.urlsafe_b64encode(number.to_bytes(24)).decode(), installation, web)


def _by_sms(address: str, twilio: Twilio) -> Someone:
    async def write(words: str) -> None:
        await twilio.write(address, NUMBER, words)

    return Someone("sms", address, write, lambda: [(one.body, one.created) for one in twilio.sent_to(address)])


def _by_telegram(account: Account, telegram: PatientTelegram) -> Someone:
    async def write(words: str) -> None:
        await telegram.write(account, TOWN, words)

    def read() -> list[tuple[str, datetime]]:
        return [(one.text, telegram.came[one.id]) for one in telegram.sent_to(account, TOWN)]

    return Someone("telegram", str(account.id), write, read)


def _by_web(cookie: str, installation: Installation, web: httpx2.AsyncClient) -> Someone:
    headers = {
        "Accept": "application/json",
        "Sec-Fetch-Site": "same-origin",
        "Cookie": f"imorgon_chat={cookie}",
    }

    async def write(words: str) -> None:
        form = {"words": words, "post": _hex()}

        async def post() -> int:
            return (await web.post(f"{installation.url}/chat/{TOWN}/say", data=form, headers=headers)).status_code

        await installation.patience.until_taken(post)

    return Someone("web", cookie, write, list)


# --- What must hold ---------------------------------------------------------------------------------------------------


async def nothing_was_lost_or_doubled(siege: Siege) -> None:
    """Wait until all is settled; then hold everything against everything."""
    environ = siege.installation.environ()
    read = bot.settings.read(environ)
    engine, resent = Engine(read, now, turn, {}), 0
    wrote = [one for one in siege.people if one.acknowledged]
    try:
        await _settled(engine)
        for one in wrote:
            where = address(read.session_secret, one.address) if one.channel == "web" else one.address
            thread = await threads.find(engine, TOWN, one.channel, where)
            assert thread is not None
            written = [line.original for line in await threads.lines(engine, thread) if line.who == "person"]
            assert written == one.acknowledged, f"{one.channel}: {written} where {one.acknowledged} was taken"
            rows = await _outbox(engine, thread)
            assert [words for words, *_ in rows] == [answered(words) for words in one.acknowledged]
            resent += sum(reason == "resent" for *_, reason in rows)
            _told_once(one, rows)
    finally:
        await engine.close()
    url = environ["IMORGON_BACKEND_DATABASE_URL_TRELLEBORG"].replace("+asyncpg", "")
    backend = await asyncpg.connect(url)
    try:
        assert await backend.fetchval("select count(*) from calls_for_help") == len(wrote)
    finally:
        await backend.close()
    taken = Counter(one.channel for one in wrote for _ in one.acknowledged)
    log.info("%s killed, %s messages, %s sent once more", dict(Counter(siege.kills)), dict(taken), resent)


def _told_once(one: Someone, rows: list[tuple[str, str, datetime, str | None]]) -> None:
    """Every reply stands with its provider: once, or as its row says; and in order, but for who was waited for long."""
    if one.channel == "web":
        assert {state for _, state, *_ in rows} == {"delivered"}
        return
    told = one.read()
    times = Counter(words for words, _ in told)
    first: dict[str, datetime] = {}
    for words, at in told:
        first.setdefault(words, at)
    for words, state, _, reason in rows:
        most = 2 if one.channel == "telegram" and reason == "resent" else 1
        assert times[words] <= most, f"{one.channel}: {times[words]} times {words!r} ({state}, {reason})"
        assert state in ("sent", "delivered") or (state == "given-up" and one.channel == "telegram"), (words, state)
        assert times[words] >= 1 or state == "given-up", (words, state)
    assert times.keys() <= {words for words, *_ in rows}
    for (earlier, _, written, _), (later, *_) in itertools.pairwise(rows):
        if earlier in first and later in first and first[later] < first[earlier]:
            assert first[later] - written > HOLDS * 0.9, f"{one.channel}: {later!r} before {earlier!r}"


async def _settled(engine: Engine) -> None:
    waiting = {
        "inbox": "select count(*) from inbox where state = 'pending'",
        "outbox": "select count(*) from outbox where state in ('pending', 'sending', 'unknown')",
        "calls": "select count(*) from calls where state in ('pending', 'calling')",
    }
    deadline, left = time.monotonic() + PATIENCE, {"all": 1}
    while any(left.values()):
        assert time.monotonic() < deadline, left
        await asyncio.sleep(1.0)
        async with engine.database.transaction() as connection:
            left = {name: (await connection.execute(sql(query))).scalar_one() for name, query in waiting.items()}


async def _outbox(engine: Engine, thread: UUID) -> list[tuple[str, str, datetime, str | None]]:
    """Words, state, when it was written, and why it is so, of each of our messages in a thread, in order."""
    codec = await engine.codec(TOWN)
    async with engine.database.transaction() as connection:
        query = sql("select id, message, state, created_at, reason from outbox where thread = :thread order by seq")
        rows = (await connection.execute(query, {"thread": thread})).all()
    return [
        (
            messages.load_outgoing(codec.open(row.message, "outbox", "message", row.id)).verbatim or "",
            row.state,
            row.created_at,
            row.reason,
        )
        for row in rows
    ]


async def siege_of(seed: int, *, people: int, kills: int, pause: float, think: float) -> None:
    log.info("seed %s", seed)
    async with besieged(seed, people, think) as siege:
        writing = [asyncio.create_task(siege.writes(one)) for one in siege.people]
        try:
            await siege.fire(kills, pause)
            await asyncio.gather(*writing)
        finally:
            for one in writing:
                one.cancel()
        assert len(siege.kills) == kills
        await nothing_was_lost_or_doubled(siege)


@pytest.mark.long
async def test_ten_deaths_among_thirty_people() -> None:
    """The short form: some five minutes."""
    await siege_of(7, people=30, kills=10, pause=1.5, think=3.0)


@pytest.mark.long
@pytest.mark.parametrize("seed", [int(os.environ.get("IMORGON_KILLS_SEED") or secrets.randbelow(1_000_000))])
async def test_two_hundred_deaths_among_five_hundred_people(seed: int) -> None:
    await siege_of(seed, people=500, kills=200, pause=4.0, think=60.0)
