"""Of an application of two, the part of whoever was invited: own money, what is owned and owed, work, and contact.

Home, children and costs are asked of her who invited, and of nobody twice.
"""

from backend.contract import SendApplication
from bot.flows import application
from bot.flows.application.belongings import belongings
from bot.flows.application.household import Household
from bot.flows.application.money import money
from bot.flows.application.planning import planning
from bot.flows.application.reaching import reaching
from bot.form import Flow, Form

OWN = ("income", "assets", "planning", "reaching")


def part(form: Form) -> SendApplication:
    form.is_one_part()
    gets = money(form, Household(applies_alone=False, partner=None, month=None, stays_here=None))
    owns = belongings(form)
    does = planning(form, gets)
    reach = reaching(form)
    digest = form.confirm()
    return SendApplication(
        person=form.context.person,
        received_at=form.context.now,
        language=form.context.language,
        interpreter_language=None if form.context.speaks == "sv" else form.context.speaks,
        applies_alone=False,
        **gets._asdict(),
        **owns._asdict(),
        **does._asdict(),
        **reach._asdict(),
        later=form.left(),
        attested=True,
        digest=digest,
        record=form.record(),
        sealed=form.sealed_answers(),
    )


FLOW = Flow(
    "part",
    part,
    sections=tuple(section for section in application.SECTIONS if section[0] in OWN),
    application=True,
    if_left="asked",
)
