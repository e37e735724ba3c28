"""Opening hours read as on the paper on the door."""

from backend.contract import Hours
from bot.pages.hours import opening_hours


def open_on(*days: int, opens: str = "08:00", closes: str = "16:30") -> tuple[Hours, ...]:
    return tuple(Hours(weekday=day, opens=opens, closes=closes) for day in days)


def test_five_equal_days_are_weekdays() -> None:
    assert opening_hours(open_on(0, 1, 2, 3, 4), "sv") == ["Vardagar 8.00-16.30"]


def test_a_short_friday_stands_on_its_own_line() -> None:
    hours = (*open_on(0, 1, 2, 3), *open_on(4, closes="15:00"))
    assert opening_hours(hours, "sv") == ["måndag-torsdag 8.00-16.30", "fredag 8.00-15.00"]


def test_days_apart_are_named_one_by_one() -> None:
    assert opening_hours(open_on(3, 0), "sv") == ["måndag, torsdag 8.00-16.30"]


def test_a_range_of_hours_reads_from_the_left_also_in_arabic() -> None:
    assert "\u20688:00-16:30\u2069" in opening_hours(open_on(0, 1, 2, 3, 4), "ar")[0]


def test_midnight_keeps_its_zero() -> None:
    assert opening_hours(open_on(5, opens="00:30", closes="12:00"), "sv") == ["lördag 0.30-12.00"]
