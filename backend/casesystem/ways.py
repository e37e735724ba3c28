"""Ways to the case system behind one small protocol, and which of them a municipality has.

Nothing here reads a database. What arrives twice has the same id, and is one.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class NotNow(Exception):
    """It did not arrive, or perhaps it did, and may be sent again. Says why in a word.

    ``wait``: how many seconds the other side asked for, if it did. ``gone``: it says that it takes nothing any more.
    """

    def __init__(self, why: str, *, wait: int = 0, gone: bool = False) -> None:
        super().__init__(why)
        self.wait, self.gone = wait, gone


class NotTaken(Exception):
    """This event was refused, and would be refused again; others may not be. Says why in a word."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as it leaves. ``body`` is the same however often; the rest is read for ways that carry whole files.

    ``more``: what a way with files tells beyond the body. ``paper``: a PDF beside it, if there is one.
    """

    id: UUID
    number: int
    kind: str
    case: UUID | None
    person: UUID
    body: bytes = field(repr=False)
    more: dict[str, Any] = field(default_factory=dict, repr=False)
    paper: bytes | None = field(default=None, repr=False)


class Way(Protocol):
    """How events reach the case system. May be done twice with the same one. Raises NotNow and NotTaken."""

    async def send(self, happened: Happened, now: datetime) -> None: ...
