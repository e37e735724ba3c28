"""Reading by e-identification: on the way to the municipality's provider, and back with what it said.

What it said is looked at by the backend. Here only the browser is held to the one that went: a word in a cookie that
comes back with it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from backend.contract import BeginIdentification, ContractError, EndIdentification, Grant, ProblemCode
from bot.backend import BackendAway
from bot.engine import Engine
from bot.pages import page
from bot.pages.crowd import Crowd
from bot.pages.visitor import source_of
from bot.text import N_

COOKIE = "imorgon_e_id"
LASTS = 600
"""Seconds from leaving to coming back."""

_AWAY = N_("E-identification does not answer right now. Use a code from us, or ring us.")
_NOT_DONE = N_("The e-identification did not work. Try again, or use a code from us.")
_UNKNOWN = N_(
    "We cannot see who you are here yet. Show us once, at the counter or at a meeting. Then e-identification works."
)
_STOPPED = N_("You stopped the e-identification. Nothing has happened.")
_SAID = {
    ProblemCode.IDENTIFICATION_REFUSED: (403, _NOT_DONE),
    ProblemCode.INVALID: (403, _NOT_DONE),
    ProblemCode.IDENTIFIED_UNKNOWN: (403, _UNKNOWN),
    ProblemCode.IDENTIFICATION_AWAY: (503, _AWAY),
    # The municipality has given it up since the bot last heard what it decided.
    ProblemCode.NOT_FOUND: (503, _AWAY),
}


class Ask(Protocol):
    """The page where one may read by code instead."""

    def __call__(self, engine: Engine, request: Request, status: int = 200, **told: str) -> Awaitable[Response]: ...


@dataclass(frozen=True)
class Entrance:
    """What the way there and back needs of the page it starts from. ``held``: the right to read that the browser has
    in a municipality already, where it has one. ``let_in``: give it one."""

    engine: Engine
    ask: Ask
    held: Callable[[Request, str], str]
    let_in: Callable[[Request, Response, str, Grant], Response]


def add(routes: APIRouter, entrance: Entrance) -> None:
    """The way there and back."""
    engine, crowd = entrance.engine, Crowd()

    @routes.get("/s/e-id/{municipality}")
    async def there(request: Request, municipality: str) -> Response:
        # Nobody is sent on her way by another site, and no machine all day.
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise page.Refused(403)
        if not crowd.lets_in(source_of(engine, request)):
            raise page.Refused(429)
        return await _there(entrance, request, municipality)

    @routes.get("/s/e-id/{municipality}/back")
    async def back(request: Request, municipality: str) -> Response:
        response = await _back(entrance, request, municipality)
        response.delete_cookie(COOKIE, path=_path(municipality))
        return response


async def _there(entrance: Entrance, request: Request, municipality: str) -> Response:
    engine = entrance.engine
    if municipality not in engine.settings.municipalities:
        return page.go("/s/")
    call = BeginIdentification(language=page.language_of(request), grant=entrance.held(request, municipality))
    try:
        way = await engine.backend.begin_identification(municipality, call)
    except ContractError as problem:
        return await _said(entrance, request, municipality, problem.code)
    onward = RedirectResponse(way.url, 303, page.HEADERS)
    onward.set_cookie(
        COOKIE,
        way.browser,
        max_age=LASTS,
        path=_path(municipality),
        secure=engine.settings.public_url.startswith("https:"),
        httponly=True,
        # Whoever comes back comes from another site; no stricter cookie would come along.
        samesite="lax",
    )
    return onward


async def _back(entrance: Entrance, request: Request, municipality: str) -> Response:
    engine, answer, browser = entrance.engine, request.query_params, request.cookies.get(COOKIE, "")
    if municipality not in engine.settings.municipalities:
        return page.go("/s/")
    if answer.get("error") == "access_denied":
        return await entrance.ask(engine, request, notice=_STOPPED, municipality=municipality)
    if "error" in answer or not browser:
        return await _said(entrance, request, municipality, ProblemCode.IDENTIFICATION_REFUSED)
    try:
        call = EndIdentification(
            state=answer.get("state", ""),
            code=answer.get("code", ""),
            issuer=answer.get("iss", ""),
            browser=browser,
            at=engine.clock(),
        )
        given = await engine.backend.end_identification(municipality, call)
    except ValueError:  # longer than anything a provider sends
        return await _said(entrance, request, municipality, ProblemCode.INVALID)
    except ContractError as problem:
        return await _said(entrance, request, municipality, problem.code)
    # Not a redirect: the browser would count it as coming from the provider's site, and keep the new cookie back.
    onward = page.show(
        "secure/identified.html", page.language_of(request), home="/s/", place="", language_path="/s/language"
    )
    return entrance.let_in(request, onward, municipality, given)


async def _said(entrance: Entrance, request: Request, municipality: str, code: ProblemCode) -> Response:
    if code not in _SAID:
        raise BackendAway(code)
    status, words = _SAID[code]
    return await entrance.ask(entrance.engine, request, status, notice=words, municipality=municipality)


def _path(municipality: str) -> str:
    return f"/s/e-id/{municipality}"
