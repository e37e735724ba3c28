"""What the overview of a case sums up: the clock of the decision, the papers, and who was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from backend.calendar import day_in_sweden
from backend.cases import desk
from backend.cases.desk import CaseFile
from backend.cases.registering import Registered
from backend.casesystem.importing import Heard
from backend.contract import DocumentWarning, Meeting
from backend.decisions.models import Told, ToldBy
from backend.decisions.service import DecisionView
from backend.documents.service import DocumentView
from backend.handover.desk import Missed
from backend.safety.service import BECAUSE_IN_SWEDISH, Safety
from backend.staff import swedish
from backend.staff.case import notes
from backend.staff.case.views import Agreed, Clock, HandedIn, PaperView, Tell, ToldView
from backend.staff.views import Badge

_TOLD: dict[Told, str] = {
    "call": "Ringt upp, med tolk om det behövdes",
    "counter": "Vid disken",
    "meeting": "På mötet",
    "letter": "Med brev som har kommit fram",
    "page": "Läste själv på sidan",
}
_BY_HUMANS: tuple[ToldBy, ...] = get_args(ToldBy)
HOW_TO_HEAR = {"call": "bli uppringd", "counter": "komma hit", "read": "läsa själv med kod", "letter": "få brev"}
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened case with what belongs to it in other rooms. ``shut``: the channel where nothing of ours gets to her
    any more, if we write there."""

    file: CaseFile
    meetings: tuple[Meeting, ...]
    decided: tuple[DecisionView, ...]
    missed: tuple[Missed, ...]
    safety: Safety
    heard: tuple[Heard, ...] = ()
    registered: Registered | None = None
    shut: str | None = None


def agreed(safety: Safety, now: datetime) -> Agreed:
    """The box of the agreed phrase."""
    return Agreed(
        since=swedish.long_day(day_in_sweden(safety.agreed_at)) if safety.agreed_at else "",
        by=safety.agreed_by,
        held=tuple((swedish.when(one.at, now), one.swedish) for one in safety.held),
        because=tuple(BECAUSE_IN_SWEDISH.items()),
    )


def rung(safety: Safety, now: datetime) -> tuple[str, str]:
    """Since when staff ring instead of sending anything, and who said so; empty where she is written to."""
    return (swedish.when(safety.rung_since, now), safety.rung_by) if safety.rung_since else ("", "")


def is_decided(opened: Opened) -> bool:
    """Has the decision been signed that the case, as it is now, calls for?"""
    latest = _latest(opened)
    if latest is None:
        return False
    file, signed_at = opened.file, latest.signed_at
    calls_for = (file.complete_at, file.paused_at, *(view.received_at for view in file.applications))
    return signed_at >= max(filter(None, calls_for), default=signed_at) and not _left_waiting(opened, latest)


def _left_waiting(opened: Opened, latest: DecisionView) -> bool:
    """Whether the last decision was told late, and a month that was applied for after it was made is not decided."""
    decided = {view.draft.month for view in opened.decided}
    return any(
        one.sent.kind != "supplementary"
        and one.sent.month is not None
        and one.sent.month > latest.draft.month
        and one.sent.month not in decided
        and latest.decided_on < day_in_sweden(one.received_at)
        for one in opened.file.applications
    )


def single_cost_waits(opened: Opened) -> bool:
    """Whether both a single cost and an application for a month wait: a decision may be about the one alone."""
    signed = opened.decided[-1].signed_at if opened.decided else None
    of_month = latest.signed_at if (latest := _latest(opened)) else None
    sent = opened.file.applications
    cost = any(one.sent.kind == "supplementary" and (signed is None or one.received_at > signed) for one in sent)
    month = (one.received_at for one in sent if one.sent.kind != "supplementary")
    return cost and any(of_month is None or at > of_month for at in month)


def _latest(opened: Opened) -> DecisionView | None:
    """The last decision that was not about a single cost beside what waits."""
    return next((one for one in reversed(opened.decided) if not one.draft.single_cost), None)


def clock(opened: Opened, now: datetime) -> Clock:
    """The clock of the decision, as the overview shows it."""
    file = opened.file
    latest = _latest(opened)
    if latest is not None and is_decided(opened):
        day = swedish.long_day(latest.decided_on)
        by = "automatiskt" if latest.automatic else f"underskrivet av {latest.signed_name}"
        return Clock("Beslutat", day, f"{latest.draft.kind.capitalize()}, {by}.", settled=True)
    if file.paused_at:
        return Clock("Beslut", "klockan står stilla", f"Papper är begärda {swedish.when(file.paused_at, now)}.")
    if file.decide_by is None or file.complete_at is None:
        return Clock("Beslut", "ingen klocka än", "Klockan börjar när mötet är hållet och allt är inne.")
    gone = (now - file.complete_at) / (file.decide_by - file.complete_at)
    return Clock(
        label="Beslut senast",
        day=swedish.long_day(day_in_sweden(file.decide_by)),
        words="En arbetsdag från komplett ansökan och hållet möte.",
        runs=True,
        began=f"Komplett {swedish.when(file.complete_at, now)}",
        ends=f"kl {swedish.hour(file.decide_by)}",
        gone=max(0, min(_HUNDRED, round(gone * _HUNDRED))),
    )


def household(file: CaseFile) -> tuple[tuple[str, str], ...]:
    """Who the case is about, as the latest application of a month says it, and where that says *unchanged* the one
    before: name, and what she is."""
    sent = [one.sent for one in reversed(file.applications) if one.sent.kind != "supplementary"]
    of_partner = next((one for one in sent if "household" not in one.unchanged), None)
    of_children = next((one for one in sent if "children" not in one.unchanged), None)
    found = [(file.name or "Den sökande", "sökande")]
    if of_partner is not None and of_partner.partner is not None:
        found.append((of_partner.partner.first_name or "Namn tas på mötet", "partner"))
    elif of_partner is not None and of_partner.applies_alone is False:
        found.append(("Namn tas på mötet", "söker ihop"))
    for child in (of_children.children or ()) if of_children else ():
        age = f", {child.age} år" if child.age is not None else ""
        found.append((child.first_name or "Barn", f"barn{age}"))
    return tuple(found)


def paper(view: desk.PaperView) -> PaperView:
    """A paper and where it stands."""
    marks = {
        "missing": Badge("waiting", "Saknas"),
        "came": Badge("plain", "Har kommit in"),
        "seen": Badge("confirmed", "Sett"),
        "not-needed": Badge("plain", "Behövs inte"),
    }
    return PaperView(notes.PAPER_NAMES[view.paper], marks[view.state])


_CAME_BY = {
    "sms": "i sms",
    "telegram": "i Telegram",
    "web": "på webben",
    "terminal": "i terminalen",
    "desk": "vid disken",
}
_WARNINGS: dict[DocumentWarning, str] = {
    "blurred": "Suddig",
    "dark": "Mörk",
    "small": "Liten",
    "damaged": "Skadad fil",
    "first-picture-only": "Bara den första bilden i filen",
}


def document(view: DocumentView, now: datetime) -> HandedIn:
    """Something that was handed in: what it is said to be, how it came, and what may make it hard to read."""
    name = next((words for paper, words in notes.PAPER_NAMES.items() if paper == view.paper), "Papper utan namn")
    pages = f", {view.pages} sidor" if view.pages > 1 else ""
    came = f"{swedish.when(view.received_at, now)}, {_came_by(view)}{pages}"
    warnings = ", ".join(words for warning, words in _WARNINGS.items() if warning in view.warnings)
    return HandedIn(view.id, name, came, warnings, scanned=view.scanned)


def _came_by(view: DocumentView) -> str:
    if view.home is None or view.handed_in_on is None:
        return _CAME_BY[view.channel]
    return f"från {view.home.capitalize()}, inlämnat där {swedish.long_day(view.handed_in_on)}"


def told(view: DecisionView, now: datetime) -> ToldView:
    """That a person was told of a decision, how and by whom."""
    how = _TOLD[view.told_how] if view.told_how else ""
    when = swedish.when(view.told_at, now) if view.told_at else ""
    last = f" Överklaga senast {swedish.long_day(view.appeal_by)}." if view.appeal_by else ""
    by = f", {view.told_by_name}" if view.told_by_name else ""
    by_human = view.told_how not in (None, "page")
    mend = tell(view, now) if by_human else None
    day = f"{day_in_sweden(view.told_at)}" if view.told_at else ""
    return ToldView(
        Badge("confirmed", "Har fått veta"), f"{how}, {when}{by}.{last}", mend, str(view.told_how or ""), day
    )


def tell(view: DecisionView, now: datetime) -> Tell:
    """A decision to tell of, and how the person wants to hear it."""
    wish = f"Personen vill {HOW_TO_HEAR[view.how]}." if view.how else "Personen har inte sagt hur än."
    at = f" Ring {swedish.when(view.call_at, now)}." if view.call_at else ""
    lacks = " Tolken till samtalet är inte ordnad än." if view.lacks_interpreter else ""
    ways = tuple((str(value), _TOLD[value]) for value in _BY_HUMANS)
    return Tell(
        id=view.id,
        words=f"Beslut {swedish.short_day(view.decided_on)}, {view.draft.kind}. {wish}{at}{lacks}",
        ways=ways,
        today=f"{day_in_sweden(now)}",
        first_day=f"{day_in_sweden(view.signed_at)}",
    )
