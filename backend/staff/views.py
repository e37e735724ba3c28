"""What the pages show: plain values, ready in Swedish, that the templates only lay out."""

from dataclasses import dataclass
from typing import Literal

from backend.contract import Language

State = Literal["acute", "broken", "waiting", "preliminary", "confirmed", "opted-out", "plain"]


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
    """Who sits here, and which pages the role has."""

    name: str
    role: str
    municipality: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue of the rail and how many wait in it."""

    key: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: who, why and by when; never what the case is about."""

    href: str
    name: str
    due: str
    language: str
    why: str
    badges: tuple[Badge, ...] = ()
    acute: bool = False
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whether a message arrived, in words."""

    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a thread. ``swedish`` is none for own words in another language, which nobody has translated."""

    who: Literal["person", "bot", "staff", "marker"]
    name: str
    when: str
    swedish: str | None
    original: str
    code: Language
    language: str
    direction: Literal["ltr", "rtl"]
    delivery: Delivery | None = None


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
class Promised:
    """One promise and when it is due or was kept."""

    icon: str
    words: str
    due: str


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers the person now."""

    head: str
    words: str


@dataclass(frozen=True, slots=True)
class Thread:
    """An opened conversation with its facts."""

    href: str
    name: str
    speaks: str
    language: str
    reached: Badge
    owner: Literal["bot", "taking-over", "staff"]
    open_task: bool
    steps_name: str
    steps: tuple[Step, ...]
    messages: tuple[Message, ...]
    answering: Answering
    meeting: MeetingFacts | None
    promises: tuple[Promised, ...]
    channel: str
    telephone: str
    telephone_shown: bool
    shared: str
    case_href: str
    why: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field to fill in within a phrase."""

    name: str
    label: str
    value: str

    @property
    def size(self) -> int:
        return max(5, len(self.value) + 1, len(self.label) if not self.value else 0)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a phrase: words, or a field."""

    words: str = ""
    field: FieldView | None = None


@dataclass(frozen=True, slots=True)
class PhraseView:
    """A phrase in the list of phrases."""

    key: str
    words: str
    chosen: bool
    parts: tuple[Part, ...] = ()

    @property
    def fields(self) -> bool:
        return any(part.field for part in self.parts)


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what arrives if *Skicka* is pressed."""

    phrase: str
    fields: tuple[tuple[str, str], ...]
    text: str
    code: Language
    direction: Literal["ltr", "rtl"]
    size: str
    promise: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The part of the desk where staff write. ``key`` makes pressing twice harmless."""

    how: Literal["phrases", "words"]
    key: str
    phrases: tuple[PhraseView, ...] = ()
    preview: Preview | None = None
    missing: str = ""
    words: str = ""
    words_hint: str = ""
