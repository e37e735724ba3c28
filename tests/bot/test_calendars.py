"""The Persian and the Ethiopian calendar: as ICU counts them, one day after another, and by their months' names."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import LAST, SPOKEN, CalendarName, day_and_month, ethiopian, persian
from bot.text import is_gsm, languages

SAID = json.loads((Path(__file__).parents[1] / "data" / "calendars.json").read_text("utf-8"))["days"]
A_DAY = timedelta(days=1)


def test_every_day_that_icu_was_asked_about() -> None:
    for said, (by_persian, by_ethiopian) in SAID.items():
        day = date.fromisoformat(said)
        assert "-".join(map(str, persian(day))) == by_persian, said
        assert "-".join(map(str, ethiopian(day))) == by_ethiopian, said


@pytest.mark.parametrize(
    ("day", "by_persian", "by_ethiopian"),
    [
        (date(2026, 3, 21), (1405, 1, 1), (2018, 7, 12)),  # Nowruz
        (date(2025, 3, 20), (1403, 12, 30), (2017, 7, 11)),  # the last day of a Persian leap year
        (date(2026, 9, 11), (1405, 6, 20), (2019, 1, 1)),  # Enkutatash
        (date(2025, 9, 11), (1404, 6, 20), (2018, 1, 1)),
        (date(2027, 9, 11), (1406, 6, 20), (2019, 13, 6)),  # the sixth day of the thirteenth month
        (date(2027, 9, 12), (1406, 6, 21), (2020, 1, 1)),  # the new year after it is a day later
        (date(2026, 12, 1), (1405, 9, 10), (2019, 3, 22)),
    ],
)
def test_days_that_are_known(day: date, by_persian: tuple[int, int, int], by_ethiopian: tuple[int, int, int]) -> None:
    assert persian(day) == by_persian
    assert ethiopian(day) == by_ethiopian


@given(st.dates(date(1930, 1, 1), LAST - A_DAY))
def test_the_day_after_is_the_next_or_the_first_of_the_next_month(day: date) -> None:
    for counted, months in ((persian, 12), (ethiopian, 13)):
        year, month, number = counted(day)
        after = counted(day + A_DAY)
        next_month = (year, month + 1, 1) if month < months else (year + 1, 1, 1)
        assert after in ((year, month, number + 1), next_month)
        assert 1 <= month <= months
        assert 1 <= number <= 31


def test_further_ahead_than_the_arithmetic_is_true_nothing_is_said() -> None:
    assert persian(LAST)[1:] in ((12, 29), (12, 30))
    with pytest.raises(ValueError, match="further ahead"):
        persian(LAST + A_DAY)


@pytest.mark.parametrize("calendar", sorted(set(SPOKEN.values())))
def test_every_month_has_a_name_in_every_language(calendar: CalendarName) -> None:
    for language in languages():
        names = {day_and_month(date(2026, 1, 1) + n * A_DAY, calendar, language).split()[1] for n in range(366)}
        assert len(names) == (13 if calendar == "ethiopian" else 12), (calendar, language)
        assert language in ("ar", "uk") or all(map(is_gsm, names)), language


def test_the_day_with_its_month() -> None:
    day = date(2026, 12, 1)
    assert day_and_month(day, "persian", "sv") == "10 Azar"
    assert day_and_month(day, "afghan", "en") == "10 Qaws"
    assert day_and_month(day, "afghan", "ar") == "10 قوس"
    assert day_and_month(day, "ethiopian", "uk") == "22 хедара"
