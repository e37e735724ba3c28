"""Who may sign what: the least level whose row covers it, the board where none does, examples in the demo only."""

from datetime import date

import pytest
from pydantic import ValidationError

from backend.municipalities import found
from backend.municipalities.delegation import Delegated, Delegation, reaches

DECEMBER = date(2026, 12, 1)
LIST = Delegation(
    since=date(2026, 1, 1),
    rows=(
        Delegated(outcome="bifall", about="month", level="caseworker", most_kronor=20_000),
        Delegated(outcome="bifall", about="single-cost", level="caseworker", most_kronor=5_000),
        Delegated(outcome="bifall", level="lead", most_kronor=50_000),
        Delegated(outcome="bifall", level="head"),
        Delegated(outcome="avslag", level="caseworker"),
        Delegated(outcome="delavslag", level="lead", most_kronor=50_000),
    ),
    source="the test's own",
    status="example",
)


@pytest.mark.parametrize(
    ("outcome", "kronor", "single_cost", "level"),
    [
        ("bifall", 20_000, False, "caseworker"),
        ("bifall", 20_001, False, "lead"),
        ("bifall", 50_001, False, "head"),
        ("bifall", 5_000, True, "caseworker"),
        ("bifall", 5_001, True, "lead"),
        # Nobody has said how much: whoever may grant any sum.
        ("bifall", None, False, "head"),
        ("avslag", None, False, "caseworker"),
        ("delavslag", 50_000, False, "lead"),
        ("delavslag", 50_001, False, "board"),
        # What the list says nothing of, the board has delegated to nobody.
        ("avvisning", None, False, "board"),
    ],
)
def test_the_least_level_that_covers_it_signs(outcome: str, kronor: int | None, single_cost: bool, level: str) -> None:
    assert LIST.needs(outcome, kronor, single_cost=single_cost) == level


def test_a_higher_level_signs_what_a_lower_one_may_and_not_the_other_way() -> None:
    assert reaches("head", "caseworker")
    assert reaches("lead", "lead")
    assert not reaches("caseworker", "lead")
    assert not reaches("head", "board")


def test_made_up_lists_are_held_to_in_the_demo_alone() -> None:
    for town in found().values():
        assert town.delegation_on(DECEMBER, examples=False) is None
        assert town.delegation_on(DECEMBER, examples=True) is not None
        assert town.delegation_on(date(2025, 12, 31), examples=True) is None


def test_a_level_stands_once_for_each_outcome_and_kind() -> None:
    twice = (Delegated(outcome="avslag", level="lead"), Delegated(outcome="avslag", level="lead", most_kronor=1))
    with pytest.raises(ValidationError, match="a level stands once"):
        Delegation(since=DECEMBER, rows=twice, source="the test's own", status="example")
