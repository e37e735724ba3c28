"""What every staff page shares: templates, headers, who sits at the desk, and how a refusal is shown."""

import math
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import jinja2
from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from backend import wire
from backend.access import REASONS_IN_SWEDISH, Reader, Reason
from backend.behalf.record import HEARD, HowHeardNeeded
from backend.clock import Clock
from backend.database import Database
from backend.errors import (
    AnotherDesk,
    Invalid,
    KeyReused,
    NobodyFree,
    NotAllowed,
    NotFound,
    NotYourThread,
    ReasonNeeded,
    Refusal,
    SlotTaken,
    TaskTaken,
    TooLate,
    Unavailable,
)
from backend.identity.colleagues import StaffProvider
from backend.municipalities.delegation import LEVELS
from backend.printing import form as application_form
from backend.settings import Settings
from backend.staff.seats import kept as sealing
from backend.staff.seats import sessions
from backend.staff.seats.kept import Kept
from backend.staff.seats.models import StaffMember
from backend.staff.seats.origin import from_here
from backend.staff.views import Desk, Place
from backend.translating import Translator

TEMPLATES = Path(__file__).parents[2] / "templates"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}
_OWN_WORDS = frozenset({"answer", "asked_for", "found_out", "own_words", "reason", "word", "words"})
"""The fields with room for several lines: what stands in them took long to write."""
_SEE_OTHER = 303
_LISTENS = "/inbox/live"
_SHOWN_NEVER = ("/phrase", "/number")
_BETWEEN_DESKS = "/inbox/towns/"
_SECRET_PAGES = ("/inbox/sign-in", "/inbox/enrol")
"""What is pressed there is shown on no page again."""

# Refusals worded for the bot, as staff read them.
_IN_SWEDISH: dict[type[Refusal], str] = {
    Invalid: "Det går inte ihop med det vi vet. Se över det du har fyllt i.",
    KeyReused: "Det är redan skickat, med andra ord. Läs om sidan.",
    NobodyFree: "Ingen är ledig då. Välj en annan tid.",
    NotFound: "Det finns inte här.",
    SlotTaken: "Tiden blev just tagen av någon annan. Välj en annan tid.",
    TooLate: "Det är för sent för det nu.",
    Unavailable: "Det går inte just nu. Försök igen om en stund.",
}

_WRONG = {
    "complete": "Klockan kan inte börja innan mötet är hållet.",
    "new_meeting": "Personen har redan en tid framöver, eller får en av sig själv efter ett missat möte. Läs om sidan.",
    "kronor": "Summan går inte att läsa. Skriv hela kronor med siffror.",
    "telephone": "Numret går inte att läsa. Skriv det med siffror, och börja med 0 eller +.",
    "minutes": "Skriv hur många minuter med siffror, från 1 till 240.",
}
"""What to see over, by what in it does not go together."""


class Role(StrEnum):
    """What somebody works with; decides which pages there are."""

    CUSTOMER_SERVICE = "customer-service"
    CASEWORKER = "caseworker"
    INTERPRETER_BOOKING = "interpreter-booking"
    CONTROLLER = "controller"

    @property
    def swedish(self) -> str:
        return ROLE_NAMES[self]


ROLE_NAMES = {
    Role.CUSTOMER_SERVICE: "Kundtjänst",
    Role.CASEWORKER: "Handläggare",
    Role.INTERPRETER_BOOKING: "Tolkbokning",
    Role.CONTROLLER: "Controller",
}


INBOX = Place("inbox", "Mina nu", "/inbox", "speech")
CASES = Place("cases", "Ärenden", "/inbox/cases", "paper")
INTERPRETERS = Place("interpreters", "Tolkar", "/inbox/interpreters", "talk")
ABSENCES = Place("absences", "Frånvaro", "/inbox/absences", "calendar")
TOMORROW = Place("tomorrow", "I morgon", "/inbox/tomorrow", "printer")
BOARD = Place("board", "Tavlan", "/inbox/board", "flag")
PLACES = {
    Role.CUSTOMER_SERVICE: (INBOX, CASES, INTERPRETERS, ABSENCES, TOMORROW),
    Role.CASEWORKER: (INBOX, CASES, ABSENCES, TOMORROW, BOARD),
    Role.INTERPRETER_BOOKING: (INTERPRETERS, TOMORROW),
    Role.CONTROLLER: (BOARD,),
}
"""Where each role can go; to the first she is led."""


class SignInNeededError(Exception):
    """Nobody sits here, or the desk was left too long."""


@dataclass(frozen=True, slots=True)
class House:
    """What the staff pages are given when the program starts. ``clock`` is business time."""

    databases: Mapping[str, Database]
    settings: Settings
    clock: Clock
    providers: Mapping[str, StaffProvider] = field(default_factory=dict)

    @property
    def session_secret(self) -> bytes:
        return self.settings.session_secret.encode()


@dataclass(frozen=True, slots=True)
class Held:
    """A desk in another municipality that the browser holds beside the one it asks from; nobody has looked yet whether
    it is open still. ``desk``: by what it is known there; ``working``: a person asks, and not a page by itself;
    ``told``: see :class:`Seat`."""

    slug: str
    database: Database
    desk: bytes
    working: bool = False
    told: float | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the staff at the desk of one municipality. ``reason``: why, as she said when she was asked for it;
    ``sits_as``: as what, where she has several roles and has chosen; ``translator``: the municipality's, where it has
    one; ``told``: of a page that reads itself again, by which moment of the database (see ``staff.inbox.together``);
    ``typed``: the key that seals what she types, in her browser; ``held``: what that browser holds in other
    municipalities."""

    member: StaffMember
    database: Database
    clock: Clock
    reason: Reason | None = None
    sits_as: str = ""
    translator: Translator | None = None
    told: float | None = None
    typed: str = ""
    held: tuple[Held, ...] = ()

    @property
    def role(self) -> Role:
        return Role(self.sits_as or self.member.role)

    @property
    def reader(self) -> Reader:
        """Who asks, for the door of ``access``."""
        return Reader(
            self.member.id,
            self.member.name,
            self.role,
            reason=self.reason,
            signs_as=next((one for one in LEVELS if one == self.member.signs_as), "caseworker"),
        )

    @property
    def now(self) -> datetime:
        return self.clock()

    @property
    def desk(self) -> Desk:
        name, town, places = self.member.name, self.database.municipality.name, PLACES[self.role]
        key = str(self.member.id)
        return Desk(name, self.role.swedish, town, places, self.typed, key, in_several=bool(self.held))


def house(request: Request) -> House:
    """What the program gave the staff pages."""
    given: House = request.app.state.staff
    return given


def is_live(request: Request) -> bool:
    """Is it the page itself that reads or listens again, and not a person? A browser lets no stream carry a header."""
    return request.headers.get("x-live") == "1" or request.url.path == _LISTENS


async def seat(request: Request) -> Seat:
    """Who sits here. Raises :class:`SignInNeededError`, and AnotherDesk for a press on a page of another desk."""
    token = request.cookies.get(sessions.COOKIE, "")
    own = house(request)
    database = own.databases.get(sessions.municipality_of(token))
    if database is None:
        raise SignInNeededError
    async with database.transaction() as session:
        sitting = await sessions.find(session, own.session_secret, token, working=not is_live(request))
    if sitting is None:
        raise SignInNeededError
    member, sits_as = sitting
    await _is_of(request, member)
    slug = database.municipality.slug
    translator, told = own.settings.tenants[slug].translator, _told(request)
    typed = sealing.key_of_typed(own.session_secret, member.id)
    held = tuple(
        Held(there, town, sessions.hashed(own.session_secret, kept), not is_live(request), told.get(there))
        for there, town, kept in held_beside(request, slug)
    )
    why = _said_why(request)
    found = Seat(member, database, own.clock, why, sits_as, translator, told.get(slug), typed, held)
    request.state.seat = found
    return found


async def _is_of(request: Request, member: StaffMember) -> None:
    """Two tabs of one browser share its cookie. What is pressed in the one is not done at the desk of the other."""
    # Papers are read by their own route alone, never into a file; whose they are is unknown at another desk anyway.
    # Going from one desk to the other is done from wherever she is.
    papers = "multipart" in request.headers.get("content-type", "")
    if request.method != "POST" or papers or request.url.path.startswith(_BETWEEN_DESKS):
        return
    if (await request.form()).get("desk", str(member.id)) != str(member.id):
        raise AnotherDesk


def held_beside(request: Request, at: str) -> Iterator[tuple[str, Database, str]]:
    """The desks this browser holds beside the one in a municipality: where, its database, and the token there."""
    for slug, database in house(request).databases.items():
        token = request.cookies.get(sessions.beside(slug), "")
        if slug != at and token and sessions.municipality_of(token) == slug:
            yield slug, database, token


def _told(request: Request) -> Mapping[str, float]:
    """By which moment of each municipality's database, as the page was told: ``trelleborg:1764.5 svedala:1764.7``."""
    told: dict[str, float] = {}
    for said in request.headers.get("x-told", "").split() if is_live(request) else ():
        slug, _, moment = said.partition(":")
        with suppress(ValueError):
            told[slug] = float(moment)
    return {slug: moment for slug, moment in told.items() if math.isfinite(moment)}


def _said_why(request: Request) -> Reason | None:
    """The reason that was chosen on the page that asks for one; a press comes back from there with it."""
    given = request.query_params.get("reason")
    return next((reason for reason in REASONS_IN_SWEDISH if reason == given), None)


Here = Annotated[Seat, Depends(seat)]


def only(*roles: Role) -> Any:
    """A route for these roles alone."""

    async def check(here: Here) -> None:
        if here.role not in roles:
            raise NotAllowed(role=here.role)

    return Depends(check)


may_read = only(Role.CUSTOMER_SERVICE, Role.CASEWORKER)
"""Who may read what people write, and their cases."""
caseworker = only(Role.CASEWORKER)

_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, at: Seat | None, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page of ``templates/inbox``, for who sits at a desk, or for nobody yet."""
    desk = at.desk if at else None
    return HTMLResponse(_environment.get_template(f"inbox/{template}.html").render(desk=desk, **values), status)


def to(address: str) -> RedirectResponse:
    """Go on to another page after a press."""
    return RedirectResponse(address, _SEE_OTHER)


def in_words(refusal: Refusal) -> str:
    """The refusal as staff read it."""
    if isinstance(refusal, Invalid):
        return next((words for what, words in _WRONG.items() if what in refusal.data), _IN_SWEDISH[Invalid])
    if isinstance(refusal, NotYourThread) and refusal.data.get("who"):
        return f"{refusal.data['who']} svarar den här personen just nu. Inget skickades."
    if isinstance(refusal, TaskTaken) and refusal.data.get("who"):
        return f"{refusal.data['who']} har just tagit uppgiften."
    return _IN_SWEDISH.get(type(refusal), refusal.problem.title)


def refused(
    request: Request,
    title: str,
    words: str,
    status: int,
    kept: Kept | None = None,
    *,
    typed: Kept = (),
    towns: Sequence[tuple[str, str]] = (),
    there: str = "",
) -> HTMLResponse:
    """A page that says why not, with the way back; with ``kept`` the same can be pressed once more. ``typed``: own
    words that went nowhere, to be copied from there. ``towns``: where she may go instead, by slug and name; ``there``:
    what she opens or presses there."""
    back = request.headers.get("referer", "")
    here = f"{request.url.scheme}://{request.headers.get('host', '')}/inbox"
    back = back if back.startswith(here) else "/inbox"
    values = {"title": title, "words": words, "back": back, "again": request.url, "kept": kept, "typed": typed}
    return page("refusal", _seated(request), status=status, towns=towns, there=there, **values)


async def _not_here(request: Request, error: NotFound | AnotherDesk) -> HTMLResponse:
    """What is not here may be at another desk of the same browser: she went there in another window. What she wrote for
    it is kept, and goes there with her."""
    towns = _other_desks(request)
    kept = await _written(request) if towns else None
    typed = () if kept is not None else await _typed(request)
    reads, address = request.method == "GET", f"{request.url.path}?{request.url.query}".rstrip("?")
    there = address if towns and (reads or kept is not None) else ""
    words, status = in_words(error), error.problem.status
    return refused(request, "Det gick inte", words, status, kept, typed=typed, towns=towns, there=there)


def _other_desks(request: Request) -> list[tuple[str, str]]:
    at = sessions.municipality_of(request.cookies.get(sessions.COOKIE, ""))
    return [(slug, town.municipality.name) for slug, town, _ in held_beside(request, at)]


async def ask_for_reason(request: Request) -> HTMLResponse:
    """Why do you open this? Asked only where no task leads to the person; the answer stands in the log.

    What was written is on the page that asks, and is pressed once more with the answer: it may have taken long.
    """
    kept = await _written(request)
    # /inbox/threads/<id> or /inbox/cases/<person>
    opened = "/".join(request.url.path.split("/")[:4])
    return page(
        "reason",
        _seated(request),
        status=403,
        address=opened if kept is None else request.url.path,
        kept=kept,
        reasons=REASONS_IN_SWEDISH,
    )


async def _ask_how_heard(request: Request) -> HTMLResponse:
    """How did she say it? The form went without it; all the rest is on the page that asks, and goes along."""
    query = f"?{request.url.query}" if request.url.query else ""
    written = (await request.form()).multi_items()
    return page(
        "how_heard",
        _seated(request),
        status=422,
        address=f"{request.url.path}{query}",
        kept=[(name, value) for name, value in written if name != "heard" and isinstance(value, str)],
        heard=HEARD,
    )


async def _sign_in_again(request: Request) -> Response:
    """The way in where the desk was closed."""
    address = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return await sign_in_and_send(request, request.cookies.get(sessions.COOKIE, ""), address) or to("/inbox")


async def sign_in_and_send(request: Request, token: str, address: str) -> Response | None:
    """The way in to a desk that has closed; what was written goes along to the address, sealed for whoever sat there.
    ``None`` where nothing was written, or nobody is known to have sat there."""
    written, own = await _written(request), house(request)
    database = own.databases.get(sessions.municipality_of(token))
    if written is None or database is None:
        return None
    async with database.transaction() as session:
        member = await sessions.sat(session, own.session_secret, token)
    if member is None:
        return None
    sealed = sealing.seal(own.session_secret, member.id, address, written)
    slug = database.municipality.slug
    if not own.settings.demo:
        return way_in(own, status=401, municipality=slug, kept=sealed)
    return page("signed_out", None, status=401, name=member.name, member=member.id, municipality=slug, kept=sealed)


def way_in(
    own: House, *, status: int = 200, municipality: str = "", user_name: str = "", kept: str = "", refusal: str = ""
) -> HTMLResponse:
    """The page to sign in on in production. ``kept``: what she had written, sealed; ``refusal``: why not."""
    every = [(slug, database.municipality.name) for slug, database in own.databases.items()]
    elsewhere = [town for town in every if town[0] in own.providers and (not kept or town[0] == municipality)]
    towns = [town for town in every if town[0] not in own.providers and (not kept or town[0] == municipality)]
    values = {"municipality": municipality, "user_name": user_name, "kept": kept, "refusal": refusal}
    return page("sign_in", None, status=status, offered=None, towns=towns, elsewhere=elsewhere, **values)


async def _written(request: Request) -> Kept | None:
    """What was written, to be pressed once more; ``None`` when nothing was, when it may be secret, or is a file."""
    path = request.url.path
    secret = path.endswith(_SHOWN_NEVER) or path.startswith(_SECRET_PAGES)
    if request.method != "POST" or secret or "multipart" in request.headers.get("content-type", ""):
        return None
    form = await request.form()
    return tuple((name, value) for name, value in form.multi_items() if isinstance(value, str) and not _is_sealed(name))


def _is_sealed(field: str) -> bool:
    """Whether a field of an application holds what is sealed when it is saved, and shown on no page again."""
    name = field.partition("#")[0]
    return any(asked.secret and asked.name == name for asked in application_form.application().questions)


def _seated(request: Request) -> Seat | None:
    found: Seat | None = getattr(request.state, "seat", None)
    return found


async def _why_not(request: Request, error: Exception) -> HTMLResponse:
    match error:
        case ReasonNeeded():
            return await ask_for_reason(request)
        case HowHeardNeeded():
            return await _ask_how_heard(request)
        case NotFound() | AnotherDesk():
            return await _not_here(request, error)
        case HTTPException(status_code=status):
            return astray(request, status)
        case Refusal():
            status, words = error.problem.status, in_words(error)
        case RequestValidationError():
            status, words = 422, "Något i formuläret fattas eller är fel ifyllt."
        case _:
            return await _failed(request, error)
    return refused(request, "Det gick inte", words, status, typed=await _typed(request))


async def _failed(request: Request, error: Exception) -> HTMLResponse:
    """It is ours, not hers: the same can be pressed once more."""
    if wire.is_away(error):
        title, words, status = "Det går inte just nu", "Databasen svarar inte. Försök igen om en stund.", 503
    else:
        wire.log_unexpected(error)
        title, words, status = "Något gick fel hos oss", "Felet är antecknat. Försök igen om en stund.", 500
    written, towns = await _written(request), _other_desks(request)
    return refused(request, title, words, status, written, towns=towns)


async def _typed(request: Request) -> Kept:
    written = await _written(request) or ()
    return tuple((name, value) for name, value in written if name in _OWN_WORDS and value.strip())


def astray(request: Request, status: int) -> HTMLResponse:
    """Under ``/inbox``, where no page is, or none for this way of asking."""
    if status == HTTPStatus.NOT_FOUND:
        return refused(request, "Sidan finns inte", "Den här adressen leder ingenstans.", status)
    return refused(request, "Det gick inte", "Så går det inte att göra här.", status)


def with_headers(response: Response) -> Response:
    """The same answer, as strict as every answer under ``/inbox``."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


class Page(APIRoute):
    """A route of the staff pages: presses from other sites are refused, and what goes wrong is said in Swedish."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]  # Awaitable is enough
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            if not from_here(request, house(request).settings.public_url):
                return refused(request, "Det gick inte", "Trycket kom inte från den här sidan.", 403)
            try:
                return await handle(request)
            except SignInNeededError:
                return await _sign_in_again(request)
            except Exception as error:  # noqa: BLE001  # whatever it is, what she wrote is not lost by it
                return await _why_not(request, error)

        async def strictly(request: Request) -> Response:
            return with_headers(await answer(request))

        return strictly
