"""Last night: everybody new who wrote since the office closed, registered (aktualiserade) all in one go."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import Response

from backend.cases import registering
from backend.cases.registering import Done, NewCase
from backend.staff import swedish
from backend.staff.desk import Here, Page, Seat, may_read, page
from backend.staff.facts import CHANNELS, said_name
from backend.staff.inbox.views import NewRow
from backend.staff.views import Badge

router = APIRouter(prefix="/last-night", route_class=Page, dependencies=[may_read])


@router.get("")
async def last_night(here: Here) -> Response:
    """Who is new, each with a box that is ticked; who is registered already is said."""
    return await _page(here)


@router.post("")
async def register(here: Here, case: Annotated[list[UUID] | None, Form()] = None) -> Response:
    """Register those whose box is ticked. The same again does nothing, and says so."""
    async with here.database.transaction() as session:
        done = await registering.register(session, here.clock, here.reader, {*(case or ())})
    return await _page(here, done, nobody=not case)


async def _page(here: Seat, done: tuple[Done, ...] = (), *, nobody: bool = False) -> Response:
    async with here.database.transaction() as session:
        found = await registering.waiting(session, here.clock)
    since = registering.closed_since(here.database.municipality.calendar, here.now)
    waits = [one for one in found if one.registered is None]
    return page(
        "last_night",
        here,
        since=swedish.when(since, here.now),
        night=tuple(_row(here, one) for one in waits if one.of_the_night),
        earlier=tuple(_row(here, one) for one in waits if not one.of_the_night),
        registered=tuple(_row(here, one) for one in found if one.registered is not None),
        now=_now(done),
        before=tuple(_before(here, one) for one in done if not one.now),
        nobody=nobody,
    )


def _now(done: tuple[Done, ...]) -> str:
    names = [said_name(one.name, one.ending) for one in done if one.now]
    if not names:
        return ""
    many = "1 person är aktualiserad" if len(names) == 1 else f"{len(names)} personer är aktualiserade"
    return f"{many} nu: {', '.join(names)}. Ärendesystemet får veta det."


def _before(here: Seat, one: Done) -> str:
    when = swedish.when(one.registered.at, here.now)
    return f"{said_name(one.name, one.ending)} var redan aktualiserad, av {one.registered.by_name} {when}."


def _row(here: Seat, one: NewCase) -> NewRow:
    way = CHANNELS.get(one.channel, "").lower()
    by = one.registered
    return NewRow(
        case=one.case,
        href=f"/inbox/threads/{one.thread}" if one.thread else f"/inbox/cases/{one.person}",
        name=said_name(one.name, one.ending),
        language=swedish.language_name(one.language),
        wrote=f"Skrev {swedish.when(one.opened_at, here.now)}{f', {way}' if way else ''}",
        meeting=Badge("plain", f"Möte {swedish.when(one.next_meeting, here.now)}") if one.next_meeting else None,
        done=f"Aktualiserad {swedish.when(by.at, here.now)} av {by.by_name}" if by else "",
    )
