"""The page an agency answers on: yes or no to one order, without signing in. It shows the order and no case.

The link is signed, and opens one order. Looking changes nothing, so a mail filter that follows links answers nothing;
an order is answered once, and what is pressed again says what was said.
"""

import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import jinja2
from babel import Locale
from babel.dates import format_date
from fastapi import APIRouter, FastAPI, Form
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import HTMLResponse

from backend.calendar import SWEDEN
from backend.clock import Clock
from backend.database import Database
from backend.interpreters import answers, orders, service
from backend.interpreters.models import InterpreterOrder
from backend.interpreters.ordering import Heard
from backend.interpreters.ordering.words import LANGUAGES, WAYS
from backend.settings import Settings

_SWEDISH = Locale("sv")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parents[2] / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

Stands = Literal["open", "yes", "no", "too-late", "not-needed", "unknown"]


def install(app: FastAPI, databases: Mapping[str, Database], settings: Settings, clock: Clock) -> None:
    """Add the page to the application."""
    router = APIRouter(include_in_schema=False)

    def opens(municipality: str, order: UUID, key: str) -> Database | None:
        right = answers.key(settings.session_secret, municipality, order)
        return databases.get(municipality) if hmac.compare_digest(right.encode(), key.encode()) else None

    @router.get("/tolk/{municipality}/{order}/{key}")
    async def look(municipality: str, order: UUID, key: str) -> HTMLResponse:
        """The order, and yes or no while it waits for an answer."""
        if (database := opens(municipality, order, key)) is None:
            return _unknown()
        async with database.transaction() as session:
            return _page(session, await service.get(session, order))

    @router.post("/tolk/{municipality}/{order}/{key}")
    async def answer(
        municipality: str, order: UUID, key: str, said: Annotated[Literal["yes", "no"], Form()]
    ) -> HTMLResponse:
        """Yes or no, once."""
        if (database := opens(municipality, order, key)) is None:
            return _unknown()
        async with database.transaction() as session:
            found = await service.get(session, order)
            if _may_answer(found):
                await answers.hear(session, clock, order, Heard("confirmed" if said == "yes" else "declined"))
            return _page(session, await service.get(session, order))

    app.include_router(router)


def _may_answer(order: InterpreterOrder) -> bool:
    return order.agency_said not in ("confirmed", "declined") and order.state in ("asked", "unanswered", "withdrawn")


def _stands(order: InterpreterOrder) -> Stands:
    match order.state:
        case "asked":
            return "open"
        case "confirmed":
            return "yes"
        case "declined":
            return "no"
        case _:
            return "too-late" if order.agency_said == "confirmed" else "not-needed"


def _page(session: AsyncSession, order: InterpreterOrder) -> HTMLResponse:
    town = orders.town(session)
    start, end = order.starts_at.astimezone(SWEDEN), order.ends_at.astimezone(SWEDEN)
    shown = {
        "Ordernummer": orders.written_number(session, order.number),
        "Språk": LANGUAGES.get(order.language) or _SWEDISH.languages.get(order.language, order.language),
        "Dag": format_date(start, "EEEE d MMMM y", locale=_SWEDISH),
        "Tid": f"{start:%H.%M}–{end:%H.%M}",
        "Sätt": WAYS[order.mode],
        "Beställare": town.name,
    }
    return _html(_stands(order), shown, town.telephone)


def _unknown() -> HTMLResponse:
    return _html("unknown", {}, "", 404)


def _html(stands: Stands, shown: dict[str, str], telephone: str, status: int = 200) -> HTMLResponse:
    template = _environment.get_template("agency/answer.html")
    return HTMLResponse(template.render(stands=stands, shown=shown, telephone=telephone), status, headers=_HEADERS)
