"""What every room of the talk works with: settings, database, backend, the clock, the turn, the channels."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from backend.contract import Policy
from bot.backend import Backend
from bot.bells import Bell, Watchers
from bot.codec import Codec
from bot.database import Database
from bot.gathering import Gathering, InOrder
from bot.leaving.carriers import Carrier, Closes, has_providers
from bot.leaving.queue import Queue
from bot.messages import Event, State, Turn
from bot.policies import Policies
from bot.settings import Settings
from bot.watching.pulse import Pulse
from bot.watching.tally import By, Tally

Clock: TypeAlias = Callable[[], datetime]
"""Business time: aware, UTC. In the demo and in stories the player moves it."""

TurnFunction: TypeAlias = Callable[[State, Event, Policy, datetime], Turn]
"""The conversation (:func:`bot.conversation.turn`): pure."""

LOOPS = ("calls", "entries", "erasures", "inbox", "notices", "outbox", "papers", "timers")


class Engine:
    """One process' share of the talk. Nothing is opened before it is needed; ``close`` gives all of it back."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        turn: TurnFunction,
        channels: Mapping[str, Carrier],
        *,
        backend: Backend | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.turn = turn
        self.channels = channels
        self.database = Database(settings.database_url, settings.envelope_key, old_key=settings.old_envelope_key)
        self.backend = backend or Backend(settings.backend_url, settings.tokens)
        self.policies = Policies(self.database, self.backend)
        self.watchers = Watchers()
        # What waits to be done together with its like, by the room that does it.
        self.gatherings: dict[str, Gathering[Any, Any]] = {}
        self.senders = InOrder()
        self.queue = Queue()
        self.bells = {loop: Bell() for loop in LOOPS}
        self.tally, self.pulse = Tally(), Pulse()

    async def policy(self, municipality: str) -> Policy:
        """What the municipality decided. Raises NoPolicy."""
        return await self.policies.get(municipality)

    async def codec(self, municipality: str) -> Codec:
        return await self.database.codec(municipality)

    def reads_here(self, channel: str) -> bool:
        """Whether people of this channel read our own entries."""
        carrier = self.channels.get(channel)
        return carrier is not None and carrier.read_here

    def provider(self, channel: str, municipality: str) -> str:
        """What the provider is called that carries a municipality's messages on a channel, by its first choice."""
        carrier = self.channels.get(channel)
        if not has_providers(carrier):
            return channel
        return next(iter(carrier.providers_of(municipality)), "")

    def counts(self, name: str, channel: str, municipality: str, *, provider: str | None = None, **more: str) -> None:
        """Count something that happened, and is committed. ``provider``: who carried it, where that is known."""
        by = provider or self.provider(channel, municipality)
        self.tally.add(By(municipality=municipality, name=name, channel=channel, provider=by, **more))

    def wake(self, *loops: str) -> None:
        """There may be work for these loops; for all of them when none is named (somebody moved the clock)."""
        for loop in loops or LOOPS:
            self.bells[loop].ring()

    async def close(self) -> None:
        for carrier in self.channels.values():
            if isinstance(carrier, Closes):
                await carrier.close()
        await self.backend.close()
        await self.database.close()
