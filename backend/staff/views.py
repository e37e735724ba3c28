"""What the pages show: plain values, ready in Swedish, that the templates only lay out."""

from dataclasses import dataclass
from typing import Literal

Who = Literal["person", "bot", "staff", "marker"]
State = Literal["acute", "broken", "half", "waiting", "preliminary", "confirmed", "opted-out", "plain"]


Stands = Literal["open", "closed", "away"]
"""How it stands with a desk in another municipality; ``away``: its database does not answer."""
Urgency = tuple[int, float, float]
"""By what a line stands before another, the smaller first: how pressing its sort is, then two moments (seconds)."""
FIRST, ACUTE, ORDINARY, BELOW = range(4)
"""An agreed phrase, what is acute, all else that has its place by time; and what stands below all that."""


@dataclass(frozen=True, slots=True)
class Badge:
    """Colour, icon and word together; ``state`` gives the first two."""

    state: State
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the header (on a phone: in the bar at the bottom)."""

    key: str
    name: str
    href: str
    icon: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Who sits here, and which pages the role has. ``typed``: the key that seals what she types, in her browser.
    ``key``: tells this desk from others, also of the same browser."""

    name: str
    role: str
    municipality: str
    places: tuple[Place, ...]
    typed: str = ""
    key: str = ""
    in_several: bool = False
    """Whether the browser holds desks in other municipalities too: which one she sits in must be in sight then."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: who, why and by when; never what the case is about.

    ``task``: where more can be done with it; ``take``: what is pressed to make it one's own. ``town``: whose it is,
    where lines of several municipalities stand together; ``go`` and ``go_more``: what is pressed to open it, or what
    more can be done with it, at the desk of another.
    """

    href: str
    name: str
    due: str
    language: str
    why: str
    badges: tuple[Badge, ...] = ()
    acute: bool = False
    selected: bool = False
    task: str = ""
    take: str = ""
    urgency: Urgency = (BELOW, 0, 0)
    town: str = ""
    go: str = ""
    go_more: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step towards an interpreter: done, refused, now, or what comes later."""

    state: Literal["done", "refused", "now", "later"]
    words: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """The time, as it stands in the facts and on the case."""

    day: str
    hour: str
    minutes: int
    mark: Badge
    address: str


@dataclass(frozen=True, slots=True)
class LineChoice:
    """A line that can be agreed; ``fields`` are the names of what must be filled in."""

    key: str
    words: str
    fields: str


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
