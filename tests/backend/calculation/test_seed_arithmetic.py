"""The sums of the municipalities' own papers, counted again: which hold to the krona, and which do not.

A: the inquiry of Trelleborg and Svedala (2020). B: the BAS application (about 2014). C: its final report (2018).
Compiled 2026-11-22. They are of budgets, not of households: here our rounding is held against sums others rounded.
"""

from dataclasses import dataclass
from fractions import Fraction

import pytest

from backend.calculation.rules import whole


@dataclass(frozen=True)
class Claim:
    """``counted``: from the figures the paper gives; ``said``: what the paper says they come to; ``holds``: to the
    krona (or the unit the paper counts in)."""

    name: str
    counted: Fraction | int
    said: int
    holds: bool = True


PRESENT = {  # BAS: kronor for one person after one, two and three years
    "AF": (-81_193, -159_263, -234_331),
    "FK": (3526, 6917, 10_177),
    "Kommun": (280_500, 550_212, 809_550),
    "Landsting": (105_975, 207_875, 305_855),
    "Rättsväsende": (361_062, 708_236, 1_042_058),
    "Övriga": (272_281, 534_089, 785_828),
    "Produktionsvärde": (140_400, 275_400, 405_208),
}

CLAIMS = (
    Claim("A1 kronor for each enrolled", Fraction(3_992_500, 235), 16_989),
    Claim("A2 Trelleborg, thousands", 27_794 + 5_855, 33_649),
    Claim("A3 Svedala, thousands", 3_278 + 3_517, 6_795),
    Claim("A4 Trelleborg for each", Fraction(33_649_000, 1_245), 27_027),
    Claim("A5 Svedala for each", Fraction(6_795_000, 235), 28_915),
    Claim("A6 422 of 1 245, per cent", Fraction(42_200, 1_245), 34),
    Claim("A7 55 of 235, per cent", Fraction(5_500, 235), 23),
    Claim("A8 to work and studies", 347 + 75, 422),
    Claim("A9 25 more exits: 24,9", Fraction(34 * 235, 100) - 55, 25),
    Claim(
        "A10 thousands: 2 802,61 was cut and not rounded", Fraction((28_915 - 16_989) * 235, 1000), 2802, holds=False
    ),
    Claim("A11 hundredths of a krona for a krona", Fraction(40 * 100, 25), 160),
    Claim("A12 kronor a person and month, from 40 million a year", Fraction(40_000_000, 422 * 12), 7899),
    Claim("A13 tax: 20 persons against 422", Fraction(2_700_000, 422), 150_000 // 20, holds=False),
    Claim("A14 staff, hundreds of thousands", 43 + 45, 88),
    Claim("A15 a budget in millions that is in thousands", 19_728 * 1000, 19_728 * 1_000_000, holds=False),
    Claim("A16 hundredths of posts, with the head", 200 + 375 + 100, 575, holds=False),
    Claim("A16 hundredths of posts, without", 200 + 375, 575),
    Claim("A17 households, tenths of a per cent more", Fraction((166 - 108) * 1000, 108), 537),
    Claim("A18 paid out, tenths of a per cent more", Fraction((1_516_000 - 837_439) * 1000, 837_439), 810),
    Claim("A19 cases of the labour market, at most", 3 * 60 + 15, 199, holds=False),
    Claim("A20 persons, the not prioritised with them", 199 + 49 + 16, 264),
    Claim("A21 lower than Trelleborg's own", 27_027 - 16_989, 10_038),
    Claim("B1 one year", sum(row[0] for row in PRESENT.values()), 1_082_551),
    Claim("B2 two years", sum(row[1] for row in PRESENT.values()), 2_123_466),
    Claim("B3 three years", sum(row[2] for row in PRESENT.values()), 3_124_345),
    Claim("B4 applied for, thousands, against what was used", 153 + 1_825, 1_991, holds=False),
    Claim("B5 the gain of one person against the whole cost", 2_123_466, 1_991_000, holds=False),
    Claim("B6 places against persons at a time", 10, 15, holds=False),
    Claim("B8 a year's wage against the value of what is made", 17_000 * 12, 140_400, holds=False),
    Claim("C1 thousands", 153 + 1_825, 1_978),
    Claim("C2 19 persons", 19 * 350_000, 6_650_000),
    Claim("C3 parted, thousands", 2_250 + 1_730 + 1_350 + 600 + 310 + 410, 6_650),
    Claim("C4 all 21, against the 19 that were counted", 21 * 350_000, 6_650_000, holds=False),
    Claim("C5 one authority, a cost in one paper and a gain in the other", -81_193, 310_000, holds=False),
)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_a_sum_of_the_papers_holds_or_does_not(claim: Claim) -> None:
    assert (_rounded(claim.counted) == claim.said) is claim.holds


@pytest.mark.parametrize("name", PRESENT)
def test_the_later_columns_of_bas_are_the_first_at_four_per_cent(name: str) -> None:
    """B7: 1/1 + 1/1,04 and + 1/1,04²: they are cumulative, and are never added to each other."""
    first, second, third = PRESENT[name]
    later = Fraction(100, 104)
    assert abs(first * (1 + later) - second) < 5
    assert abs(first * (1 + later + later**2) - third) < 5


def _rounded(counted: Fraction | int) -> int:
    return whole(counted) if counted >= 0 else -whole(-counted)
