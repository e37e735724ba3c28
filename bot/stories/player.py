"""Plays a story on a throwaway installation and writes down the dialogue as a translator would like to read it."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from backend import postgres
from bot.stories import Story
from bot.stories.transcript import Transcript, transcript
from bot.stories.twilio import Twilio
from bot.stories.world import NUMBERS, World
from bot.text import STOCKHOLM, languages
from bot.together import Home, Running, StoryClock, free_port, make_home, running

MONDAY = datetime(2026, 11, 30, 9, 57, tzinfo=STOCKHOLM)
"""When every story begins, unless it says otherwise: a Monday morning a month before Christmas."""

WEBHOOK_RETRIES = "#rc=3&rp=all"

_AT_REST = text(
    """
    select not exists (select from inbox where state = 'pending')
       and not exists (select from calls where state in ('pending', 'calling'))
       and not exists (select from timers where at <= :now)
       and not exists (select from outbox where state in ('pending', 'sending', 'unknown')
                                            and (start is null or start <= :now))
       and not exists (select from entries join threads on threads.id = entries.thread
                        where threads.handed_over and entries.copied is distinct from entries.state)
    """
)


async def play(story: Story, language: str, channel: str, server: postgres.Server | None = None) -> str:
    """Play it and give the transcript. ``server``: databases are made there instead of on a server of its own."""
    return (await play_through(story, language, channel, server)).told()


async def play_through(story: Story, language: str, channel: str, server: postgres.Server | None = None) -> Transcript:
    """Play it and give what was said, to be counted or printed."""
    if language not in languages():
        raise SystemExit(f"There are these languages: {', '.join(languages())}.")
    if channel not in story.channels:
        raise SystemExit(f"{story.name} begins on: {', '.join(story.channels)}.")
    async with world(language, channel, server) as here:
        await story.tell(here)
        await here.settled()
        return await transcript(story, here)


@asynccontextmanager
async def world(language: str, channel: str, server: postgres.Server | None = None) -> AsyncIterator[World]:
    """A town with both halves running, a provider on loopback, seeded staff, and a clock that stands still."""
    folder = _throwaway_folder()
    own = None if server is not None else postgres.start(folder / "pg")
    try:
        home = make_home(server or _given(own), folder)
        async with town(home, language, channel) as here:
            yield here
    finally:
        if own is not None:
            own.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _throwaway_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="imorgon-story-"))
    folder.chmod(0o711)  # as root, the database's own user must pass through
    return folder


def _given(server: postgres.Server | None) -> postgres.Server:
    if server is None:
        raise ValueError("no server")
    return server


@asynccontextmanager
async def town(home: Home, language: str, channel: str) -> AsyncIterator[World]:
    """Both halves on these databases, with story time."""
    clock, port = StoryClock(frozen=MONDAY), free_port()
    provider = Twilio(home.made["IMORGON_TWILIO_ACCOUNT_SID"], home.made["IMORGON_TWILIO_AUTH_TOKEN"])
    async with provider.open() as twilio:
        senders = {f"IMORGON_TWILIO_FROM_{slug.upper()}": number for slug, number in NUMBERS.items()}
        environ = home.environ(port, IMORGON_TWILIO_API_BASE=twilio.base_url, **senders)
        for number in NUMBERS.values():
            twilio.webhooks[number] = f"{environ['IMORGON_PUBLIC_URL']}/sms/inbound{WEBHOOK_RETRIES}"
        async with running(environ, clock, port, seeded=True) as here:

            async def rest() -> None:
                await at_rest(here, clock, twilio)

            made = World(clock, here, twilio, language, channel, rest)
            yield made
            for browser in made.browsers:
                await browser.close()


async def at_rest(here: Running, clock: StoryClock, twilio: Twilio) -> None:
    """Wait until nothing is under way: no event, call, message, timer or notice is left to be dealt with now."""
    calm = 0
    while calm < 2:
        await twilio.reported()
        async with here.engine.database.transaction() as session:
            still = bool((await session.execute(_AT_REST, {"now": clock()})).scalar())
        calm = calm + 1 if still and await _collected(here) else 0
        if not calm:
            here.engine.wake()
        await asyncio.sleep(0.02)


async def _collected(here: Running) -> bool:
    """Whether the bot has collected every notice the backends have told."""
    async with here.engine.database.transaction() as session:
        rows = (await session.execute(text("select municipality, position from feeds"))).all()
    collected = {row.municipality: row.position for row in rows}
    for slug, database in here.backend.state.databases.items():
        async with database.transaction() as session:
            connection = await session.connection()
            told = (await connection.execute(text("select coalesce(max(position), 0) from notices"))).scalar()
        if collected.get(slug, 0) < (told or 0):
            return False
    return True
