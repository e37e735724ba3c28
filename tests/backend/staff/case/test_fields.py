"""Every field of a first application is carried over by the name that the case systems use."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.contract import (
    AppliedFor,
    Asset,
    Child,
    Cost,
    Debt,
    Income,
    Partner,
    SendApplication,
    Vehicle,
)
from backend.staff.case.fields import fields
from tests.backend.stories import MONDAY

KNOWN = json.loads((Path(__file__).parents[3] / "data" / "application_fields.json").read_text("utf-8"))["fields"]

EVERYTHING = SendApplication(
    person=UUID(int=1),
    received_at=MONDAY,
    language="ar",
    applies_alone=False,
    partner=Partner(first_name="Sam", planning="studies", worked_last_year=False),
    month=date(2026, 12, 1),
    stays_here=True,
    children=(
        Child(first_name="Nour", age=17, days=30, school="Bäckaskolan"),
        Child(first_name="Ali", age=9, days=15),
        Child(age=3, days=4),
    ),
    housing="owned",
    owned_form="house",
    housing_kronor=5850,
    rooms=3,
    home_persons=5,
    debts=(Debt(kind="rent", kronor=2000), Debt(kind="electricity"), Debt(kind="union"), Debt(kind="childcare")),
    costs=(
        Cost(kind="electricity", kronor=420, period="month", receipt=True, applies_to="all"),
        Cost(kind="acute-dental", kronor=900, period="once", receipt=False, applies_to="child"),
        Cost(kind="other", description="bussen"),
    ),
    has_income=True,
    incomes=(Income(kind="salary", kronor=4200, day=31), Income(kind="student-aid", kronor=100)),
    pending_benefits=True,
    asset_kinds=("savings", "vehicle"),
    assets=(Asset(kind="savings", kronor=100), Asset(kind="vehicle")),
    vehicles=(Vehicle(kind="car", bought=2015), Vehicle(kind="boat")),
    planning="sick-leave",
    sick_level=50,
    sfi_course="B",
    sfi_path="2",
    applied_for=(AppliedFor(title="städare", employer="ISS, Trelleborg", when="20 november"),),
    worked_last_year=True,
    lived_on="lön",
    plans="arbeta igen",
    interpreter_language="ar",
    contact_by=("text", "email"),
    email="kim@example.org",
    attested=True,
    digest="0" * 64,
)

ELSEWHERE = {
    "normType": "chosen by the caseworker",
    "lastName": "seen in the population register",
    "paymentMethod": "secret: the account is no part of what is sent open",
    "clearing": "secret",
    "account": "secret",
    "paymentSameAsPrevious": "nothing was paid before a first application",
    "phone": "the person's telephone stands in the case",
    "regnr": "secret",
    "CIVILSTATUS": "as maritalStatus",
    "FOREIGNCITIZEN": "secret",
    "RESIDENCEPERMITTYPE": "secret",
    "DATE": "secret",
    "ISPARTTIMECHILD": "as residenceExtent",
    "PARTTIMECHILDDAYS": "as daysInHome",
    "ALTERNATELYWITHPARENTS": "as residenceExtent",
    "REGISTEREDATHOUSEHOLDADDRESS": "seen in the population register",
}
"""Fields that are no answer here, and why."""


def sent(application: SendApplication) -> dict[str, str]:
    return dict(fields(application))


def test_every_field_of_a_new_application_is_carried_over_or_known_to_be_elsewhere() -> None:
    carried = {part for name in sent(EVERYTHING) for part in re.split(r"\W+", name)}
    asked = [one for one in KNOWN if "NEW" in one["application_types"] and one["section"] != "attestation"]
    names = [
        part
        for one in asked
        if not one["section"].startswith(("items", "debt", "co-applicant"))
        for part in re.findall(r"[A-Za-z]\w+", re.sub(r"\([^)]*\)", "", one["field"]))
    ]
    assert len(names) > 40
    ours = {"BANK_ACCOUNT", "OTHER", "per", "person", "place", "role"}
    missing = {name for name in names if name not in carried and name not in ELSEWHERE and name not in ours}
    assert missing == set()


def test_values_are_those_of_the_case_systems() -> None:
    carried = sent(EVERYTHING)
    assert (carried["maritalStatus"], carried["periodChoice"]) == ("COHABITING", "NEXT_MONTH")
    assert [carried[f"children[{n}].residenceExtent"] for n in range(3)] == ["FULL_TIME", "HALF_TIME", "OTHER"]
    assert (carried["housingForm"], carried["rooms"]) == ("OWNED_HOUSE", "3")
    assert (carried["incomes[0].type"], carried["incomes[0].date"]) == ("SALARY", "2026-12-31")
    # A benefit comes to staff from SSBTEK.
    assert carried["incomes[1].type"] == "OTHER_INCOME"
    assert (carried["costs[0].type"], carried["costs[0].amount"]) == ("RENT", "5850")
    assert (carried["costs[2].type"], carried["costs[2].receipt"]) == ("ACUTE_DENTAL", "false")
    assert (carried["assets[1].type"], carried["assets[1].vehicle"]) == ("VEHICLE", "CAR")
    assert (carried["plannings[0].type"], carried["plannings[0].level"]) == ("SICK_LEAVE", "50")
    assert (carried["plannings[1].type"], carried["plannings[1].person"]) == ("OTHER", "CO_APPLICANT")
    assert (carried["persons[0].notifyBySms"], carried["persons[0].notifyByEmail"]) == ("true", "true")
    assert carried["skuld hyra"] == "2000"


def test_what_nobody_answered_is_no_field() -> None:
    empty: dict[str, Any] = {"person": UUID(int=1), "received_at": MONDAY, "language": "sv", "digest": "0" * 64}
    carried = sent(SendApplication(attested=True, **empty))
    assert carried == {
        "applicationType": "NEW",
        "persons[0].role": "APPLICANT",
        "persons[0].needsInterpreter": "false",
        "attestation": "true",
    }


def test_this_month_is_the_month_in_sweden() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # half past midnight on 1 December there
    sent = EVERYTHING.model_copy(update={"received_at": late, "month": date(2026, 12, 1)})
    assert dict(fields(sent))["periodChoice"] == "CURRENT_MONTH"
