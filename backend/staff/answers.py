"""An application as staff read it: every answer in Swedish, and how each question was put."""

import re
from collections.abc import Iterator
from datetime import datetime

from backend.cases.desk import ApplicationView, CaseFile
from backend.contract import SendApplication
from backend.staff import notes, swedish
from backend.staff.facts import CHANNELS
from backend.staff.views import ApplicationPage, AskedView

_HOUSING = {
    "rental": "Hyresrätt",
    "sublet": "Andra hand",
    "lodger": "Inneboende",
    "owned": "Äger sin bostad",
    "with-parents": "Hos föräldrar",
    "none": "Ingen bostad",
}
_INCOMES = {
    "salary": "Lön",
    "unemployment-fund": "A-kassa",
    "social-insurance": "Försäkringskassan",
    "student-aid": "Studiemedel",
    "child-support": "Underhållsstöd",
    "other": "Annat",
}
_PLANNING = {
    "work": "Arbetar",
    "job-seeking": "Söker arbete",
    "sick-leave": "Sjukskriven",
    "sfi": "Läser sfi",
    "other": "Annat",
}
_NOT_ANSWERED = "Inte svarat"


def application(file: CaseFile, now: datetime) -> ApplicationPage | None:
    """The latest version of the application, or none."""
    if not file.applications:
        return None
    latest = file.applications[-1]
    sent = latest.sent
    missing = tuple(notes.PAPER_NAMES[view.paper] for view in file.papers if view.state == "missing")
    return ApplicationPage(
        received=_received(latest, now),
        rows=tuple(_rows(sent)),
        asked=tuple(
            AskedView(
                record.shown_in_swedish,
                record.shown,
                record.language,
                swedish.direction(record.language),
                f"{swedish.when(record.at, now)}, {CHANNELS[record.channel].lower()}",
            )
            for record in sent.record
        ),
        later=tuple(_left(name) for name in sent.later),
        missing=missing,
    )


def _received(view: ApplicationView, now: datetime) -> str:
    corrected = f", version {view.version}" if view.version > 1 else ""
    return f"kom in {swedish.when(view.received_at, now)}{corrected}, intygad av personen"


def _rows(sent: SendApplication) -> Iterator[tuple[str, str]]:
    yield "Söker ensam", _yes_no(sent.applies_alone)
    yield "Barn", "; ".join(_children(sent)) if sent.children else "Inga" if sent.children == () else _NOT_ANSWERED
    yield "Boende", _HOUSING[sent.housing] if sent.housing else _NOT_ANSWERED
    yield "Boendekostnad", swedish.kronor(sent.housing_kronor) if sent.housing_kronor is not None else _NOT_ANSWERED
    yield "Har inkomst", _yes_no(sent.has_income)
    for income in sent.incomes or ():
        yield _INCOMES[income.kind], _NOT_ANSWERED if income.kronor is None else swedish.kronor(income.kronor)
    yield "Sysselsättning", _PLANNING[sent.planning] if sent.planning else _NOT_ANSWERED
    yield "Har levt på", sent.lived_on or _NOT_ANSWERED


def _children(sent: SendApplication) -> Iterator[str]:
    for child in sent.children or ():
        age = f", {child.age} år" if child.age is not None else ""
        yield f"{child.first_name or 'Barn'}{age}, {_days(child.days)}"


def _days(days: int | None) -> str:
    if days is None:
        return "dagar tas på mötet"
    return "alltid här" if days >= 30 else f"{days} dagar i månaden här"


def _left(name: str) -> str:
    known = re.match(r"[a-z_]+", name)
    return _LATER.get(known.group(), name) if known else name


def _yes_no(value: bool | None) -> str:  # the answer itself
    return _NOT_ANSWERED if value is None else "Ja" if value else "Nej"


# The names of the questions in the first application; a question about one child or one income has its id after it.
_LATER = {
    "applies_alone": "Söker ensam",
    "has_children": "Barn",
    "child_name": "Ett barns namn",
    "child_days": "Dagar som ett barn bor här",
    "housing": "Boende",
    "housing_kronor": "Boendekostnad",
    "has_income": "Har inkomst",
    "income_kinds": "Slag av inkomst",
    "income_kronor": "En inkomsts storlek",
    "planning": "Sysselsättning",
    "lived_on": "Har levt på",
}
