"""What is done for the board from time to time: who is late is written down, with why.

Every process of the backend does it; what is written down is written down once.
"""

from backend.board import service
from backend.clock import Clock
from backend.database import Database

EVERY = 60.0


async def look_after(town: Database, clock: Clock) -> None:
    """Look in one municipality."""
    async with town.transaction() as session:
        await service.look(session, clock)
