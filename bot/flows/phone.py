"""Who else reads this phone? Unanswered counts as somebody."""

from backend.contract import Phone
from bot.form import Flow, Form
from bot.questions import OneOf, Question
from bot.text import N_

SHARED = Question("shared", N_("Does anyone else read your texts?"), OneOf({"no": N_("No"), "yes": N_("Yes")}))


def phone(form: Form) -> Phone | None:
    if form.context.shared is not None:
        return None
    shared = form.ask(SHARED) == "yes"
    return Phone(person=form.context.person, telephone=form.context.telephone, at=form.context.now, shared=shared)


FLOW = Flow("phone", phone, waits=False)
