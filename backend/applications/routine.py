"""What is done with applications from time to time: whose day has passed is told, and staff get what is left.

Every process of the backend does it; rows are locked, so several do no harm. Which day it is says business time.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.applications import completions, parts
from backend.clock import Clock
from backend.database import Database
from backend.rounds import each

EVERY = 30.0

_One = Callable[[AsyncSession, Clock, UUID], Awaitable[object]]


async def look_after(town: Database, clock: Clock) -> None:
    """Do what is due in one municipality. Raises what failed, when all the rest is done."""
    async with town.transaction() as session:
        asked, two = await completions.overdue(session, clock), await parts.overdue(session, clock)
    await each(
        *(partial(_alone, town, clock, completions.day_passed, one) for one in asked),
        *(partial(_alone, town, clock, parts.late, one) for one in two),
    )


async def _alone(town: Database, clock: Clock, do: _One, one: UUID) -> None:
    async with town.transaction() as session:
        await do(session, clock, one)
