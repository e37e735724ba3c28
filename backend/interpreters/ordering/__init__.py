"""Ways to order an interpreter from an agency: one file each, behind one small protocol.

Nothing here reads a database. An order says what an interpreter must know, and nothing of the person: no name, no
reason, no unit. An agency knows an order by its number, so what arrives twice is one order.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from backend.municipalities.agencies import Mode

Said = Literal["received", "confirmed", "declined", "cancelled"]
"""What an agency says of an order. ``received``: it has it, and answers later."""


TWO = 2
"""Who takes part in most of what is interpreted, besides the interpreter: she and one of us."""


class NotNow(Exception):
    """It certainly or perhaps did not arrive, and may be sent again. Says which kind of trouble, and nothing else."""


class NotTaken(Exception):
    """It was refused, and would be refused again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything an agency is told of an order.

    ``number``: the order's own, the same each time. ``rings``: the number an interpreter by telephone rings when it is
    time; ``video``: how one by video takes part; ``address``: where one on site comes. ``not_as``: the number of an
    order whose interpreter is not wanted again. ``answer_at``: a page where it says yes or no. ``persons``: how many
    take part.
    """

    id: UUID
    number: str
    language: str
    dialect: str | None
    gender: str | None
    not_as: str | None
    mode: Mode
    starts_at: datetime
    ends_at: datetime
    answer_by: datetime
    rings: str
    video: str
    address: str
    orderer: str
    contact: str
    telephone: str
    cost_centre: str
    answer_at: str
    persons: int = TWO


@dataclass(frozen=True, slots=True)
class Heard:
    """What an agency said: of the order, its own number of it, and its own number of the interpreter who comes."""

    said: Said
    reference: str = ""
    comes: str = ""


class Way(Protocol):
    """How one agency is ordered from. Each of these may be done twice with the same order.

    ``order`` and ``cancel`` raise NotNow and NotTaken. ``None``: it says nothing at once.
    """

    async def order(self, asked: Asked) -> Heard | None: ...

    async def cancel(self, asked: Asked) -> Heard | None: ...

    async def look(self, order: UUID) -> Heard | None:
        """What it says of an order now; ``None`` where that cannot be asked. Raises NotNow."""
        ...
