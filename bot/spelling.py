"""How people write: digits of any script, marks nobody sees, and letters that count as the same in a comparison."""

import re
import sys
import unicodedata
from functools import lru_cache

# Every decimal digit of every script, to 0-9. One character for one character: places in the text stay the same.
_DIGITS = {
    code: str(unicodedata.decimal(chr(code)))
    for code in range(0x80, sys.maxunicode + 1)
    if unicodedata.category(chr(code)) == "Nd"
}

# Bidi controls, zero-width characters, soft hyphen, variation selector and the keycap of "1️⃣", tatweel.
INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u0640\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060"
    "\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f\u20e3"
)
_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_MARKS = dict.fromkeys(map(ord, DASHES), "-") | dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u00b4`"), "'")

# Letters that two keyboards write differently and one reader reads alike.
_SAME = str.maketrans(
    {"\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u0629": "\u0647", "ø": "o", "æ": "a", "ß": "ss"}
)

_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_NOT_WORD = re.compile(r"[^\w]+|_+")


def digits(text: str) -> str:
    """Digits of any script as 0-9, everything else untouched and in its place (``"٨٥٠٠"`` -> ``"8500"``)."""
    return text.translate(_DIGITS)


_READ = _DIGITS | _MARKS | _INVISIBLE


# One turn reads the same words a dozen ways; what else these remember are phrases of our own lists.
_A_FEW = 64


@lru_cache(_A_FEW)
def clean(text: str) -> str:
    """One line as a reader sees it: composed, without invisible marks, plain spaces, dashes and digits."""
    if not text.isascii():
        # Composing may bring new ones ("①" is a digit, "＇" a mark).
        text = unicodedata.normalize("NFKC", text.translate(_READ)).translate(_READ)
    return " ".join(text.replace("`", "'").split())


@lru_cache(_A_FEW)
def fold(text: str) -> str:
    """Words only, lower case, spelling differences gone: what two people who mean the same word have in common.

    ``"Hjälp!!"`` -> ``"hjalp"``, ``"STOOOP"`` -> ``"stop"`` (three of a letter or more become one, two stay two).
    Arabic loses its vowel marks, and the forms of alif, ya and ta marbuta become one.
    """
    text = clean(text).casefold().replace("'", "")
    if not text.isascii():
        letters = unicodedata.normalize("NFD", text)
        text = "".join([char for char in letters if not unicodedata.combining(char)]).translate(_SAME)
    return " ".join(_NOT_WORD.sub(" ", _REPEATED.sub(r"\1", text)).split())


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit at all (an emoji, a row of dots or an empty message has none)."""
    return any(char.isalnum() for char in clean(text))
