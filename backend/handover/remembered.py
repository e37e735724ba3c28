"""Names and telephone numbers, opened once and remembered by this process, so that a search opens none again.

They are sealed each for its row, and an index in the database would say which begin alike: whoever stole it could count
its way to most first names. So nothing is stored. What changed since the last search is asked of the database and
opened anew; what is remembered decides only whom to ask the database about, so nobody is found by it who is gone.
"""

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.codec import Codec
from backend.database import Database

_BREATH = 500
"""Opened between two breaths: nobody else at a desk waits longer than for these."""

# Everything a transaction wrote that was not over when this was asked has this number or a later one. How far back a
# number lies is asked of the server, since numbers begin again after four thousand million.
_HORIZON = text("select pg_snapshot_xmin(pg_current_snapshot())::xid::text")
_SINCE = "age(xmin) <= coalesce(age(cast(nullif(cast(:horizon as text), '') as xid)), 2147483647)"
_NAMES = text(f"select id, first_name from persons where {_SINCE}")  # noqa: S608  # words of this module alone
_NUMBERS = text(f"select id, telephone from contacts where {_SINCE}")  # noqa: S608  # words of this module alone


@dataclass
class Words:
    """What rows are found by: each row's words, and every word in order."""

    of: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    _sorted: list[tuple[str, UUID]] = field(default_factory=list)

    def put(self, changed: Sequence[tuple[UUID, tuple[str, ...]]]) -> None:
        """These rows have these words from now on."""
        stale = {row for row, words in changed if self.of.get(row, words) != words}
        fresh = [(row, words) for row, words in changed if self.of.get(row) != words]
        if stale:
            self._sorted = [one for one in self._sorted if one[1] not in stale]
        for row, words in fresh:
            self.of[row] = words
            self._sorted += [(word, row) for word in words]
        if fresh:
            self._sorted.sort()

    def beginning(self, start: str) -> Iterator[UUID]:
        """The rows of which a word begins so, by their words."""
        for place in range(bisect_left(self._sorted, start, key=lambda one: one[0]), len(self._sorted)):
            word, row = self._sorted[place]
            if not word.startswith(start):
                return
            yield row


@dataclass
class Remembered:
    """What one municipality's rows are found by. ``of_numbers``: their digits from the last to the first."""

    names: Words = field(default_factory=Words)
    numbers: Words = field(default_factory=Words)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _named_until: str = ""
    _numbered_until: str = ""

    async def called(self, session: AsyncSession, parts: Sequence[str]) -> list[UUID]:
        """The persons in whose names a word begins with each of these (lower case), by name."""
        await session.connection()  # whoever learns has one before others wait for her: they may hold all there are
        async with self._lock:
            self._named_until = await _learn(session, self._named_until, _NAMES, self.names, _name)
        longest = max(parts, key=len, default="")
        if not longest:
            return []
        fit = (row for row in self.names.beginning(longest) if _has_all(self.names.of[row], parts))
        return list(dict.fromkeys(fit))

    async def ending(self, session: AsyncSession, digits: str) -> list[UUID]:
        """The contacts whose number ends with these digits."""
        await session.connection()
        async with self._lock:
            self._numbered_until = await _learn(session, self._numbered_until, _NUMBERS, self.numbers, _number)
        return list(self.numbers.beginning(digits[::-1])) if digits else []


async def _learn(
    session: AsyncSession,
    since: str,
    changed: Any,
    words: Words,
    opened: Callable[[Codec, UUID, bytes], tuple[str, ...]],
) -> str:
    """Open what changed, and give from where to begin next: asked first, so that some is opened twice, none missed."""
    connection, codec = await session.connection(), database.of(session).codec
    until: str = (await connection.execute(_HORIZON)).scalar_one()
    rows = (await connection.execute(changed, {"horizon": since})).all()
    found = []
    for number, (row, sealed) in enumerate(rows, 1):
        found.append((row, opened(codec, row, sealed) if sealed is not None else ()))
        if number % _BREATH == 0:
            await asyncio.sleep(0)
    words.put(found)
    return until


def _name(codec: Codec, row: UUID, sealed: bytes) -> tuple[str, ...]:
    name = codec.decrypt(sealed, table="persons", column="first_name", row=row)
    return tuple(dict.fromkeys(name.casefold().split()))


def _number(codec: Codec, row: UUID, sealed: bytes) -> tuple[str, ...]:
    return (codec.decrypt(sealed, table="contacts", column="telephone", row=row)[::-1],)


def _has_all(words: Sequence[str], parts: Sequence[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in parts)


_of: WeakKeyDictionary[Database, Remembered] = WeakKeyDictionary()


def of(session: AsyncSession) -> Remembered:
    """What this process remembers of the municipality of a session."""
    town = database.of(session)
    return _of.setdefault(town, Remembered())
