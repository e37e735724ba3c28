"""The backend as an application: every room's routes under ``/api/v1/{municipality}``, staff pages under ``/inbox``.

A room is a package of ``backend``; a module ``routes`` in it has a ``router`` of the API, a module ``pages`` installs
pages for staff. Both are found by being there.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse

import backend
from backend import metrics, wire
from backend.applications import routine as applications
from backend.automatic import routine as automatic
from backend.board import routine as board
from backend.bookings import earlier, lending
from backend.casesystem import routine as case_system
from backend.casesystem.accounts import accounts
from backend.clock import Clock
from backend.contract import VERSION, Problem
from backend.controls import routine as controls
from backend.database import Database
from backend.documents import routine as documents
from backend.documents.service import papers
from backend.identity.provider import Provider, callback
from backend.interpreters import routine as interpreters
from backend.interpreters.ways import agencies, reachable
from backend.moving import routine as moving
from backend.planning import routine as planning
from backend.retention import routine as retention
from backend.rounds import each, go_round
from backend.settings import Settings

API = "/api/v1"
_PROBLEM = {"model": Problem, "content": {wire.PROBLEM_JSON: {}}}


def create(settings: Settings, clock: Clock) -> FastAPI:
    """The application for these settings. ``clock`` is business time."""
    databases = {
        slug: Database(
            tenant.database_url,
            tenant.municipality,
            settings.envelope_key,
            old_envelope=settings.old_envelope_key,
            demo=settings.demo,
            agencies=reachable(settings, tenant),
        )
        for slug, tenant in settings.tenants.items()
    }

    kept = papers(settings)
    papers_due = {slug: partial(documents.look_after, databases[slug], own) for slug, own in kept.items()}
    ordering = {slug: agencies(settings, tenant) for slug, tenant in settings.tenants.items()}
    interpreters_due = {
        slug: partial(interpreters.look_after, town, ordering[slug], clock) for slug, town in databases.items()
    }
    planning_due = {slug: partial(planning.look_after, town, clock) for slug, town in databases.items()}
    applications_due = {slug: partial(applications.look_after, town, clock) for slug, town in databases.items()}
    earlier_due = {slug: partial(earlier.look_after, town, clock) for slug, town in databases.items()}
    in_step_due = {
        slug: partial(case_system.look_after, databases[slug], step, clock)
        for slug, step in case_system.steps(settings, kept).items()
    }
    automatic_due = {slug: partial(automatic.look_after, town, clock) for slug, town in databases.items()}
    board_due = {slug: partial(board.look_after, town, clock) for slug, town in databases.items()}
    controls_due = {
        slug: partial(controls.look_after, databases[slug], own, clock)
        for slug, own in controls.all_services(settings).items()
    }
    retention_due = {
        slug: partial(retention.look_after, town, case_system.open_ways(settings.tenants[slug].case_system), clock)
        for slug, town in databases.items()
    }
    moving_due = {
        slug: partial(moving.look_after, town, settings.tenants[slug].neighbours, clock, kept.get(slug))
        for slug, town in databases.items()
    }
    lending_due = {slug: partial(lending.carry_out, town, databases, clock) for slug, town in databases.items()}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        looking_after = (
            asyncio.create_task(go_round("documents", documents.EVERY, papers_due), name="documents"),
            asyncio.create_task(go_round("applications", applications.EVERY, applications_due), name="applications"),
            asyncio.create_task(go_round("lending", lending.EVERY, lending_due), name="lending"),
            asyncio.create_task(go_round("earlier times", earlier.EVERY, earlier_due), name="earlier times"),
            asyncio.create_task(go_round("interpreters", interpreters.EVERY, interpreters_due), name="interpreters"),
            asyncio.create_task(go_round("case system", case_system.EVERY, in_step_due), name="case system"),
            asyncio.create_task(go_round("planning", planning.EVERY, planning_due), name="planning"),
            asyncio.create_task(go_round("automatic", automatic.EVERY, automatic_due), name="automatic"),
            asyncio.create_task(go_round("board", board.EVERY, board_due), name="board"),
            asyncio.create_task(go_round("moving", moving.EVERY, moving_due), name="moving"),
            asyncio.create_task(go_round("controls", controls.EVERY, controls_due), name="controls"),
            asyncio.create_task(go_round("retention", retention.EVERY, retention_due), name="retention"),
        )
        yield
        for task in looking_after:
            task.cancel()
        for task in looking_after:
            with suppress(asyncio.CancelledError):
                await task
        for database in databases.values():
            await database.close()

    app = FastAPI(
        title="imorgon backend",
        version=VERSION,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.databases = databases
    app.state.tokens = {slug: wire.token_digest(tenant.token) for slug, tenant in settings.tenants.items()}
    app.state.accounts = {slug: accounts(tenant) for slug, tenant in settings.tenants.items()}
    app.state.shown = {}
    app.state.clock = clock
    app.state.papers = kept
    # For whoever moves the clock and does not wait half a minute: what is due is done at once.
    unanswered = {slug: partial(interpreters.go_on, town, clock) for slug, town in databases.items()}
    due = (applications_due, planning_due, unanswered, lending_due, earlier_due, automatic_due, board_due, moving_due)
    app.state.look_after = {slug: partial(each, *(one[slug] for one in due)) for slug in databases}
    app.state.providers = {
        slug: Provider(tenant.e_identification, callback(settings.public_url, slug))
        for slug, tenant in settings.tenants.items()
        if tenant.e_identification is not None
    }
    wire.answer_with_problems(app)
    app.router.routes += _api().routes
    app.include_router(_health())
    app.include_router(metrics.router(databases, settings.metrics_token))
    for module in _found("pages"):
        module.install(app, databases, settings, clock)
    return app


@cache
def _api() -> APIRouter:
    """Every room's routes, included once a process: what FastAPI works out of an inclusion is kept with it."""
    api = APIRouter()
    for router in rooms():
        api.include_router(router, prefix=f"{API}/{{municipality}}", responses={"default": _PROBLEM})
    return api


def rooms() -> list[APIRouter]:
    """The routers of all rooms, by name."""
    return [module.router for module in _found("routes")]


def _found(name: str) -> list[ModuleType]:
    packages = sorted(found.name for found in iter_modules(backend.__path__) if found.ispkg)
    modules = [f"backend.{package}.{name}" for package in packages]
    return [import_module(module) for module in modules if find_spec(module)]


def _health() -> APIRouter:
    router = APIRouter()

    @router.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        """The process is alive."""
        return JSONResponse({"alive": True})

    @router.get("/readyz", include_in_schema=False)
    async def readyz(request: Request) -> Response:
        """Every municipality's database answers."""
        databases: dict[str, Database] = request.app.state.databases
        ready = {slug: await database.ready() for slug, database in databases.items()}
        return JSONResponse(ready, 200 if all(ready.values()) else 503)

    return router
