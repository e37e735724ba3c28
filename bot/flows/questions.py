"""Some questions now, or all of them at the meeting; and who else reads this phone, or which phone we may write to."""

from backend.contract import Phone, Value
from bot.form import Flow, Form, Go, Reach
from bot.questions import OneOf, Question, TelephoneNumber
from bot.text import N_

WHEN = Question(
    "when",
    N_("Do you want to answer some questions now? Otherwise we take them at the meeting."),
    OneOf({"now": N_("Now"), "meeting": N_("At the meeting")}),
)
SHARED = Question("shared", N_("Does anyone else read your texts?"), OneOf({"no": N_("No"), "yes": N_("Yes")}))
TELEPHONE = Question(
    "telephone",
    N_("Which mobile number may we write to? Then you get a reminder of your meeting there."),
    TelephoneNumber(),
)


def questions(form: Form) -> Value | Go | Reach | None:
    now = form.may_apply_here and not form.context.applied and form.ask(WHEN) == "now"
    if form.context.channel == "sms":
        if form.context.shared is not None:
            return Go("application") if now and not form.context.shared else None
        shared = form.ask(SHARED) == "yes"
        if now and shared:
            form.say(N_("Then we take the questions at the meeting, so that nobody else reads your answers."))
        elif now:
            form.go_on("application")
        return Phone(person=form.context.person, telephone=form.context.telephone, at=form.context.now, shared=shared)
    if now:
        return Go("application")
    number = None if form.context.telephone else form.ask_or_leave(TELEPHONE)
    return Reach(number) if number else None


FLOW = Flow("questions", questions, waits=False)
