"""A telephone for somebody who writes where there is none: for a person to ring or, from a page, for a text to come."""

from bot.flows.questions import TELEPHONE
from bot.form import Flow, Form, Reach
from bot.questions import Question, TelephoneNumber
from bot.text import N_

RING_ON = Question(
    "ring_on",
    N_("Which mobile number may we ring you on? Press the button below, or write the number. Not now? Write LATER."),
    TelephoneNumber(),
)


def number(form: Form) -> Reach | None:
    question = TELEPHONE if form.context.private else RING_ON
    given = None if form.context.telephone else form.ask_or_leave(question)
    return Reach(given) if given else None


FLOW = Flow("number", number, waits=False)
