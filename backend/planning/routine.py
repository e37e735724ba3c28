"""What is done with planning from time to time: staff see, on the last day of a week, who has chosen no branch."""

from backend.clock import Clock
from backend.database import Database
from backend.planning import service

EVERY = 30.0


async def look_after(town: Database, clock: Clock) -> None:
    """Do what is due in one municipality. Several processes that do it at once do it once."""
    async with town.transaction() as session:
        await service.none_chosen(session, clock)
