"""What may be granted without a human: a renewal in which nothing is different; each deviation alone is for a human."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.automatic.rules import (
    FACTS,
    IN_SWEDISH,
    Applied,
    Checked,
    Counted,
    Decided,
    ForAHuman,
    Grant,
    Known,
    Why,
    in_one_line,
    judge,
)
from backend.automatic.same import OF_THE_SENDING
from backend.calculation.lines import Calculation, Line
from backend.contract import (
    ApplicationKind,
    AppliedFor,
    Asset,
    Child,
    Cost,
    Debt,
    Income,
    Partner,
    SealedAnswer,
    Section,
    SendApplication,
    Vehicle,
)
from backend.municipalities.delegation import Automatic

HER = UUID(int=7)
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
APPLIED = datetime(2026, 11, 27, 9, tzinfo=UTC)
SIGNED = datetime(2026, 10, 29, 13, tzinfo=UTC)
ALL: tuple[Section, ...] = get_args(Section)
ELECTRICITY = Cost(kind="electricity", kronor=300, period="month", receipt=True, applies_to="applicant")
RENT = Line("housing", "cost", "Boende", 5850, "Inom kommunens högsta belopp, 6 200 kr.", "12 kap. 1 §", said=5850)


def sent(kind: ApplicationKind, month: date, at: datetime, **answers: Any) -> SendApplication:
    given: dict[str, Any] = {
        "stays_here": True,
        "cost_kinds": ("electricity",),
        "costs": (ELECTRICITY,),
        "has_income": True,
        "incomes": (Income(kind="child-support", kronor=1000, day=20),),
        "pending_benefits": False,
        "planning": "sfi",
        "sfi_course": "B",
        "sfi_path": "1",
        **answers,
    }
    return SendApplication(
        person=HER, received_at=at, language="so", kind=kind, month=month, attested=True, digest="0" * 64, **given
    )


FIRST = sent(
    "new",
    NOVEMBER,
    SIGNED - timedelta(days=2),
    applies_alone=True,
    children=(),
    housing="rental",
    housing_kronor=5850,
    asset_kinds=(),
    assets=(),
    worked_last_year=False,
    plans="Lära mig svenska.",
)
NEXT = sent(
    "recurring",
    DECEMBER,
    APPLIED,
    unchanged=ALL,
    # The household is as it was, so nobody asked whose it is.
    costs=(ELECTRICITY.model_copy(update={"applies_to": None}),),
)


def counts(month: date, *lines: Line) -> Calculation:
    return Calculation(month, "regeringen.se", lines or (RENT,))


ALLOWED = Automatic(recorded_by="Nämndsekreteraren", reference="AMN 2026/9", decided_on=OCTOBER, most_kronor=20_000)
BEFORE = Decided(
    kind="bifall",
    month=NOVEMBER,
    kronor=5850,
    single_cost=False,
    automatic=False,
    signed_at=SIGNED,
    counted=Counted(counts(NOVEMBER), UUID(int=1), plain=True),
)
KNOWN = Known(
    allowed=ALLOWED,
    applications=(Applied(UUID(int=1), FIRST), Applied(UUID(int=2), NEXT)),
    before=BEFORE,
    complete_at=APPLIED + timedelta(hours=1),
    controls=(Checked(made=True, same=True), Checked(made=True, same=True)),
    calculation=counts(DECEMBER),
    facts=dict.fromkeys(FACTS, False),
)


def now(**answers: Any) -> Callable[[Known], Known]:
    """The renewal, saying something else."""
    return lambda known: replace(
        known,
        applications=(
            *known.applications[:-1],
            *(replace(one, sent=one.sent.model_copy(update=answers)) for one in known.applications[-1:]),
        ),
    )


def earlier(**answers: Any) -> Callable[[Known], Known]:
    """The month before, saying something else."""
    return lambda known: replace(
        known,
        applications=(
            *(replace(one, sent=one.sent.model_copy(update=answers)) for one in known.applications[:1]),
            *known.applications[1:],
        ),
    )


def latest(**about: Any) -> Callable[[Known], Known]:
    return lambda known: replace(
        known,
        applications=(
            *known.applications[:-1],
            *(replace(one, **about) for one in known.applications[-1:]),
        ),
    )


def before(**changes: Any) -> Callable[[Known], Known]:
    return lambda known: replace(known, before=replace(known.before or BEFORE, **changes))


def known(**changes: Any) -> Callable[[Known], Known]:
    return lambda known: replace(known, **changes)


def counted(*, plain: bool = True, application: int = 1, **line: Any) -> Callable[[Known], Known]:
    saved = Counted(counts(NOVEMBER, replace(RENT, **line)), UUID(int=application), plain=plain)
    return before(counted=saved)


def another(**answers: Any) -> Callable[[Known], Known]:
    """One more application, between the two."""
    more = NEXT.model_copy(update={"received_at": APPLIED - timedelta(hours=1), **answers})
    return lambda known: replace(
        known,
        applications=(*known.applications[:-1], Applied(UUID(int=3), more), *known.applications[-1:]),
    )


Break: TypeAlias = tuple[Why, Callable[[Known], Known]]
BREAKS: list[Break] = [
    ("not-allowed", known(allowed=None)),
    # It is no renewal of what a human granted in full.
    ("not-granted-before", known(before=None)),
    ("not-granted-before", before(kind="delavslag")),
    ("not-granted-before", before(kind="avslag", kronor=None)),
    ("not-granted-before", before(kronor=None)),
    ("not-granted-before", before(automatic=True)),
    ("not-granted-before", before(single_cost=True)),
    ("not-renewal", known(applications=())),
    ("not-renewal", before(month=OCTOBER)),
    ("not-renewal", before(month=DECEMBER)),
    ("not-renewal", before(signed_at=APPLIED + timedelta(minutes=1))),
    ("not-renewal", now(kind="new")),
    ("not-renewal", now(kind="supplementary")),
    ("not-renewal", now(month=date(2027, 1, 1))),
    ("not-renewal", now(attested=False)),
    ("not-renewal", now(received_at=APPLIED + timedelta(days=60))),
    ("several", now(corrects=UUID(int=1))),
    ("several", another()),
    ("several", another(kind="supplementary")),
    ("flagged", latest(flagged=True)),
    # She is one, known, and nothing is between us.
    ("two", latest(joint=True)),
    ("two", earlier(applies_alone=False)),
    ("two", earlier(applies_alone=None)),
    ("two", earlier(partner=Partner())),
    *((fact, known(facts={**KNOWN.facts, fact: True})) for fact in FACTS),
    *((fact, known(facts={one: False for one in FACTS if one != fact})) for fact in FACTS),
    # Something is otherwise than the month before.
    *(("section", now(unchanged=tuple(one for one in ALL if one != section))) for section in ALL),
    ("unsaid", now(unchanged=())),
    ("cost", now(costs=(ELECTRICITY.model_copy(update={"kronor": 301}),))),
    ("cost", now(costs=(ELECTRICITY, Cost(kind="glasses", kronor=900, period="once")))),
    ("cost", now(costs=None)),
    ("income", now(incomes=(Income(kind="child-support", kronor=1001, day=20),))),
    ("income", now(has_income=False, incomes=())),
    ("occupation", now(applied_for=(AppliedFor(title="Städare"),))),
    ("occupation", now(planning="job-seeking")),
    ("other", now(language="ar")),
    ("other", now(lived_on="Sparade pengar")),
    # Something is open, secret, or takes a human.
    ("unsaid", now(later=("cost_kronor",))),
    ("unsaid", now(planning=None)),
    ("unsaid", earlier(children=None)),
    ("unsaid", earlier(housing="owned")),
    ("unsaid", earlier(housing="sublet")),
    ("secret", now(sealed=(SealedAnswer(run=HER, question="account", jwe="x"),))),
    ("away", now(stays_here=False)),
    ("away", now(stays_here=None)),
    ("pending", now(pending_benefits=True)),
    ("pending", now(pending_benefits=None)),
    ("children", earlier(children=(Child(age=6, days=30),))),
    ("pay", now(incomes=(Income(kind="salary", kronor=900),))),
    ("sick-leave", lambda one: now(planning="sick-leave")(earlier(planning="sick-leave")(one))),
    ("work", lambda one: now(planning="job-seeking")(earlier(planning="job-seeking")(one))),
    ("work", lambda one: now(planning="work")(earlier(planning="work")(one))),
    ("not-complete", known(complete_at=None)),
    ("not-complete", known(complete_at=APPLIED - timedelta(seconds=1))),
    ("controls", known(controls=())),
    ("controls", known(controls=(Checked(made=True, same=True), Checked(made=False, same=True)))),
    ("controls", known(controls=(Checked(made=True, same=False),))),
    # It does not come to the same by rule alone.
    ("norm", known(calculation=None)),
    ("by-hand", known(calculation=counts(DECEMBER, replace(RENT, by_hand=True)))),
    ("counts-otherwise", known(calculation=counts(DECEMBER, replace(RENT, kronor=5851)))),
    ("counts-otherwise", known(calculation=counts(DECEMBER, replace(RENT, said=6000)))),
    ("counts-otherwise", known(calculation=counts(DECEMBER, RENT, replace(RENT, key="housing-2", kronor=0)))),
    ("counts-otherwise", known(calculation=counts(NOVEMBER))),
    ("counts-otherwise", before(kronor=5849)),
    ("counted-by-hand-before", before(counted=None)),
    ("counted-by-hand-before", counted(plain=False)),
    ("counted-by-hand-before", counted(application=9)),
    ("counted-by-hand-before", counted(kronor=5849)),
    ("counted-by-hand-before", counted(by_hand=True)),
    ("counted-by-hand-before", counted(calculated=5800, because="Hyran höjs.")),
    ("beyond", known(allowed=ALLOWED.model_copy(update={"most_kronor": 5849}))),
]


def test_where_nothing_is_different_it_is_granted_in_full() -> None:
    assert judge(KNOWN) == Grant(5850, DECEMBER, UUID(int=2))
    # In which order she named things, and that a first application says more, is no deviation.
    two = (ELECTRICITY, Cost(kind="union", kronor=300, period="month"))
    kinds = ("electricity", "union")
    reordered = now(costs=two[::-1], cost_kinds=kinds[::-1])(earlier(costs=two, cost_kinds=kinds)(KNOWN))
    assert isinstance(judge(reordered), Grant)
    assert isinstance(judge(now(worked_last_year=False)(KNOWN)), Grant)


@pytest.mark.parametrize(("why", "break_"), BREAKS, ids=[f"{number}-{why}" for number, (why, _) in enumerate(BREAKS)])
def test_each_deviation_alone_is_for_a_human(why: Why, break_: Callable[[Known], Known]) -> None:
    verdict = judge(break_(KNOWN))
    assert isinstance(verdict, ForAHuman)
    assert why in verdict.why


def test_every_reason_is_tried_and_said_in_words() -> None:
    assert {why for why, _ in BREAKS} == set(IN_SWEDISH)
    assert in_one_line(("held",)) == "en handläggare har sagt att en människa beslutar"
    assert in_one_line(("held", "task", "norm", "beyond")).endswith("inte kontrollerad; och 1 skäl till")


def test_of_nobody_anything_is_known() -> None:
    verdict = judge(Known())
    assert isinstance(verdict, ForAHuman)
    assert verdict.why[0] == "not-allowed"


@given(st.lists(st.sampled_from(BREAKS), min_size=1, max_size=6))
def test_no_deviations_together_make_one_that_may_be_granted(breaks: list[Break]) -> None:
    broken = KNOWN
    for _, break_ in breaks:
        broken = break_(broken)
    # What undoes itself (a second break of the same place) ends where the last one left it: still a deviation.
    assert isinstance(judge(broken), ForAHuman)


ANOTHER: dict[str, object] = {
    "language": "uk",
    "applies_alone": True,
    "partner": Partner(),
    "children": (Child(age=4),),
    "housing": "lodger",
    "owned_form": "flat",
    "housing_kronor": 5851,
    "rooms": 2,
    "home_persons": 2,
    "rent_debt": True,
    "debts": (Debt(kind="rent"),),
    "cost_kinds": ("travel",),
    "costs": (),
    "has_income": False,
    "incomes": (),
    "pending_benefits": True,
    "pending_from": "CSN",
    "asset_kinds": ("savings",),
    "assets": (Asset(kind="savings", kronor=1),),
    "vehicles": (Vehicle(kind="car"),),
    "planning": "other",
    "registered_jobseeker": True,
    "sick_certificate": True,
    "sick_level": 50,
    "sfi_course": "C",
    "sfi_path": "2",
    "applied_for": (AppliedFor(title="Städare"),),
    "worked_last_year": True,
    "lived_on": "Lån",
    "plans": "Annat",
    "interpreter_language": "so",
    "contact_by": ("call",),
    "email": "a@b.example",
    "may_ask": ("care",),
}
"""Every answer there is, otherwise than she gave it: a new question is written here, and thought of in ``same``."""


def test_every_answer_that_is_otherwise_is_for_a_human() -> None:
    assert set(ANOTHER) == set(SendApplication.model_fields) - OF_THE_SENDING
    for name, said in ANOTHER.items():
        assert isinstance(judge(now(**{name: said})(KNOWN)), ForAHuman), name
