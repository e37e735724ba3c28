"""Fixed phrases staff may send: one sentence each, written in Swedish here and read in the person's language there.

A phrase that gives a time makes a promise. Phrases are neutral: no unit, no reason, no sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from backend.locales import N_
from backend.promises import What

FieldKind = Literal["day", "time", "address"]
"""What a field takes: a day (``2026-12-01``), an hour (``09:30``), an address in words."""


@dataclass(frozen=True)
class Field:
    """A field of a sentence: its name there, what it takes, and its label in Swedish."""

    name: str
    kind: FieldKind
    label: str


@dataclass(frozen=True)
class Fixed:
    """A phrase. ``promises``: what is promised when it is sent, due at its fields ``day`` (else today) and ``time``."""

    key: str
    message: str
    fields: tuple[Field, ...] = ()
    promises: What | None = None


DAY = Field("day", "day", "Dag")
TIME = Field("time", "time", "Tid")
ADDRESS = Field("address", "address", "Adress")

PHRASES: tuple[Fixed, ...] = (
    Fixed("interpreter-ready", N_("The interpreter is confirmed. See you {day} at {time}."), (DAY, TIME)),
    Fixed(
        "waiting-for-interpreter",
        N_("We are waiting for the interpreter. You will hear from us before {time}."),
        (TIME,),
        "answer",
    ),
    Fixed("interpreter-by-telephone", N_("The interpreter will be on the telephone instead. Same time.")),
    Fixed("new-time", N_("New time: {day} at {time}, {address}."), (DAY, TIME, ADDRESS)),
    Fixed("we-ring", N_("We will ring you {day} at {time}."), (DAY, TIME), "call"),
    Fixed("we-ring-with-interpreter", N_("We will ring you with an interpreter {day} at {time}."), (DAY, TIME), "call"),
    Fixed("answer-before", N_("Thank you. You will have our answer {day} before {time}."), (DAY, TIME), "answer"),
    Fixed("something-to-read", N_("There is something new for you. Read it on our page, or ring us.")),
    Fixed("come-here", N_("You are welcome to come to us: {address}. Ask for customer service."), (ADDRESS,)),
    Fixed("come-without-papers", N_("Come even without papers.")),
    Fixed("bring-children", N_("Yes, bring the children. There are toys.")),
    Fixed("anything-else", N_("Is there anything else we can help you with?")),
)

BY_KEY = {phrase.key: phrase for phrase in PHRASES}


def read(field: Field, given: str) -> date | time | str:
    """What was filled in, as a value. Raises ValueError."""
    match field.kind:
        case "day":
            return date.fromisoformat(given)
        case "time":
            return time.fromisoformat(given.replace(".", ":").zfill(5))
        case "address":
            if not given.strip():
                raise ValueError("empty")
            return given.strip()


def own_words(phrase: str, fields: Mapping[str, str]) -> tuple[str, ...]:
    """What was written freely in a phrase: the ceiling holds for it as for any own words."""
    return tuple(fields[known.name] for known in BY_KEY[phrase].fields if known.kind == "address")
