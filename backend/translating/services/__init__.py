"""The services that can translate: every module of this folder is one, found by being there.

A module has ``SETTINGS``, the beginnings of its settings' names, and ``translator(environ, code)``, which reads them
for one municipality and gives its service, or ``None`` where none of them is given. Half of them is a ValueError.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType

from backend.translating import Translator


def found(environ: Mapping[str, str], code: str) -> Translator | None:
    """The service of a municipality, by its code; ``None``: nothing is translated. Raises ValueError."""
    there = [one for module in _modules() if (one := module.translator(environ, code)) is not None]
    if len(there) > 1:
        raise ValueError(f"{' and '.join(one.name for one in there)}: a municipality has one service that translates")
    return there[0] if there else None


def settings() -> tuple[str, ...]:
    """The beginnings of every service's settings."""
    return tuple(name for module in _modules() for name in module.SETTINGS)


def _modules() -> Iterator[ModuleType]:
    for one in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        yield importlib.import_module(f"{__name__}.{one.name}")
