"""An application as staff read it: every answer in Swedish, and how each question was put."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from backend.applications.service import KINDS_IN_SWEDISH, in_swedish
from backend.cases.desk import ApplicationView, CaseFile
from backend.contract import Partner, SendApplication
from backend.staff import swedish
from backend.staff.case import notes
from backend.staff.case.fields import fields
from backend.staff.case.views import ApplicationPage, AskedView
from backend.staff.facts import CHANNELS

_HOUSING = {
    "rental": "Hyresrätt",
    "rented-house": "Hyrt hus",
    "sublet": "Andra hand",
    "lodger": "Inneboende",
    "owned": "Äger sin bostad",
    "with-parents": "Hos föräldrar",
    "none": "Ingen bostad",
}
_OWNED = {"flat": "bostadsrätt", "house": "hus"}
_COSTS = {
    "electricity": "El",
    "home-insurance": "Hemförsäkring",
    "internet": "Bredband",
    "unemployment-fund": "A-kassa",
    "union": "Fack",
    "travel": "Resor",
    "care": "Vård eller medicin",
    "medical-care": "Vård",
    "medicine": "Medicin",
    "medical-travel": "Resor till vård",
    "acute-dental": "Akut tandvård",
    "glasses": "Glasögon",
    "other": "Annat",
}
_PERIODS = {"month": "per månad", "quarter": "per kvartal", "year": "per år", "once": "en gång"}
_FOR = {"applicant": "för den sökande", "partner": "för partnern", "child": "för ett barn", "all": "för alla"}
_INCOMES = {
    "salary": "Lön",
    "unemployment-fund": "A-kassa",
    "social-insurance": "Försäkringskassan",
    "student-aid": "Studiemedel",
    "child-support": "Underhållsstöd",
    "pension": "Pension",
    "swish": "Swish eller gåvor",
    "other-municipality": "Annan kommun",
    "rent-from-child": "Hyra från barn",
    "other": "Annat",
}
_ASSETS = {
    "savings": "Sparade pengar",
    "vehicle": "Bil eller annat fordon",
    "home": "Hus eller bostadsrätt",
    "company": "Företag",
    "other": "Annat",
}
_VEHICLES = {
    "car": "Bil",
    "motorcycle": "Motorcykel",
    "moped": "Moped",
    "boat": "Båt",
    "caravan": "Husvagn",
    "snowmobile": "Snöskoter",
    "other": "Annat fordon",
}
_DEBTS = {"rent": "Hyra", "electricity": "El", "union": "Fack", "childcare": "Barnomsorg", "other": "Annat"}
_PLANNING = {
    "work": "Arbetar",
    "job-seeking": "Söker arbete",
    "sick-leave": "Sjukskriven",
    "sfi": "Läser sfi",
    "other": "Annat",
}
_PARTNER_PLANNING = {**_PLANNING, "studies": "Studerar"}
_REACHED = {"text": "Sms", "call": "Samtal", "letter": "Brev", "email": "E-post"}
_PAPERS = {"receipt": "kvitto eller räkning finns", "estimate": "kostnadsförslag finns", "none": "inget på papper än"}
_NOT_ANSWERED = "Inte svarat"
_UNCHANGED = "Oförändrat"

Row: TypeAlias = tuple[str, str]
Section: TypeAlias = tuple[str, Callable[[SendApplication], Iterator[Row]]]


def application(file: CaseFile, now: datetime) -> ApplicationPage | None:
    """The latest version of the application, or none."""
    if not file.applications:
        return None
    latest = file.applications[-1]
    sent = latest.sent
    missing = tuple(notes.PAPER_NAMES[view.paper] for view in file.papers if view.state == "missing")
    return ApplicationPage(
        archive=_archive(file, latest),
        earlier=tuple((received(one, now), _archive(file, one)) for one in reversed(file.applications[:-1])),
        answer=f"/inbox/cases/{file.person}/applications/{latest.id}/answer",
        received=received(latest, now),
        flags=tuple(in_swedish(flag, swedish.short_day(flag.on)) for flag in latest.flags),
        sections=tuple((title, tuple(rows(sent))) for title, rows in _sections(sent)),
        fields=tuple(fields(sent)),
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
        sealed=tuple((one.question, left_question(one.question)) for one in sent.sealed),
        later=tuple(left_question(name) for name in sent.later),
        missing=missing,
    )


def _archive(file: CaseFile, view: ApplicationView) -> str:
    return f"/inbox/cases/{file.person}/applications/{view.id}/archive"


def received(view: ApplicationView, now: datetime) -> str:
    """Which application it is, and when it came."""
    corrected = f", version {view.version}" if view.sent.corrects else ""
    month = f" för {swedish.month(view.sent.month)}" if view.sent.month else ""
    kind = KINDS_IN_SWEDISH[view.sent.kind] + month
    return f"{kind}, kom in {swedish.when(view.received_at, now)}{corrected}, intygad av personen"


def _sections(sent: SendApplication) -> Sequence[Section]:
    """A single cost has none of the rest."""
    return [one for one in _SECTIONS if one[1] is _costs] if sent.kind == "supplementary" else _SECTIONS


def _household(sent: SendApplication) -> Iterator[Row]:
    yield _may_be_unchanged(sent, "household", "Söker ensam", _yes_no(sent.applies_alone))
    if sent.partner is not None:
        yield "Partner", _partner(sent.partner)
        if sent.partner.worked_last_year is not None:
            yield "Partnern har arbetat senaste året", _yes_no(sent.partner.worked_last_year)
    yield "Söker för", swedish.month(sent.month) if sent.month else _NOT_ANSWERED
    yield "I kommunen hela månaden", _yes_no(sent.stays_here)
    children = "; ".join(_children(sent)) if sent.children else "Inga" if sent.children == () else _NOT_ANSWERED
    yield _may_be_unchanged(sent, "children", "Barn", children)


def _home(sent: SendApplication) -> Iterator[Row]:
    if "housing" in sent.unchanged:
        yield "Boende", _UNCHANGED
        return
    owned = f" ({_OWNED[sent.owned_form]})" if sent.owned_form else ""
    yield "Boende", f"{_HOUSING[sent.housing]}{owned}" if sent.housing else _NOT_ANSWERED
    yield "Boendekostnad", _sum(sent.housing_kronor)
    if sent.rooms is not None:
        yield "Rum utöver köket", str(sent.rooms)
    if sent.home_persons is not None:
        yield "Personer i bostaden", str(sent.home_persons)


def _costs(sent: SendApplication) -> Iterator[Row]:
    if sent.kind != "supplementary":
        yield "Betalar för", _listed(_COSTS, sent.cost_kinds)
    for cost in sent.costs or ():
        words = [_sum(cost.kronor)]
        words += [_PERIODS[cost.period]] if cost.period else []
        words += [_FOR[cost.applies_to]] if cost.applies_to else []
        words += [] if cost.receipt is None else ["räkning eller kvitto finns" if cost.receipt else "utan kvitto"]
        words += [_PAPERS[cost.paper]] if cost.paper else []
        words += [cost.description] if cost.description else []
        yield _COSTS[cost.kind], ", ".join(words)
        if cost.when:
            yield f"{_COSTS[cost.kind]}, när", cost.when
        if cost.why:
            yield f"{_COSTS[cost.kind]}, varför", cost.why


def _money(sent: SendApplication) -> Iterator[Row]:
    yield "Har inkomst", _yes_no(sent.has_income)
    for income in sent.incomes or ():
        yield _INCOMES[income.kind], _sum(income.kronor) + (f", den {income.day}" if income.day else "")
    yield "Väntar på andra pengar", _yes_no(sent.pending_benefits)
    if sent.pending_from:
        yield "Har sökt andra pengar hos", sent.pending_from


def _belongings(sent: SendApplication) -> Iterator[Row]:
    if "assets" in sent.unchanged:
        yield "Äger och är skyldig", _UNCHANGED
        return
    yield "Äger", _listed(_ASSETS, sent.asset_kinds)
    for asset in sent.assets or ():
        if asset.kind != "vehicle":
            yield f"{_ASSETS[asset.kind]}, värde", _sum(asset.kronor)
    for vehicle in sent.vehicles or ():
        bought = f", från {vehicle.bought}" if vehicle.bought else ""
        yield "Fordon", f"{_VEHICLES[vehicle.kind] if vehicle.kind else 'Slag tas på mötet'}{bought}"
    yield "Obetald hyra eller el", _yes_no(sent.rent_debt)
    for debt in sent.debts or ():
        yield f"{_DEBTS[debt.kind]}, obetalt", _sum(debt.kronor)


def _work(sent: SendApplication) -> Iterator[Row]:
    level = f" {sent.sick_level} %" if sent.sick_level else ""
    yield "Sysselsättning", f"{_PLANNING[sent.planning]}{level}" if sent.planning else _NOT_ANSWERED
    if sent.planning == "job-seeking":
        yield "Inskriven hos Arbetsförmedlingen", _yes_no(sent.registered_jobseeker)
    if sent.planning == "sick-leave":
        yield "Har läkarintyg", _yes_no(sent.sick_certificate)
    if sent.sfi_course:
        path = f", studieväg {sent.sfi_path}" if sent.sfi_path else ""
        yield "Sfi", "Väntar på plats" if sent.sfi_course == "waiting" else f"Kurs {sent.sfi_course}{path}"
    for job in sent.applied_for or ():
        yield "Har sökt jobb", ", ".join(filter(None, (job.title, job.employer, job.when))) or "Tas på mötet"
    if sent.kind != "recurring":  # asked once, and not every month
        yield "Har arbetat senaste året", _yes_no(sent.worked_last_year)
        yield "Har levt på", sent.lived_on or _NOT_ANSWERED
    if sent.plans:
        yield "Vill göra", sent.plans


def _reaching(sent: SendApplication) -> Iterator[Row]:
    if sent.interpreter_language:
        yield "Tolk", swedish.language_name(sent.interpreter_language)
    if "reaching" in sent.unchanged:
        yield "Kontakt och konto", _UNCHANGED
        return
    yield "Vill nås med", _listed(_REACHED, sent.contact_by)
    if sent.email:
        yield "E-post", sent.email
    yield "Får vi tala med, i ansökan (vad som gäller nu står på översikten)", _listed(notes.WITH, sent.may_ask)


def _may_be_unchanged(sent: SendApplication, section: str, name: str, value: str) -> Row:
    return name, _UNCHANGED if section in sent.unchanged else value


_SECTIONS: tuple[Section, ...] = (
    ("Hushåll", _household),
    ("Boende", _home),
    ("Kostnader", _costs),
    ("Pengar", _money),
    ("Tillgångar och skulder", _belongings),
    ("Arbete och studier", _work),
    ("Kontakt", _reaching),
)


def _sum(kronor: int | None) -> str:
    return _NOT_ANSWERED if kronor is None else swedish.kronor(kronor)


def _partner(partner: Partner) -> str:
    does = _PARTNER_PLANNING[partner.planning].lower() if partner.planning else "sysselsättning tas på mötet"
    return f"{partner.first_name or 'Namn tas på mötet'}, {does}"


def _listed(names: Mapping[str, str], kinds: tuple[str, ...] | None) -> str:
    return _NOT_ANSWERED if kinds is None else ", ".join(names[kind] for kind in kinds) or "Inget"


def _children(sent: SendApplication) -> Iterator[str]:
    for child in sent.children or ():
        age = f", {child.age} år" if child.age is not None else ""
        school = f", skola: {child.school}" if child.school else ""
        yield f"{child.first_name or 'Barn'}{age}, {_days(child.days)}{school}"


def _days(days: int | None) -> str:
    if days is None:
        return "dagar tas på mötet"
    return "alltid här" if days >= 30 else f"{days} dagar i månaden här"


def left_question(name: str) -> str:
    """What a question that is not answered in the open is called."""
    known = re.match(r"[a-z_]+", name)
    return _LATER.get(known.group(), name) if known else name


def _yes_no(value: bool | None) -> str:  # the answer itself
    return _NOT_ANSWERED if value is None else "Ja" if value else "Nej"


# The names of the questions in the applications; a question about one child or one income has its id after it.
_LATER = {
    "applies_alone": "Söker ensam",
    "partner_name": "Partnerns namn",
    "partner_planning": "Partnerns sysselsättning",
    "partner_worked_last_year": "Partnerns arbete senaste året",
    "month": "Månad som ansökan gäller",
    "stays_here": "I kommunen hela månaden",
    "has_children": "Barn",
    "child_name": "Ett barns namn",
    "child_age": "Ett barns ålder",
    "child_days": "Dagar som ett barn bor här",
    "child_school": "Ett barns skola",
    "housing": "Boende",
    "owned_form": "Bostadsrätt eller hus",
    "housing_kronor": "Boendekostnad",
    "rooms": "Antal rum",
    "home_persons": "Personer i bostaden",
    "cost_kinds": "Kostnader",
    "care_kinds": "Slag av vård eller medicin",
    "cost_other": "Vad en annan kostnad är",
    "cost_kronor": "En kostnads storlek",
    "cost_period": "Hur ofta en kostnad kommer",
    "cost_receipt": "Räkning eller kvitto",
    "cost_for": "Vem en kostnad är för",
    "has_income": "Har inkomst",
    "income_kinds": "Slag av inkomst",
    "income_kronor": "En inkomsts storlek",
    "income_day": "Dag då en inkomst kommer",
    "partners_money": "Partnerns inkomster",
    "pending_benefits": "Andra pengar som är sökta",
    "pending_from": "Var andra pengar är sökta",
    "asset_kinds": "Tillgångar",
    "asset_kronor": "Värdet av en tillgång",
    "vehicle_kind": "Slag av fordon",
    "vehicle_bought": "År då ett fordon köptes",
    "vehicle_number": "Ett fordons registreringsnummer",
    "debt_kinds": "Skulder",
    "debt_kronor": "En skulds storlek",
    "planning": "Sysselsättning",
    "work_steps": "Inskrivning och sökta jobb",
    "job_title": "Ett sökt jobb",
    "job_employer": "Arbetsgivaren för ett sökt jobb",
    "job_when": "När ett jobb söktes",
    "sick_level": "Sjukskrivningens omfattning",
    "sick_certificate": "Läkarintyg",
    "sfi_course": "Kurs på sfi",
    "sfi_path": "Studieväg på sfi",
    "worked_last_year": "Arbete senaste året",
    "lived_on": "Har levt på",
    "plans": "Vad personen vill göra",
    "contact_by": "Hur personen vill nås",
    "email": "E-postadress",
    "may_ask": "Samtycken",
    "account": "Konto för utbetalning",
    "changed": "Vad som har ändrats sedan sist",
    "single_cost_other": "Vad en enda kostnad är",
    "single_cost_when": "När en enda kostnad kommer",
    "single_cost_paper": "Vad som finns på papper",
    "single_cost_why": "Varför en enda kostnad behövs",
    "permit": "Medborgarskap och uppehållstillstånd",
}
