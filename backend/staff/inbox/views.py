"""What the inbox shows beside its lines: the rail of queues, its filters, and one task on a page of its own."""

from dataclasses import dataclass
from uuid import UUID

from backend.staff.views import Badge, Row, Town


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue of the rail and how many wait in it."""

    key: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class NewRow:
    """Somebody new who may be registered; ``done``: who has done it already, and when."""

    case: UUID
    href: str
    name: str
    language: str
    wrote: str
    meeting: Badge | None
    done: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One meeting of the printed list. ``mark``: new or other since the list was printed. ``visit`` and ``papers`` are
    empty for whoever reads nobody's case."""

    hour: str
    name: str
    language: str
    icon: str
    interpreter: str
    unsure: bool
    minutes: int
    where: str
    said: str
    mark: str = ""
    visit: str = ""
    first: bool = False
    papers: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The printed list of a day. ``state``: whether it is ready, and what has changed since it was printed.
    ``promises``: none for whoever reads nobody's case."""

    title: str
    iso_day: str
    place: str
    printed: str
    count: str
    sum: str
    rows: tuple[SheetRow, ...]
    promises: tuple[str, ...] | None
    state: str = ""


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
