"""What an application comes to with what it calls unchanged: those sections as they were last said. Pure.

A single cost that was applied for beside it says nothing of the rest.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.contract import Section, SendApplication

_OF: Mapping[Section, tuple[str, ...]] = {
    "household": ("applies_alone", "partner"),
    "children": ("children",),
    "housing": ("housing", "owned_form", "housing_kronor", "rooms", "home_persons"),
    "assets": ("asset_kinds", "assets", "vehicles", "rent_debt", "debts"),
    "reaching": ("contact_by", "email", "may_ask"),
}


def of_months(applications: Sequence[SendApplication]) -> tuple[SendApplication, ...]:
    """Those of a month; all of them where only single costs were applied for."""
    return tuple(one for one in applications if one.kind != "supplementary") or tuple(applications)


def as_it_stands(applications: Sequence[SendApplication]) -> SendApplication | None:
    """The latest of a month with what it calls unchanged. ``applications``: all that came, the earliest first."""
    every = of_months(applications)
    if not every:
        return None
    latest, filled = every[-1], dict[str, Any]()
    for section in latest.unchanged:
        said = next((one for one in reversed(every[:-1]) if section not in one.unchanged), None)
        if said is not None:
            filled |= {name: getattr(said, name) for name in _OF[section]}
    return latest.model_copy(update=filled)
