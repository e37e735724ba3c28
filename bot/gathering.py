"""Waiting work done together: what comes while a batch is under way makes up the next one. Nobody waits when idle."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 32
"""Items of one batch: a longer one would let the first of it wait for the last."""


@dataclass
class _Waiting(Generic[T, R]):
    key: Hashable
    item: T
    done: "asyncio.Future[R | None]"


class Gathering(Generic[T, R]):
    """Gives items to ``work`` in batches, in the order they came, one of a key at a time.

    ``None`` for every item of a batch that raised: nothing of it has happened, and each may be tried alone.
    """

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R | None]]]) -> None:
        self._work = work
        self._waiting: list[_Waiting[T, R]] = []
        self._working: asyncio.Task[None] | None = None

    async def do(self, key: Hashable, item: T) -> R | None:
        """What came of one item."""
        one: _Waiting[T, R] = _Waiting(key, item, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._go_on(), name="gathering")
        return await one.done

    async def _go_on(self) -> None:
        while self._waiting:
            batch = self._next()
            try:
                came_of_it = await self._work([one.item for one in batch])
            except Exception:  # noqa: BLE001  # whatever it was, each is tried alone and meets it again by itself
                came_of_it = [None] * len(batch)
            for one, result in zip(batch, came_of_it, strict=True):
                if not one.done.done():
                    one.done.set_result(result)

    def _next(self) -> list[_Waiting[T, R]]:
        batch: dict[Hashable, _Waiting[T, R]] = {}
        for one in self._waiting:
            if len(batch) < MOST:
                batch.setdefault(one.key, one)
        taken = {id(one) for one in batch.values()}
        self._waiting = [one for one in self._waiting if id(one) not in taken]
        return list(batch.values())
