"""What a person reads with a code: her meeting, what was agreed, her decision. Every reading is logged."""

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, persons
from backend.bookings import service as bookings
from backend.cases import desk
from backend.clock import Clock
from backend.contract import Readable
from backend.decisions import codes, service
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
    )
