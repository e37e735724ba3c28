"""The SMS providers: every module of this folder is one, found by being there.

A module has ``provider(settings)``, which reads its own settings from ``settings.environ`` and gives its provider, or
``None`` when none of them is given. What it can do is :class:`Provider`; its addresses begin with ``/sms/<its name>/``
(Twilio's, the first, with ``/sms/`` alone).
"""

import importlib
import pkgutil
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from fastapi import APIRouter

from bot.engine import Engine
from bot.environment import SettingsError, per_municipality
from bot.leaving.carriers import Letter, Outcome, Span
from bot.settings import Settings

FIRST = "IMORGON_SMS_FIRST_"
"""The first choice of a municipality that has two providers: its name."""


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
        """Ask whether this letter went, as :meth:`bot.leaving.carriers.Carrier.look_up`. Raises CannotAsk; NobodyKnows
        where it never tells."""
        ...

    async def catch_up(self, engine: Engine, municipality: str, since: datetime) -> None:
        """Take in what its own list says people wrote since then (real time), each as if it were brought now: what is
        known does nothing. Raises CannotAsk, inbox.Unavailable; NobodyKnows where it lists nothing."""
        ...

    def router(self, engine: Engine) -> APIRouter:
        """Its webhooks, as absolute paths: what people write goes to :func:`bot.arriving.inbox.receive`, a report of
        what became of a letter to :func:`bot.leaving.settling.receive_receipt`; neither is answered before it is
        committed."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


@runtime_checkable
class KeepsPictures(Protocol):
    """A provider that pictures come by. ``place`` is JSON: its ``provider``, and what that alone understands."""

    @property
    def name(self) -> str: ...

    async def fetch(self, place: str) -> bytes:
        """As :meth:`bot.leaving.carriers.BringsFiles.fetch`."""
        ...

    async def erase(self, place: str) -> bool:
        """As :meth:`bot.leaving.carriers.Erases.erase`."""
        ...


def found(settings: Settings) -> dict[str, tuple[Provider, ...]]:
    """Who carries the texts of each municipality that has SMS: one, or a first and a second. Raises SettingsError."""
    carried: dict[str, list[Provider]] = {}
    for module in pkgutil.iter_modules(__path__):
        provider: Provider | None = importlib.import_module(f"{__name__}.{module.name}").provider(settings)
        if provider is not None:
            for municipality in provider.municipalities:
                carried.setdefault(municipality, []).append(provider)
    first = per_municipality(settings.environ, FIRST, settings.municipalities)
    return {slug: _in_order(slug, several, first.get(slug)) for slug, several in carried.items()}


def _in_order(municipality: str, several: Sequence[Provider], first: str | None) -> tuple[Provider, ...]:
    names, setting = [one.name for one in several], FIRST + municipality.upper()
    if len(several) > 2:
        raise SettingsError(f"{', '.join(names)} all carry texts for {municipality}: choose two.")
    if first is None and len(several) == 2:
        raise SettingsError(f"{setting} is missing: {' and '.join(names)} both carry texts for {municipality}.")
    if first is not None and first.casefold() not in [name.casefold() for name in names]:
        raise SettingsError(f"{setting} must be {' or '.join(names)}: who carries texts for {municipality}.")
    return tuple(sorted(several, key=lambda one: first is not None and one.name.casefold() != first.casefold()))
