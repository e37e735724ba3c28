"""An application put together from answers that were given by the names of its questions, as a desk has them.

The half that talks puts its own together as it asks. Here nobody asks in turn: answers off the way (a partner's name of
somebody who applies alone) are left out, as there. A test holds both to the same application for the same answers.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from backend.applications import choosing
from backend.contract import SendApplication
from backend.errors import Invalid

Answers = Mapping[str, Any]
"""Meanings, by the name of the question, and of what is asked several times by ``name#which``. Left out: not asked, or
left to the meeting."""

_SCHOOL_DECIDES = 16
_FROM_WORK = frozenset({"salary"})
"""An unemployment fund pays for long after the last day of work."""


def put_together(answers: Answers, said_on: date, **given: Any) -> SendApplication:
    """The application these answers make; ``given``: what is no answer. ``said_on``: the day "this month" was said.

    Raises Invalid for what no question of ours takes.
    """
    try:
        return SendApplication.model_validate(
            {
                **_household(answers, said_on),
                **_home(answers),
                **_costs(answers),
                **_money(answers),
                **_belongings(answers),
                **_planning(answers),
                "contact_by": answers.get("contact_by"),
                "email": answers.get("email") if "email" in (answers.get("contact_by") or ()) else None,
                "may_ask": without_none(answers.get("may_ask")),
                **given,
            }
        )
    except ValidationError as wrong:
        # Only where it went wrong: what was written is nobody else's.
        raise Invalid(fields=[".".join(map(str, error["loc"])) for error in wrong.errors()]) from None


def without_none(chosen: Any) -> list[str] | None:
    """What was chosen of several, less the choice that says that nothing was."""
    return None if chosen is None else [one for one in chosen if one != "none"]


def items(answers: Answers, *names: str) -> list[str]:
    """Which items of a list have an answer, in their order."""
    found = {which for key in answers for name, _, which in [key.partition("#")] if name in names and which}
    return sorted(found, key=lambda which: (len(which), which))


def month_of(meaning: str, said_on: date) -> date:
    """Which month "this" or "next" was on the day it was said, as its first day."""
    this = choosing.first_of(said_on)
    return this if meaning == "this" else choosing.after(this)


def _household(answers: Answers, said_on: date) -> dict[str, Any]:
    alone = answers.get("applies_alone")
    partner = None
    if alone is False:
        does = answers.get("partner_planning")
        partner = {
            "first_name": answers.get("partner_name") or "",
            "planning": does,
            "worked_last_year": _worked(answers.get("partner_worked_last_year"), works=does == "work"),
        }
    month = answers.get("month")
    has_children = answers.get("has_children")
    return {
        "applies_alone": alone,
        "partner": partner,
        "month": None if month is None else month_of(month, said_on),
        "stays_here": answers.get("stays_here"),
        "children": None if has_children is None else _children(answers) if has_children else (),
    }


def _children(answers: Answers) -> list[dict[str, Any]]:
    return [
        {
            "first_name": answers.get(f"child_name#{which}") or "",
            "age": (age := answers.get(f"child_age#{which}")),
            "days": answers.get(f"child_days#{which}"),
            "school": answers.get(f"child_school#{which}") if age is not None and age >= _SCHOOL_DECIDES else None,
        }
        for which in items(answers, "child_name", "child_age", "child_days", "child_school")
    ]


def _home(answers: Answers) -> dict[str, Any]:
    housing = answers.get("housing")
    if housing in (None, "none"):
        return {"housing": housing}
    return {
        "housing": housing,
        "owned_form": answers.get("owned_form") if housing == "owned" else None,
        "housing_kronor": answers.get("housing_kronor"),
        "rooms": answers.get("rooms"),
        "home_persons": answers.get("home_persons"),
    }


def _costs(answers: Answers) -> dict[str, Any]:
    kinds = without_none(answers.get("cost_kinds"))
    if kinds is None:
        return {}
    others = answers.get("applies_alone") is False or bool(answers.get("has_children") and _children(answers))
    # Which care it is stands in the place of "care", unless it waits for the meeting.
    care = answers.get("care_kinds") or ["care"]
    each = [one for kind in kinds for one in (care if kind == "care" else [kind])]
    return {"cost_kinds": kinds, "costs": [_cost(answers, one, for_others=others) for one in each]}


def _cost(answers: Answers, kind: str, *, for_others: bool) -> dict[str, Any]:
    if kind == "care":
        return {"kind": kind}
    return {
        "kind": kind,
        "kronor": answers.get(f"cost_kronor#{kind}"),
        "period": answers.get(f"cost_period#{kind}"),
        "receipt": answers.get(f"cost_receipt#{kind}"),
        "applies_to": answers.get(f"cost_for#{kind}") if for_others else "applicant",
        "description": answers.get("cost_other#other") if kind == "other" else None,
    }


def _money(answers: Answers) -> dict[str, Any]:
    has_income, pending = answers.get("has_income"), answers.get("pending_benefits")
    incomes = [
        {"kind": kind, "kronor": answers.get(f"income_kronor#{kind}"), "day": answers.get(f"income_day#{kind}")}
        for kind in (answers.get("income_kinds") or () if has_income else ())
    ]
    return {
        "has_income": has_income,
        "incomes": None if has_income is None else incomes,
        "pending_benefits": pending,
        "pending_from": answers.get("pending_from") if pending else None,
    }


def _belongings(answers: Answers) -> dict[str, Any]:
    kinds, unpaid = without_none(answers.get("asset_kinds")), without_none(answers.get("debt_kinds"))
    vehicles = [
        {"kind": answers.get(f"vehicle_kind#{which}"), "bought": answers.get(f"vehicle_bought#{which}")}
        for which in items(answers, "vehicle_kind", "vehicle_bought")
    ]
    return {
        "asset_kinds": kinds,
        "assets": None
        if kinds is None
        else [
            {"kind": kind, "kronor": None if kind == "vehicle" else answers.get(f"asset_kronor#{kind}")}
            for kind in kinds
        ],
        "vehicles": None if kinds is None else vehicles if "vehicle" in kinds else (),
        "debts": None
        if unpaid is None
        else [{"kind": kind, "kronor": answers.get(f"debt_kronor#{kind}")} for kind in unpaid],
        "rent_debt": None if unpaid is None else bool({"rent", "electricity"} & set(unpaid)),
    }


def _planning(answers: Answers) -> dict[str, Any]:
    does = answers.get("planning")
    steps = without_none(answers.get("work_steps")) if does == "job-seeking" else None
    level = answers.get("sick_level") if does == "sick-leave" else None
    course = answers.get("sfi_course") if does == "sfi" else None
    path = answers.get("sfi_path") if course not in (None, "waiting") else None
    incomes = answers.get("income_kinds") or () if answers.get("has_income") else ()
    works = does == "work" or bool(_FROM_WORK & set(incomes))
    jobs = [
        {
            "title": answers.get(f"job_title#{which}"),
            "employer": answers.get(f"job_employer#{which}"),
            "when": answers.get(f"job_when#{which}"),
        }
        for which in items(answers, "job_title", "job_employer", "job_when")
    ]
    return {
        "planning": does,
        "registered_jobseeker": None if steps is None else "registered" in steps,
        "applied_for": None if steps is None else jobs if "applied" in steps else (),
        "sick_level": None if level is None else int(level),
        "sick_certificate": answers.get("sick_certificate") if does == "sick-leave" else None,
        "sfi_course": course,
        "sfi_path": None if path == "unknown" else path,
        "worked_last_year": _worked(answers.get("worked_last_year"), works=works),
        "lived_on": answers.get("lived_on"),
        "plans": answers.get("plans") if does in ("sfi", "other") else None,
    }


def _worked(said: bool | None, *, works: bool) -> bool | None:
    """What she said stands, since it was read to her; who was not asked has worked where the rest says so."""
    return True if said is None and works else said
