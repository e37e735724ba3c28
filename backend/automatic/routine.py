"""What may be granted without a human is, from time to time, where the municipality allows it: nowhere by default.

Every process of the backend does it; her case is locked, so several do no harm.
"""

from functools import partial
from uuid import UUID

from backend.automatic import service
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.database import Database
from backend.rounds import each

EVERY = 30.0


async def look_after(town: Database, clock: Clock) -> None:
    """Do it in one municipality. Raises what failed, when all the rest is done."""
    if town.municipality.automatic_on(day_in_sweden(clock()), examples=town.demo) is None:
        return
    async with town.transaction() as session:
        found = await service.due(session)
    await each(*(partial(_alone, town, clock, person) for person in found))


async def _alone(town: Database, clock: Clock, person: UUID) -> None:
    async with town.transaction() as session:
        await service.decide(session, clock, person)
