"""Numbers and sums as people write them: ``8 500:-``, ``8.500 kr``, ``ca 8500``, ``٨٥٠٠``, ``8 tusen``, ``två``."""

import re
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, auto

from bot.spelling import clean, fold
from bot.text import known, worth


class Unread(Enum):
    """Why no number was read."""

    NOTHING = auto()
    SEVERAL = auto()
    NEGATIVE = auto()
    FRACTION = auto()
    OTHER_MONEY = auto()
    OTHER_PERIOD = auto()


# Grouped in threes ("8 500", "8.500", "8'500") or plain, then decimals ("8 421,50").
_NUMBER = re.compile(
    r"(?<![\d.,])(?P<minus>(?<!\d)[-\u2212] ?)?"
    r"(?P<whole>\d{1,3}(?:(?P<mark>[ .,'])\d{3})(?:(?P=mark)\d{3})*|\d+)(?:[.,](?P<part>\d{1,2}))?(?!\d)"
)
_SHORT = 4
_MONEY_SIGNS = re.compile(r"[€$£₺¥₹₴]")


def read_kronor(words: str) -> int | Unread:
    """One sum in whole kronor; öre are rounded to the nearest krona."""
    if _MONEY_SIGNS.search(words) or known("other-money").keys() & set(fold(words).split()):
        return Unread.OTHER_MONEY
    if known("other-periods").keys() & set(fold(words).split()):
        return Unread.OTHER_PERIOD
    read = _read(words)
    return read if isinstance(read, Unread) else int(read.quantize(Decimal(1), ROUND_HALF_UP))


def read_number(words: str) -> int | Unread:
    """One whole number."""
    read = _read(words)
    if isinstance(read, Unread):
        return read
    return int(read) if read == int(read) else Unread.FRACTION


def _read(words: str) -> Decimal | Unread:
    written = clean(words).translate({0x066C: None, 0x066B: ","})
    found = list(_NUMBER.finditer(written))
    if not found:
        return _spoken(fold(words).split())
    if len(found) > 1:
        return Unread.SEVERAL
    number = found[0]
    if number["minus"]:
        return Unread.NEGATIVE
    value = Decimal(re.sub(r"\D", "", number["whole"])) + Decimal(f"0.{number['part'] or 0}")
    after = fold(written[number.end() :]).split()
    if after and after[0] in worth("multiples"):
        return value * Decimal(worth("multiples")[after[0]])
    return value


def _spoken(tokens: list[str]) -> Decimal | Unread:
    """``åtta tusen``, ``femhundra``, ``inga``: words worth a number, side by side; other words are passed over."""
    if len(tokens) > _SHORT:
        return Unread.NOTHING  # in a longer message "en" is an article, not a number
    total, runs, last = 0, 0, -2
    for place, token in enumerate(tokens):
        value = _worth_of(token)
        if value is None:
            continue
        if token in worth("multiples") and last == place - 1 and 0 < total < value:
            total *= value
        elif last == place - 1 and 0 < value < total:
            total += value
        else:
            total, runs = value, runs + 1
        last = place
    if runs == 0:
        return Unread.NOTHING
    return Decimal(total) if runs == 1 else Unread.SEVERAL


def _worth_of(token: str) -> int | None:
    numbers, multiples = worth("numbers"), worth("multiples")
    if token in numbers:
        return int(numbers[token])
    if token in multiples:
        return int(multiples[token])
    for multiple, times in multiples.items():  # "femhundra" is written as one word
        stem = token.removesuffix(multiple)
        if len(multiple) > 2 and stem != token and stem in numbers:
            return int(numbers[stem]) * int(times)
    return None
