"""Every table has one rule of how long it is kept; and only what somebody has verified erases."""

from collections import Counter
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import pytest

import backend
from backend import app, municipalities
from backend.database import metadata
from backend.municipalities import Retention
from backend.retention import rules
from backend.retention.rules import Rule

TODAY = date(2026, 11, 30)


def test_every_table_stands_in_one_rule() -> None:
    """A new table is named in ``backend/retention/kept.toml``: how long is decided when it is made."""
    assert app.rooms()
    for room in iter_modules(backend.__path__):
        if room.ispkg and find_spec(f"backend.{room.name}.models"):
            import_module(f"backend.{room.name}.models")  # also those of rooms without routes
    named = Counter(table for rule in rules.rules() for table in rule.tables)
    assert {table for table, times in named.items() if times > 1} == set()
    assert set(metadata.tables) - set(named) == set(), "tables without a rule"
    assert set(named) - set(metadata.tables) == set(), "rules of tables that are not there"


@pytest.mark.parametrize(
    ("status", "in_production", "in_the_demo"),
    [("verified", True, True), ("example", False, True), ("not-verified", False, False)],
)
def test_what_nobody_has_verified_erases_nothing(status: str, *, in_production: bool, in_the_demo: bool) -> None:
    row = Retention.model_validate({"since": "2026-01-01", "events_days": 30, "source": "AMN 2026/3", "status": status})
    town = municipalities.found()["trelleborg"].model_copy(update={"retention": (row,)})
    for examples, erases in ((False, in_production), (True, in_the_demo)):
        holds = rules.holding(town, rules.of("events"), TODAY, examples=examples)
        assert (holds.days if holds else None) == (30 if erases else None)
        assert rules.holding(town, rules.of("translations"), TODAY, examples=examples) is None
        assert rules.holding(town, rules.of("act"), TODAY, examples=examples) is None
    assert rules.holding(town, rules.of("events"), date(2025, 12, 31), examples=True) is None


def test_the_law_is_named_with_where_it_was_read() -> None:
    act = rules.of("act")
    assert (act.erases, act.years, act.status) == ("by-hand", 5, "verified")
    for wrong in ({"erases": "by-hand"}, {"erases": "rule"}, {"erases": "none", "setting": "events_days"}):
        with pytest.raises(ValueError, match="x:"):
            Rule.model_validate({"name": "x", "words": "x", "tables": ("x",), **wrong})
