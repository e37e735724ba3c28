"""Costs beside the rent: each with its sum, how often it comes, whether there is a bill, and for whom it is."""

from typing import NamedTuple

from backend.contract import Cost, Sensitivity
from bot.form import Form
from bot.questions import Kronor, OneOf, Question, Several, SeveralOrNone, Words, YesNo, without_none
from bot.text import N_, say

PERSONAL = Sensitivity.PERSONAL

KINDS_OF_COST = SeveralOrNone(
    {
        "electricity": N_("Electricity"),
        "home-insurance": N_("Home insurance"),
        "internet": N_("Internet"),
        "unemployment-fund": N_("Unemployment fund"),
        "union": N_("Union"),
        "travel": N_("Travel"),
        "care": N_("Care or medicine"),
        "other": N_("Other"),
        "none": N_("None of these"),
    }
)
COST_KINDS = Question(
    "cost_kinds",
    N_("Which of these do you pay?"),
    KINDS_OF_COST,
    sensitivity=PERSONAL,
    section="costs",
    why=N_("Some costs can give more money. Do not name any illness."),
    short=N_("Pays"),
)
KINDS_OF_CARE = Several(
    {
        "medical-care": N_("Care"),
        "medicine": N_("Medicine"),
        "medical-travel": N_("Travel to care"),
        "acute-dental": N_("Acute dentist"),
    }
)
CARE_KINDS = Question(
    "care_kinds",
    N_("Care or medicine: which is it?"),
    KINDS_OF_CARE,
    sensitivity=PERSONAL,
    section="costs",
    short=N_("Care or medicine"),
)
COST_OTHER = Question(
    "cost_other",
    N_("What else do you pay? Write a few words."),
    Words(200),
    sensitivity=PERSONAL,
    section="costs",
    short=N_("Other cost"),
)
COST_KRONOR = Question(
    "cost_kronor",
    N_("{kind}: how much, in kronor?"),
    Kronor(0, 100_000),
    sensitivity=PERSONAL,
    section="costs",
    short="{kind}",
)
COST_PERIOD = Question(
    "cost_period",
    N_("{kind}: how often do you pay that?"),
    OneOf(
        {
            "month": N_("Each month"),
            "quarter": N_("Each quarter"),
            "year": N_("Each year"),
            "once": N_("Once"),
        }
    ),
    sensitivity=PERSONAL,
    section="costs",
    short=N_("{kind}: how often"),
)
COST_RECEIPT = Question(
    "cost_receipt",
    N_("{kind}: do you have a bill or a receipt?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="costs",
    short=N_("{kind}: bill"),
)
COST_FOR = Question(
    "cost_for",
    N_("{kind}: for whom?"),
    OneOf({"applicant": N_("Me"), "partner": N_("My partner"), "child": N_("A child"), "all": N_("All of us")}),
    sensitivity=PERSONAL,
    section="costs",
    short=N_("{kind}: for whom"),
)


class Costs(NamedTuple):
    cost_kinds: tuple[str, ...] | None
    costs: tuple[Cost, ...] | None


def costs(form: Form, *, for_others: bool | None) -> Costs:
    """``for_others``: a cost may be somebody else's in the household, so it is asked whose. ``None``: nobody asked of
    the household this time, so nothing is said of whose it is."""
    kinds = without_none(form.ask_or_leave(COST_KINDS))
    if kinds is None:
        return Costs(None, None)
    found: list[Cost] = []
    for kind in form.each_of(COST_KINDS, kinds):
        if kind != "care":
            other = form.ask_or_leave(COST_OTHER, about=kind) if kind == "other" else None
            found.append(_cost(form, kind, KINDS_OF_COST.label(kind), other, for_others=for_others))
            continue
        of_care = form.ask_or_leave(CARE_KINDS)
        if of_care is None:
            found.append(Cost(kind="care"))
        found += [
            _cost(form, care, KINDS_OF_CARE.label(care), None, for_others=for_others)
            for care in form.each_of(CARE_KINDS, of_care)
        ]
    return Costs(kinds, tuple(found))


def _cost(form: Form, kind: str, label: str, description: str | None, *, for_others: bool | None) -> Cost:
    called = say(label)
    hers = None if for_others is None else "applicant"
    return Cost(
        kind=kind,
        kronor=form.ask_or_leave(COST_KRONOR, about=kind, kind=called),
        period=form.ask_or_leave(COST_PERIOD, about=kind, kind=called),
        receipt=form.ask_or_leave(COST_RECEIPT, about=kind, kind=called),
        applies_to=form.ask_or_leave(COST_FOR, about=kind, kind=called) if for_others else hers,
        description=description,
    )
