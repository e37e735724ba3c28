"""Addresses of calendars to follow: a caseworker's own, the rooms', the interpreters'. Made, made anew, taken back.

An address is shown once, on the page that answers the press; only its digest is kept. Who made and who took back each
of them stays. Nothing of anybody's case is shown here or there.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backend.bookings import feeds, lists
from backend.bookings.lists import Named
from backend.bookings.models import FeedRow, ResourceKind
from backend.errors import NotAllowed
from backend.staff import swedish
from backend.staff.desk import Here, Page, Role, Seat, house, only, page, to
from backend.staff.meeting.views import CalendarRow

router = APIRouter(prefix="/calendars", route_class=Page)
_who_gives_out = only(Role.CUSTOMER_SERVICE, Role.CASEWORKER, Role.INTERPRETER_BOOKING)

_KINDS = {"caseworker": "Handläggare", "place": "Rum", "interpreter": "Tolk"}
_SHARED: dict[Role, tuple[ResourceKind, ...]] = {
    Role.CUSTOMER_SERVICE: ("place",),
    Role.CASEWORKER: ("place",),
    Role.INTERPRETER_BOOKING: ("interpreter",),
}
"""Whose calendars each role gives out, beside a caseworker's own."""
_EARLIER = 3
_DONE = {"closed": "Adressen är stängd. Den som följde kalendern ser den inte längre."}


@router.get("", dependencies=[_who_gives_out])
async def listed(here: Here, done: Annotated[str, Query()] = "") -> Response:
    """The calendars this desk gives out."""
    return await _listed(here, done=_DONE.get(done, ""))


@router.post("/{resource}/open", dependencies=[_who_gives_out])
async def open_calendar(request: Request, here: Here, resource: UUID) -> Response:
    """A new address, shown this once; the one before leads nowhere any more."""
    async with here.database.transaction() as session:
        found = _one_of(_given_out(here, await lists.resources(session)), resource)
        token = await feeds.open_feed(session, here.clock, resource, here.member.name)
    slug = here.database.municipality.slug
    address = f"{house(request).settings.public_url}/inbox/calendars/{slug}/{token}.ics"
    return await _listed(here, shown=(found.name, address))


@router.post("/{resource}/close", dependencies=[_who_gives_out])
async def close_calendar(here: Here, resource: UUID) -> Response:
    """The address leads nowhere any more. Once more is harmless."""
    async with here.database.transaction() as session:
        _one_of(_given_out(here, await lists.resources(session)), resource)
        await feeds.revoke(session, here.clock, resource, here.member.name)
    return to("/inbox/calendars?done=closed")


def _given_out(here: Seat, known: tuple[tuple[ResourceKind, Named], ...]) -> tuple[tuple[str, Named], ...]:
    return tuple(
        (_KINDS[kind], one)
        for kind, one in known
        if kind in _SHARED[here.role] or (kind == "caseworker" and one.id == here.member.resource)
    )


def _one_of(given_out: tuple[tuple[str, Named], ...], resource: UUID) -> Named:
    """Raises NotAllowed for the calendar of somebody else, and for what has none."""
    found = next((one for _, one in given_out if one.id == resource), None)
    if found is None:
        raise NotAllowed(resource=resource)
    return found


async def _listed(here: Seat, *, done: str = "", shown: tuple[str, str] | None = None) -> Response:
    async with here.database.transaction() as session:
        given_out = _given_out(here, await lists.resources(session))
        known = await feeds.history(session, [one.id for _, one in given_out])
    return page(
        "calendars",
        here,
        here_place="interpreters" if here.role is Role.INTERPRETER_BOOKING else "absences",
        calendars=tuple(_row(here, kind, one, known.get(one.id, ())) for kind, one in given_out),
        shown=shown,
        done=done,
    )


def _row(here: Seat, kind: str, one: Named, known: tuple[FeedRow, ...]) -> CalendarRow:
    return CalendarRow(
        id=one.id,
        name=one.name,
        kind=kind,
        open=any(feed.revoked_at is None for feed in known),
        history=tuple(_words(here, feed) for feed in known[:_EARLIER]),
    )


def _words(here: Seat, feed: FeedRow) -> str:
    made = f"Gjord {swedish.when(feed.made_at, here.now)} av {feed.by_name}"
    if feed.revoked_at is None:
        return f"{made}."
    by = f" av {feed.revoked_by_name}" if feed.revoked_by_name else ""
    return f"{made}, stängd {swedish.when(feed.revoked_at, here.now)}{by}."
