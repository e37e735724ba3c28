"""What went wrong, in words: what it was, that nothing is lost, and the ways on. Never a code without words."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from bot.arriving import inbox
from bot.database import DATABASE_ERRORS
from bot.pages import page
from bot.policies import NoPolicy
from bot.text import N_, render, say


class Stopped(Exception):
    """A request that cannot be done. ``head`` and ``words`` are source sentences; ``back`` is the way on."""

    def __init__(self, status: int, head: str, words: str, back: str = "") -> None:
        super().__init__(str(status))
        self.status, self.head, self.words, self.back = status, head, words, back


_AWAY = (
    N_("We cannot receive right now"),
    N_("It is our fault, not yours. Try again in a moment. If it is urgent, ring us."),
)
_NO_PAGE = (N_("We cannot find that page"), N_("Choose your municipality and begin there."), "/chat")
_NO_SECURE_PAGE = (
    N_("We cannot find that page"),
    N_("Write the code you got from us. It works once, and the page is open for 15 minutes."),
    "/s/",
)
_REFUSED = {
    403: (N_("That did not come from our page"), N_("Go back to the conversation and write there.")),
    413: (N_("That was too long"), N_("Write it shorter, or in several messages. Nothing was kept.")),
    415: (N_("We cannot take pictures or files here"), N_("Bring the paper to the meeting. It is enough.")),
    429: _AWAY,
}


class Kind(APIRoute):
    """A route whose failures are answered in the reader's language, as a page or (for the script) as JSON."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle: Callable[[Request], Awaitable[Response]] = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except Stopped as stopped:
                return _show(request, stopped)
            except page.Refused as refused:
                return _show(request, Stopped(refused.status, *_REFUSED[refused.status]))
            except (inbox.Unavailable, NoPolicy, *DATABASE_ERRORS):
                return _show(request, Stopped(503, *_AWAY))

        return handled


def wants_json(request: Request) -> bool:
    """Whether the script asks, which shows what went wrong beside what was written."""
    return "application/json" in request.headers.get("accept", "")


def fell(request: Request) -> Response:
    """We stumbled ourselves: said on a page to whoever reads pages, and with the status alone to a program."""
    if "text/html" in request.headers.get("accept", ""):
        return _show(request, Stopped(500, *_AWAY))
    return Response(status_code=500)


async def lost(request: Request, error: Exception) -> Response:
    """An address that leads nowhere, as one typed wrong from a note: said on a page to whoever reads pages."""
    if "text/html" not in request.headers.get("accept", "") and isinstance(error, HTTPException):
        return await http_exception_handler(request, error)
    secure = request.url.path.startswith("/s/")
    return _show(request, Stopped(404, *(_NO_SECURE_PAGE if secure else _NO_PAGE)))


async def _posted(request: Request) -> page.Fields:
    fields = await page.fields(request)
    request.state.fields = fields
    return fields


Posted = Annotated[page.Fields, Depends(_posted)]
"""The fields of a form, read before anything else: a page that says "not now" gives them back to be posted again."""


def _show(request: Request, stopped: Stopped) -> Response:
    if wants_json(request):
        state = "long" if stopped.status == 413 else "failed"
        return JSONResponse({"state": state}, stopped.status, dict(page.HEADERS))
    language = page.language_of(request)
    fields: page.Fields = getattr(request.state, "fields", [])
    return page.show(
        "stopped.html",
        language,
        stopped.status,
        home="/chat",
        place="",
        language_path="/chat/language",
        head=render(say(stopped.head), language),
        words=render(say(stopped.words), language),
        unsent=dict(fields).get("words", ""),
        again=request.url.path if fields and stopped.status in (429, 503) else "",
        fields=fields,
        telephone=getattr(request.state, "telephone", ""),
        back=stopped.back or f"/chat/{request.path_params.get('municipality', '')}".rstrip("/"),
    )
