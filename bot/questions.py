"""Questions and their kinds: what an answer may be, how it is understood, kept, shown in full and asked about again.

A kind turns words into a meaning once, at the edge, in whatever language and script they came; only meanings are kept.
It understands generously and says clearly what was wrong: every refusal has a reason and an example in the person's
language. ``load`` checks type and fixed limits again at each replay, never facts and never the clock.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

import phonenumbers
from pydantic import ValidationError
from rapidfuzz.fuzz import ratio

from backend.contract import FreeTime, Sensitivity
from bot import text
from bot.hearing.days import Expecting, Unclear, read_day, read_moment, read_time
from bot.hearing.language import SPOKEN, VARIETIES, named, offered
from bot.hearing.numbers import Unread, read_kronor, read_number
from bot.spelling import clean, digits, fold, has_words
from bot.text import (
    N_,
    LanguageName,
    Text,
    Value,
    Weekday,
    WithYear,
    known,
    languages,
    local_day,
    local_time,
    render,
    say,
    worth,
)

T = TypeVar("T")
S = TypeVar("S", bound=str)

Json: TypeAlias = Any
"""What ``json.loads`` gives."""

Input: TypeAlias = Literal["choice", "several", "kronor", "number", "words", "day"]
"""How a page asks for it."""

LONGEST = 1000
"""Characters; no answer but free words needs more."""


class Unloadable(ValueError):
    """What was kept is not an answer to this question any more: it is asked again."""


@dataclass(frozen=True)
class Meaning(Generic[T]):
    """The words were understood."""

    meaning: T


@dataclass(frozen=True)
class Misunderstood:
    """The words were not an answer; ``reason`` says what was wrong, with an example."""

    reason: Text


@dataclass(frozen=True)
class Option:
    """One of the answers that can be chosen by its number; they are numbered from 1 in the order they are given."""

    meaning: Any
    label: Text


@dataclass(frozen=True)
class _Heard:
    """Words that hold a letter or a digit, and what they are read by."""

    words: str
    language: str
    today: date
    among: Sequence[Any]


class Kind(ABC, Generic[T]):
    """A kind of answer."""

    name: ClassVar[str]
    input: ClassVar[Input] = "words"
    longest: int = LONGEST

    def understand(
        self, words: str, language: str, *, today: date, among: Sequence[Any] | None = None
    ) -> Meaning[T] | Misunderstood:
        """What the words mean as an answer. ``today`` is on the Swedish calendar; ``among`` is what may be chosen."""
        if len(words) > self.longest:
            return Misunderstood(self._too_long())
        if not words.strip():
            return Misunderstood(say(N_("The message was empty. Write for example {example}."), example=self.example()))
        if (sign := _sign(words)) is not None:
            words = sign
        elif not has_words(words):
            reason = N_("I can only read letters and numbers. Write for example {example}.")
            return Misunderstood(say(reason, example=self.example()))
        return self._read(_Heard(words, language, today, among or ()))

    @abstractmethod
    def _read(self, heard: _Heard) -> Meaning[T] | Misunderstood:
        """Understand words that are there, not too long and hold a letter or a digit."""

    @abstractmethod
    def example(self) -> Value:
        """An answer as a person would write it."""

    def options(self, among: Sequence[Any] | None = None) -> list[Option]:  # noqa: ARG002  # some kinds need it
        """The answers that can be chosen by number; none for kinds that are written."""
        return []

    @abstractmethod
    def dump(self, meaning: T) -> Json:
        """The meaning as JSON."""

    @abstractmethod
    def load(self, data: Json) -> T:
        """Read what :meth:`dump` wrote; :class:`Unloadable` for anything outside type and fixed limits."""

    @abstractmethod
    def show(self, meaning: T) -> Text:
        """The answer repeated in full."""

    @abstractmethod
    def samples(self) -> list[T]:
        """Answers that between them take every way a flow can go."""

    def _too_long(self) -> Text:
        return say(N_("That was too long for me. Write shorter, for example {example}."), example=self.example())


@dataclass(frozen=True)
class Question(Generic[T]):
    """One question. Its name is a promise: the same meaning for ever; a new meaning needs a new name.

    ``text``, ``why``, ``hint`` and ``short`` are source sentences; ``short`` names the answer in a summary ("Rent").
    ``section`` is the page it stands on. ``usual`` is what most people answer, for telling how many questions are left.
    ``unread`` is said of words that are none of its answers, where they need no correction; ``again`` is how it is put
    after that, where its first words greet. ``helper_sees``: whoever helps her may read it and type the answer. Only
    for what every applicant is asked, so that its coming tells nothing, and for the meeting's day and interpreter;
    never for money, debts, illness or children.
    """

    name: str
    text: str
    kind: Kind[T]
    why: str | None = None
    sensitivity: Sensitivity = Sensitivity.OPEN
    section: str | None = None
    hint: str | None = None
    short: str | None = None
    usual: T | None = None
    unread: str | None = None
    again: str | None = None
    helper_sees: bool = False

    @cached_property
    def said(self) -> Text:
        """The question as it reads where it needs no values."""
        return say(self.text)


# --- Choosing ---------------------------------------------------------------------------------------------------------

_FIGURES = re.compile(r"\d+")
_ALIKE = 80
"""From this likeness (0-100) a misspelt choice is understood, if it is this much liker than the next:"""
_APART = 10

_SIGNS = {"👍": "yes", "👌": "yes", "✅": "yes", "✔": "yes", "👎": "no", "❌": "no", "✖": "no"}


def _sign(words: str) -> str | None:
    """Thumbs and ticks, in any skin colour, are a yes or no; the word that stands for it."""
    sign = "".join([char for char in words if char in _SIGNS])
    if not sign:
        return None
    rest = [
        char for char in clean(words) if char not in _SIGNS and not unicodedata.category(char).startswith(("S", "M"))
    ]
    if not any(char.isalnum() for char in rest) and len({_SIGNS[char] for char in sign}) == 1:
        return text.words("sv", _SIGNS[sign[0]])[0]
    return None


class _Many:
    """More than one of the choices fits."""


def _choose(words: str, choices: Sequence[frozenset[str]]) -> int | type[_Many] | None:
    """Which of the choices the words mean, by number or by name; each choice comes with its folded names.

    A number counts only if nothing else was said that it could belong to: "jag har 2 barn" chooses nothing.
    """
    said = fold(words)
    exact = {place for place, names in enumerate(choices) if said in names or said.removeprefix("و") in names}
    if len(exact) == 1:
        return exact.pop()
    tokens = [token for token in said.split() if token not in known("choosing") and token not in known("politeness")]
    rest = [token for token in tokens if not token.isdigit()]
    numbers = {int(figures) for figures in _FIGURES.findall(said) if len(figures) < 4}
    if not numbers and len(tokens) == 1:
        spoken = worth("numbers").get(tokens[0]) or worth("ordinals").get(tokens[0])
        numbers, rest = ({int(spoken)}, []) if spoken else (numbers, rest)
    if numbers and not rest:
        return _by_number(numbers, len(choices))
    named_ones = _by_name(rest, choices)
    if any(choices[place] & known("no").keys() for place in named_ones) and _yes_or_no(words) is not False:
        return None  # "لا أعرف" holds the name of the choice "no", and chooses nothing
    if numbers and len(named_ones) == 1:
        return named_ones.pop() if numbers == {next(iter(named_ones)) + 1} else None
    if len(named_ones) == 1:
        return named_ones.pop()
    return _Many if named_ones else _by_likeness(" ".join(rest), choices)


def _by_number(numbers: set[int], count: int) -> int | type[_Many] | None:
    if len(numbers) > 1:
        return _Many
    number = numbers.pop()
    return number - 1 if 1 <= number <= count else None


def _by_name(said: list[str], choices: Sequence[frozenset[str]]) -> set[int]:
    """The choices whose name is said among other words, or of whose name a telling part is said."""
    found: set[int] = set()
    tokens = set(said)
    denied = tokens & known("negations").keys()
    for place, names in enumerate(choices):
        for name in names:
            parts = {part for part in name.split() if part not in known("choosing")}
            whole = parts and parts <= tokens
            telling = tokens and tokens <= parts and max(map(len, tokens)) > 3
            if (whole or telling) and not denied - parts:
                found.add(place)
    return found


def _by_likeness(said: str, choices: Sequence[frozenset[str]]) -> int | None:
    if len(said) < 4:
        return None
    likenesses = (max((ratio(said, name) for name in names if len(name) > 3), default=0.0) for names in choices)
    likest = sorted(((likeness, place) for place, likeness in enumerate(likenesses)), reverse=True)
    best, second = likest[0], likest[1] if len(likest) > 1 else (0.0, 0)
    return best[1] if best[0] >= _ALIKE and best[0] - second[0] >= _APART else None


def _names(label: Text) -> frozenset[str]:
    """A label in every language we speak, spelling folded."""
    return frozenset(fold(render(label, language)) for language in languages()) - {""}


def _one_number(count: int) -> Text:
    return say(N_("I did not understand. Answer with a number from 1 to {count}."), count=count)


def _only_one(count: int) -> Text:
    return say(N_("I read more than one answer. Answer with one number from 1 to {count}."), count=count)


# --- The kinds --------------------------------------------------------------------------------------------------------


class YesNo(Kind[bool]):
    """Yes or no, in any language we speak whatever the current one; 1 is yes."""

    name = "yes-no"
    input = "choice"

    def options(self, among: Sequence[Any] | None = None) -> list[Option]:  # noqa: ARG002  # always the same two
        return [Option(True, say(N_("Yes"))), Option(False, say(N_("No")))]

    def _read(self, heard: _Heard) -> Meaning[bool] | Misunderstood:
        meaning = _yes_or_no(heard.words)
        if meaning is None:
            return Misunderstood(say(N_("I did not understand. Answer yes or no, or 1 or 2.")))
        return Meaning(meaning)

    def example(self) -> Value:
        return "1"

    def dump(self, meaning: bool) -> Json:
        return meaning

    def load(self, data: Json) -> bool:
        if not isinstance(data, bool):
            raise Unloadable("not a yes or no")
        return data

    def show(self, meaning: bool) -> Text:
        return say(N_("Yes")) if meaning else say(N_("No"))

    def samples(self) -> list[bool]:
        return [True, False]


def _yes_or_no(words: str) -> bool | None:
    said = fold(words)
    # "jaa" and "neej" are said as they are written.
    for spelled in (said, re.sub(r"(\w)\1", r"\1", said)):
        if spelled in known("yes") or spelled in known("no"):
            return spelled in known("yes")
    tokens = [token for token in said.split() if token not in known("politeness") and token not in known("choosing")]
    numbers = {token for token in tokens if token.isdigit()}
    yes, no, denied = (any(token in known(key) for token in tokens) for key in ("yes", "no", "negations"))
    if not tokens or len(tokens) > 6 or (yes and no):
        return None
    if numbers:
        # "1" or "1 ja"; not "1 nej", and not the "2" of "ja 2 barn".
        meant = {"1": True, "2": False}.get(tokens[0]) if len(numbers) == 1 else None
        agreed = all(token in known("yes" if meant else "no") for token in tokens[1:])
        return meant if agreed else None
    if tokens[0] in known("yes"):
        return None if denied else True
    # "No" is also short for number: as the first word it is a no.
    first, *others = [token for token in said.split() if token not in known("politeness")]
    rest = [token for token in others if token not in known("choosing")]
    return False if first in known("no") and _is_clear_no(words, first, rest) else None


_SET_OFF = re.compile(r"\W*\w+\s*[,.;:!،؛-]")
"""A first word with a mark after it: "No, I live alone"."""


def _is_clear_no(words: str, first: str, rest: Sequence[str]) -> bool:
    """Whether what follows the no leaves it one: ``nej, jag är ensam``, not ``nej men jag vet inte``.

    A word that also turns sentences round (``no``, ``не``, ``لا``) is a no by itself only where a mark sets it off;
    otherwise nothing may follow that is not said in a no: ``no idea``, ``не знаю``, ``لا أعرف`` are none.
    """
    if any(token in known("unsure") for token in fold(words).split()):
        return False
    if _SET_OFF.match(clean(words)):
        return True
    if words.rstrip().endswith(("?", "؟")):
        return False
    if first not in known("negations"):
        return True
    return all(token in known("negations") or token in _said_in_a_no() for token in rest)


@cache
def _said_in_a_no() -> frozenset[str]:
    return frozenset(token for phrase in known("no") for token in phrase.split())


@dataclass(frozen=True, eq=False)
class OneOf(Kind[S]):
    """One of a few choices: meaning -> label (a source sentence), in the order they are numbered."""

    choices: Mapping[S, str]
    name: ClassVar[str] = "one-of"
    input: ClassVar[Input] = "choice"

    @cached_property
    def _names(self) -> Sequence[frozenset[str]]:
        return [_names(say(label)) for label in self.choices.values()]

    def label(self, meaning: S) -> str:
        """The source sentence of a choice."""
        return self.choices[meaning]

    @cached_property
    def _options(self) -> list[Option]:
        return [Option(meaning, say(label)) for meaning, label in self.choices.items()]

    def options(self, among: Sequence[Any] | None = None) -> list[Option]:  # noqa: ARG002  # always the same
        return self._options

    def _read(self, heard: _Heard) -> Meaning[S] | Misunderstood:
        chosen = _choose(heard.words, self._names)
        if isinstance(chosen, int):
            return Meaning(list(self.choices)[chosen])
        return Misunderstood(_only_one(len(self.choices)) if chosen is _Many else _one_number(len(self.choices)))

    def example(self) -> Value:
        return "1"

    def dump(self, meaning: S) -> Json:
        return meaning

    def load(self, data: Json) -> S:
        for meaning in self.choices:
            if data == meaning and isinstance(data, str):
                return meaning
        raise Unloadable("not one of the choices")

    def show(self, meaning: S) -> Text:
        return say(self.choices[meaning])

    def samples(self) -> list[S]:
        return list(self.choices)


@dataclass(frozen=True, eq=False)
class Several(Kind[tuple[S, ...]]):
    """One or more of a few choices, given in any way: ``1 3``, ``1,3``, ``13``, ``lön och barnbidrag``, ``alla``."""

    choices: Mapping[S, str]
    name: ClassVar[str] = "several"
    input: ClassVar[Input] = "several"

    @cached_property
    def _names(self) -> Sequence[frozenset[str]]:
        return [_names(say(label)) for label in self.choices.values()]

    def label(self, meaning: S) -> str:
        """The source sentence of a choice."""
        return self.choices[meaning]

    @cached_property
    def _options(self) -> list[Option]:
        return [Option(meaning, say(label)) for meaning, label in self.choices.items()]

    def options(self, among: Sequence[Any] | None = None) -> list[Option]:  # noqa: ARG002  # always the same
        return self._options

    def _read(self, heard: _Heard) -> Meaning[tuple[S, ...]] | Misunderstood:
        chosen = self._chosen(heard.words)
        if not chosen:
            reason = N_(
                "I did not understand. Answer with one or more numbers from 1 to {count}, for example {example}."
            )
            return Misunderstood(say(reason, count=len(self.choices), example=self.example()))
        return Meaning(tuple(meaning for place, meaning in enumerate(self.choices) if place in chosen))

    def _chosen(self, words: str) -> set[int] | None:
        said, count = fold(words), len(self.choices)
        if said in known("all"):
            return set(range(count))
        tokens = [token for token in said.split() if token not in known("and") and token not in known("choosing")]
        if tokens and all(token.isdigit() and len(token) <= count for token in tokens):
            if len(tokens) == 1 and int(tokens[0]) > count and count < 10:
                tokens = list(tokens[0])  # "13" of six choices is 1 and 3
            numbers = {int(token) for token in tokens}
            return {number - 1 for number in numbers} if numbers <= set(range(1, count + 1)) else None
        # The whole first only where it is a name: an "and" may stand in one.
        parts = [words] if any(said in names for names in self._names) else _parts(words)
        found = [_choose(part, self._names) for part in parts]
        places = {place for place in found if isinstance(place, int)}
        return places if all(isinstance(place, int) for place in found) else None

    def example(self) -> Value:
        return "1, 2"

    def dump(self, meaning: tuple[S, ...]) -> Json:
        return list(meaning)

    def load(self, data: Json) -> tuple[S, ...]:
        if not isinstance(data, list) or not data or any(not isinstance(one, str) for one in data):
            raise Unloadable("not choices")
        meaning = tuple(one for one in self.choices if one in data)
        if list(meaning) != data:
            raise Unloadable("not among the choices, or not in their order")
        return meaning

    def show(self, meaning: tuple[S, ...]) -> Text:
        return say("{choices}", choices=tuple(say(self.choices[one]) for one in meaning))

    def samples(self) -> list[tuple[S, ...]]:
        return [*((one,) for one in self.choices), tuple(self.choices)]


class SeveralOrNone(Several[S]):
    """Some of a few choices, or the last one, which says that none of them fits."""

    @property
    def none(self) -> S:
        return list(self.choices)[-1]

    def _read(self, heard: _Heard) -> Meaning[tuple[S, ...]] | Misunderstood:
        if fold(heard.words) in known("all"):
            return Meaning(self._some)
        if fold(heard.words) in known("no"):
            return Meaning((self.none,))
        read = super()._read(heard)
        if isinstance(read, Meaning) and self.none in read.meaning and len(read.meaning) > 1:
            return Misunderstood(say(N_("I read more than one answer. Choose {none} alone, or not."), none=self._last))
        return read

    def load(self, data: Json) -> tuple[S, ...]:
        meaning = super().load(data)
        if self.none in meaning and len(meaning) > 1:
            raise Unloadable("none of them, and one of them")
        return meaning

    def samples(self) -> list[tuple[S, ...]]:
        return [*((one,) for one in self.choices), self._some]

    @property
    def _some(self) -> tuple[S, ...]:
        return tuple(self.choices)[:-1]

    @property
    def _last(self) -> Text:
        return say(self.choices[self.none])


def without_none(chosen: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What was chosen, less the choice that says that nothing was; ``None`` where it was not answered."""
    return None if chosen is None else tuple(one for one in chosen if one != "none")


def _parts(words: str) -> list[str]:
    """The things a list names: between commas, strokes, line breaks and the word "and" of any language."""
    joined = "|".join(re.escape(word) for word in known("and"))
    # Arabic writes its "and" in one word with what follows.
    parts = re.split(rf"[,،;؛+&/\n]|\s(?:{joined})\s|\sو(?=\w)", clean(words.replace("\n", ",")).casefold())
    return [part for part in parts if part.strip()]


@dataclass(frozen=True)
class Words(Kind[str]):
    """Free words, kept as they were written."""

    longest: int = LONGEST
    name: ClassVar[str] = "words"

    def _read(self, heard: _Heard) -> Meaning[str] | Misunderstood:
        return Meaning(heard.words.strip())

    def example(self) -> Value:
        return say(N_("a few words"))

    def _too_long(self) -> Text:
        return say(N_("That was too long for me. Write at most {longest} characters."), longest=self.longest)

    def dump(self, meaning: str) -> Json:
        return meaning

    def load(self, data: Json) -> str:
        if not isinstance(data, str) or not data.strip() or len(data) > self.longest:
            raise Unloadable("not words, or too many")
        return data

    def show(self, meaning: str) -> Text:
        return say("{words}", words=meaning)

    def samples(self) -> list[str]:
        return ["..a.."]


@dataclass(frozen=True)
class Kronor(Kind[int]):
    """A sum in whole Swedish kronor from ``lo`` to ``hi``."""

    lo: int = 0
    hi: int = 1_000_000
    name: ClassVar[str] = "kronor"
    input: ClassVar[Input] = "kronor"

    def _read(self, heard: _Heard) -> Meaning[int] | Misunderstood:
        read = read_kronor(heard.words)
        if isinstance(read, int) and self.lo <= read <= self.hi:
            return Meaning(read)
        return Misunderstood(self._reason(read))

    def _reason(self, read: int | Unread) -> Text:
        example = self.example()
        match read:
            case int() | Unread.NEGATIVE:
                least, most = text.Kronor(self.lo), text.Kronor(self.hi)
                return say(N_("The sum must be from {least} to {most}."), least=least, most=most)
            case Unread.SEVERAL:
                return say(N_("I read more than one sum. Write one, for example {example}."), example=example)
            case Unread.OTHER_MONEY:
                return say(N_("Write the sum in Swedish kronor, for example {example}."), example=example)
            case Unread.OTHER_PERIOD:
                return say(N_("Write the sum for a whole month, for example {example}."), example=example)
        return say(N_("I did not understand the sum. Write only numbers, for example {example}."), example=example)

    def example(self) -> Value:
        return str(min(max(8500, self.lo), self.hi))

    def dump(self, meaning: int) -> Json:
        return meaning

    def load(self, data: Json) -> int:
        return _whole(data, self.lo, self.hi)

    def show(self, meaning: int) -> Text:
        return say("{sum}", sum=text.Kronor(meaning))

    def samples(self) -> list[int]:
        return sorted({self.lo, min(max(8500, self.lo), self.hi)})


def _whole(data: Json, lo: int, hi: int) -> int:
    if isinstance(data, bool) or not isinstance(data, int) or not lo <= data <= hi:
        raise Unloadable(f"not a whole number from {lo} to {hi}")
    return data


@dataclass(frozen=True)
class Number(Kind[int]):
    """A whole number from ``lo`` to ``hi``."""

    lo: int
    hi: int
    name: ClassVar[str] = "number"
    input: ClassVar[Input] = "number"

    def _read(self, heard: _Heard) -> Meaning[int] | Misunderstood:
        read = read_number(heard.words)
        if isinstance(read, int) and self.lo <= read <= self.hi:
            return Meaning(read)
        if read is Unread.SEVERAL:
            return Misunderstood(
                say(N_("I read more than one number. Write one, from {lo} to {hi}."), lo=self.lo, hi=self.hi)
            )
        return Misunderstood(say(N_("Write a whole number from {lo} to {hi}."), lo=self.lo, hi=self.hi))

    def example(self) -> Value:
        return str(min(max(2, self.lo), self.hi))

    def dump(self, meaning: int) -> Json:
        return meaning

    def load(self, data: Json) -> int:
        return _whole(data, self.lo, self.hi)

    def show(self, meaning: int) -> Text:
        return say("{number}", number=meaning)

    def samples(self) -> list[int]:
        return sorted({self.lo, min(max(2, self.lo), self.hi), self.hi})


@dataclass(frozen=True)
class Day(Kind[date]):
    """A day to come, within two years; or a birth date (``expecting="birth"``), with its year."""

    expecting: Expecting = "future"
    name: ClassVar[str] = "day"
    input: ClassVar[Input] = "day"

    def _read(self, heard: _Heard) -> Meaning[date] | Misunderstood:
        read = read_day(heard.words, heard.language, heard.today, self.expecting)
        return Misunderstood(self._reason(read)) if isinstance(read, Unclear) else Meaning(read)

    def _reason(self, why: Unclear) -> Text:
        reasons = {
            Unclear.NOTHING: N_("I did not understand which day. Write for example {example}."),
            Unclear.IMPOSSIBLE: N_("There is no such day. Write for example {example}."),
            Unclear.PAST: N_("That day has passed. Write a day to come, for example {example}."),
            Unclear.NOT_YET: N_("That day has not been yet. Write for example {example}."),
            Unclear.TOO_FAR: N_("That day is too far away. Write for example {example}."),
            Unclear.NO_YEAR: N_("Write the year too, for example {example}."),
            Unclear.EITHER: N_("That can be two different days. Write for example {example}."),
            Unclear.OTHER_WEEKDAY: N_("That day is another weekday. Write for example {example}."),
        }
        return say(reasons[why], example=self.example())

    def example(self) -> Value:
        return WithYear(date(1990, 3, 15)) if self.expecting == "birth" else say(N_("Thursday"))

    def dump(self, meaning: date) -> Json:
        return meaning.isoformat()

    def load(self, data: Json) -> date:
        try:
            day = date.fromisoformat(data)
        except (TypeError, ValueError) as error:
            raise Unloadable("not a day") from error
        if day.isoformat() != data:
            raise Unloadable("not a day as it is kept")
        return day

    def show(self, meaning: date) -> Text:
        if self.expecting == "birth":
            return say("{day}", day=WithYear(meaning))
        return say("{day} {year}", day=meaning, year=meaning.year)

    def samples(self) -> list[date]:
        return [date(1990, 3, 15) if self.expecting == "birth" else date(2026, 12, 1)]


@dataclass(frozen=True)
class Time(Kind[time]):
    """A time of day on the Swedish clock; "2" is 14.00 where 2.00 is not offered."""

    earliest: time = time(8)
    latest: time = time(17)
    name: ClassVar[str] = "time"

    def _read(self, heard: _Heard) -> Meaning[time] | Misunderstood:
        meant = read_time(heard.words, heard.language)
        fitting = [one for one in meant if self.earliest <= one <= self.latest]
        if len(fitting) == 1:
            return Meaning(fitting[0])
        if fitting:
            first, second = fitting
            return Misunderstood(say(N_("Do you mean {first} or {second}?"), first=first, second=second))
        if meant:
            reason = N_("Write a time from {earliest} to {latest}.")
            return Misunderstood(say(reason, earliest=self.earliest, latest=self.latest))
        return Misunderstood(
            say(N_("I did not understand the time. Write for example {example}."), example=self.example())
        )

    def example(self) -> Value:
        return min(max(time(14, 30), self.earliest), self.latest)

    def dump(self, meaning: time) -> Json:
        return meaning.isoformat("minutes")

    def load(self, data: Json) -> time:
        if not isinstance(data, str) or not re.fullmatch(r"\d\d:\d\d", data, re.ASCII):
            raise Unloadable("not a time of day")
        try:
            read = time.fromisoformat(data)
        except ValueError as error:
            raise Unloadable("not a time of day") from error
        if not self.earliest <= read <= self.latest:
            raise Unloadable("outside the hours")
        return read

    def show(self, meaning: time) -> Text:
        return say(N_("at {time}"), time=meaning)

    def samples(self) -> list[time]:
        return [min(max(time(14, 30), self.earliest), self.latest)]


class Person(Kind[str]):
    """A first name, in any script. Nobody's surname is asked for where a first name does."""

    name = "person"
    longest = 200

    def _read(self, heard: _Heard) -> Meaning[str] | Misunderstood:
        name = _first_name(heard.words)
        if name is None:
            return Misunderstood(say(N_("Write only a first name, for example {example}."), example=self.example()))
        return Meaning(name)

    def example(self) -> Value:
        return "Sara"

    def dump(self, meaning: str) -> Json:
        return meaning

    def load(self, data: Json) -> str:
        if not isinstance(data, str) or _first_name(data) != data:
            raise Unloadable("not a first name")
        return data

    def show(self, meaning: str) -> Text:
        return say("{name}", name=meaning)

    def samples(self) -> list[str]:
        return ["Sara"]


def _first_name(words: str) -> str | None:
    """``"jag heter sara."`` -> ``"Sara"``; two names at most ("Anna Maria"), letters, hyphen and apostrophe only."""
    name = clean(words).strip(" .,!;:\"'")
    tokens = name.split()
    for length, openings in _openings():
        if len(tokens) > length and fold(" ".join(tokens[:length])) in openings:
            name = " ".join(tokens[length:])
            break
    letters = all(char.isalpha() or unicodedata.category(char).startswith("M") or char in " -'." for char in name)
    if not letters or not any(char.isalpha() for char in name) or len(name) > 40 or len(name.split()) > 2:
        return None
    return name.title() if name.islower() or (name.isupper() and len(name) > 1) else name


@cache
def _openings() -> Sequence[tuple[int, frozenset[str]]]:
    """``"jag heter"`` and its like in every language by how many words they have, most first."""
    lengths = {opening: len(opening.split()) for opening in known("my-name-is")}
    return [
        (length, frozenset(opening for opening, words in lengths.items() if words == length))
        for length in sorted(set(lengths.values()), reverse=True)
    ]


class TelephoneNumber(Kind[str]):
    """A Swedish mobile number, kept in E.164: ``070-174 06 05``, ``0046701740605``, digits of any script."""

    name = "telephone"

    def _read(self, heard: _Heard) -> Meaning[str] | Misunderstood:
        number = _mobile(heard.words)
        if isinstance(number, str):
            return Meaning(number)
        reasons = {
            None: N_("I did not understand the number. Write for example {example}."),
            "foreign": N_("We can only write to Swedish mobile numbers. Write for example {example}."),
            "not mobile": N_("That is not a mobile number. Write for example {example}."),
        }
        return Misunderstood(say(reasons[number.why if number else None], example=self.example()))

    def example(self) -> Value:
        return text.Telephone("+46701740605")

    def dump(self, meaning: str) -> Json:
        return meaning

    def load(self, data: Json) -> str:
        if not isinstance(data, str) or _mobile(data) != data:
            raise Unloadable("not a Swedish mobile number in E.164")
        return data

    def show(self, meaning: str) -> Text:
        return say("{number}", number=text.Telephone(meaning))

    def samples(self) -> list[str]:
        return ["+46701740605"]


_EMAIL = re.compile(r"[^\s@,;:<>\"()]+@[^\s@,;:<>\"()]+\.[^\W\d_]{2,}")


class Email(Kind[str]):
    """An address for e-mail, as it was written; whether somebody reads it there, only a letter can tell."""

    name = "email"
    longest = 200

    def _read(self, heard: _Heard) -> Meaning[str] | Misunderstood:
        written = _EMAIL.findall(clean(heard.words))
        if len(written) != 1:
            return Misunderstood(say(N_("Write one e-mail address, for example {example}."), example=self.example()))
        return Meaning(written[0])

    def example(self) -> Value:
        return "sara@example.org"

    def dump(self, meaning: str) -> Json:
        return meaning

    def load(self, data: Json) -> str:
        if not isinstance(data, str) or not _EMAIL.fullmatch(data):
            raise Unloadable("not an address")
        return data

    def show(self, meaning: str) -> Text:
        return say("{address}", address=meaning)

    def samples(self) -> list[str]:
        return ["sara@example.org"]


@dataclass(frozen=True)
class _NotMobile:
    why: Literal["foreign", "not mobile"]


def _mobile(words: str) -> str | _NotMobile | None:
    written = re.findall(r"\+?\(?\d[\d ()/.-]{4,}\d", digits(clean(words)))
    if len(written) != 1:
        return None
    try:
        number = phonenumbers.parse(written[0].replace("(0)", ""), "SE")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 46:
        return _NotMobile("foreign") if phonenumbers.is_valid_number(number) else None
    if not phonenumbers.is_valid_number(number):
        return None
    if phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE:
        return _NotMobile("not mobile")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Language(Kind[str]):
    """A language somebody speaks, by its code; understands its name in any language, also of languages we have not."""

    name = "language"
    input = "choice"

    def options(self, among: Sequence[Any] | None = None) -> list[Option]:  # noqa: ARG002  # always the same
        return [Option(code, say("{language}", language=LanguageName(code))) for code in offered()[:6]]

    def _read(self, heard: _Heard) -> Meaning[str] | Misunderstood:
        options = self.options()
        code = named(heard.words)
        if code is None and (written := clean(heard.words).casefold()) in SPOKEN:
            code = written
        if code is not None:
            return Meaning(code)
        found = {code for token in heard.words.split() if (code := named(token)) is not None and len(fold(token)) > 3}
        if len(found) == 1:
            return Meaning(found.pop())
        chosen = _choose(heard.words, [_names(option.label) for option in options])
        if isinstance(chosen, int):
            return Meaning(str(options[chosen].meaning))
        return Misunderstood(
            say(N_("I do not know that language. Write its name, for example {example}."), example=self.example())
        )

    def example(self) -> Value:
        return LanguageName("ar")

    def dump(self, meaning: str) -> Json:
        return meaning

    def load(self, data: Json) -> str:
        if not isinstance(data, str) or not re.fullmatch("[a-z]{2,3}", data):
            raise Unloadable("not a language code")
        return data

    def show(self, meaning: str) -> Text:
        return say("{language}", language=LanguageName(meaning))

    def samples(self) -> list[str]:
        return [*SPOKEN[:2], *VARIETIES]


def has_varieties(language: str) -> bool:
    """Whether speakers of a language may need another interpreter than its name says."""
    return language in VARIETIES


_ANOTHER_DAY = "another-day"
_SAMPLE = FreeTime(
    slot="sample",
    start=datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
    end=datetime(2026, 12, 1, 9, 15, tzinfo=UTC),
    address="Exempelgatan 1",
)


@dataclass(frozen=True)
class FreeTimeKind(Kind[FreeTime | None]):
    """One of the free times, or ``None`` for another day; by number, by hour or by day and hour."""

    another_day: bool = False
    name: ClassVar[str] = "free-time"
    input: ClassVar[Input] = "choice"

    def options(self, among: Sequence[Any] | None = None) -> list[Option]:
        times: Sequence[FreeTime] = among or ()
        options = [Option(one, label) for one, label in zip(times, _labels([one.start for one in times]), strict=True)]
        return [*options, Option(None, say(N_("Another day")))] if self.another_day else options

    def _read(self, heard: _Heard) -> Meaning[FreeTime | None] | Misunderstood:
        options = self.options(heard.among)
        chosen = _choose(heard.words, [_names(option.label) for option in options])
        if isinstance(chosen, int):
            return Meaning(options[chosen].meaning)
        if self.another_day and fold(heard.words) in known("another-day"):
            return Meaning(None)
        fitting = _fitting(heard)
        if len(fitting) == 1:
            return Meaning(fitting[0])
        if fitting:
            return Misunderstood(_only_one(len(options)))
        moment = read_moment(heard.words, heard.language, heard.today)
        if moment.day or moment.times:
            reason = N_("That time is not free. Answer with a number from 1 to {count}.")
            return Misunderstood(say(reason, count=len(options)))
        return Misunderstood(_one_number(len(options)))

    def example(self) -> Value:
        return "1"

    def dump(self, meaning: FreeTime | None) -> Json:
        return _ANOTHER_DAY if meaning is None else meaning.model_dump(mode="json")

    def load(self, data: Json) -> FreeTime | None:
        if data == _ANOTHER_DAY and self.another_day:
            return None
        try:
            return FreeTime.model_validate(data)
        except ValidationError as error:
            raise Unloadable("not a free time") from error

    def show(self, meaning: FreeTime | None) -> Text:
        return say(N_("Another day")) if meaning is None else say("{time}", time=meaning.start)

    def samples(self) -> list[FreeTime | None]:
        return [_SAMPLE, None] if self.another_day else [_SAMPLE]


def _labels(starts: Sequence[datetime]) -> list[Text]:
    """As short as is clear: the hour; with its weekday when the days differ; with its date when weekdays repeat."""
    days = [local_day(start) for start in starts]
    if len(set(days)) <= 1:
        return [say(N_("at {time}"), time=local_time(start)) for start in starts]
    near = max(days) - min(days) < timedelta(days=7)
    return [
        say(N_("{day} at {time}"), day=Weekday(day) if near else day, time=local_time(start))
        for day, start in zip(days, starts, strict=True)
    ]


def _fitting(heard: _Heard) -> list[FreeTime]:
    """The free times that the words can mean: as a day and an hour first, then as an hour alone ("9.10" is both)."""
    times: Sequence[FreeTime] = heard.among
    moment = read_moment(heard.words, heard.language, heard.today)
    said = [one for one in times if moment.day in (None, local_day(one.start))]
    if moment.times:
        said = [one for one in said if local_time(one.start) in moment.times]
    if said and (moment.day or moment.times):
        return said
    hours = read_time(heard.words, heard.language)
    return [one for one in times if local_time(one.start) in hours]
