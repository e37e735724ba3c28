"""Which days and hours a municipality works, and what "today or tomorrow" and "one working day" mean there.

Swedish red days and the three eves that the law counts as Sundays come from ``holidays`` (public and de-facto days,
plain Sundays left to the weekday). What only the municipality decides, opening hours, bridging days, closed
afternoons and the hour after which nobody is offered a time the same day, is :class:`WorkingCalendar`.

Days are days in Sweden; moments are aware and given back in UTC, so both weeks of changing clocks come out right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

SWEDEN = ZoneInfo("Europe/Stockholm")
NOON = time(12, 0)

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
# Longest run of closed days that is still an opening calendar and not a settings mistake: a closed July.
_LONGEST_CLOSURE = 60


@lru_cache(maxsize=16)
def red_days(year: int) -> frozenset[date]:
    """Swedish public holidays of a year with Midsummer, Christmas and New Year's Eve.

    The three eves are no public holidays, but 2 § lagen (1930:173) om beräkning av lagstadgad tid treats them as such.
    """
    from holidays.countries.sweden import SE  # noqa: PLC0415  # slow to import, and most commands never ask

    return frozenset(SE(years=year, categories=("public", "de_facto"), include_sundays=False))


def is_red_day(day: date) -> bool:
    return day in red_days(day.year)


def day_in_sweden(at: datetime) -> date:
    """The Swedish calendar day of an aware moment."""
    return at.astimezone(SWEDEN).date()


def moment(day: date, hour: time) -> datetime:
    """The moment, in UTC, when Swedish clocks show ``hour`` on ``day``."""
    return datetime.combine(day, hour, SWEDEN).astimezone(UTC)


def last_day_by_law(day: date) -> date:
    """The day itself, or the next weekday when it is a Saturday, a Sunday, a red day or one of the three eves.

    How a time limit set by law ends (2 § lagen 1930:173), whatever days the municipality keeps closed.
    """
    while day.weekday() >= _SATURDAY or is_red_day(day):
        day += _ONE_DAY
    return day


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When one municipality works. Hours are Swedish clock time; weekdays are 0 = Monday.

    ``closed_afternoons``: weekdays that close at noon. ``short_days``: dates that close early, such as the day before
    a red day. ``closed_days``: bridging days and other dates the municipality keeps closed. ``same_day_until``: the
    cut-off hour; who asks later than that is offered the next working day.
    """

    opening_hours: Mapping[int, tuple[time, time]]
    closed_afternoons: frozenset[int] = frozenset()
    short_days: Mapping[date, time] = field(default_factory=lambda: MappingProxyType({}))
    closed_days: frozenset[date] = frozenset()
    same_day_until: time = NOON

    def __post_init__(self) -> None:
        if not any(weekday < _SATURDAY for weekday in self.opening_hours):
            raise ValueError("a municipality must be open on at least one weekday")
        for weekday, (opens, closes) in self.opening_hours.items():
            if weekday not in range(7) or opens >= closes:
                raise ValueError(f"opening hours of weekday {weekday} are wrong: {opens:%H:%M} to {closes:%H:%M}")
            if weekday in self.closed_afternoons and opens >= NOON:
                raise ValueError(f"weekday {weekday} opens at {opens:%H:%M} but is closed in the afternoon")

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "WorkingCalendar":
        """Read the ``[calendar]`` table of a municipality's settings, with TOML's own times and dates.

        Raises ``ValueError`` in words about what is missing, unknown or wrong.
        """
        known = {"opening_hours", "closed_afternoons", "short_days", "closed_days", "same_day_until"}
        if unknown := set(table) - known:
            raise ValueError(f"calendar: unknown {', '.join(sorted(unknown))}")
        try:
            return cls(
                opening_hours=MappingProxyType(
                    {row["weekday"]: (row["opens"], row["closes"]) for row in table["opening_hours"]}
                ),
                closed_afternoons=frozenset(table.get("closed_afternoons", ())),
                short_days=MappingProxyType({row["day"]: row["closes"] for row in table.get("short_days", ())}),
                closed_days=frozenset(table.get("closed_days", ())),
                same_day_until=table["same_day_until"],
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"calendar: {error}") from error

    def is_working_day(self, day: date) -> bool:
        return (
            day.weekday() < _SATURDAY
            and day.weekday() in self.opening_hours
            and day not in self.closed_days
            and not is_red_day(day)
        )

    def next_working_day(self, day: date) -> date:
        """The first working day after ``day``, never ``day`` itself."""
        for _ in range(_LONGEST_CLOSURE):
            day += _ONE_DAY
            if self.is_working_day(day):
                return day
        raise ValueError(f"no working day within {_LONGEST_CLOSURE} days: check closed_days")

    def add_working_days(self, day: date, count: int) -> date:
        """``count`` working days after ``day``; 0 gives the day itself, or the next working day if it is closed."""
        if count < 0:
            raise ValueError("working days are counted forwards")
        if count == 0:
            return day if self.is_working_day(day) else self.next_working_day(day)
        for _ in range(count):
            day = self.next_working_day(day)
        return day

    def working_days(self, first: date) -> Iterator[date]:
        """Working days in order, beginning with ``first`` if it is one."""
        day = self.add_working_days(first, 0)
        while True:
            yield day
            day = self.next_working_day(day)

    def opening(self, day: date) -> tuple[datetime, datetime] | None:
        """When the municipality opens and closes that day, in UTC; ``None`` on a day it does not work."""
        if not self.is_working_day(day):
            return None
        opens, closes = self.opening_hours[day.weekday()]
        if day.weekday() in self.closed_afternoons:
            closes = min(closes, NOON)
        if day in self.short_days:
            closes = min(closes, self.short_days[day])
        return (moment(day, opens), moment(day, closes)) if opens < closes else None

    def first_offered_day(self, asked_at: datetime) -> date:
        """The first day a meeting may be offered: the same day before the cut-off hour, else the next working day."""
        asked = asked_at.astimezone(SWEDEN)
        if self.is_working_day(asked.date()) and asked.time() < self.same_day_until:
            return asked.date()
        return self.next_working_day(asked.date())

    def last_promised_day(self, asked_at: datetime) -> date:
        """The last day that still keeps "today or tomorrow": the working day after the one the person asked on."""
        return self.next_working_day(day_in_sweden(asked_at))

    def within_promise(self, asked_at: datetime, start: datetime) -> bool:
        """Whether a meeting starting at ``start`` is the same or the next working day, seen from ``asked_at``."""
        return asked_at < start and day_in_sweden(start) <= self.last_promised_day(asked_at)

    def one_working_day_after(self, at: datetime) -> datetime:
        """When the promise of one working day runs out: closing time of the next working day that opens."""
        day = day_in_sweden(at)
        while True:
            day = self.next_working_day(day)
            if hours := self.opening(day):
                return hours[1]

    def after_open_time(self, at: datetime, wait: timedelta) -> datetime:
        """The moment when the municipality has been open for ``wait`` since ``at``; closed hours do not count."""
        for day in self.working_days(day_in_sweden(at)):
            if not (hours := self.opening(day)):
                continue
            begins = max(at.astimezone(UTC), hours[0])
            if begins >= hours[1]:
                continue
            if begins + wait <= hours[1]:
                return begins + wait
            wait -= hours[1] - begins
        raise AssertionError("working days never end")

    def open_time(self, begins: datetime, ends: datetime) -> timedelta:
        """For how long the municipality is open between two moments."""
        open_for = timedelta(0)
        for day in self.working_days(day_in_sweden(begins)):
            if moment(day, time.min) >= ends:
                return open_for
            if hours := self.opening(day):
                open_for += max(min(ends, hours[1]) - max(begins, hours[0]), timedelta(0))
        raise AssertionError("working days never end")
