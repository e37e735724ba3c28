"""The highest costs that count as reasonable: by the size of a household, and made-up ones nowhere for real."""

from datetime import date

import pytest
from pydantic import ValidationError

from backend.municipalities import found
from backend.municipalities.reasonable import Highest, ReasonableCosts

DECEMBER = date(2026, 12, 1)


def table(*highest: Highest) -> ReasonableCosts:
    return ReasonableCosts(since=DECEMBER, highest=highest, source="the test's own", status="example")


def test_made_up_highest_costs_are_counted_by_in_the_demo_alone() -> None:
    for town in found().values():
        assert town.reasonable_costs_in(DECEMBER, examples=False) is None
        table = town.reasonable_costs_in(DECEMBER, examples=True)
        assert table is not None
        assert table.of("union", 1) is None
        assert town.reasonable_costs_in(date(2025, 12, 1), examples=True) is None


def test_a_household_has_the_highest_sum_of_its_size() -> None:
    rents = table(Highest(cost="housing", persons=2, kronor=7000), Highest(cost="housing", persons=4, kronor=8600))
    assert [rents.of("housing", persons) for persons in (1, 2, 3, 4, 9)] == [None, 7000, 7000, 8600, 8600]
    assert rents.of("travel", 4) is None


def test_a_cost_has_one_highest_sum_for_each_size() -> None:
    with pytest.raises(ValidationError, match="one highest sum for each size"):
        table(Highest(cost="travel", kronor=900), Highest(cost="travel", kronor=950))
