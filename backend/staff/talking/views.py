"""What a conversation shows: plain values, ready in Swedish, that the templates only lay out."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from backend.contract import Language
from backend.staff.views import Badge, MeetingFacts, Step, Who


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whether a message arrived, in words."""

    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine gave a message as in Swedish, and how that is marked."""

    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a thread. ``swedish`` is none for own words in another language, which no human has translated;
    ``machine`` is a machine's, ``translate`` where one can be had."""

    who: Who
    name: str
    when: str
    swedish: str | None
    original: str
    code: Language
    language: str
    direction: Literal["ltr", "rtl"]
    delivery: Delivery | None = None
    note: str = ""
    machine: Machine | None = None
    translate: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise and when it is due or was kept. ``href``: where it is kept or let go by a press, if it is."""

    icon: str
    words: str
    due: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers the person now."""

    head: str
    words: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """Something to do for this person. ``has``: the id of who has taken it. ``unread``: what the bot could not read;
    ``again``: it can be tried again. ``leads``: the address where it is looked at, and what that is called."""

    id: UUID
    words: str
    due: str
    mine: bool
    has: str = ""
    unread: bool = False
    again: bool = False
    leads: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """An opened conversation with its facts. ``own``: nobody else of the staff answers; ``answers``: who does.

    ``silent_since``: since when nothing may be sent to her, or the empty string. ``asks_who_reads``: it is a telephone
    that others may read. ``number_wrong``: somebody wrote that we reach a stranger there. ``before``: the lines
    from which on it may have been one, by number. ``rung``: nothing is sent to her, staff ring."""

    id: UUID
    href: str
    name: str
    speaks: str
    language: str
    reached: Badge
    owner: Literal["bot", "taking-over", "staff", "handing-back"]
    own: bool
    answers: str
    tasks: tuple[TaskView, ...]
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
    asks_who_reads: bool
    number_wrong: bool
    before: tuple[tuple[int, str], ...]
    case_href: str
    why: str
    silent_since: str
    rung: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field to fill in within a phrase; ``input`` is the kind of HTML input."""

    name: str
    label: str
    input: str
    value: str
    hour: bool


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
    """The part of the desk where staff write. ``message`` is the id of what is sent: pressing twice sends once.

    ``machine``: the service that can translate own words. ``translation`` is one, ``arrives`` all that is sent with it.
    """

    how: Literal["phrases", "words"]
    message: UUID
    phrases: tuple[PhraseView, ...] = ()
    preview: Preview | None = None
    missing: str = ""
    words: str = ""
    words_hint: str = ""
    size: str = ""
    machine: str = ""
    arrives: str = ""
    translation: str = ""
