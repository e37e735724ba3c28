"""Signing in and out. One press in the demo; in production OIDC, which is not built yet, and the page says so."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from backend.errors import NotAllowed, NotFound
from backend.staff import sessions
from backend.staff.desk import House, Page, Role, house, page, to
from backend.staff.kept import opened

router = APIRouter(route_class=Page)


async def sign_in_page(request: Request) -> Response:
    """Who there is to sign in as (demo), or that it is not possible yet (production)."""
    own = house(request)
    return page("sign_in", None, offered=await _offered(own) if own.settings.demo else None)


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
    await _leave(request, own)
    async with database.transaction() as session:
        person = await sessions.member(session, member)
        if person is None:
            raise NotFound
        token = await sessions.begin(session, own.session_secret, person)
    response: Response = to("/inbox" if person.role != Role.INTERPRETER_BOOKING else "/inbox/interpreters")
    if written := opened(own.session_secret, person.id, kept) if kept else None:
        address, fields = written
        response = page("signed_in", None, address=address, kept=fields)
    secure = own.settings.public_url.startswith("https://")
    response.set_cookie(sessions.COOKIE, token, httponly=True, samesite="lax", secure=secure, path="/inbox")
    return response


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Leave the desk."""
    await _leave(request, house(request))
    response = to("/inbox")
    response.delete_cookie(sessions.COOKIE, path="/inbox")
    return response


async def _leave(request: Request, own: House) -> None:
    token = request.cookies.get(sessions.COOKIE, "")
    database = own.databases.get(sessions.municipality_of(token))
    if database is not None:
        async with database.transaction() as session:
            await sessions.end(session, own.session_secret, token)
