"""What every page for applicants shares: templates in the reader's language, headers, static files, reading a form."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import jinja2
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.staticfiles import StaticFiles

from bot import places, text
from bot.text import Text, local_day, local_time, many, say

TEMPLATES = Path(__file__).parents[2] / "templates"
LANGUAGE_COOKIE = "imorgon_language"
LONGEST_FORM = 64 * 1024
"""Bytes of a posted form. Ten thousand characters of Arabic, percent-encoded, still pass."""

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Not no-referrer: a browser would then post our own forms with "Origin: null".
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


class Files(StaticFiles):
    """Style sheets, script and icons; asked for again each time and answered "not changed" when they are not."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def static() -> Files:
    """What stands under ``/static``."""
    return Files(directory=TEMPLATES / "static")


# --- Language ---------------------------------------------------------------------------------------------------------


def language_of(request: Request) -> str:
    """The page's language while no thread knows better: the one chosen here, the browser's, or Swedish."""
    spoken = text.languages()
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    wanted = [chosen, *_accepted(request.headers.get("accept-language", ""))]
    return next((language for language in wanted if language in spoken), "sv")


def _accepted(header: str) -> list[str]:
    """Languages of an Accept-Language header, best first (RFC 9110 section 12.5.4); regions are dropped."""
    ranked: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        found = re.fullmatch(r"\s*([a-zA-Z]{2,3})(?:-[\w-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", part)
        if found:
            ranked.append((-float(found[2] or 1), found[1].lower()))
    return [language for _, language in sorted(ranked, key=lambda one: one[0])]


def own_name(language: str) -> str:
    """A language's name in itself, as its speakers look for it: ``Svenska``, ``العربية``."""
    name = text.language_name(language, language)
    return name[:1].upper() + name[1:]


# --- Templates --------------------------------------------------------------------------------------------------------

_HOUR = re.compile("\u2066?(\\d{1,2}[.:]\\d{2})\u2069?")


def large_hour(rendered: str, css: str = "hour") -> Markup:
    """The same words with the hour marked, so that the time can be the hero: ``kl <b class="hour">9.30</b>``."""
    marked = _HOUR.sub(rf'<b class="{css}">\1</b>', str(escape(rendered)))
    return Markup(marked)  # noqa: S704  # escaped just above; the mark is ours


_TELEPHONE = re.compile(r"(?<![#\d])\d[\d \-]+\d")


def to_ring(rendered: str) -> Markup:
    """The same words with each telephone number as a link that rings it, and never broken between two lines."""
    linked = _TELEPHONE.sub(
        lambda found: f'<a class="to-ring" dir="ltr" href="tel:{dial(found[0])}">{found[0]}</a>', str(escape(rendered))
    )
    return Markup(linked)  # noqa: S704  # escaped just above; the link is ours


@jinja2.pass_context
def _(context: Context, message: str, **values: Any) -> str:
    return text.render(say(message, **values), context["language"])


@jinja2.pass_context
def _ngettext(context: Context, singular: str, plural: str, n: int, **values: Any) -> str:
    return text.render(many(singular, plural, n, **values), context["language"])


@jinja2.pass_context
def _words(context: Context, words: Text) -> str:
    return text.render(words, context["language"])


@jinja2.pass_context
def _day(context: Context, moment: datetime | date) -> str:
    day = local_day(moment) if isinstance(moment, datetime) else moment
    return text.render(say("{day}", day=day), context["language"])


def dial(written: str) -> str:
    """A telephone number as it is written to people, as a ``tel:`` link wants it."""
    return re.sub(r"[^\d+]", "", written)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=_, ngettext=_ngettext, own_name=own_name, direction=text.direction)
    environment.globals.update(known_place=places.known, map_of=places.map_of)
    environment.filters.update(
        words=_words, day=_day, clock=local_time, dial=dial, large_hour=large_hour, to_ring=to_ring
    )
    return environment


_ENVIRONMENT = _environment()


def draw(template: str, language: str, **values: Any) -> str:
    """A template in a language, as HTML."""
    return _ENVIRONMENT.get_template(template).render(language=language, all_languages=text.languages(), **values)


def show(template: str, language: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page as an answer, never stored by anybody on the way."""
    return HTMLResponse(draw(template, language, **values), status, HEADERS)


def go(path: str) -> RedirectResponse:
    """On to another page after a form (303: the browser asks for it anew)."""
    return RedirectResponse(path, 303, HEADERS)


# --- Forms ------------------------------------------------------------------------------------------------------------


Fields: TypeAlias = list[tuple[str, str]]
"""What a form held, in order: a name may stand several times."""


class Refused(Exception):
    """A form that is not taken: its status says why: 403 another site's, 413 too long, 415 a file, 429 too much."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


async def fields(request: Request) -> Fields:
    """The fields of a posted form, in order. Only our own pages may post, only words, only so much."""
    if not ours(request):
        raise Refused(403)
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Refused(415)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            raise Refused(413)
    # A null character is nobody's word, and PostgreSQL takes none.
    return [
        (name, value.replace("\0", ""))
        for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=500)
    ]


def ours(request: Request) -> bool:
    """Whether the form was posted from a page of this site (browsers say; SameSite of the cookie is the other half)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
