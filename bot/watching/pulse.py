"""The pulse of a process: each of its loops says when it came round, and a few times a minute that is written down.

A loop that hangs or fails says nothing; a process that is dead writes nothing down. Both are seen by whoever is alive
(:mod:`bot.watching.troubles`).
"""

from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.database import Database
from bot.tables import heartbeats

MISSED = 60
"""Seconds without a word after which what a process would do first is done by the others."""


def feed_of(municipality: str) -> str:
    """The name a municipality's feed is heard by: whoever holds its lease hears it, the others do not."""
    return f"feed of {municipality}"


@dataclass
class _Loop:
    came_round: float = field(default_factory=monotonic)
    failures: int = 0
    error: str | None = None


@dataclass
class Pulse:
    """The loops of this process, and when each last came round."""

    process: UUID = field(default_factory=uuid4)
    _loops: dict[str, _Loop] = field(default_factory=dict)

    def begins(self, *loops: str) -> None:
        """From now on these loops are expected to come round."""
        for loop in loops:
            self._loops[loop] = _Loop()

    def came_round(self, loop: str) -> None:
        self._loops[loop] = _Loop()

    def failed(self, loop: str, error: BaseException) -> None:
        """It came to nothing. Of the error only its class is kept: its words may be somebody's."""
        failing = self._loops.setdefault(loop, _Loop())
        failing.failures += 1
        failing.error = type(error).__name__

    async def write_down(self, database: Database) -> None:
        """Say to all that this process is alive, and since when each loop has not come round. Raises database errors.

        The database's clock is the only one: what is told are ages.
        """
        if not self._loops:
            return
        now = monotonic()
        rows = [
            {
                "process": self.process,
                "loop": name,
                "beat_at": func.now(),
                "worked_at": func.now() - timedelta(seconds=now - loop.came_round),
                "failures": loop.failures,
                "error": loop.error,
            }
            for name, loop in self._loops.items()
        ]
        put = upsert(heartbeats).values(rows)
        said = {name: put.excluded[name] for name in ("beat_at", "worked_at", "failures", "error")}
        async with database.transaction() as connection:
            await connection.execute(put.on_conflict_do_update(index_elements=["process", "loop"], set_=said))

    async def share(self, database: Database, loop: str) -> tuple[int, int]:
        """Which part this process has of what all do whose ``loop`` lives, as a number from 0, and of how many.

        Nothing may depend on it: others come and go before they are seen here. Raises database errors.
        """
        alive = select(heartbeats.c.process).where(
            heartbeats.c.loop == loop, heartbeats.c.beat_at > func.now() - timedelta(seconds=MISSED)
        )
        async with database.reading() as connection:
            processes = sorted({*(await connection.execute(alive)).scalars(), self.process})
        return processes.index(self.process), len(processes)

    async def stop(self, database: Database) -> None:
        """This process ends in good order: it is missed by nobody. Raises database errors."""
        self._loops.clear()
        async with database.transaction() as connection:
            await connection.execute(delete(heartbeats).where(heartbeats.c.process == self.process))
