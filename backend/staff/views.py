"""What the pages show: plain values, ready in Swedish, that the templates only lay out."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from backend.contract import Language

Who = Literal["person", "bot", "staff", "marker"]
State = Literal["acute", "broken", "half", "waiting", "preliminary", "confirmed", "opted-out", "plain"]


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
class AwayRow:
    """One absence. ``borrowed``: of somebody another municipality lends."""

    id: UUID
    name: str
    kind: str
    words: str
    borrowed: bool


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar to follow: whether it has an address, and which there have been."""

    id: UUID
    name: str
    kind: str
    open: bool
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LentRow:
    """Hours lent away."""

    id: UUID
    name: str
    town: str
    words: str
    mark: Badge
    detail: str
    can_take_back: bool


@dataclass(frozen=True, slots=True)
class HitRow:
    """A meeting that somebody needed for it will not be at, with the times it can have instead."""

    id: UUID
    name: str
    language: str
    day: str
    hour: str
    away: str
    times: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue of the rail and how many wait in it."""

    key: str
    name: str
    count: int


Urgency = tuple[int, float, float]
"""By what a line stands before another, the smaller first: how pressing its sort is, then two moments (seconds)."""
FIRST, ACUTE, ORDINARY, BELOW = range(4)
"""An agreed phrase, what is acute, all else that has its place by time; and what stands below all that."""


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


@dataclass(frozen=True, slots=True)
class Order:
    """One ordered interpreter, on one line."""

    id: UUID
    hour: str
    day: str
    minutes: int
    language: str
    mode: str
    interpreter: str
    mark: Badge
    due: str
    asked: bool
    wished: str = ""
    what: str = ""
    number: str = ""
    cancelling: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One booking an agency may charge for."""

    id: UUID
    agency: str
    number: str
    day: str
    hours: str
    language: str
    mode: str
    minutes: int
    cost: str
    note: str
    actual: str
    actual_minutes: int
    actual_mode: str


@dataclass(frozen=True, slots=True)
class ToArrange:
    """A time or an interpreter somebody must arrange by hand."""

    id: UUID
    name: str
    language: str
    words: str
    due: str


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
class Tab:
    """One page of a case."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class CaseHead:
    """Whose case it is, on every page of it. ``named``: somebody has asked for the first name. ``rung``: nothing is
    sent to her, staff ring."""

    href: str
    name: str
    named: bool
    language: str
    reached: Badge
    thread_href: str
    tabs: tuple[Tab, ...]
    why: str
    silent_since: str
    rung: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """The box of the agreed phrase: that there is one (never which), what was held, and how staff know her safe."""

    since: str
    by: str
    held: tuple[tuple[str, str], ...]
    because: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Some lines of the case list under a heading."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of the decision. ``gone``: how much of its time has gone, of a hundred. ``settled``: it is decided."""

    label: str
    day: str
    words: str
    settled: bool = False
    runs: bool = False
    began: str = ""
    ends: str = ""
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""

    when: str
    icon: str
    words: str
    detail: str


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A paper that was handed in. ``warnings``: what may make it hard to read, in words."""

    id: UUID
    name: str
    came: str
    warnings: str
    scanned: bool


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper and where it stands."""

    name: str
    mark: Badge


@dataclass(frozen=True, slots=True)
class PlannedView:
    """A place in a group. ``says``: her own word of it; ``words``: why she was not there; ``by``: who noted it.
    ``can_take_back``: until it has begun."""

    id: UUID
    when: str
    name: str
    where: str
    says: str
    mark: Badge
    words: str
    by: str
    begun: bool
    can_take_back: bool


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """A plan as it was last written, in Swedish."""

    name: str
    goal: str
    steps: tuple[str, ...]
    review: str
    agreed: bool
    by: str


@dataclass(frozen=True, slots=True)
class Tell:
    """A decision the person has not been told of, the ways to tell, and the days between which she may have been."""

    id: UUID
    words: str
    ways: tuple[tuple[str, str], ...]
    today: str
    first_day: str


@dataclass(frozen=True, slots=True)
class ToldView:
    """That a person was told. ``mend``: where a human wrote it down, who may have written it wrongly; then ``how`` and
    ``day`` as it stands."""

    mark: Badge
    words: str
    mend: Tell | None = None
    how: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the access log."""

    when: str
    who: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class LineChoice:
    """A line that can be agreed; ``fields`` are the names of what must be filled in."""

    key: str
    words: str
    fields: str


@dataclass(frozen=True, slots=True)
class EarlierNote:
    """A note that was written."""

    when: str
    by: str
    words: str
    lines: tuple[str, ...]
    next_step: str


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """Whether staff may speak with one contact. ``value``: yes, no, or empty where nobody asked."""

    key: str
    name: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class DecisionPreview:
    """A decision as it will be read."""

    swedish: tuple[str, ...]
    theirs: tuple[str, ...]
    code: Language
    language: str
    direction: Literal["ltr", "rtl"]
    approved: bool
    button: str


@dataclass(frozen=True, slots=True)
class SignedView:
    """A decision that was signed."""

    head: str
    words: str
    reasons: tuple[str, ...]
    own_words: str
    law: str = ""
    comment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedView:
    """How a question was put, and when it was answered."""

    swedish: str
    shown: str
    code: Language
    direction: Literal["ltr", "rtl"]
    when: str


@dataclass(frozen=True, slots=True)
class PaperForm:
    """The application on paper: where it is printed, and (code, name, is hers) of each language it is printed in."""

    address: str
    filled: bool
    languages: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """An application: its answers by section, and the same by the field names of the case systems.

    ``archive``: where it is had as a file, without the file's ending. ``earlier``: those before it, and where each is
    had, since a recurring one names what is as it was. ``flags``: what was worth knowing of it when it came.
    ``sealed``: secret answers as (question, name), which are opened one by one at ``answer``.
    """

    archive: str
    earlier: tuple[tuple[str, str], ...]
    answer: str
    received: str
    flags: tuple[str, ...]
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    fields: tuple[tuple[str, str], ...]
    asked: tuple[AskedView, ...]
    sealed: tuple[tuple[str, str], ...]
    later: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NormView:
    """The riksnorm of a year: how sure it is, in words, and where it was read."""

    year: int
    status: str
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a calculation. ``changed``: from what and why, where a caseworker changed it or wrote it."""

    key: str
    words: str
    said: str
    kronor: str
    reason: str
    law: str
    by_hand: bool
    changed: str
    own: bool


@dataclass(frozen=True, slots=True)
class CalculationVersionView:
    """A calculation that was saved."""

    head: str
    words: str
    lines: tuple[LineView, ...]
