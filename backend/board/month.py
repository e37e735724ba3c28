"""How a month went: how many decisions came within one working day, how long they took, and what stood in the way.

Pure: what was read goes in, numbers come out. Where few are counted a controller sees no number that could be somebody:
fewer than five are not told, nor what would give them away by subtraction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

from backend.calendar import WorkingCalendar, day_in_sweden

FEWEST = 5
"""Fewer than so many are somebody."""

Shown = int | Literal["few", "hidden"] | None
"""A number; ``few``: one to four; ``hidden``: it would give those away."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision whose clock ran: when it began, when it was due, and when it was signed."""

    began: datetime
    due: datetime
    signed: datetime

    @property
    def in_time(self) -> bool:
        return self.signed <= self.due


@dataclass(frozen=True, slots=True)
class Month:
    """A month in numbers. ``median``: open hours from complete to signed. ``without_clock``: decisions that were taken
    before anybody had said that all is in, and are not measured. ``stopped``: clocks that were stopped for papers when
    their time had run out, and so are in no decision's time. ``late`` and ``pauses``: how many of each cause."""

    in_time: int
    too_late: int
    median: float | None
    without_clock: int
    stopped: int
    late: Mapping[str, int]
    pauses: Mapping[str, int]

    @property
    def decided(self) -> int:
        return self.in_time + self.too_late


def measured(
    calendar: WorkingCalendar,
    decided: Sequence[Decided],
    *,
    signed: int,
    stopped: int,
    late: Mapping[str, int],
    pauses: Mapping[str, int],
) -> Month:
    """The numbers of a month in which so many decisions were ``signed`` in all."""
    took = [open_time(calendar, one.began, one.signed) / timedelta(hours=1) for one in decided]
    in_time = sum(one.in_time for one in decided)
    return Month(
        in_time=in_time,
        too_late=len(decided) - in_time,
        median=median(took) if took else None,
        without_clock=max(0, signed - len(decided)),
        stopped=stopped,
        late=late,
        pauses=pauses,
    )


def open_time(calendar: WorkingCalendar, began: datetime, ended: datetime) -> timedelta:
    """How long the municipality was open between two moments."""
    total = timedelta()
    for day in calendar.working_days(day_in_sweden(began)):
        if day > day_in_sweden(ended):
            break
        if hours := calendar.opening(day):
            total += max(timedelta(), min(ended, hours[1]) - max(began, hours[0]))
    return total


def masked(counts: Mapping[str, int]) -> dict[str, Shown]:
    """Counts that add up to something that is told, without those under five. Where one alone is left out its next
    smallest is too: else it is what is left."""
    shown: dict[str, Shown] = {key: "few" if 0 < count < FEWEST else count for key, count in counts.items()}
    if list(shown.values()).count("few") == 1:
        others = {key: count for key, count in counts.items() if count >= FEWEST}
        if others:
            shown[min(others, key=lambda key: others[key])] = "hidden"
    return shown
