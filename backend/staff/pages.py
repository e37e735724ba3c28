"""Puts the staff pages into the application: everything under ``/inbox``, and the files they need under ``/static``."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from backend.clock import Clock
from backend.database import Database
from backend.identity.colleagues import StaffProvider, callback
from backend.printing.press import Press
from backend.settings import Settings
from backend.staff.behalf import answering_for_her, at_her_word, filling, for_them
from backend.staff.case import case_list, cases, controls, copying, documents, moving, posting, prints, ringing
from backend.staff.deciding import automatic, board, calculating, deciding, signing
from backend.staff.desk import TEMPLATES, House, astray, with_headers
from backend.staff.inbox import last_night, live, queues, searching, task_page, tomorrow, unread
from backend.staff.meeting import absences, calendars, interpreters, lending, note_page, planned
from backend.staff.signing_in import enrolling, oidc, sign_in, staying, towns
from backend.staff.talking import number_right, promising, threads, translating, who_reads


def install(app: FastAPI, databases: Mapping[str, Database], settings: Settings, clock: Clock) -> None:
    """Add the staff pages to the application."""
    providers = {
        slug: StaffProvider(tenant.staff_client, callback(settings.public_url, slug))
        for slug, tenant in settings.tenants.items()
        if tenant.staff_client is not None
    }
    app.state.staff = House(databases, settings, clock, providers)
    app.state.press = Press()
    app.router.routes += _pages().routes
    app.mount("/static", _Files(directory=TEMPLATES / "static"), name="static")
    _say_where_no_page_is(app)


class _Files(StaticFiles):
    """Style sheets, script and icons: each read as what it says it is."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _say_where_no_page_is(app: FastAPI) -> None:
    """Whoever mistypes an address under ``/inbox`` reads Swedish, under the same headers as on every page."""
    of_the_api: Any = app.exception_handlers[HTTPException]

    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and request.url.path.startswith("/inbox"):
            return with_headers(astray(request, error.status_code))
        response: Response = await of_the_api(request, error)
        return response

    app.add_exception_handler(HTTPException, answer)


@cache
def _pages() -> APIRouter:
    """Every room's pages, included once a process, as the routes of the API are."""
    pages = APIRouter()
    read = (
        queues,
        live,
        threads,
        who_reads,
        translating,
        number_right,
        promising,
        case_list,
        cases,
        note_page,
        filling,
        documents,
        planned,
        controls,
        copying,
        calculating,
        posting,
        signing,
        deciding,
        prints,
        ringing,
        interpreters,
        absences,
        calendars,
        lending,
        tomorrow,
        last_night,
        unread,
        automatic,
        board,
        task_page,
        searching,
        for_them,
        at_her_word,
        answering_for_her,
        moving,
    )
    rooms = (sign_in, oidc, enrolling, staying, towns, *read)
    for room in rooms:
        pages.include_router(room.router, prefix="/inbox", include_in_schema=False)
    return pages
