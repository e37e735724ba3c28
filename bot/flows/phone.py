"""Who else reads this phone? Unanswered counts as somebody."""

from backend.contract import Phone
from bot.form import Flow, Form, Shared
from bot.questions import OneOf, Question
from bot.text import N_, say

NOBODY = say("No")
_WHO = OneOf({"no": N_("No"), "yes": N_("Yes")})
SHARED = Question("shared", N_("Does anyone else read your texts?"), _WHO)
ONLY_TIMES = N_(
    "Then we write only about your times here. The rest we say when we meet, or when you ring. "
    "Nobody else reads any more? Write OWN PHONE."
)
SHARED_HERE = Question("shared", N_("Does anyone else read your messages here?"), _WHO)


def phone(form: Form) -> Phone | Shared | None:
    if form.context.channel == "telegram":
        form.go_on("number")
    if form.context.shared is not None:
        return None
    shared = ask_who_reads(form)
    if shared:
        form.say(ONLY_TIMES)
    return told(form, shared=shared)


def ask_who_reads(form: Form) -> bool:
    """Asked of the phone by SMS, of the account on Telegram."""
    return form.ask(SHARED_HERE if form.context.channel == "telegram" else SHARED) == "yes"


def told(form: Form, *, shared: bool) -> Phone | Shared:
    """The answer as an effect: of a telephone the backend is told; of an account the thread alone knows."""
    here = form.context
    if here.channel == "telegram":
        return Shared(shared)
    return Phone(person=here.person, telephone=here.telephone, at=here.now, shared=shared)


FLOW = Flow("phone", phone, waits=False, until_met=True)
