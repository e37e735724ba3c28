"""Text messages: one channel, whoever carries them."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog
from fastapi import APIRouter

from backend.contract import Channel as ChannelName
from bot import sms
from bot.arriving import reconciling
from bot.channels import Channel
from bot.engine import Engine
from bot.leaving import traffic
from bot.leaving.carriers import CannotAsk, Letter, NotNow, Outcome, Span
from bot.settings import Settings
from bot.watching.logs import where

LOOK = 5.0
"""Seconds between two looks at whether traffic is to move."""

log = structlog.get_logger()


def channel(settings: Settings) -> Channel | None:
    """On when some municipality has a provider. Raises SettingsError."""
    carried = sms.found(settings)
    return Sms(carried) if carried else None


@dataclass
class Sms:
    """Channel ``sms``. ``carried``: each municipality's providers, the first choice first."""

    carried: Mapping[str, tuple[sms.Provider, ...]]
    name: ChannelName = "sms"
    read_here: bool = False
    can_be_asked: bool = True

    @property
    def providers(self) -> tuple[sms.Provider, ...]:
        return tuple({one.name: one for several in self.carried.values() for one in several}.values())

    def providers_of(self, municipality: str) -> tuple[str, ...]:
        return tuple(one.name for one in self.carried.get(municipality, ()))

    def _of(self, letter: Letter) -> list[sms.Provider]:
        """The providers of a letter's municipality, the one that carries it first."""
        several = self.carried.get(letter.municipality, ())
        return sorted(several, key=lambda one: letter.provider is not None and one.name != letter.provider)

    async def send(self, letter: Letter) -> Outcome:
        by = next(iter(self._of(letter)), None)
        if by is None or letter.provider not in (None, by.name):
            # As when the whole channel is off: it waits, for a setting left out by mistake is soon put back.
            log.warning("no provider", municipality=letter.municipality)
            return Outcome("pending", code="no provider")
        return await by.send(letter)

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:
        """Who carries it is asked first, and must answer. Another one may have carried it since, if the database is an
        older one that was restored: it is asked too, and must answer when nobody wrote down who carried it."""
        several = self._of(letter)
        if not several or letter.provider not in (None, several[0].name):
            raise CannotAsk("no provider")
        for one in several:
            try:
                found = await one.look_up(letter, span, known)
            except CannotAsk:
                if letter.provider in (None, one.name):
                    raise
                continue
            if found is not None:
                return found
        return None

    async def fetch(self, municipality: str, place: str) -> bytes:
        """A picture, from the provider it came by."""
        by = self._brought_by(municipality, place)
        if by is None:
            raise NotNow("its provider is off")
        return await by.fetch(place)

    async def erase(self, municipality: str, place: str) -> bool:
        by = self._brought_by(municipality, place)
        return by is not None and await by.erase(place)

    def _brought_by(self, municipality: str, place: str) -> sms.KeepsPictures | None:
        name = json.loads(place)["provider"]
        return next(
            (
                one
                for one in self.carried.get(municipality, ())
                if one.name == name and isinstance(one, sms.KeepsPictures)
            ),
            None,
        )

    async def listen(self, engine: Engine, stop: asyncio.Event) -> None:
        """Move traffic by its rules, and ask each provider for what people wrote and we never got."""
        async with asyncio.TaskGroup() as group:
            for municipality, several in self.carried.items():
                group.create_task(self._move_traffic(engine, municipality, stop), name=f"traffic {municipality}")
                for provider in several:
                    one = reconciling.Reconciler(municipality, provider)
                    group.create_task(one.look_after(engine, stop), name=f"{provider.name} {municipality}")

    async def _move_traffic(self, engine: Engine, municipality: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await traffic.look(engine, municipality, self.providers_of(municipality))
            except Exception as error:  # noqa: BLE001  # the database is away, or we made a mistake: looked at again
                log.critical("traffic not looked at", error=type(error).__name__, where=where(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await stop.wait()

    async def trouble(self, engine: Engine) -> dict[str, str]:
        """Where what people wrote cannot be looked for, by municipality."""
        return await reconciling.troubles(engine.database)

    def router(self, engine: Engine) -> APIRouter:
        """The webhooks of every provider."""
        router = APIRouter(tags=["sms"])
        for provider in self.providers:
            router.include_router(provider.router(engine))
        return router

    async def close(self) -> None:
        for provider in self.providers:
            await provider.close()
