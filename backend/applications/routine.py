"""What is done with applications from time to time: whose day has passed is told, and staff get what is left.

Every process of the backend does it; rows are locked, so several do no harm. Which day it is says business time.
"""

from backend.applications import completions, parts
from backend.clock import Clock
from backend.database import Database

EVERY = 30.0


async def look_after(town: Database, clock: Clock) -> None:
    """Do what is due in one municipality."""
    async with town.transaction() as session:
        await completions.day_passed(session, clock)
        await parts.late(session, clock)
