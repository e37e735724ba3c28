"""The first application for economic assistance: about fifteen questions of twenty-five, in five parts.

Anything may wait for the meeting. Asked is only what may be said where it is asked (the classification stands in each
question): never a number, an account, an illness or what another person earns.
"""

from collections.abc import Collection
from datetime import date

from backend.contract import ApplicationReceipt, Child, Income, Partner, SendApplication, Sensitivity
from bot.form import Each, Flow, Form, Json
from bot.questions import Kronor, Number, OneOf, Person, Question, Several, SeveralOrNone, Words, YesNo
from bot.text import N_, say

PERSONAL = Sensitivity.PERSONAL

# --- You and your family ----------------------------------------------------------------------------------------------

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

# --- Children ---------------------------------------------------------------------------------------------------------

HAS_CHILDREN = Question(
    "has_children",
    N_("Do children live with you, always or sometimes?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="children",
    why=N_("Children give a right to more money. That is why we ask."),
    short=N_("Children"),
    usual=False,
)
CHILD_NAME = Question(
    "child_name",
    N_("What is the child's first name?"),
    Person(),
    sensitivity=PERSONAL,
    section="children",
    short=N_("Child"),
)
CHILD_DAYS = Question(
    "child_days",
    N_("How many days a month does {name} live with you? 30 = always."),
    Number(0, 31),
    sensitivity=PERSONAL,
    section="children",
    short=N_("Days with {name}"),
)
CHILD_MORE = Question(
    "child_more", N_("One more child?"), YesNo(), sensitivity=PERSONAL, section="children", short=N_("More children")
)
CHILDREN = Each("children", CHILD_MORE)

# --- Home and costs ---------------------------------------------------------------------------------------------------

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
            "none": N_("No home"),
        }
    ),
    sensitivity=PERSONAL,
    section="housing",
    short=N_("Home"),
    helper_sees=True,
)
HOUSING_KRONOR = Question(
    "housing_kronor",
    N_("What do you pay for it a month, in kronor?"),
    Kronor(0, 100_000),
    sensitivity=PERSONAL,
    section="housing",
    short=N_("Rent"),
)
HOME_PERSONS = Question(
    "home_persons",
    N_("How many people live there, with you?"),
    Number(1, 30),
    sensitivity=PERSONAL,
    section="housing",
    short=N_("People in the home"),
)
RENT_DEBT = Question(
    "rent_debt",
    N_("Is there rent or electricity that you could not pay?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="housing",
    why=N_("The earlier we know, the more we can do."),
    short=N_("Unpaid rent or electricity"),
)
KINDS_OF_COST = SeveralOrNone(
    {
        "electricity": N_("Electricity"),
        "home-insurance": N_("Home insurance"),
        "unemployment-fund": N_("Unemployment fund or union"),
        "care": N_("Care or medicine"),
        "none": N_("None of these"),
    }
)
COST_KINDS = Question(
    "cost_kinds",
    N_("Which of these do you pay?"),
    KINDS_OF_COST,
    sensitivity=PERSONAL,
    section="housing",
    why=N_("Some costs can give more money. We do not ask about illness."),
    short=N_("Pays"),
)

# --- Money ------------------------------------------------------------------------------------------------------------

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
PENDING_BENEFITS = Question(
    "pending_benefits",
    N_("Have you applied for other money that has not come, for example from Försäkringskassan?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="income",
    short=N_("Waits for other money"),
)
KINDS_OF_ASSET = SeveralOrNone(
    {
        "savings": N_("Savings"),
        "vehicle": N_("Car or other vehicle"),
        "home": N_("House or flat"),
        "company": N_("Company"),
        "other": N_("Other"),
        "none": N_("None of these"),
    }
)
ASSET_KINDS = Question(
    "asset_kinds",
    N_("Do you own any of these? You can choose several."),
    KINDS_OF_ASSET,
    sensitivity=PERSONAL,
    section="income",
    short=N_("Owns"),
)

# --- Work and studies -------------------------------------------------------------------------------------------------

PLANNING = Question(
    "planning",
    N_("What do you do now?"),
    OneOf(
        {
            "work": N_("I work"),
            "job-seeking": N_("I look for work"),
            "sick-leave": N_("I am on sick leave"),
            "sfi": N_("I study Swedish"),
            "other": N_("Something else"),
        }
    ),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Now"),
    usual="job-seeking",
)
REGISTERED_JOBSEEKER = Question(
    "registered_jobseeker",
    N_("Are you registered with Arbetsförmedlingen?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Arbetsförmedlingen"),
)
SICK_CERTIFICATE = Question(
    "sick_certificate",
    N_("Do you have a doctor's certificate?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="planning",
    why=N_("You need not tell us which illness. Come even without a certificate."),
    short=N_("Doctor's certificate"),
)
WORKED_LAST_YEAR = Question(
    "worked_last_year",
    N_("Have you worked in the last 12 months?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Worked in the last year"),
)
LIVED_ON = Question(
    "lived_on",
    N_("What have you lived on until now? Write a few words."),
    Words(500),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Lived on"),
)
PLANS = Question(
    "plans",
    N_("What do you want to do next, and what help do you need? Write a few words."),
    Words(500),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Next"),
)

SECTIONS = (
    ("household", N_("You and your family")),
    ("children", N_("Children")),
    ("housing", N_("Home and costs")),
    ("income", N_("Money")),
    ("planning", N_("Work and studies")),
)


def application(form: Form) -> SendApplication:
    partner: Partner | None = None
    alone = form.ask_or_leave(ALONE)
    if alone is False:
        name = form.ask_or_leave(PARTNER_NAME)
        does = form.ask_or_leave(PARTNER_PLANNING, name=name or say(N_("your partner")))
        partner = Partner(first_name=name or "", planning=does)
    month = form.ask_or_leave(MONTH)
    stays_here = form.ask_or_leave(STAYS_HERE)

    children: list[Child] | None = None
    has_children = form.ask_or_leave(HAS_CHILDREN)
    if has_children is not None:
        children = []
        for child in form.each(CHILDREN) if has_children else ():
            name = form.ask_or_leave(CHILD_NAME, about=child)
            days = form.ask_or_leave(CHILD_DAYS, about=child, name=name or say(N_("the child")))
            children.append(Child(first_name=name or "", days=days))

    housing = form.ask_or_leave(HOUSING)
    housing_kronor = form.ask_or_leave(HOUSING_KRONOR) if housing not in (None, "none") else None
    home_persons = form.ask_or_leave(HOME_PERSONS) if housing in ("sublet", "lodger", "with-parents") else None
    rent_debt = form.ask_or_leave(RENT_DEBT) if housing != "none" else None
    cost_kinds = form.ask_or_leave(COST_KINDS)

    incomes: list[Income] | None = None
    has_income = form.ask_or_leave(HAS_INCOME)
    if has_income is not None:
        incomes = []
        for kind in (form.ask_or_leave(INCOME_KINDS) or ()) if has_income else ():
            kronor = form.ask_or_leave(INCOME_KRONOR, about=kind, kind=say(KINDS_OF_INCOME.label(kind)))
            incomes.append(Income(kind=kind, kronor=kronor))
    pending_benefits = form.ask_or_leave(PENDING_BENEFITS)
    asset_kinds = form.ask_or_leave(ASSET_KINDS)

    planning = form.ask_or_leave(PLANNING)
    registered = form.ask_or_leave(REGISTERED_JOBSEEKER) if planning == "job-seeking" else None
    certificate = form.ask_or_leave(SICK_CERTIFICATE) if planning == "sick-leave" else None
    has_worked = planning == "work" or _is_from_work(incomes)
    worked = True if has_worked else form.ask_or_leave(WORKED_LAST_YEAR)
    lived_on = form.ask_or_leave(LIVED_ON)
    plans = form.ask_or_leave(PLANS) if planning in ("sfi", "other") else None

    digest = form.confirm()
    return SendApplication(
        person=form.context.person,
        received_at=form.context.now,
        language=form.context.language,
        applies_alone=alone,
        partner=partner,
        month=None if month is None else _first_day(form.answered_on(MONTH), month),
        stays_here=stays_here,
        children=None if children is None else tuple(children),
        housing=housing,
        housing_kronor=housing_kronor,
        home_persons=home_persons,
        rent_debt=rent_debt,
        cost_kinds=_without_none(cost_kinds),
        has_income=has_income,
        incomes=None if incomes is None else tuple(incomes),
        pending_benefits=pending_benefits,
        asset_kinds=_without_none(asset_kinds),
        planning=planning,
        registered_jobseeker=registered,
        sick_certificate=certificate,
        worked_last_year=worked,
        lived_on=lived_on,
        plans=plans,
        later=form.left(),
        attested=True,
        digest=digest,
        record=form.record(),
        corrects=form.corrects,
    )


def _is_from_work(incomes: Collection[Income] | None) -> bool:
    """Whether money comes from work now or not long ago: then nobody asks whether she has worked."""
    return any(income.kind in ("salary", "unemployment-fund") for income in incomes or ())


def _first_day(said: date, month: str) -> date:
    """``"next"``, said on 31 December -> 1 January."""
    this = said.replace(day=1)
    if month == "this":
        return this
    return this.replace(year=this.year + this.month // 12, month=this.month % 12 + 1)


def _without_none(kinds: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if kinds is None else tuple(kind for kind in kinds if kind != "none")


PAPERS = {
    "identity": N_("ID"),
    "rent-invoice": N_("rent invoice"),
    "bank-statements": N_("bank statements for 3 months"),
    "lease": N_("lease"),
    "payslip": N_("payslip"),
}


CORRECTED = N_("Your correction came in {time}. It takes the place of what you sent before.")


def received(form: Form, value: Json) -> None:
    receipt = ApplicationReceipt.model_validate(value)
    corrected = form.corrects is not None
    form.say(CORRECTED if corrected else N_("Your application came in {time}."), time=receipt.received_at)
    missing = [say(PAPERS[paper]) for paper in receipt.missing]
    if missing:
        form.say(N_("Bring to the meeting: {papers}."), papers=tuple(missing))
    if not corrected:
        form.say(N_("Decision: at the latest one working day after the meeting, when everything is in."))
    if form.context.meeting is None:
        form.go_on("first_meeting")
    elif not corrected:
        form.go_on("questions")


FLOW = Flow("application", application, accepted=received, sections=SECTIONS, if_left="asked")
