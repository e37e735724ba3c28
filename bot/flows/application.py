"""The first application for economic assistance: about ten questions, anything may wait for the meeting."""

from backend.contract import ApplicationReceipt, Child, Income, SendApplication, Sensitivity
from bot.form import Each, Flow, Form, Json
from bot.questions import Kronor, Number, OneOf, Person, Question, Several, Words, YesNo
from bot.text import N_, say

PERSONAL = Sensitivity.PERSONAL

ALONE = Question(
    "applies_alone",
    N_("Do you apply alone?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="household",
    hint=N_("Married or living together: answer no."),
    short=N_("Apply alone"),
)
HAS_CHILDREN = Question(
    "has_children",
    N_("Do children live with you, always or sometimes?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="household",
    why=N_("Children give a right to more money. That is why we ask."),
    short=N_("Children"),
)
CHILD_NAME = Question(
    "child_name",
    N_("What is the child's first name?"),
    Person(),
    sensitivity=PERSONAL,
    section="household",
    short=N_("Child"),
)
CHILD_DAYS = Question(
    "child_days",
    N_("How many days a month does {name} live with you? 30 = always."),
    Number(0, 31),
    sensitivity=PERSONAL,
    section="household",
    short=N_("Days with {name}"),
)
CHILD_MORE = Question(
    "child_more", N_("One more child?"), YesNo(), sensitivity=PERSONAL, section="household", short=N_("More children")
)
CHILDREN = Each("children", CHILD_MORE)
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
)
HOUSING_KRONOR = Question(
    "housing_kronor",
    N_("What do you pay for it a month, in kronor?"),
    Kronor(0, 100_000),
    sensitivity=PERSONAL,
    section="housing",
    short=N_("Rent"),
)
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
)
LIVED_ON = Question(
    "lived_on",
    N_("What have you lived on until now? Write a few words."),
    Words(500),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Lived on"),
)

SECTIONS = (
    ("household", N_("You and your family")),
    ("housing", N_("Home")),
    ("income", N_("Money")),
    ("planning", N_("Work and studies")),
)


def application(form: Form) -> SendApplication:
    alone = form.ask_or_leave(ALONE)

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

    incomes: list[Income] | None = None
    has_income = form.ask_or_leave(HAS_INCOME)
    if has_income is not None:
        incomes = []
        for kind in (form.ask_or_leave(INCOME_KINDS) or ()) if has_income else ():
            kronor = form.ask_or_leave(INCOME_KRONOR, about=kind, kind=say(KINDS_OF_INCOME.label(kind)))
            incomes.append(Income(kind=kind, kronor=kronor))

    planning = form.ask_or_leave(PLANNING)
    lived_on = form.ask_or_leave(LIVED_ON)

    digest = form.confirm()
    return SendApplication(
        person=form.context.person,
        received_at=form.context.now,
        language=form.context.language,
        applies_alone=alone,
        children=None if children is None else tuple(children),
        housing=housing,
        housing_kronor=housing_kronor,
        has_income=has_income,
        incomes=None if incomes is None else tuple(incomes),
        planning=planning,
        lived_on=lived_on,
        later=form.left(),
        attested=True,
        digest=digest,
        record=form.record(),
        corrects=form.corrects,
    )


PAPERS = {
    "identity": N_("ID"),
    "rent-invoice": N_("rent invoice"),
    "bank-statements": N_("bank statements for 3 months"),
    "lease": N_("lease"),
    "payslip": N_("payslip"),
}


def received(form: Form, value: Json) -> None:
    receipt = ApplicationReceipt.model_validate(value)
    form.say(N_("Your application came in {time}."), time=receipt.received_at)
    missing = [say(PAPERS[paper]) for paper in receipt.missing]
    if missing:
        form.say(N_("Bring to the meeting: {papers}."), papers=tuple(missing))
    form.say(N_("Decision: at the latest one working day after the meeting, when everything is in."))
    form.go_on("questions" if form.context.meeting else "first_meeting")


FLOW = Flow("application", application, accepted=received, sections=SECTIONS)
