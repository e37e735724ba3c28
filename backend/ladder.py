"""The ladder of trust: how sure we are who somebody is, what raises that, and what it opens. This table alone decides.

A step is shown by one person in one municipality. It is not needed to write, book, apply or hand in papers: that is
open to everybody. STATUS goes to whoever writes in the thread it is asked in, which is step one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


class Level(IntEnum):
    """A step of the ladder."""

    NOBODY = 0
    REACHED = 1
    CODE = 2
    SEEN = 3
    IDENTIFIED = 4


Act = Literal["readable", "own-secrets", "number"]
"""What a step opens. ``readable``: her meeting, what was agreed and her decision, on the page. ``own-secrets``: what
she answered under seal herself, read there again. ``number``: a number of identity that is hers also when somebody
signs in by it."""

Because = Literal["wrong-number", "merged", "parted", "safety", "silence", "staff"]
"""Why a step was taken away. ``silence``: nothing was heard of her for a year. ``safety``: she wrote the agreed phrase.
"""


@dataclass(frozen=True)
class Rung:
    """One step: what raises somebody to it, in Swedish as staff read it, what it opens beside what is below it, and
    what takes it away."""

    shown_by: str
    opens: frozenset[Act]
    lost_by: frozenset[Because]


_ALL_LOSE: frozenset[Because] = frozenset({"merged", "parted", "safety", "silence", "staff"})

LADDER: Mapping[Level, Rung] = {
    Level.NOBODY: Rung("Okänd", frozenset(), frozenset()),
    Level.REACHED: Rung("Svarade på vårt sms", frozenset(), _ALL_LOSE | {"wrong-number"}),
    Level.CODE: Rung("Kod från disken eller i brev", frozenset({"readable", "own-secrets"}), _ALL_LOSE),
    Level.SEEN: Rung("Id sett", frozenset({"number"}), _ALL_LOSE),
    Level.IDENTIFIED: Rung("E-legitimation", frozenset(), _ALL_LOSE),
}

BECAUSE_IN_SWEDISH: Mapping[Because, str] = {
    "wrong-number": "numret var fel",
    "merged": "två blev en person",
    "parted": "en blev två personer",
    "safety": "den avtalade meningen skrevs",
    "silence": "inget hördes på ett år",
    "staff": "togs tillbaka",
}


def opens(level: Level, act: str) -> bool:
    """Does a step, with all below it, open this?"""
    return any(act in rung.opens for step, rung in LADDER.items() if step <= level)
