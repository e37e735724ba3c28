"""Numbers of identity as people and authorities write them: read into one form, and written again.

==================  ==========================  ===========================================================
personnummer        ``YYMMDD-NNNC``, ``+`` from  18 § folkbokföringslagen (1991:481), SKV 704: a day, and a check
                    the year of being 100       digit
samordningsnummer   day of birth + 60           SKV 707: otherwise the same; some are of no real day
interim             ``YYMMDD-TNNN``             a letter in the seventh place, given by a system while there is no
                                                other; some have no check digit, so none is asked for
LMA                 ``NN-NNNNNN``, on the card  the Swedish Migration Agency's dossier: of a person, but no personal
                    with ``/1`` after it        number
==================  ==========================  ===========================================================

Digits of any script, any dash, any space. Nothing is read out of a number but its kind: neither age nor gender, which
the law does not need from it.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from personnummer import personnummer

Kind = Literal["personnummer", "samordningsnummer", "interim", "lma", "none"]
"""``none``: she has no number at all, which is as good as one."""

IN_SWEDISH: dict[Kind, str] = {
    "personnummer": "Personnummer",
    "samordningsnummer": "Samordningsnummer",
    "interim": "Tillfälligt nummer",
    "lma": "LMA-nummer",
    "none": "Inget nummer",
}

LONGEST = 40
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_PERSONAL = re.compile(r"(?P<century>\d\d)?(?P<short>\d{6})(?P<sign>[-+]?)(?P<last>\d{4})")
_INTERIM = re.compile(r"(?:\d\d)?(?P<born>\d{6})[-+]?(?P<letter>[TRSUWXJKLMN])(?P<last>\d{3})")
_LMA = re.compile(r"(?P<office>\d\d)(?P<dash>-?)(?P<dossier>\d{6})(?:/\d{1,2})?")


class NotANumber(ValueError):
    """Not a number of any kind we know. Never says what was written."""


@dataclass(frozen=True)
class Number:
    """A number of one kind, in the form it is kept and compared in. It shows itself nowhere by accident."""

    kind: Kind
    kept: str = field(default="", repr=False)


NONE = Number("none")


def read(words: str, today: date) -> Number:
    """The number that was written, in whatever script. Raises NotANumber."""
    plain = _plain(words)
    if found := _PERSONAL.fullmatch(plain):
        return _personal(found, today)
    if found := _INTERIM.fullmatch(plain):
        return Number("interim", found["born"] + found["letter"] + found["last"])
    # Eight figures in a row that begin like a year are a day of birth, which is no number of anybody's.
    if (found := _LMA.fullmatch(plain)) and (found["dash"] or found["office"] not in ("18", "19", "20")):
        return Number("lma", found["office"] + found["dossier"])
    raise NotANumber("no number of identity")


def written(number: Number) -> str:
    """The number as it is written in Sweden today: ``19900101-NNNC``, ``880209-T050``, ``12-345678``."""
    kept = number.kept
    if number.kind == "lma":
        return f"{kept[:2]}-{kept[2:]}"
    return f"{kept[:-4]}-{kept[-4:]}" if kept else ""


def _personal(found: re.Match[str], today: date) -> Number:
    century = found["century"] or _century(found["short"], found["sign"], today)
    kept = f"{century}{found['short']}{found['last']}"
    if int(kept[6:8]) >= 60:
        if not _is_coordination(kept, today):
            raise NotANumber("no samordningsnummer")
        return Number("samordningsnummer", kept)
    try:
        born = personnummer.parse(kept).get_date()
    except personnummer.PersonnummerException:
        raise NotANumber("no personnummer") from None
    if born > today:
        raise NotANumber("a day that has not been")
    return Number("personnummer", kept)


def _is_coordination(kept: str, today: date) -> bool:
    """Of somebody whose birth nobody knows exactly it is of a day that is none: 00 for the month, 31 February."""
    year, month, day = int(kept[:4]), int(kept[4:6]), int(kept[6:8])
    is_of_a_time = 1800 <= year <= today.year and month <= 12 and 60 <= day <= 91
    return is_of_a_time and _check_digit(kept[2:-1]) == kept[-1]


def _check_digit(figures: str) -> str:
    doubled = (int(figure) * (2 - place % 2) for place, figure in enumerate(figures))
    return str(-sum(one - 9 if one > 9 else one for one in doubled) % 10)


def _century(short: str, sign: str, today: date) -> str:
    """The century of a number without one: the latest its day can be in; with ``+``, of the year she became a hundred
    or later."""
    year = int(short[:2])
    if sign == "+":
        hundred = today.year - 100
        return str((hundred - (hundred - year) % 100) // 100)
    day = int(short[4:])
    has_been = (year, int(short[2:4]), day - 60 if day > 60 else day) <= (today.year % 100, today.month, today.day)
    return str(today.year // 100 - (0 if has_been else 1))


def _plain(words: str) -> str:
    shown = "".join("-" if sign in _DASHES else sign for sign in words[:LONGEST])
    kept = (
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in unicodedata.normalize("NFKC", shown)
        # Marks of direction around a number are not seen, and are copied along with it.
        if not sign.isspace() and unicodedata.category(sign) != "Cf"
    )
    return "".join(kept).upper()
