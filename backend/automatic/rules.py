"""May a renewal be granted without a human? In full, where nothing is different and everything is known. Pure.

Every reason why a human decides is named; what is not known is such a reason. Nothing here refuses anything: whatever
is not a full grant is for a human.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias, get_args
from uuid import UUID

from backend.automatic.same import Otherwise, otherwise
from backend.calculation.lines import Calculation
from backend.calculation.said import left_out
from backend.calendar import day_in_sweden
from backend.contract import SendApplication
from backend.municipalities.delegation import Automatic

Fact: TypeAlias = Literal[
    "held",
    "merged",
    "danger",
    "line",
    "acute",
    "task",
    "begun",
    "commenting",
    "note",
    "meeting",
    "absent",
    "activity",
    "wrote",
    "said",
    "decided",
    "papers",
    "new-papers",
    "payment",
]
"""What must be known not to be so."""
Why: TypeAlias = (
    Fact
    | Otherwise
    | Literal[
        "not-allowed",
        "not-renewal",
        "not-granted-before",
        "several",
        "flagged",
        "two",
        "unsaid",
        "secret",
        "away",
        "pending",
        "children",
        "pay",
        "sick-leave",
        "work",
        "not-complete",
        "controls",
        "norm",
        "by-hand",
        "counted-by-hand-before",
        "counts-otherwise",
        "beyond",
    ]
)
FACTS: tuple[Fact, ...] = get_args(Fact)

IN_SWEDISH: Mapping[Why, str] = {
    "not-allowed": "delegationsordningen tillåter det inte i dag",
    "held": "en handläggare har sagt att en människa beslutar",
    "not-renewal": "det är ingen återansökan för månaden efter den som beviljades",
    "not-granted-before": "månaden före beviljades inte i sin helhet av en människa",
    "several": "mer än en ansökan har kommit, eller den är rättad",
    "flagged": "ansökan är märkt",
    "two": "två söker ihop, eller det är inte känt",
    "merged": "personen har varit två i listan",
    "danger": "det gäller personens trygghet",
    "line": "det är inte säkert vem som läser eller skriver där vi når personen",
    "acute": "något akut har sagts sedan förra beslutet",
    "section": "hushållet, boendet, tillgångarna eller kontakten är inte som förut",
    "cost": "kostnaderna är inte som förut",
    "income": "inkomsterna är inte som förut",
    "occupation": "sysselsättningen eller de sökta jobben är inte som förut",
    "other": "något annat i ansökan är inte som förut",
    "unsaid": "något är obesvarat eller lämnat till mötet",
    "secret": "ansökan har hemliga svar",
    "away": "personen är inte här hela månaden, eller har inte sagt det",
    "pending": "personen väntar på andra pengar, eller har inte sagt det",
    "children": "om något barn har fyllt år är inte känt här",
    "pay": "lön räknas av en människa",
    "work": "hur personen söker arbete, eller arbetar, bedöms av en människa",
    "sick-leave": "hur länge läkarintyget gäller är inte känt här",
    "papers": "papper saknas, väntas eller är inte lästa",
    "new-papers": "något har lämnats in sedan förra beslutet",
    "not-complete": "ingen har sagt att allt är inne sedan ansökan kom",
    "controls": "en kontroll är inte gjord, eller stämmer inte",
    "task": "en uppgift om personen är öppen",
    "begun": "någon har börjat räkna eller besluta",
    "commenting": "personen får yttra sig",
    "note": "en anteckning eller ett sökt jobb har kommit till sedan förra beslutet",
    "meeting": "ett möte har varit eller är bokat sedan förra beslutet",
    "absent": "frånvaro från något planerat är antecknad sedan förra beslutet",
    "activity": "lagens krav på aktivitet gäller här, och deltagandet bedöms av en människa",
    "wrote": "personen har skrivit efter ansökan",
    "said": "något är gjort åt personen efter ansökan",
    "decided": "månaden har redan ett beslut",
    "payment": "en utbetalning av förra beslutet är tillbakatagen",
    "norm": "månadens norm är inte kontrollerad",
    "by-hand": "något i beräkningen bedöms för hand",
    "counted-by-hand-before": "förra beslutet följer inte av en sparad beräkning utan ändringar",
    "counts-otherwise": "beräkningen blir en annan än månaden före",
    "beyond": "summan är större än den som får beslutas automatiskt",
}
"""Why a human decides, as a caseworker reads it after *En människa beslutar:*."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One application as it was sent. ``flagged``: something was worth knowing of it. ``joint``: one of two."""

    id: UUID
    sent: SendApplication
    flagged: bool = False
    joint: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A month as a human saved it last, ``version`` by version. ``plain``: nobody changed or added anything.
    ``application``: the one it was worked out from."""

    calculation: Calculation
    application: UUID
    plain: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision before, the last one of hers. ``counted``: its month, as it stood when it was signed and stands."""

    kind: str
    month: date
    kronor: int | None
    single_cost: bool
    automatic: bool
    signed_at: datetime
    counted: Counted | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A control that this application needs: whether it is made of what it says, and that it said the same."""

    made: bool
    same: bool


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of somebody whose decision is due. ``allowed``: by the delegation list of the day.
    ``applications``: those in her open case, the earliest first. ``calculation``: the month worked out anew, by rule
    alone; none where its norm is not verified. ``facts``: each fact, whether it is so; one left out is not known."""

    allowed: Automatic | None = None
    applications: Sequence[Applied] = ()
    before: Decided | None = None
    complete_at: datetime | None = None
    controls: Sequence[Checked] = ()
    calculation: Calculation | None = None
    facts: Mapping[Fact, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grant:
    """It may be granted without a human: this much, for this month, by this application."""

    kronor: int
    month: date
    application: UUID


@dataclass(frozen=True, slots=True)
class ForAHuman:
    """A human decides, and why: one reason at least."""

    why: tuple[Why, ...]


def judge(known: Known) -> Grant | ForAHuman:
    """A full grant, or every reason why a human decides."""
    why = dict.fromkeys(_why(known))
    latest, counted = known.applications[-1:], known.calculation
    if why or not latest or counted is None:
        return ForAHuman(tuple(why) or ("not-renewal",))
    return Grant(counted.support, counted.month, latest[0].id)


def in_one_line(why: Sequence[Why], most: int = 3) -> str:
    """The first reasons in words, and how many more there are."""
    said = "; ".join(IN_SWEDISH[one] for one in why[:most])
    return f"{said}; och {len(why) - most} skäl till" if len(why) > most else said


def _why(known: Known) -> Iterator[Why]:
    if known.allowed is None:
        yield "not-allowed"
    yield from _of_the_months(known)
    yield from (fact for fact in FACTS if known.facts.get(fact) is not False)
    if known.applications:
        yield from _of_the_application(known.applications[-1], known)
    if not known.controls or not all(one.made and one.same for one in known.controls):
        yield "controls"
    yield from _of_the_sum(known)


def _of_the_months(known: Known) -> Iterator[Why]:
    """It is the month after one that a human granted in full, and nothing else waits."""
    before = known.before
    if before is None or before.single_cost or before.automatic or before.kind != "bifall" or before.kronor is None:
        yield "not-granted-before"
    since = [one for one in known.applications if before is None or one.sent.received_at > before.signed_at]
    if len(since) != 1 or since[-1].sent.corrects is not None:
        yield "several" if since else "not-renewal"
    latest = since[-1].sent if since else None
    if latest is not None and not (before is not None and _renews(latest, before.month)):
        yield "not-renewal"


def _renews(sent: SendApplication, granted: date) -> bool:
    """Whether it is for the month after one that was granted, and came in that month or the one before."""
    came = day_in_sweden(sent.received_at).replace(day=1)
    in_time = sent.month in (came, _month_after(came))
    return sent.attested and sent.kind == "recurring" and in_time and sent.month == _month_after(granted)


def _of_the_application(latest: Applied, known: Known) -> Iterator[Why]:
    sent, before = latest.sent, _answered_before(known)
    everything = [one.sent for one in known.applications]
    if before is not None:
        yield from sorted(otherwise(sent, before.sent))
    complete = known.complete_at is not None and known.complete_at >= sent.received_at
    said = sent.month is not None and sent.planning is not None and not left_out(everything, sent.month)
    reasons: tuple[tuple[Why, bool], ...] = (
        ("flagged", latest.flagged),
        ("two", latest.joint or not _alone(everything)),
        ("unsaid", bool(sent.later) or not said),
        ("secret", bool(sent.sealed)),
        ("away", sent.stays_here is not True),
        ("pending", sent.pending_benefits is not False),
        ("children", any(one.children for one in everything)),
        ("pay", any(one.kind == "salary" for one in sent.incomes or ())),
        ("sick-leave", sent.planning == "sick-leave"),
        ("work", sent.planning in ("job-seeking", "work")),
        ("not-complete", not complete),
    )
    yield from (why for why, holds in reasons if holds)


def _of_the_sum(known: Known) -> Iterator[Why]:
    """Worked out by rule alone it comes to what the human decided, line by line."""
    now, before = known.calculation, known.before
    if now is None:
        yield "norm"
        return
    if now.by_hand:
        yield "by-hand"
    counted, answered = before.counted if before is not None else None, _answered_before(known)
    if before is None or counted is None or answered is None or not _follows(before, counted, answered):
        yield "counted-by-hand-before"
    elif _lines(now) != _lines(counted.calculation):
        yield "counts-otherwise"
    if before is None or now.month != _month_after(before.month) or not 0 < now.support == before.kronor:
        yield "counts-otherwise"
    if known.allowed is not None and now.support > known.allowed.most_kronor:
        yield "beyond"


def _answered_before(known: Known) -> Applied | None:
    """The application that the decision before was about: the last for its month that had come then."""
    before = known.before
    if before is None:
        return None
    of = [
        one
        for one in known.applications
        if one.sent.kind != "supplementary"
        and one.sent.month == before.month
        and one.sent.received_at <= before.signed_at
    ]
    return of[-1] if of else None


def _alone(everything: Sequence[SendApplication]) -> bool:
    """Whether she has said, last of all, that she applies alone; and no application of hers names a partner."""
    said = [one.applies_alone for one in everything if one.applies_alone is not None]
    return bool(said) and said[-1] and all(one.partner is None for one in everything)


def _follows(before: Decided, counted: Counted, answered: Applied) -> bool:
    """Whether the decision before is what its saved calculation comes to, by rule alone."""
    calculation = counted.calculation
    return (
        counted.plain
        and counted.application == answered.id
        and calculation.month == before.month
        and calculation.support == before.kronor
        and not calculation.by_hand
        and all(line.calculated is None and not line.because for line in calculation.lines)
    )


def _lines(calculation: Calculation) -> list[tuple[object, ...]]:
    return [(line.key, line.group, line.words, line.kronor, line.said) for line in calculation.lines]


def _month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
