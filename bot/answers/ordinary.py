"""What everybody asks: when, where, what to bring, how long; with the municipality's own hours and numbers."""

from bot.answers.answer import Answer
from bot.text import N_

ANSWERS = (
    Answer(
        "opening-hours",
        N_("We are open {hours}. You can write here at any time."),
        label=N_("Opening hours"),
        rests_on="The municipality's settings.",
    ),
)
