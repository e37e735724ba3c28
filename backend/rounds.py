"""What is due from time to time in every municipality: done by each process of the backend, as long as it lives."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping

import structlog

log = structlog.get_logger()


Job = Callable[[], Awaitable[object]]
"""Something to do, in a transaction of its own."""


async def go_round(what: str, every: float, work: Mapping[str, Job]) -> None:
    """Do each municipality's work every so many seconds, until cancelled.

    What fails is told by its class, holds up no other municipality, and is tried again the next time.
    """
    while True:
        went = await asyncio.gather(*(one() for one in work.values()), return_exceptions=True)
        for slug, failed in zip(work, went, strict=True):
            for error in _classes(failed) if isinstance(failed, BaseException) else ():
                log.error("not looked after", what=what, municipality=slug, error=error)
        await asyncio.sleep(every)


async def each(*jobs: Job) -> None:
    """Do one job after the other, also when one fails: it undoes and holds up none of the others.

    Raises what failed, together, when the rest is done.
    """
    failed: list[Exception] = []
    for job in jobs:
        try:
            await job()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told when the rest is done
            failed.append(error)
    if failed:
        raise ExceptionGroup("not all of it was done", failed)


def _classes(failed: BaseException) -> Iterator[str]:
    """The classes of what failed: of several that failed together, each one's."""
    if isinstance(failed, BaseExceptionGroup):
        for one in failed.exceptions:
            yield from _classes(one)
    else:
        yield type(failed).__name__
