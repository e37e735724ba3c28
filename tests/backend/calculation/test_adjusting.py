"""What a caseworker changes in a calculation: never without a reason, and never without what it was."""

import pytest

from backend.calculation.adjusting import MOST_OWN, Adjustment, OwnLine, adjusted
from backend.calculation.lines import Calculation
from backend.calculation.situation import Cost
from backend.errors import CalculationReasonMissing, Invalid
from tests.backend.calculation.test_working_out import alone, worked_out


def month() -> Calculation:
    """4 180 + 6 200 of 7 000, and glasses by hand."""
    return worked_out(alone(costs=(Cost("housing", 7000), Cost("glasses", 2000, "once"))))


def test_a_line_is_changed_with_its_reason_and_what_it_was() -> None:
    found = adjusted(
        month(),
        {"housing": Adjustment(7000, " Flytt väntar. "), "glasses": Adjustment(1200, "Billigaste bågen.")},
    )
    housing = next(line for line in found.lines if line.key == "housing")
    assert (housing.kronor, housing.calculated, housing.because, housing.by_hand) == (
        7000,
        6200,
        "Flytt väntar.",
        False,
    )
    assert found.balance == 4180 + 7000 + 1200
    assert found.by_hand == ()


def test_own_lines_add_and_lessen() -> None:
    own = (
        OwnLine("cost", "Läkarbesök", 300, "Kvitto sett."),
        OwnLine("income", "Partnerns lön", 2000, "Partnerns ansökan."),
    )
    found = adjusted(month(), {}, own)
    assert found.balance == 4180 + 6200 + 300 - 2000
    assert [line.key for line in found.lines][-2:] == ["own-1", "own-2"]


def test_nothing_is_changed_without_a_reason() -> None:
    with pytest.raises(CalculationReasonMissing):
        adjusted(month(), {"housing": Adjustment(7000, " ")})
    with pytest.raises(CalculationReasonMissing):
        adjusted(month(), {}, (OwnLine("cost", "Läkarbesök", 300, ""),))


@pytest.mark.parametrize("kronor", [-1, 1_000_001])
def test_a_sum_that_is_none_is_refused(kronor: int) -> None:
    with pytest.raises(Invalid):
        adjusted(month(), {"housing": Adjustment(kronor, "Så.")})


def test_what_is_no_line_is_refused() -> None:
    with pytest.raises(Invalid):
        adjusted(month(), {"boat": Adjustment(1, "Så.")})
    with pytest.raises(Invalid):
        adjusted(month(), {}, (OwnLine("cost", " ", 1, "Så."),))
    with pytest.raises(Invalid):
        adjusted(month(), {}, (OwnLine("cost", "En", 1, "Så."),) * (MOST_OWN + 1))
