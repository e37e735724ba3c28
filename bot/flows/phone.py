"""Who else reads this phone: asked where a number has just been confirmed."""

from backend.contract import Phone
from bot.flows.questions import SHARED
from bot.form import Flow, Form


def phone(form: Form) -> Phone:
    shared = form.ask(SHARED) == "yes"
    return Phone(person=form.context.person, telephone=form.context.telephone, at=form.context.now, shared=shared)


FLOW = Flow("phone", phone, waits=False)
