"""What is done with interpreters from time to time: they are looked for, orders leave, answers are read, who is silent
is passed over.

Every process of the backend does it; rows are locked, so several do no harm.
"""

from contextlib import suppress
from functools import partial
from uuid import UUID

from backend.clock import Clock
from backend.database import Database
from backend.interpreters import besides, sending, service
from backend.interpreters.sending import Agencies
from backend.rounds import each

EVERY = 15.0


async def look_after(town: Database, own: Agencies, clock: Clock) -> None:
    """Do what is due in one municipality. Raises what failed, when all the rest is done.

    Answers are asked for before anybody is passed over, and what that leads to is sent at once.
    """
    await each(
        partial(look_for, town, clock),
        partial(sending.look_due, town, own, clock),
        partial(sending.send_due, town, own, clock),
        partial(go_on, town, clock),
        partial(sending.send_due, town, own, clock),
    )


async def go_on(town: Database, clock: Clock) -> None:
    """Go on from every order that was not answered in time, or could not be sent; first from what nobody was asked for
    yet."""
    await each(partial(look_for, town, clock), partial(_pass_over, town, clock))


async def look_for(town: Database, clock: Clock) -> None:
    """Look for interpreters for the calls and planned times that have none yet, or whose has become absent."""
    async with town.transaction() as session:
        wanted, away = await besides.waiting(session), await besides.away(session, clock())
    await each(
        *(partial(_look_for, town, clock, one) for one in wanted), *(partial(_away, town, clock, one) for one in away)
    )


async def _look_for(town: Database, clock: Clock, wanted: UUID) -> None:
    async with town.transaction() as session:
        await besides.look_for(session, clock, wanted)


async def _away(town: Database, clock: Clock, order: UUID) -> None:
    async with town.transaction() as session:
        with suppress(service.OrderClosed):  # another process was first
            await service.decline(session, clock, order)


async def _pass_over(town: Database, clock: Clock) -> None:
    async with town.transaction() as session:
        due = await service.due(session, clock())
    await each(*(partial(_one, town, clock, order) for order in due))


async def _one(town: Database, clock: Clock, order: UUID) -> None:
    async with town.transaction() as session:
        await service.no_answer(session, clock, order)
