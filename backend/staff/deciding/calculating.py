"""The caseworker's page of a month's calculation: its lines with why, what she changes, and the versions she saved.

``month`` (2026-12), ``application`` and ``version`` (what stood when the page was opened), ``key`` (an id that makes
pressing twice save once); ``others``, ``supported_from``, ``supported_to`` and the same two of ``partner_`` (months of
support, for job stimulus); ``lunch_<n>`` (yes: the child of that number eats lunch away); ``pay_<n>_of`` (partner |
child), ``pay_<n>_name``, ``pay_<n>_kronor``, ``pay_<n>_earned``;
``kronor <line>`` and ``because <line>`` of each line, both empty where it stands as it was worked out; and of her own
lines ``own_<n>_group``, ``own_<n>_words``, ``own_<n>_kronor``, ``own_<n>_because``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.calculation import norm, rules, said, service, telling
from backend.calculation.adjusting import MOST_KRONOR, MOST_OWN, Adjustment, OwnLine
from backend.calculation.lines import NEEDS, Calculation, Group, Line
from backend.calculation.models import ToldCalculation
from backend.calculation.said import KnownByHand
from backend.calculation.service import ByHand, SeenAt, Version
from backend.calculation.situation import Income
from backend.calendar import day_in_sweden
from backend.contract import SendApplication
from backend.errors import CalculationChanged, Invalid, NormMissing, NormUnverified, NothingToCalculate, Refusal
from backend.staff import amounts, swedish
from backend.staff.case.opening import Said, case_page, read_case, shut
from backend.staff.case.overview import Opened
from backend.staff.deciding.views import CalculationVersionView, LineView, NormView
from backend.staff.desk import Here, Page, Seat, caseworker, in_words, may_read, to

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read, caseworker])

_GROUPS: Mapping[Group, str] = {
    "norm": "Riksnorm",
    "cost": "Skäliga kostnader",
    "income": "Inkomster",
    "asset": "Tillgångar",
}
_OWN_GROUPS: Mapping[Group, str] = {"cost": "Kostnad", "income": "Inkomst", "asset": "Tillgång"}
_DONE = {
    "saved": "Beräkningen är sparad. Inget är skickat till personen.",
    "told": "Personen får veta att det finns något nytt, och kan läsa beräkningen på sidan eller höra den här.",
}
_STATUS = {
    "totals-verified": "bara summan för en ensamstående och för två sambor, utan barn, är kontrollerad",
    "municipal-page": "beloppen är lästa hos en annan kommun, inte hos den som beslutar dem",
    "not-verified": "beloppen är inte kontrollerade",
}
_CORRECTED = "Ansökan har ändrats sedan den senaste versionen. Se om dina ändringar ännu stämmer, och spara på nytt."
_MOST_OTHERS = 20
_MOST_PAY = 3
_MOST_CHILDREN = 20
_LONGEST_SUPPORT = 240
"""Months: so many years nobody has to count."""


@router.get("/{person}/calculation")
async def calculation(
    here: Here, person: UUID, *, month: Annotated[str, Query()] = "", done: Annotated[str, Query()] = ""
) -> Response:
    """A month's calculation (logged)."""
    said_ = Said(done=_DONE.get(done, ""))
    try:
        chosen = _month(month) if month else None
    except Invalid as refusal:
        said_, chosen = Said("", in_words(refusal), {}, refusal.problem.status), None
    return await _calculation(here, person, chosen, said_)


@router.post("/{person}/calculation/preview")
async def work_out(request: Request, here: Here, person: UUID) -> Response:
    """The same worked out anew, by what is filled in; nothing is saved."""
    filled = await _filled(request)
    return await _calculation(here, person, _month(filled.get("month", "")), Said(filled=filled))


@router.post("/{person}/calculation")
async def save(request: Request, here: Here, person: UUID) -> Response:
    """Save the next version."""
    filled = await _filled(request)
    month = _month(filled.get("month", ""))
    try:
        by_hand, seen, key = _by_hand(filled), _seen(filled), _id(filled, "key")
        async with here.database.transaction() as session:
            await service.save(session, here.clock, here.reader, person, by_hand, month=month, seen=seen, key=key)
    except Refusal as refusal:
        shut(refusal)
        # Somebody else's version stands there now: hers is still in the form, to be looked at and saved again.
        said_ = Said("", in_words(refusal), filled, refusal.problem.status)
        return await _calculation(here, person, month, said_)
    return to(f"/inbox/cases/{person}/calculation?month={month:%Y-%m}&done=saved")


@router.post("/{person}/calculation/tell")
async def tell(here: Here, person: UUID, version: Annotated[UUID, Form()], month: Annotated[str, Form()]) -> Response:
    """The latest version is ready: the person is told that there is something to read."""
    of = _month(month)
    try:
        async with here.database.transaction() as session:
            await telling.tell(session, here.clock, here.reader, person, version)
    except Refusal as refusal:
        shut(refusal)
        return await _calculation(here, person, of, Said("", in_words(refusal), {}, refusal.problem.status))
    return to(f"/inbox/cases/{person}/calculation?month={of:%Y-%m}&done=told")


async def _calculation(here: Seat, person: UUID, month: date | None, said_: Said) -> Response:
    opened = await read_case(here, person)
    applications = opened.file.applications
    sent = [one.sent for one in applications]
    months = said.months(sent)
    of = month or next(iter(months), day_in_sweden(here.now).replace(day=1))
    async with here.database.transaction() as session:
        versions = await service.of_month(session, person, of)
        filled, by_hand, said_ = _what_is_filled(said_, versions)
        found, said_ = _worked_out(session, opened, of, by_hand, said_)
        latest = service.latest_of(applications, of)
        told = await telling.told(session, person)
        may_tell = telling.counts(session)
    last = versions[-1] if versions else None
    corrected = last is not None and latest is not None and last.application != latest.id
    return case_page(
        "case_calculation",
        here,
        opened,
        replace(said_, filled=filled),
        tab="Beräkning",
        month=f"{of:%Y-%m}",
        month_words=swedish.month(of),
        months=tuple((f"{one:%Y-%m}", swedish.month(one)) for one in months),
        norm=_norm(of),
        preview=here.database.municipality.decides == "casesystem",
        examples=_examples(here, of),
        groups=() if found is None else _groups(found),
        result=() if found is None else _result(found),
        by_hand=() if found is None else tuple(line.words for line in found.by_hand),
        left_out=((_CORRECTED,) if corrected else ()) + said.left_out(sent, of, by_hand.known),
        lunches=_lunches(sent, of),
        pay_numbers=range(1, _MOST_PAY + 1),
        own_groups=_OWN_GROUPS,
        own_numbers=range(1, MOST_OWN + 1),
        application=latest.id if latest else "",
        version=versions[-1].number if versions else 0,
        versions=tuple(_version(one, here, told) for one in reversed(versions)),
        to_tell=last.id if may_tell and not corrected and last is not None and last.id not in told else "",
        not_finished=last is not None and bool(last.calculation.by_hand),
        key=uuid4(),
    )


def _what_is_filled(said_: Said, versions: tuple[Version, ...]) -> tuple[Mapping[str, str], ByHand, Said]:
    """What stands in the form, and what it means: what was pressed, or else the latest version."""
    if not said_.filled:
        by_hand = versions[-1].by_hand if versions else ByHand()
        return _as_filled(by_hand), by_hand, said_
    try:
        return said_.filled, _by_hand(said_.filled), said_
    except Refusal as refusal:
        # Without what cannot be read, so that the lines are there to be mended.
        return said_.filled, ByHand(), replace(said_, refused=in_words(refusal), status=refusal.problem.status)


def _worked_out(
    session: AsyncSession, opened: Opened, month: date, by_hand: ByHand, said_: Said
) -> tuple[Calculation | None, Said]:
    """The lines, and what is said of them; none, and why, where no sum may be given."""
    applications = opened.file.applications
    try:
        plain = service.work(session, applications, month, ByHand(by_hand.known))
    except (NormMissing, NormUnverified, NothingToCalculate) as refusal:
        # It is not what somebody pressed that is wrong: the page says so, and gives no sum.
        return None, replace(said_, done="", refused=said_.refused or in_words(refusal))
    try:
        return service.work(session, applications, month, by_hand), said_
    except Refusal as refusal:
        if not said_.filled:
            # What she saved was of an application that another has followed.
            fits = service.still_fits(plain, by_hand)
            refused = in_words(CalculationChanged())
            return service.work(session, applications, month, fits), replace(said_, done="", refused=refused)
        words, status = said_.refused or in_words(refusal), max(said_.status, refusal.problem.status)
        return plain, replace(said_, refused=words, status=status)


def _norm(month: date) -> NormView | None:
    """Where the riksnorm of the month's year was read, and how sure it is; ``None`` where there is none."""
    row = norm.years().get(month.year)
    if row is None:
        return None
    status = "kontrollerad mot källan" if row.status == "verified" else _STATUS[row.status]
    return NormView(row.year, status, row.source, row.status == "verified")


def _examples(here: Seat, month: date) -> bool:
    """Whether the highest costs that are counted by are made up."""
    town = here.database
    found = town.municipality.reasonable_costs_in(month, examples=town.demo)
    return found is not None and found.status == "example"


def _groups(calculation: Calculation) -> tuple[tuple[str, str, tuple[LineView, ...]], ...]:
    """Name, sum and lines of each group there is something in."""
    return tuple(
        (name, _signed(group, calculation.sum_of(group)), lines)
        for group, name in _GROUPS.items()
        if (lines := tuple(_line(line) for line in calculation.lines if line.group == group))
    )


def _line(line: Line) -> LineView:
    was = f"Ändrad från {swedish.kronor(line.calculated)}: " if line.calculated is not None else ""
    return LineView(
        key=line.key,
        words=line.words,
        said=f"Uppgett: {swedish.kronor(line.said)}." if line.said is not None and line.said != line.kronor else "",
        kronor=_signed(line.group, line.kronor),
        reason=line.reason,
        law=line.law,
        by_hand=line.by_hand,
        changed=f"{was}{line.because}",
        own=line.key.startswith("own-"),
    )


def _signed(group: Group, kronor: int) -> str:
    """A sum as it counts: what lessens has its minus."""
    return f"{'−' if kronor and group not in NEEDS else ''}{swedish.kronor(kronor)}"


def _result(calculation: Calculation) -> tuple[tuple[str, str], ...]:
    needs, means = calculation.sum_of("norm", "cost"), calculation.sum_of("income", "asset")
    last = (
        ("Mer än normen", calculation.surplus)
        if calculation.surplus
        else ("Saknas upp till normen", calculation.support)
    )
    return (
        ("Riksnorm och kostnader", swedish.kronor(needs)),
        ("Inkomster och tillgångar", _signed("income", means)),
        (last[0], swedish.kronor(last[1])),
    )


def _version(version: Version, here: Seat, told: Mapping[UUID, ToldCalculation]) -> CalculationVersionView:
    name, sum_ = _result(version.calculation)[-1]
    row = told.get(version.id)
    read = f" Personen får läsa den sedan {swedish.when(row.at, here.now)} ({row.by_name})." if row is not None else ""
    return CalculationVersionView(
        head=f"Version {version.number}: {name.lower()} {sum_}",
        words=f"Sparad av {version.by_name} {swedish.when(version.at, here.now)}.{read}",
        lines=tuple(_line(line) for line in version.calculation.lines),
    )


# --- The form --------------------------------------------------------------------------------------------------------


async def _filled(request: Request) -> Mapping[str, str]:
    form = await request.form()
    return {name: value for name in form if isinstance(value := form[name], str)}


def _by_hand(filled: Mapping[str, str]) -> ByHand:
    """What was filled in. Raises Invalid for what cannot be read."""
    others = amounts.whole(given) if (given := filled.get("others", "").strip()) else None
    if given and (others is None or others > _MOST_OTHERS):
        raise Invalid(others="not a number of persons")
    known = KnownByHand(
        others, _supported(filled, ""), _supported(filled, "partner_"), _pay(filled), _eats_away(filled)
    )
    keys = [name.removeprefix("kronor ") for name in filled if name.startswith("kronor ")]
    changes = {
        key: Adjustment(_kronor(filled[f"kronor {key}"]), because)
        for key in keys
        if (because := filled.get(f"because {key}", "").strip()) or filled[f"kronor {key}"].strip()
    }
    own = tuple(_own(filled, n) for n in range(1, MOST_OWN + 1) if _is_filled(filled, n))
    return ByHand(known, changes, own)


def _as_filled(by_hand: ByHand) -> Mapping[str, str]:
    """The form as it was filled in when this was saved."""
    known = by_hand.known
    filled = {"others": "" if known.others is None else str(known.others)}
    for name, months in (("", known.supported), ("partner_", known.partner_supported)):
        if months:
            filled |= {f"{name}supported_from": f"{min(months):%Y-%m}", f"{name}supported_to": f"{max(months):%Y-%m}"}
    for n, pay in enumerate(known.pay, 1):
        filled |= {f"pay_{n}_of": pay.whose, f"pay_{n}_name": pay.child, f"pay_{n}_kronor": str(pay.kronor)}
        filled[f"pay_{n}_earned"] = str(pay.earned) if pay.earned else ""
    filled |= {f"lunch_{n}": "yes" for n in known.lunch_away}
    for key, change in by_hand.changes.items():
        filled |= {f"kronor {key}": str(change.kronor), f"because {key}": change.because}
    for n, one in enumerate(by_hand.own, 1):
        filled |= {
            f"own_{n}_group": one.group,
            f"own_{n}_words": one.words,
            f"own_{n}_kronor": str(one.kronor),
            f"own_{n}_because": one.because,
        }
    return filled


def _eats_away(filled: Mapping[str, str]) -> frozenset[int]:
    """The numbers of the children who eat lunch away."""
    return frozenset(n for n in range(1, _MOST_CHILDREN + 1) if filled.get(f"lunch_{n}") == "yes")


def _lunches(sent: Sequence[SendApplication], month: date) -> tuple[tuple[int, str], ...]:
    """The children whose lunch counts: number and name."""
    situation = said.situation(sent, month)
    children = situation.household.children if situation is not None else ()
    return tuple(
        (n, child.name or f"Barn {n}")
        for n, child in enumerate(children, 1)
        if child.age is not None and child.age <= said.LUNCH_COUNTS
    )


def _is_filled(filled: Mapping[str, str], n: int) -> bool:
    return any(filled.get(f"own_{n}_{name}", "").strip() for name in ("words", "kronor", "because"))


def _own(filled: Mapping[str, str], n: int) -> OwnLine:
    group = next((one for one in _OWN_GROUPS if one == filled.get(f"own_{n}_group")), None)
    if group is None:
        raise Invalid(own_lines="of no group")
    because = filled.get(f"own_{n}_because", "").strip()
    return OwnLine(group, filled.get(f"own_{n}_words", ""), _kronor(filled.get(f"own_{n}_kronor", "")), because)


def _pay(filled: Mapping[str, str]) -> tuple[Income, ...]:
    """The salaries of the partner and of children."""
    found: list[Income] = []
    for n in range(1, _MOST_PAY + 1):
        given, earned = (filled.get(f"pay_{n}_{name}", "").strip() for name in ("kronor", "earned"))
        whose = filled.get(f"pay_{n}_of")
        if not given:
            continue
        if whose == "child":
            name = filled.get(f"pay_{n}_name", "").strip()[:60]
            found.append(Income("salary", _kronor(given), "child", name, _kronor(earned or "0")))
        elif whose == "partner":
            found.append(Income("salary", _kronor(given), "partner"))
        else:
            raise Invalid(pay="of nobody")
    return tuple(found)


def _kronor(given: str) -> int:
    kronor = amounts.whole(given)
    if kronor is None or kronor > MOST_KRONOR:
        raise Invalid(kronor="not a sum")
    return kronor


def _supported(filled: Mapping[str, str], of: str) -> frozenset[date]:
    """The months from one to another; both are filled in, or neither."""
    first, last = (filled.get(f"{of}supported_{end}", "").strip() for end in ("from", "to"))
    if not first and not last:
        return frozenset()
    months = rules.months_from(_month(first), _month(last))
    if not 0 < len(months) <= _LONGEST_SUPPORT:
        raise Invalid(month="not from one to a later")
    return months


def _month(given: str) -> date:
    try:
        found = date.fromisoformat(f"{given}-01")
    except ValueError:
        raise Invalid(month="not a month") from None
    return found


def _seen(filled: Mapping[str, str]) -> SeenAt:
    version = filled.get("version", "")
    if not version.isascii() or not version.isdigit() or len(version) > 6:
        raise Invalid(version="no number")
    return SeenAt(_id(filled, "application"), int(version))


def _id(filled: Mapping[str, str], name: str) -> UUID:
    try:
        return UUID(filled.get(name, ""))
    except ValueError:
        raise Invalid(**{name: "no id"}) from None
