"""Finds the numbers nobody asked for, before the first write: they are sealed away and masked where they stood.

Personnummer and samordningsnummer (10 or 12 figures, checked), interim numbers with a letter, LMA numbers beside their
name, payment cards, IBAN, and account numbers beside a word for account. In any script, however the figures are
grouped. What was asked for stays: a telephone, a sum, a date, a number to choose by.

Sources: SKV 704 (personnummer), SKV 707 (samordningsnummer: day of birth + 60), ISO/IEC 7812-1 (cards, Luhn),
ISO 13616 (IBAN). About one mobile number in 130 passes every check of a personnummer; how it is written, the words
around it and the open question tell them apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import phonenumbers

from bot.questions import Kind, TelephoneNumber
from bot.spelling import DASHES, INVISIBLE, digits, fold
from bot.text import known

MARK = "•••"
"""Stands where a number stood: no letter, no figure, no direction."""

FEWEST = 7
"""No number that is looked for has fewer figures."""

FoundKind = Literal["personal-number", "card-number", "account-number"]


@dataclass(frozen=True)
class Found:
    """A number nobody asked for, as it was written but with figures 0-9; where, in characters of the message."""

    kind: FoundKind
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Diverted:
    """The message with every found number masked, and what was found, in the order it stood."""

    masked: str
    found: tuple[Found, ...]


def divert(words: str, expecting: Kind[Any] | None, *, account: bool = False) -> Diverted:
    """Find and mask. ``expecting`` is the kind of the thread's open question, if one is open. ``account``: she has just
    read that her account is answered elsewhere, so a number that can be one needs no word beside it."""
    if sum(map(str.isdigit, words)) < FEWEST:
        return Diverted(words, ())
    written = _Written(words, account=account)
    found: list[Found] = []
    for finder in (_ibans, _cards, _personal_numbers, _interim_numbers, _lma_numbers, _accounts):
        for one in finder(written, expecting):
            if all(one.end <= other.start or other.end <= one.start for other in found):
                found.append(one)
    found.sort(key=lambda one: one.start)
    masked, place = [], 0
    for one in found:
        masked += [words[place : one.start], MARK]
        place = one.end
    return Diverted("".join([*masked, words[place:]]), tuple(found))


class _Written:
    """A message with plain figures and marks, invisible marks left out, and the way back to its own places."""

    def __init__(self, words: str, *, account: bool = False) -> None:
        self.words, self.account = words, account
        kept = [(place, char) for place, char in enumerate(words) if char not in INVISIBLE]
        self.places = [place for place, _ in kept]
        plain = digits("".join(" " if char.isspace() else "-" if char in DASHES else char for _, char in kept))
        self.text = plain.upper() if len(plain.upper()) == len(plain) else plain

    def found(self, kind: FoundKind, start: int, end: int) -> Found:
        first, last = self.places[start], self.places[end - 1] + 1
        return Found(kind, self.text[start:end], first, last)

    def near(self, start: int, end: int, key: str, reach: int = 40) -> bool:
        """Whether a word of the list stands close before the number, or right after it."""
        around = f" {fold(self.text[max(0, start - reach) : start])} | {fold(self.text[end : end + 20])} "
        return any(f" {word} " in around or (len(word) > 4 and f"{word} " in around) for word in known(key))

    def near_account(self, start: int, end: int, reach: int = 40) -> bool:
        """Whether a word for account stands close. After a word for a bill only what follows that counts: in Ukrainian
        they are one word, and the number of a bill is like any other."""
        if self.account:
            return True
        before = f" {fold(self.text[max(0, start - reach) : start])} "
        bills = [before.rfind(f" {word} ") + len(word) + 1 for word in known("bill") if f" {word} " in before]
        cut = max(0, start - reach) + max(bills) if bills else max(0, start - reach)
        return self.near(start, end, "account", reach=max(0, start - cut))


# --- Personal numbers -------------------------------------------------------------------------------------------------

_BETWEEN = r"[ .\-/_]{0,3}"
_TWO = r"\d ?\d"
_GROUP = re.compile(r"\d+")
_BORN = rf"(?P<born>(?:(?:1 ?[89]|2 ?0){_BETWEEN})?{_TWO}{_BETWEEN}{_TWO}{_BETWEEN}{_TWO})"
_PERSONAL = re.compile(rf"(?<![\d+])(?=(?P<all>{_BORN}(?P<mark>{_BETWEEN}\+?{_BETWEEN}){_TWO}{_BETWEEN}{_TWO}))\d")
_INTERIM = re.compile(rf"(?<!\d){_BORN}[ +-]?[TRSUWXJKLMN]\d{{3}}(?![\dA-ZÅÄÖ])")


def _personal_numbers(written: _Written, expecting: Kind[Any] | None) -> Iterator[Found]:
    end_of_last = 0
    for match in _PERSONAL.finditer(written.text):
        start, end = match.start("all"), match.end("all")
        if start < end_of_last or written.text[end : end + 1].isdigit():
            continue
        if _is_personal(written, match, expecting):
            end_of_last = end
            yield written.found("personal-number", start, end)


def _is_personal(written: _Written, match: re.Match[str], expecting: Kind[Any] | None) -> bool:
    figures = re.sub(r"\D", "", match["all"])
    start, end = match.start("all"), match.end("all")
    if not _born(figures[:-4]):
        return False
    named = written.near(start, end, "personal-number")
    # With its sign in its place it is a personal number even when a figure is wrong; so it is beside its name.
    signed = match["mark"].strip() in ("-", "+")
    if not _luhn(figures[-10:]) and not named and not signed:
        return False
    if named or signed or len(figures) == 12 or not _is_telephone(figures):
        return True
    if (isinstance(expecting, TelephoneNumber) and _is_mobile(figures)) or written.near(start, end, "telephone"):
        return False
    # "070-174 06 05" is grouped as telephones are. Ten in a row, or six and four, is not: then the safe side is taken.
    return [len(group) for group in _GROUP.findall(match["all"])] in ([6, 4], [10], [2, 2, 2, 4], [1] * 10)


def _is_telephone(figures: str) -> bool:
    return (number := _parsed(figures)) is not None and phonenumbers.is_valid_number(number)


def _is_mobile(figures: str) -> bool:
    number = _parsed(figures)
    return number is not None and phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE


def _parsed(figures: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(figures, "SE") if figures.startswith("0") else None
    except phonenumbers.NumberParseException:
        return None


def _born(figures: str) -> bool:
    """Whether YYMMDD or YYYYMMDD is a day of birth. A samordningsnummer has 60 added to its day, and where the birth
    date is not known its month may be 00 and its day one that month never has."""
    year, month, day = figures[:-4], int(figures[-4:-2]), int(figures[-2:])
    if day >= 60:
        return month <= 12 and day <= 91
    try:
        date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    except ValueError:
        return False
    return True


def _luhn(figures: str) -> bool:
    doubled = (int(figure) * (2 - place % 2) for place, figure in enumerate(reversed(figures), 1))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _interim_numbers(written: _Written, expecting: Kind[Any] | None) -> Iterator[Found]:  # noqa: ARG001  # one shape
    """A letter where the birth number begins; case systems give these without a valid check figure."""
    for match in _INTERIM.finditer(written.text):
        if _born(re.sub(r"\D", "", match["born"])):
            yield written.found("personal-number", *match.span())


_LMA = re.compile(r"(?<![\d+])\d\d[ -]?\d{6}(?: ?/ ?\d)?(?!\d)")


def _lma_numbers(written: _Written, expecting: Kind[Any] | None) -> Iterator[Found]:  # noqa: ARG001  # one shape
    """The dossier number of the Migration Agency is eight figures like any other: only beside its name."""
    for match in _LMA.finditer(written.text):
        if written.near(*match.span(), "lma"):
            yield written.found("personal-number", *match.span())


# --- Cards and accounts -----------------------------------------------------------------------------------------------

_CARD = re.compile(r"(?<![\d+])\d(?:[ -]?\d){12,18}(?!\d)")
_ISSUERS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|(?:5[1-5]\d\d|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720))\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|(?:6011|64[4-9]\d|65\d\d)\d{12}|62\d{14,17}|(?:50|5[6-8]|6[37])\d{14,17}"
)


def _cards(written: _Written, expecting: Kind[Any] | None) -> Iterator[Found]:  # noqa: ARG001  # one shape
    for match in _CARD.finditer(written.text):
        figures = re.sub(r"\D", "", match[0])
        if _ISSUERS.fullmatch(figures) and _luhn(figures):
            yield written.found("card-number", *match.span())


_IBAN = re.compile(r"(?<![A-Z\d])[A-Z]{2}\d\d(?: ?[A-Z\d]){11,30}(?![A-Z\d])")


def _ibans(written: _Written, expecting: Kind[Any] | None) -> Iterator[Found]:  # noqa: ARG001  # one shape
    for match in _IBAN.finditer(written.text):
        # Words may follow in capitals: the longest beginning that checks is the number.
        for end in range(match.end(), match.start() + 14, -1):
            compact = written.text[match.start() : end].replace(" ", "")
            if written.text[end - 1] != " " and _mod_97(compact):
                yield written.found("account-number", match.start(), end)
                break


def _mod_97(iban: str) -> bool:
    moved = iban[4:] + iban[:4]
    return all(char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" for char in moved) and (
        int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
    )


_SUM = re.compile(r"[1-9](?:\d{0,2}[ .]\d{3}|([ .])\d{3}\1\d{3})(?:[.,]\d{1,2})?|[1-9]\d{0,6}[.,]\d{1,2}")
"""A sum as it is written: its thousands in groups, or with öre. More than some millions is none, nor what begins with
0: account numbers are written in groups of three too ("0 362 471")."""

_ORE = re.compile(r"[.,]\d{1,2}$")
MOST_KRONOR = 9
"""No sum has more figures, not even beside a word for kronor; an account with its clearing number has."""

_DATE = re.compile(r"(?:19|20)\d\d([-. ]?)[01]\d\1[0-3]\d|[0-3]?\d([-. ])[01]?\d\2(?:19|20)\d\d")
_ACCOUNT = re.compile(r"(?<![\d+,.])\d(?:[ .,-]{0,2}\d){6,14}(?!\d)")


def _accounts(written: _Written, expecting: Kind[Any] | None) -> Iterator[Found]:
    """Clearing and account numbers have no check that holds for all banks: only beside a word for account."""
    for match in _ACCOUNT.finditer(written.text):
        if not written.near_account(*match.span()) or _is_sum(written, match):
            continue
        figures = re.sub(r"\D", "", match[0])
        if _DATE.fullmatch(match[0]) or (isinstance(expecting, TelephoneNumber) and _is_mobile(figures)):
            continue
        if _is_telephone(figures) and written.near(*match.span(), "telephone"):
            continue
        yield written.found("account-number", *match.span())


def _is_sum(written: _Written, match: re.Match[str]) -> bool:
    if _SUM.fullmatch(match[0]):
        return True
    kronor = re.sub(r"\D", "", _ORE.sub("", match[0]))
    return len(kronor) <= MOST_KRONOR and _has_currency(written.text, *match.span())


def _has_currency(text: str, start: int, end: int) -> bool:
    """Whether a word for kronor stands right after it, or right before it and belongs to no sum of its own."""
    after = text[end : end + 12]
    # A comma or a full stop between them ends what the number says.
    if re.match(r" *:-", after) or (re.match(r" *[^\W\d]", after) and fold(after).partition(" ")[0] in known("kronor")):
        return True
    *others, word = ["", *fold(text[max(0, start - 24) : start]).split()]
    return word in known("kronor") and not others[-1][-1:].isdigit()
