"""What an approved answer is: its sentence, what it rests on, and the municipality's own values in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from backend.contract import OpenFor, Policy
from bot import openings
from bot.leaving.hours import ordinary_week
from bot.places import with_stop
from bot.text import Text, Value, Weekday, say

_MONDAY = date(2026, 11, 30)
"""Any Monday: the days of the ordinary week are said by their names alone."""


@dataclass(frozen=True)
class Answer:
    """One answer to a question that many have. Its name is a promise, as a question's is.

    ``text`` may hold ``{address}``, ``{telephone}``, ``{after_hours}`` and ``{hours}``: the municipality's own;
    ``{now}``: whether it is open, or when it opens; and ``{next}``: when and where one may come, ``to`` what is asked
    for. ``label`` is what it is called when two answers are offered. ``rests_on`` is the law or the rule behind it,
    for whoever approves it. ``law``: it says what the law is, and is not said in production before somebody has
    approved it.
    """

    name: str
    text: str
    label: str
    rests_on: str
    law: bool = False
    to: OpenFor | None = None

    def said(self, policy: Policy, now: datetime) -> Text:
        """The answer with the municipality's own values, as they are now."""
        coming = openings.said(policy, self.to, now) if self.to is not None else None
        if self.to is not None and coming is None:
            return say(openings.NONE_NOW)
        values: dict[str, Value | None] = {
            "address": with_stop(policy, policy.address),
            "telephone": policy.telephone,
            "after_hours": policy.after_hours_telephone,
            "hours": tuple(_week(policy)),
            "now": openings.open_now(policy, now),
            "next": coming,
        }
        held = {name: value for name, value in values.items() if f"{{{name}}}" in self.text and value is not None}
        return say(self.text, **held)


def _week(policy: Policy) -> Iterator[Text]:
    """The ordinary week, days with the same hours together: ``måndag-torsdag 8.00-16.30, fredag 8.00-12.00``."""
    ordered = sorted(ordinary_week(policy), key=lambda hours: hours.weekday)
    # Days that follow on one another and have the same hours share a place.
    numbered = enumerate(ordered)
    for (_, opens, closes), same in groupby(
        numbered, key=lambda one: (one[1].weekday - one[0], one[1].opens, one[1].closes)
    ):
        days = [_MONDAY + timedelta(days=hours.weekday) for _, hours in same]
        first, last = Weekday(days[0]), Weekday(days[-1])
        hours: dict[str, Value] = {"opens": time.fromisoformat(opens), "closes": time.fromisoformat(closes)}
        if len(days) == 1:
            yield say("{day} {opens}-{closes}", day=first, **hours)
        else:
            yield say("{first}-{last} {opens}-{closes}", first=first, last=last, **hours)
