"""Rules for ordering interpreters: how they take part, when they answer, when a cancellation is still free.

The hours are those of Sundsvall's interpreter service (an order less than 20 hours before the start is urgent and goes
by telephone) and of Region Skåne's agreement with DigitalTolk (free until 18 hours before on site, 4 hours before by
phone or video). Trelleborg's own supplier may have others.
"""

from datetime import UTC, date, datetime, timedelta

from backend.calendar import WorkingCalendar, day_in_sweden
from backend.municipalities.agencies import ANSWERED_BEFORE_START, Mode

ON_SITE_ORDERED = timedelta(hours=20)
FREE_UNTIL: dict[Mode, timedelta] = {
    "on-site": timedelta(hours=18),
    "phone": timedelta(hours=4),
    "video": timedelta(hours=4),
}
ANSWERED_WITHIN = timedelta(hours=2)


def first_day(calendar: WorkingCalendar, asked_at: datetime) -> date:
    """The first day a meeting with an interpreter is offered: the next working day.

    An interpreter the same day is arranged by staff by telephone: she must have answered before the person sets out.
    """
    return calendar.next_working_day(day_in_sweden(asked_at))


def modes_for(calendar: WorkingCalendar, asked_at: datetime, start: datetime) -> tuple[Mode, ...]:
    """How an interpreter may take part, the best way first.

    Today's and tomorrow's meetings lie inside the limits for interpreters on site, so those are by phone or video;
    later ones are on site where the interpreter comes, if there are 20 hours to order in.
    """
    far_off = (
        day_in_sweden(start) > calendar.last_promised_day(asked_at) and _between(asked_at, start) >= ON_SITE_ORDERED
    )
    return ("on-site", "phone", "video") if far_off else ("phone", "video")


def answer_by(calendar: WorkingCalendar, asked_at: datetime, start: datetime) -> datetime:
    """When the interpreter must have answered: two open hours after the order, and an hour before the start."""
    latest = max(asked_at, start.astimezone(UTC) - ANSWERED_BEFORE_START)
    return min(calendar.after_open_time(asked_at, ANSWERED_WITHIN), latest)


def is_free_of_charge(mode: Mode, at: datetime, start: datetime) -> bool:
    """Whether an interpreter's booking may be withdrawn without a fee at ``at``."""
    return _between(at, start) >= FREE_UNTIL[mode]


def _between(earlier: datetime, later: datetime) -> timedelta:
    # Two moments of one zone are subtracted by the clock on the wall, an hour wrong when the clocks change.
    return later.astimezone(UTC) - earlier.astimezone(UTC)
