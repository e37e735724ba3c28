"""What is done with applications from time to time: whose day has passed is told, and staff get what is left.

Every process of the backend does it; rows are locked, so several do no harm. Which day it is says business time.
"""

import asyncio
from collections.abc import Mapping

import structlog

from backend.applications import completions, parts
from backend.clock import Clock
from backend.database import Database

EVERY = 30.0

log = structlog.get_logger()


async def run(databases: Mapping[str, Database], clock: Clock) -> None:
    """Go round until cancelled. What fails is told by its class and tried again the next time."""
    while True:
        await asyncio.sleep(EVERY)
        for slug, town in databases.items():
            try:
                await look_after(town, clock)
            except Exception as error:  # noqa: BLE001  # a database away: there is a next time
                log.error("applications not looked after", municipality=slug, error=type(error).__name__)  # noqa: TRY400  # its class says enough


async def look_after(town: Database, clock: Clock) -> None:
    """Do what is due in one municipality."""
    async with town.transaction() as session:
        await completions.day_passed(session, clock)
        await parts.late(session, clock)
