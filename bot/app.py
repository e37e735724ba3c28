"""The bot as an application: every channel found, the pages, and whether it is alive and ready."""

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import bot.pages
from bot import channels
from bot.database import DATABASE_ERRORS
from bot.engine import Clock, Engine, TurnFunction
from bot.pages.page import static
from bot.pages.stopped import fell, lost
from bot.policies import NoPolicy
from bot.settings import Settings
from bot.watching import metrics, troubles
from bot.watching.logs import where

log = structlog.get_logger()


def create(settings: Settings, clock: Clock, turn: TurnFunction) -> FastAPI:
    """The application for these settings; its engine is ``app.state.engine``. ``clock`` is business time."""
    on = channels.found(settings)
    engine = Engine(settings, clock, turn, on)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await _policies(engine)
        stop = asyncio.Event()
        watching = asyncio.create_task(troubles.watch(engine, stop), name="watch")
        yield
        stop.set()
        await watching
        await engine.close()

    app = FastAPI(title="imorgon", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.engine = engine
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(404, lost)
    app.add_middleware(_NothingEscapes)
    for channel in on.values():
        app.include_router(channel.router(engine))
    for page in pkgutil.iter_modules(bot.pages.__path__):
        module = importlib.import_module(f"{bot.pages.__name__}.{page.name}")
        if hasattr(module, "router"):
            app.include_router(module.router(engine))
    app.include_router(_health(engine))
    app.include_router(metrics.router(engine))
    app.mount("/static", static(), name="static")
    return app


async def _malformed(_: Request, __: Exception) -> Response:
    """What does not follow an address' form is not said back."""
    return Response(status_code=422)


class _NothingEscapes:
    """The last catch: an error that left the application would be logged by the server with all it says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:
            if scope["type"] != "http":
                raise
            log.critical("unexpected", error=type(error).__name__, where=where(error))
            if not begun:  # else the server sees an answer that never ended, and cuts the connection
                await fell(Request(scope))(scope, receive, send)


async def _policies(engine: Engine) -> None:
    """Ask for what the municipalities decided before the first person writes. Nobody minds if it comes later."""
    for municipality in engine.settings.municipalities:
        try:
            await engine.policies.fetch(municipality)
        except (NoPolicy, *DATABASE_ERRORS) as error:
            log.warning("no policy yet", municipality=municipality, error=type(error).__name__)


def _health(engine: Engine) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        """The process is alive."""
        return JSONResponse({"alive": True})

    @router.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        """The database answers, and every municipality's policy is known: messages can be received."""
        ready: dict[str, object] = {"database": await engine.database.ready()}
        for municipality in engine.settings.municipalities:
            try:
                await engine.policy(municipality)
                ready[municipality] = True
            except (NoPolicy, *DATABASE_ERRORS):
                ready[municipality] = False
        # What only a person can mend is told; the rest goes on being received.
        return JSONResponse({**ready, **await told_troubles(engine)}, 200 if all(ready.values()) else 503)

    return router


async def told_troubles(engine: Engine) -> dict[str, list[str]]:
    """What is wrong, in words, if anything is."""
    with suppress(*DATABASE_ERRORS):
        if found := await troubles.find(engine):
            return {"troubles": list(found.values())}
    return {}
