"""The ways people reach us: every module of this folder is one, found by being there.

A module has ``channel(settings)``, which gives its channel, or ``None`` when none of its settings is given.
"""

import importlib
import pkgutil
from typing import Protocol

from fastapi import APIRouter

from bot.engine import Engine
from bot.leaving.carriers import Carrier
from bot.settings import Settings


class Channel(Carrier, Protocol):
    """A way people reach us, and we them."""

    def router(self, engine: Engine) -> APIRouter:
        """Its addresses, as absolute paths: webhooks, pages."""
        ...


def found(settings: Settings) -> dict[str, Channel]:
    """The channels that are on, by name."""
    channels: dict[str, Channel] = {}
    for module in pkgutil.iter_modules(__path__):
        channel: Channel | None = importlib.import_module(f"{__name__}.{module.name}").channel(settings)
        if channel is not None:
            channels[channel.name] = channel
    return channels
