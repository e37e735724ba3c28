"""Which application is it: the first, the next month's, or none before a month opens? Nobody is refused one.

What is worth knowing (the same month was applied for, a case was closed) is said, and she goes on all the same.
"""

from datetime import date

from backend.contract import ApplicationChoice, ApplicationChoiceQuery, ApplicationFlag, Sensitivity
from bot.form import Flow, Form, Go
from bot.questions import OneOf, Question
from bot.text import N_, MonthName

PERSONAL = Sensitivity.PERSONAL
NOT_NOW = N_("Not now")
A_SINGLE_COST = N_("A single cost")

NEXT_MONTH = Question(
    "which_application",
    N_("You can apply for a new month: {month}. What do you want?"),
    OneOf({"month": N_("The month"), "single-cost": A_SINGLE_COST, "nothing": NOT_NOW}),
    sensitivity=PERSONAL,
)
_ANYWAY = OneOf({"anyway": N_("Apply anyway"), "single-cost": A_SINGLE_COST, "nothing": NOT_NOW})
OPENS = Question(
    "apply_anyway",
    N_("You have applied for what is open. Next: {month}, from {day}. What do you want?"),
    _ANYWAY,
    sensitivity=PERSONAL,
)
OPENS_AND_IS_TOLD = Question(
    "apply_anyway",
    N_("You have applied for what is open. Next: {month}, from {day}. We write then. What do you want?"),
    _ANYWAY,
    sensitivity=PERSONAL,
)

SAID = {
    "same-month": N_("You applied for the same month on {day}. You may apply again."),
    "closed-lately": N_("Your case was closed on {day}. You may always apply again."),
}
"""What she is told of a flag; what the others say is in the question itself."""
WHENEVER = N_("All right. Write to us whenever you want help.")


class Choice:
    """Which application it is for her today."""

    def query(self, form: Form) -> ApplicationChoiceQuery:
        return ApplicationChoiceQuery(person=form.context.person, at=form.context.now)


def which(form: Form) -> Go | None:
    found = form.find("choice", Choice())
    if found is None:
        return Go("application")
    choice = ApplicationChoice.model_validate(found)
    if choice.kind == "new":
        _tell(form, choice.said)
        return Go("application")
    if choice.kind == "recurring" and choice.month is not None:
        _tell(form, choice.said)
        wants, month = form.ask(NEXT_MONTH, month=MonthName(choice.month)), choice.month
    else:
        opens = OPENS_AND_IS_TOLD if form.context.applied else OPENS
        month = choice.next_month
        wants = form.ask(opens, month=MonthName(month), day=choice.opens_on)
    if wants == "nothing":
        form.say(WHENEVER)
        return None
    return Go("single_cost") if wants == "single-cost" else _renewal(month)


def _renewal(month: date) -> Go:
    return Go("renewal", {"for_month": month.isoformat()})


def _tell(form: Form, flags: tuple[ApplicationFlag, ...]) -> None:
    for flag in flags:
        if flag.why in SAID:
            form.say(SAID[flag.why], day=flag.on)


FLOW = Flow("which", which, waits=False, if_left="asked")
