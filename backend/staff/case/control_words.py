"""What the checklist of a case shows: plain values, ready in Swedish, that its template lays out."""

from dataclasses import dataclass
from uuid import UUID

from backend.staff.views import Badge, State


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One thing that differs, and where a service said it, what stands on each side."""

    words: str
    said: str
    found: str


@dataclass(frozen=True, slots=True)
class MadeLine:
    """A control as it was made. ``stand``: who took one on what differs, when and why; ``waits``: nobody has."""

    id: UUID
    mark: Badge
    words: str
    differences: tuple[DifferenceLine, ...]
    stand: str
    waits: bool


@dataclass(frozen=True, slots=True)
class AskedLine:
    """How it goes to ask the register's service."""

    state: State
    words: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the checklist, with what is needed to make the control. ``service``: the register can be asked."""

    name: str
    swedish: str
    about: str
    mark: Badge
    latest: MadeLine | None
    earlier: tuple[MadeLine, ...]
    asked: AskedLine | None
    may_differ: tuple[tuple[str, str], ...]
    service: bool
    key: UUID
    ask_key: UUID
