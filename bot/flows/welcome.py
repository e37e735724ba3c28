"""The first reply: a machine answers, and offers a meeting, an application, an answer or a call."""

from backend.contract import HandOver, Value
from bot.form import Flow, Form, Go
from bot.questions import OneOf, Question, Words
from bot.text import N_

WANT = Question(
    "want",
    N_("Hi! This is the municipality's machine. I can book you a meeting, often tomorrow. Free, with an interpreter."),
    OneOf({"meeting": N_("Book"), "apply": N_("Apply"), "question": N_("Ask"), "call": N_("Call me")}),
    # "I have no money", "we are four": whoever goes on telling has misunderstood nothing.
    unread=N_("Thank you. What you wrote is kept."),
    again=N_("How do you want help?"),
)
QUESTION = Question("question", N_("Write your question here. A person answers you, in your language."), Words(2000))


def welcome(form: Form) -> Value | Go | None:
    want = form.ask(WANT)
    if want == "meeting":
        return Go("first_meeting")
    if want == "apply":
        return Go("apply")
    if want == "call":
        form.go_on("number")
    if want == "question":
        form.ask(QUESTION)
        form.say(N_("A person reads what you wrote and answers you."))
    else:
        form.say(N_("A person rings you, with an interpreter if you want. To choose when: write CALL TIME."))
    return HandOver(
        person=form.context.person,
        thread=form.context.thread,
        channel=form.context.channel,
        language=form.context.language,
        at=form.context.now,
        reason="question" if want == "question" else "call-me",
        telephone=form.context.telephone,
        shared_phone=form.context.shared if form.context.channel == "sms" else None,
    )


FLOW = Flow("welcome", welcome, waits=False, if_left="staff")
