"""A job, not money: who helps with that, and a meeting about it. No application is opened."""

from backend.contract import Work
from bot.form import Flow, Form, Go
from bot.questions import Question, YesNo
from bot.text import N_, Text, say

WORK_MEETING = Question(
    "work_meeting", N_("Do you want to meet us and talk about work? You apply for no money by it."), YesNo()
)

OFFERS = {
    "job-coach": N_("a job coach"),
    "work-practice": N_("work practice"),
    "training": N_("training"),
    "cv": N_("help with your CV"),
}
NO_APPLICATION = N_("Then we send no application. You can apply whenever you want.")


def helpers(work: Work) -> Text:
    """Who helps to a job: Arbetsförmedlingen, and what the municipality has."""
    if not work.offers:
        return say(N_("Arbetsförmedlingen helps you find work: {page}."), page=work.employment_service)
    return say(
        N_("Arbetsförmedlingen helps you find work: {page}. The municipality has {offers}. It is free."),
        page=work.employment_service,
        offers=tuple(say(OFFERS[offer]) for offer in work.offers),
    )


def work(form: Form) -> Go | None:
    form.say(helpers(form.context.work))
    if form.ask(WORK_MEETING):
        return Go("first_meeting")
    form.say(N_("Good. Write whenever you want."))
    return None


FLOW = Flow("work", work, waits=False)
