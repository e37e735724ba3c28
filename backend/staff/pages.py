"""Puts the staff pages into the application: everything under ``/inbox``, and the files they need under ``/static``."""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from backend.clock import Clock
from backend.database import Database
from backend.settings import Settings
from backend.staff import cases, inbox, interpreters, live, sign_in, threads, tomorrow
from backend.staff.desk import TEMPLATES, House


def install(app: FastAPI, databases: Mapping[str, Database], settings: Settings, clock: Clock) -> None:
    """Add the staff pages to the application."""
    app.state.staff = House(databases, settings, clock)
    pages = APIRouter(prefix="/inbox", include_in_schema=False)
    for room in (inbox, sign_in, live, threads, cases, interpreters, tomorrow):
        pages.include_router(room.router)
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=TEMPLATES / "static"), name="static")
