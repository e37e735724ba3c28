"""Money: what comes this month and when, and what has been applied for and not come."""

from typing import NamedTuple

from backend.contract import Income, Sensitivity
from bot.flows.application.household import Household, called
from bot.form import Form
from bot.questions import Kronor, Number, Question, Several, Words, YesNo
from bot.text import N_, say

PERSONAL = Sensitivity.PERSONAL

HAS_INCOME = Question(
    "has_income",
    N_("Do you get any money this month?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="income",
    why=N_("We ask about money to work out what you may get."),
    short=N_("Money this month"),
)
KINDS_OF_INCOME = Several(
    {
        "salary": N_("Pay"),
        "unemployment-fund": N_("Unemployment fund"),
        "social-insurance": N_("Försäkringskassan"),
        "student-aid": N_("Student aid"),
        "child-support": N_("Child support"),
        "pension": N_("Pension"),
        "swish": N_("Swish or gifts"),
        "other-municipality": N_("Another municipality"),
        "rent-from-child": N_("Rent from a child"),
        "other": N_("Other"),
    }
)
INCOME_KINDS = Question(
    "income_kinds",
    N_("What money do you get? You can choose several."),
    KINDS_OF_INCOME,
    sensitivity=PERSONAL,
    section="income",
    short=N_("Money from"),
)
INCOME_KRONOR = Question(
    "income_kronor",
    N_("{kind}: how much, in kronor?"),
    Kronor(0, 1_000_000),
    sensitivity=PERSONAL,
    section="income",
    short="{kind}",
)
INCOME_DAY = Question(
    "income_day",
    N_("{kind}: on which day of the month does it come? 1-31."),
    Number(1, 31),
    sensitivity=PERSONAL,
    section="income",
    short=N_("{kind}: day"),
    usual=25,
)
PARTNERS_MONEY = Question(
    "partners_money",
    N_("What money does {name} get this month? Write each kind, how much and which day."),
    Words(500),
    sensitivity=Sensitivity.SECRET,
    section="income",
    short=N_("Money of {name}"),
)
PENDING_BENEFITS = Question(
    "pending_benefits",
    N_("Have you applied for other money that has not come, for example from Försäkringskassan?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="income",
    short=N_("Waits for other money"),
    usual=False,
)
PENDING_FROM = Question(
    "pending_from",
    N_("Where have you applied for it? Write a few words."),
    Words(200),
    sensitivity=PERSONAL,
    section="income",
    short=N_("Applied for other money at"),
)


class Money(NamedTuple):
    has_income: bool | None
    incomes: tuple[Income, ...] | None
    pending_benefits: bool | None
    pending_from: str | None

    def is_from_work(self) -> bool:
        """Whether there is pay: then nobody asks whether she has worked. An unemployment fund pays for long after the
        last day of work, and what it pays is not from work (jobbstimulans counts pay alone)."""
        return any(income.kind == "salary" for income in self.incomes or ())


def money(form: Form, household: Household) -> Money:
    incomes: list[Income] = []
    has_income = form.ask_or_leave(HAS_INCOME)
    if has_income:
        for kind in form.each_of(INCOME_KINDS, form.ask_or_leave(INCOME_KINDS)):
            label = say(KINDS_OF_INCOME.label(kind))
            kronor = form.ask_or_leave(INCOME_KRONOR, about=kind, kind=label)
            day = form.ask_or_leave(INCOME_DAY, about=kind, kind=label)
            incomes.append(Income(kind=kind, kronor=kronor, day=day))
    if household.partner is not None and not form.part:
        form.ask_or_leave(PARTNERS_MONEY, name=called(household.partner.first_name))
    pending = form.ask_or_leave(PENDING_BENEFITS)
    pending_from = form.ask_or_leave(PENDING_FROM) if pending else None
    return Money(has_income, None if has_income is None else tuple(incomes), pending, pending_from)
