"""Her own case, all of it, read by herself: where it stands, what came and was decided, and who has looked.

What was done for her safety is not told here: whoever reads over her shoulder must not learn of it.
"""

from collections import Counter
from typing import get_args
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, persons
from backend.access import Opened
from backend.applications import completions, snapshot
from backend.bookings import service as bookings
from backend.calculation import telling
from backend.calendar import day_in_sweden
from backend.cases import desk
from backend.cases import service as cases
from backend.clock import Clock
from backend.contract import Looked, LookedBy, OwnCase, OwnData, OwnPaper, Paper, StatusQuery
from backend.decisions import codes, comments, service
from backend.documents import service as documents
from backend.planning import plans

_FOR_HER_SAFETY = "safety"
_PAPERS: tuple[Paper, ...] = get_args(Paper)
_WHO: dict[str, LookedBy] = {
    "customer-service": "customer-service",
    "caseworker": "caseworker",
    "case-system": "case-system",
    "automatic": "automatic",
    "municipality": "municipality",
    "person": "person",
}


async def read(session: AsyncSession, clock: Clock, token: str) -> OwnCase:
    """All that stands of the case of the person of a grant (logged). Raises GrantExpired."""
    opened = await _enter(session, clock, token, "Läste sitt ärende")
    return await _case(session, clock, opened.person.id)


async def take_home(session: AsyncSession, clock: Clock, token: str) -> OwnData:
    """Everything of hers that can be taken along (logged). Raises GrantExpired."""
    opened = await _enter(session, clock, token, "Tog hem sina uppgifter")
    person = opened.person.id
    return OwnData(
        taken_at=clock(),
        first_name=persons.first_name(session, opened.person),
        case=await _case(session, clock, person),
        applications=await snapshot.all_sent(session, person),
    )


async def _enter(session: AsyncSession, clock: Clock, token: str, done: str) -> Opened:
    reader, person = await codes.reader(session, token)
    return await access.enter(session, clock, reader, person, "readable", done=done)


async def _case(session: AsyncSession, clock: Clock, person: UUID) -> OwnCase:
    held = [view for view in await desk.notes(session, person) if view.agreed]
    return OwnCase(
        person=person,
        status=await cases.status(session, StatusQuery(person=person, at=clock())),
        missing=await completions.missing(session, person),
        meetings=await bookings.of_person(session, person),
        decisions=await service.all_texts(session, person),
        sent=await snapshot.when_sent(session, person),
        papers=tuple(
            OwnPaper(paper=next((one for one in _PAPERS if one == view.paper), None), came_at=view.received_at)
            for view in reversed(await documents.of_person(session, person))
        ),
        comments=await comments.all_own(session, person),
        looked=await looked(session, person),
        agreed=held[-1].agreed if held else (),
        plan=await plans.readable(session, person),
        calculation=await telling.readable(session, person),
    )


async def looked(session: AsyncSession, person: UUID) -> tuple[Looked, ...]:
    """A line a day and kind of work, the latest day first."""
    seen = Counter(
        (day_in_sweden(one.at), _WHO.get(one.reader_role, "other"))
        for one in await access.log_of(session, person)
        if one.allowed and one.what != _FOR_HER_SAFETY
    )
    by_day = sorted(seen.items(), key=lambda one: (-one[0][0].toordinal(), one[0][1]))
    return tuple(Looked(on=day, who=who, times=times) for (day, who), times in by_day)
