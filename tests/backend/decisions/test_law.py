"""The law a decision quotes: of its day, and nothing that is not verified."""

from datetime import date

from backend.decisions import law
from backend.decisions.texts import REASONS, REASONS_OF, RESTS_ON, about

NEW, OLD = date(2025, 7, 1), date(2025, 6, 30)


def test_the_law_that_is_quoted_is_that_of_the_day() -> None:
    assert law.quoted(("support",), NEW) == ("12 kap. 1 § socialtjänstlagen (2025:400)",)
    before = law.in_force("support", OLD)
    assert before is not None
    assert before.words == "4 kap. 1 § socialtjänstlagen (2001:453)"


def test_nothing_that_is_not_verified_is_quoted() -> None:
    assert law.quoted(("support",), OLD) == ()
    assert law.quoted(("not-tried",), NEW) == ()
    quotable = {row.words for row in law.rows() if row.status == "verified"}
    for row in law.rows():
        assert set(law.quoted((row.about,), row.since)) <= quotable


def test_of_what_a_decision_rests_on_one_row_is_in_force_at_a_time() -> None:
    for one in law.rows():
        others = [row for row in law.rows() if row.about == one.about and row is not one]
        assert not any(row.holds(one.since) for row in others)


def test_every_reason_has_its_law_and_its_outcome() -> None:
    assert set(RESTS_ON) == set(REASONS)
    assert {reason for reasons in REASONS_OF.values() for reason in reasons} == set(REASONS)
    assert about("bifall", ()) == ("support",)
    assert about("delavslag", ("cost-too-high", "other-benefit")) == ("support", "reasonable-cost")
    assert about("avslag", ("not-at-disposal",)) == ("labour-market",)
    assert about("avvisning", ("incomplete",)) == ("not-tried",)
