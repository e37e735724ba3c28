"""A month worked out, case by case: every line and sum here was counted by hand from the published tables.

2021 is used where nothing else is said: one alone 3 160, a couple 5 700; common costs 1 020, 1 130, 1 420, 1 610,
1 860, 2 100, 2 270; children 2 180 (0), 2 440 (1-2), 2 170 (3), 2 440 (4-6), 3 060 (7-10), 3 520 (11-14), 3 970
(15-18), 4 000 (19-20).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from backend.calculation import norm, rules
from backend.calculation.lines import Calculation
from backend.calculation.situation import Asset, Child, Cost, Household, Income, Situation
from backend.calculation.working_out import Rules, work_out
from backend.errors import NormMissing, NormUnverified
from backend.municipalities.reasonable import Highest, ReasonableCosts

MAY = date(2021, 5, 1)
BASE_AMOUNT = 59_200
TABLE = ReasonableCosts(
    since=date(2014, 1, 1),
    highest=(
        Highest(cost="housing", persons=1, kronor=6200),
        Highest(cost="housing", persons=2, kronor=7000),
        Highest(cost="housing", persons=3, kronor=7800),
        Highest(cost="housing", persons=4, kronor=8600),
        Highest(cost="housing", persons=5, kronor=9400),
        Highest(cost="electricity", persons=1, kronor=450),
        Highest(cost="electricity", persons=2, kronor=600),
        Highest(cost="electricity", persons=4, kronor=850),
        Highest(cost="home-insurance", kronor=200),
        Highest(cost="travel", kronor=900),
    ),
    source="the test's own",
    status="example",
)
RENT = Cost("housing", 6000)
HALF_A_YEAR = rules.months_from(date(2020, 11, 1), date(2021, 4, 1))


def worked_out(
    of: Situation, *, table: ReasonableCosts | None = TABLE, base_amount: int | None = BASE_AMOUNT
) -> Calculation:
    return work_out(of, Rules(norm.of_month(of.month), table, base_amount))


@dataclass(frozen=True)
class Case:
    """``lines``: what each counts (less is negative), as counted by hand; ``by_hand``: those a human judges."""

    name: str
    of: Situation
    lines: Mapping[str, int]
    balance: int
    by_hand: tuple[str, ...] = ()
    table: ReasonableCosts | None = field(default=TABLE)
    base_amount: int | None = BASE_AMOUNT


def alone(
    *children: Child,
    month: date = MAY,
    others: int = 0,
    costs: tuple[Cost, ...] = (),
    incomes: tuple[Income, ...] = (),
    assets: tuple[Asset, ...] = (),
    supported: frozenset[date] = frozenset(),
) -> Situation:
    return Situation(month, Household(1, children, others), costs, incomes, assets, supported=supported)


def couple(*children: Child, month: date = MAY, others: int = 0, incomes: tuple[Income, ...] = ()) -> Situation:
    return Situation(month, Household(2, children, others), incomes=incomes)


def aged(*ages: int) -> tuple[Child, ...]:
    return tuple(Child(f"Barn {n}", age) for n, age in enumerate(ages, 1))


def salary(kronor: int, supported: frozenset[date] = HALF_A_YEAR) -> Situation:
    return alone(costs=(RENT,), incomes=(Income("salary", kronor),), supported=supported)


def works(earned: int, kronor: int) -> Situation:
    """A youth of sixteen who has earned so much this year, and now this."""
    return alone(Child("Kim", 16), incomes=(Income("salary", kronor, "child", "Kim", earned),))


NORM = {"adults": 3160, "common": 1020}
RENTED = {**NORM, "housing": 6000}
YOUTH = {"adults": 3160, "child": 3970, "common": 1130}

CASES = (
    # --- The riksnorm, as it is published
    Case(
        "the official example of 2014: one of five in a household, 1 710/5 + 2 950 = 3 292",
        alone(month=date(2014, 1, 1), others=4),
        {"adults": 2950, "common": 342},
        3292,
    ),
    Case("alone, 2014", alone(month=date(2014, 6, 1)), {"adults": 2950, "common": 930}, 3880),
    Case("a couple, 2014", couple(month=date(2014, 6, 1)), {"adults": 5320, "common": 1040}, 6360),
    Case("alone, 2019", alone(month=date(2019, 6, 1)), {"adults": 3090, "common": 990}, 4080),
    Case("a couple, 2019", couple(month=date(2019, 6, 1)), {"adults": 5570, "common": 1100}, 6670),
    Case("alone, 2021", alone(), NORM, 4180),
    Case("a couple, 2021", couple(), {"adults": 5700, "common": 1130}, 6830),
    Case("alone, 2026, where only the total is verified", alone(month=date(2026, 12, 1)), {"norm": 5220}, 5220),
    Case("a couple, 2026, where only the total is verified", couple(month=date(2026, 12, 1)), {"norm": 8510}, 8510),
    # --- Children, by age
    Case("a child under one", alone(*aged(0)), {"adults": 3160, "child": 2180, "common": 1130}, 6470),
    Case("a child of one", alone(*aged(1)), {"adults": 3160, "child": 2440, "common": 1130}, 6730),
    Case("a child of two", alone(*aged(2)), {"adults": 3160, "child": 2440, "common": 1130}, 6730),
    Case("a child of three", alone(*aged(3)), {"adults": 3160, "child": 2170, "common": 1130}, 6460),
    Case("a child of six", alone(*aged(6)), {"adults": 3160, "child": 2440, "common": 1130}, 6730),
    Case("a child of seven", alone(*aged(7)), {"adults": 3160, "child": 3060, "common": 1130}, 7350),
    Case("a child of ten", alone(*aged(10)), {"adults": 3160, "child": 3060, "common": 1130}, 7350),
    Case("a child of eleven", alone(*aged(11)), {"adults": 3160, "child": 3520, "common": 1130}, 7810),
    Case("a youth of eighteen", alone(*aged(18)), {"adults": 3160, "child": 3970, "common": 1130}, 8260),
    Case("a youth of twenty at school", alone(*aged(20)), {"adults": 3160, "child": 4000, "common": 1130}, 8290),
    Case(
        "a child of five who eats lunch at preschool",
        alone(Child("A", 5, lunch_away=True)),
        {"adults": 3160, "child": 2170, "common": 1130},
        6460,
    ),
    Case(
        "a child of eight who eats lunch at school: there is one row alone",
        alone(Child("A", 8, lunch_away=True)),
        {"adults": 3160, "child": 3060, "common": 1130},
        7350,
    ),
    Case(
        "nobody knows how old the child is",
        alone(Child("A", None)),
        {"adults": 3160, "child": 0, "common": 1130},
        4290,
        ("child",),
    ),
    Case(
        "somebody of 21 is counted by himself",
        alone(Child("A", 21)),
        {"adults": 3160, "child": 0, "common": 1130},
        4290,
        ("child",),
    ),
    # --- Large households
    Case(
        "a couple and children of 2, 8 and 15",
        couple(*aged(2, 8, 15)),
        {"adults": 5700, "child": 2440, "child-2": 3060, "child-3": 3970, "common": 1860},
        17_030,
    ),
    Case(
        "seven persons: the last in the table",
        couple(*aged(12, 12, 12, 12, 12)),
        {"adults": 5700, "child": 3520, **{f"child-{n}": 3520 for n in range(2, 6)}, "common": 2270},
        25_570,
    ),
    Case(
        "eight persons: 2 270 + 170",
        couple(*aged(12, 12, 12, 12, 12, 12)),
        {"adults": 5700, "child": 3520, **{f"child-{n}": 3520 for n in range(2, 7)}, "common": 2440},
        29_260,
    ),
    Case(
        "ten persons: 2 270 + 3 x 170",
        couple(*aged(12, 12, 12, 12, 12, 12, 12, 12)),
        {"adults": 5700, "child": 3520, **{f"child-{n}": 3520 for n in range(2, 9)}, "common": 2780},
        36_640,
    ),
    # --- Children by days
    Case(
        "every other week, 15 days: half of 3 060, and the household is two",
        alone(Child("A", 8, 15)),
        {"adults": 3160, "child": 1530, "common": 1130},
        5820,
    ),
    Case(
        "every other week, 14 days: 3 060 x 14/30",
        alone(Child("A", 8, 14)),
        {"adults": 3160, "child": 1428, "common": 1130},
        5718,
    ),
    Case(
        "every other week-end, 4 days: 3 060 x 4/30, and the household is one",
        alone(Child("A", 8, 4)),
        {"adults": 3160, "child": 408, "common": 1020},
        4588,
    ),
    Case(
        "7 days: 2 440 x 7/30 = 569,33",
        alone(Child("A", 4, 7)),
        {"adults": 3160, "child": 569, "common": 1020},
        4749,
    ),
    Case(
        "13 days: 2 180 x 13/30 = 944,67",
        alone(Child("A", 0, 13)),
        {"adults": 3160, "child": 945, "common": 1020},
        5125,
    ),
    Case("no day", alone(Child("A", 8, 0)), {"adults": 3160, "child": 0, "common": 1020}, 4180),
    Case(
        "all the 28 days of February",
        alone(Child("A", 8, 28), month=date(2021, 2, 1)),
        {"adults": 3160, "child": 3060, "common": 1130},
        7350,
    ),
    Case(
        "28 days of March: 3 060 x 28/30",
        alone(Child("A", 8, 28), month=date(2021, 3, 1)),
        {"adults": 3160, "child": 2856, "common": 1130},
        7146,
    ),
    Case(
        "31 days of March",
        alone(Child("A", 8, 31), month=date(2021, 3, 1)),
        {"adults": 3160, "child": 3060, "common": 1130},
        7350,
    ),
    Case(
        "nobody knows how many days",
        alone(Child("A", 8, None)),
        {"adults": 3160, "child": 0, "common": 1130},
        4290,
        ("child",),
    ),
    Case(
        "one child always, one every other week: 3 060 + 1 220, three persons",
        alone(Child("A", 8), Child("B", 5, 15)),
        {"adults": 3160, "child": 3060, "child-2": 1220, "common": 1420},
        8860,
    ),
    # --- People who share a household
    Case("one of four: 1 610/4 = 402,50", alone(others=3), {"adults": 3160, "common": 403}, 3563),
    Case("one of two: 1 130/2", alone(others=1), {"adults": 3160, "common": 565}, 3725),
    Case(
        "a mother and her child with two others: 1 610 x 2/4",
        alone(*aged(8), others=2),
        {"adults": 3160, "child": 3060, "common": 805},
        7025,
    ),
    Case("a couple with one other: 1 420 x 2/3 = 946,67", couple(others=1), {"adults": 5700, "common": 947}, 6647),
    Case("one of nine: (2 270 + 2 x 170)/9 = 290", alone(others=8), {"adults": 3160, "common": 290}, 3450),
    # --- Reasonable costs
    Case("a rent below the highest", alone(costs=(RENT,)), RENTED, 10_180),
    Case("a rent that is the highest", alone(costs=(Cost("housing", 6200),)), {**NORM, "housing": 6200}, 10_380),
    Case(
        "a rent above: the highest, the rest by hand",
        alone(costs=(Cost("housing", 7000),)),
        {**NORM, "housing": 6200},
        10_380,
        ("housing",),
    ),
    Case(
        "a rent for three: the highest for three",
        replace(couple(*aged(8)), costs=(Cost("housing", 7900),)),
        {"adults": 5700, "child": 3060, "common": 1420, "housing": 7800},
        17_980,
        ("housing",),
    ),
    Case(
        "a rent for six: the highest for five and more",
        replace(couple(*aged(8, 8, 8, 8)), costs=(Cost("housing", 9900),)),
        {
            "adults": 5700,
            "child": 3060,
            "child-2": 3060,
            "child-3": 3060,
            "child-4": 3060,
            "common": 2100,
            "housing": 9400,
        },
        29_440,
        ("housing",),
    ),
    Case(
        "insurance, union, unemployment fund and travel",
        alone(
            costs=(
                Cost("home-insurance", 150),
                Cost("union", 230),
                Cost("unemployment-fund", 140),
                Cost("travel", 900),
            )
        ),
        {**NORM, "home-insurance": 150, "union": 230, "unemployment-fund": 140, "travel": 900},
        5600,
    ),
    Case(
        "two bills of electricity have one highest sum",
        alone(costs=(Cost("electricity", 300), Cost("electricity", 300, "once"))),
        {**NORM, "electricity": 300, "electricity-2": 150},
        4630,
        ("electricity-2",),
    ),
    Case(
        "a bill each quarter is counted when it is due",
        alone(costs=(Cost("electricity", 900, "quarter"),)),
        {**NORM, "electricity": 0},
        4180,
        ("electricity",),
    ),
    Case(
        "nobody knows how often it is paid",
        alone(costs=(Cost("electricity", 900, None),)),
        {**NORM, "electricity": 0},
        4180,
        ("electricity",),
    ),
    Case(
        "a rent nobody knows",
        alone(costs=(Cost("housing", None),)),
        {**NORM, "housing": 0},
        4180,
        ("housing",),
    ),
    Case(
        "no highest sums: counted, and judged",
        alone(costs=(Cost("housing", 9000), Cost("union", 230))),
        {**NORM, "housing": 9000, "union": 230},
        13_410,
        ("housing",),
        table=None,
    ),
    Case(
        "above norm is by hand: glasses, dentist, medicine, broadband",
        alone(
            costs=(
                Cost("glasses", 2000, "once"),
                Cost("acute-dental", 1800, "once"),
                Cost("medicine", 120),
                Cost("internet", 300),
            )
        ),
        {**NORM, "glasses": 0, "acute-dental": 0, "medicine": 0, "internet": 0},
        4180,
        ("glasses", "acute-dental", "medicine", "internet"),
    ),
    # --- Incomes
    Case("a salary without job stimulus", salary(5000, frozenset()), {**RENTED, "income-salary": -5000}, 5180),
    Case("job stimulus: 25 % of 5 000 is 1 250", salary(5000), {**RENTED, "income-salary": -3750}, 6430),
    Case("25 % of 5 001 is 1 250,25", salary(5001), {**RENTED, "income-salary": -3751}, 6429),
    Case("25 % of 4 999 is 1 249,75", salary(4999), {**RENTED, "income-salary": -3749}, 6431),
    Case("25 % of 5 002 is 1 250,50", salary(5002), {**RENTED, "income-salary": -3751}, 6429),
    Case(
        "five months are not six",
        salary(5000, rules.months_from(date(2020, 12, 1), date(2021, 4, 1))),
        {**RENTED, "income-salary": -5000},
        5180,
    ),
    Case(
        "the last of 24 months: six until May 2019",
        salary(5000, rules.months_from(date(2018, 12, 1), date(2019, 5, 1))),
        {**RENTED, "income-salary": -3750},
        6430,
    ),
    Case(
        "the month after the 24",
        salary(5000, rules.months_from(date(2018, 11, 1), date(2019, 4, 1))),
        {**RENTED, "income-salary": -5000},
        5180,
    ),
    Case(
        "the partner's salary is by the partner's months",
        replace(
            couple(incomes=(Income("salary", 4000), Income("salary", 4000, "partner"))),
            partner_supported=HALF_A_YEAR,
        ),
        {"adults": 5700, "common": 1130, "income-salary": -4000, "income-salary-2": -3000},
        -170,
    ),
    Case(
        "job stimulus is of employment alone",
        alone(incomes=(Income("unemployment-fund", 3000), Income("swish", 200)), supported=HALF_A_YEAR),
        {**NORM, "income-unemployment-fund": -3000, "income-swish": -200},
        980,
    ),
    Case("a child's own work below the base amount", works(0, 4000), {**YOUTH, "income-child": 0}, 8260),
    Case("up to the base amount", works(55_200, 4000), {**YOUTH, "income-child": 0}, 8260),
    Case("above it: 57 000 + 4 000 - 59 200", works(57_000, 4000), {**YOUTH, "income-child": -1800}, 6460),
    Case("all of it above", works(60_000, 4000), {**YOUTH, "income-child": -4000}, 4260),
    Case(
        "a child's two jobs: 1 000 is left for both",
        alone(
            Child("Kim", 16),
            incomes=(Income("salary", 800, "child", "Kim", 58_200), Income("salary", 700, "child", "Kim", 58_200)),
        ),
        {**YOUTH, "income-child": 0, "income-child-2": -500},
        7760,
    ),
    Case(
        "a base amount that is not verified",
        works(0, 4000),
        {**YOUTH, "income-child": 0},
        8260,
        ("income-child",),
        base_amount=None,
    ),
    Case(
        "child support",
        alone(*aged(8), incomes=(Income("child-support", 1673),)),
        {"adults": 3160, "child": 3060, "common": 1130, "income-child-support": -1673},
        5677,
    ),
    Case("a pending benefit has not come", replace(alone(), pending_from="a-kassan"), {**NORM, "pending": 0}, 4180),
    Case(
        "an income nobody knows",
        alone(incomes=(Income("social-insurance", None),)),
        {**NORM, "income-social-insurance": 0},
        4180,
        ("income-social-insurance",),
    ),
    # --- Assets
    Case("savings", alone(assets=(Asset("savings", 3000),)), {**NORM, "asset-savings": -3000}, 1180),
    Case(
        "a car is judged",
        alone(assets=(Asset("vehicle"), Asset("savings", None))),
        {**NORM, "asset-vehicle": 0, "asset-savings": 0},
        4180,
        ("asset-vehicle", "asset-savings"),
    ),
    # --- All of it
    Case("more than the norm", salary(20_000, frozenset()), {**RENTED, "income-salary": -20_000}, -9820),
    Case(
        "a family: 5 700 + 3 060 + 1 530 + 1 610 + 8 600 + 700 + 200 - 7 500 - 2 650 - 900",
        Situation(
            MAY,
            Household(2, (Child("A", 9), Child("B", 7, 15), Child("C", 13, 0))),
            (Cost("housing", 8600), Cost("electricity", 700), Cost("home-insurance", 260)),
            (Income("salary", 10_000), Income("child-support", 2650)),
            (Asset("savings", 900),),
            supported=HALF_A_YEAR,
        ),
        {
            "adults": 5700,
            "child": 3060,
            "child-2": 1530,
            "child-3": 0,
            "common": 1610,
            "housing": 8600,
            "electricity": 700,
            "home-insurance": 200,
            "income-salary": -7500,
            "income-child-support": -2650,
            "asset-savings": -900,
        },
        10_350,
        ("home-insurance",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_month_comes_to_what_was_counted_by_hand(case: Case) -> None:
    found = worked_out(case.of, table=case.table, base_amount=case.base_amount)
    assert {line.key: line.counts for line in found.lines} == case.lines
    assert found.balance == case.balance
    assert found.support - found.surplus == case.balance
    assert tuple(line.key for line in found.by_hand) == case.by_hand
    assert all(line.words and line.reason and line.law for line in found.lines)


def test_there_are_cases_enough_and_each_adds_up_by_itself() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)
    assert [case.name for case in CASES if sum(case.lines.values()) != case.balance] == []


# --- Reasons and law -------------------------------------------------------------------------------------------------


def reasons(of: Situation) -> dict[str, str]:
    return {line.key: line.reason for line in worked_out(of).lines}


def test_each_line_says_why_in_swedish() -> None:
    said = reasons(
        replace(
            alone(
                Child("A", 8, 4),
                Child("B", 5, 15, lunch_away=True),
                others=1,
                costs=(Cost("housing", 7700), Cost("electricity", 400)),
                incomes=(Income("salary", 5000),),
                supported=HALF_A_YEAR,
            ),
            pending_from="Försäkringskassan",
        )
    )
    assert said["adults"] == "Personliga kostnader för en ensamstående vuxen, riksnormen 2021."
    assert said["child"] == (
        "Personliga kostnader för barn 7–10 år, 3 060 kr. Här 4 dagar av 30. "
        "Räknesättet är kommunernas sed, inte kontrollerat mot någon text. "
        "Mindre än halva tiden: hushållet räknas inte som större."
    )
    assert said["child-2"] == (
        "Personliga kostnader för barn 4–6 år, utan lunch fem dagar i veckan, 2 170 kr. Här 15 dagar av 30. "
        "Räknesättet är kommunernas sed, inte kontrollerat mot någon text."
    )
    assert said["common"] == "Gemensamma hushållskostnader för 3 personer, 1 420 kr. 2 av dem räknas här."
    assert said["housing"] == "Kommunens högsta belopp är 7 000 kr. 700 kr ligger över: bedöms för hand."
    assert said["electricity"] == "Inom kommunens högsta belopp, 600 kr."
    assert said["income-salary"] == "Jobbstimulans: 25 procent av lönen, 1 250 kr, räknas inte."
    assert said["pending"].startswith("Sökt hos Försäkringskassan, men inte kommit")


def test_the_law_is_that_of_the_month() -> None:
    now = alone(
        month=date(2026, 12, 1),
        costs=(Cost("housing", 5000), Cost("glasses", 900)),
        incomes=(Income("salary", 4000), Income("salary", 100, "child", "A"), Income("pension", 1)),
        supported=rules.months_from(date(2026, 6, 1), date(2026, 11, 1)),
    )
    assert {line.key: line.law.removesuffix(" socialtjänstlagen") for line in worked_out(now).lines} == {
        "norm": "12 kap. 7 §",
        "housing": "12 kap. 7 §",
        "glasses": "12 kap. 2 §",
        "income-salary": "12 kap. 8 §",
        "income-child": "12 kap. 9 §",
        "income-pension": "12 kap. 1 §",
    }
    assert {line.law for line in worked_out(alone()).lines} == {"socialtjänstlagen (2001:453), som gällde då"}


# --- What may not be used --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_a_year_that_is_not_verified_works_nothing_out(year: int) -> None:
    with pytest.raises(NormUnverified):
        worked_out(alone(month=date(year, 3, 1)))


@pytest.mark.parametrize("year", [2013, 2020, 2027])
def test_a_year_without_a_row_works_nothing_out(year: int) -> None:
    with pytest.raises(NormMissing):
        worked_out(alone(month=date(year, 1, 1)))


@pytest.mark.parametrize("of", [Household(1, (Child("A", 8),)), Household(2, (Child("A", 8),)), Household(1, others=1)])
def test_where_only_totals_are_verified_no_part_of_them_is_used(of: Household) -> None:
    with pytest.raises(NormUnverified):
        worked_out(Situation(date(2026, 12, 1), of))
