"""A telephone for somebody who writes where there is none, for a person to ring; from a page a text goes there too."""

from bot.form import Flow, Form, Reach
from bot.questions import Question, TelephoneNumber
from bot.text import N_

RING_ON = Question(
    "ring_on",
    N_("Which mobile number may we ring you on? Press the button below, or write the number. Not now? Write LATER."),
    TelephoneNumber(),
)

RING_FROM_PAGE = Question(
    "ring_from_page", N_("Which mobile number may we ring you on? We send a text there first."), TelephoneNumber()
)


def number(form: Form) -> Reach | None:
    question = RING_FROM_PAGE if form.context.private else RING_ON
    given = None if form.context.telephone else form.ask_or_leave(question)
    return Reach(given) if given else None


FLOW = Flow("number", number, waits=False)
