"""How staff read days, hours, due times and numbers."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.staff import swedish

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)  # 10.00 in Sweden


def at(**ago: int) -> datetime:
    return NOW + timedelta(**ago)


def test_hours_are_on_the_swedish_clock_summer_and_winter() -> None:
    assert swedish.hour(datetime(2026, 12, 1, 8, 30, tzinfo=UTC)) == "9.30"
    assert swedish.hour(datetime(2026, 7, 1, 8, 5, tzinfo=UTC)) == "10.05"


def test_days_are_said_as_staff_say_them() -> None:
    assert swedish.long_day(date(2026, 12, 1)) == "tisdag 1 december"
    assert swedish.short_day(date(2026, 12, 1)) == "1 dec"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (at(minutes=-2), "9.58"),
        (at(days=-1), "i går 10.00"),
        (at(days=1), "i morgon 10.00"),
        (at(days=3), "3 dec 10.00"),
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "i morgon 0.30"),
    ],
)
def test_a_moment_is_near_or_dated(when: datetime, said: str) -> None:
    assert swedish.when(when, NOW) == said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (at(minutes=6, seconds=20), "6 min kvar"),
        (at(minutes=90), "före 11.30"),
        (at(hours=23), "före i morgon 9.00"),
        (at(minutes=-30), "skulle varit 9.30"),
        (at(hours=-18), "i går 16.00"),
    ],
)
def test_due_is_said_in_words(when: datetime, said: str) -> None:
    assert swedish.due(when, NOW) == said


def test_languages_have_the_names_staff_use() -> None:
    assert [swedish.language_name(code) for code in ("sv", "ar", "so", "ps", "ckb", "prs", "ti")] == [
        "svenska", "arabiska", "somaliska", "pashto", "sorani", "dari", "tigrinja",
    ]  # fmt: skip
    assert [swedish.direction(code) for code in ("ar", "sv")] == ["rtl", "ltr"]
