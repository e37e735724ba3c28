"""The rules beside the riksnorm: rounding, a month's days, job stimulus; and the norm's rows as they were published."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backend.calculation import norm, rules
from backend.calculation.norm import NormYear
from backend.errors import NormUnverified

MAY = date(2021, 5, 1)


def months(first: str, last: str) -> frozenset[date]:
    return rules.months_from(date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01"))


@pytest.mark.parametrize(
    ("kronor", "rounded"),
    [
        (Fraction(0), 0),
        (Fraction(1, 2), 1),
        (Fraction(49, 100), 0),
        (Fraction(805, 2), 403),
        (Fraction(1, 3), 0),
        (Fraction(2, 3), 1),
        (7, 7),
    ],
)
def test_half_a_krona_goes_up(kronor: Fraction | int, rounded: int) -> None:
    assert rules.whole(kronor) == rounded


@given(st.fractions(min_value=0, max_value=10**7))
def test_rounding_moves_a_sum_by_half_a_krona_at_most(kronor: Fraction) -> None:
    assert abs(rules.whole(kronor) - kronor) <= Fraction(1, 2)


@given(st.integers(0, 31), st.dates(date(2014, 1, 1), date(2040, 12, 1)))
def test_more_days_are_never_a_smaller_share(days: int, month: date) -> None:
    share = rules.share_of_month(days, month)
    assert 0 <= share <= 1
    assert rules.share_of_month(days + 1, month) >= share
    assert rules.share_of_month(15, month) == Fraction(1, 2)


def test_months_are_counted_over_the_turn_of_a_year() -> None:
    assert months("2020-11", "2021-02") == {
        date(2020, 11, 1),
        date(2020, 12, 1),
        date(2021, 1, 1),
        date(2021, 2, 1),
    }
    assert months("2021-02", "2021-01") == frozenset()


@pytest.mark.parametrize(
    ("supported", "holds"),
    [
        (frozenset(), False),
        (months("2020-11", "2021-04"), True),
        (months("2020-12", "2021-04"), False),
        # A month without begins the count anew.
        (months("2020-10", "2020-12") | months("2021-02", "2021-04"), False),
        # Within two years it holds also where the support had ended.
        (months("2020-01", "2020-06"), True),
        (months("2018-12", "2019-05"), True),
        (months("2018-11", "2019-04"), False),
        # Support all the way: 6 months, 24 with it, 6 to qualify anew, and again.
        (months("2019-05", "2021-04"), True),
        (months("2018-11", "2021-04"), False),
        (months("2018-05", "2021-04"), True),
        # What is to come decides nothing.
        (months("2021-05", "2021-12"), False),
    ],
)
def test_job_stimulus_holds_two_years_after_six_months_in_a_row(supported: frozenset[date], holds: bool) -> None:
    assert rules.stimulus_holds(supported, MAY) is holds


def test_an_unverified_base_amount_is_none() -> None:
    assert rules.base_amount(date(2026, 3, 1)) == 59_200
    assert rules.base_amount(date(2025, 3, 1)) is None
    assert rules.base_amount(date(2019, 3, 1)) is None


def test_the_years_say_how_sure_they_are() -> None:
    found = {year: row.status for year, row in norm.years().items()}
    assert [year for year, status in found.items() if status == "verified"] == [2014, 2019, 2021]
    assert [year for year, status in found.items() if status == "totals-verified"] == [2026]
    assert all(row.source for row in norm.years().values())


@pytest.mark.parametrize(("year", "more"), [(2014, 170), (2019, 170), (2021, 170)])
def test_each_person_beyond_seven_adds_the_difference_that_was_published(year: int, more: int) -> None:
    row = norm.years()[year]
    assert row.shared(8) - row.shared(7) == more
    assert row.shared(11) - row.shared(7) == 4 * more


def test_a_verified_year_is_whole() -> None:
    whole = norm.years()[2021].model_dump()
    for name in ("adult_single", "adult_couple", "children", "common"):
        with pytest.raises(ValidationError, match="a verified year is whole"):
            NormYear.model_validate({name_: value for name_, value in whole.items() if name_ != name})
    with pytest.raises(ValidationError, match="the two totals"):
        NormYear(year=2030, status="totals-verified", source="SFS", source_date="2029")


def test_a_row_that_a_year_has_not_is_not_made_up() -> None:
    with pytest.raises(NormUnverified):
        norm.years()[2021].child(21)
    with pytest.raises(NormUnverified):
        norm.years()[2026].shared(1)
