"""Which list of the inbox is shown, and what of it: it stands in the address, and stays there from press to press."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query

from backend.handover.lists import Narrowed, Which
from backend.handover.models import Route
from backend.tasks import Role, Sort

QueueKey = Literal[
    "mine",
    "acute",
    "half",
    "waiting",
    "given",
    "handed",
    "resting",
    "promises",
    "new",
    "to-sign",
    "by-hand",
    "technical",
    "closed",
]

OF_TASKS: Mapping[QueueKey, Which] = {
    "mine": "mine",
    "acute": "acute",
    "half": "half",
    "waiting": "waiting",
    "given": "given",
    "handed": "handed",
    "resting": "resting",
    "to-sign": "to-sign",
    "by-hand": "by-hand",
    "technical": "technical",
    "closed": "closed",
}
"""The lists that are made of tasks, and can be narrowed."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A list and its filters, as they stand in the address."""

    queue: QueueKey = "mine"
    role: Role | None = None
    route: Route | None = None
    language: str = ""
    sort: Sort | None = None
    start: int = 0
    town: str = ""
    """A municipality alone, where lines of several stand in one list."""

    @property
    def narrowed(self) -> Narrowed:
        """The same, for the list itself."""
        return Narrowed(self.role, self.route, self.language, self.sort, self.start)

    @property
    def query(self) -> str:
        """The same, as the end of an address; empty for the list that is shown first."""
        values = {
            "queue": "" if self.queue == "mine" else self.queue,
            "role": self.role,
            "route": self.route,
            "language": self.language,
            "sort": self.sort,
            "start": self.start,
            "town": self.town,
        }
        given = {name: value for name, value in values.items() if value}
        return f"?{urlencode(given)}" if given else ""

    @property
    def href(self) -> str:
        """Where this list is."""
        return f"/inbox{self.query}"

    def in_language(self, language: str) -> "Chosen":
        """The same list, of who speaks a language (empty: any)."""
        return replace(self, language=language, start=0)

    def of(self, sort: Sort | None) -> "Chosen":
        """The same list, of one sort."""
        return replace(self, sort=sort, start=0)

    def in_town(self, town: str) -> "Chosen":
        """The same list, of one municipality (empty: of all)."""
        return replace(self, town=town, start=0)

    def from_line(self, start: int) -> "Chosen":
        """The same list, further down."""
        return replace(self, start=start)


def chosen(
    queue: Annotated[QueueKey, Query()] = "mine",
    role: Annotated[Role | None, Query()] = None,
    route: Annotated[Route | None, Query()] = None,
    *,
    language: Annotated[str, Query(max_length=12)] = "",
    sort: Annotated[Sort | None, Query()] = None,
    start: Annotated[int, Query(ge=0, le=100_000)] = 0,
    town: Annotated[str, Query(max_length=40)] = "",
) -> Chosen:
    """The list that the address names."""
    return Chosen(queue, role, route, language, sort, start, town)


TheList = Annotated[Chosen, Depends(chosen)]
