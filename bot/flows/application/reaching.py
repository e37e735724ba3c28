"""How we reach her, where the money goes, which permit she has, and whom we may talk to about her.

The account and the permit are secret: they are never asked for in a chat, and wait for the page or the meeting.
"""

from typing import NamedTuple

from backend.contract import Sensitivity
from bot.form import Form
from bot.questions import Email, Question, Several, SeveralOrNone, Words, without_none
from bot.text import N_

PERSONAL, SECRET = Sensitivity.PERSONAL, Sensitivity.SECRET

CONTACT_BY = Question(
    "contact_by",
    N_("How may we reach you? You can choose several."),
    Several({"text": N_("Text message"), "call": N_("Call"), "letter": N_("Letter"), "email": N_("E-mail")}),
    sensitivity=PERSONAL,
    section="reaching",
    short=N_("Reach by"),
)
EMAIL = Question(
    "email",
    N_("Which e-mail address do you have?"),
    Email(),
    sensitivity=PERSONAL,
    section="reaching",
    short=N_("E-mail"),
)
MAY_ASK = Question(
    "may_ask",
    N_("Whom may we talk to about you? You can take it back."),
    SeveralOrNone(
        {
            "arbetsformedlingen": N_("Arbetsförmedlingen"),
            "forsakringskassan": N_("Försäkringskassan"),
            "landlord": N_("Landlord"),
            "care": N_("Health care"),
            "none": N_("None of them"),
        }
    ),
    sensitivity=PERSONAL,
    section="reaching",
    short=N_("You may talk to"),
    usual=("none",),
)
ACCOUNT = Question(
    "account",
    N_("Which account may the money go to? Write the clearing number and the account number. No account: write NO."),
    Words(100),
    sensitivity=SECRET,
    section="reaching",
    short=N_("Account"),
)
PERMIT = Question(
    "permit",
    N_("Of which country are you a citizen? If you have a residence permit: which, and until when?"),
    Words(200),
    sensitivity=SECRET,
    section="reaching",
    short=N_("Citizenship and permit"),
)


class Reaching(NamedTuple):
    contact_by: tuple[str, ...] | None
    email: str | None
    may_ask: tuple[str, ...] | None


def reaching(form: Form) -> Reaching:
    """Who writes from a telephone wants texts there, until she says otherwise."""
    by = form.ask_or_leave(CONTACT_BY, implied=("text",) if _is_on_a_telephone(form) else None)
    email = form.ask_or_leave(EMAIL) if "email" in (by or ()) else None
    may_ask = without_none(form.ask_or_leave(MAY_ASK))
    form.ask_or_leave(ACCOUNT)
    form.ask_or_leave(PERMIT)
    return Reaching(by, email, may_ask)


def _is_on_a_telephone(form: Form) -> bool:
    return form.context.telephone is not None or form.context.channel != "web"
