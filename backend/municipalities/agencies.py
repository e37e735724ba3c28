"""Interpreter agencies: what each of them speaks, how it is ordered from, when it answers and what it costs.

An agency has no calendar: it can be asked for any time its rules allow, and says yes or no afterwards. All of it stands
in the municipality's file; the rules are those of the agreement with the agency.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from backend.calendar import WorkingCalendar
from backend.contract import Value

Mode = Literal["phone", "video", "on-site"]
"""How an interpreter takes part."""

ANSWERED_BEFORE_START = timedelta(hours=1)
"""She must have answered before the person sets out."""

_LOCAL = ("http://127.0.0.1", "http://localhost")


class Price(Value):
    """What an hour costs from a day on, in whole kronor without VAT. A shorter booking is charged ``least_minutes``."""

    mode: Mode
    since: date
    kronor_per_hour: int = Field(ge=0, le=10_000)
    least_minutes: int = Field(60, ge=0, le=480)
    source: str
    status: Literal["verified", "not-verified", "example"]


class Cost(Value):
    """An expected cost in whole kronor, and whether its price was verified with the agreement."""

    kronor: int
    verified: bool


class Agency(Value):
    """One agency of a municipality's file. ``example``: it is asked in the demo only, whatever else is given.

    ``address``: where orders go, an e-mail address or the beginning of its addresses on the net. ``answers_*``: when
    somebody there answers orders, Swedish clock time. ``ordered_before``: hours before the start an order must come.
    ``free_until``: hours before the start that a cancellation costs nothing.
    """

    slug: str = Field(pattern=r"^[a-z]+$")
    name: str
    telephone: str
    languages: tuple[str, ...] = Field(min_length=1)
    modes: tuple[Mode, ...] = Field(min_length=1)
    order_by: Literal["e-mail", "http"]
    address: str
    answers_on: tuple[int, ...] = (0, 1, 2, 3, 4)
    answers_from: time
    answers_until: time
    answer_minutes: int = Field(ge=5, le=1440)
    ordered_before: Mapping[Mode, float]
    free_until: Mapping[Mode, float]
    prices: tuple[Price, ...] = ()
    source: str
    status: Literal["agreed", "example"]

    @property
    def code(self) -> str:
        """Its part of a setting's name."""
        return self.slug.upper()

    @cached_property
    def hours(self) -> WorkingCalendar:
        """When somebody answers; nobody does on red days."""
        return WorkingCalendar(dict.fromkeys(self.answers_on, (self.answers_from, self.answers_until)))

    def answer_by(self, asked_at: datetime, start: datetime) -> datetime:
        """When it must have answered: so much of its own open time after the order, and an hour before the start."""
        latest = max(asked_at, start.astimezone(UTC) - ANSWERED_BEFORE_START)
        return min(self._has_answered(asked_at), latest)

    def may_be_asked(self, mode: Mode, asked_at: datetime, start: datetime) -> bool:
        """Whether its rules leave time to order, and to be answered before the person sets out."""
        if mode not in self.modes:
            return False
        in_time = _between(asked_at, start) >= timedelta(hours=self.ordered_before[mode])
        return in_time and _between(self._has_answered(asked_at), start) >= ANSWERED_BEFORE_START

    def is_free_of_charge(self, mode: Mode, at: datetime, start: datetime) -> bool:
        """Whether what was ordered may be cancelled without a fee at ``at``."""
        return at <= self.free_of_charge_until(mode, start)

    def free_of_charge_until(self, mode: Mode, start: datetime) -> datetime:
        """Until when a cancellation costs nothing."""
        return start.astimezone(UTC) - timedelta(hours=self.free_until[mode])

    def cost(self, mode: Mode, minutes: int, day: date) -> Cost | None:
        """What a booking that long costs that day by the prices given; ``None`` where there is no price."""
        then = [price for price in self.prices if price.mode == mode and price.since <= day]
        if not then:
            return None
        price = max(then, key=lambda one: one.since)
        charged = max(minutes, price.least_minutes)
        return Cost(kronor=-(-price.kronor_per_hour * charged // 60), verified=price.status == "verified")

    def _has_answered(self, asked_at: datetime) -> datetime:
        return self.hours.after_open_time(asked_at, timedelta(minutes=self.answer_minutes))

    @model_validator(mode="after")
    def _complete(self) -> "Agency":
        if missing := set(self.modes) - set(self.ordered_before) | set(self.modes) - set(self.free_until):
            raise ValueError(f"{self.slug}: ordered_before and free_until need {', '.join(sorted(missing))}")
        if self.order_by == "e-mail" and (self.address.count("@") != 1 or any(sign.isspace() for sign in self.address)):
            raise ValueError(f"{self.slug}: address must be an e-mail address")
        if self.order_by == "http" and not self.address.startswith(("https://", *_LOCAL)):
            raise ValueError(f"{self.slug}: address must begin with https://")
        self.hours  # noqa: B018  # wrong hours are told when the file is read
        return self


def _between(earlier: datetime, later: datetime) -> timedelta:
    # Two moments of one zone are subtracted by the clock on the wall, an hour wrong when the clocks change.
    return later.astimezone(UTC) - earlier.astimezone(UTC)
