"""An application by the field names that the case systems of other municipalities use, to be carried over.

Names and values are those of Sundsvall's caremanagement service (api-service-caremanagement, d590204, 2026-08-20, class
FinancialAssistance); debts are named as in Viva. What nobody has answered is no field. An account, a registration
number and a permit are none either: they are seen at the meeting.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from backend.calendar import day_in_sweden
from backend.contract import Child, Cost, Income, Partner, SendApplication

Field = tuple[str, str]

_TYPES = {"new": "NEW", "recurring": "RENEWAL", "supplementary": "SUPPLEMENTARY"}
_HOUSING = {
    "rental": "RENTAL",
    "rented-house": "RENTED_HOUSE",
    "sublet": "SUBLET",
    "lodger": "LODGER",
    "with-parents": "LIVING_WITH_PARENTS",
    "none": "NO_HOUSING_OR_INSTITUTION",
}
_OWNED = {"flat": "CONDOMINIUM", "house": "OWNED_HOUSE"}
_INCOMES = {
    "salary": "SALARY",
    "child-support": "CHILD_SUPPORT",
    "pension": "OCCUPATIONAL_PENSION_INSURANCE",
    "swish": "SWISH_DEPOSITS",
    "other-municipality": "FINANCIAL_AID_OTHER_MUNICIPALITY",
    "rent-from-child": "RENT_SHARE_FROM_CHILD",
}
"""The rest are benefits, which staff see in SSBTEK: they are carried over as other incomes."""
_ASSETS = {
    "savings": "BANK_SAVINGS",
    "home": "REAL_ESTATE",
    "company": "COMPANY",
    "vehicle": "VEHICLE",
    "other": "OTHER",
}
_COSTS = {
    "electricity": "ELECTRICITY",
    "home-insurance": "HOME_INSURANCE",
    "internet": "INTERNET",
    "unemployment-fund": "UNEMPLOYMENT_FUND",
    "union": "UNION_FEE",
    "travel": "TRAVEL_APPROVED",
    "care": "MEDICAL_CARE",
    "medical-care": "MEDICAL_CARE",
    "medicine": "MEDICINE",
    "medical-travel": "TRAVEL_MEDICAL_TRANSPORT",
    "acute-dental": "ACUTE_DENTAL",
    "glasses": "OTHER",
    "other": "OTHER",
}
_PLANNING = {
    "work": "WORK",
    "job-seeking": "JOBSEEKING",
    "sick-leave": "SICK_LEAVE",
    "sfi": "SFI",
    "studies": "OTHER",
    "other": "OTHER",
}
_DEBTS = {
    "rent": "skuld hyra",
    "electricity": "skuld el",
    "union": "skuld fack",
    "childcare": "barnomsorg-skuld",
    "other": "annan skuld",
}
_APPLIES_TO = {"applicant": "APPLICANT", "partner": "CO_APPLICANT", "child": "CHILD", "all": "HOUSEHOLD"}


def fields(sent: SendApplication) -> Iterator[Field]:
    """Field and value, in the order of the form."""
    yield "applicationType", _TYPES[sent.kind]
    yield from _given("maritalStatus", _if(sent.applies_alone, "SINGLE", "COHABITING"))
    yield from _period(sent)
    yield from _changes(sent)
    yield from _given("livelihoodDescription", sent.lived_on)
    if sent.children is not None:
        yield "hasChildrenUnder21", _yes_no(bool(sent.children))
        for n, child in enumerate(sent.children):
            yield from _child(f"children[{n}]", child)
    housing = _OWNED.get(sent.owned_form or "") if sent.housing == "owned" else _HOUSING.get(sent.housing or "")
    yield from _given("housingForm", housing)
    yield from _given("housingPersonCount", sent.home_persons)
    yield from _given("rooms", sent.rooms)
    yield from _given("hasIncomes", _yes_no(sent.has_income))
    for n, income in enumerate(sent.incomes or ()):
        yield from _income(f"incomes[{n}]", income, sent.month)
    yield from _given("hasPendingBenefits", _yes_no(sent.pending_benefits))
    yield from _assets(sent)
    rents = 0 if sent.housing_kronor is None else 1
    if rents:
        yield "costs[0].type", "RENT"
        yield "costs[0].amount", str(sent.housing_kronor)
        yield "costs[0].period", "MONTH"
    for n, cost in enumerate(sent.costs or (), rents):
        yield from _cost(f"costs[{n}]", cost)
    for debt in sent.debts or ():
        yield _DEBTS[debt.kind], "" if debt.kronor is None else str(debt.kronor)
    yield from _planning(sent)
    yield "persons[0].role", "APPLICANT"
    yield "persons[0].needsInterpreter", _yes_no(sent.interpreter_language is not None)
    yield from _given("persons[0].interpreterLanguage", sent.interpreter_language)
    yield from _given("persons[0].hadWorkLast12Months", _yes_no(sent.worked_last_year))
    if sent.contact_by is not None:
        yield "persons[0].notifyByEmail", _yes_no("email" in sent.contact_by)
        yield "persons[0].notifyBySms", _yes_no("text" in sent.contact_by)
    yield from _given("persons[0].email", sent.email)
    if sent.partner is not None:
        yield from _partner(sent.partner)
    yield "attestation", _yes_no(sent.attested)


def _period(sent: SendApplication) -> Iterator[Field]:
    if sent.month is None:
        return
    yield "periodMonth", str(sent.month.month)
    yield "periodYear", str(sent.month.year)
    if sent.kind == "new":
        day = day_in_sweden(sent.received_at)
        this = (sent.month.year, sent.month.month) == (day.year, day.month)
        yield "periodChoice", "CURRENT_MONTH" if this else "NEXT_MONTH"


def _changes(sent: SendApplication) -> Iterator[Field]:
    """What the case systems ask of a renewal; where she has not said whether, it is no field."""
    if sent.kind == "recurring" and "changed" not in sent.later:
        yield "childrenResidenceChanged", _yes_no("children" not in sent.unchanged)
        yield "housingChanged", _yes_no("housing" not in sent.unchanged)


def _child(name: str, child: Child) -> Iterator[Field]:
    yield from _given(f"{name}.firstName", child.first_name)
    yield from _given(f"{name}.schoolName", child.school)
    if child.days is not None:
        whole, half = child.days >= 28, child.days in (14, 15, 16)
        yield f"{name}.residenceExtent", "FULL_TIME" if whole else "HALF_TIME" if half else "OTHER"
        yield f"{name}.daysInHome", str(child.days)


def _income(name: str, income: Income, month: date | None) -> Iterator[Field]:
    yield f"{name}.type", _INCOMES.get(income.kind, "OTHER_INCOME")
    yield from _given(f"{name}.amount", income.kronor)
    if income.day is not None and month is not None:
        day = min(income.day, monthrange(month.year, month.month)[1])
        yield f"{name}.date", month.replace(day=day).isoformat()
    yield f"{name}.recipient", "APPLICANT"


def _assets(sent: SendApplication) -> Iterator[Field]:
    if sent.asset_kinds is None:
        return
    yield "hasAssets", _yes_no(bool(sent.asset_kinds))
    vehicles = list(sent.vehicles or ())
    others = [kind for kind in sent.asset_kinds if kind != "vehicle" or not vehicles]
    for n, kind in enumerate(others):
        yield f"assets[{n}].type", _ASSETS[kind]
    for n, vehicle in enumerate(vehicles, len(others)):
        yield f"assets[{n}].type", "VEHICLE"
        yield from _given(f"assets[{n}].vehicle", None if vehicle.kind is None else vehicle.kind.upper())
        yield from _given(f"assets[{n}].purchaseDate", vehicle.bought)


def _cost(name: str, cost: Cost) -> Iterator[Field]:
    yield f"{name}.type", _COSTS[cost.kind]
    yield from _given(f"{name}.amount", cost.kronor)
    yield from _given(f"{name}.period", None if cost.period is None else cost.period.upper())
    yield from _given(f"{name}.receipt", _yes_no(cost.receipt))
    yield from _given(f"{name}.appliesTo", _APPLIES_TO.get(cost.applies_to or ""))
    yield from _given(f"{name}.description", _in_words(cost))


def _in_words(cost: Cost) -> str:
    """What she wrote of it; glasses have no type of their own."""
    glasses = "Glasögon" if cost.kind == "glasses" else None
    return ". ".join(words.rstrip(" .") for words in (glasses, cost.description, cost.when, cost.why) if words)


def _planning(sent: SendApplication) -> Iterator[Field]:
    if sent.planning is not None:
        yield "plannings[0].type", _PLANNING[sent.planning]
        yield "plannings[0].person", "APPLICANT"
        yield from _given("plannings[0].level", sent.sick_level)
        yield from _given("plannings[0].course", sent.sfi_course)
        yield from _given("plannings[0].studyPath", sent.sfi_path)
    yield from _given("plannedActivities", sent.plans)
    for n, job in enumerate(sent.applied_for or ()):
        yield from _given(f"jobApplications[{n}].date", job.when)
        yield from _given(f"jobApplications[{n}].title", job.title)
        yield from _given(f"jobApplications[{n}].employer", job.employer)
    yield from _given("staysInMunicipality", _yes_no(sent.stays_here))


def _partner(partner: Partner) -> Iterator[Field]:
    yield "persons[1].role", "CO_APPLICANT"
    yield from _given("persons[1].firstName", partner.first_name)
    yield from _given("persons[1].hadWorkLast12Months", _yes_no(partner.worked_last_year))
    if partner.planning is not None:
        yield "plannings[1].type", _PLANNING[partner.planning]
        yield "plannings[1].person", "CO_APPLICANT"


def _given(name: str, value: str | int | None) -> Iterator[Field]:
    if value is not None and value != "":
        yield name, str(value)


def _yes_no(value: bool | None) -> str:  # the answer itself
    return "" if value is None else "true" if value else "false"


def _if(value: bool | None, yes: str, no: str) -> str | None:
    return None if value is None else yes if value else no
