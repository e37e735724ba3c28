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
    # Not the figure that stands for a letter when Arabic is written in Latin ones ("arba3a").
    r"(?<![\d.,])(?!(?<=[a-zA-Z])[2-9][a-zA-Z])(?P<minus>(?<!\d)[-\u2212] ?)?"
    r"(?P<whole>\d{1,3}(?:(?P<mark>[ .,'])\d{3})(?:(?P=mark)\d{3})*|\d+)(?:[.,](?P<part>\d{1,2}))?(?!\d)"
)
_SHORT, _LONGEST = 4, 12
_MONEY_SIGNS = re.compile(r"[€$£₺¥₹₴]")


def read_kronor(words: str) -> int | Unread:
    """One sum in whole kronor; öre are rounded to the nearest krona."""
    if _MONEY_SIGNS.search(words) or _says(words, "other-money"):
        return Unread.OTHER_MONEY
    if _says(words, "other-periods"):
        return Unread.OTHER_PERIOD
    read = _read(words)
    return read if isinstance(read, Unread) else int(read.quantize(Decimal(1), ROUND_HALF_UP))


def _says(words: str, key: str) -> bool:
    said = f" {fold(words)} "
    return any(f" {phrase} " in said for phrase in known(key))


def read_number(words: str) -> int | Unread:
    """One whole number."""
    if words.isascii() and words.isdigit() and len(words) <= _LONGEST:
        return int(words)  # as most are written
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
    figures = re.sub(r"\D", "", number["whole"])
    value = Decimal(figures) if len(figures) <= _LONGEST else Decimal(10**_LONGEST)  # more than any limit
    value += Decimal(f"0.{number['part'] or 0}")
    after = fold(written[number.end() :]).split()
    if any(_joined(token) for token in after) or any(token in worth("multiples") for token in after[1:]):
        return Unread.SEVERAL  # "5 آلاف وخمسمية", "8 och ett halvt tusen": the words after the figures count too
    if after and after[0] in worth("multiples"):
        return value * Decimal(worth("multiples")[after[0]])
    return value


def _spoken(tokens: list[str]) -> Decimal | Unread:
    """``åtta tusen``, ``femhundra``, ``inga``: words worth a number, side by side; other words are passed over."""
    if len(tokens) > _SHORT:
        return Unread.NOTHING  # in a longer message "en" is an article, not a number
    runs: list[list[str]] = [[]]
    for before, token in zip(["", *tokens], tokens, strict=False):
        joined = _joined(token) if runs[-1] else None
        if joined is not None:
            _join(runs[-1], joined)
        elif _worth_of(token) is not None:
            if not runs[-1] and token in worth("multiples") and not _says_nothing(before):
                return Unread.NOTHING  # "some thousand", or a number word nobody has told us: not one thousand
            runs[-1].append(token)
        elif runs[-1] and token.startswith(_AND):
            return Unread.NOTHING  # "a thousand and something": half of it is not what was said
        else:
            runs.append([])
    values = [_value_of(run) for run in runs if run]
    if not values:
        return Unread.NOTHING
    value = values[0]
    return Unread.SEVERAL if len(values) > 1 or value is None else Decimal(value)


def _says_nothing(word: str) -> bool:
    """Whether a word before a sum leaves it as it is: "about", "it is"."""
    return not word or any(word in known(key) for key in ("about", "choosing", "politeness"))


_AND = "و"
"""Arabic writes its "and" in one word with what follows."""


def _joined(token: str) -> str | None:
    """What "and" joins to the number before: the ``خمسميه`` of ``وخمسميه``."""
    rest = token.removeprefix(_AND)
    return rest if rest != token and _worth_of(token) is None and _worth_of(rest) is not None else None


def _join(run: list[str], token: str) -> None:
    """Arabic says the ones before the tens: ``خمسة وعشرون``, five and twenty, is 25."""
    ones, tens = _worth_of(run[-1]) or 0, _worth_of(token) or 0
    if 0 < ones < 10 and tens in range(20, 100, 10):
        run.insert(-1, token)
    else:
        run.append(token)


def _value_of(run: list[str]) -> int | None:
    """``åtta tusen fem hundra`` is 8 500; ``två tre`` is two numbers, not one."""
    total, current = 0, 0
    for token in run:
        value = _worth_of(token) or 0
        if token in worth("multiples"):
            current = (current or 1) * value
            if value >= 1000:
                total, current = total + current, 0
        elif current and (current % 10 or value >= 10 ** (len(str(current)) - len(str(current).rstrip("0")))):
            return None
        else:
            current += value
    return total + current


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
