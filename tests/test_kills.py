"""Kill -9 at random moments of the first story: nothing acknowledged is lost, nothing happens twice.

The installation is one process with its PostgreSQL (``tests/installation.py``); the provider, the applicant and staff
live here and survive. The applicant's provider tries again until it is answered, with the same message id each time;
staff who got no answer look whether it took before they press again.
"""

import asyncio
import contextlib
import os
import random
import re
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text

import bot.settings
from backend import postgres
from bot.conversation import turn
from bot.conversation.notices.something_new import HEAR, NEW_LINES, READ_HERE
from bot.conversation.putting import REMINDER
from bot.engine import Engine
from bot.flows.acute import ACUTE
from bot.flows.first_meeting import PRELIMINARY
from bot.flows.phone import SHARED
from bot.flows.questions import WHEN
from bot.flows.welcome import WANT
from bot.stories.desk import confirm_interpreter, give_code, grant, open_case, write_note
from bot.stories.meeting_first import HELLO, HOW_IS_IT_GOING
from bot.stories.player import MONDAY, WEBHOOK_RETRIES
from bot.stories.twilio import Text, Twilio
from bot.stories.world import NUMBERS, SENDERS, ByText, Staff, StoryError, World
from bot.text import STOCKHOLM, translations
from bot.together import HOST, StoryClock, free_port, make_home, make_secrets
from bot.turning import threads
from tests.conftest import memory

pytestmark = pytest.mark.unmeasured

HERE = Path(__file__).parent
TOWN, AMAL = "trelleborg", "+46701740605"
LONGER = "This takes a little longer than usual. Nothing is lost. I write to you as soon as it is ready."
PATIENCE = 240.0
"""Seconds until what must happen has happened, deaths and waiting for the dead included."""


# --- What is killed ---------------------------------------------------------------------------------------------------


@dataclass
class Installation:
    """The process under fire, and the folder its data survives in."""

    folder: Path
    provider: str
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        command = [sys.executable, str(HERE / "installation.py")]
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command,
                *(str(self.folder), str(self.port), self.provider),
                # What is killed is what stands beside this test, wherever it is installed from.
                env={**os.environ, "PYTHONPATH": str(HERE.parent)},
                stdout=log,
                stderr=log,
            )

    async def ready(self) -> None:
        """Until it answers. It may be killed and started again meanwhile."""
        async with asyncio.timeout(PATIENCE), httpx2.AsyncClient(trust_env=False, timeout=5) as http:
            while True:
                with contextlib.suppress(httpx2.TransportError):
                    if (await http.get(f"{self.address}/readyz")).status_code == 200:
                        return
                if self.process is not None and self.process.returncode not in (None, -signal.SIGKILL):
                    raise StoryError(f"it stopped by itself:\n{self.log()}")
                await asyncio.sleep(0.05)

    async def kill(self, *, database_too: bool) -> None:
        """Kill -9; the database at the same moment, or left to find out that nobody is there."""
        assert self.process is not None
        victims = [self.process.pid, *(_descendants(self.process.pid) if database_too else [])]
        for victim in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        """Ctrl-C; everything that belongs to it ends."""
        assert self.process is not None
        children = _descendants(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            assert await self.process.wait() == 0, self.log()
        assert [pid for pid in children if _is_alive(pid)] == []

    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")


def _is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, children.read_text().split()):
                found += [child, *_descendants(child)]
    return found


# --- Who survives -----------------------------------------------------------------------------------------------------


class Patient(Twilio):
    """The provider, with more patience than its rules: it delivers until it is answered.

    ``acknowledged``: what was answered 2xx, in order. ``accepted``: done once, when it has taken a message and its
    answer is still to come.
    """

    def __init__(self, account_sid: str, auth_token: str) -> None:
        super().__init__(account_sid, auth_token)
        self.acknowledged: list[str] = []
        self.accepted: Callable[[], Awaitable[None]] | None = None

    async def _accept(self, form: dict[str, str]) -> Text:
        taken, then = await super()._accept(form), self.accepted
        if then is not None:
            self.accepted = None
            await then()
        return taken

    async def write(self, sender: str, to: str, body: str, *, pictures: int = 0, sid: str | None = None) -> int:
        sid, status = sid or f"SM{uuid4().hex}", 0
        async with asyncio.timeout(PATIENCE):
            while status // 100 != 2:
                status = await super().write(sender, to, body, pictures=pictures, sid=sid)
                await asyncio.sleep(0.05)
        self.acknowledged.append(body)
        return status


@dataclass
class Applicant(ByText):
    """Somebody with a telephone, who answers what she was asked whatever else came."""

    told: Text | None = None

    async def writes(self, words: str) -> None:
        await self.world.twilio.write(self.number, NUMBERS[self.municipality], words)

    async def expects(self, *messages: str) -> str:
        (message,) = messages
        sentence = translations(self.language).gettext(message)
        wanted = re.compile(".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", sentence)), re.DOTALL)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            texts = self.world.twilio.sent_to(self.number)
            for place, one in enumerate(texts[self.seen :], self.seen + 1):
                if wanted.search(re.sub("[\u2066-\u2069]", "", one.body)):
                    self.seen, self.told = place, one
                    return one.body
            await asyncio.sleep(0.02)
        read = "\n  ".join(one.body for one in self.world.twilio.sent_to(self.number))
        raise StoryError(f"never came:\n  {sentence}\nbut:\n  {read}")

    def answer(self, label: str) -> Callable[[], Awaitable[None]]:
        """Answer with the number of a choice in the text she read last."""
        assert self.told is not None
        number = self._number_of(label, self.told.body)
        return lambda: self.writes(number)


@dataclass(frozen=True)
class Kill:
    """One kill: in which step, how long after the step (or the last start) began, with the database or not."""

    step: str
    after: float
    database_too: bool


@dataclass
class Siege(World):
    """The town under fire.

    ``fire``: step -> seconds after its beginning; a second one counts from the start before. ``struck``: steps whose
    next text is followed by death at the worst moment, when the provider has it and has not answered.
    """

    twilio: Patient
    installation: Installation = field(kw_only=True)
    dice: random.Random = field(kw_only=True)
    fire: Mapping[str, list[float]] = field(kw_only=True)
    struck: frozenset[str] = frozenset()
    kills: list[Kill] = field(default_factory=list)
    gun: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def step(
        self, name: str, do: Callable[[], Awaitable[object]], took: Callable[[], Awaitable[bool]] | None = None
    ) -> None:
        """Do one thing of the story while it is fired at; again where no answer came and it had not taken."""
        if name in self.struck:
            self.twilio.accepted = lambda: self._kill(name, 0.0)
        firing = asyncio.create_task(self._fire(name))
        try:
            async with asyncio.timeout(PATIENCE):
                await self._insist(do, took)
            await firing
        finally:
            firing.cancel()
        await self.installation.ready()

    async def _insist(self, do: Callable[[], Awaitable[object]], took: Callable[[], Awaitable[bool]] | None) -> None:
        again = False
        while True:
            try:
                if not (again and took is not None and await took()):
                    await do()
            except httpx2.TransportError:
                again = True
                await self.installation.ready()
            else:
                return

    async def _fire(self, name: str) -> None:
        for after in self.fire.get(name, []):
            await asyncio.sleep(after)
            await self._kill(name, after)

    async def _kill(self, step: str, after: float) -> None:
        async with self.gun:
            kill = Kill(step, after, self.dice.random() < 0.5)
            await self.installation.kill(database_too=kill.database_too)
            self.kills.append(kill)
            await self.installation.start()

    async def goes_on_to(self, day: int, hour: int, minute: int) -> None:
        """Story time goes on; asked twice, it goes there once."""
        to = datetime(2026, 12, day, hour, minute, tzinfo=STOCKHOLM)

        async def move() -> None:
            async with httpx2.AsyncClient(trust_env=False) as http:
                answer = await http.post(f"{self.address}/story-time", params={"to": to.isoformat()})
                assert answer.status_code == 200

        await self._insist(move, None)

    async def minute(self) -> None:
        """Story time goes by itself here."""

    async def settled(self) -> None:
        """Nobody waits for what happens by itself: what must come is expected, text by text."""

    async def calm(self) -> None:
        """Until nothing is under way any more."""
        async with httpx2.AsyncClient(trust_env=False, timeout=10) as http:
            deadline = time.monotonic() + PATIENCE
            while (await http.get(f"{self.address}/calm")).text != "yes":
                assert time.monotonic() < deadline, "something does not end"
                await asyncio.sleep(0.2)


# --- The story --------------------------------------------------------------------------------------------------------

STEPS = (
    *("hello", "offer", "book", "times", "time", "preliminary", "acute", "later", "shared", "interpreter", "ready"),
    *("night", "note", "code", "lines", "decision", "hear", "read", "page", "status"),
)


async def meeting_first(siege: Siege) -> None:
    """The first story as ``bot/stories/meeting_first.py`` tells it, one step at a time."""
    amal = Applicant(siege, "Amal", AMAL, TOWN)
    await gets_a_time(siege, amal)
    await gets_an_interpreter(siege, amal)
    maria = await siege.staff("Handläggare")
    case = await open_case(maria, amal)
    code = await meets(siege, amal, maria, case)
    await is_decided(siege, amal, maria, case, code)


async def gets_a_time(siege: Siege, amal: Applicant) -> None:
    step = siege.step
    await step("hello", lambda: amal.writes(HELLO["sv"]))
    await step("offer", lambda: amal.expects(WANT.text))
    await step("book", amal.answer("Book"))
    await step("times", lambda: amal.expects("20-30 minutes, interpreter: {language}."))
    await step("time", lambda: amal.writes("1"))
    await step("preliminary", lambda: amal.expects(PRELIMINARY))
    await amal.expects(ACUTE.text)
    await step("acute", amal.answer("No"))
    await amal.expects(WHEN.text)
    await step("later", amal.answer("At the meeting"))
    await amal.expects(SHARED.text)
    await step("shared", amal.answer("No"))


async def gets_an_interpreter(siege: Siege, amal: Applicant) -> None:
    desk = await siege.staff("Tolkbokning")

    async def confirmed() -> bool:
        page = await desk.opens("/inbox/interpreters")
        return not any("arabiska" in row.text and "Bekräfta" in row.text for row in page.soup.find_all("li"))

    await siege.step("interpreter", lambda: confirm_interpreter(desk, "ar"), confirmed)
    await siege.step("ready", lambda: amal.expects("The interpreter is ready. See you {time}."))
    await siege.step("night", lambda: siege.goes_on_to(1, 8, 1))
    await amal.expects(REMINDER)
    await siege.goes_on_to(1, 9, 30)


async def meets(siege: Siege, amal: Applicant, maria: Staff, case: str) -> Callable[[], Awaitable[str]]:
    """The note and the code; gives the way to get the code, or another one."""
    codes: list[str] = []

    async def noted() -> bool:
        return "Inga." not in await _section(maria, f"{case}/meeting", "earlier")

    async def give() -> None:
        codes.append(await give_code(maria, case))

    async def code() -> str:
        if not codes:
            await give()
        return codes.pop()

    await siege.step("note", lambda: write_note(maria, case), noted)
    await siege.step("code", give)
    await siege.step("lines", lambda: amal.expects(NEW_LINES))
    return code


async def is_decided(
    siege: Siege, amal: Applicant, maria: Staff, case: str, code: Callable[[], Awaitable[str]]
) -> None:
    async def signed() -> bool:
        return "Inga än." not in await _section(maria, f"{case}/decision", "signed")

    async def read() -> None:
        # A try whose answer never came has used the code up: then she asks for another at the counter.
        await siege.reads_with_code(await code())

    await siege.goes_on_to(1, 13, 0)
    await siege.step("decision", lambda: grant(maria, case, kronor="7485"), signed)
    await siege.step("hear", lambda: amal.expects(HEAR.text))
    await siege.step("read", amal.answer("I read it"))
    await amal.expects(READ_HERE)
    await siege.step("page", read)
    await siege.step("status", lambda: amal.writes(HOW_IS_IT_GOING["sv"]))
    await amal.expects("Step 5 of 5: we have answered you.")


async def _section(desk: Staff, path: str, name: str) -> str:
    page = await desk.opens(path)
    section = page.soup.find("section", attrs={"aria-labelledby": name})
    assert section is not None, page.text
    return section.get_text()


_HER = "where person in (select person from calls_for_help)"
_HER_MEETING = f"where meeting in (select id from meetings {_HER})"
ONCE = {
    "call for help": "calls_for_help",
    "case": f"cases {_HER}",
    "meeting": f"meetings {_HER}",
    "interpreter": f"interpreter_orders {_HER_MEETING} and state = 'confirmed'",
    "order": f"interpreter_orders {_HER_MEETING}",
    "note": f"meeting_notes {_HER}",
    "decision": f"decisions {_HER}",
    "hearing": f"hearings {_HER}",
}
"""What is there once when the story is told, however often who did it had to try."""


# --- What must hold ---------------------------------------------------------------------------------------------------


def volleys(dice: random.Random, kills: int) -> dict[str, list[float]]:
    """When to kill in each step: most while the step is new, the later ones while it starts again."""
    fire: dict[str, list[float]] = {name: [] for name in STEPS}
    for number in range(kills):
        shots = fire[STEPS[number] if number < len(STEPS) else dice.choice(STEPS)]
        # A first kill meets what the step began; the next comes while the process starts, or just after.
        shots.append(dice.uniform(0.0, 0.6) if not shots else dice.uniform(0.0, 9.0))
    return fire


@asynccontextmanager
async def besieged(seed: int, kills: int, *, struck: Iterable[str]) -> AsyncIterator[Siege]:
    """An installation in a folder of its own, on the morning every story begins, with a provider that survives it."""
    folder = _throwaway_folder()
    made = make_secrets(folder / "secrets.json")
    (folder / "story-time").write_text(str((MONDAY - datetime.now(UTC)).total_seconds()))
    provider = Patient(made["IMORGON_TWILIO_ACCOUNT_SID"], made["IMORGON_TWILIO_AUTH_TOKEN"])
    dice = random.Random(seed)
    try:
        async with provider.open():
            installation = Installation(folder, provider.base_url)
            for number in NUMBERS.values():
                provider.webhooks[number] = f"{installation.address}/sms/inbound{WEBHOOK_RETRIES}"
            await installation.start()
            await installation.ready()
            siege = Siege(
                StoryClock(folder / "story-time"),
                installation.address,
                provider,
                "sv",
                "sms",
                _nothing,
                installation=installation,
                dice=dice,
                fire=volleys(dice, kills),
                struck=frozenset(struck),
            )
            try:
                yield siege
            finally:
                for browser in siege.browsers:
                    await browser.close()
                if installation.process is not None and installation.process.returncode is None:
                    await installation.kill(database_too=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _throwaway_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="imorgon-siege-", dir=memory()))
    folder.chmod(0o711)  # as root, the database's own user must pass through
    return folder


async def _nothing() -> None:
    return None


async def test_the_story_survives_three_deaths() -> None:
    """The short form, for every day: while a message comes in, when one has gone out, while a meeting is booked."""
    async with besieged(1, 0, struck=["book"]) as siege:
        siege.fire = {"hello": [0.01], "time": [0.1]}
        await meeting_first(siege)
        await nothing_was_lost_or_doubled(siege)
        assert len(siege.kills) == 3


@pytest.mark.long
@pytest.mark.parametrize("seed", [int(os.environ.get("IMORGON_KILLS_SEED") or secrets.randbelow(1_000_000))])
async def test_the_story_survives_fifty_deaths(seed: int) -> None:
    """``IMORGON_KILLS_SEED`` kills at the moments of an earlier run."""
    struck = ["hello", "time", "interpreter", "decision", "status"]
    async with besieged(seed, 50 - len(struck), struck=struck) as siege:
        await meeting_first(siege)
        await nothing_was_lost_or_doubled(siege)
        assert len(siege.kills) == 50


async def nothing_was_lost_or_doubled(siege: Siege) -> None:
    """Everything acknowledged stands there once, everything said went out once, and every act was done once."""
    await siege.calm()
    sent = siege.twilio.sent_to(AMAL)
    ours = Counter(parse_qs(urlsplit(one.callback or "").query)["id"][0] for one in sent)
    assert [message for message, times in ours.items() if times > 1] == []
    # Whoever waits long for the dead is told so; nothing else may differ from the story nobody shot at.
    longer = translations("sv").gettext(LONGER)
    assert _gist(one.body for one in sent if one.body != longer) == _gist(_golden())

    await siege.installation.stop()
    with postgres.start(siege.installation.folder / "pg") as server:
        home = make_home(server, siege.installation.folder)
        engine = Engine(bot.settings.read(home.environ(siege.installation.port, **SENDERS)), siege.clock, turn, {})
        try:
            async with engine.database.transaction() as session:
                thread = (await session.execute(text("select id from threads where channel = 'sms'"))).scalar_one()
                states = (await session.execute(text("select distinct state from outbox"))).scalars().all()
                waiting = (await session.execute(text("select count(*) from inbox where state <> 'done'"))).scalar_one()
                open_calls = text("select count(*) from calls where state <> 'done'")
                unmade = (await session.execute(open_calls)).scalar_one()
            written = [line.original for line in await threads.lines(engine, thread) if line.who == "person"]
        finally:
            await engine.close()
        assert written == siege.twilio.acknowledged
        assert set(states) <= {"sent", "delivered"}
        assert (waiting, unmade) == (0, 0)
        backend = home.backends[TOWN].name
        counted = {name: int(server.run_sql(f"select count(*) from {query}", backend)) for name, query in ONCE.items()}
        assert counted == dict.fromkeys(ONCE, 1)


def _golden() -> list[str]:
    """What the municipality writes in the story when nobody kills anything."""
    told = HERE / "transcripts" / "meeting-first.sv.sms.txt"
    return re.findall(r"sms  \u2190 (.*?)  \[\d", told.read_text("utf-8"))


def _gist(bodies: Iterable[str]) -> Counter[str]:
    """How often each text was sent, days and hours aside (and the address, which is the installation's own)."""
    return Counter(re.sub(r"\d+", "0", re.sub(r"https?://[^/ ]+", "", " ".join(body.split()))) for body in bodies)
