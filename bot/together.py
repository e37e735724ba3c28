"""Both halves in one process, each with its own databases and settings, talking over HTTP as they do when apart.

For the demo, ``serve all`` and the stories. Nothing here is a shortcut: the bot reaches the backend by its address.
"""

import asyncio
import base64
import hmac
import json
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from joserfc.jwk import ECKey
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

import backend.app
import backend.migrations
import backend.settings
import bot.app
import bot.migrations
import bot.settings
from backend import metrics as figures_of_cases
from backend import postgres
from backend.seeds import seed
from bot import worker
from bot.conversation import turn
from bot.engine import Engine
from bot.environment import SettingsError
from bot.serving import Server
from bot.watching import metrics as figures_of_talk

HOST = "127.0.0.1"
MUNICIPALITIES = ("trelleborg", "svedala")
BACKEND_PATHS = ("/api/", "/inbox", "/tolk/")


@dataclass
class StoryClock:
    """Business time that can be moved. Kept in a file, so that a killed demo does not go back in time.

    ``frozen``: stands still between moves, as stories need to be told the same each time.
    """

    file: Path | None = None
    frozen: datetime | None = None
    ahead: timedelta = field(default=timedelta(0))

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            self.ahead = timedelta(seconds=float(self.file.read_text()))

    def __call__(self) -> datetime:
        return self.frozen if self.frozen is not None else datetime.now(UTC) + self.ahead

    def move(self, by: timedelta) -> None:
        """Forward only: what has been promised for a time already past would otherwise be promised again."""
        if by < timedelta(0):
            raise ValueError("story time only moves forward")
        if self.frozen is not None:
            self.frozen += by
            return
        self.ahead += by
        if self.file is not None:
            written = self.file.with_suffix(".new")
            written.write_text(str(self.ahead.total_seconds()))
            written.replace(self.file)


# --- A home: data folder, databases, secrets --------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    """The databases of an installation on one machine, the secrets made for it, and the folder of its documents."""

    bot: postgres.Database
    backends: Mapping[str, postgres.Database]
    made: Mapping[str, str]
    documents: Path | None = None

    def environ(self, port: int, **more: str) -> dict[str, str]:
        """The settings both halves read, as if they had been given in the environment."""
        address = f"http://{HOST}:{port}"
        urls = {
            f"IMORGON_BACKEND_DATABASE_URL_{slug.upper()}": database.app_url for slug, database in self.backends.items()
        }
        return {
            "IMORGON_ENVIRONMENT": "demo",
            "IMORGON_DATABASE_URL": self.bot.app_url,
            "IMORGON_PUBLIC_URL": address,
            "IMORGON_BACKEND_URL": address,
            # The provider of texts is of this machine too, and is not hurried by anybody.
            "IMORGON_RATE_SMS": "100000",
            "IMORGON_RATE_SMS_CHAT": "100000",
            **({"IMORGON_STORAGE_URL": self.documents.absolute().as_uri()} if self.documents else {}),
            **urls,
            **self.made,
            **self._neighbours(address),
            **more,
        }

    def _neighbours(self, address: str) -> dict[str, str]:
        """Each municipality hands people over to each other one, over the wire as anywhere else. The tokens follow from
        a secret that is made once: an installation from before has them too."""
        given = {}
        secret = self.made["IMORGON_SESSION_SECRET"].encode()
        for one, other in permutations((slug.upper() for slug in self.backends), 2):
            token = hmac.new(secret, f"neighbour {one} {other}".encode(), "sha256").hexdigest()
            given[f"IMORGON_NEIGHBOUR_URL_{one}_{other}"] = address
            given[f"IMORGON_NEIGHBOUR_TOKEN_{one}_{other}"] = token
            given[f"IMORGON_SERVICE_TOKEN_{other}_{one}"] = token
        return given


def make_home(server: postgres.Server, folder: Path) -> Home:
    """Databases made and migrated, secrets written once to a file only its owner may read."""
    databases = {slug: postgres.create_database(server, f"imorgon_{slug}") for slug in MUNICIPALITIES}
    own = postgres.create_database(server, "imorgon_bot")
    bot.migrations.migrate(own.owner_url, own.app_role)
    for database in databases.values():
        backend.migrations.migrate(database.owner_url, database.app_role)
    return Home(own, databases, make_secrets(folder / "secrets.json"), folder / "documents")


def make_secrets(file: Path) -> dict[str, str]:
    """Keys, tokens and passwords of an installation: made once, read again from a file only its owner may read."""
    if file.exists():
        kept: dict[str, str] = json.loads(file.read_text())
        return kept
    made = {
        "IMORGON_ENVELOPE_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "IMORGON_SESSION_SECRET": secrets.token_urlsafe(48),
        "IMORGON_TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "IMORGON_TWILIO_AUTH_TOKEN": secrets.token_hex(16),
    }
    for slug in MUNICIPALITIES:
        made[f"IMORGON_BACKEND_TOKEN_{slug.upper()}"] = secrets.token_urlsafe(48)
        made[f"IMORGON_SEAL_KEY_{slug.upper()}"] = json.dumps(ECKey.generate_key("P-256").as_dict(private=True))
    written = file.with_suffix(".new")
    with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(made, out)
    written.replace(file)
    return made


# --- One process of both halves ---------------------------------------------------------------------------------------


@dataclass
class Running:
    """Both halves while they run."""

    port: int
    engine: Engine
    backend: FastAPI
    clock: Callable[[], datetime]

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"


@asynccontextmanager
async def running(
    environ: Mapping[str, str],
    clock: Callable[[], datetime],
    port: int,
    *,
    host: str = HOST,
    routes: Callable[[Running], list[BaseRoute]] | None = None,
    seeded: bool = False,
) -> AsyncIterator[Running]:
    """Serve bot, backend and worker on ``port`` until the context is left. ``routes``: more pages (the demo's own)."""
    listening = _bind(host, port)
    backend_settings, bot_settings = backend.settings.read(environ), bot.settings.read(environ)
    inner = backend.app.create(backend_settings, clock)
    edge = bot.app.create(bot_settings, clock, turn)
    here = Running(port, edge.state.engine, inner, clock)
    if seeded:
        await seed(inner.state.databases, clock)
    app = _both(edge, inner, routes(here) if routes else [])
    server = Server(app, host=host, port=port, log_level="error", lifespan="on")
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        serving = asyncio.create_task(server._serve(sockets=[listening]), name="serve")  # noqa: SLF001  # serve() would take the signals
        stack.push_async_callback(_ended, serving)
        stack.callback(setattr, server, "should_exit", True)
        while not server.started:
            if serving.done():
                await serving
                raise OSError(f"the server did not start on port {port}")
            await asyncio.sleep(0.01)
        for municipality in here.engine.settings.municipalities:
            await here.engine.policies.fetch(municipality)
        working = asyncio.create_task(worker.run(here.engine, stop), name="worker")
        stack.push_async_callback(_ended, working)
        stack.callback(stop.set)
        yield here


def _bind(host: str, port: int) -> socket.socket:
    """The port, taken before anything else is begun. Raises SettingsError when somebody else has it."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        other = "choose another: IMORGON_PUBLIC_URL=http://127.0.0.1:8001 make demo"
        raise SettingsError(f"Port {port} cannot be used ({error.strerror}); {other}") from None
    return listening


async def _ended(task: "asyncio.Task[Any]") -> None:
    with suppress(asyncio.CancelledError):
        await task


def _both(edge: FastAPI, inner: FastAPI, more: list[BaseRoute]) -> Starlette:
    """One application that gives each path to the half it belongs to."""

    async def by_path(scope: Scope, receive: Receive, send: Send) -> None:
        half = inner if scope["path"].startswith(BACKEND_PATHS) else edge
        await half({**scope, "app": half}, receive, send)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with inner.router.lifespan_context(inner), edge.router.lifespan_context(edge):
            yield

    async def readyz(_: Request) -> JSONResponse:
        """Both halves' databases answer."""
        ready = {slug: await database.ready() for slug, database in inner.state.databases.items()}
        ready["bot"] = await edge.state.engine.database.ready()
        return JSONResponse(
            {**ready, **await bot.app.told_troubles(edge.state.engine)}, 200 if all(ready.values()) else 503
        )

    async def metrics(request: Request) -> Response:
        """Both halves' figures."""
        if not figures_of_talk.may_read(request, edge.state.engine.settings.metrics_token):
            return Response(status_code=403)
        talk = [one async for one in figures_of_talk.figures(edge.state.engine)]
        cases = [one async for one in figures_of_cases.figures(inner.state.databases, inner.state.clock())]
        return Response(figures_of_talk.exposition([*talk, *cases]), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/readyz", readyz), Route("/metrics", metrics), *more, Mount("/", app=by_path)], lifespan=lifespan
    )


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
