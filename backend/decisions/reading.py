"""What a person reads with a code: her meeting, what was agreed, her decision, what she sent. It is always logged."""

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, persons
from backend.applications import snapshot
from backend.bookings import service as bookings
from backend.cases import desk
from backend.clock import Clock
from backend.contract import Readable, ReadableApplication
from backend.decisions import codes, service
from backend.errors import NotFound
from backend.ladder import Level


async def read(session: AsyncSession, clock: Clock, token: str) -> Readable:
    """What there is to read for the person of a grant. Raises GrantExpired."""
    reader, person = await codes.reader(session, token)
    opened = await access.enter(session, clock, reader, person, "readable")
    held = [view for view in await desk.notes(session, person) if view.agreed]
    return Readable(
        person=opened.person.id,
        by_code=reader.level < Level.IDENTIFIED,
        first_name=persons.first_name(session, opened.person),
        meeting=await bookings.next_meeting(session, person, clock()),
        agreed=held[-1].agreed if held else (),
        decision=await service.latest_text(session, person),
        has_applied=await snapshot.has_sent(session, person),
    )


async def application(session: AsyncSession, clock: Clock, token: str) -> ReadableApplication:
    """The last application of the person of a grant, as she was shown it. Raises GrantExpired, NotFound."""
    reader, person = await codes.reader(session, token)
    found = await snapshot.last_sent(session, person)
    if found is None:
        raise NotFound
    await access.enter(session, clock, reader, person, "readable", about=found.application, done="Läste sin ansökan")
    return found
