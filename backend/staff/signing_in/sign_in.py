"""Signing in and out. One press in the demo; in production a local account, with a password and a code."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from backend.errors import NotAllowed, NotFound
from backend.staff.desk import PLACES, House, Page, Role, house, page, to, way_in
from backend.staff.seats import accounts, attempts, sessions
from backend.staff.seats.accounts import NotLetIn
from backend.staff.seats.attempts import Source
from backend.staff.seats.kept import opened
from backend.staff.seats.models import StaffMember

router = APIRouter(route_class=Page)


ALSO = "imorgon-staff-also"
"""The cookie by which she signs in to the municipality it names beside the one she sits in."""
_WRONG = "Användarnamn, lösenord eller kod stämmer inte. Varje kod gäller en gång: vänta på nästa om den är använd."
_WAIT = "Det har varit för många försök. Vänta en kvart och försök igen."


async def sign_in_page(request: Request) -> Response:
    """Who there is to sign in as (demo), or where to write user name, password and code (production)."""
    own = house(request)
    return page("sign_in", None, offered=await _offered(own)) if own.settings.demo else way_in(own)


async def _offered(own: House) -> list[dict[str, object]]:
    offered: list[dict[str, object]] = []
    for slug, database in own.databases.items():
        async with database.transaction() as session:
            members = [
                {"id": one.id, "name": one.name, "role": Role(one.role).swedish}
                for one in await sessions.members(session)
            ]
        offered.append({"slug": slug, "name": database.municipality.name, "members": members})
    return offered


@router.post("/sign-in")
async def sign_in(
    request: Request,
    municipality: Annotated[str, Form()],
    member: Annotated[UUID, Form()],
    kept: Annotated[str, Form()] = "",
) -> Response:
    """Sit down at the desk of one municipality. Only in the demo. ``kept``: what she had written (see ``kept``)."""
    own = house(request)
    if not own.settings.demo:
        raise NotAllowed
    database = own.databases.get(municipality)
    if database is None:
        raise NotFound
    await leave(request, own, municipality)
    async with database.transaction() as session:
        person = await sessions.member(session, member)
        if person is None:
            raise NotFound
        token = await sessions.begin(session, own.session_secret, person)
    return beside(request, own, municipality, seated(own, person, token, kept))


@router.post("/sign-in/account")
async def sign_in_to_account(
    request: Request,
    *,
    municipality: Annotated[str, Form()],
    user_name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    kept: Annotated[str, Form()] = "",
) -> Response:
    """Sit down with a local account. Who is not let in reads one and the same answer, whatever was wrong."""
    own = house(request)
    database = own.databases.get(municipality)
    if database is None or municipality in own.providers:
        raise NotFound
    where = Source(request.client.host if request.client else "", request.cookies.get(attempts.COOKIE, ""))
    try:
        person, token, known = await accounts.sign_in(
            database, own.session_secret, where, user_name=user_name, password=password, figures=code
        )
    except NotLetIn as refused:
        status, words = (429, _WAIT) if refused.wait else (403, _WRONG)
        return way_in(own, status=status, municipality=municipality, user_name=user_name[:40], kept=kept, refusal=words)
    await leave(request, own, municipality)
    response = beside(request, own, municipality, seated(own, person, token, kept))
    lasts = int(attempts.KNOWN_FOR.total_seconds())
    set_cookie(own, response, attempts.COOKIE, known, path="/inbox/sign-in", max_age=lasts)
    return response


def seated(own: House, person: StaffMember, token: str, kept: str = "") -> Response:
    """She sits down: the cookie of her desk, and what she had written when it was closed (see ``kept``)."""
    response: Response = to(PLACES[Role(person.role)][0].href)
    if written := opened(own.session_secret, person.id, kept) if kept else None:
        address, fields = written
        response = page("signed_in", None, address=address, kept=fields)
    set_cookie(own, response, sessions.COOKIE, token)
    return response


def beside(request: Request, own: House, slug: str, response: Response) -> Response:
    """She has sat down in a municipality: the desk she came from stays hers beside it, where she asked for that there;
    any other is forgotten."""
    was = request.cookies.get(sessions.COOKIE, "")
    if keeps_the_other(request, slug):
        set_cookie(own, response, sessions.beside(sessions.municipality_of(was)), was)
        leave_no_other(own, response, slug)
    else:
        leave_no_other(own, response, *own.databases)
    return response


def keeps_the_other(request: Request, slug: str) -> bool:
    """Whether she signs in to a municipality from her desk in another, to have both."""
    was = sessions.municipality_of(request.cookies.get(sessions.COOKIE, ""))
    return bool(was) and was != slug and request.cookies.get(ALSO) == slug


def leave_no_other(own: House, response: Response, *slugs: str) -> None:
    """This browser holds no desk of these municipalities beside the one she sits at."""
    for name in (*map(sessions.beside, slugs), ALSO):
        set_cookie(own, response, name, "", max_age=0)


def set_cookie(
    own: House, response: Response, name: str, value: str, *, path: str = "/inbox", max_age: int | None = None
) -> None:
    secure = own.settings.public_url.startswith("https://")
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=secure, path=path, max_age=max_age)


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Leave the desk."""
    own = house(request)
    await leave(request, own)
    response = to("/inbox")
    set_cookie(own, response, sessions.COOKIE, "", max_age=0)
    leave_no_other(own, response, *own.databases)
    return response


async def leave(request: Request, own: House, going_to: str = "") -> None:
    """Close every desk this browser has open; but none where she signs in to another municipality to have both."""
    if going_to and keeps_the_other(request, going_to):
        return
    names = (sessions.COOKIE, *(sessions.beside(slug) for slug in own.databases))
    for token in {request.cookies.get(name, "") for name in names}:
        database = own.databases.get(sessions.municipality_of(token))
        if database is not None:
            async with database.transaction() as session:
                await sessions.end(session, own.session_secret, token)
