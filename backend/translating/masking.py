"""What is taken out of words before they leave, and put back into what comes home: names, addresses and long numbers.

Five figures or more are taken whatever they are, so that every number the bot seals (of identity, account, card) is
among them, and every telephone; and a name we know, e-mail and web addresses. A service is sent ``[1]`` in their place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.translating import NotTranslated

_BETWEEN = r"[\s.,\-/_+\u2010-\u2015\u2212\u200e\u200f\u061c\u2066-\u2069\ufeff]{0,3}"
_MAIL = r"[^\s@<>]+@[^\s@<>]+\.\w+"
_WEB = r"\b(?:https?://|www\.)\S+"
_IBAN = r"\b[A-Za-z]{2}\d{2}[ ]?[A-Za-z\d]{4}(?:[ ]?(?=[A-Za-z]{0,3}\d)[A-Za-z\d]{4}){1,6}(?:[ ]?\d{1,3})?(?!\w)"
_INTERIM = rf"\d(?:{_BETWEEN}\d){{5,7}}{_BETWEEN}[TRSUWXJKLMNtrsuwxjklmn]\d{{3}}"
_NUMBER = rf"\+?\d(?:{_BETWEEN}\d){{4,}}"
_TOKEN = re.compile(r"\[\s*(\d+)\s*\]")


@dataclass(frozen=True)
class Masked:
    """Words as they may leave, and what was taken out, by the number in its place. It shows itself nowhere."""

    words: str
    taken: dict[int, str]

    def __repr__(self) -> str:
        return f"Masked({len(self.taken)} taken)"


def mask(words: str, names: Sequence[str] = ()) -> Masked:
    """Take out what should not leave. ``names``: what the people concerned are called, as far as we know."""
    known = [rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names, key=len, reverse=True) if name.strip()]
    pattern = re.compile("|".join((_MAIL, _WEB, _IBAN, _INTERIM, _NUMBER, *known)), re.IGNORECASE)
    taken: dict[int, str] = {}
    # What looks like one of ours already would be put back as something else.
    first = max((int(one) for one in _TOKEN.findall(words)), default=0) + 1

    def take(match: re.Match[str]) -> str:
        number = first + len(taken)
        taken[number] = match[0]
        return f"[{number}]"

    return Masked(pattern.sub(take, words), taken)


def put_back(translated: str, masked: Masked) -> str:
    """What came home, with everything in its place again. Raises NotTranslated where something was lost or doubled."""
    ours = [int(one) for one in _TOKEN.findall(translated) if int(one) in masked.taken]
    if sorted(ours) != sorted(masked.taken):
        raise NotTranslated("what was masked did not come back")
    return _TOKEN.sub(lambda one: masked.taken.get(int(one[1]), one[0]), translated)
