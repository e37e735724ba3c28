"""The law a decision rests on, as dated rows: what is cited on which day. Nothing that is not verified is quoted.

::

    support on 30 June 2025 -> nothing (its row is not verified), on 1 July 2025 -> 12 kap. 1 § SoL (2025:400)
"""

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from backend.contract import Value

About: TypeAlias = Literal[
    "support",
    "labour-market",
    "reasonable-cost",
    "not-tried",
    "appeal",
    "comment",
    "speak",
    "automatic",
    "automatic-here",
]
"""What of the law: see ``law.toml``."""

_FILE = Path(__file__).with_name("law.toml")


class Row(Value):
    """One place in the law, as it is cited, from a day to a day (both count; ``until`` none: it is in force)."""

    about: About
    words: str = Field(min_length=1)
    since: date
    until: date | None = None
    source: str = Field(min_length=1)
    status: Literal["verified", "not-verified"]

    def holds(self, on: date) -> bool:
        """Is it in force on that day?"""
        return self.since <= on and (self.until is None or on <= self.until)

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> "Row":
        if self.until is not None and self.until < self.since:
            raise ValueError("a row ends after it began")
        return self


@cache
def rows() -> tuple[Row, ...]:
    """Every row there is."""
    return tuple(Row.model_validate(row) for row in tomllib.loads(_FILE.read_text("utf-8"))["rows"])


def in_force(about: About, on: date) -> Row | None:
    """The row of a day; ``None`` where there is none."""
    return next((row for row in rows() if row.about == about and row.holds(on)), None)


def quoted(about: Iterable[About], on: date) -> tuple[str, ...]:
    """What may be quoted of it on a day: verified rows, each once, in their order."""
    found = (in_force(one, on) for one in about)
    return tuple(dict.fromkeys(row.words for row in found if row is not None and row.status == "verified"))


def unverified(about: Iterable[About], on: date) -> tuple[str, ...]:
    """What would be quoted if it were verified, for staff to look up."""
    found = (in_force(one, on) for one in about)
    return tuple(dict.fromkeys(row.words for row in found if row is not None and row.status != "verified"))
