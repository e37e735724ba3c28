"""Agreed lines: what a meeting ends with, at most three, chosen from phrases that exist in every language we write.

They are told in the room and read by code; no message carries them. A caseworker's own words stay Swedish.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from backend.cases.models import Paper
from backend.locales import N_, Putting, Words

MOST_LINES = 3

FieldKind = Literal["day", "time", "paper"]
"""What a field takes: a day (``2026-12-01``), an hour (``09:30``), one of the papers by its key."""


@dataclass(frozen=True)
class Field:
    """A field of a line: its name there, what it takes, and its label in Swedish."""

    name: str
    kind: FieldKind
    label: str


@dataclass(frozen=True)
class Line:
    """A line that can be agreed."""

    key: str
    message: str
    fields: tuple[Field, ...] = ()


PAPERS: dict[Paper, str] = {
    "identity": N_("proof of identity"),
    "rent-invoice": N_("the rent invoice"),
    "bank-statements": N_("bank statements for three months"),
    "lease": N_("the lease"),
    "payslip": N_("the payslip"),
}

DAY = Field("day", "day", "Dag")
TIME = Field("time", "time", "Tid")
PAPER = Field("paper", "paper", "Papper")

LINES: tuple[Line, ...] = (
    Line("unemployment-fund", N_("You apply to the unemployment fund by {day}."), (DAY,)),
    Line("employment-service", N_("You register with the employment service by {day}."), (DAY,)),
    Line("cv", N_("We write your CV together {day} at {time}."), (DAY, TIME)),
    Line(
        "planning-week",
        N_("Planning week from {first_day} to {last_day}."),
        (Field("first_day", "day", "Första dag"), Field("last_day", "day", "Sista dag")),
    ),
    Line("hand-in", N_("You hand in {paper} by {day}."), (PAPER, DAY)),
    Line("help-with-paper", N_("We help you to get {paper}."), (PAPER,)),
    Line("meet-again", N_("We meet again {day} at {time}."), (DAY, TIME)),
    Line("ring", N_("We ring you {day} at {time}."), (DAY, TIME)),
    Line("sfi", N_("You go on learning Swedish (sfi).")),
    Line("health-centre", N_("You contact the health centre by {day}."), (DAY,)),
)

BY_KEY = {line.key: line for line in LINES}


def read(field: Field, given: str) -> Putting:
    """What was filled in, as a value. Raises ValueError."""
    match field.kind:
        case "day":
            return date.fromisoformat(given)
        case "time":
            return time.fromisoformat(given.replace(".", ":").zfill(5))
        case "paper":
            message = next((words for paper, words in PAPERS.items() if paper == given), None)
            if message is None:
                raise ValueError("no such paper")
            return Words(message)
