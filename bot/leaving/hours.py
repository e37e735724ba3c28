"""When a message that nobody asked for may leave: quiet hours and working days, on the Swedish clock.

Replies may at any hour while they answer what somebody just wrote (:mod:`bot.leaving.claiming`). Red days and the three
eves that the law counts as Sundays come from ``holidays`` (public and de-facto days, plain Sundays left to the
weekday): 2 § lagen (1930:173) om beräkning av lagstadgad tid.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from backend.contract import Hours, Policy

_ONE_DAY = timedelta(days=1)
_DECISIONS = time(8, 0), time(17, 0)
_REFUSALS = time(8, 0), time(15, 0)
_LONGEST_CLOSURE = 60
_NOON = time(12, 0)


def may_leave_at(quiet: Literal["never", "day", "decision", "refusal"], policy: Policy, now: datetime) -> datetime:
    """The first moment from ``now`` on when a message keeping these hours may leave; ``now`` itself when it may.

    ``day``: outside the municipality's quiet hours. ``decision``: working days 8-17. ``refusal``: working days 8-15
    that are followed by another working day, so that somebody is there to answer.
    """
    if quiet == "never":
        return now
    zone = ZoneInfo(policy.time_zone)
    day = now.astimezone(zone).date()
    for _ in range(_LONGEST_CLOSURE):
        opens, closes = _hours(quiet, policy)
        start, end = datetime.combine(day, opens, zone), datetime.combine(day, closes, zone)
        if _is_day_for(quiet, policy, day) and now < end:
            return max(now, start.astimezone(UTC))
        day += _ONE_DAY
    return datetime.combine(day, time(8), zone).astimezone(UTC)


def _hours(quiet: str, policy: Policy) -> tuple[time, time]:
    if quiet == "refusal":
        return _REFUSALS
    if quiet == "decision":
        return _DECISIONS
    return time.fromisoformat(policy.quiet_until), time.fromisoformat(policy.quiet_from)


def _is_day_for(quiet: str, policy: Policy, day: date) -> bool:
    if quiet == "day":
        return True
    return is_working_day(policy, day) and (quiet == "decision" or is_working_day(policy, day + _ONE_DAY))


def is_working_day(policy: Policy, day: date) -> bool:
    """Whether the municipality is open that day, as far as its policy tells the bot."""
    open_days = {hours.weekday for hours in policy.opening_hours} or set(range(5))
    return day.weekday() in open_days and day not in policy.closed_days and not is_red_day(day)


def opens_at(policy: Policy, now: datetime) -> datetime | None:
    """When somebody of the staff is there again; ``None`` while somebody is, or where no hours are told."""
    found = open_next(policy, now)
    return found[0] if found is not None and now < found[0] else None


def open_next(policy: Policy, now: datetime) -> tuple[datetime, datetime] | None:
    """The hours in which somebody of the staff is there now, or the next there are; ``None`` where none are told."""
    today = now.astimezone(ZoneInfo(policy.time_zone)).date()
    for day in (today + n * _ONE_DAY for n in range(_LONGEST_CLOSURE)):
        for opens, closes in _open_on(policy, day):
            if now < closes:
                return opens, closes
    return None


def ordinary_week(policy: Policy) -> tuple[Hours, ...]:
    """The hours of the ordinary week as they really are: an afternoon that is closed is not open."""
    return tuple(
        hours.model_copy(update={"closes": f"{_closing(policy, hours):%H:%M}"}) for hours in policy.opening_hours
    )


def _closing(policy: Policy, hours: Hours, day: date | None = None) -> time:
    """When it really closes, by the ordinary week or on a day: not in an afternoon that is closed, nor on a short
    day."""
    closes = time.fromisoformat(hours.closes)
    if hours.weekday in policy.closed_afternoons:
        closes = min(closes, _NOON)
    return min([closes, *(time.fromisoformat(short.closes) for short in policy.short_days if short.day == day)])


def _open_on(policy: Policy, day: date) -> Iterator[tuple[datetime, datetime]]:
    if not is_working_day(policy, day):
        return
    zone = ZoneInfo(policy.time_zone)
    for hours in policy.opening_hours:
        opens, closes = time.fromisoformat(hours.opens), _closing(policy, hours, day)
        if hours.weekday == day.weekday() and opens < closes:
            yield (
                datetime.combine(day, opens, zone).astimezone(UTC),
                datetime.combine(day, closes, zone).astimezone(UTC),
            )


def is_red_day(day: date) -> bool:
    """Whether it is a public holiday, or one of the three eves that the law counts as one."""
    return day in _red_days(day.year)


@lru_cache(maxsize=16)
def _red_days(year: int) -> frozenset[date]:
    from holidays.countries.sweden import SE  # noqa: PLC0415  # a second to import, and most commands never ask

    return frozenset(SE(years=year, categories=("public", "de_facto"), include_sundays=False))
