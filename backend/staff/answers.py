"""An application as staff read it: every answer in Swedish, and how each question was put."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from backend.applications.service import in_swedish
from backend.cases.desk import ApplicationView, CaseFile
from backend.contract import Partner, SendApplication
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
_COSTS = {
    "electricity": "El",
    "home-insurance": "Hemförsäkring",
    "unemployment-fund": "A-kassa eller fack",
    "care": "Vård eller medicin",
}
_INCOMES = {
    "salary": "Lön",
    "unemployment-fund": "A-kassa",
    "social-insurance": "Försäkringskassan",
    "student-aid": "Studiemedel",
    "child-support": "Underhållsstöd",
    "other": "Annat",
}
_ASSETS = {
    "savings": "Sparade pengar",
    "vehicle": "Bil eller annat fordon",
    "home": "Hus eller bostadsrätt",
    "company": "Företag",
    "other": "Annat",
}
_PLANNING = {
    "work": "Arbetar",
    "job-seeking": "Söker arbete",
    "sick-leave": "Sjukskriven",
    "sfi": "Läser sfi",
    "other": "Annat",
}
_PARTNER_PLANNING = {**_PLANNING, "studies": "Studerar"}
_NOT_ANSWERED = "Inte svarat"


def application(file: CaseFile, now: datetime) -> ApplicationPage | None:
    """The latest version of the application, or none."""
    if not file.applications:
        return None
    latest = file.applications[-1]
    sent = latest.sent
    missing = tuple(notes.PAPER_NAMES[view.paper] for view in file.papers if view.state == "missing")
    return ApplicationPage(
        id=latest.id,
        received=_received(latest, now),
        flags=tuple(in_swedish(flag, swedish.short_day(flag.on)) for flag in latest.flags),
        rows=tuple(_rows(sent)),
        asked=tuple(
            AskedView(
                record.shown_in_swedish,
                record.shown,
                record.language,
                swedish.direction(record.language),
                f"{swedish.when(record.at, now)}, {CHANNELS.get(record.channel, 'Vid disken').lower()}",
            )
            for record in sent.record
        ),
        later=tuple(_left(name) for name in sent.later),
        missing=missing,
    )


def _received(view: ApplicationView, now: datetime) -> str:
    corrected = f", version {view.version}" if view.sent.corrects else ""
    return f"kom in {swedish.when(view.received_at, now)}{corrected}, intygad av personen"


def _rows(sent: SendApplication) -> Iterator[tuple[str, str]]:
    yield "Söker ensam", _yes_no(sent.applies_alone)
    if sent.partner is not None:
        yield "Partner", _partner(sent.partner)
    yield "Söker för", swedish.month(sent.month) if sent.month else _NOT_ANSWERED
    yield "I kommunen hela månaden", _yes_no(sent.stays_here)
    yield "Barn", "; ".join(_children(sent)) if sent.children else "Inga" if sent.children == () else _NOT_ANSWERED
    yield "Boende", _HOUSING[sent.housing] if sent.housing else _NOT_ANSWERED
    yield "Boendekostnad", swedish.kronor(sent.housing_kronor) if sent.housing_kronor is not None else _NOT_ANSWERED
    if sent.home_persons is not None:
        yield "Personer i bostaden", str(sent.home_persons)
    yield "Obetald hyra eller el", _yes_no(sent.rent_debt)
    yield "Betalar för", _listed(_COSTS, sent.cost_kinds)
    yield "Har inkomst", _yes_no(sent.has_income)
    for income in sent.incomes or ():
        yield _INCOMES[income.kind], _NOT_ANSWERED if income.kronor is None else swedish.kronor(income.kronor)
    yield "Väntar på andra pengar", _yes_no(sent.pending_benefits)
    yield "Äger", _listed(_ASSETS, sent.asset_kinds)
    yield "Sysselsättning", _PLANNING[sent.planning] if sent.planning else _NOT_ANSWERED
    if sent.planning == "job-seeking":
        yield "Inskriven hos Arbetsförmedlingen", _yes_no(sent.registered_jobseeker)
    if sent.planning == "sick-leave":
        yield "Har läkarintyg", _yes_no(sent.sick_certificate)
    yield "Har arbetat senaste året", _yes_no(sent.worked_last_year)
    yield "Har levt på", sent.lived_on or _NOT_ANSWERED
    if sent.plans:
        yield "Vill göra", sent.plans


def _partner(partner: Partner) -> str:
    does = _PARTNER_PLANNING[partner.planning].lower() if partner.planning else "sysselsättning tas på mötet"
    return f"{partner.first_name or 'Namn tas på mötet'}, {does}"


def _listed(names: Mapping[str, str], kinds: tuple[str, ...] | None) -> str:
    return _NOT_ANSWERED if kinds is None else ", ".join(names[kind] for kind in kinds) or "Inget"


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
    "partner_name": "Partnerns namn",
    "partner_planning": "Partnerns sysselsättning",
    "month": "Månad som ansökan gäller",
    "stays_here": "I kommunen hela månaden",
    "has_children": "Barn",
    "child_name": "Ett barns namn",
    "child_days": "Dagar som ett barn bor här",
    "housing": "Boende",
    "housing_kronor": "Boendekostnad",
    "home_persons": "Personer i bostaden",
    "rent_debt": "Obetald hyra eller el",
    "cost_kinds": "Kostnader",
    "has_income": "Har inkomst",
    "income_kinds": "Slag av inkomst",
    "income_kronor": "En inkomsts storlek",
    "pending_benefits": "Andra pengar som är sökta",
    "asset_kinds": "Tillgångar",
    "planning": "Sysselsättning",
    "registered_jobseeker": "Inskriven hos Arbetsförmedlingen",
    "sick_certificate": "Läkarintyg",
    "worked_last_year": "Arbete senaste året",
    "lived_on": "Har levt på",
    "plans": "Vad personen vill göra",
}
