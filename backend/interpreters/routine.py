"""What is done with interpreters from time to time: orders leave, answers are read, who is silent is passed over.

Every process of the backend does it; rows are locked, so several do no harm.
"""

from functools import partial
from uuid import UUID

from backend.clock import Clock
from backend.database import Database
from backend.interpreters import sending, service
from backend.interpreters.sending import Agencies
from backend.rounds import each

EVERY = 15.0


async def look_after(town: Database, own: Agencies, clock: Clock) -> None:
    """Do what is due in one municipality. Raises what failed, when all the rest is done.

    Answers are asked for before anybody is passed over, and what that leads to is sent at once.
    """
    await each(
        partial(sending.look_due, town, own, clock),
        partial(sending.send_due, town, own, clock),
        partial(go_on, town, clock),
        partial(sending.send_due, town, own, clock),
    )


async def go_on(town: Database, clock: Clock) -> None:
    """Go on from every order that was not answered in time, or could not be sent."""
    async with town.transaction() as session:
        due = await service.due(session, clock())
    await each(*(partial(_one, town, clock, order) for order in due))


async def _one(town: Database, clock: Clock, order: UUID) -> None:
    async with town.transaction() as session:
        await service.no_answer(session, clock, order)
