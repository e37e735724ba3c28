"""Two desks of one person, in two municipalities: what waits in the other one, and one press to go there.

A desk is open in one municipality at a time. Who works in two signs in to the second *from* the first, once a day; from
then on her browser holds both, each a session of its own municipality with the role she has there, and the lists of the
inbox are of both (:mod:`backend.staff.inbox.both_desks`). Signing in on the ordinary page closes whatever was open
here: on a shared computer nobody finds the desk of whoever sat here before.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, TypeVar

import asyncpg
from fastapi import APIRouter, Query, Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.clock import Clock
from backend.errors import NotFound
from backend.handover import lists
from backend.staff.desk import (
    PLACES,
    Held,
    Here,
    Page,
    Role,
    Seat,
    held_beside,
    house,
    page,
    seat,
    sign_in_and_send,
    to,
    way_in,
)
from backend.staff.seats import sessions
from backend.staff.signing_in.sign_in import ALSO, leave_no_other, set_cookie, sign_in_page
from backend.staff.views import Town

router = APIRouter(route_class=Page)

ANSWERS = (Role.CUSTOMER_SERVICE, Role.CASEWORKER)
"""Who has an inbox."""
AWAY = (DBAPIError, PoolTimeout, OSError, asyncpg.PostgresError)
"""What is raised where a database does not answer. (A connection that is refused raises what the driver says.)"""
PATIENCE = 5.0
"""A page, or a stream, waits for another municipality's database no longer; seconds."""

_THE_SAME_PRESS = 307
"""Go on there, and press again with what was written."""

Read = TypeVar("Read")
Reads = Callable[[AsyncSession, Seat], Awaitable[Read]]


async def others(here: Seat) -> tuple[Town, ...]:
    """The other desks of whoever sits here. Looking at them while she works keeps them open, as it does this one."""

    async def waiting(session: AsyncSession, there: Seat) -> tuple[int, int]:
        counted = (await lists.counts(session, lists.Desk(there.member.id, there.role, there.now))).lists
        return counted["waiting"], counted["acute"]

    found = []
    for town, many in await beside(here, waiting):
        waits, acute = many or (None, 0)
        found.append(Town(town.slug, town.name, town.stands, town.role, waits, acute))
    return tuple(found)


async def beside(here: Seat, reads: Reads[Read]) -> tuple[tuple[Town, Read | None], ...]:
    """The other desks of whoever sits here, one after the other, and what ``reads`` gives at each, as she who sits
    there: nothing where it is closed, where her role has no inbox, or where its database does not answer. Nobody may
    hold a connection of her own municipality meanwhile: two who wait for each other's would wait for ever."""
    return tuple([await _beside(here, held, reads) for held in here.held])


async def _beside(here: Seat, held: Held, reads: Reads[Read]) -> tuple[Town, Read | None]:
    name, read = held.database.municipality.name, None
    try:
        async with asyncio.timeout(PATIENCE):
            sits = await seat_at(held, here.clock)
            if sits is None:
                return Town(held.slug, name, "closed"), None
            if sits.role in ANSWERS:
                async with held.database.transaction() as session:
                    read = await reads(session, sits)
    except AWAY:
        return Town(held.slug, name, "away"), None
    return Town(held.slug, name, "open", sits.role.swedish), read


async def seat_at(held: Held, clock: Clock) -> Seat | None:
    """Who sits at another desk of this browser, and as what; nobody where it is closed."""
    async with held.database.transaction() as session:
        found = await sessions.find_known(session, held.desk, working=held.working)
    if found is None:
        return None
    member, role = found
    return Seat(member, held.database, clock, sits_as=role, told=held.told)


def elsewhere(request: Request, here: Seat) -> list[tuple[str, str]]:
    """The municipalities served here beside this one, by slug and name."""
    slug = here.database.municipality.slug
    return [(one, town.municipality.name) for one, town in house(request).databases.items() if one != slug]


@router.post("/towns/{slug}")
async def go(
    request: Request,
    slug: str,
    opens: Annotated[str, Query(alias="to", max_length=500)] = "",
    *,
    again: Annotated[bool, Query()] = False,
) -> Response:
    """Go to the desk in another municipality, and there to a page of the inbox; where no desk is open there, sign in to
    it and keep this one. The database of the municipality she leaves may be away meanwhile. ``again``: what was pressed
    here, and is not here, is pressed there with what was written, also where that desk has closed meanwhile."""
    own, at = house(request), sessions.municipality_of(request.cookies.get(sessions.COOKIE, ""))
    database = own.databases.get(slug)
    if database is None or slug == at:
        raise NotFound
    closed = ""
    for there, town, token in held_beside(request, at):
        if there != slug:
            continue
        closed = token
        async with town.transaction() as session:
            sits = await sessions.find(session, own.session_secret, token)
        if sits is not None:
            role = Role(sits[1])
            response: Response = to(opens if is_ours(opens) else PLACES[role][0].href)
            if again and is_ours(opens):
                response.status_code = _THE_SAME_PRESS
            set_cookie(own, response, sessions.COOKIE, token)
            if at in own.databases:
                set_cookie(own, response, sessions.beside(at), request.cookies.get(sessions.COOKIE, ""))
            leave_no_other(own, response, slug)
            return response
    await seat(request)
    kept = await sign_in_and_send(request, closed, opens) if again and is_ours(opens) else None
    if kept is not None:
        response = kept
    elif own.settings.demo:
        response = await sign_in_page(request)
    elif slug in own.providers:
        # By a link: where a press may lead is held to this site, also by what it is answered with.
        response = page("sign_in_away", None, address=f"/inbox/sign-in/oidc/{slug}", also=database.municipality.name)
    else:
        response = way_in(own, municipality=slug)
    set_cookie(own, response, ALSO, slug, max_age=300)
    return response


@router.post("/towns/{slug}/leave")
async def leave(request: Request, here: Here, slug: str) -> Response:
    """Close the desk in another municipality and keep this one."""
    own, response = house(request), to("/inbox")
    for there, town, token in held_beside(request, here.database.municipality.slug):
        if there == slug:
            with suppress(*AWAY):  # it closes by itself, and nobody has the key any more
                async with asyncio.timeout(PATIENCE), town.transaction() as session:
                    await sessions.end(session, own.session_secret, token)
            set_cookie(own, response, sessions.beside(slug), "", max_age=0)
    return response


def is_ours(address: str) -> bool:
    """Is it a page of the inbox, and of nobody else's site?"""
    return address.startswith(("/inbox/", "/inbox?")) and "//" not in address and "\\" not in address
