"""Two desks of one person, in two municipalities: what waits in the other one, and one press to go there.

A desk is open in one municipality at a time, and every list is of that one. Who works in two signs in to the second
*from* the first, once a day; from then on her browser holds both, each a session of its own municipality with the role
she has there. Signing in on the ordinary page closes whatever was open here: on a shared computer nobody finds the desk
of whoever sat here before.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.database import Database
from backend.errors import NotFound
from backend.handover import lists
from backend.staff import sessions
from backend.staff.desk import PLACES, Here, House, Page, Role, Seat, house, is_live, page, to, way_in
from backend.staff.models import StaffMember
from backend.staff.sign_in import ALSO, leave_no_other, set_cookie, sign_in_page

router = APIRouter(route_class=Page)

_ANSWERS = (Role.CUSTOMER_SERVICE, Role.CASEWORKER)


@dataclass(frozen=True, slots=True)
class Town:
    """Another municipality where she has a desk open: what waits there for her role, and how much of it is acute.
    ``waits``: ``None`` for a role that has no such list."""

    slug: str
    name: str
    role: str
    waits: int | None
    acute: int


async def others(request: Request, here: Seat) -> tuple[Town, ...]:
    """The other desks of whoever sits here. Looking at them while she works keeps them open, as it does this one."""
    own, found = house(request), []
    for slug, database, token in _held(request, own, here.database.municipality.slug):
        sits = await _sits(own, database, token, working=not is_live(request))
        if sits is None:
            continue
        member, role = sits
        waits, acute = None, 0
        if role in _ANSWERS:
            async with database.transaction() as session:
                counted = (await lists.counts(session, lists.Desk(member.id, role, here.now))).lists
            waits, acute = counted["waiting"], counted["acute"]
        found.append(Town(slug, database.municipality.name, role.swedish, waits, acute))
    return tuple(found)


def elsewhere(request: Request, here: Seat) -> list[tuple[str, str]]:
    """The municipalities served here beside this one, by slug and name."""
    slug = here.database.municipality.slug
    return [(one, town.municipality.name) for one, town in house(request).databases.items() if one != slug]


@router.post("/towns/{slug}")
async def go(request: Request, here: Here, slug: str) -> Response:
    """Go to the desk in another municipality; where none is open there, sign in to it and keep this one."""
    own, at = house(request), here.database.municipality.slug
    database = own.databases.get(slug)
    if database is None or slug == at:
        raise NotFound
    for there, town, token in _held(request, own, at):
        if there == slug and (sits := await _sits(own, town, token, working=True)) is not None:
            response: Response = to(PLACES[sits[1]][0].href)
            set_cookie(own, response, sessions.COOKIE, token)
            set_cookie(own, response, sessions.beside(at), request.cookies.get(sessions.COOKIE, ""))
            leave_no_other(own, response, slug)
            return response
    if own.settings.demo:
        response = await sign_in_page(request)
    elif slug in own.providers:
        # By a link: where a press may lead is held to this site, also by what it is answered with.
        response = page("sign_in_away", None, address=f"/inbox/sign-in/oidc/{slug}", also=database.municipality.name)
    else:
        response = way_in(own, municipality=slug)
    set_cookie(own, response, ALSO, slug, max_age=300)
    return response


def _held(request: Request, own: House, at: str) -> Iterator[tuple[str, Database, str]]:
    """The tokens of other desks that this browser holds."""
    for slug, database in own.databases.items():
        token = request.cookies.get(sessions.beside(slug), "")
        if slug != at and token and sessions.municipality_of(token) == slug:
            yield slug, database, token


async def _sits(own: House, database: Database, token: str, *, working: bool) -> tuple[StaffMember, Role] | None:
    async with database.transaction() as session:
        found = await sessions.find(session, own.session_secret, token, working=working)
    if found is None:
        return None
    member, role = found
    return member, Role(role)
