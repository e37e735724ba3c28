"""Papers asked for by a day, as the form of the case gives them and as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from backend.applications.completions import CompletionView, PaperAsked, Wanted
from backend.calendar import WorkingCalendar, day_in_sweden
from backend.errors import DayAheadNeeded
from backend.staff import swedish
from backend.staff.case import notes

USUAL_WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What was asked for: how many have come, by when, each paper with where it stands."""

    head: str
    papers: tuple[str, ...]


def usual(calendar: WorkingCalendar, now: datetime) -> date:
    """The day that stands in the form until somebody chooses another."""
    return calendar.add_working_days(day_in_sweden(now), USUAL_WORKING_DAYS)


def by(filled: Mapping[str, str]) -> date:
    """The day that was chosen. Raises DayAheadNeeded when it is none."""
    try:
        return date.fromisoformat(filled.get("by", ""))
    except ValueError:
        raise DayAheadNeeded from None


def wanted(filled: Mapping[str, str]) -> tuple[Wanted, ...]:
    """The papers that were ticked, with what was written beside each. Raises Invalid for one there is not."""
    ticked = notes.papers(filter(None, filled.get("papers", "").split(",")))
    return tuple(Wanted(paper, filled.get(f"about_{paper}", "").strip()) for paper in ticked)


def view(asked: CompletionView) -> AskedFor:
    """How it stands."""
    passed = ", dagen har gått" if asked.overdue_at else ""
    head = f"Begärda till {swedish.short_day(asked.due_on)}: {asked.came} av {len(asked.papers)} har kommit{passed}"
    return AskedFor(
        head,
        tuple(
            f"{notes.PAPER_NAMES[one.paper]}{f' ({one.own_words})' if one.own_words else ''}: " + _stands(one)
            for one in asked.papers
        ),
    )


def _stands(one: PaperAsked) -> str:
    if one.said == "cannot-get":
        return "personen säger att det inte går att få tag i"
    if one.unreadable:
        return "svårt att läsa, personen har inget bättre" if one.said else "svårt att läsa"
    return "inte kommit" if one.came_at is None else "har kommit"
