"""The desks somebody has open: a page that shows and closes them, as what she sits, and what keeps this one open."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from backend.errors import NotAllowed
from backend.staff import swedish
from backend.staff.desk import PLACES, Here, Page, Role, house, page, to
from backend.staff.seats import sessions
from backend.staff.seats.models import StaffSession
from backend.staff.signing_in import towns

router = APIRouter(route_class=Page)


@router.get("/desks")
async def desks(request: Request, here: Here) -> Response:
    """Where she has a desk open, and the press that closes them."""
    now, token = datetime.now(UTC), request.cookies.get(sessions.COOKIE, "")
    secret = house(request).session_secret
    async with here.database.transaction() as session:
        others = await sessions.others(session, secret, token, here.member.id)
        hers = [row for row in await sessions.of_member(session, here.member.id) if row not in others]
    roles = (here.member.role, *here.member.more_roles)
    return page(
        "desks",
        here,
        this=[_row(row, now) for row in hers],
        others=[_row(row, now) for row in others],
        beside=[town for town in await towns.others(here) if town.stands == "open"],
        towns=towns.elsewhere(request, here),
        roles=[(role, Role(role).swedish) for role in roles if role != here.role],
    )


@router.post("/desks/role")
async def sit_as(request: Request, here: Here, role: Annotated[Role, Form()]) -> Response:
    """Sit here as another of her roles."""
    if role not in (here.member.role, *here.member.more_roles):
        raise NotAllowed(role=role)
    token = request.cookies.get(sessions.COOKIE, "")
    async with here.database.transaction() as session:
        await sessions.sit_as(session, house(request).session_secret, token, role)
    return to(PLACES[role][0].href)


@router.post("/desks/close")
async def close(request: Request, here: Here, which: Annotated[Literal["others", "all"], Form()]) -> Response:
    """Close the others, or this one with them."""
    token, secret = request.cookies.get(sessions.COOKIE, ""), house(request).session_secret
    async with here.database.transaction() as session:
        for row in await sessions.others(session, secret, token, here.member.id):
            await session.delete(row)
        if which == "all":
            await sessions.end(session, secret, token)
    if which == "others":
        return to("/inbox/desks")
    response = to("/inbox")
    response.delete_cookie(sessions.COOKIE, path="/inbox")
    return response


@router.get("/stay")
async def left(request: Request, here: Here) -> Response:
    """How long this desk is open yet, asked by the page itself; asking keeps nothing open."""
    return await _left(request, here)


@router.post("/stay")
async def stay(request: Request, here: Here) -> Response:
    """She is here and goes on working; what she has typed is left as it is."""
    return await _left(request, here)


async def _left(request: Request, here: Here) -> Response:
    token = request.cookies.get(sessions.COOKIE, "")
    async with here.database.transaction() as session:
        time, more = await sessions.left(session, house(request).session_secret, token)
    return JSONResponse({"seconds": int(time.total_seconds()), "more": more})


def _row(row: StaffSession, now: datetime) -> tuple[str, str]:
    return swedish.when(row.began_at, now), swedish.when(row.seen_at, now)
