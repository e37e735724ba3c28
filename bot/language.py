"""Which language somebody writes: by its script and by its commonest words, and never from one word in Latin letters.

Words come from the catalogues (list ``common``), so a new language is recognised when its file is there. Languages
without a catalogue are told apart by their letters where letters are enough: a Persian text is not Arabic.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

from bot.spelling import clean, fold
from bot.text import known, language_name, languages, understood, words


@dataclass(frozen=True)
class Guess:
    """A language code, or ``None`` when nobody could tell. Not ``sure``: ask, or keep the language there was.

    The code may be one that has no complete catalogue (``languages()`` says which have): an interpreter for it may
    still be what the person needs.
    """

    code: str | None
    sure: bool = False


SPOKEN: tuple[str, ...] = (
    *("ar", "so", "ti", "fa", "prs", "uk", "en", "bs", "ckb", "kmr"),
    *("ps", "pl", "tr", "ru", "fr", "am", "sq", "es", "hr", "sr"),
)
"""Languages an interpreter is often asked for, the commonest first; names of all others are known too."""

# Letters one language has and its neighbours in the same script do not. Order matters: the rarest letters first.
_LETTERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ps", re.compile("[\u067c\u0681\u0685\u0689\u0693\u0696\u069a\u06ab\u06bc\u06d0\u06cd]")),
    ("ckb", re.compile("[\u0695\u06b5\u06c6\u06ce\u06d5]")),
    ("ur", re.compile("[\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2]")),
    ("fa", re.compile("[\u067e\u0686\u0698\u06af]")),
    ("uk", re.compile("[іїєґ]", re.IGNORECASE)),
    ("ru", re.compile("[ыэъё]", re.IGNORECASE)),
)
_ARABIC, _ETHIOPIC = re.compile("[\u0620-\u06ff\u0750-\u077f]"), re.compile("[\u1200-\u137f]")
# Letters that Persian keyboards write for kaf and ya; an Arabic keyboard has its own.
_PERSIAN_KEYS = re.compile("[\u06a9\u06cc]")
# What only Arabic has: ta marbuta, hamza on its seats, alif maqsura with tanwin, and the article.
_ONLY_ARABIC = re.compile("[\u0629\u0623\u0625\u0624\u0671]|(?<![\u0620-\u06ff])(?:[وبفك]?ال|لل)[\u0620-\u064a]{2,}")
# Frequent in Persian and Dari, and no words of Arabic when both are spelled without marks.
_PERSIAN_WORDS = frozenset(
    fold(
        "است را که برای هست هستم هستیم می خواهم میخواهم دارم دارید ندارم شما کنید کنم کمک خیلی باید نیاز نمی شود شد "
        "بود با یک"
    ).split()
)
# Letters that are common in Tigrinya and rare in Amharic, which has the same script.
_TIGRINYA = re.compile("[\u1240-\u124d\u1250-\u125d\u12a3\u12d3\u1213]")


def detect(message: str) -> Guess:
    """The language of a message. Sure means: two common words of it, or letters nobody else uses."""
    text = clean(message)
    for code, letters in _LETTERS:
        found = letters.findall(text)
        if found and not (code == "fa" and _clearly_arabic(text)):
            return Guess(code, sure=len(found) > 1 or code in ("uk", "ru"))
    if _ETHIOPIC.search(text):
        return Guess("ti", sure=bool(_TIGRINYA.search(text)))
    if _ARABIC.search(text):
        return _arabic_script(text)
    return _by_words(text)


def _clearly_arabic(text: str) -> bool:
    return len(_ONLY_ARABIC.findall(text)) > 1


def _arabic_script(text: str) -> Guess:
    persian = len(_PERSIAN_WORDS & set(text.split())) + 2 * bool(_PERSIAN_KEYS.search(text))
    arabic = len(_ONLY_ARABIC.findall(text)) + _common(text)["ar"]
    if persian > arabic:
        return Guess("fa", sure=persian > 1)
    return Guess(
        "ar", sure=(arabic > persian and arabic > 1) or (arabic > 0 and len(text.split()) > 1 and persian == 0)
    )


def _by_words(text: str) -> Guess:
    ranked = _common(text).most_common(2)
    if not ranked or ranked[0][1] < 2:
        return Guess(None)
    code, hits = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0
    return Guess(code, sure=True) if hits > second else Guess(None)


def _common(text: str) -> Counter[str]:
    """How many different words of the message are among the commonest of each language."""
    said = set(fold(text).split())
    return Counter({language: len(said & words_of) for language, words_of in _common_words().items()})


@cache
def _common_words() -> Mapping[str, frozenset[str]]:
    return {language: frozenset(fold(word) for word in words(language, "common")) for language in understood()}


@cache
def _names() -> Mapping[str, str]:
    """Folded names of all languages in those we speak, in English and in themselves -> code."""
    codes = [str(code) for code in Locale("sv").languages if re.fullmatch("[a-z]{2,3}", str(code))]
    names: dict[str, str] = {}
    # What comes later wins: the languages interpreters are asked for, then our own lists.
    for code in (*codes, *reversed(SPOKEN), *understood()):
        ours = code in SPOKEN or code in understood()
        for reader in ("en", *understood(), *((code,) if ours else ())):
            name = fold(language_name(code, reader))
            if len(name) > 3 or ours:
                names[name] = code
                # "العربية" is also written without its article.
                names[name.removeprefix("ال")] = code
    for language in understood():
        for pair in words(language, "language-names"):
            name, _, code = pair.partition("=")
            names[fold(name)] = code.strip()
    return names


def named(message: str) -> str | None:
    """The code of the language a message names, if that is all it says: ``"Arabiska"``, ``"العربية"``, ``"SV"``."""
    # A code as it is written, not folded: "är" is no "ar".
    code = clean(message).strip(" .!?").casefold()
    if code in understood():
        return code
    said = [word for word in fold(message).split() if word not in known("speaking") and word not in known("politeness")]
    return _names().get(" ".join(said))


def offered() -> tuple[str, ...]:
    """Languages to choose an interpreter from: ours first, then the commonest."""
    ours = [code for code in languages() if code != "sv"]
    return tuple(dict.fromkeys((*ours, *SPOKEN)))
