"""Text messages: one channel, whoever carries them."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from fastapi import APIRouter

from backend.contract import Channel as ChannelName
from bot import sms
from bot.carriers import CannotAsk, Letter, Outcome, Span
from bot.channels import Channel
from bot.engine import Engine
from bot.settings import Settings

log = structlog.get_logger()


def channel(settings: Settings) -> Channel | None:
    """On when some municipality has a provider. Raises SettingsError."""
    carried = sms.found(settings)
    return Sms(carried) if carried else None


@dataclass
class Sms:
    """Channel ``sms``. ``carried``: each municipality's provider."""

    carried: Mapping[str, sms.Provider]
    name: ChannelName = "sms"
    read_here: bool = False
    can_be_asked: bool = True

    @property
    def providers(self) -> tuple[sms.Provider, ...]:
        return tuple({provider.name: provider for provider in self.carried.values()}.values())

    async def send(self, letter: Letter) -> Outcome:
        provider = self.carried.get(letter.municipality)
        if provider is None:
            # As when the whole channel is off: it waits, for a setting left out by mistake is soon put back.
            log.warning("no provider", municipality=letter.municipality)
            return Outcome("pending", code="no provider")
        return await provider.send(letter)

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:
        provider = self.carried.get(letter.municipality)
        if provider is None:
            raise CannotAsk("no provider")
        return await provider.look_up(letter, span, known)

    def router(self, engine: Engine) -> APIRouter:
        """The webhooks of every provider."""
        router = APIRouter(tags=["sms"])
        for provider in self.providers:
            router.include_router(provider.router(engine))
        return router

    async def close(self) -> None:
        for provider in self.providers:
            await provider.close()
