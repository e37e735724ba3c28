"""The bot as an application: every channel found, the pages, and whether it is alive and ready."""

import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse

import bot.pages
from bot import channels
from bot.carriers import Listens
from bot.database import DATABASE_ERRORS
from bot.engine import Clock, Engine, TurnFunction
from bot.pages.page import static
from bot.policies import NoPolicy
from bot.settings import Settings

log = structlog.get_logger()


def create(settings: Settings, clock: Clock, turn: TurnFunction) -> FastAPI:
    """The application for these settings; its engine is ``app.state.engine``. ``clock`` is business time."""
    on = channels.found(settings)
    engine = Engine(settings, clock, turn, on)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await _policies(engine)
        yield
        await engine.close()

    app = FastAPI(title="imorgon", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.engine = engine
    for channel in on.values():
        app.include_router(channel.router(engine))
    for page in pkgutil.iter_modules(bot.pages.__path__):
        module = importlib.import_module(f"{bot.pages.__name__}.{page.name}")
        if hasattr(module, "router"):
            app.include_router(module.router(engine))
    app.include_router(_health(engine))
    app.mount("/static", static(), name="static")
    return app


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
        answers = all(ready.values())
        # What only a person can mend is told; the rest goes on being received.
        return JSONResponse({**ready, **await troubles(engine)}, 200 if answers else 503)

    return router


async def troubles(engine: Engine) -> dict[str, dict[str, str]]:
    """Channels of which something stands still, with why, by municipality."""
    found: dict[str, dict[str, str]] = {}
    for channel in engine.channels.values():
        if isinstance(channel, Listens):
            with suppress(*DATABASE_ERRORS):
                if trouble := await channel.trouble(engine):
                    found[channel.name] = trouble
    return found
