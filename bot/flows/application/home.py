"""The home: what kind, what it costs, how large it is and how many share it."""

from typing import NamedTuple

from backend.contract import Sensitivity
from bot.flows.application.children import Children
from bot.flows.application.household import Household
from bot.form import Form
from bot.questions import Kronor, Number, OneOf, Question
from bot.text import N_

PERSONAL = Sensitivity.PERSONAL

HOUSING = Question(
    "housing",
    N_("How do you live?"),
    OneOf(
        {
            "rental": N_("Rented flat"),
            "sublet": N_("Subletting"),
            "lodger": N_("Lodger"),
            "owned": N_("Own home"),
            "with-parents": N_("With parents"),
            "rented-house": N_("Rented house"),
            "none": N_("No home"),
        }
    ),
    sensitivity=PERSONAL,
    section="housing",
    short=N_("Home"),
    helper_sees=True,
)
OWNED_FORM = Question(
    "owned_form",
    N_("Is it a flat or a house?"),
    OneOf({"flat": N_("Flat"), "house": N_("House")}),
    sensitivity=PERSONAL,
    section="housing",
    short=N_("Own home is"),
)
HOUSING_KRONOR = Question(
    "housing_kronor",
    N_("What do you pay for it a month, in kronor?"),
    Kronor(0, 100_000),
    sensitivity=PERSONAL,
    section="housing",
    short=N_("Rent"),
)
ROOMS = Question(
    "rooms",
    N_("How many rooms are there, beside the kitchen?"),
    Number(1, 30),
    sensitivity=PERSONAL,
    section="housing",
    short=N_("Rooms"),
)
HOME_PERSONS = Question(
    "home_persons",
    N_("How many people live there, with you?"),
    Number(1, 30),
    sensitivity=PERSONAL,
    section="housing",
    short=N_("People in the home"),
)

SHARED = ("sublet", "lodger", "with-parents")
"""Homes of others: who lives there is more than the household."""


class Home(NamedTuple):
    housing: str | None
    owned_form: str | None
    housing_kronor: int | None
    rooms: int | None
    home_persons: int | None


def home(form: Form, household: Household, children: Children) -> Home:
    housing = form.ask_or_leave(HOUSING)
    if housing in (None, "none"):
        return Home(housing, None, None, None, None)
    owned_form = form.ask_or_leave(OWNED_FORM) if housing == "owned" else None
    kronor = form.ask_or_leave(HOUSING_KRONOR)
    rooms = form.ask_or_leave(ROOMS)
    persons = form.ask_or_leave(HOME_PERSONS, implied=None if housing in SHARED else _members(household, children))
    return Home(housing, owned_form, kronor, rooms, persons)


def _members(household: Household, children: Children) -> int | None:
    """How many the household is, by what was answered; not known where that was left to the meeting."""
    if household.applies_alone is None or children.children is None:
        return None
    here = sum(1 for child in children.children if child.days != 0)
    return min(30, 1 + (household.partner is not None) + here)
