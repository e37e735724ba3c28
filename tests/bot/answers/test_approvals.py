"""An approval is of the sentence that was read, in one language, and of no other."""

import itertools
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from backend.contract import Hours, OpenFor, Opening, Place
from bot.answers import answers, is_approved, mark, may_be_said, of_law
from bot.answers import approvals as approving
from bot.leaving.kinds import KINDS
from bot.text import in_sms_alphabet, languages, render, segments
from tests.bot.talker import MONDAY, POLICY

OPEN = POLICY.model_copy(
    update={
        "opening_hours": tuple(
            Hours(weekday=day, opens="08:00", closes="16:30" if day < 4 else "15:00") for day in range(5)
        ),
        "closed_afternoons": (4,),
        "openings": tuple(
            Opening(kind=kind, day=date(2026, 12, 31), opens="13:00", closes="15:30", place="Exempelgatan 4")
            for kind in get_args(OpenFor)
        ),
        "places": (Place(address="Exempelgatan 4", bus_stop="Exempeltorget"),),
    }
)
"""A week of two kinds of days, and everything that one may come to, far ahead: the longest that is said of it."""
PRODUCTION = POLICY.model_copy(update={"unapproved_answers": False})


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another file of approvals."""
    monkeypatch.setattr(approving, "FILE", tmp_path / "approved.toml")
    approving._approvals.cache_clear()
    yield tmp_path / "approved.toml"
    approving._approvals.cache_clear()


def given(file: Path, read: str) -> None:
    file.write_text(
        f'[police.sv]\napproved_by = "Kommunjuristen (exempel)"\napproved_on = 2026-12-01\nread = "{read}"\n', "utf-8"
    )


def test_what_was_read_is_approved_and_no_other_language(file: Path) -> None:
    police = answers()["police"]
    given(file, mark(police, "sv"))
    assert may_be_said(police, "sv", PRODUCTION)
    assert not may_be_said(police, "en", PRODUCTION)
    assert not may_be_said(answers()["debts"], "sv", PRODUCTION)


def test_a_sentence_that_was_changed_since_is_not_approved(file: Path) -> None:
    given(file, "0" * 12)
    assert not is_approved(answers()["police"], "sv")


def test_only_what_states_the_law_waits_for_an_approval() -> None:
    assert {one.name for one in of_law()} > {"migration", "take-children", "permit", "police", "pay-back"}
    for answer in answers().values():
        assert may_be_said(answer, "sv", PRODUCTION) is (not answer.law or is_approved(answer, "sv"))
        assert may_be_said(answer, "ar", POLICY)


@pytest.mark.parametrize("language", languages())
def test_an_answer_keeps_the_budget_of_a_reply_and_promises_no_sum(language: str) -> None:
    for answer, policy, hour in itertools.product(answers().values(), (POLICY, OPEN), (9, 23)):
        said = render(answer.said(policy, MONDAY.replace(hour=hour)), language, plain=True)
        assert segments(said) <= KINDS["reply"].segments[0 if in_sms_alphabet(language) else 1], said
        assert "{" not in said
        assert " kr" not in said
