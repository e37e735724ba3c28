"""What frightened people ask before they dare to ask for help: answered truthfully, shortly and kindly.

No promise of money, no threat, and never more than is known: where it depends, it says so and where to ask.
"""

from bot.answers.answer import Answer
from bot.text import N_

ANSWERS = (
    Answer(
        "take-children",
        N_("To ask for money is no reason to take a child. We ask about children because they give a right to more."),
        label=N_("My children"),
        rests_on="LVU (1990:52) 1-3 §§: lack of money is none of the grounds. The norm counts the children.",
        law=True,
    ),
    Answer(
        "costs",
        N_("No. The meeting, the interpreter and the application are free. Your own text costs what it always does."),
        label=N_("What it costs"),
        rests_on="FL (2017:900) 13 §: the authority orders and pays the interpreter.",
        law=True,
    ),
)
