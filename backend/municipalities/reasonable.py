"""What a municipality counts as a reasonable cost: the highest sums it has decided on, by how many the household is."""

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from backend.contract import Value

ReasonableCost = Literal["housing", "electricity", "home-insurance", "travel", "union", "unemployment-fund"]
"""The costs beside the riksnorm that the law names (12 kap. 7 §)."""


class Highest(Value):
    """The highest sum of one cost, in whole kronor a month, for households of so many persons and more."""

    cost: ReasonableCost
    persons: int = Field(1, ge=1, le=20)
    kronor: int = Field(gt=0)


class ReasonableCosts(Value):
    """The municipality's table, from a day on. A cost that is not named has no highest sum: a human looks at it."""

    since: date
    highest: tuple[Highest, ...]
    source: str
    status: Literal["verified", "not-verified", "example"]

    @model_validator(mode="after")
    def _each_once(self) -> "ReasonableCosts":
        rows = [(one.cost, one.persons) for one in self.highest]
        if len(rows) != len(set(rows)):
            raise ValueError("reasonable_costs: a cost has one highest sum for each size of a household")
        return self

    def of(self, cost: str, persons: int) -> int | None:
        """The highest sum for a household of so many; ``None`` where there is none."""
        fits = [one for one in self.highest if one.cost == cost and one.persons <= persons]
        return max(fits, key=lambda one: one.persons).kronor if fits else None
