"""What a calculation is made of: its lines, each with its sum, its reason and its law, and what they come to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

Group: TypeAlias = Literal["norm", "cost", "income", "asset"]
NEEDS: frozenset[Group] = frozenset({"norm", "cost"})
"""What adds; the rest lessens."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``kronor``: what is counted, never negative; ``said``: what was said of it, where a sum was.

    ``words``, ``reason`` and ``law`` are Swedish, for staff. ``by_hand``: a human has something to judge in it.
    ``calculated`` and ``because``: of a line that a caseworker changed, what it was and why.
    """

    key: str
    group: Group
    words: str
    kronor: int
    reason: str
    law: str
    said: int | None = None
    by_hand: bool = False
    calculated: int | None = None
    because: str = ""

    @property
    def counts(self) -> int:
        """What it adds, or lessens (negative)."""
        return self.kronor if self.group in NEEDS else -self.kronor


@dataclass(frozen=True, slots=True)
class Calculation:
    """A month, worked out. ``norm_source``: where the riksnorm of its year was read."""

    month: date
    norm_source: str
    lines: tuple[Line, ...]

    def sum_of(self, *groups: Group) -> int:
        """What the lines of some groups come to, as they stand (never negative)."""
        return sum(line.kronor for line in self.lines if line.group in groups)

    @property
    def balance(self) -> int:
        """Needs less incomes and assets: what all lines add and lessen. Negative: more than the norm."""
        return sum(line.counts for line in self.lines)

    @property
    def support(self) -> int:
        """What is missing up to the norm; 0 where nothing is."""
        return max(0, self.balance)

    @property
    def surplus(self) -> int:
        """What there is beyond the norm; 0 where there is nothing."""
        return max(0, -self.balance)

    @property
    def by_hand(self) -> tuple[Line, ...]:
        """The lines a human has something to judge in."""
        return tuple(line for line in self.lines if line.by_hand)


def with_keys(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines, each with a key of its own: the second of a kind has its number after it."""
    seen: dict[str, int] = {}
    found: list[Line] = []
    for line in lines:
        number = seen[line.key] = seen.get(line.key, 0) + 1
        found.append(line if number == 1 else replace(line, key=f"{line.key}-{number}"))
    return tuple(found)
