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
AT_NIGHT = N_("In danger to life: ring 112. We are closed now: ring {after_hours}. A person reads this when we open.")
"""While nobody of the staff is there: nothing is said that no one can keep before the morning."""


def in_danger(closed: bool) -> str:
    """The numbers of who is there at this hour, and when a human of ours is."""
    return AT_NIGHT if closed else AFTER_HOURS


def acute(form: Form) -> AcuteNeed | None:
    form.say({"sms": STORED, "telegram": STORED_ON_TELEGRAM}.get(form.context.channel, STORED_HERE))
    form.go_on("questions")
    # A person is on the way to her already, and she has been told: a machine that asks once more has not listened.
    if form.context.alarmed or not form.ask(ACUTE):
        return None
    form.say(in_danger(form.context.closed), after_hours=form.context.after_hours)
    return AcuteNeed(person=form.context.person, thread=form.context.thread, at=form.context.now)


FLOW = Flow("acute", acute, waits=False, until_met=True)
