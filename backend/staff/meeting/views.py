"""What the pages of meetings and the week show: plain values, ready in Swedish, that the templates only lay out."""

from dataclasses import dataclass
from uuid import UUID

from backend.staff.views import Badge


@dataclass(frozen=True, slots=True)
class AwayRow:
    """One absence. ``borrowed``: of somebody another municipality lends."""

    id: UUID
    name: str
    kind: str
    words: str
    borrowed: bool


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar to follow: whether it has an address, and which there have been."""

    id: UUID
    name: str
    kind: str
    open: bool
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LentRow:
    """Hours lent away."""

    id: UUID
    name: str
    town: str
    words: str
    mark: Badge
    detail: str
    can_take_back: bool


@dataclass(frozen=True, slots=True)
class HitRow:
    """A meeting that somebody needed for it will not be at, with the times it can have instead."""

    id: UUID
    name: str
    language: str
    day: str
    hour: str
    away: str
    times: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Order:
    """One ordered interpreter, on one line."""

    id: UUID
    hour: str
    day: str
    minutes: int
    language: str
    mode: str
    interpreter: str
    mark: Badge
    due: str
    asked: bool
    wished: str = ""
    what: str = ""
    number: str = ""
    cancelling: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One booking an agency may charge for."""

    id: UUID
    agency: str
    number: str
    day: str
    hours: str
    language: str
    mode: str
    minutes: int
    cost: str
    note: str
    actual: str
    actual_minutes: int
    actual_mode: str


@dataclass(frozen=True, slots=True)
class ToArrange:
    """A time or an interpreter somebody must arrange by hand."""

    id: UUID
    name: str
    language: str
    words: str
    due: str


@dataclass(frozen=True, slots=True)
class PlannedView:
    """A place in a group. ``says``: her own word of it; ``words``: why she was not there; ``by``: who noted it.
    ``can_take_back``: until it has begun."""

    id: UUID
    when: str
    name: str
    where: str
    says: str
    mark: Badge
    words: str
    by: str
    begun: bool
    can_take_back: bool


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """A plan as it was last written, in Swedish."""

    name: str
    goal: str
    steps: tuple[str, ...]
    review: str
    agreed: bool
    by: str
