"""A month in numbers: in time and late, how many open hours, and what a controller is not told."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import municipalities
from backend.board.month import Decided, Shown, masked, measured, open_time

CALENDAR = municipalities.found()["trelleborg"].calendar
FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
"""10.00 in Sweden, on a Friday, which closes at noon."""


def test_nights_and_weekends_are_no_open_time() -> None:
    friday, monday = CALENDAR.opening(FRIDAY.date()), CALENDAR.opening(datetime(2026, 11, 30, tzinfo=UTC).date())
    assert friday is not None
    assert monday is not None
    at = monday[0] + timedelta(hours=2)
    assert open_time(CALENDAR, FRIDAY, at) == friday[1] - FRIDAY + timedelta(hours=2)
    assert open_time(CALENDAR, friday[1], monday[0]) == timedelta()


def test_a_month_is_counted() -> None:
    due = CALENDAR.one_working_day_after(FRIDAY)
    begins = CALENDAR.opening(due.date())
    assert begins is not None
    decided = [Decided(FRIDAY, due, begins[0] + timedelta(hours=hours)) for hours in (1, 2)]
    decided.append(Decided(FRIDAY, due, due + timedelta(days=2)))
    month = measured(CALENDAR, decided, signed=4, stopped=0, late={"nobody": 1}, pauses={})
    assert (month.decided, month.in_time, month.too_late, month.without_clock) == (3, 2, 1, 1)
    assert month.median == open_time(CALENDAR, FRIDAY, decided[1].signed) / timedelta(hours=1)
    assert measured(CALENDAR, [], signed=0, stopped=0, late={}, pauses={}).median is None


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 12, "b": 7, "c": 0}, {"a": 12, "b": 7, "c": 0}),
        ({"a": 12, "b": 7, "c": 2}, {"a": 12, "b": "hidden", "c": "few"}),  # 21 less 12 and 7 would be two
        ({"a": 12, "b": 4, "c": 2}, {"a": 12, "b": "few", "c": "few"}),
        ({"a": 3}, {"a": "few"}),
    ],
)
def test_few_are_somebody_and_subtraction_finds_nobody(counts: dict[str, int], shown: dict[str, Shown]) -> None:
    assert masked(counts) == shown
