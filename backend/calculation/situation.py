"""A household's month, as plain values: who lives there, what it costs, what money comes and what there is."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

CostKind: TypeAlias = Literal[
    "housing",
    "electricity",
    "home-insurance",
    "internet",
    "unemployment-fund",
    "union",
    "travel",
    "care",
    "medical-care",
    "medicine",
    "medical-travel",
    "acute-dental",
    "glasses",
    "other",
]
IncomeKind: TypeAlias = Literal[
    "salary",
    "unemployment-fund",
    "social-insurance",
    "student-aid",
    "child-support",
    "pension",
    "swish",
    "other-municipality",
    "rent-from-child",
    "other",
]
AssetKind: TypeAlias = Literal["savings", "vehicle", "home", "company", "other"]
Period: TypeAlias = Literal["month", "quarter", "year", "once"]
Whose: TypeAlias = Literal["applicant", "partner", "child"]


@dataclass(frozen=True, slots=True)
class Child:
    """A child or a youth at school who is supported here. ``age``: in whole years; ``days``: here, of the month.

    ``None``: nobody knows yet. ``lunch_away``: eats lunch away five days a week.
    """

    name: str = ""
    age: int | None = None
    days: int | None = 30
    lunch_away: bool = False


@dataclass(frozen=True, slots=True)
class Household:
    """One adult, or two who live as a couple, and their children. ``others``: who share the household beside them and
    are supported by themselves (a grown-up daughter with her parents)."""

    adults: Literal[1, 2] = 1
    children: tuple[Child, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost as it was said, in whole kronor each ``period``. ``about``: in own words."""

    kind: CostKind
    kronor: int | None
    period: Period | None = "month"
    about: str = ""


@dataclass(frozen=True, slots=True)
class Income:
    """Money that comes in the month, after tax. Of a child's salary: ``child``, its name, and ``earned``, what it has
    earned by own work earlier this calendar year."""

    kind: IncomeKind
    kronor: int | None
    whose: Whose = "applicant"
    child: str = ""
    earned: int = 0


@dataclass(frozen=True, slots=True)
class Asset:
    """Something of worth, and about what it is worth."""

    kind: AssetKind
    kronor: int | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a month is worked out from. ``month``: its first day.

    ``pending_from``: where other money has been applied for that has not come; ``None`` where none has. ``supported``,
    ``partner_supported``: the first days of the months each had support, for job stimulus.
    """

    month: date
    household: Household = field(default_factory=Household)
    costs: tuple[Cost, ...] = ()
    incomes: tuple[Income, ...] = ()
    assets: tuple[Asset, ...] = ()
    pending_from: str | None = None
    supported: frozenset[date] = frozenset()
    partner_supported: frozenset[date] = frozenset()
