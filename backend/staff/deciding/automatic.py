"""What was decided automatically on a day, put in the queue at one press; and that a human decides for somebody."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from backend.automatic import service as automatic
from backend.calendar import day_in_sweden
from backend.errors import Invalid
from backend.staff import swedish
from backend.staff.desk import Here, Page, caseworker, may_read, page, to
from backend.staff.facts import said_name

router = APIRouter(route_class=Page, dependencies=[may_read, caseworker])


@dataclass(frozen=True, slots=True)
class Row:
    """One decision of the list: whose, when, and whether somebody looks at it."""

    href: str
    name: str
    language: str
    when: str
    looked: str


@router.get("/automatic")
async def of_day(here: Here, *, day: Annotated[str, Query()] = "", queued: Annotated[str, Query()] = "") -> Response:
    """A day's list; nothing of a case stands there."""
    chosen = _day(day) if day else day_in_sweden(here.now)
    async with here.database.transaction() as session:
        found = await automatic.of_day(session, chosen)
    return page(
        "automatic",
        here,
        rows=tuple(
            Row(
                href=f"/inbox/cases/{one.person}/decision",
                name=said_name(one.name, one.ending),
                language=swedish.language_name(one.language),
                when=f"Kl {swedish.hour(one.signed_at)}",
                looked="Någon har sett efter" if one.seen else "Ligger i kön" if one.queued else "",
            )
            for one in found
        ),
        unqueued=sum(not one.queued for one in found),
        day=chosen,
        day_words=swedish.long_day(chosen),
        queued=queued,
        off=here.database.municipality.decisions.automatic == "off",
    )


@router.post("/automatic/queue")
async def queue(here: Here, day: Annotated[str, Form()]) -> Response:
    """All of a day in the caseworkers' queue. The same again does nothing."""
    chosen = _day(day)
    async with here.database.transaction() as session:
        await automatic.queue(session, here.clock, chosen)
    return to(f"/inbox/automatic?day={chosen}&queued=yes")


@router.post("/cases/{person}/automatic/hold")
async def hold(here: Here, person: UUID) -> Response:
    """A human decides for this person."""
    async with here.database.transaction() as session:
        await automatic.hold(session, here.clock, here.reader, person)
    return to(f"/inbox/cases/{person}/decision?done=held")


@router.post("/cases/{person}/automatic/release")
async def release(here: Here, person: UUID) -> Response:
    """What may be decided automatically may be so for this person again."""
    async with here.database.transaction() as session:
        await automatic.release(session, here.clock, here.reader, person)
    return to(f"/inbox/cases/{person}/decision?done=released")


def _day(given: str) -> date:
    try:
        found = date.fromisoformat(given)
    except ValueError:
        raise Invalid(day="not a day") from None
    if not date(2000, 1, 1) <= found <= date(2200, 1, 1):
        raise Invalid(day="not a day")
    return found
