"""When one may come without a time of one's own, as the municipality tells it: what is open now, or opens next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backend.contract import OpenFor, Opening, Policy
from bot.leaving.hours import is_red_day, open_next
from bot.text import N_, Text, Value, Weekday, local_day, local_time, say

NAMES: Mapping[OpenFor, str] = {
    "drop-in": N_("Drop-in"),
    "open-reception": N_("Open reception"),
    "evening": N_("Open in the evening"),
    "job-search": N_("Look for jobs with us"),
    "recruiting": N_("Meet employers"),
}
NONE_NOW = N_("We have no such hours now. Do you want to know more? Write RING.")
BY_VIDEO = N_("by video")

_AHEAD = 60
"""Days: what opens later than that is nothing to wait for."""
_A_WEEK = 7


@dataclass(frozen=True)
class Occurrence:
    """One time that something is open. ``digital``: by video, and nobody goes to ``place``."""

    opens: datetime
    closes: datetime
    place: str
    digital: bool


def next_open(policy: Policy, kind: OpenFor, now: datetime) -> Occurrence | None:
    """What of a kind is open now, or opens next; ``None`` where nothing of it is told."""
    zone = ZoneInfo(policy.time_zone)
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=n) for n in range(_AHEAD)]
    ahead = [
        one
        for opening in policy.openings
        if opening.kind == kind
        for day in days
        if _is_open(policy, opening, day) and (one := _on(opening, day, zone)).closes > now
    ]
    return min(ahead, key=lambda one: one.opens, default=None)


def said(policy: Policy, kind: OpenFor, now: datetime) -> Text | None:
    """What of a kind is open now, or opens next: what, when and where; ``None`` where nothing of it is told."""
    one = next_open(policy, kind, now)
    if one is None:
        return None
    values: dict[str, Value] = {
        "what": say(NAMES[kind]),
        "closes": local_time(one.closes),
        "place": say(BY_VIDEO) if one.digital else one.place,
    }
    if one.opens <= now:
        return say(N_("{what}: open now, until {closes}, {place}."), **values)
    return say(
        "{what}: {day} {opens}-{closes}, {place}.", day=_day(one.opens, now), opens=local_time(one.opens), **values
    )


def open_now(policy: Policy, now: datetime) -> Text:
    """Whether somebody is there now, and until when; or when we open."""
    found = open_next(policy, now)
    if found is None:
        return say(N_("Closed now."))
    opens, closes = found
    if opens <= now:
        return say(N_("Open now, until {closes}."), closes=local_time(closes))
    return say(N_("Closed now. We open {day} at {opens}."), day=_day(opens, now), opens=local_time(opens))


def _is_open(policy: Policy, opening: Opening, day: date) -> bool:
    """A day that is named is open whatever day it is; those of every week are not on red days and closed ones."""
    if opening.day is not None:
        return opening.day == day
    return opening.weekday == day.weekday() and day not in policy.closed_days and not is_red_day(day)


def _on(opening: Opening, day: date, zone: ZoneInfo) -> Occurrence:
    opens, closes = (
        datetime.combine(day, time.fromisoformat(hour), zone).astimezone(UTC)
        for hour in (opening.opens, opening.closes)
    )
    return Occurrence(opens, closes, opening.place, opening.digital)


def _day(at: datetime, now: datetime) -> Value:
    """A day as short as is clear: today, its weekday, or its date."""
    day, today = local_day(at), local_day(now)
    if day == today:
        return say(N_("today"))
    return Weekday(day) if (day - today).days < _A_WEEK else day
