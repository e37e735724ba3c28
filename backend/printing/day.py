"""The list of a day's meetings on paper, as it stands on the page: hour largest, first name only, boxes to tick."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from backend.printing.letters import hers, ours
from backend.printing.press import Sheet

_ICONS = Path(__file__).parents[2] / "templates" / "static" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)
_INK = "#1b2527"
KEY = (("tick-ring", "klar"), ("clock-dashed", "preliminär"), ("acute", "saknas"), ("minus", "behövs inte"))


class Line(Protocol):
    """One meeting, in the words of the page. ``visit`` and ``papers`` are empty for whoever reads nobody's case."""

    @property
    def hour(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def icon(self) -> str: ...
    @property
    def interpreter(self) -> str: ...
    @property
    def unsure(self) -> bool: ...
    @property
    def minutes(self) -> int: ...
    @property
    def where(self) -> str: ...
    @property
    def said(self) -> str: ...
    @property
    def mark(self) -> str: ...
    @property
    def visit(self) -> str: ...
    @property
    def first(self) -> bool: ...
    @property
    def papers(self) -> str: ...


class Day(Protocol):
    """The list, in the words of the page. ``promises``: none for whoever reads nobody's case."""

    @property
    def title(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def printed(self) -> str: ...
    @property
    def count(self) -> str: ...
    @property
    def sum(self) -> str: ...
    @property
    def rows(self) -> Sequence[Line]: ...
    @property
    def promises(self) -> Sequence[str] | None: ...


def sheet(day: Day, at: datetime) -> Sheet:
    """The list as a document, dated ``at``."""
    return Sheet(
        "tomorrow",
        {
            "title": day.title,
            "place": day.place,
            "printed": day.printed,
            "count": f"{day.count}.",
            "sum": day.sum,
            "rows": [_line(row) for row in day.rows],
            "promises": None if day.promises is None else [hers(words, "sv").data() for words in day.promises],
            "key": [{"icon": _drawing(icon), "words": words} for icon, words in KEY],
        },
        at,
    )


def _line(row: Line) -> dict[str, Any]:
    return {
        "hour": row.hour,
        "name": hers(row.name, "sv").data(),
        "language": row.language,
        "icon": _drawing(row.icon),
        "interpreter": row.interpreter,
        "unsure": row.unsure,
        "visit": row.visit,
        "first": row.first,
        "where": ours(row.where, "sv").data() if row.where else None,
        "minutes": f"{row.minutes} min",
        "said": ours(row.said, "sv").data() if row.said else None,
        "mark": row.mark,
        "papers": row.papers,
    }


def _drawing(name: str) -> str:
    """One of the page's own signs as a drawing of its own, in ink: a grey printer shows it as well."""
    box, shape = _symbols()[name]
    drawn = shape.replace("currentColor", _INK).replace("#a61b1b", "#fff")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" fill="none" stroke="{_INK}" stroke-width="2"'
        f' stroke-linecap="round" stroke-linejoin="round">{drawn}</svg>'
    )


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    found = _SYMBOL.findall(_ICONS.read_text(encoding="utf-8"))
    return {name: (box, shape) for name, box, shape in found}
