"""What is done with planning from time to time: staff see, on the last day of a week, who has chosen no branch; and
whoever does something every week is given the next week's times; a step of settling in that has its day is told of.
"""

from functools import partial
from uuid import UUID

from backend.clock import Clock
from backend.database import Database
from backend.planning import service, settling, weekly
from backend.rounds import each

EVERY = 30.0


async def look_after(town: Database, clock: Clock) -> None:
    """Do what is due in one municipality. Several processes that do it at once do it once. Raises what failed, when all
    the rest is done."""
    async with town.transaction() as session:
        await service.none_chosen(session, clock)
        await settling.remind(session, clock)
        due = await weekly.due(session, clock)
    await each(*(partial(_alone, town, clock, person) for person in due))


async def _alone(town: Database, clock: Clock, person: UUID) -> None:
    async with town.transaction() as session:
        await weekly.plan_next(session, clock, person)
