"""Waiting work done together: what comes while a batch is under way makes up the next one. Nobody waits when idle."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K", bound=Hashable)

MOST = 32
"""Items of one batch: a longer one would let the first of it wait for the last."""


class Gathering(Generic[T, R]):
    """Gives items to ``work`` in batches, in the order they came.

    ``None`` for every item of a batch that raised, or was broken off, and of those that waited behind one that was:
    each may be tried alone. Nobody waits for what nobody does any more.
    """

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R | None]]]) -> None:
        self._work = work
        self._waiting: list[tuple[T, asyncio.Future[R | None]]] = []
        self._working: asyncio.Task[None] | None = None

    async def do(self, item: T) -> R | None:
        """What came of one item."""
        done: asyncio.Future[R | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._go_on(), name="gathering")
        return await done

    async def _go_on(self) -> None:
        batch: list[tuple[T, asyncio.Future[R | None]]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                try:
                    came_of_it = await self._work([item for item, _ in batch])
                except Exception:  # noqa: BLE001  # whatever it was, each is tried alone and meets it again by itself
                    came_of_it = [None] * len(batch)
                for (_, done), result in zip(batch, came_of_it, strict=True):
                    if not done.done():
                        done.set_result(result)
        finally:
            # All are done, unless we are broken off.
            left, self._waiting = [*batch, *self._waiting], []
            for _, done in left:
                if not done.done():
                    done.set_result(None)


def each(items: Mapping[K, T], work: Callable[[K, T], R]) -> dict[K, R]:
    """What came of each item of a batch, without those that raised: they are tried alone, and it is told there."""
    came_of_it = {}
    for key, item in items.items():
        with suppress(Exception):
            came_of_it[key] = work(key, item)
    return came_of_it


class InOrder:
    """One at a time of a key, in the order they came."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn_of(self, key: Hashable) -> AsyncIterator[None]:
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            yield
