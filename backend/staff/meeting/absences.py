"""Who is away, and the meetings it hits: each is moved, cancelled or held by somebody else. It opens nobody's case."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.bookings import absences, lists
from backend.bookings import service as bookings
from backend.bookings.absences import Away, Hit
from backend.calendar import SWEDEN
from backend.interpreters import service as interpreters
from backend.staff import swedish
from backend.staff.desk import Here, Page, Seat, may_read, page, to
from backend.staff.facts import meeting_facts, names
from backend.staff.meeting.views import AwayRow, HitRow
from backend.staff.pressing import press

router = APIRouter(prefix="/absences", route_class=Page, dependencies=[may_read])

_OFFERED = 6
_KINDS = {"caseworker": "Handläggare", "place": "Rum", "line": "Linje", "interpreter": "Tolk"}
_DONE = {
    "added": "Frånvaron är sparad. Inget möte träffas av den.",
    "added-hit": "Frånvaron är sparad. Mötena nedan behöver en ny tid eller någon annan.",
    "removed": "Frånvaron är borttagen.",
    "moved": "Mötet är flyttat, och personen får veta det.",
    "cancelled": "Mötet är avbokat, och personen får veta det.",
    "taken": "Någon annan tar mötet. Tiden är densamma, så personen behöver inte få veta något.",
    "asked-another": "En annan tolk är tillfrågad till samma tid.",
    "nobody": "Ingen tolk och ingen annan tid. Det ligger som uppgift i kön.",
}


@router.get("")
async def listed(here: Here, done: str = "") -> Response:
    """Absences to come, and the meetings they hit."""
    return await _listed(here, done=_DONE.get(done, ""))


@router.post("")
async def add(
    here: Here,
    resource: Annotated[UUID, Form()],
    starts: Annotated[datetime, Form()],
    ends: Annotated[datetime, Form()],
) -> Response:
    """Somebody or something is not there. Times are read on Swedish clocks. Refused, it stands as it was filled in."""
    filled = {"resource": str(resource), "starts": _typed(starts), "ends": _typed(ends)}
    hours = starts.replace(tzinfo=SWEDEN), ends.replace(tzinfo=SWEDEN)
    return await press(
        here,
        lambda session: absences.add(session, here.clock, resource, *hours),
        then=lambda hit: _done("added-hit" if hit else "added"),
        again=partial(_listed, here, filled=filled),
    )


@router.post("/{absence}/remove")
async def remove(here: Here, absence: UUID) -> Response:
    """It was a mistake, or she is back."""
    async with here.database.transaction() as session:
        await absences.remove(session, here.clock, absence)
    return to(_done("removed"))


@router.post("/meetings/{meeting}/move")
async def move(here: Here, meeting: UUID, slot: Annotated[str, Form()]) -> Response:
    """The meeting gets another time."""
    return await press(
        here,
        lambda session: bookings.move_by_staff(session, here.clock, meeting, slot),
        then=lambda _: _done("moved"),
        again=partial(_listed, here),
    )


@router.post("/meetings/{meeting}/cancel")
async def cancel(here: Here, meeting: UUID) -> Response:
    """The meeting is not held."""
    return await press(
        here,
        lambda session: bookings.cancel_by_staff(session, here.clock, meeting),
        then=lambda _: _done("cancelled"),
        again=partial(_listed, here),
    )


@router.post("/meetings/{meeting}/others")
async def others(here: Here, meeting: UUID) -> Response:
    """Somebody else takes it at the same time; where the interpreter is away, another is asked."""
    return await press(here, lambda session: _others(session, here, meeting), then=_done, again=partial(_listed, here))


def _done(what: str) -> str:
    return f"/inbox/absences?done={what}"


async def _others(session: AsyncSession, here: Seat, meeting: UUID) -> str:
    hit = next((one for one in await absences.hits(session, here.now) if one.meeting.id == meeting), None)
    await absences.others_take(session, here.clock, meeting)
    if hit is None or not hit.interpreter:
        return "taken"
    order = next(
        (one for one in await interpreters.history(session, meeting) if one.state in ("asked", "confirmed")), None
    )
    if order is None:
        return "taken"
    outcome = (await interpreters.decline(session, here.clock, order.id)).outcome
    await absences.settle(session, here.clock, meeting)
    return outcome


async def _listed(
    here: Seat, *, done: str = "", refused: str = "", status: int = 200, filled: Mapping[str, str] | None = None
) -> Response:
    async with here.database.transaction() as session:
        hits = await absences.hits(session, here.now)
        away = await absences.coming(session, here.now)
        bookable = await lists.resources(session)
        who = await names(session, (one.meeting.person for one in hits))
        rows = [await _row(session, here, one, who[one.meeting.person]) for one in hits]
    own = str(here.member.resource) if here.member.resource else ""
    return page(
        "absences",
        here,
        status=status,
        hits=rows,
        away=[_away(one, here.now) for one in away],
        bookable=[(str(one.id), f"{_KINDS[kind]}: {one.name}") for kind, one in bookable],
        filled=filled or {"resource": own, "starts": "", "ends": ""},
        done=done,
        refused=refused,
    )


async def _row(session: AsyncSession, here: Seat, hit: Hit, who: tuple[str, str]) -> HitRow:
    times = await bookings.times_to_move(session, here.clock, hit.meeting.id, _OFFERED)
    facts = meeting_facts(hit.meeting)
    return HitRow(
        id=hit.meeting.id,
        name=who[0],
        language=who[1],
        day=facts.day,
        hour=facts.hour,
        away=", ".join(hit.away),
        times=tuple((one.slot, swedish.time_words(one, here.now)) for one in times),
    )


def _typed(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def _away(one: Away, now: datetime) -> AwayRow:
    return AwayRow(
        id=one.id,
        name=one.name,
        kind=_KINDS[one.kind],
        words=f"{swedish.when(one.starts_at, now)} till {swedish.when(one.ends_at, now)}",
        borrowed=one.borrowed,
    )
