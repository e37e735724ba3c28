"""The rules of retention, as ``kept.toml`` has them, and what of a municipality's own rule may erase on a day."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from backend.contract import Value
from backend.municipalities import Municipality

Setting: TypeAlias = Literal["translations_days", "events_days"]
"""What a municipality's rule says for the backend: days, by its name in ``[[retention]]``."""

_FILE = Path(__file__).with_name("kept.toml")


class Rule(Value):
    """How some tables are kept. ``setting``: of the municipality's own rule; ``years``: of the law's."""

    name: str
    words: str = Field(min_length=1)
    erases: Literal["rule", "by-hand", "itself", "never", "none"]
    tables: tuple[str, ...] = Field(min_length=1)
    setting: Setting | None = None
    years: int | None = None
    law: str = ""
    since: date | None = None
    source: str = ""
    status: Literal["verified", "not-verified"] = "not-verified"

    @model_validator(mode="after")
    def _says_by_what(self) -> "Rule":
        if (self.erases == "rule") != (self.setting is not None):
            raise ValueError(f"{self.name}: a setting is given where the municipality's rule erases, and nowhere else")
        if self.erases == "by-hand" and not (self.years and self.law and self.since and self.source):
            raise ValueError(f"{self.name}: a law is named with its years, its first day and where it was read")
        return self


@dataclass(frozen=True)
class Holds:
    """What a municipality's rule says today: after how many days, since when, and who decided it."""

    days: int
    since: date
    source: str


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule there is."""
    return tuple(Rule.model_validate(one) for one in tomllib.loads(_FILE.read_text("utf-8"))["rules"])


def of(name: str) -> Rule:
    """The rule of a name. Raises KeyError."""
    return {one.name: one for one in rules()}[name]


def holding(town: Municipality, rule: Rule, day: date, *, examples: bool) -> Holds | None:
    """What erases by a rule on a day; ``None``: nothing does, for nobody has decided it, or it is not verified."""
    decided = town.retention_on(day, examples=examples)
    days = getattr(decided, rule.setting) if decided is not None and rule.setting is not None else None
    return Holds(days, decided.since, decided.source) if decided is not None and days is not None else None
