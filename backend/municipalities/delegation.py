"""Who may sign what (delegationsordning): the least level that signs an outcome, up to a sum, from a day on.

::

    an example list, bifall of 20 000 kr -> caseworker, of 20 001 kr -> lead; what no row covers -> board
"""

from datetime import date
from typing import Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from backend.contract import Value

SigningLevel: TypeAlias = Literal["caseworker", "lead", "head", "board"]
"""From the least: a caseworker; who leads them (förste handläggare); the head of the unit; for the board, which
decides what it has delegated to nobody, and whose decision somebody writes down."""
LEVELS: tuple[SigningLevel, ...] = get_args(SigningLevel)

LEVELS_IN_SWEDISH: dict[SigningLevel, str] = {
    "caseworker": "handläggare",
    "lead": "förste handläggare",
    "head": "enhetschef",
    "board": "nämnden",
}


class Delegated(Value):
    """One row: ``level`` signs this outcome, of this kind, up to ``most_kronor`` (none: whatever the sum)."""

    outcome: Literal["bifall", "delavslag", "avslag", "avvisning"]
    about: Literal["month", "single-cost"] | None = Field(None, description="none: both")
    level: SigningLevel
    most_kronor: int | None = Field(None, gt=0)

    def covers(self, outcome: str, kronor: int | None, *, single_cost: bool) -> bool:
        """Is this decision among what the row is about? A grant without a sum is so only where there is no limit."""
        if outcome != self.outcome or self.about not in (None, "single-cost" if single_cost else "month"):
            return False
        if self.most_kronor is None or outcome in ("avslag", "avvisning"):
            return True
        return kronor is not None and kronor <= self.most_kronor


class Automatic(Value):
    """That the board has let a machine grant, in full, a renewal in which nothing is different, up to a sum: who in the
    municipality recorded it, under which diary number, and the day it was decided."""

    recorded_by: str = Field(min_length=1)
    reference: str = Field(min_length=1)
    decided_on: date
    most_kronor: int = Field(gt=0)


class Delegation(Value):
    """The municipality's list, from a day on. ``automatic``: none where everything is for a human."""

    since: date
    rows: tuple[Delegated, ...] = Field(min_length=1)
    automatic: Automatic | None = None
    source: str
    status: Literal["verified", "not-verified", "example"]

    def needs(self, outcome: str, kronor: int | None, *, single_cost: bool = False) -> SigningLevel:
        """The least level that may sign; the board where no row covers it."""
        covering = [row.level for row in self.rows if row.covers(outcome, kronor, single_cost=single_cost)]
        return min(covering, key=LEVELS.index, default="board")

    @model_validator(mode="after")
    def _each_once(self) -> "Delegation":
        rows = [(row.outcome, row.about, row.level) for row in self.rows]
        if len(rows) != len(set(rows)):
            raise ValueError("delegation: a level stands once for each outcome and kind")
        return self

    @model_validator(mode="after")
    def _no_more_than_a_caseworker(self) -> "Delegation":
        if self.automatic is not None and self.needs("bifall", self.automatic.most_kronor) != "caseworker":
            raise ValueError("delegation: no more is decided automatically than a caseworker may sign")
        return self


def reaches(level: SigningLevel, needed: SigningLevel) -> bool:
    """May somebody of this level sign what needs that one?"""
    return LEVELS.index(level) >= LEVELS.index(needed)
