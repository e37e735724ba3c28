"""What happened, counted: in memory by whoever does it, written down a few times a minute, added up over all processes.

Counted are channels, providers, languages, kinds and outcomes, all of them words of ours; never whose it was. What is
counted and not yet written down when a process is killed is lost: nothing depends on these figures.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.database import Database
from bot.tables import tallies

BUCKETS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds, in seconds, of how long people wait for a reply."""

INFINITE = "+Inf"
NONE = "none"


@dataclass(frozen=True)
class By:
    """What a figure is told by. ``word``: what became of it, or the bound of a bucket."""

    municipality: str = ""
    name: str = ""
    channel: str = ""
    provider: str = ""
    language: str = ""
    kind: str = ""
    word: str = ""


COLUMNS = tuple(field.name for field in fields(By))


class Tally:
    """What this process has counted since it last wrote it down."""

    def __init__(self) -> None:
        self._counted: Counter[By] = Counter()

    def add(self, by: By, much: float = 1) -> None:
        self._counted[by] += much  # type: ignore[assignment]  # a Counter counts in fractions too

    def waited(self, municipality: str, channel: str, language: str | None, seconds: float) -> None:
        """Somebody's reply was handed over so long after she had written."""
        seconds = max(seconds, 0.0)  # another machine's clock
        same = {"municipality": municipality, "channel": channel, "language": language or NONE}
        bound = next((f"{bound:g}" for bound in BUCKETS if seconds <= bound), INFINITE)
        self.add(By(name="reply_seconds", word=bound, **same))
        self.add(By(name="reply_seconds_sum", **same), seconds)

    async def write_down(self, database: Database) -> None:
        """Add what was counted to what all have counted, in one statement. Raises database errors; nothing is lost."""
        counted, self._counted = self._counted, Counter()
        if not counted:
            return
        # In one order everywhere: two processes that write the same rows wait for each other, and never in a ring.
        rows = sorted(counted.items(), key=lambda row: tuple(vars(row[0]).values()))
        put = upsert(tallies).values([{**vars(by), "value": value} for by, value in rows])
        try:
            async with database.transaction() as connection:
                await connection.execute(
                    put.on_conflict_do_update(
                        index_elements=list(COLUMNS), set_={"value": tallies.c.value + put.excluded.value}
                    )
                )
        except BaseException:
            self._counted.update(counted)
            raise


async def counted(database: Database) -> Mapping[By, float]:
    """What all processes have counted so far, as far as it is written down. Raises database errors."""
    async with database.reading() as connection:
        rows = await connection.execute(select(tallies))
        return {By(**{name: getattr(row, name) for name in COLUMNS}): row.value for row in rows}


def summed(counts: Mapping[By, float], name: str, labels: Iterable[str]) -> Mapping[tuple[str, ...], float]:
    """The counts of one name, added up over everything that is no label."""
    found: Counter[tuple[str, ...]] = Counter()
    for by, value in counts.items():
        if by.name == name:
            found[tuple(getattr(by, label) for label in labels)] += value  # type: ignore[assignment]  # as above
    return found
