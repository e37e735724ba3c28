"""Puts the staff pages into the application: everything under ``/inbox``, and the files they need under ``/static``."""

from collections.abc import Mapping
from functools import cache

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from backend.clock import Clock
from backend.database import Database
from backend.identity.colleagues import StaffProvider, callback
from backend.printing.press import Press
from backend.settings import Settings
from backend.staff import (
    absences,
    at_her_word,
    board,
    calculating,
    calendars,
    case_list,
    cases,
    controls,
    copying,
    deciding,
    documents,
    enrolling,
    filling,
    for_them,
    inbox,
    interpreters,
    last_night,
    lending,
    live,
    moving,
    note_page,
    number_right,
    oidc,
    planned,
    posting,
    prints,
    promising,
    ringing,
    searching,
    sign_in,
    staying,
    task_page,
    threads,
    tomorrow,
    towns,
    translating,
    unread,
    who_reads,
)
from backend.staff.desk import TEMPLATES, House


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
    app.mount("/static", StaticFiles(directory=TEMPLATES / "static"), name="static")


@cache
def _pages() -> APIRouter:
    """Every room's pages, included once a process, as the routes of the API are."""
    pages = APIRouter()
    read = (
        inbox,
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
        board,
        task_page,
        searching,
        for_them,
        at_her_word,
        moving,
    )
    rooms = (sign_in, oidc, enrolling, staying, towns, *read)
    for room in rooms:
        pages.include_router(room.router, prefix="/inbox", include_in_schema=False)
    return pages
