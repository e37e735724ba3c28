"""Some questions now, or all of them at the meeting; and which phone we may write to."""

from bot.form import Flow, Form, Go, Reach
from bot.questions import OneOf, Question, TelephoneNumber
from bot.text import N_

WHEN = Question(
    "when",
    N_("Do you want to answer some questions now? Otherwise we take them at the meeting."),
    OneOf({"now": N_("Now"), "meeting": N_("At the meeting")}),
)
WHEN_GUIDED = Question(
    "when_guided",
    N_("Do you want help with the application in the e-service now?"),
    OneOf({"now": N_("Now"), "meeting": N_("At the meeting")}),
)
TELEPHONE = Question(
    "telephone",
    N_("Which mobile number may we write to? Then you get a reminder of your meeting there."),
    TelephoneNumber(),
)


def questions(form: Form) -> Go | Reach | None:
    here = form.context
    if here.cancelled:
        return None  # there is no meeting to take them at, nor one to be reminded of
    may_be_asked = here.private or ((here.guided or here.e_service) and here.shared is not True)
    when = WHEN_GUIDED if here.e_service else WHEN
    if may_be_asked and not (here.applied or here.wants_work) and form.ask(when) == "now":
        return Go("apply")
    if not here.private:
        return Go("phone")
    number = None if here.telephone else form.ask_or_leave(TELEPHONE)
    return Reach(number) if number else None


FLOW = Flow("questions", questions, waits=False, until_met=True)
