"""The flows: every module of this folder with a ``FLOW`` is one, found by being there."""

import importlib
import pkgutil
from functools import cache
from typing import Any

from bot.form import Flow
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
def seen_by_helpers() -> dict[str, Question[Any]]:
    """The questions that whoever helps the person may see and type the answer to, by name."""
    return {
        question.name: question
        for module in pkgutil.iter_modules(__path__)
        for question in vars(importlib.import_module(f"{__name__}.{module.name}")).values()
        if isinstance(question, Question) and question.helper_sees
    }
