"""When the activities of a planning week are: worked out from the programme and the calendar, without a database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.calendar import WorkingCalendar, day_in_sweden, moment
from backend.municipalities.programme import Occasion

_LOOKS_AT = 60
LATER_WEEKS = 3
"""How many weeks later a place is looked for where a group is full."""


@dataclass(frozen=True)
class Time:
    """A time of an activity."""

    start: datetime
    end: datetime

    def meets(self, others: Iterable["Time"]) -> bool:
        """Whether it is at the same time as one of others."""
        return any(self.start < other.end and other.start < self.end for other in others)


def times(calendar: WorkingCalendar, occasion: Occasion, first: date, taken: Sequence[Time] = ()) -> Iterator[Time]:
    """The times of an activity from a day on, one in each week; the next is for when that one is full.

    One on a closed day, or in an afternoon that is, moves to the next day that is open at that hour. ``taken``: times
    that are hers already.
    """
    day = first + timedelta(days=(occasion.weekday - first.weekday()) % 7)
    for week in range(1 + LATER_WEEKS):
        yield _moved(calendar, occasion, day + timedelta(weeks=week), taken)


def ends(taken: Sequence[Time], first: date) -> date:
    """The first day on which the plan can be shown: after all the rest, and not before the week begins."""
    return max((day_in_sweden(time.start) + timedelta(days=1) for time in taken), default=first)


def day_before(calendar: WorkingCalendar, day: date) -> date:
    """The last working day before a day."""
    day -= timedelta(days=1)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def _moved(calendar: WorkingCalendar, occasion: Occasion, day: date, taken: Sequence[Time]) -> Time:
    for open_day, _ in zip(calendar.working_days(day), range(_LOOKS_AT), strict=False):
        hours, start = calendar.opening(open_day), moment(open_day, occasion.at)
        time = Time(start, start + timedelta(minutes=occasion.minutes))
        if hours and hours[0] <= time.start and time.end <= hours[1] and not time.meets(taken):
            return time
    raise ValueError(f"planning: nobody is ever there at {occasion.at:%H:%M}")
