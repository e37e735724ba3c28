"""Bells inside one process: a worker that sleeps until there is work, a page that waits for the next line.

A bell only saves waiting. Whoever listens looks at the database by himself every so often: another process may have
written there.
"""

import asyncio
from collections.abc import Iterable
from uuid import UUID


class Bell:
    """Rung when there may be work. Rings that nobody heard are one ring."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def heard(self, seconds: float) -> None:
        """Back at the next ring, or after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            pass
        self._rung.clear()


class Watchers:
    """Who waits for which thread's next line."""

    def __init__(self) -> None:
        self._bells: dict[UUID, set[Bell]] = {}

    def moved(self, threads: Iterable[UUID]) -> None:
        """Something new stands in these threads, and is committed."""
        for thread in threads:
            for bell in self._bells.get(thread, ()):
                bell.ring()

    def watch(self, thread: UUID) -> Bell:
        bell = Bell()
        self._bells.setdefault(thread, set()).add(bell)
        return bell

    def leave(self, thread: UUID, bell: Bell) -> None:
        watching = self._bells.get(thread, set())
        watching.discard(bell)
        if not watching:
            self._bells.pop(thread, None)
