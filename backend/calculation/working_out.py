"""Works a month out, line by line: riksnorm and reasonable costs, less incomes and assets. Pure.

Whatever takes a human's judgement is counted as far as the rules go, and its line says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from backend.calculation import rules
from backend.calculation.lines import Calculation, Line, with_keys
from backend.calculation.norm import NormYear
from backend.calculation.situation import Asset, Child, Cost, CostKind, Household, Income, IncomeKind, Situation, Whose
from backend.municipalities.reasonable import ReasonableCosts

COSTS: Mapping[CostKind, str] = {
    "housing": "Boende",
    "electricity": "Hushållsel",
    "home-insurance": "Hemförsäkring",
    "internet": "Bredband",
    "unemployment-fund": "A-kassa",
    "union": "Fackavgift",
    "travel": "Arbetsresor",
    "care": "Vård eller medicin",
    "medical-care": "Vård",
    "medicine": "Medicin",
    "medical-travel": "Resor till vård",
    "acute-dental": "Akut tandvård",
    "glasses": "Glasögon",
    "other": "Annan kostnad",
}
INCOMES: Mapping[IncomeKind, str] = {
    "salary": "Lön",
    "unemployment-fund": "Ersättning från a-kassa",
    "social-insurance": "Pengar från Försäkringskassan",
    "student-aid": "Studiemedel",
    "child-support": "Underhållsstöd eller underhåll",
    "pension": "Pension",
    "swish": "Swish eller gåvor",
    "other-municipality": "Bistånd från en annan kommun",
    "rent-from-child": "Hyra från barn",
    "other": "Annan inkomst",
}
ASSETS = {
    "savings": "Sparade pengar",
    "vehicle": "Fordon",
    "home": "Hus eller bostadsrätt",
    "company": "Företag",
    "other": "Annan tillgång",
}
_REASONABLE = frozenset({"housing", "electricity", "home-insurance", "unemployment-fund", "union", "travel"})
_AS_IT_IS = frozenset({"unemployment-fund", "union"})
"""Fees that somebody else has set: there is nothing to be reasonable about in the sum."""

_OF_WHOM: Mapping[Whose, str] = {"applicant": "", "partner": ", partnern", "child": ", barn"}
_NOT_KNOWN = "Summan är inte känd. Skriv den när den är det."


@dataclass(frozen=True, slots=True)
class Rules:
    """What a month is worked out by. ``base_amount``: the year's prisbasbelopp, where it is verified."""

    norm: NormYear
    reasonable: ReasonableCosts | None = None
    base_amount: int | None = None


def work_out(of: Situation, by: Rules) -> Calculation:
    """The month's calculation. Raises NormUnverified where the household needs a sum of the riksnorm that is not
    verified."""
    lines = (*_norm(of, by.norm), *_costs(of, by.reasonable), *_incomes(of, by.base_amount), *_assets(of))
    return Calculation(of.month, by.norm.source, with_keys(lines))


def members(household: Household) -> int:
    """How many the household is: the adults, and the children who are here half the time and more."""
    here = (child for child in household.children if child.days is None or child.days >= rules.book().days.member_from)
    return household.adults + sum(1 for _ in here)


def kronor(sum_: int) -> str:
    """``7 485 kr``."""
    return f"{sum_:,} kr".replace(",", " ")


# --- The riksnorm ----------------------------------------------------------------------------------------------------


def _norm(of: Situation, norm: NormYear) -> Iterator[Line]:
    household, law = of.household, rules.law("support", of.month)
    total = norm.total(household.adults)
    if total is not None and not household.children and not household.others:
        who = "en ensamstående" if household.adults == 1 else "två sambor"
        yield Line("norm", "norm", "Riksnorm", total, f"Hela riksnormen {norm.year} för {who} utan barn.", law)
        return
    who = "en ensamstående vuxen" if household.adults == 1 else "två sambor"
    reason = f"Personliga kostnader för {who}, riksnormen {norm.year}."
    yield Line("adults", "norm", "Vuxna", norm.adults(household.adults), reason, law)
    for child in household.children:
        yield _child(child, norm, of.month)
    yield _common(household, norm, law)


def _child(child: Child, norm: NormYear, month: date) -> Line:
    words, law = child.name or "Barn", rules.law("support", month)
    if child.age is None or child.days is None:
        missing = "ålder" if child.age is None else "antal dagar här"
        return Line("child", "norm", words, 0, f"Barnets {missing} är inte känt. Skriv summan.", law, by_hand=True)
    if child.age > 20:
        return Line("child", "norm", words, 0, "Från 21 år räknas man för sig själv.", law, by_hand=True)
    ages, personal = norm.child(child.age, lunch_away=child.lunch_away)
    part = rules.share_of_month(child.days, month)
    lunch = ", utan lunch fem dagar i veckan" if child.lunch_away and child.age <= 6 else ""
    aged = f"{ages.replace('-', '–')} år"
    reason = f"Personliga kostnader för barn {aged}{lunch}, {kronor(personal)}."
    if part < 1:
        reason += f" Här {child.days} dagar av {rules.book().days.of_month}."
        if rules.book().days.status != "verified":
            reason += " Räknesättet är kommunernas sed, inte kontrollerat mot någon text."
        if 0 < child.days < rules.book().days.member_from:
            reason += " Mindre än halva tiden: hushållet räknas inte som större."
    return Line("child", "norm", words, rules.whole(personal * part), reason, law)


def _common(household: Household, norm: NormYear, law: str) -> Line:
    ours = members(household)
    together = ours + household.others
    shared = norm.shared(together)
    persons = "1 person" if together == 1 else f"{together} personer"
    reason = f"Gemensamma hushållskostnader för {persons}"
    if household.others:
        reason += f", {kronor(shared)}. {ours} av dem räknas här"
    part = rules.whole(Fraction(shared * ours, together))
    return Line("common", "norm", "Gemensamma kostnader", part, f"{reason}.", law)


# --- Costs -----------------------------------------------------------------------------------------------------------


def _costs(of: Situation, reasonable: ReasonableCosts | None) -> Iterator[Line]:
    persons = members(of.household)
    left: dict[str, int] = {}
    for cost in of.costs:
        if cost.kind not in _REASONABLE:
            yield _beside(cost, of.month)
            continue
        highest = reasonable.of(cost.kind, persons) if reasonable else None
        if highest is not None:
            left.setdefault(cost.kind, highest)
        line = _reasonable(cost, of.month, highest, left.get(cost.kind))
        if highest is not None:
            left[cost.kind] -= line.kronor
        yield line


def _reasonable(cost: Cost, month: date, highest: int | None, left: int | None) -> Line:
    key, words, law = cost.kind, COSTS[cost.kind], rules.law("support", month)
    if cost.kronor is None or (waits := _not_yet(cost)):
        reason = _NOT_KNOWN if cost.kronor is None else waits
        return Line(key, "cost", words, 0, reason, law, said=cost.kronor, by_hand=True)
    if highest is None or left is None:
        if cost.kind in _AS_IT_IS:
            return Line(key, "cost", words, cost.kronor, "Avgiften som den är.", law, said=cost.kronor)
        reason = "Kommunen har inget högsta belopp. Bedöm om kostnaden är skälig."
        return Line(key, "cost", words, cost.kronor, reason, law, said=cost.kronor, by_hand=True)
    counted = min(cost.kronor, left)
    if counted == cost.kronor:
        reason = f"Inom kommunens högsta belopp, {kronor(highest)}."
        return Line(key, "cost", words, counted, reason, law, said=cost.kronor)
    above = cost.kronor - counted
    reason = f"Kommunens högsta belopp är {kronor(highest)}. {kronor(above)} ligger över: bedöms för hand."
    return Line(key, "cost", words, counted, reason, law, said=cost.kronor, by_hand=True)


def _not_yet(cost: Cost) -> str:
    """Why a cost is not counted until somebody has looked; empty where it is this month's."""
    if cost.period is None:
        return "Det är inte känt hur ofta den betalas. Skriv vad som räknas."
    if cost.period in ("month", "once"):
        return ""
    each = "kvartal" if cost.period == "quarter" else "år"
    return f"Betalas varje {each}. Räkningen räknas i den månad den ska betalas: skriv summan om det är nu."


def _beside(cost: Cost, month: date) -> Line:
    """A cost that is no part of the support by norm: a human judges it."""
    words = f"{COSTS[cost.kind]}: {cost.about}" if cost.about else COSTS[cost.kind]
    if cost.kind == "internet":
        reason = "Telefon och liknande ingår i riksnormens gemensamma kostnader. Är det något mer, bedöm det."
        return Line(cost.kind, "cost", words, 0, reason, rules.law("support", month), said=cost.kronor, by_hand=True)
    reason = "Utöver norm: bedöms för hand. Skriv vad som räknas och varför."
    return Line(cost.kind, "cost", words, 0, reason, rules.law("other_needs", month), said=cost.kronor, by_hand=True)


# --- Incomes and assets ----------------------------------------------------------------------------------------------


def _incomes(of: Situation, base_amount: int | None) -> Iterator[Line]:
    law = rules.law("right", of.month)
    left = {} if base_amount is None else _uncounted(of.incomes, base_amount)
    for income in of.incomes:
        key, words = f"income-{income.kind}", INCOMES[income.kind] + _OF_WHOM[income.whose]
        if income.kronor is None:
            yield Line(key, "income", words, 0, _NOT_KNOWN, law, by_hand=True)
        elif income.whose == "child" and income.kind == "salary":
            yield _childs_work(income, income.kronor, of.month, base_amount, left.get(income.child, 0))
            left[income.child] = max(0, left.get(income.child, 0) - income.kronor)
        elif income.kind == "salary":
            yield _salary(income, income.kronor, of)
        else:
            yield Line(key, "income", words, income.kronor, "Räknas helt.", law, said=income.kronor)
    if of.pending_from is not None:
        where = f" hos {of.pending_from}" if of.pending_from else ""
        reason = f"Sökt{where}, men inte kommit: räknas inte förrän pengarna finns. Följ upp."
        yield Line("pending", "income", "Väntar på andra pengar", 0, reason, law)


def _uncounted(incomes: tuple[Income, ...], base_amount: int) -> dict[str, int]:
    """What each child may still earn this year before it is counted; where it was said twice, the more."""
    left: dict[str, int] = {}
    for income in incomes:
        if income.whose == "child":
            left[income.child] = max(left.get(income.child, 0), base_amount - income.earned)
    return left


def _salary(income: Income, said: int, of: Situation) -> Line:
    words = INCOMES[income.kind] + _OF_WHOM[income.whose]
    supported = of.partner_supported if income.whose == "partner" else of.supported
    if not rules.stimulus_holds(supported, of.month):
        months = rules.book().job_stimulus.after_months
        reason = (
            f"Räknas helt. Jobbstimulans kräver försörjningsstöd {months} månader i följd, och gäller sedan två år."
        )
        return Line("income-salary", "income", words, said, reason, rules.law("right", of.month), said=said)
    off = rules.stimulated(said)
    reason = f"Jobbstimulans: {rules.book().job_stimulus.per_cent} procent av lönen, {kronor(off)}, räknas inte."
    return Line("income-salary", "income", words, said - off, reason, rules.law("job_stimulus", of.month), said=said)


def _childs_work(income: Income, said: int, month: date, base_amount: int | None, left: int) -> Line:
    words = f"Lön, {income.child or 'barn'}"
    law = rules.law("childrens_work", month)
    if base_amount is None:
        reason = (
            f"Barns egen lön räknas inte upp till ett prisbasbelopp, och det för {month.year} är inte kontrollerat."
        )
        return Line("income-child", "income", words, 0, reason, law, said=said, by_hand=True)
    counted = max(0, said - left)
    reason = f"Barns egen lön räknas inte upp till ett prisbasbelopp om året, {kronor(base_amount)}."
    if counted:
        reason += f" {kronor(counted)} ligger över."
    return Line("income-child", "income", words, counted, reason, law, said=said)


def _assets(of: Situation) -> Iterator[Line]:
    for asset in of.assets:
        yield _asset(asset, rules.law("right", of.month))


def _asset(asset: Asset, law: str) -> Line:
    key, words = f"asset-{asset.kind}", ASSETS[asset.kind]
    if asset.kind != "savings":
        reason = "Bedöms för hand: går det att använda eller sälja, och är det rimligt?"
        return Line(key, "asset", words, 0, reason, law, said=asset.kronor, by_hand=True)
    if asset.kronor is None:
        return Line(key, "asset", words, 0, _NOT_KNOWN, law, by_hand=True)
    reason = "Pengar som går att använda räknas. Se på kontoutdraget att de inte redan är räknade som inkomst."
    return Line(key, "asset", words, asset.kronor, reason, law, said=asset.kronor)
