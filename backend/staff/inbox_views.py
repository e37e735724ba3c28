"""What the inbox shows beside its lines: the rail of queues, its filters, and one task on a page of its own."""

from dataclasses import dataclass
from typing import Literal

from backend.staff.views import Badge, Queue, Row

Stands = Literal["open", "closed", "away"]
"""How it stands with a desk in another municipality; ``away``: its database does not answer."""


@dataclass(frozen=True, slots=True)
class RailLink:
    """One queue or filter. A filter that is on leads to the list without it."""

    name: str
    href: str
    count: int
    current: bool = False


@dataclass(frozen=True, slots=True)
class RailGroup:
    """Queues or filters of one sort."""

    name: str
    links: tuple[RailLink, ...]

    @property
    def current(self) -> str:
        """What of it is chosen, in words."""
        return next((link.name for link in self.links if link.current), "")


@dataclass(frozen=True, slots=True)
class Town:
    """Another municipality where she has a desk, or had one today: what waits there for her role, and how much of it
    is acute. ``waits``: ``None`` for a role that has no such list, and where nothing could be read."""

    slug: str
    name: str
    stands: Stands = "open"
    role: str = ""
    waits: int | None = None
    acute: int = 0


@dataclass(frozen=True, slots=True)
class ListView:
    """The rail and a page of one list; ``more``: where the next page is; ``href``: where this one is.

    ``towns``: the other desks of whoever reads. Where lines of several municipalities stand together, ``of``: whose
    the desk is that she reads at; ``chips``: the same list of each; ``more_in``: where it goes on, of each.
    """

    queues: tuple[Queue, ...]
    groups: tuple[RailGroup, ...]
    listed: Queue
    rows: tuple[Row, ...]
    more: str
    href: str
    towns: tuple[Town, ...] = ()
    of: str = ""
    chips: tuple[RailLink, ...] = ()
    more_in: tuple[RailLink, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One task: what there is to do, who has it, and what may be done with it by whoever reads."""

    id: str
    href: str
    name: str
    words: str
    due: str
    language: str
    badges: tuple[Badge, ...]
    leads_to: str
    has: str
    has_id: str
    mine: bool
    free: bool
    done: bool
    acute: bool
    of_a_person: bool
    may_be_closed: bool
    passing: str
    waits: bool
