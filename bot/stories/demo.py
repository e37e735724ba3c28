"""The demo: everything on one machine, with examples, a telephone to try text messages with, and a clock to move."""

import asyncio
import os
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend import postgres
from bot.stories.player import WEBHOOK_RETRIES
from bot.stories.twilio import Twilio
from bot.stories.world import NUMBERS, SENDERS
from bot.text import Telephone, local, render, say
from bot.together import HOST, Running, StoryClock, make_home, running

TEMPLATES = Path(__file__).parents[2] / "templates"
PHONE = "+46701740605"
"""The demo's telephone: a number set aside for fiction."""

STEPS = {"10 minutes": timedelta(minutes=10), "an hour": timedelta(hours=1), "until 8 in the morning": None}


async def run(folder: Path, port: int) -> None:
    """Start and stay until cancelled. The data lies in ``folder`` and is there the next time."""
    print("Starting PostgreSQL ...", flush=True)
    with postgres.start(folder / "pg") as server:
        home = make_home(server, folder)
        clock = StoryClock(folder / "story-time")
        provider = Twilio(home.made["IMORGON_TWILIO_ACCOUNT_SID"], home.made["IMORGON_TWILIO_AUTH_TOKEN"])
        async with provider.open() as twilio:
            # A bot of one's own at Telegram, if one is given (IMORGON_TELEGRAM_MODE=polling: nobody can call us here).
            own = {name: value for name, value in os.environ.items() if name.startswith("IMORGON_TELEGRAM_")}
            environ = home.environ(port, IMORGON_TWILIO_API_BASE=twilio.base_url, **SENDERS, **own)
            for number in NUMBERS.values():
                twilio.webhooks[number] = f"http://{HOST}:{port}/sms/inbound{WEBHOOK_RETRIES}"
            async with running(
                environ, clock, port, routes=lambda here: Pages(here, clock, twilio).routes, seeded=True
            ) as here:
                _say_where(here)
                await asyncio.Event().wait()


def _say_where(here: Running) -> None:
    print(
        f"""
imorgon is running. Ctrl-C stops it; the data stays.

  Start page, with a telephone and a clock to move   {here.address}/demo
  An applicant, in any of the languages              {here.address}/chat
  Customer service, caseworkers, interpreter desk    {here.address}/inbox
  Read a decision with a code from the counter       {here.address}/s/
  In a terminal                                      .venv/bin/imorgon chat --language ar
""",
        flush=True,
    )


class Pages:
    """The demo's own pages: a start page, a telephone, and the clock."""

    def __init__(self, here: Running, clock: StoryClock, twilio: Twilio) -> None:
        self.here, self.clock, self.twilio = here, clock, twilio
        self.written: list[tuple[int, str, str]] = []
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
        )

    @property
    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.to_start),
            Route("/demo", self.start),
            Route("/demo/time", self._from_here(self.move), methods=["POST"]),
            Route("/demo/phone", self._from_here(self.write), methods=["POST"]),
        ]

    async def to_start(self, _: Request) -> Response:
        return RedirectResponse("/demo")

    async def start(self, _: Request) -> Response:
        """Where to go; the telephone's conversation; the clock."""
        texts = [(0, "in", text.body) for text in self.twilio.sent_to(PHONE)]
        page = self._environment.get_template("demo/start.html").render(
            now=render(say("{time}", time=self.clock()), "sv"),
            steps=list(STEPS),
            phone=render(say("{number}", number=Telephone(PHONE)), "sv"),
            towns={slug: render(say("{number}", number=Telephone(number)), "sv") for slug, number in NUMBERS.items()},
            talk=self._talk(texts),
            staff=[(slug, slug.capitalize()) for slug in NUMBERS],
        )
        return HTMLResponse(page, headers=_HEADERS)

    def _talk(self, received: list[tuple[int, str, str]]) -> list[tuple[str, str]]:
        """Both sides in the order they came: what was written knows how many had been received before it."""
        talk: list[tuple[str, str]] = []
        place = 0
        for before, _, words in self.written:
            talk += [(way, text) for _, way, text in received[place:before]]
            place = max(place, before)
            talk.append(("out", words))
        return talk + [(way, text) for _, way, text in received[place:]]

    async def move(self, request: Request) -> Response:
        step = str((await request.form()).get("by", ""))
        if step in STEPS:
            self.clock.move(STEPS[step] or self._until_morning())
            self.here.engine.wake()
            await asyncio.sleep(1.0)
        return RedirectResponse("/demo", 303)

    def _until_morning(self) -> timedelta:
        now = local(self.clock())
        eight = now.replace(hour=8, minute=0, second=0, microsecond=0)
        return (eight if eight > now else eight + timedelta(days=1)) - now

    async def write(self, request: Request) -> Response:
        form = await request.form()
        words, town = str(form.get("words", "")), str(form.get("town", ""))
        if words.strip() and town in NUMBERS:
            self.written.append((len(self.twilio.sent_to(PHONE)), secrets.token_hex(4), words))
            await self.twilio.write(PHONE, NUMBERS[town], words)
            await asyncio.sleep(1.0)
        return RedirectResponse("/demo#end", 303)

    def _from_here(self, handle: Callable[[Request], object]) -> Callable[[Request], object]:
        """Only our own page may press these buttons."""

        async def checked(request: Request) -> Response:
            if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
                return Response("Not from this page.", 403)
            answer = handle(request)
            return await answer  # type: ignore[misc, no-any-return]  # both handlers are coroutines

        return checked


_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'",
    "Cache-Control": "no-store",
}
