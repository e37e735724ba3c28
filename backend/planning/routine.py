"""What is done with planning from time to time: staff see, on the last day of a week, who has chosen no branch; and
whoever does something every week is given the next week's times; a step of settling in that has its day is told of;
a group that stands without an interpreter it needs has one ordered.
"""

from functools import partial
from uuid import UUID

from backend.clock import Clock
from backend.database import Database
from backend.planning import interpreting, service, settling, weekly
from backend.rounds import each

EVERY = 30.0


async def look_after(town: Database, clock: Clock) -> None:
    """Do what is due in one municipality. Several processes that do it at once do it once. Raises what failed, when all
    the rest is done."""
    async with town.transaction() as session:
        due = await weekly.due(session, clock)
    await each(
        partial(_none_chosen, town, clock),
        partial(_remind, town, clock),
        partial(_catch_up, town, clock),
        *(partial(_plan_next, town, clock, person) for person in due),
    )


async def _none_chosen(town: Database, clock: Clock) -> None:
    async with town.transaction() as session:
        await service.none_chosen(session, clock)


async def _remind(town: Database, clock: Clock) -> None:
    async with town.transaction() as session:
        await settling.remind(session, clock)


async def _catch_up(town: Database, clock: Clock) -> None:
    async with town.transaction() as session:
        await interpreting.catch_up(session, clock)


async def _plan_next(town: Database, clock: Clock, person: UUID) -> None:
    async with town.transaction() as session:
        await weekly.plan_next(session, clock, person)
