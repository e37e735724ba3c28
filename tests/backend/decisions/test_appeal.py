"""How long somebody may appeal, and when she is reminded: to the day, over weekends, red days and closed days."""

from datetime import date, time

import pytest

from backend.calendar import WorkingCalendar
from backend.decisions import appeal

OPEN = WorkingCalendar({day: (time(8), time(16, 30)) for day in range(5)}, closed_days=frozenset({date(2026, 12, 15)}))


@pytest.mark.parametrize(
    ("told", "last"),
    [
        ("2026-11-30", "2026-12-21"),
        ("2026-12-03", "2026-12-28"),  # three weeks on is Christmas Eve: it moves on
        ("2026-04-17", "2026-05-08"),
        ("2026-05-29", "2026-06-22"),  # Midsummer Eve, and the weekend after it
    ],
)
def test_three_weeks_from_the_day_she_was_told(told: str, last: str) -> None:
    assert appeal.last_day(date.fromisoformat(told)) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("last", "reminded"),
    [
        ("2026-12-21", "2026-12-14"),
        ("2026-12-22", "2026-12-14"),  # a week before it is closed
        ("2027-01-08", "2026-12-30"),  # a week before it is New Year's Day, and the day before that its eve
    ],
)
def test_she_is_reminded_a_week_before_on_a_day_when_somebody_is_there(last: str, reminded: str) -> None:
    assert appeal.remind_on(date.fromisoformat(last), OPEN) == date.fromisoformat(reminded)


def test_the_law_is_dated_and_the_latest_comes_first() -> None:
    assert [rule.since for rule in appeal.LAW] == sorted((rule.since for rule in appeal.LAW), reverse=True)
    assert all("§" in rule.source for rule in appeal.LAW)
