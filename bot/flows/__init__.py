"""The flows: every module of this folder with a ``FLOW`` is one, found by being there.

A long one is a folder, with a module for each section of its conversation.
"""

import importlib
import pkgutil
from functools import cache
from typing import Any

from bot.form import Each, Flow
from bot.questions import Question


@cache
def flows() -> dict[str, Flow]:
    """All flows by name."""
    found: dict[str, Flow] = {}
    for module in pkgutil.iter_modules(__path__):
        flow = getattr(importlib.import_module(f"{__name__}.{module.name}"), "FLOW", None)
        if isinstance(flow, Flow):
            found[flow.name] = flow
    return found


@cache
def applications() -> tuple[str, ...]:
    """The names of the flows that send an application."""
    return tuple(name for name, flow in flows().items() if flow.application)


@cache
def seen_by_helpers() -> dict[str, Question[Any]]:
    """The questions that whoever helps the person may see and type the answer to, by name."""
    return {question.name: question for question in written() if question.helper_sees}


@cache
def written(flow: str = "") -> tuple[Question[Any], ...]:
    """Every question that stands in a flow, or in this one: in its file, or in the files of its folder."""
    return tuple(dict.fromkeys(value for value in _values(flow) if isinstance(value, Question)))


@cache
def lists() -> tuple[Each, ...]:
    """Every list whose items are asked for one by one."""
    return tuple(dict.fromkeys(value for value in _values() if isinstance(value, Each)))


def _values(flow: str = "") -> list[Any]:
    found = [module.name for module in pkgutil.walk_packages(__path__, f"{__name__}.")]
    names = [name for name in found if name.startswith(f"{__name__}.{flow}")]
    return [value for name in names for value in vars(importlib.import_module(name)).values()]
