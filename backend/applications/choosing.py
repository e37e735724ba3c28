"""Which application it is for somebody on a day: a new one, the next month's, a single cost, or none yet.

A rule without conversation and without a database. It refuses nothing: what looks odd is said, with its reason, and a
human judges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from backend.calendar import WorkingCalendar
from backend.contract import ApplicationChoice, ApplicationFlag, ApplicationKind
from backend.municipalities import ApplicationMonths

MONTHS_KNOWN = 2
"""When more months than these have passed since the last one she had or asked for, it is a new application again."""

LATELY = timedelta(days=90)
"""How far back the same application, or a closed case, is worth saying."""

_LONGEST_CLOSURE = 60


@dataclass(frozen=True)
class Sent:
    """One application as it stands, the corrected ones left out. ``month``: the first day of the month it is for."""

    id: UUID
    kind: ApplicationKind
    month: date
    received_on: date
    digest: str = ""


@dataclass(frozen=True)
class History:
    """What is known of somebody. ``granted``: months she had money for. ``refused``: months that were refused and not
    applied for again since; nobody is kept from asking once more."""

    sent: tuple[Sent, ...] = ()
    granted: frozenset[date] = field(default_factory=frozenset)
    refused: frozenset[date] = field(default_factory=frozenset)
    closed_on: date | None = None

    @property
    def months(self) -> frozenset[date]:
        """The months she had or asked for."""
        return self.granted | {sent.month for sent in self.sent if sent.kind != "supplementary"}


def choose(history: History, day: date, rows: Sequence[ApplicationMonths]) -> ApplicationChoice:
    """Which application it is on a day: one for each month, the earliest that is open and not yet applied for."""
    this = first_of(day)
    if not is_known(history, day):
        return ApplicationChoice(
            kind="new", month=this, next_month=after(this), opens_on=opens(after(this), rows), supplementary=False
        )
    taken = history.months - history.refused
    month = next((month for month in _open_months(day, rows) if month not in taken), None)
    coming = after(this if month is None else month)
    while coming in taken:
        coming = after(coming)
    return ApplicationChoice(
        kind="none-yet" if month is None else "recurring",
        month=month,
        next_month=coming,
        opens_on=opens(coming, rows),
        supplementary=True,
    )


def flags(history: History, coming: Sent, rows: Sequence[ApplicationMonths]) -> tuple[ApplicationFlag, ...]:
    """What is worth knowing of an application that comes; ``history`` is without it, and without what it corrects."""
    return tuple(_flags(history, coming, rows))


def is_known(history: History, day: date) -> bool:
    """Whether so little time has passed since her last month that it is not a new application."""
    last = max(history.months, default=None)
    return last is not None and first_of(day) <= after(last, MONTHS_KNOWN)


def opens(month: date, rows: Sequence[ApplicationMonths]) -> date:
    """The first day on which a month can be applied for, by the rule that holds in the month before."""
    before = after(month, -1)
    return before.replace(day=_rule(before, rows).opens_on)


def remind_on(month: date, rows: Sequence[ApplicationMonths], calendar: WorkingCalendar) -> date:
    """The working day on which there is still time to decide before the money of a month is paid; never before the
    month opens."""
    before = after(month, -1)
    rule = _rule(before, rows)
    day = before.replace(day=rule.pay_day)
    for _ in range(rule.remind_before):
        day = _working_day_before(day, calendar)
    return max(day, calendar.next_working_day(opens(month, rows)))


def first_of(day: date) -> date:
    """The month of a day, as its first day."""
    return day.replace(day=1)


def after(month: date, months: int = 1) -> date:
    """So many months after a month; before it, when negative."""
    years, index = divmod(month.month - 1 + months, 12)
    return date(month.year + years, index + 1, 1)


def _open_months(day: date, rows: Sequence[ApplicationMonths]) -> Iterator[date]:
    this = first_of(day)
    yield this
    if opens(after(this), rows) <= day:
        yield after(this)


def _flags(history: History, coming: Sent, rows: Sequence[ApplicationMonths]) -> Iterator[ApplicationFlag]:
    day, month, monthly = coming.received_on, coming.month, coming.kind != "supplementary"
    for sent in history.sent:
        if day - sent.received_on > LATELY:
            continue
        if monthly and sent.kind != "supplementary" and sent.month == month:
            yield ApplicationFlag(why="same-month", on=sent.received_on, application=sent.id)
        elif coming.digest and sent.digest == coming.digest:
            yield ApplicationFlag(why="same-answers", on=sent.received_on, application=sent.id)
    if history.closed_on is not None and day - history.closed_on <= LATELY:
        yield ApplicationFlag(why="closed-lately", on=history.closed_on)
    if monthly and month > first_of(day) and opens(month, rows) > day:
        yield ApplicationFlag(why="not-open", on=opens(month, rows))
    if is_known(history, day) == (coming.kind == "new"):
        yield ApplicationFlag(why="other-kind", on=day)


def _rule(day: date, rows: Sequence[ApplicationMonths]) -> ApplicationMonths:
    """The row that holds on a day; before the first one has begun, the first."""
    return next((row for row in reversed(rows) if row.since <= day), rows[0])


def _working_day_before(day: date, calendar: WorkingCalendar) -> date:
    for _ in range(_LONGEST_CLOSURE):
        day -= timedelta(days=1)
        if calendar.is_working_day(day):
            return day
    raise ValueError(f"no working day within {_LONGEST_CLOSURE} days: check closed_days")
