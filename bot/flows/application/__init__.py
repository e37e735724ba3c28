"""The first application for economic assistance, section by section: fifteen questions for who lives alone, sixty or
so for a family with everything.

Each section asks first whether there is anything at all, and then only what follows. Anything may wait for the meeting.
Asked in a chat is only what may be said there (the classification stands in each question): never a number, an account,
a permit, an illness or what another person earns.
"""

from backend.contract import ApplicationReceipt, SendApplication
from bot.flows.application.belongings import belongings
from bot.flows.application.children import children
from bot.flows.application.costs import costs
from bot.flows.application.home import home
from bot.flows.application.household import household
from bot.flows.application.money import money
from bot.flows.application.planning import planning
from bot.flows.application.reaching import reaching
from bot.form import Flow, Form, Json
from bot.text import N_, say

SECTIONS = (
    ("household", N_("You and your family")),
    ("children", N_("Children")),
    ("housing", N_("Home")),
    ("costs", N_("Costs")),
    ("income", N_("Money")),
    ("assets", N_("Owns and owes")),
    ("planning", N_("Work and studies")),
    ("reaching", N_("Contact and payment")),
)


def application(form: Form) -> SendApplication:
    in_household = household(form)
    with_children = children(form)
    lives = home(form, in_household, with_children)
    has_others = in_household.applies_alone is False or bool(with_children.children)
    pays = costs(form, for_others=has_others)
    gets = money(form, in_household)
    owns = belongings(form)
    does = planning(form, gets)
    reach = reaching(form)
    digest = form.confirm()
    return SendApplication(
        person=form.context.person,
        received_at=form.context.now,
        language=form.context.language,
        interpreter_language=None if form.context.speaks == "sv" else form.context.speaks,
        **in_household._asdict(),
        **with_children._asdict(),
        **lives._asdict(),
        **pays._asdict(),
        **gets._asdict(),
        **owns._asdict(),
        **does._asdict(),
        **reach._asdict(),
        later=form.left(),
        attested=True,
        digest=digest,
        record=form.record(),
        sealed=form.sealed_answers(),
        corrects=form.corrects,
    )


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
    if form.context.unmet:
        form.go_on("first_meeting")
    elif not corrected:
        form.go_on("questions")


FLOW = Flow(
    "application",
    application,
    accepted=received,
    sections=SECTIONS,
    application=True,
    if_left="asked",
    depends_on=("household", "children"),
)
