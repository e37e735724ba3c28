"""What makes a calculation one to settle by hand: a cost nobody has judged, and nothing else."""

from dataclasses import replace
from datetime import date

from backend.calculation.lines import Calculation, Line
from backend.calculation.service import above_norm

GLASSES = Line("glasses", "cost", "Glasögon", 0, "Bedöms för hand.", "12 kap. 2 §", said=1900, by_hand=True)
PENSION = Line("income-pension", "income", "Pension", 0, "Inte känd.", "12 kap. 1 §", by_hand=True)


def test_a_cost_that_nobody_has_judged_is_above_the_norm() -> None:
    def of(*lines: Line) -> bool:
        return above_norm(Calculation(date(2026, 12, 1), "", lines))

    assert of(GLASSES)
    assert not of(replace(GLASSES, kronor=1900, because="Intyg.", by_hand=False))
    assert not of(PENSION)
    assert not of()
