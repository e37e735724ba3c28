"""The page where somebody makes her account ready: a one-time code first, then her password and her telephone.

The one-time code is written on the page and stands in no address, so no log of a proxy's has it.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from backend.staff.desk import House, Page, house, page
from backend.staff.seats import accounts
from backend.staff.seats.accounts import NotEnrolled

router = APIRouter(route_class=Page)

_NOT_GOOD = "Engångskoden gäller inte. Skriv den som den står, eller be om en ny."


@router.get("/enrol")
async def ask() -> Response:
    """Where the one-time code is written."""
    return page("enrol", None, refusal="")


@router.post("/enrol")
async def begin(request: Request, enrolment: Annotated[str, Form()] = "") -> Response:
    """Whose account it is, and the secret for her telephone."""
    return await _shown(house(request), enrolment)


@router.post("/enrol/done")
async def done(
    request: Request,
    enrolment: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
) -> Response:
    """The account is ready, or what is to be mended."""
    own = house(request)
    town = own.databases.get(accounts.municipality_of(enrolment))
    if town is None:
        return page("enrol", None, status=403, refusal=_NOT_GOOD)
    try:
        await accounts.enrol(town, enrolment, password, again, code)
    except NotEnrolled as why:
        return await _shown(own, enrolment, str(why))
    return page("enrolled", None)


async def _shown(own: House, enrolment: str, refusal: str = "") -> Response:
    town = own.databases.get(accounts.municipality_of(enrolment))
    if town is not None:
        async with town.transaction() as session:
            invitation = await accounts.invited(session, enrolment)
        if invitation is not None:
            groups = [invitation.secret[at : at + 4] for at in range(0, len(invitation.secret), 4)]
            status = 422 if refusal else 200
            values = {"invitation": invitation, "groups": groups, "enrolment": enrolment, "refusal": refusal}
            return page("enrol_account", None, status=status, shortest=accounts.SHORTEST_PASSWORD, **values)
    return page("enrol", None, status=403, refusal=_NOT_GOOD)
