"""The SMS providers: every module of this folder is one, found by being there.

A module has ``provider(settings)``, which reads its own settings from ``settings.environ`` and gives its provider, or
``None`` when none of them is given. What it can do is :class:`Provider`; its addresses begin with ``/sms/<its name>/``
(Twilio's, the first, with ``/sms/`` alone).
"""

import importlib
import pkgutil
from typing import Protocol

from fastapi import APIRouter

from bot.carriers import Letter, Outcome, Span
from bot.engine import Engine
from bot.environment import SettingsError
from bot.settings import Settings


class Provider(Protocol):
    """Who carries text messages for some municipalities."""

    @property
    def name(self) -> str:
        """What staff call it."""
        ...

    @property
    def municipalities(self) -> frozenset[str]:
        """Whose texts it carries."""
        ...

    @property
    def webhook(self) -> str:
        """The address to enter at the provider for what people write, as ``imorgon check`` shows it: never with a
        secret in it."""
        ...

    async def send(self, letter: Letter) -> Outcome:
        """Try once, within ten seconds. Never raises for what the provider may do."""
        ...

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:
        """Ask whether this letter went, as :meth:`bot.carriers.Carrier.look_up`. Raises CannotAsk; NobodyKnows
        where it never tells."""
        ...

    def router(self, engine: Engine) -> APIRouter:
        """Its webhooks, as absolute paths: what people write goes to :func:`bot.inbox.receive`, a report of what
        became of a letter to :func:`bot.outbox.receive_receipt`; neither is answered before it is committed."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


def found(settings: Settings) -> dict[str, Provider]:
    """Who carries the texts of each municipality that has SMS. Raises SettingsError."""
    carried: dict[str, Provider] = {}
    for module in pkgutil.iter_modules(__path__):
        provider: Provider | None = importlib.import_module(f"{__name__}.{module.name}").provider(settings)
        if provider is None:
            continue
        for municipality in provider.municipalities:
            if municipality in carried:
                both = f"{carried[municipality].name} and {provider.name}"
                raise SettingsError(f"{both} both carry texts for {municipality}: choose one.")
            carried[municipality] = provider
    return carried
