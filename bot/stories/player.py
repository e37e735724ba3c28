"""Plays a story on a throwaway installation and writes down the dialogue as a translator would like to read it."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from backend import postgres
from bot.stories import Story
from bot.stories.in_step import TOKENS, in_step
from bot.stories.telegram import Telegram
from bot.stories.transcript import Transcript, transcript
from bot.stories.twilio import Twilio
from bot.stories.world import NUMBERS, SENDERS, World
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
       and not exists (select from papers where next_try_at is not null or not told)
       and not exists (select from outbox where state in ('pending', 'sending', 'unknown')
                                            and (start is null or start <= :now))
       and not exists (select from entries join threads on threads.id = entries.thread
                        where threads.handed_over and entries.copied is distinct from entries.state)
    """
)


async def play(story: Story, language: str, channel: str) -> str:
    """Play it on an installation made for it, and give the transcript."""
    folder = _throwaway_folder()
    try:
        with postgres.start(folder / "pg") as server:
            told = await play_at(make_home(server, folder), story, language, channel)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return told.told()


async def play_at(home: Home, story: Story, language: str, channel: str) -> Transcript:
    """Play it on these databases, and give what was said, to be counted or printed."""
    if language not in languages():
        raise SystemExit(f"There are these languages: {', '.join(languages())}.")
    if channel not in story.channels:
        raise SystemExit(f"{story.name} begins on: {', '.join(story.channels)}.")
    async with town(home, language, channel, *story.onward, with_case_system=story.in_step) as (world, here):
        await story.tell(world)
        await world.settled()
        return await transcript(story, world, here.engine)


def _throwaway_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="imorgon-story-"))
    folder.chmod(0o711)  # as root, the database's own user must pass through
    return folder


@asynccontextmanager
async def town(
    home: Home, language: str, channel: str, *onward: str, with_case_system: bool = False
) -> AsyncIterator[tuple[World, Running]]:
    """A town with both halves running, a provider on loopback, seeded staff, and a clock that stands still."""
    clock, port = StoryClock(frozen=MONDAY), free_port()
    provider = Twilio(home.made["IMORGON_TWILIO_ACCOUNT_SID"], home.made["IMORGON_TWILIO_AUTH_TOKEN"])
    bots = {slug: f"{7_000_000_000 + n}:made-up-for-a-story-{slug}" for n, slug in enumerate(NUMBERS)}
    async with provider.open() as twilio, Telegram(bots).open() as telegram:
        senders = dict(SENDERS)
        if "telegram" in (channel, *onward):  # its library takes seconds to load
            senders |= {f"IMORGON_TELEGRAM_TOKEN_{slug.upper()}": token for slug, token in bots.items()}
            senders |= {"IMORGON_TELEGRAM_API_BASE": telegram.base_url, "IMORGON_TELEGRAM_WEBHOOK_SECRET": "s" * 40}
            senders |= {"IMORGON_RATE_TELEGRAM": "1000", "IMORGON_RATE_TELEGRAM_CHAT": "1000"}
        if with_case_system:
            senders |= TOKENS
        environ = home.environ(port, IMORGON_TWILIO_API_BASE=twilio.base_url, **senders)
        for number in NUMBERS.values():
            twilio.webhooks[number] = f"{environ['IMORGON_PUBLIC_URL']}/sms/inbound{WEBHOOK_RETRIES}"
        async with running(environ, clock, port, seeded=True) as here:

            async def rest() -> None:
                for look_after in here.backend.state.look_after.values():
                    await look_after()
                here.engine.wake()
                await at_rest(here, clock, twilio)

            async with in_step(here, clock) if with_case_system else nullcontext() as beside:
                made = World(clock, here.address, twilio, language, channel, rest, telegram, beside)
                yield made, here
            for browser in made.browsers:
                await browser.close()


async def at_rest(here: Running, clock: StoryClock, twilio: Twilio) -> None:
    """Wait until nothing is under way: no event, call, message, timer or notice is left to be dealt with now."""
    calm = 0
    while calm < 2:
        await twilio.reported()
        calm = calm + 1 if await is_calm(here, clock) else 0
        await asyncio.sleep(0.03)


async def is_calm(here: Running, clock: StoryClock) -> bool:
    """Whether nothing of ours is under way at this moment."""
    async with here.engine.database.transaction() as session:
        still = bool((await session.execute(_AT_REST, {"now": clock()})).scalar())
    return still and await _collected(here)


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
