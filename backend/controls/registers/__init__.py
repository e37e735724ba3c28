"""What is controlled, one file each, found by being there: what an application says of it, and what may differ.

Pure: nothing here reads a database or asks anybody. Where a municipality has a service that can be asked, ``compare``
holds its answer against the application; a difference is a warning for a human, and decides nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from pydantic import BaseModel, ConfigDict

from backend.contract import SendApplication
from backend.controls.models import Name


class Facts(BaseModel):
    """What a register says, of the few things that are asked for; whatever else comes is not kept."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: which of the register's fixed words, what the application says, and what it says."""

    key: str
    said: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """One control. ``of``: what an application says of it; ``may_differ``: the fixed words, by key. ``new_only``: only
    a new application needs it. ``facts`` and ``compare``: its service's answer; none where there is no such service."""

    name: Name
    swedish: str
    about: str
    of: Callable[[SendApplication], Mapping[str, object]]
    may_differ: Mapping[str, str]
    new_only: bool = False
    facts: type[Facts] | None = None
    compare: Callable[[SendApplication, Any], tuple[Difference, ...]] | None = None


@cache
def registers() -> Mapping[Name, Register]:
    """Every control there is, in the order they are made in."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    every: list[tuple[int, Register]] = [(module.PLACE, module.REGISTER) for module in modules]
    return {one.name: one for _, one in sorted(every, key=lambda pair: pair[0])}


def parts(sent: SendApplication, *names: str) -> Mapping[str, object]:
    """These answers of an application, as plain values."""
    return sent.model_dump(mode="json", include=set(names))
