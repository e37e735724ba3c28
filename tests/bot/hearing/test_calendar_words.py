"""A day said by another calendar, or in a language we do not write, where a day is asked for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import CALENDARS, CalendarName, day_and_month
from bot.hearing.calendar_words import read_other
from bot.hearing.days import Unclear, read_day, read_moment

MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("11 Azar", date(2026, 12, 2)),
        ("۱۱ آذر", date(2026, 12, 2)),
        ("۱۱ آذر ماه ۱۴۰۵", date(2026, 12, 2)),
        ("azar 11", date(2026, 12, 2)),
        ("11 Qaws", date(2026, 12, 2)),
        ("۱۱ قوس", date(2026, 12, 2)),
        ("22 Hedar", date(2026, 12, 1)),
        ("22 ኅዳር", date(2026, 12, 1)),
        ("ህዳር 22", date(2026, 12, 1)),
        ("22 ህዳር 2019", date(2026, 12, 1)),
        ("چهارشنبه", date(2026, 12, 2)),
        ("سه‌شنبه", date(2026, 12, 1)),
        ("سه شنبه", date(2026, 12, 1)),
        ("چهارشنبه ۱۱ آذر", date(2026, 12, 2)),
        ("جمعه ۴ دی", date(2026, 12, 25)),  # and not Friday the 4th
        ("chaharshanbe", date(2026, 12, 2)),
        ("ማክሰኞ", date(2026, 12, 1)),
        ("ሰኞ", date(2026, 12, 7)),
        ("ሰኑይ", date(2026, 12, 7)),
        ("فردا", date(2026, 12, 1)),
        ("ነገ", date(2026, 12, 1)),
    ],
)
def test_it_is_understood_where_a_day_is_asked_for(said: str, day: date) -> None:
    assert read_day(said, "sv", MONDAY) == day
    assert read_moment(said, "en", MONDAY).day == day


@pytest.mark.parametrize(
    "said",
    [
        "11 azar kanske",
        "azar",
        "31 azar",  # has thirty days
        "پنجشنبه ۱۱ آذر",  # that day is a Wednesday
        "11 azar 1390",
        "22 ሕዳር",  # in Eritrea the 22nd of November
        "jag heter Mehr",
    ],
)
def test_what_may_be_something_else_is_asked_about_again(said: str) -> None:
    assert isinstance(read_day(said, "sv", MONDAY), Unclear)


@given(ahead=st.integers(0, 360), calendar=st.sampled_from(CALENDARS), letters=st.sampled_from(["sv", "ar", "uk"]))
def test_what_we_write_we_read(ahead: int, calendar: CalendarName, letters: str) -> None:
    day = MONDAY + timedelta(days=ahead)
    assert read_other(day_and_month(day, calendar, letters), "sv", MONDAY) == day


def test_azar_is_march_to_who_writes_arabic_and_is_asked_for_again() -> None:
    assert read_other("11 azar", "sv", MONDAY) == date(2026, 12, 2)
    assert read_other("11 azar", "ar", MONDAY) is None
    assert read_other("11 qaws", "ar", MONDAY) is None  # the Afghan name of the same month
