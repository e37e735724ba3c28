"""A letter on paper: the municipality's head, the address where a window shows it, the words in Swedish, then in hers.

The address is what staff write when they print; nothing else of the person stands there but what the letter is about.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.letters.words import Words, dated
from backend.locales import SWEDISH
from backend.municipalities import Municipality
from backend.printing.letters import Set, hers, ours
from backend.printing.press import Sheet

MOST_LINES = 5
LONGEST_LINE = 45
"""What the window of an envelope shows."""


def address_lines(written: str) -> tuple[str, ...] | None:
    """Name and address as they are set, a line each; ``None`` where they do not fit the window, or there is none."""
    lines = tuple(line for one in written.splitlines() if (line := " ".join(one.split())))
    fits = 0 < len(lines) <= MOST_LINES and all(len(line) <= LONGEST_LINE for line in lines)
    return lines if fits else None


def sheet(words: Words, to: tuple[str, ...], town: Municipality, *, case: UUID, at: datetime) -> Sheet:
    """The letter as a document, dated when it is printed. ``to``: the lines in the window."""
    return Sheet(
        "letter",
        {
            "title": words.title,
            "municipality": town.name,
            "running": "",
            "foot": f"{town.committee}, {town.address}. Telefon {town.telephone}.",
            "to": [_set(hers(line, SWEDISH)) for line in to],
            "date": dated(at),
            "reference": f"Ärende {str(case)[:8]}",
            "swedish": [_set(ours(one, SWEDISH)) for one in words.swedish],
            "points": [_set(ours(one, SWEDISH)) for one in words.points],
            "rows": [[_set(ours(cell, SWEDISH)) for cell in row] for row in words.rows],
            "after": [_set(ours(one, SWEDISH)) for one in words.after],
            # What is a caseworker's own words stands in Swedish among hers, and is marked as Swedish.
            "theirs": [_set(ours(one, SWEDISH if one in words.swedish else words.language)) for one in words.theirs],
        },
        at,
    )


def _set(one: Set) -> dict[str, Any]:
    return one.data()
