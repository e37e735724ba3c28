"""What the outbox knows of a channel: it takes a letter and says what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from backend.contract import Channel


@dataclass(frozen=True)
class Letter:
    """One message as it is sent. ``id`` is the outbox row's; it travels with the message and comes back in receipts."""

    id: UUID
    municipality: str
    address: str
    text: str


@dataclass(frozen=True)
class Span:
    """The time (real) within which a message must have been sent, if it was."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Outcome:
    """What a channel knows of a letter after trying, asking, or being told.

    ``pending``: the provider certainly did nothing with it, it may be sent again. ``unknown``: nobody knows, and it
    must not be. ``opted_out``: the provider refuses because this person told it to.
    """

    state: Literal["pending", "unknown", "sent", "delivered", "failed", "given-up"]
    reference: str | None = None
    code: str = ""
    opted_out: bool = False


class Carrier(Protocol):
    """A channel as the outbox sees it. ``read_here``: people read our own entries, nothing is carried anywhere."""

    @property
    def name(self) -> Channel: ...

    @property
    def read_here(self) -> bool: ...

    async def send(self, letter: Letter) -> Outcome:
        """Try once, within ten seconds. Never raises for what a provider may do."""
        ...

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:
        """Ask the provider whether this letter went (``None``: it has no such message of that time).

        ``known``: the provider's references of our other letters to the same address. Raises :class:`CannotAsk`.
        """
        ...


@runtime_checkable
class Closes(Protocol):
    """A channel that holds connections."""

    async def close(self) -> None: ...


class CannotAsk(Exception):  # noqa: N818  # reads as what happened
    """The provider does not answer, so whether a letter went stays unknown for now."""
