"""Which language somebody writes: told only when it can be told, asked otherwise, never guessed.

Three witnesses: the script, the commonest words of each language (list ``common`` of the catalogues, and
:mod:`bot.hearing.common_words` for those that have none, Arabic and Tigrinya in Latin letters among them), and lingua,
which knows the letters' habits of many languages. Words must say it; letters or lingua must not say otherwise. Lingua
alone is never believed: it is as sure of a language it does not know as of one it does (``docs/decisions/0007``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale
from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

from bot.hearing import common_words
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

VARIETIES: Mapping[str, tuple[str, ...]] = {"ku": ("ckb", "kmr")}
"""What people call one language, and nobody interprets: which of these it is must be asked."""

# Letters one language has and its neighbours in the same script do not. Order matters: the rarest letters first.
_LETTERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ps", re.compile("[\u067c\u0681\u0685\u0689\u0693\u0696\u069a\u06ab\u06bc\u06d0\u06cd]")),
    ("ckb", re.compile("[\u0695\u06b5\u06c6\u06ce\u06d5]")),
    ("ur", re.compile("[\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2]")),
    ("fa", re.compile("[\u067e\u0686\u0698\u06af]")),
)
_CYRILLIC_LETTERS: tuple[tuple[frozenset[str], re.Pattern[str]], ...] = (
    (frozenset({"kk", "ky", "tg", "mn"}), re.compile("[әғқңөұүһҳҷӣӯ]")),
    (frozenset({"be"}), re.compile("ў")),
    (frozenset({"sr", "mk"}), re.compile("[ђћџљњјѓќѕ]")),
    (frozenset({"uk"}), re.compile("[їєґ]")),
    (frozenset({"uk", "be", "kk"}), re.compile("і")),
    (frozenset({"ru", "be", "kk", "ky", "mn"}), re.compile("[ыэё]")),
    (frozenset({"ru", "bg", "tg", "ky", "mn"}), re.compile("ъ")),
    (frozenset({"ru", "uk", "bg"}), re.compile("щ")),
)
"""Which of the languages of this alphabet have a letter; a language must have all letters of the message."""
_ARABIC, _ETHIOPIC = re.compile("[\u0620-\u06ff\u0750-\u077f]"), re.compile("[\u1200-\u137f]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
# Letters that Persian keyboards write for kaf and ya; an Arabic keyboard has its own.
_PERSIAN_KEYS = re.compile("[\u06a9\u06cc]")
# What only Arabic has: ta marbuta, hamza on its seats, alif maqsura with tanwin, and the article.
_ONLY_ARABIC = re.compile("[\u0629\u0623\u0625\u0624\u0671]|(?<![\u0620-\u06ff])(?:[وبفك]?ال|لل)[\u0620-\u064a]{2,}")
# What is said so in Afghanistan and not in Iran.
_DARI_WORDS = frozenset(fold("ضرورت پیسه همرای همرایم دری").split())
# Letters that are common in Tigrinya and rare in Amharic, which has the same script, and the other way round.
_TIGRINYA = re.compile("[\u1240-\u124d\u1250-\u125d\u12a3\u12d3\u1213]")
_AMHARIC = re.compile(r"[\u12a7\u1298-\u129f]|ሁ(?!\w)|ነው|አለ|የለ")

_LETTERS_TELL = 2
"""So many of a language's own letters are no slip or name from elsewhere."""
_LINGUA_TELLS = 0.9
"""From this confidence (0-1) lingua is a witness beside a single common word."""
_TOKENS_FOR_LINGUA = 3


def detect(message: str) -> Guess:
    """The language of a message. A greeting, one word in Latin letters or two languages at once are never sure."""
    text = clean(message)
    for script, read in ((_ETHIOPIC, _ethiopic_script), (_ARABIC, _arabic_script), (_CYRILLIC, _alphabetic)):
        if script.search(text):
            guess = read(" ".join(token for token in text.split() if script.search(token)))
            beside = set(fold(script.sub(" ", text)).split()) - _greetings()
            # Another language as clearly beside it: which of the two to answer in is asked.
            return Guess(guess.code, guess.sure and all(len(beside & own) < 2 for own in _common_words().values()))
    return _alphabetic(text)


# --- Arabic and Ethiopic letters --------------------------------------------------------------------------------------


def _arabic_script(text: str) -> Guess:
    said = [token for token in text.split() if _ARABIC.search(token) and fold(token) not in _greetings()]
    if not said:
        return Guess(None)
    rest = " ".join(said)
    folded = set(fold(rest).split())
    for code, letters in _LETTERS:
        found = len(letters.findall(rest)) + len(folded & _common_words().get(code, frozenset()))
        if letters.search(rest) and not (code == "fa" and _clearly_arabic(rest)):
            return Guess(_of_persian(folded) if code == "fa" else code, sure=found >= _LETTERS_TELL and len(said) > 1)
    persian = len(_common_words()["fa"] & folded) + 2 * bool(_PERSIAN_KEYS.search(rest))
    arabic = len(_ONLY_ARABIC.findall(rest)) + len(folded & _common_words()["ar"])
    if persian > arabic:
        return Guess(_of_persian(folded), sure=persian > 1 and len(said) > 1)
    return Guess("ar", sure=persian == 0 and (arabic > 1 or (arabic > 0 and len(said) > 1)))


def _of_persian(folded: set[str]) -> str:
    """Dari where it is said as in Afghanistan, else Persian: in writing the two are mostly one."""
    return "prs" if _DARI_WORDS & folded else "fa"


def _clearly_arabic(text: str) -> bool:
    return len(_ONLY_ARABIC.findall(text)) > 1


def _ethiopic_script(text: str) -> Guess:
    said = [token for token in text.split() if fold(token) not in _greetings()]
    if not said:
        return Guess(None)
    rest = " ".join(said)
    tigrinya = len(_TIGRINYA.findall(rest))
    amharic = len(_AMHARIC.findall(rest)) + len(set(fold(rest).split()) & _common_words()["am"])
    if amharic > tigrinya:
        return Guess("am", sure=len(said) > 1 and tigrinya == 0 and amharic > 1)
    return Guess("ti", sure=len(said) > 1 and tigrinya > 0 and amharic == 0)


# --- Latin and Cyrillic letters ---------------------------------------------------------------------------------------


def _alphabetic(text: str) -> Guess:
    tokens = [token for token in fold(text).split() if not token.isdecimal()]
    if not [token for token in tokens if token not in _greetings()]:
        return Guess(None)
    possible = _with_these_letters(text.casefold())
    said = {token for token in tokens if any(char.isalpha() for char in token)}
    own = {code: said & common for code, common in _common_words().items() if possible is None or code in possible}
    ranked = sorted(own, key=lambda code: len(own[code]), reverse=True)
    if not ranked or not own[ranked[0]]:
        return Guess(None)
    first = ranked[0]
    # Of others only what is theirs alone counts against it: neighbours share many words.
    rivals = [code for code in ranked[1:] if own[code] and len(own[code]) == len(own[first])]
    second_language = any(len(own[code] - own[first]) > 1 for code in ranked[1:])
    if rivals or second_language:
        return Guess(first)
    beyond_greeting = {token for token in own[first] if token not in _greetings()}
    if len(own[first]) > 1 and beyond_greeting and len(tokens) > 1:
        return Guess(first, sure=True)
    enough = len(tokens) >= _TOKENS_FOR_LINGUA and bool(beyond_greeting)
    return Guess(first, sure=enough and _lingua_says(text, first))


def _with_these_letters(text: str) -> frozenset[str] | None:
    """The languages written with all the Cyrillic letters of a message; ``None`` for Latin letters."""
    if not _CYRILLIC.search(text):
        return None
    possible = frozenset({"uk", "ru", "bg", "be", "sr", "mk", "kk", "ky", "tg", "mn"})
    for having, letters in _CYRILLIC_LETTERS:
        if letters.search(text):
            possible &= having
    return possible


_LINGUA = (
    *("sv", "en", "so", "uk", "ru", "bg", "be", "sr", "mk", "kk", "tr", "az", "nb", "nn", "da", "de", "nl", "fr", "es"),
    *("pt", "it", "ro", "pl", "cs", "bs", "hr", "sq", "fi", "et", "hu", "sw", "tl"),
)
"""Ours, the commonest interpreters' languages, and their neighbours: without these lingua would take them for ours."""
_ONE = {"hr": "bs", "nn": "nb"}


def _lingua_says(text: str, code: str) -> bool:
    best = _detector().compute_language_confidence_values(text)[0]
    name = best.language.iso_code_639_1.name.lower()
    return best.value >= _LINGUA_TELLS and _ONE.get(name, name) == code


@cache
def _detector() -> LanguageDetector:
    """In low accuracy mode: a tenth of the memory and time, and as a second witness it is as good."""
    codes = [getattr(IsoCode639_1, code.upper()) for code in _LINGUA]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()


@cache
def _common_words() -> Mapping[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    for language in understood():
        lists.setdefault(language, set()).update(fold(word) for word in words(language, "common"))
    for language, written in common_words.WORDS.items():
        lists.setdefault(language, set()).update(fold(word) for word in written.split())
    return {language: frozenset(own) for language, own in lists.items()}


@cache
def _greetings() -> frozenset[str]:
    return frozenset(fold(word) for word in common_words.GREETINGS.split())


# --- Names of languages -----------------------------------------------------------------------------------------------


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
