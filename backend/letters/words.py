"""What a letter says, in Swedish and beside it in her language where that text is approved. Pure.

The words of a decision are the approved ones and are not put anew here. Everything else is plain Swedish, with one
sentence in her language: that we explain it with an interpreter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date

from backend.calculation.lines import Calculation
from backend.calendar import SWEDEN
from backend.contract import DecisionText, Language, Meeting, Paper
from backend.letters.models import LetterKind
from backend.locales import N_, SWEDISH, Kronor, languages, say, write
from backend.municipalities import Municipality

EXPLAINED = N_("This text is in Swedish. We explain it to you with an interpreter. Ring us at {telephone}.")

TITLES: Mapping[LetterKind, str] = {
    "decision": "Beslut om ekonomiskt bistånd",
    "calculation": "Beräkning av ekonomiskt bistånd",
    "papers": "Vi behöver papper från dig",
    "invitation": "Välkommen till ett möte",
    "comment": "Läs det här innan vi beslutar",
}
PAPERS: Mapping[Paper, str] = {
    "identity": "Id-handling, pass eller LMA-kort",
    "rent-invoice": "Hyresavi",
    "bank-statements": "Kontoutdrag, de senaste tre månaderna",
    "lease": "Hyreskontrakt",
    "payslip": "Lönespecifikation",
}
_GROUPS = {"norm": "Riksnorm", "cost": "Skälig kostnad", "income": "Inkomst", "asset": "Tillgång"}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a letter. ``rows``: of a calculation each line with its reason and sum. ``points``: what is listed.
    ``theirs``: the same text in ``language``, or the one sentence of explanation; empty in Swedish."""

    kind: LetterKind
    swedish: tuple[str, ...]
    points: tuple[str, ...] = ()
    rows: tuple[tuple[str, str, str], ...] = ()
    after: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    language: Language = SWEDISH

    @property
    def title(self) -> str:
        return TITLES[self.kind]


def decision(text: DecisionText, signed_name: str, language: Language, town: Municipality) -> Words:
    """A decision, whole, with how to appeal it; in her language where its text is approved."""
    approved = language != SWEDISH and text.approved.get(language, False)
    theirs = text.paragraphs[language] if approved else _explained(language, town)
    signed = f"Beslutat {_dated(text.decided_on)} av {signed_name}, {town.committee}."
    if text.automatic:
        signed = f"Automatiskt beslut {_dated(text.decided_on)}, {town.committee}. Ingen människa har fattat det."
    # The new time of a refusal stands in its own text; own words of a caseworker are Swedish in both.
    return Words("decision", (*text.paragraphs[SWEDISH], signed), theirs=theirs, language=language)


def calculation(one: Calculation, language: Language, town: Municipality) -> Words:
    """A month's calculation, line by line, and that it is no decision."""
    rows = tuple(
        (
            f"{_GROUPS[line.group]}: {line.words}",
            line.because or line.reason,
            f"{'−' if line.counts < 0 else ''}{_kronor(line.kronor)}",
        )
        for line in one.lines
    )
    last = (
        f"Mer än normen: {_kronor(one.surplus)}."
        if one.surplus
        else f"Det som saknas upp till normen: {_kronor(one.support)}."
    )
    month = format_date(one.month, "MMMM y", locale="sv")
    return Words(
        "calculation",
        (f"Så här har vi räknat för {month}. Det är ett underlag och inget beslut.",),
        rows=rows,
        after=(last, f"Stämmer något inte? Ring oss på {town.telephone}, så går vi igenom det tillsammans."),
        theirs=_explained(language, town),
        language=language,
    )


def papers(asked: tuple[tuple[Paper, str], ...], by: date, language: Language, town: Municipality) -> Words:
    """The papers that are asked for, each with what staff added, by a day."""
    points = tuple(f"{PAPERS[paper]}{f': {own}' if own else ''}" for paper, own in asked)
    return Words(
        "papers",
        (f"Du har sökt ekonomiskt bistånd. Vi behöver det här senast {_day(by)}:",),
        points=points,
        after=(
            f"Lämna papperen eller visa dem hos oss på {town.address}.",
            "Kan du inte få tag i något av dem? Säg det till oss, så hjälps vi åt.",
            f"Ring oss på {town.telephone} om du undrar något.",
        ),
        theirs=_explained(language, town),
        language=language,
    )


def invitation(meeting: Meeting, language: Language, town: Municipality) -> Words:
    """When and where the next meeting is."""
    start = meeting.start.astimezone(SWEDEN)
    where = meeting.address or town.address
    interpreter = ("En tolk är med.",) if meeting.interpreter_language else ()
    return Words(
        "invitation",
        (
            f"Vi ses {_day(start.date())} klockan {start.hour}.{start.minute:02}, {where}.",
            *interpreter,
            "Ta med id-handling om du har. Kom även om du saknar papper.",
        ),
        after=(f"Kan du inte komma? Ring oss på {town.telephone}, så får du en ny tid.",),
        theirs=_explained(language, town),
        language=language,
    )


def comment(found_out: str, by: date, law: str, language: Language, town: Municipality) -> Words:
    """What was found out before a decision, as staff wrote it, and by when she may comment on it."""
    paragraphs = tuple(line for one in found_out.splitlines() if (line := one.strip()))
    return Words(
        "comment",
        ("Vi har fått veta något som kan gå emot dig. Innan vi beslutar får du säga vad du tycker:", *paragraphs),
        after=(
            f"Svara senast {_day(by)}. Ring oss på {town.telephone} eller kom till oss på {town.address}.",
            "Du får också tala med nämnden före beslutet. Säg i så fall det när du svarar.",
            f"Det här är din rätt enligt {law}.",
        ),
        theirs=_explained(language, town),
        language=language,
    )


def dated(at: datetime) -> str:
    """``1 december 2026``: the day a letter is printed."""
    return _dated(at.astimezone(SWEDEN).date())


def _explained(language: Language, town: Municipality) -> tuple[str, ...]:
    known = language != SWEDISH and language in languages()
    return (say(EXPLAINED, language, {"telephone": town.telephone}),) if known else ()


def _dated(day: date) -> str:
    return format_date(day, "d MMMM y", locale="sv")


def _day(day: date) -> str:
    return write(day, SWEDISH)


def _kronor(amount: int) -> str:
    return write(Kronor(amount), SWEDISH)
