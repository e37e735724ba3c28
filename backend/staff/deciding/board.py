"""The board: which decisions are due, at risk and late, by cause and never by name, and how each month went.

For caseworkers, and for a controller, who sees numbers and never persons: few of anything are shown to her as *färre än
5*, and what would give them away by subtraction is not shown at all.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from backend.board import month as months
from backend.board import service, standing
from backend.board.models import NOT_KNOWN
from backend.board.month import FEWEST, Month, Shown
from backend.board.standing import State, Waiting, Why
from backend.calendar import day_in_sweden
from backend.errors import Invalid
from backend.staff import swedish
from backend.staff.case.notes import PAPER_NAMES
from backend.staff.desk import Here, Page, Role, only, page
from backend.staff.views import Badge

router = APIRouter(prefix="/board", route_class=Page, dependencies=[only(Role.CASEWORKER, Role.CONTROLLER)])

_STATES: Mapping[State, Badge] = {
    "broken": Badge("broken", "Löfte brutet"),
    "at-risk": Badge("preliminary", "Under två timmar"),
    "due": Badge("confirmed", "Klockan går"),
    "paused": Badge("waiting", "Klockan står stilla"),
    "not-begun": Badge("plain", "Har inte börjat"),
}
_WHY: dict[Why, str] = {
    "difference": "En kontroll skiljer sig, ingen har tagit ställning",
    "comment": "Personen får yttra sig först, eller tala med nämnden",
    "papers": "Papper eller ett yttrande har kommit, ingen har läst det",
    "not-active": "Deltagandet ska vägas in",
    "nobody": "Ingen har tagit beslutet",
    "taken": "Någon arbetar med beslutet",
    "papers-missing": "Papper saknas, dagen har inte gått",
    "papers-overdue": "Dagen för papper har gått",
    "papers-here": "Inga papper väntas längre, inte markerat komplett",
    "no-meeting": "Mötet är inte hållet",
    "not-complete": "Mötet är hållet, inte markerat komplett",
}
_IN_WORDS: Mapping[str, str] = {str(why): words for why, words in _WHY.items()}
_LATE: Mapping[str, str] = {**_IN_WORDS, NOT_KNOWN: "Orsaken hann inte antecknas"}
_MONTHS_BACK = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Column:
    """One state: how many, and of which causes."""

    mark: Badge
    count: str
    causes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month in words: its row of the table."""

    key: str
    name: str
    decided: str
    in_time: str
    too_late: str
    median: str
    without_clock: str
    stopped: str


@router.get("")
async def board(here: Here, month: Annotated[str, Query()] = "") -> Response:
    """The board now, the latest months, and the causes of one of them."""
    masks, now = here.role is Role.CONTROLLER, here.now
    this = day_in_sweden(now).replace(day=1)
    chosen = _month(month) if month else this
    async with here.database.transaction() as session:
        waiting = await standing.read(session, now)
        measured = {first: await service.of_month(session, first) for first in {*_back(this), chosen}}
    detail = measured[chosen]
    return page(
        "board",
        here,
        columns=_columns(waiting, masks=masks),
        months=tuple(_row(first, measured[first], masks=masks) for first in sorted(measured, reverse=True)),
        chosen=f"{chosen:%Y-%m}",
        chosen_words=swedish.month(chosen),
        late=_listed(detail.late, _LATE, masks=masks),
        pauses=tuple(
            (PAPER_NAMES[paper], _said(_alone(detail.pauses[paper], masks=masks)))
            for paper in PAPER_NAMES
            if detail.pauses.get(paper)
        ),
        fewest=FEWEST if masks else 0,
        automatic=not masks and here.database.municipality.decisions.automatic != "off",
    )


def _columns(waiting: tuple[Waiting, ...], *, masks: bool) -> tuple[Column, ...]:
    columns = []
    for state, mark in _STATES.items():
        causes = Counter[str](one.why for one in waiting if one.state == state)
        count = _alone(causes.total(), masks=masks)
        columns.append(Column(mark, _said(count), _listed(causes, _IN_WORDS, masks=masks)))
    return tuple(columns)


def _listed(counts: Mapping[str, int], names: Mapping[str, str], *, masks: bool) -> tuple[tuple[str, str], ...]:
    """Causes that add up to a sum that is told. Where that is not told, which they are is not either."""
    if masks and 0 < sum(counts.values()) < FEWEST:
        return ()
    shown: Mapping[str, Shown] = months.masked(counts) if masks else counts
    return tuple((names[key], _said(shown[key])) for key in names if counts.get(key))


def _row(first: date, month: Month, *, masks: bool) -> MonthView:
    parts: Mapping[str, Shown] = {"in_time": month.in_time, "too_late": month.too_late}
    decided, took = _alone(month.decided, masks=masks), month.median
    if masks:
        parts = months.masked({"in_time": month.in_time, "too_late": month.too_late})
    if decided == "few":
        parts, took = {"in_time": "hidden", "too_late": "hidden"}, None
    return MonthView(
        key=f"{first:%Y-%m}",
        name=swedish.month(first),
        decided=_said(decided),
        in_time=_said(parts["in_time"]),
        too_late=_said(parts["too_late"]),
        median="–" if took is None else f"{took:.1f} h".replace(".", ","),
        without_clock=_said(_alone(month.without_clock, masks=masks)),
        stopped=_said(_alone(month.stopped, masks=masks)),
    )


def _alone(count: int, *, masks: bool) -> Shown:
    return "few" if masks and 0 < count < FEWEST else count


def _said(count: Shown) -> str:
    if count == "few":
        return f"färre än {FEWEST}"
    return "visas inte" if count in ("hidden", None) else str(count)


def _back(this: date) -> tuple[date, ...]:
    """This month and those before it."""
    found = [this]
    for _ in range(_MONTHS_BACK):
        found.append((found[-1] - _ONE_DAY).replace(day=1))
    return tuple(found)


def _month(given: str) -> date:
    try:
        found = date.fromisoformat(f"{given}-01")
    except ValueError:
        raise Invalid(month="not a month") from None
    if not date(2000, 1, 1) <= found <= date(2200, 1, 1):
        raise Invalid(month="not a month")
    return found
