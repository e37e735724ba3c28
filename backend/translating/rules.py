"""What no machine translates: what was decided, money, and how to appeal. A wrong word there costs somebody her right.

It is looked for in the original and in what came back, in every language we write: so what one list lacks the other
may have. It finds signs, not meaning, and rather stops too much: a human interpreter is one press away.
"""

import re
import unicodedata
from typing import Literal

from backend.handover import content

Why = Literal["money", "decision", "appeal"]

IN_SWEDISH: dict[Why, str] = {
    "money": "Där står en summa.",
    "decision": "Det handlar om ett beslut.",
    "appeal": "Det handlar om att överklaga.",
}

_APPEAL = re.compile(
    r"överklag|besvärshänvis|\bappeal|طعن|استئناف|اعتراض|ra[cf][cf]aan|оскарж|апеляц",
)
_DECISION = re.compile(
    r"\bbeslut|bifall|\bavsl(?:ag|å|og)|\bavvisa|bevilj|återkrav"
    r"|\bdecision|\bdecided\b|\bapproved\b|\breject|\brefusal|\bdenied\b|\bgranted\b"
    r"|قرار|رفض|مرفوض|موافقة"
    r"|go['\u2019]aan|diidmo|la diid|oggolaa"
    r"|рішенн|відмов|схвал|відхил"
)


def why_not(words: str) -> Why | None:
    """Why a machine may not translate these words; ``None``: it may."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKC", words.lower()) if unicodedata.category(sign) not in ("Cf", "Mn")
    )
    if _APPEAL.search(plain):
        return "appeal"
    if _DECISION.search(plain) or "decision" in content.found(words):
        return "decision"
    return "money" if content.has_sum(words) else None
