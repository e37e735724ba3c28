"""How long somebody may appeal, as the law has it on the day she is told, and when we remind her of the last day.

::

    told 1 December -> last day 22 December, a reminder on 15 December
"""

from dataclasses import dataclass
from datetime import date, timedelta

from backend.calendar import WorkingCalendar, last_day_by_law

_ONE_DAY = timedelta(days=1)
_REMIND_BEFORE = timedelta(weeks=1)


@dataclass(frozen=True)
class TimeToAppeal:
    """What holds for who is told on ``since`` or later."""

    since: date
    time: timedelta
    source: str


LAW = (
    TimeToAppeal(
        date(2018, 7, 1),
        timedelta(weeks=3),
        # "... inom tre veckor från den dag då den som överklagar fick del av beslutet".
        "44 § förvaltningslagen (2017:900), in force 1 July 2018",
    ),
)
"""The latest first. A change of the law is a new row, so that who was told before it keeps her time."""


def last_day(told: date) -> date:
    """The last day to appeal. One that is a Saturday, Sunday, red day or eve moves on (2 § lagen 1930:173)."""
    rule = next(rule for rule in LAW if rule.since <= told)
    return last_day_by_law(told + rule.time)


def remind_on(last: date, calendar: WorkingCalendar) -> date:
    """A week before the last day; the working day before that when nobody would be there to help."""
    day = last - _REMIND_BEFORE
    while not calendar.is_working_day(day):
        day -= _ONE_DAY
    return day
