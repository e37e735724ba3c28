"""What the pages of a case show: plain values, ready in Swedish, that the templates only lay out."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from backend.contract import Language
from backend.staff.views import Badge, Row


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
