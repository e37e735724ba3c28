"""What the outbox knows of a channel: it takes a letter and says what became of it."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Literal, Protocol, TypeGuard, runtime_checkable
from uuid import UUID

from backend.contract import NOTHING_GETS_THERE, Channel, NotArrived
from bot.messages import Outgoing

IDLE = 2.0
"""Seconds after which a connection to a provider is not used again. Servers close what is idle (many after 5 seconds),
and a message sent at that very moment is lost without anybody knowing whether it was taken: unknown, for minutes."""


@dataclass(frozen=True)
class Letter:
    """One message as it is sent. ``id`` is the outbox row's; it travels with the message and comes back in receipts.

    ``text`` is the whole of it in ``language``; a channel that can do more than text renders ``message`` its own way.
    ``provider``: who carries it, where the channel has several: it alone knows what became of it.
    """

    id: UUID
    municipality: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    message: Outgoing | None = field(default=None, repr=False)
    language: str = "sv"
    provider: str | None = None


@dataclass(frozen=True)
class Span:
    """The time (real) within which a message must have been sent, if it was."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Outcome:
    """What a channel knows of a letter after trying, asking, or being told.

    ``pending``: the provider certainly did nothing with it, it may be sent again; before ``wait`` has gone by, nothing
    may be sent to that address. ``unknown``: nobody knows, and it must not be. ``opted_out``: the provider refuses
    because this person told it to (or is not there any more). ``why``: of a failure, as far as the provider tells.
    ``once_more``: one later try may mend the failure, as far as the provider knows. ``fault``: it was the provider's
    own trouble, no matter whom the letter was for.
    """

    state: Literal["pending", "unknown", "sent", "delivered", "failed", "given-up"]
    reference: str | None = None
    code: str = ""
    opted_out: bool = False
    why: NotArrived | None = None
    wait: timedelta | None = None
    once_more: bool = False
    fault: bool = False

    @property
    def no_way(self) -> bool:
        """Nothing of ours gets there, now or later."""
        return self.state == "failed" and self.why in NOTHING_GETS_THERE


LONGEST_WAIT = timedelta(days=1)
"""No provider is believed that wants to be left alone for longer: it is asked again then."""


def told_to_wait(seconds: float) -> timedelta:
    """How long a provider wants to be left alone, as far as it is believed."""
    return timedelta(seconds=min(max(seconds, 0), LONGEST_WAIT.total_seconds()))


def is_same(listed: str, text: str, *, after_others: bool = False) -> bool:
    """Whether what a provider lists is this text; ``after_others``: or ends with it. Signs do not count: a provider may
    write others for them (Twilio a straight quote for a curly one, so that the text costs less), and a text that is not
    known again is sent twice."""
    found, wanted = _letters(listed), _letters(text)
    if not wanted:
        found, wanted = listed, text
    return found.endswith(wanted) if after_others else found == wanted


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


class Carrier(Protocol):
    """A channel as the outbox sees it. ``read_here``: people read our own entries, nothing is carried anywhere.

    ``can_be_asked``: its provider knows afterwards whether a letter went. Where nobody knows, its kind says what to do.
    """

    @property
    def name(self) -> Channel: ...

    @property
    def read_here(self) -> bool: ...

    @property
    def can_be_asked(self) -> bool: ...

    async def send(self, letter: Letter) -> Outcome:
        """Try once, within ten seconds. Never raises for what a provider may do."""
        ...

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:
        """Ask the provider whether this letter went (``None``: it has no such message of that time).

        ``known``: the provider's references of our other letters to the same address. Raises :class:`CannotAsk`.
        """
        ...


@runtime_checkable
class HasButtons(Protocol):
    """A channel whose questions have buttons, which go on standing there when the question has been answered."""

    async def take_buttons_away(self, municipality: str, address: str, reference: str) -> bool:
        """Take them from a message of ours. ``True``: they are gone, or can never be taken."""
        ...


@runtime_checkable
class HasProviders(Protocol):
    """A channel whose letters are carried by one of several providers."""

    def providers_of(self, municipality: str) -> tuple[str, ...]:
        """The names of those that carry this municipality's letters, the first choice first."""
        ...


def has_buttons(carrier: Carrier | None) -> TypeGuard[HasButtons]:
    """As ``isinstance``, which looks for each method anew: for what is asked of every message."""
    return _follows(type(carrier), HasButtons)  # type: ignore[arg-type]  # mypy knows no class that can be hashed


def has_providers(carrier: Carrier | None) -> TypeGuard[HasProviders]:
    """As above."""
    return _follows(type(carrier), HasProviders)  # type: ignore[arg-type]  # as above


@cache
def _follows(kind: type, protocol: type) -> bool:
    return issubclass(kind, protocol)


@runtime_checkable
class BringsFiles(Protocol):
    """A channel people send files by. ``place``: where one lies at the provider, in the channel's own words."""

    async def fetch(self, municipality: str, place: str) -> bytes:
        """The file, within a minute. Raises :class:`NotNow`, and :class:`Gone` when it can never be had."""
        ...


@runtime_checkable
class Erases(Protocol):
    """A channel whose provider keeps what people send, and may be told to take it away. ``place``: as above."""

    async def erase(self, municipality: str, place: str) -> bool:
        """Take it away there. ``True``: it is gone, or can never be taken."""
        ...


@runtime_checkable
class Closes(Protocol):
    """A channel that holds connections."""

    async def close(self) -> None: ...


class CannotAsk(Exception):
    """The provider does not answer, so whether a letter went stays unknown for now."""


class NobodyKnows(CannotAsk):
    """The provider can never be asked; unless it reports by itself, the letter's kind says what to do."""


class NotNow(Exception):
    """A file cannot be had now, and may be later; not before ``wait`` has gone by."""

    def __init__(self, why: str, *, wait: timedelta = timedelta()) -> None:
        super().__init__(why)
        self.wait = wait


class Gone(Exception):
    """A file can never be had. ``too_large``: for the provider gives none of that size."""

    def __init__(self, why: str, *, too_large: bool = False) -> None:
        super().__init__(why)
        self.too_large = too_large
