"""``imorgon check`` says whether anything is decided without a human, who allowed it, and which law is not verified."""

from datetime import date

from backend.municipalities import Approval, Decisions, found
from backend.municipalities.delegation import Automatic, Delegated, Delegation
from bot.watching import deciding

TOWN = found()["trelleborg"]
ALLOWING = Delegation(
    since=date(2026, 1, 1),
    rows=(Delegated(outcome="bifall", level="caseworker", most_kronor=20_000),),
    automatic=Automatic(
        recorded_by="Nämndsekreteraren", reference="AMN 2026/9", decided_on=date(2026, 1, 2), most_kronor=9_000
    ),
    source="the test's own",
    status="example",
)


def test_it_is_off_and_said_who_allowed_it_where_it_is_not() -> None:
    assert [one.words for one in deciding.found(TOWN, demo=True)] == [
        "Decisions in Trelleborgs kommun: a human signs each."
    ]
    on = TOWN.model_copy(update={"decisions": Decisions(automatic="unchanged-renewals"), "delegation": (ALLOWING,)})
    (made_up,) = deciding.found(on, demo=False)
    assert made_up.wrong
    allowed, law = deciding.found(on, demo=True)
    assert not allowed.wrong
    assert "up to 9000 kr are automatic (AMN 2026/9, 2026-01-02, recorded by Nämndsekreteraren)" in allowed.words
    assert law.words.endswith("28 § förvaltningslagen (2017:900), 6 kap. 37 § kommunallagen (2017:725).")


def test_an_approval_from_before_a_sentence_was_written_is_said_not_to_hold() -> None:
    assert ", approved: sv 2026-11-27. " in deciding.approved(TOWN).words
    older = TOWN.model_copy(
        update={"approved_texts": {"ar": Approval(approved_by="Chefen", approved_on=date(2026, 11, 23))}}
    )
    words = deciding.approved(older).words
    assert "ar 2026-11-23 (not what was written since: decision, single-cost, automatic)" in words
