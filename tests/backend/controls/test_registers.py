"""What differs between an application and a register: each register by itself, without database or net."""

from datetime import date
from typing import Any, get_args
from uuid import UUID

import pytest

from backend import settings
from backend.applications import unchanged
from backend.contract import Child, Income, Section, SendApplication, Vehicle
from backend.controls.registers import registers
from tests.backend.stories import MONDAY


def sent(**answers: Any) -> SendApplication:
    given = {
        "person": UUID(int=1),
        "received_at": MONDAY,
        "language": "ar",
        "attested": True,
        "digest": "0" * 64,
        **answers,
    }
    return SendApplication.model_validate(given)


@pytest.mark.parametrize(
    ("name", "answers", "facts", "differs"),
    [
        ("kir", {"home_persons": 2}, {"registered_here": True, "household": 2}, []),
        ("kir", {"home_persons": 2}, {"registered_here": False, "household": 3}, ["not-here", "household"]),
        ("kir", {"children": (Child(age=4),)}, {"registered_here": True, "children": 0}, ["children"]),
        ("kir", {"applies_alone": True}, {"registered_here": True, "civil_status": "married"}, ["civil-status"]),
        ("kir", {}, {"registered_here": True, "household": 3}, []),  # what she has not said differs from nothing
        ("bilreg", {"vehicles": (Vehicle(kind="car"),)}, {"vehicles": [{"kind": "car"}]}, []),
        ("bilreg", {"vehicles": ()}, {"vehicles": [{"kind": "car"}]}, ["not-said"]),
        ("bilreg", {"vehicles": (Vehicle(kind="moped"), Vehicle(kind="boat"))}, {"vehicles": []}, ["not-found"]),
        ("ssbtek", {}, {"payments": [{"kind": "pension", "kronor": 900}]}, ["not-said"]),
        (
            "ssbtek",
            {"incomes": (Income(kind="social-insurance", kronor=3000), Income(kind="salary", kronor=10))},
            {"payments": [{"kind": "social-insurance", "kronor": 3100}], "pending": True},
            ["amount", "pending"],
        ),
        ("ssbtek", {"incomes": (Income(kind="student-aid", kronor=5),)}, {"payments": []}, ["not-found"]),
        ("labour-market", {"planning": "job-seeking"}, {"enrolled": False}, ["not-enrolled"]),
        ("labour-market", {"planning": "sfi"}, {"enrolled": False, "follows_plan": False, "absences": 2},
         ["plan", "absence"]),
    ],
)  # fmt: skip
def test_what_differs_is_said_in_the_registers_own_words(
    name: str, answers: dict[str, Any], facts: dict[str, Any], differs: list[str]
) -> None:
    register = next(one for one in registers().values() if one.name == name)
    assert register.facts is not None
    assert register.compare is not None
    found = register.compare(sent(**answers), register.facts.model_validate(facts))
    assert [one.key for one in found] == differs
    assert set(differs) <= set(register.may_differ)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("bilreg", {"vehicles": [{"kind": "car"}]}),
        ("kir", {"registered_here": True, "household": 3, "children": 1, "civil_status": "married"}),
        ("ssbtek", {"payments": [{"kind": "pension", "kronor": 900}]}),
    ],
)
def test_what_she_calls_unchanged_differs_from_nothing_and_a_single_cost_says_nothing(
    name: str, facts: dict[str, Any]
) -> None:
    first = sent(
        month=date(2026, 11, 1),
        applies_alone=False,
        children=(Child(age=4),),
        home_persons=3,
        vehicles=(Vehicle(kind="car"),),
        incomes=(Income(kind="pension", kronor=900),),
    )
    sections = ("household", "children", "housing", "assets", "reaching")
    december = {"month": date(2026, 12, 1), "incomes": first.incomes}
    next_ = sent(kind="recurring", unchanged=sections, **december)
    third = sent(kind="recurring", unchanged=sections, **december)
    glasses = sent(kind="supplementary", month=date(2026, 12, 1))
    stands = unchanged.as_it_stands([first, next_, third, glasses])
    register = next(one for one in registers().values() if one.name == name)
    assert stands is not None
    assert stands.month == date(2026, 12, 1)
    assert register.compare is not None
    assert register.facts is not None
    assert register.compare(stands, register.facts.model_validate(facts)) == ()


def test_every_section_that_may_be_unchanged_has_its_answers() -> None:
    assert set(unchanged._OF) == set(get_args(Section))
    assert {name for names in unchanged._OF.values() for name in names} <= set(SendApplication.model_fields)


def test_every_register_with_a_service_can_be_set() -> None:
    with_service = tuple(name for name, one in registers().items() if one.facts is not None)
    assert with_service == settings._REGISTERS


def test_a_new_application_alone_needs_the_basic_inquiry() -> None:
    assert [name for name, one in registers().items() if one.new_only] == ["basic-inquiry"]
