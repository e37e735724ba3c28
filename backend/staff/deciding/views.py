"""What the pages of a decision show: plain values, ready in Swedish, that the templates only lay out."""

from dataclasses import dataclass
from typing import Literal

from backend.contract import Language


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
