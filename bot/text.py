"""What the bot says: a message and its values, stored as they are and rendered late in an explicit language.

Source sentences are plain English and stand beside the code that says them, marked for extraction; every language is
one file, ``locales/<language>/LC_MESSAGES/bot.po``, read when it is first needed. The same file holds the language's
word lists (context ``words``): how its speakers write yes, help, tomorrow. Adding a language is adding that file.
"""

import gettext
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

import phonenumbers
import smsutil
import structlog
from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.calendars import CalendarName, day_and_month
from bot.spelling import INVISIBLE, fold

STOCKHOLM = ZoneInfo("Europe/Stockholm")
LOCALES = Path(__file__).parent / "locales"
DOMAIN = "bot"

log = structlog.get_logger()


def N_(message: str) -> str:
    """Mark a source sentence for extraction; gives it back as it is."""
    return message


# --- Values -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kronor:
    """A sum in whole Swedish kronor, shown as ``8 421 kr``."""

    amount: int


@dataclass(frozen=True)
class Telephone:
    """A telephone number in E.164, shown as it is dialled in Sweden (``070-174 06 05``)."""

    number: str


@dataclass(frozen=True)
class WithYear:
    """A day with its year and without its weekday, as a birth date is said (``15 mars 1990``)."""

    day: date


@dataclass(frozen=True)
class Weekday:
    """A day of this week or the next, by its weekday alone (``tisdag``)."""

    day: date


@dataclass(frozen=True)
class Brief:
    """A moment of the days to come, as short as it can be said (``mån 7: 9.00``)."""

    at: datetime


@dataclass(frozen=True)
class MonthName:
    """A month by the name it has where it stands alone (``januari``); ``day`` is any day of it."""

    day: date


@dataclass(frozen=True)
class ByCalendar:
    """A day by another calendar than ours, without its year (``10 Azar``)."""

    day: date
    calendar: CalendarName


@dataclass(frozen=True)
class LanguageName:
    """A language by its code, shown by name in the reader's language, or in the language itself (``own``)."""

    code: str
    own: bool = False


@dataclass(frozen=True)
class Text:
    """A source sentence and its values. ``count`` names the value that chooses between ``message`` and ``plural``."""

    message: str
    values: Mapping[str, "Value"] = field(default_factory=dict, repr=False)
    plural: str | None = None
    count: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON-able data. Read back by :meth:`from_json`."""
        data: dict[str, Any] = {"message": self.message}
        if self.values:
            data["values"] = {name: _dump(value) for name, value in self.values.items()}
        if self.plural is not None:
            data |= {"plural": self.plural, "count": self.count}
        return data

    @classmethod
    def from_json(cls, data: Any) -> "Text":
        """Read what :meth:`to_json` wrote; ``ValueError`` for anything else."""
        match data:
            case {"message": str(message), **rest} if rest.keys() <= {"values", "plural", "count"}:
                values, plural, count = rest.get("values", {}), rest.get("plural"), rest.get("count")
                if isinstance(values, Mapping) and isinstance(plural, str | None) and isinstance(count, str | None):
                    return cls(message, {str(name): _load(value) for name, value in values.items()}, plural, count)
        raise ValueError("not a text")


One: TypeAlias = (
    str
    | int
    | bool
    | date
    | datetime
    | time
    | Kronor
    | Telephone
    | WithYear
    | Weekday
    | Brief
    | MonthName
    | ByCalendar
    | LanguageName
    | Text
)
Value: TypeAlias = One | tuple[One, ...]
"""What may stand in a message. A ``datetime`` is aware and is shown on the Swedish clock; a ``time`` already is. A
tuple is said as a list: ``hyra, el och bredband``."""


def say(message: str, **values: Value) -> Text:
    """A text: ``say("Your time: {time}.", time=meeting.start)``."""
    return Text(message, values)


def many(singular: str, plural: str, n: int, **values: Value) -> Text:
    """A text that counts: ``many("{n} child", "{n} children", 2)``."""
    return Text(singular, {**values, "n": n}, plural, "n")


def local(moment: datetime) -> datetime:
    """An aware moment on the Swedish clock."""
    return moment.astimezone(STOCKHOLM)


def local_day(moment: datetime) -> date:
    """The day of an aware moment on the Swedish calendar."""
    return local(moment).date()


def local_time(moment: datetime) -> time:
    """The time of day of an aware moment on the Swedish clock."""
    return local(moment).time()


def moment(at: datetime, day: Value) -> Text:
    """A moment as it is always said, with its day said in another way than by itself."""
    return say(N_("{day} at {time}"), day=day, time=local_time(at))


def _dump(value: Value) -> Any:  # noqa: C901, PLR0911, PLR0912  # one line for each kind of value
    match value:
        case Text():
            return {"text": value.to_json()}
        case tuple():
            return {"list": [_dump(item) for item in value]}
        case Kronor(amount):
            return {"kronor": amount}
        case Telephone(number):
            return {"telephone": number}
        case WithYear(day):
            return {"with_year": day.isoformat()}
        case Weekday(day):
            return {"weekday": day.isoformat()}
        case Brief(at):
            return {"brief": at.isoformat()}
        case MonthName(day):
            return {"month": day.isoformat()}
        case ByCalendar(day, calendar):
            return {"by": calendar, "on": day.isoformat()}
        case LanguageName(code, own):
            return {"language": code, "own": own}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case str() | bool() | int():
            return value


def _load(data: Any) -> Value:
    if isinstance(data, Mapping) and isinstance(items := data.get("list"), list):
        return tuple(_load_one(item) for item in items)
    return _load_one(data)


def _load_one(data: Any) -> One:  # noqa: C901, PLR0911, PLR0912  # one line for each kind of value
    match data:
        case str() | bool() | int():
            return data
        case {"text": text}:
            return Text.from_json(text)
        case {"kronor": int(amount)}:
            return Kronor(amount)
        case {"telephone": str(number)}:
            return Telephone(number)
        case {"with_year": str(day)}:
            return WithYear(date.fromisoformat(day))
        case {"weekday": str(day)}:
            return Weekday(date.fromisoformat(day))
        case {"brief": str(at)}:
            return Brief(datetime.fromisoformat(at))
        case {"month": str(day)}:
            return MonthName(date.fromisoformat(day))
        case {"by": ("persian" | "afghan" | "ethiopian") as calendar, "on": str(day)}:
            return ByCalendar(date.fromisoformat(day), calendar)
        case {"language": str(code), "own": bool(own)}:
            return LanguageName(code, own)
        case {"moment": str(moment)}:
            return datetime.fromisoformat(moment)
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case {"time": str(hour)}:
            return time.fromisoformat(hour)
    raise ValueError("not a value of a text")


# --- Catalogues -------------------------------------------------------------------------------------------------------


def missing(language: str, message: str) -> None:
    """A sentence has no translation: told in the log here, made an error by the tests (they replace this name)."""
    log.warning("translation.missing", language=language, sentence=message)


class _Missing(gettext.NullTranslations):
    """Stands behind a catalogue: tells that a sentence was missing, then answers in Swedish or as it is in the code."""

    def __init__(self, language: str, instead: gettext.NullTranslations | None) -> None:
        super().__init__()
        self._language, self._instead = language, instead or gettext.NullTranslations()

    def gettext(self, message: str) -> str:
        missing(self._language, message)
        return self._instead.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        missing(self._language, msgid1)
        return self._instead.ngettext(msgid1, msgid2, n)


@dataclass(frozen=True)
class _Catalogue:
    language: str
    sentences: gettext.GNUTranslations
    complete: bool


MISSING_AT_MOST = 0.05
"""A language is offered while no more than this part of its sentences is missing. A release that lacks a few sentences
says those in Swedish; taking the language from everyone who speaks it would be worse. The tests allow none."""


def _complete(catalogue: Catalog) -> bool:
    translated = [
        not message.fuzzy and all(message.string if isinstance(message.string, tuple | list) else (message.string,))
        for message in catalogue
        if message.id
    ]
    return translated.count(False) <= MISSING_AT_MOST * len(translated)


@cache
def _catalogues() -> Mapping[str, _Catalogue]:
    read: dict[str, _Catalogue] = {}
    # Swedish first: it stands behind the others.
    for path in sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"), key=lambda path: (path.parts[-3] != "sv", path)):
        language = path.parts[-3]
        with path.open("rb") as po:
            catalogue = read_po(po, locale=language if language in _babel_knows() else None)
        mo = io.BytesIO()
        write_mo(mo, catalogue)
        mo.seek(0)
        sentences = gettext.GNUTranslations(mo)
        swedish = read["sv"].sentences if "sv" in read else None
        sentences.add_fallback(_Missing(language, swedish))
        read[language] = _Catalogue(language, sentences, language == "sv" or _complete(catalogue))
    return read


@cache
def _babel_knows() -> frozenset[str]:
    return frozenset(Locale("en").languages)


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages whose catalogue is complete: those we speak. Swedish first and always."""
    return tuple(code for code, catalogue in _catalogues().items() if catalogue.complete)


@cache
def understood() -> tuple[str, ...]:
    """Codes of every language that has a catalogue, complete or not: its words are understood."""
    return tuple(_catalogues())


def translations(language: str) -> gettext.NullTranslations:
    """The catalogue as gettext knows it, for templates; Swedish for a language that has none."""
    return _catalogue(language).sentences


def _catalogue(language: str) -> _Catalogue:
    catalogues = _catalogues()
    return catalogues.get(language) or catalogues["sv"]


@cache
def words(language: str, key: str) -> tuple[str, ...]:
    """A word list of a language, as its file gives it (``words("ar", "yes")``); empty when it has none."""
    catalogue = _catalogues().get(language)
    found = catalogue.sentences.pgettext("words", key) if catalogue else key
    # A hyphen stands in a list of which the language has nothing.
    listed = (word.strip() for word in found.replace("،", ",").split(","))
    return () if found == key else tuple(word for word in listed if word and word != "-")


@cache
def known(key: str) -> Mapping[str, str]:
    """A word list in every language at once, spelling folded: word -> the language it is a word of.

    A word two languages share belongs to the first (Swedish before the others).
    """
    return {fold(word): language for language in reversed(understood()) for word in words(language, key)}


@cache
def worth(key: str) -> Mapping[str, str]:
    """A list of ``word=worth`` in every language at once, spelling folded (``worth("numbers")["tva"] == "2"``)."""
    pairs = (word.partition("=") for language in reversed(understood()) for word in words(language, key))
    return {fold(word): value.strip() for word, _, value in pairs}


# --- Languages --------------------------------------------------------------------------------------------------------

_OWN_NAMES = {  # what staff and applicants say, where CLDR says something else or nothing
    "sv": {"ps": "pashto", "ckb": "sorani", "kmr": "kurmanji", "prs": "dari"},
    "ar": {"ps": "البشتو", "ckb": "الكردية السورانية", "kmr": "الكردية الكرمانجية", "prs": "الدرية"},
    "uk": {"ckb": "сорані", "kmr": "курманджі"},
    "so": {"ckb": "Kurdi Soraani", "kmr": "Kurdi Kurmaanji", "prs": "Daari", "tr": "Turki", "am": "Amxaari"},
}
_CLDR = {"ar": "ar_SY", "en": "en_GB", "prs": "fa_AF"}  # Levantine month names; Dari is fa-AF in CLDR


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_CLDR.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("sv")


@cache
def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way the language is written."""
    return "rtl" if _locale(language).text_direction == "rtl" else "ltr"


def language_name(code: str, in_language: str) -> str:
    """A language's name in a language: ``language_name("ar", "sv")`` is ``"arabiska"``; the code if nobody knows it."""
    own = _OWN_NAMES.get(in_language, {}).get(code)
    return own or _locale(in_language).languages.get(_CLDR.get(code, code) if code == "prs" else code, code)


# --- Rendering --------------------------------------------------------------------------------------------------------

_DATE_WORDS = re.compile("weekday|day|month|year")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_LEFT_TO_RIGHT, _FIRST_STRONG, _END = "\u2066", "\u2068", "\u2069"
_NO_BREAK = "\u00a0"

# What phones would turn the whole SMS into UCS-2 for, halving it; all have a plain twin in the SMS alphabet.
_PLAIN = str.maketrans(
    dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\t", " ")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u2018\u2019\u201a\u2032\u00b4\u02bc`", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2033", '"')
    | dict.fromkeys("\u2022\u00b7", "-")
    | dict.fromkeys("\u00ad\u200b\ufeff", "")
    | {"\u2026": "..."}
)
_TWO_SEPTETS = frozenset(smsutil.GSM_EXT_CHARSET)
_GSM = frozenset(smsutil.codecs.GSM_CHARSET)
_CONTROLS = dict.fromkeys(map(ord, INVISIBLE - {"\u0640", "\u200c", "\u200d", "\ufe0f", "\u20e3"}))


def render(text: Text, language: str, *, plain: bool = False) -> str:
    """The text in a language. ``plain`` is for SMS: nothing that leaves the GSM alphabet without need.

    In languages written from the right every value stands between isolates (U+2066 or U+2068 ... U+2069), or numbers,
    times and names would change places. Languages written from the left get none: one isolate makes an SMS UCS-2.
    """
    rendered = _render(text, language, begins=True)
    return rendered.translate(_PLAIN) if plain else rendered


def _render(text: Text, language: str, *, begins: bool) -> str:
    """``begins``: the text begins a sentence or a line, so that a day it begins with has a capital ("Tisdag 1
    december: ..."), and so has what stands there without a value: "hyresavi" in a list is "Hyresavi" as a choice."""
    if text.plural is None:
        form = 0
    else:
        count = text.values.get(text.count or "", 0)
        form = count if isinstance(count, int) else 0
    said = ""
    for place, part in enumerate(_template(language, text.message, text.plural, form)):
        # Odd places hold names of values (re.split with one group).
        if place % 2 == 0:
            said += _capital(part) if begins and not text.values else part
        elif part in text.values:
            before = said.rstrip()
            ended = before.endswith((".", "!", "?", "؟")) or said.endswith("\n")
            said += _value(text.values[part], language, begins=ended or (begins and not before))
        else:
            said += f"{{{part}}}"
    return said


@lru_cache(maxsize=8192)
def _template(language: str, message: str, plural: str | None, n: int) -> tuple[str, ...]:
    sentences = translations(language)
    if plural is not None:
        found = sentences.ngettext(message, plural, n)
    elif any(char.isalpha() for char in _PLACEHOLDER.sub("", message)):
        found = sentences.gettext(message)
    else:
        found = message  # only values: nothing to translate
    return tuple(_PLACEHOLDER.split(found))


def _value(value: Value, language: str, *, begins: bool = False) -> str:  # noqa: C901, PLR0911, PLR0912  # one line for each kind
    match value:
        case Text():
            # The same language as what surrounds it; its own values are isolated inside.
            return _render(value, language, begins=begins)
        case tuple():
            return format_list([_value(item, language) for item in value], locale=_locale(language)) if value else ""
        case LanguageName(code, own):
            name = language_name(code, code if own else language)
            # Its own letters may turn what stands after it, also where the sentence itself is written from the left.
            turned = own and direction(code) == "rtl"
            return _isolate(_capital(name) if own else name, code if turned else language, _FIRST_STRONG)
        case bool():
            return translations(language).gettext(N_("Yes") if value else N_("No"))
        case int():
            return _isolate(str(value), language, _LEFT_TO_RIGHT)
        case Kronor(amount):
            return _isolate(f"{amount:,}".replace(",", _NO_BREAK) + f"{_NO_BREAK}kr", language, _LEFT_TO_RIGHT)
        case Telephone(number):
            return _isolate(_dialled(number), language, _LEFT_TO_RIGHT)
        case WithYear(day):
            return _isolate(_day(day, N_("day month year"), language), language, _FIRST_STRONG)
        case Weekday(day):
            name = _locale(language).days["format"]["wide"][day.weekday()]
            return _isolate(_capital(name) if begins else name, language, _FIRST_STRONG)
        case Brief(at):
            name = _locale(language).days["format"]["abbreviated"][local_day(at).weekday()]
            shown = f"{_capital(name) if begins else name} {local_day(at).day}: {_hour(local_time(at), language)}"
            return _isolate(shown, language, _FIRST_STRONG)
        case MonthName(day):
            # Of the Levantine names CLDR has only the form that stands beside a day; Arabic has no other.
            form = "format" if language == "ar" else "stand-alone"
            name = _locale(language).months[form]["wide"][day.month]
            return _isolate(_capital(name) if begins else name, language, _FIRST_STRONG)
        case ByCalendar(day, calendar):
            return _isolate(day_and_month(day, calendar, language), language, _FIRST_STRONG)
        case datetime():
            return _render(moment(value, local_day(value)), language, begins=begins)
        case date():
            shown = _day(value, N_("weekday day month"), language)
            return _isolate(_capital(shown) if begins else shown, language, _FIRST_STRONG)
        case time():
            return _isolate(_hour(value, language), language, _LEFT_TO_RIGHT)
        case str():
            return _isolate(value.translate(_CONTROLS), language, _FIRST_STRONG)


def _hour(at: time, language: str) -> str:
    pattern = translations(language).gettext(N_("hour.minute"))
    return pattern.replace("hour", str(at.hour)).replace("minute", f"{at.minute:02}")


def _capital(shown: str) -> str:
    return shown[:1].upper() + shown[1:]


def _isolate(shown: str, language: str, kind: str) -> str:
    return f"{kind}{shown}{_END}" if shown and direction(language) == "rtl" else shown


def _day(day: date, pattern: str, language: str) -> str:
    locale = _locale(language)
    names = {
        "weekday": locale.days["format"]["wide"][day.weekday()],
        "day": str(day.day),
        "month": locale.months["format"]["wide"][day.month],
        "year": str(day.year),
    }
    # The pattern is the same four words in every language, in its own order and with its own marks between.
    return _DATE_WORDS.sub(lambda word: names[word[0]], translations(language).gettext(pattern))


def _dialled(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    swedish = parsed.country_code == 46
    form = phonenumbers.PhoneNumberFormat.NATIONAL if swedish else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


@cache
def in_sms_alphabet(language: str) -> bool:
    """Whether the language is written in letters that every telephone shows."""
    return is_gsm(render(say(N_("Yes")), language)) and is_gsm(language_name(language, language))


def in_its_letters(written: str, language: str) -> bool:
    """Whether something is written in the letters of a language whose letters are not in the SMS alphabet."""
    own = {unicodedata.name(char, "").split()[0] for char in language_name(language, language) if char.isalpha()}
    return any(char.isalpha() and unicodedata.name(char, " ").split(" ")[0] in own for char in written)


def segments(text: str) -> int:
    """How many SMS the text costs: 160 then 153 characters of the GSM alphabet, 70 then 67 of anything else."""
    if is_gsm(text):
        alone = len(text) + sum(char in _TWO_SEPTETS for char in text) <= 160
    else:
        alone = len(text.encode("utf-16-be")) <= 140
    return 1 if alone else len(smsutil.split(text).parts)


def is_gsm(text: str) -> bool:
    """Whether the text stays in the GSM alphabet."""
    return _GSM.issuperset(text)
