"""What holds of every month there is: no norm below nothing, lines that add up, an order that does not matter."""

import random
from dataclasses import replace
from datetime import date
from typing import TypeVar, get_args

from hypothesis import given
from hypothesis import strategies as st

from backend.calculation import norm
from backend.calculation.lines import NEEDS, Calculation
from backend.calculation.situation import (
    Asset,
    AssetKind,
    Child,
    Cost,
    CostKind,
    Household,
    Income,
    IncomeKind,
    Situation,
)
from backend.calculation.working_out import Rules, members, work_out
from tests.backend.calculation.test_working_out import HALF_A_YEAR, MAY, TABLE

T = TypeVar("T")

RULES = Rules(norm.of_month(MAY), TABLE, 59_200)
KRONOR = st.none() | st.integers(0, 100_000)
CHILDREN = st.lists(
    st.builds(
        Child,
        name=st.sampled_from(["A", "B", "C"]),
        age=st.none() | st.integers(0, 20),
        days=st.none() | st.integers(0, 31),
        lunch_away=st.booleans(),
    ),
    max_size=9,
).map(tuple)
SITUATIONS = st.builds(
    Situation,
    month=st.just(MAY) | st.just(date(2021, 2, 1)),
    household=st.builds(Household, adults=st.sampled_from([1, 2]), children=CHILDREN, others=st.integers(0, 6)),
    costs=st.lists(
        st.builds(
            Cost,
            kind=st.sampled_from(get_args(CostKind)),
            kronor=KRONOR,
            period=st.sampled_from(["month", "quarter", "year", "once", None]),
        ),
        max_size=6,
    ).map(tuple),
    incomes=st.lists(
        st.builds(
            Income,
            kind=st.sampled_from(get_args(IncomeKind)),
            kronor=KRONOR,
            whose=st.sampled_from(["applicant", "partner", "child"]),
            child=st.sampled_from(["A", "B", "D"]),
            earned=st.integers(0, 100_000),
        ),
        max_size=6,
    ).map(tuple),
    assets=st.lists(st.builds(Asset, kind=st.sampled_from(get_args(AssetKind)), kronor=KRONOR), max_size=3).map(tuple),
    pending_from=st.sampled_from([None, "", "Försäkringskassan"]),
    supported=st.sampled_from([frozenset[date](), HALF_A_YEAR]),
    partner_supported=st.sampled_from([frozenset[date](), HALF_A_YEAR]),
)


def worked_out(of: Situation) -> Calculation:
    return work_out(of, RULES)


@given(SITUATIONS)
def test_no_line_and_no_norm_is_below_nothing(of: Situation) -> None:
    found = worked_out(of)
    assert all(line.kronor >= 0 for line in found.lines)
    assert found.sum_of("norm") > 0
    assert found.support >= 0
    assert found.surplus >= 0
    assert 0 in (found.support, found.surplus)


@given(SITUATIONS)
def test_the_lines_come_to_the_sum(of: Situation) -> None:
    found = worked_out(of)
    needs = sum(line.kronor for line in found.lines if line.group in NEEDS)
    means = sum(line.kronor for line in found.lines if line.group not in NEEDS)
    assert found.balance == needs - means == found.sum_of("norm", "cost") - found.sum_of("income", "asset")
    keys = [line.key for line in found.lines]
    assert len(keys) == len(set(keys))


@given(SITUATIONS, st.randoms(use_true_random=False))
def test_the_order_of_what_was_said_does_not_matter(of: Situation, chance: random.Random) -> None:
    other = replace(
        of,
        household=replace(of.household, children=shuffled(of.household.children, chance)),
        costs=shuffled(of.costs, chance),
        incomes=shuffled(of.incomes, chance),
        assets=shuffled(of.assets, chance),
    )
    assert worked_out(other).balance == worked_out(of).balance


@given(SITUATIONS)
def test_the_same_is_worked_out_the_same(of: Situation) -> None:
    assert worked_out(of) == worked_out(of)


@given(SITUATIONS, st.integers(0, 30))
def test_another_day_with_a_child_never_lessens_the_childs_own_costs(of: Situation, days: int) -> None:
    def own(days: int) -> int:
        here = replace(of, household=replace(of.household, children=(Child("A", 8, days),)))
        return next(line.kronor for line in worked_out(here).lines if line.key == "child")

    assert 0 <= own(days) <= own(days + 1) <= 3060


@given(SITUATIONS)
def test_who_shares_pays_no_more_than_alone_and_all_of_them_pay_it_all(of: Situation) -> None:
    def common(household: Household) -> int:
        lines = worked_out(replace(of, household=household)).lines
        return next(line.kronor for line in lines if line.key == "common")

    household = of.household
    ours, others = members(household), household.others
    together = RULES.norm.shared(ours + others)
    # Each of the others would be counted as one, with the rest beside.
    each = common(Household(1, others=ours + others - 1))
    assert abs(common(household) + others * each - together) <= (others + 1) / 2


@given(SITUATIONS)
def test_no_income_makes_the_support_larger(of: Situation) -> None:
    assert worked_out(of).balance <= worked_out(replace(of, incomes=(), assets=())).balance


def shuffled(of: tuple[T, ...], chance: random.Random) -> tuple[T, ...]:
    found = list(of)
    chance.shuffle(found)
    return tuple(found)
