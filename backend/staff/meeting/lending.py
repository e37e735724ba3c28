"""Hours of caseworkers that another municipality may book: seen, lent and taken back. It opens nobody's case."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.bookings import lending, lists
from backend.bookings.lending import Inside, Lent, NotFreeToLend
from backend.calendar import SWEDEN, day_in_sweden
from backend.database import Database
from backend.errors import Invalid, NotFound, Refusal
from backend.municipalities import found as municipalities
from backend.staff import swedish
from backend.staff.desk import Here, Page, Seat, house, in_words, may_read, page
from backend.staff.meeting.views import LentRow
from backend.staff.pressing import press
from backend.staff.views import Badge

router = APIRouter(prefix="/lending", route_class=Page, dependencies=[may_read])

_DONE = {
    "lent": "Timmarna är utlånade. De går att boka där inom en minut, och är upptagna här från och med nu.",
    "taken-back": "Inga nya möten bokas där i de timmarna. De är lediga här när inget är bokat där längre.",
}
_INSIDE: Mapping[Inside, str] = {
    "meeting": "Det finns ett möte då,",
    "absence": "Det finns en frånvaro då, från",
    "lent": "Timmar är redan utlånade då, från",
}
_INSTEAD: Mapping[Inside, str] = {
    "meeting": "Flytta det först, eller låna ut andra timmar.",
    "absence": "Ta bort den först, eller låna ut andra timmar.",
    "lent": "Ta tillbaka dem först, eller låna ut andra timmar.",
}
_MARKS = {
    "given": Badge("preliminary", "På väg dit"),
    "copied": Badge("confirmed", "Utlånade"),
    "withdrawing": Badge("waiting", "Tas tillbaka"),
}


@router.get("")
async def listed(request: Request, here: Here, done: str = "") -> Response:
    """What is lent away, and what is lent to us."""
    return await _listed(here, house(request).databases, done=_DONE.get(done, ""))


@router.post("")
async def lend(
    request: Request,
    here: Here,
    *,
    resource: Annotated[UUID, Form()],
    lent_to: Annotated[str, Form()],
    starts: Annotated[datetime, Form()],
    ends: Annotated[datetime, Form()],
    until: Annotated[str, Form()] = "",
) -> Response:
    """Another municipality may book these hours; with ``until`` (a day) the same every week up to it. Times are read on
    Swedish clocks. Refused, it stands as it was filled in."""
    databases = house(request).databases
    starts_at, ends_at = starts.replace(tzinfo=SWEDEN), ends.replace(tzinfo=SWEDEN)

    async def give(session: AsyncSession) -> object:
        if lent_to not in _others(here, databases):
            raise Invalid(field="lent_to")
        if starts_at <= here.now or starts_at >= ends_at:
            raise Invalid(hours="over, or none")
        if not until:
            return await lending.lend(session, resource, lent_to, starts_at, ends_at)
        return await lending.lend_every_week(session, resource, lent_to, starts_at, ends_at, until=_day(until))

    typed = {"starts": f"{starts:%Y-%m-%dT%H:%M}", "ends": f"{ends:%Y-%m-%dT%H:%M}", "until": until}
    return await press(
        here,
        give,
        then=lambda _: "/inbox/lending?done=lent",
        again=partial(_listed, here, databases, filled={"resource": str(resource), "lent_to": lent_to, **typed}),
        words=_why_not,
    )


@router.post("/{allotment}/take-back")
async def take_back(request: Request, here: Here, allotment: UUID) -> Response:
    """No new meeting is booked there; what is booked stays, and is asked about there."""

    async def take(session: AsyncSession) -> None:
        if all(one.id != allotment for one in await lending.lent(session, here.now)):
            raise NotFound(allotment=allotment)
        await lending.take_back(session, allotment)

    return await press(
        here,
        take,
        then=lambda _: "/inbox/lending?done=taken-back",
        again=partial(_listed, here, house(request).databases),
    )


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Invalid(until="no day") from None


def _why_not(refusal: Refusal) -> str:
    """What is in the hours already, and what to do about it; else as every page says it."""
    if isinstance(refusal, Invalid) and "hours" in refusal.data:
        return "Välj timmar som inte har börjat än, och som slutar efter att de börjar."
    if isinstance(refusal, Invalid) and "until" in refusal.data:
        return "Välj en sista dag efter den första, inom ett år."
    if isinstance(refusal, NotFreeToLend) and refusal.inside is not None:
        what, at = refusal.inside
        return f"{_INSIDE[what]} {swedish.long_day(day_in_sweden(at))} kl {swedish.hour(at)}. {_INSTEAD[what]}"
    return in_words(refusal)


def _others(here: Seat, databases: Mapping[str, Database]) -> Mapping[str, str]:
    own = here.database.municipality.slug
    return {slug: there.municipality.name for slug, there in databases.items() if slug != own}


async def _listed(
    here: Seat,
    databases: Mapping[str, Database],
    *,
    done: str = "",
    refused: str = "",
    status: int = 200,
    filled: Mapping[str, str] | None = None,
) -> Response:
    async with here.database.transaction() as session:
        lent = await lending.lent(session, here.now)
        borrowed = await lending.borrowed(session, here.now)
        caseworkers = [one for kind, one in await lists.resources(session) if kind == "caseworker"]
    booked = await _booked(databases, lent)
    names = {slug: one.name for slug, one in municipalities().items()}
    return page(
        "lending",
        here,
        status=status,
        lent=tuple(_row(here, one, names.get(one.lent_to, one.lent_to), booked.get(one.id)) for one in lent),
        borrowed=tuple(
            (one.name, names.get(one.home, one.home), _hours(one.starts_at, one.ends_at, here.now)) for one in borrowed
        ),
        caseworkers=tuple((str(one.id), one.name) for one in caseworkers),
        towns=_others(here, databases),
        filled=filled or {"resource": "", "lent_to": "", "starts": "", "ends": "", "until": ""},
        done=done,
        refused=refused,
    )


async def _booked(databases: Mapping[str, Database], lent: tuple[Lent, ...]) -> dict[UUID, int]:
    """How many meetings are in lent hours; nothing of a municipality that is not run here."""
    found: dict[UUID, int] = {}
    for slug, there in databases.items():
        theirs = [one for one in lent if one.lent_to == slug]
        if theirs:
            async with there.transaction() as session:
                found |= {one.id: await lending.booked_in(session, one) for one in theirs}
    return found


def _row(here: Seat, hours: Lent, town: str, booked: int | None) -> LentRow:
    many = "" if booked is None else f"Bokade möten där: {booked}."
    if hours.state == "withdrawing" and booked:
        many += " Timmarna är upptagna här tills de är ordnade."
    return LentRow(
        id=hours.id,
        name=hours.name,
        town=town,
        words=_hours(hours.starts_at, hours.ends_at, here.now),
        mark=_MARKS[hours.state],
        detail=many,
        can_take_back=hours.state != "withdrawing",
    )


def _hours(starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    return f"{swedish.when(starts_at, now)} till {swedish.hour(ends_at)}"
