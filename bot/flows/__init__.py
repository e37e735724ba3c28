"""The flows: every module of this folder with a ``FLOW`` is one, found by being there."""

import importlib
import pkgutil
from functools import cache

from bot.form import Flow


@cache
def flows() -> dict[str, Flow]:
    """All flows by name."""
    found: dict[str, Flow] = {}
    for module in pkgutil.iter_modules(__path__):
        flow = getattr(importlib.import_module(f"{__name__}.{module.name}"), "FLOW", None)
        if isinstance(flow, Flow):
            found[flow.name] = flow
    return found
