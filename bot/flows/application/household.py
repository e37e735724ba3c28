"""You and your family: alone or as two, which month, and whether she is here then."""

from datetime import date
from typing import NamedTuple

from backend.contract import Partner, Sensitivity
from bot.form import Form
from bot.questions import OneOf, Person, Question, YesNo
from bot.text import N_, Text, say

PERSONAL = Sensitivity.PERSONAL

ALONE = Question(
    "applies_alone",
    N_("Do you apply alone?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="household",
    hint=N_("Married or living together: answer no."),
    short=N_("Apply alone"),
    helper_sees=True,
)
PARTNER_NAME = Question(
    "partner_name",
    N_("What is your partner's first name?"),
    Person(),
    sensitivity=PERSONAL,
    section="household",
    short=N_("Partner"),
)
PARTNER_PART = Question(
    "partner_part",
    N_("{name} answers too, about own money and work. How?"),
    OneOf({"code": N_("Alone, with a code"), "meeting": N_("At the meeting")}),
    sensitivity=PERSONAL,
    section="household",
    short=N_("{name} answers"),
    usual="meeting",
)
OWN_NAME = Question(
    "own_name",
    N_("What is your own first name? It stands in the invitation."),
    Person(),
    sensitivity=PERSONAL,
    section="household",
    short=N_("Your name"),
)
PARTNER_PLANNING = Question(
    "partner_planning",
    N_("What does {name} do now?"),
    OneOf(
        {
            "work": N_("Works"),
            "job-seeking": N_("Looks for work"),
            "studies": N_("Studies"),
            "other": N_("Something else"),
        }
    ),
    sensitivity=PERSONAL,
    section="household",
    short=N_("{name} now"),
)
PARTNER_WORKED = Question(
    "partner_worked_last_year",
    N_("Has {name} worked in the last 12 months?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="household",
    short=N_("{name}: worked in the last year"),
)
MONTH = Question(
    "month",
    N_("Which month do you need money for?"),
    OneOf({"this": N_("This month"), "next": N_("Next month")}),
    sensitivity=PERSONAL,
    section="household",
    short=N_("Month"),
    helper_sees=True,
)
STAYS_HERE = Question(
    "stays_here",
    N_("Are you here in the municipality all that month?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="household",
    short=N_("Here all month"),
    helper_sees=True,
)


class Household(NamedTuple):
    applies_alone: bool | None
    partner: Partner | None
    month: date | None
    stays_here: bool | None


def household(form: Form) -> Household:
    alone, partner = who(form, by_code=form.context.invites)
    month = form.ask_or_leave(MONTH)
    stays_here = form.ask_or_leave(STAYS_HERE)
    first_day = None if month is None else _first_day(form.answered_on(MONTH), month)
    return Household(alone, partner, first_day, stays_here)


def who(form: Form, *, by_code: bool) -> tuple[bool | None, Partner | None]:
    """Whether she applies alone, and with whom. ``by_code``: the partner may be given a part to answer alone."""
    alone = form.ask_or_leave(ALONE)
    if alone is not False:
        return alone, None
    name = form.ask_or_leave(PARTNER_NAME)
    # Whoever answers alone is not answered for here.
    if by_code and form.ask_or_leave(PARTNER_PART, name=called(name)) == "code":
        form.is_one_part()
        form.ask_or_leave(OWN_NAME)
        return alone, Partner(first_name=name or "")
    does = form.ask_or_leave(PARTNER_PLANNING, name=called(name))
    worked = True if does == "work" else form.ask_or_leave(PARTNER_WORKED, name=called(name))
    return alone, Partner(first_name=name or "", planning=does, worked_last_year=worked)


def called(partner: str | None) -> str | Text:
    """What the partner is called in a question."""
    return partner or say(N_("your partner"))


def _first_day(said: date, month: str) -> date:
    """``"next"``, said on 31 December -> 1 January."""
    this = said.replace(day=1)
    if month == "this":
        return this
    return this.replace(year=this.year + this.month // 12, month=this.month % 12 + 1)
