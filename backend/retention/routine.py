"""What is done about retention from time to time: what a municipality's verified rule is over for goes, and is counted.

Every process of the backend does it; two that do it at once erase nothing twice.
"""

from collections.abc import Awaitable, Callable, Collection
from functools import partial

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calendar import day_in_sweden
from backend.clock import Clock, real_time
from backend.database import Database
from backend.retention import erasing, rules
from backend.rounds import each

EVERY = 24 * 3600.0

log = structlog.get_logger()

Some = Callable[[AsyncSession], Awaitable[int]]
"""Erase some, and say how many."""


async def look_after(town: Database, ways: Collection[str], clock: Clock, now: Clock = real_time) -> None:
    """Erase what is due in one municipality. ``ways``: those to its case system that are open; ``now``: real time.

    Raises what failed, when the rest is done.
    """
    at = clock()

    async def erase(name: str) -> None:
        rule = rules.of(name)
        holds = rules.holding(town.municipality, rule, day_in_sweden(at), examples=town.demo)
        if holds is None:
            return
        some: dict[str, Some] = {
            "translations": lambda session: erasing.translations(session, holds, at),
            "events": lambda session: erasing.events(session, holds, at, now(), ways),
        }
        erased = await _all(town, some[name])
        if erased:
            log.info("erased by rule", municipality=town.municipality.slug, rule=name, rows=erased)

    await each(*(partial(erase, rule.name) for rule in rules.rules() if rule.erases == "rule"))


async def _all(town: Database, some: Some) -> int:
    erased = 0
    while True:
        async with town.transaction() as session:
            gone = await some(session)
        if not gone:
            return erased
        erased += gone
