"""What came in and is no message, from nobody we know: opened by a caseworker, read by its fields, and seen to by hand.

The bot keeps no copy of it and cannot try it again: it is sealed for the municipality, and what stands in it decides
what is done.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, tasks
from backend.access import Reader
from backend.cases.models import SealedItem
from backend.cases.service import sealed_for
from backend.clock import Clock
from backend.errors import NotFound
from backend.seal import SealKeys

MOST_FIELDS = 200


@dataclass(frozen=True)
class Unread:
    """What it is, as far as it can be said without opening it."""

    item: UUID
    came_at: datetime
    done: bool


@dataclass(frozen=True)
class Opened:
    """What stands in it: who brought it on which channel (empty where that is not known), and its fields as they are
    named there. Where it has no fields it is one, without a name."""

    channel: str
    provider: str
    fields: tuple[tuple[str, str], ...]


async def find(session: AsyncSession, task: UUID) -> Unread:
    """What a task is about. Raises NotFound for a task about anything else."""
    found = await tasks.get(session, task)
    row = await session.get(SealedItem, found.about) if found.about is not None else None
    if row is None or row.person is not None:
        raise NotFound(task=task)
    return Unread(row.id, row.at, done=found.done_at is not None)


async def open_it(session: AsyncSession, clock: Clock, reader: Reader, task: UUID, keys: SealKeys) -> Opened:
    """Open it with the municipality's private key (logged). Raises NotFound, NotAllowed, ReasonNeeded, WrongSeal."""
    unread = await find(session, task)
    await access.enter_unknown(session, clock, reader, unread.item, "sealed")
    row = await session.get_one(SealedItem, unread.item)
    return read(keys.open(row.jwe, **sealed_for(session, None, row.key)))


async def seen_to(session: AsyncSession, clock: Clock, reader: Reader, task: UUID, because: str) -> None:
    """It has been seen to (logged). Raises NotFound, NotAllowed, ReasonNeeded."""
    unread = await find(session, task)
    if not unread.done:
        await access.enter_unknown(session, clock, reader, unread.item, "sealed")
        await tasks.done(session, task, clock(), reader.id, because)


def read(words: str) -> Opened:
    """What the bot has sealed, as far as it can be read; else all of it as it stands."""
    whole = _json(words)
    if not isinstance(whole, dict) or set(whole) != {"channel", "provider", "came"}:
        return Opened("", "", _fields(whole if whole is not None else words))
    came = str(whole["came"])
    inside = _json(came)
    body = inside if isinstance(inside, dict | list) else came
    return Opened(str(whole["channel"]), str(whole["provider"]), _fields(body))


def _json(words: str) -> Any:
    try:
        return json.loads(words)
    except (ValueError, RecursionError):
        return None


def _fields(body: Any) -> tuple[tuple[str, str], ...]:
    named = list(_named(body))
    if len(named) > MOST_FIELDS:
        # Nothing is left out: what does not go into a list stands at the end of it, as it came.
        return (*named[:MOST_FIELDS], ("", json.dumps(body)))
    return tuple(named)


def _named(body: Any) -> Iterator[tuple[str, str]]:
    """Every value that is none in itself, by its way there: ``message.from.id``."""
    waiting: list[tuple[str, Any]] = [("", body)]
    while waiting:
        name, value = waiting.pop(0)
        inside = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else None
        if inside is None:
            yield name, value if isinstance(value, str) else json.dumps(value)
        else:
            waiting[:0] = [(f"{name}.{key}" if name else str(key), one) for key, one in inside]
