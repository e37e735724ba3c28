"""One process with both halves, the worker and its own PostgreSQL, as in the demo, but with the provider outside: made
to be killed.

``python tests/installation.py FOLDER PORT PROVIDER`` serves until a signal. What it says in the environment, its folder
and its databases are the demo's. Waiting times that only say how long a dead worker is waited for are seconds here, so
that fifty deaths fit in a test; what happens when they are over is what always happens.
"""

import asyncio
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from backend import postgres
from bot.arriving import notices
from bot.leaving import settling, states, unknown
from bot.stories.player import is_calm
from bot.stories.world import SENDERS
from bot.together import Running, StoryClock, make_home, running
from bot.turning import calls

LEASE = timedelta(seconds=3)
LISTED = timedelta(seconds=8)


async def serve(folder: Path, port: int, provider: str) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    with postgres.start(folder / "pg") as server:
        home = make_home(server, folder)
        clock = StoryClock(folder / "story-time")
        environ = home.environ(port, IMORGON_TWILIO_API_BASE=provider, **SENDERS)

        def routes(here: Running) -> list[BaseRoute]:
            async def time(request: Request) -> Response:
                """Story time goes on to a moment; asked twice, it goes there once."""
                to = datetime.fromisoformat(request.query_params["to"])
                clock.move(max(to - clock(), timedelta(0)))
                here.engine.wake()
                return PlainTextResponse(clock().isoformat())

            async def calm(_: Request) -> Response:
                """Whether nothing is under way."""
                return PlainTextResponse("yes" if await is_calm(here, clock) else "no")

            return [Route("/story-time", time, methods=["POST"]), Route("/calm", calm)]

        async with running(environ, clock, port, routes=routes, seeded=True):
            await stop.wait()


if __name__ == "__main__":
    calls.LEASE = notices.LEASE = states.LEASE = LEASE
    unknown.LISTED_UNTIL, settling.ASK_AGAIN = LISTED, timedelta(seconds=1)
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
