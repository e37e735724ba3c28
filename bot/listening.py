"""What the worker knows of a channel that has something to do by itself, beside carrying what the outbox gives it."""

import asyncio
from typing import Protocol, runtime_checkable

from bot.engine import Engine


@runtime_checkable
class Listens(Protocol):
    """A channel that has something to do by itself, in the worker: to ask its provider for what people wrote."""

    async def listen(self, engine: Engine, stop: asyncio.Event) -> None:
        """Until ``stop`` is set. Never raises for what a provider or the database may do."""
        ...

    async def trouble(self, engine: Engine) -> dict[str, str]:
        """What stands still until a person has mended it: municipality -> why, in words. Raises database errors."""
        ...
