"""What a calculation follows beside the riksnorm: the law, job stimulus, a child's own work, and rounding."""

import tomllib
from calendar import monthrange
from collections.abc import Collection
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field

from backend.contract import Value

_FILE = Path(__file__).with_name("rules.toml")

About: TypeAlias = Literal["right", "other_needs", "support", "job_stimulus", "childrens_work"]


class Law(Value):
    """Where each thing stands in the law, from a day on. ``before``: the law that held until then, by its name."""

    since: date
    before: str
    right: str
    other_needs: str
    support: str
    job_stimulus: str
    childrens_work: str
    source: str
    status: Literal["verified"]


class JobStimulus(Value):
    """How much of income from employment is not counted, after how many months of support in a row, and how long."""

    per_cent: int = Field(ge=1, le=99)
    after_months: int = Field(ge=1)
    for_months: int = Field(ge=1)
    source: str
    status: Literal["verified"]


class Days(Value):
    """A child's month in days. ``member_from``: from so many a child makes the household larger."""

    of_month: int = Field(ge=28, le=31)
    member_from: int = Field(ge=1, le=31)
    source: str
    status: Literal["verified", "not-verified"]


class Rounding(Value):
    """To what a line is rounded."""

    to_kronor: Literal[1]
    source: str
    status: Literal["verified", "own-choice"]


class BaseAmount(Value):
    """A year's prisbasbelopp."""

    year: int
    kronor: int = Field(gt=0)
    source: str
    status: Literal["verified", "not-verified"]


class RuleBook(Value):
    """All of it, as the file has it."""

    law: Law
    job_stimulus: JobStimulus
    days: Days
    rounding: Rounding
    base_amounts: tuple[BaseAmount, ...]


@cache
def book() -> RuleBook:
    """The rules as they stand in the file."""
    return RuleBook.model_validate(tomllib.loads(_FILE.read_text("utf-8")))


def law(about: About, month: date) -> str:
    """The section that a line of a month follows, as staff read it."""
    known = book().law
    return str(getattr(known, about)) if month >= known.since else known.before


def base_amount(month: date) -> int | None:
    """The year's prisbasbelopp; ``None`` where it is not verified."""
    found = (one for one in book().base_amounts if one.year == month.year and one.status == "verified")
    return next((one.kronor for one in found), None)


def whole(kronor: Fraction | int) -> int:
    """Whole kronor, half a krona upwards; of sums that are not negative."""
    return (2 * Fraction(kronor).numerator + Fraction(kronor).denominator) // (2 * Fraction(kronor).denominator)


def share_of_month(days: int, month: date) -> Fraction:
    """How much of a month so many days are. Every day of a short month is all of it."""
    of = book().days.of_month
    if days >= of or days >= monthrange(month.year, month.month)[1]:
        return Fraction(1)
    return Fraction(max(0, days), of)


def stimulated(kronor: int) -> int:
    """What of an income from employment is not counted, where job stimulus holds."""
    return whole(Fraction(kronor * book().job_stimulus.per_cent, 100))


def stimulus_holds(supported: Collection[date], month: date) -> bool:
    """Whether job stimulus holds in a month. ``supported``: the first days of the months somebody had support.

    It begins the month after six in a row, and holds for 24 months whether or not there is support in them; then six in
    a row, counted from there, begin it anew.
    """
    rule = book().job_stimulus
    had, now = {_number(one) for one in supported}, _number(month)
    in_a_row, holds_until = 0, 0
    for one in range(min(had, default=now), now):
        if one < holds_until:
            continue
        in_a_row = in_a_row + 1 if one in had else 0
        if in_a_row == rule.after_months:
            in_a_row, holds_until = 0, one + 1 + rule.for_months
    return now < holds_until


def months_from(first: date, last: date) -> frozenset[date]:
    """The first days of the months from one to another, both of them."""
    return frozenset(date(n // 12, n % 12 + 1, 1) for n in range(_number(first), _number(last) + 1))


def _number(month: date) -> int:
    return month.year * 12 + month.month - 1
