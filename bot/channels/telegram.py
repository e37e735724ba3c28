"""Telegram: on when a bot's token is given. The library behind it takes seconds to load, so it is loaded only then."""

import importlib
from typing import cast

from bot.channels import Channel
from bot.settings import Settings


def channel(settings: Settings) -> Channel | None:
    """On when a municipality has a bot; whether it may be used there, its policy decides."""
    if settings.telegram is None:
        return None
    module = importlib.import_module("bot.telegram.channel")
    return cast(Channel, module.Telegram(settings.telegram, settings.public_url))
