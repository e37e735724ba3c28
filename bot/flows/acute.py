"""Right after the time: what is stored, and whether something is needed already today."""

from backend.contract import AcuteNeed
from bot.form import Flow, Form
from bot.questions import Question, YesNo
from bot.text import N_

ACUTE = Question("acute", N_("Do you need food, medicine or a place to sleep already today?"), YesNo())

STORED = N_("We keep your number and your answers to help you. Staff keep them secret. More: write WHAT. Stop: STOPP.")
STORED_HERE = N_(
    "We keep what you write here to help you. Staff keep it secret. Everything can wait until the meeting."
)
STORED_ON_TELEGRAM = N_(
    "We keep what you write here to help you. Staff keep it secret, but Telegram is not private: "
    "send no numbers and no papers here. More: write WHAT. Stop: STOPP."
)
AFTER_HOURS = N_("In danger to life: ring 112. When we are closed: ring {after_hours}. Now a person is told at once.")


def acute(form: Form) -> AcuteNeed | None:
    form.say({"sms": STORED, "telegram": STORED_ON_TELEGRAM}.get(form.context.channel, STORED_HERE))
    form.go_on("questions")
    # A person is on the way to her already, and she has been told: a machine that asks once more has not listened.
    if form.context.alarmed or not form.ask(ACUTE):
        return None
    form.say(AFTER_HOURS, after_hours=form.context.after_hours)
    return AcuteNeed(person=form.context.person, thread=form.context.thread, at=form.context.now)


FLOW = Flow("acute", acute, waits=False, until_met=True)
