"""A household's month as the person has said it: what her applications come to, for working out. Pure.

A partner's money is in the partner's own application, and no part of this: the caseworker writes it in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from backend.calculation.situation import Asset, Child, Cost, Household, Income, Situation
from backend.contract import Section, SendApplication


@dataclass(frozen=True, slots=True)
class KnownByHand:
    """What no application says, and the caseworker does. ``others``: who share the household; ``None``: as it is said.

    ``supported``, ``partner_supported``: the first days of the months each had support, for job stimulus. ``pay``: the
    partner's and children's salaries. ``lunch_away``: which of the children eat lunch away, by their number (from 1).
    """

    others: int | None = None
    supported: frozenset[date] = frozenset()
    partner_supported: frozenset[date] = frozenset()
    pay: tuple[Income, ...] = ()
    lunch_away: frozenset[int] = frozenset()


LUNCH_COUNTS = 6
"""Up to this age a child has a row without lunch."""
NOTHING = KnownByHand()


def months(applications: Sequence[SendApplication]) -> tuple[date, ...]:
    """The months that were applied for, the latest first."""
    return tuple(sorted({one.month for one in _of_months(applications) if one.month is not None}, reverse=True))


def is_for(sent: SendApplication, month: date) -> bool:
    """Whether an application is for a month. One whose month was left to the meeting is for the one worked out."""
    return sent.kind != "supplementary" and sent.month in (month, None)


def situation(applications: Sequence[SendApplication], month: date, known: KnownByHand = NOTHING) -> Situation | None:
    """What stands for a month, from the latest application for it; a section that is unchanged is taken from those
    before. ``applications``: all that came, the earliest first. ``None``: nobody applied for that month."""
    before = _until(applications, month)
    if not before:
        return None
    sent = before[-1]
    household = _household(before, known)
    return Situation(
        month=month,
        household=household,
        costs=(*_home(before), *_costs(sent)),
        incomes=(*(Income(one.kind, one.kronor) for one in sent.incomes or ()), *known.pay),
        assets=tuple(Asset(one.kind, one.kronor) for one in _last(before, "assets").assets or ()),
        pending_from=(sent.pending_from or "") if sent.pending_benefits else None,
        supported=known.supported,
        partner_supported=known.partner_supported,
    )


def left_out(applications: Sequence[SendApplication], month: date, known: KnownByHand = NOTHING) -> tuple[str, ...]:
    """What of a month's application is not known, and takes a human before the sum says anything (Swedish)."""
    before = _until(applications, month)
    if not before:
        return ()
    sent, household, children = before[-1], _last(before, "household"), _last(before, "children")
    home, assets = _last(before, "housing"), _last(before, "assets")
    paid = any(one.kind == "salary" for one in sent.incomes or ()) and not known.supported
    partner_paid = any(one.whose == "partner" for one in known.pay) and not known.partner_supported
    at_lunch = any(child.age is not None and child.age <= LUNCH_COUNTS for child in children.children or ())
    return tuple(
        words
        for words, missing in (
            ("Det är inte sagt vilken månad ansökan gäller.", sent.month is None),
            ("Det är inte sagt om personen söker ensam. Här räknas en vuxen.", household.applies_alone is None),
            ("Partnerns pengar står i partnerns egen ansökan. Lägg till dem som rader.", _together(household)),
            ("Det är inte sagt om det finns barn.", children.children is None),
            ("Barnens ålder sades i en tidigare ansökan. Se efter om någon har fyllt år.", _aged(sent, children)),
            ("Barn till och med 6 år: äter någon lunch borta fem dagar i veckan? Kryssa i det.", at_lunch),
            ("Lön: skriv månaderna med försörjningsstöd, om jobbstimulans gäller.", paid),
            ("Partnerns lön: skriv partnerns månader, om jobbstimulans gäller.", partner_paid),
            ("Boendet är inte besvarat.", home.housing is None),
            ("Egen bostad: räkna inte amortering.", home.housing == "owned"),
            ("Andra bor i samma hem. Skriv hur många som delar hushållet.", home.housing in ("sublet", "lodger")),
            ("Kostnaderna är inte besvarade.", sent.costs is None),
            ("Inkomsterna är inte besvarade.", sent.has_income is not False and not sent.incomes),
            ("Tillgångarna är inte besvarade.", assets.asset_kinds is None and assets.assets is None),
        )
        if missing
    )


def _of_months(applications: Sequence[SendApplication]) -> Iterator[SendApplication]:
    return (one for one in applications if one.kind != "supplementary")


def _until(applications: Sequence[SendApplication], month: date) -> list[SendApplication]:
    """The applications for months up to the latest for this one, and that last; none where there is none for it."""
    of = [*_of_months(applications)]
    while of and not is_for(of[-1], month):
        of.pop()
    return of


def _last(before: Sequence[SendApplication], section: Section) -> SendApplication:
    """The application in which a section was last said: the latest that does not call it unchanged."""
    return next((one for one in reversed(before) if section not in one.unchanged), before[-1])


def _aged(sent: SendApplication, children: SendApplication) -> bool:
    """Whether the children's ages are of another application than the month's own."""
    return sent is not children and any(child.age is not None for child in children.children or ())


def _together(household: SendApplication) -> bool:
    return household.applies_alone is False


def _household(before: Sequence[SendApplication], known: KnownByHand) -> Household:
    adults: Literal[1, 2] = 2 if _together(_last(before, "household")) else 1
    said = _last(before, "children").children or ()
    children = tuple(
        Child(one.first_name, one.age, one.days, lunch_away=number in known.lunch_away)
        for number, one in enumerate(said, 1)
    )
    others = known.others
    if others is None:
        home = _last(before, "housing")
        here = adults + sum(1 for child in children if child.days != 0)
        at_parents = home.housing == "with-parents" and home.home_persons is not None
        others = max(0, (home.home_persons or 0) - here) if at_parents else 0
    return Household(adults, children, others)


def _home(before: Sequence[SendApplication]) -> Iterator[Cost]:
    home = _last(before, "housing")
    if home.housing not in (None, "none"):
        yield Cost("housing", home.housing_kronor)


def _costs(sent: SendApplication) -> Iterator[Cost]:
    for one in sent.costs or ():
        yield Cost(one.kind, one.kronor, one.period, one.description or "")
