"""What is due from time to time in every municipality: done by each process of the backend, as long as it lives."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

log = structlog.get_logger()


async def go_round(what: str, every: float, work: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
    """Do each municipality's work every so many seconds, until cancelled.

    What fails is told by its class, holds up no other municipality, and is tried again the next time.
    """
    while True:
        went = await asyncio.gather(*(one() for one in work.values()), return_exceptions=True)
        for slug, failed in zip(work, went, strict=True):
            if failed is not None:
                log.error("not looked after", what=what, municipality=slug, error=type(failed).__name__)
        await asyncio.sleep(every)
