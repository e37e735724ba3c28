"""What her applications come to for a month: the latest one, and what it calls unchanged from those before."""

from datetime import date
from typing import Any
from uuid import UUID

from backend import contract
from backend.calculation import said
from backend.calculation.situation import Asset, Child, Cost, Household, Income
from backend.contract import SendApplication
from tests.backend.stories import MONDAY

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def sent(month: date | None, **answers: Any) -> SendApplication:
    return SendApplication(
        person=UUID(int=1), received_at=MONDAY, language="ar", month=month, attested=True, digest="0", **answers
    )


FIRST = sent(
    NOVEMBER,
    applies_alone=True,
    children=(contract.Child(first_name="Adam", age=8, days=15),),
    housing="rental",
    housing_kronor=6100,
    home_persons=2,
    costs=(contract.Cost(kind="electricity", kronor=400, period="month"),),
    has_income=True,
    incomes=(contract.Income(kind="salary", kronor=3000),),
    pending_benefits=True,
    pending_from="a-kassan",
    asset_kinds=("savings",),
    assets=(contract.Asset(kind="savings", kronor=500),),
)


def test_a_first_application_is_taken_as_it_is_said() -> None:
    found = said.situation([FIRST], NOVEMBER)
    assert found is not None
    assert found.household == Household(1, (Child("Adam", 8, 15),))
    assert found.costs == (Cost("housing", 6100), Cost("electricity", 400))
    assert found.incomes == (Income("salary", 3000),)
    assert found.assets == (Asset("savings", 500),)
    assert found.pending_from == "a-kassan"
    known = said.KnownByHand(supported=frozenset({date(2026, 10, 1)}))
    assert said.left_out([FIRST], NOVEMBER, known) == ()
    of_partner = said.KnownByHand(supported=known.supported, pay=(Income("salary", 4000, "partner"),))
    assert "Partnerns lön" in " ".join(said.left_out([FIRST], NOVEMBER, of_partner))
    (at_work,) = said.left_out([FIRST], NOVEMBER)
    assert "jobbstimulans" in at_work  # with a salary and no month written, it would be counted whole unseen


def test_what_is_unchanged_is_taken_from_before_and_money_is_not() -> None:
    next_ = sent(
        DECEMBER,
        kind="recurring",
        unchanged=("household", "children", "housing", "assets", "reaching"),
        costs=(),
        has_income=False,
        incomes=(),
        pending_benefits=False,
    )
    found = said.situation([FIRST, next_], DECEMBER)
    assert found is not None
    assert found.household.children == (Child("Adam", 8, 15),)
    assert found.costs == (Cost("housing", 6100),)
    assert found.incomes == ()
    assert found.assets == (Asset("savings", 500),)
    assert found.pending_from is None
    assert said.months([FIRST, next_]) == (DECEMBER, NOVEMBER)
    (aged,) = said.left_out([FIRST, next_], DECEMBER)
    assert "fyllt år" in aged  # he was eight a month ago


def test_a_small_child_who_eats_lunch_away_is_said_to_by_the_caseworker() -> None:
    small = contract.Child(first_name="Bo", age=5, days=30)
    home = FIRST.model_copy(update={"children": (*(FIRST.children or ()), small), "incomes": ()})
    assert "lunch" in " ".join(said.left_out([home], NOVEMBER))
    found = said.situation([home], NOVEMBER, said.KnownByHand(lunch_away=frozenset({2})))
    assert found is not None
    assert [child.lunch_away for child in found.household.children] == [False, True]


def test_a_correction_is_what_counts_and_a_single_cost_is_none_of_a_month() -> None:
    corrected = FIRST.model_copy(update={"housing_kronor": 5900})
    single = sent(NOVEMBER, kind="supplementary", costs=(contract.Cost(kind="glasses", kronor=900),))
    found = said.situation([FIRST, corrected, single], NOVEMBER)
    assert found is not None
    assert found.costs[0] == Cost("housing", 5900)
    assert said.situation([FIRST, single], DECEMBER) is None
    assert said.left_out([single], NOVEMBER) == ()


def test_who_lives_with_parents_shares_the_household() -> None:
    home = sent(NOVEMBER, applies_alone=True, children=(), housing="with-parents", housing_kronor=2000, home_persons=5)
    found = said.situation([home], NOVEMBER)
    assert found is not None
    assert found.household.others == 4
    known = said.KnownByHand(others=0)
    found = said.situation([home], NOVEMBER, known)
    assert found is not None
    assert found.household.others == 0


def test_what_is_not_answered_is_named() -> None:
    words = " ".join(said.left_out([sent(NOVEMBER)], NOVEMBER))
    for missing in ("söker ensam", "finns barn", "Boendet", "Kostnaderna", "Inkomsterna", "Tillgångarna"):
        assert missing in words
    unsaid = sent(None, applies_alone=True)
    assert said.left_out([unsaid], NOVEMBER)[0] == "Det är inte sagt vilken månad ansökan gäller."
    assert said.situation([unsaid], DECEMBER) is not None
    two = sent(NOVEMBER, applies_alone=False, children=(), housing="owned", housing_kronor=3000)
    words = " ".join(said.left_out([two], NOVEMBER))
    assert "Partnerns pengar" in words
    assert "amortering" in words
    found = said.situation([two], NOVEMBER)
    assert found is not None
    assert found.household.adults == 2
