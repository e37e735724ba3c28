"""What frightened people ask before they dare to ask for help: answered truthfully, shortly and kindly.

No promise of money, no threat, and never more than is known: where it depends, it says so and where to ask. "Can I get
anything?" is never answered with a no.
"""

from bot.answers.answer import Answer
from bot.text import N_

_SECRECY = "OSL (2009:400) 26 kap. 1 §"

ANSWERS = (
    Answer(
        "migration",
        N_("What you tell us is secret by law. What other authorities may learn depends on your case. Ask us first."),
        label=N_("The Migration Agency"),
        rests_on=f"{_SECRECY}. Which registers are asked, and what is reported for the state's compensation, differs.",
        law=True,
    ),
    Answer(
        "take-children",
        N_(
            "To ask for money is no reason to take a child. "
            "We ask about children because they can give a right to more."
        ),
        label=N_("My children"),
        rests_on="LVU (1990:52) 1-3 §§: lack of money is none of the grounds. The norm counts the children.",
        law=True,
    ),
    Answer(
        "permit",
        N_(
            "It depends on your permit, so I cannot say. Coming to the meeting changes no permit. Ask before you apply."
        ),
        label=N_("My residence permit"),
        rests_on="Some permits ask that one supports oneself (utlänningslagen 2005:716); many do not.",
        law=True,
    ),
    Answer(
        "family-told",
        N_("We do not tell your family what you say. But couples apply together. To talk alone first: write RING."),
        label=N_("My family"),
        rests_on=f"{_SECRECY}. Spouses and cohabitants apply together and both sign.",
        law=True,
    ),
    Answer(
        "debts",
        N_("You may apply even if you have debts. Tell us at the meeting, above all of rent and electricity."),
        label=N_("My debts"),
        rests_on="SoL (2025:400) 12 kap. 1 §: debts are no hindrance to applying.",
        law=True,
    ),
    Answer(
        "police",
        N_("We are not the police. What you tell us is secret by law, with exceptions. You may ask which, before."),
        label=N_("The police"),
        rests_on=f"{_SECRECY}; what breaks it stands in 10 kap.",
        law=True,
    ),
    Answer(
        "pay-back",
        N_("Usually not, it is no loan. There are exceptions: ask at the meeting what is true for you."),
        label=N_("Paying back"),
        rests_on="Socialstyrelsen on repayment: not as a rule; an advance on another benefit is one exception.",
        law=True,
    ),
    Answer(
        "how-paid",
        N_("Granted money usually comes to a bank account. Have you none, say so at the meeting. Send no number here."),
        label=N_("How it is paid"),
        rests_on="The form asks for clearing number and account; no channel here may ask for it.",
    ),
    Answer(
        "travel",
        N_("Tell us before you travel, it can change what you have a right to. Ask at the meeting, or write RING."),
        label=N_("A trip abroad"),
        rests_on="SoL (2025:400) 12 kap. 1-3 §§: at the labour market's disposal.",
        law=True,
    ),
    Answer(
        "costs",
        N_("No. The meeting, the interpreter and the application are free. Your own text costs what it always does."),
        label=N_("What it costs"),
        rests_on="FL (2017:900) 13 §: the authority orders and pays the interpreter.",
    ),
    Answer(
        "can-i-get",
        N_("I cannot decide that. You always have the right to apply. In an unemployment fund? Apply there too."),
        label=N_("Whether I get anything"),
        rests_on="SoL (2025:400) 12 kap. 1 §; a human decides.",
    ),
)
