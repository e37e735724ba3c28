"""The supplementary application (tilläggsansökan): one cost, on any day, beside what is applied for each month."""

from datetime import date

from backend.contract import ApplicationReceipt, Cost, SendApplication, Sensitivity
from bot.flows.application import CORRECTED
from bot.flows.application.costs import COST_KRONOR
from bot.form import Flow, Form, Json
from bot.questions import OneOf, Question, Words
from bot.text import N_, say

PERSONAL = Sensitivity.PERSONAL

KINDS = OneOf(
    {
        "glasses": N_("Glasses"),
        "acute-dental": N_("Acute dentist"),
        "medicine": N_("Medicine"),
        "other": N_("Other"),
    }
)
SINGLE_COST = Question(
    "single_cost",
    N_("A single cost. What is it for?"),
    KINDS,
    sensitivity=PERSONAL,
    section="costs",
    short=N_("A single cost"),
    usual="glasses",
)
SINGLE_OTHER = Question(
    "single_cost_other",
    N_("What is it? Write a few words."),
    Words(200),
    sensitivity=PERSONAL,
    section="costs",
    short=N_("What it is"),
)
SINGLE_WHEN = Question(
    "single_cost_when",
    N_("{kind}: when do you need it, or when did you pay?"),
    Words(50),
    sensitivity=PERSONAL,
    section="costs",
    short=N_("When"),
)
SINGLE_PAPER = Question(
    "single_cost_paper",
    N_("{kind}: what do you have on paper?"),
    OneOf({"receipt": N_("Receipt or bill"), "estimate": N_("An estimate of the price"), "none": N_("Nothing yet")}),
    sensitivity=PERSONAL,
    section="costs",
    short=N_("On paper"),
)
SINGLE_WHY = Question(
    "single_cost_why",
    N_("Why do you need it? Write a few words."),
    Words(500),
    sensitivity=PERSONAL,
    section="costs",
    why=N_("You need not tell us which illness."),
    short=N_("Why"),
)


def single_cost(form: Form) -> SendApplication:
    month = form.carried("for_month", form.today.replace(day=1).isoformat())
    kind = form.ask(SINGLE_COST)
    called = say(KINDS.label(kind))
    cost = Cost(
        kind=kind,
        description=form.ask_or_leave(SINGLE_OTHER) if kind == "other" else None,
        kronor=form.ask_or_leave(COST_KRONOR, kind=called),
        period="once",
        when=form.ask_or_leave(SINGLE_WHEN, kind=called),
        paper=form.ask_or_leave(SINGLE_PAPER, kind=called),
        why=form.ask_or_leave(SINGLE_WHY),
    )
    digest = form.confirm()
    return SendApplication(
        person=form.context.person,
        received_at=form.context.now,
        language=form.context.language,
        kind="supplementary",
        interpreter_language=None if form.context.speaks == "sv" else form.context.speaks,
        month=date.fromisoformat(month),
        costs=(cost,),
        later=form.left(),
        attested=True,
        digest=digest,
        record=form.record(),
        corrects=form.corrects,
    )


def received(form: Form, value: Json) -> None:
    receipt = ApplicationReceipt.model_validate(value)
    form.say(
        CORRECTED if form.corrects is not None else N_("Your application came in {time}."), time=receipt.received_at
    )
    has_paper = form.answers.get(SINGLE_PAPER.name) in ("receipt", "estimate")
    if has_paper and form.context.takes_papers:
        form.say(N_("Keep the paper. To send a picture of it, write PAPERS."))
    elif has_paper:
        form.say(N_("Keep the paper. A caseworker may ask to see it."))


FLOW = Flow(
    "single_cost",
    single_cost,
    accepted=received,
    sections=(("costs", N_("A single cost")),),
    application=True,
    if_left="asked",
)
