"""What many open pages ask for after the same change is read once, and shown to all of them.

A page that reads itself again says by which moment of the database the change was to be seen. What somebody else read
after that moment has seen it too, and is good enough; whoever presses or opens a page herself never gets what is older
than her press. Lines of a list and counts are shared, the same for all who may read them; nothing of a case is.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.database import Database

_AT = text("select extract(epoch from clock_timestamp())::float")
_KEPT = 10.0
"""Nothing is kept for longer, however quiet it is; seconds."""

Read = TypeVar("Read")


@dataclass
class _Shared:
    """One thing that was read: ``at`` a moment of the database, ``since`` when, by this machine."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    at: float = float("-inf")
    since: float = field(default_factory=time.monotonic)
    value: Any = None


_of: WeakKeyDictionary[Database, dict[Hashable, _Shared]] = WeakKeyDictionary()


async def read(session: AsyncSession, told: float | None, key: Hashable, reads: Callable[[], Awaitable[Read]]) -> Read:
    """What ``reads`` gives, or gave somebody after the moment ``told``. Without one it is read anew."""
    if told is None:
        return await reads()
    kept, now = _of.setdefault(database.of(session), {}), time.monotonic()
    for old in [key for key, one in kept.items() if now - one.since > _KEPT and not one.lock.locked()]:
        del kept[old]
    one = kept.setdefault(key, _Shared())
    # Whoever reads has a connection before the others wait for her: they may hold all there are.
    connection = await session.connection()
    async with one.lock:
        if one.at < told:
            at: float = (await connection.execute(_AT)).scalar_one()
            one.value = await reads()
            one.at, one.since = at, time.monotonic()
        value: Read = one.value
    return value
