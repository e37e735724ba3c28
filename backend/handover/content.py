"""What a text says that may not stand everywhere: a sum, a diagnosis, a number of identity, what was decided.

Staff write what they like; this looks for what must not lie in somebody's text messages. It finds signs, not meaning:
what it lets through may still be too much, and whoever is stopped can always ring. Words are looked for in Swedish,
which staff write in; sums and numbers in any script.
"""

import re
import unicodedata
from typing import Literal

from backend.contract import Sensitivity

What = Literal["number", "health", "decision", "sum"]

SENSITIVITY: dict[What, Sensitivity] = {
    "number": Sensitivity.SECRET,
    "health": Sensitivity.SECRET,
    "decision": Sensitivity.SECRET,
    "sum": Sensitivity.PERSONAL,
}
IN_SWEDISH: dict[What, str] = {
    "number": "ett personnummer, kortnummer eller kontonummer",
    "health": "något om hälsa",
    "decision": "vad som har beslutats",
    "sum": "en summa",
}

_FIGURES = r"\d(?:[ .]?\d)*(?:,\d{1,2})?"
_CURRENCY = (
    r"(?::-|kr\b|kronor|krona\b|sek\b|tkr\b|tusen\b|öre\b|euro|eur\b|usd\b|dollar|[€$£]"
    r"|крон|гривень|грн\b|كرون|كورون|koron|karoon|karoni)"
)
_SUM = re.compile(rf"{_FIGURES} ?{_CURRENCY}|{_CURRENCY} ?{_FIGURES}")
_OF_MONEY = re.compile(
    r"pengar|betal|summa|belopp|hyra|lön\b|lönen|skuld|bidrag|\bnorm(?:en)?\b|ersättning|kosta|räkning"
)
_BARE = re.compile(r"(?<![\d.:/-])[1-9]\d{0,2}(?: ?\d{3})+(?![\d.:/-]| ?\d)|(?<![\d.:/-])[1-9]\d{2}(?![\d.:/-]| ?\d)")
_PERSONAL = re.compile(r"(?<!\d)(?:(?:19|20)\d{6}[-+ ]?|\d{6}[-+]|(?!0)\d{6} ?)[\da-z]\d{3}(?!\d)")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_ACCOUNT = re.compile(r"(?:konto|clearing|iban|plusgiro)\D{0,25}\d(?:[ .,-]{0,2}\d){5,}")
_IBAN = re.compile(r"\bse\d{2}(?: ?\d{4}){5}\b")
_DECISION = re.compile(r"bifall|\bavsl(?:ag|å|og)|\bavvisa|bevilja|återkrav|nekas\b|nekad\b")
_HEALTH = re.compile(
    r"diagnos|depress|deprimer|ångest|psyko|psykisk|bipol[äa]r|schizofren|\badhd\b|autis|\bptsd\b|cancer|tumör|\bhiv\b"
    r"|hepatit|epileps|diabetes|demens|missbruk|beroendevård|alkoholberoende|drogberoende|gravid|\babort|utmattning"
    r"|utbränd|självmord|suicid|sjukdom"
)
_LONGEST_SUM = 7
_YEAR = re.compile(r"(?:19|20)\d\d")


def found(text: str) -> tuple[What, ...]:
    """What stands in a text, the most sensitive first."""
    plain = _plain(text)
    has: dict[What, bool] = {
        "number": any(one.search(plain) for one in (_PERSONAL, _IBAN, _ACCOUNT, _CARD)),
        "health": bool(_HEALTH.search(plain)),
        "decision": bool(_DECISION.search(plain)),
        "sum": has_sum(text),
    }
    return tuple(what for what, there in has.items() if there)


def has_sum(text: str) -> bool:
    """Whether a sum of money stands there: figures beside a word or sign for money, or a bare number of three figures
    or more in a text that is about money."""
    plain = _plain(text)
    if _SUM.search(plain):
        return True
    numbers = (re.sub(r"\D", "", one[0]) for one in _BARE.finditer(plain))
    return bool(_OF_MONEY.search(plain)) and any(
        len(one) <= _LONGEST_SUM and not _YEAR.fullmatch(one) for one in numbers
    )


def _plain(text: str) -> str:
    """Small letters, figures 0-9 in whatever script they were, and one kind of space and dash."""
    signs = (
        str(unicodedata.decimal(sign)) if sign.isdecimal() else "-" if unicodedata.category(sign) == "Pd" else sign
        for sign in unicodedata.normalize("NFKC", text.lower())
        if unicodedata.category(sign) != "Cf"
    )
    return re.sub(r"\s+", " ", "".join(signs))
