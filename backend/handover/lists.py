"""The lists of the inbox: which tasks stand in each, how many, and by language and sort, counted by the database.

A list shows a page of lines and looks up only those; nothing of a case is opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, get_args
from uuid import UUID

import sqlalchemy
from sqlalchemy import bindparam, case
from sqlalchemy.orm import aliased
from sqlalchemy.sql.expression import ColumnElement
from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import locales, persons, tasks
from backend.handover import passing, work
from backend.handover.models import Passing, Route, Thread
from backend.persons import Person
from backend.tasks import Role, Sort, Task

PAGE = 50
"""Lines of a list at a time."""

Which = Literal[
    "mine", "acute", "half", "waiting", "given", "handed", "resting", "to-sign", "by-hand", "technical", "closed"
]
"""``mine``: one's own, acute ones nobody has, and what is offered to oneself. ``half``: half of the time is gone,
also of what one lets rest. ``waiting``: nobody has it. ``given``: offered to oneself, one's role or a route of it.
``handed``: waits for another. ``resting``: comes back by itself. ``to-sign``, ``by-hand``, ``technical``: what only a
caseworker settles, by its reason and whoever has it. ``closed``: what one closed lately."""


@dataclass(frozen=True)
class Narrowed:
    """What of a list is chosen. ``role``: whose queue; ``language``: its code; ``start``: how far down."""

    role: Role | None = None
    route: Route | None = None
    language: str = ""
    sort: Sort | None = None
    start: int = 0

    @property
    def asks(self) -> dict[str, Any]:
        """What of it the questions are asked with."""
        given = {"role": self.role, "route": self.route}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Desk:
    """Whose desk the lists are read at, and when."""

    member: UUID
    role: str
    now: datetime

    @property
    def asks(self) -> dict[str, Any]:
        """What the questions are asked with."""
        return {"me": self.member, "own_role": self.role, "now": self.now, "since": self.now - work.REOPENED_WITHIN}


@dataclass(frozen=True)
class Counts:
    """How many stand in each list, in the queue of each role, and wait at each route. Filters change none of them."""

    lists: Mapping[Which, int]
    roles: Mapping[str, int]
    routes: Mapping[str, int]


@dataclass(frozen=True)
class Facets:
    """How many of a list there are by language and by sort, each with the other filter on."""

    languages: Mapping[str, int]
    sorts: Mapping[Sort, int]
    all: int


@dataclass(frozen=True)
class Tally:
    """All open tasks and what is handed over, counted by all that the lists go by: the same for every desk."""

    tasks: tuple[tuple[UUID | None, str, bool, bool, bool, str, int], ...]
    passed: tuple[tuple[str | None, UUID | None, str, UUID, int], ...]


async def tally(session: AsyncSession, now: datetime) -> Tally:
    """Count everything once, in two questions."""
    connection = await session.connection()
    open_ones = (await connection.execute(_tallied(), {"now": now})).all()
    passed = (await session.exec(_tallied_passed())).all()
    return Tally(tuple(tuple(row) for row in open_ones), tuple(tuple(row) for row in passed))


async def counts(session: AsyncSession, desk: Desk, counted: Tally | None = None) -> Counts:
    """Every count of the rail, as this desk sees it; ``counted``, where that was done already."""
    counted = counted or await tally(session, desk.now)
    lists: dict[Which, int] = dict.fromkeys(get_args(Which), 0)
    roles: dict[str, int] = dict.fromkeys(get_args(Role), 0)
    routes: dict[str, int] = {}
    for assigned_to, queue, acute, awake, late, reason, many in counted.tasks:
        mine, waits = assigned_to == desk.member, assigned_to is None and awake
        stands: dict[Which, bool] = {
            "mine": (mine and awake) or (assigned_to is None and acute),
            "acute": acute,
            "half": late and (mine or (waits and queue == desk.role)),
            "waiting": waits and queue == desk.role,
            "resting": mine and not awake,
            **{which: reason == said for which, said in _BY_REASON.items()},
        }
        for which, here in stands.items():
            lists[which] += many * here
        roles[queue] += many * waits
    for route, to_member, to_role, by, many in counted.passed:
        to_her = by != desk.member and passing.is_meant(to_member, to_role, desk.member, desk.role)
        lists["given"] += many * to_her
        lists["mine"] += many * (to_her and to_member is not None)
        lists["handed"] += many * (by == desk.member)
        if route is not None:
            routes[route] = routes.get(route, 0) + many
    lists["closed"] = (await session.exec(_counted_closed(), params=desk.asks)).one()
    return Counts(lists, roles, routes)


async def facets(session: AsyncSession, desk: Desk, which: Which, narrowed: Narrowed) -> Facets:
    """The same list by language and by sort."""
    asked = _by_language_and_kind(which, of_role=narrowed.role is not None, of_route=narrowed.route is not None)
    languages: dict[str, int] = {}
    sorts: dict[Sort, int] = {}
    everything = 0
    for language, kind, many in (await session.exec(asked, params=desk.asks | narrowed.asks)).all():
        sort = next(known for known, (_, kinds) in tasks.SORTS.items() if kind in kinds)
        everything += many
        if narrowed.sort in (None, sort) and language:
            languages[language] = languages.get(language, 0) + many
        if narrowed.language in ("", language):
            sorts[sort] = sorts.get(sort, 0) + many
    return Facets(languages, sorts, everything)


def of_a_role(which: Which) -> bool:
    """Whether a list is the same at every desk of a role."""
    return which in ("acute", "waiting", *_BY_REASON)


async def listed(session: AsyncSession, desk: Desk, which: Which, narrowed: Narrowed) -> tuple[tuple[Task, ...], bool]:
    """A page of a list, the most urgent first, and whether more follow."""
    if which == "closed":
        closed = await work.closed_by(session, desk.member, desk.now, PAGE)
        return closed, False
    found: Any = select(Task)
    if narrowed.language:
        found = _joined(found).where(_spoken() == narrowed.language)
    if narrowed.sort is not None:
        found = found.where(col(Task.kind).in_(tasks.SORTS[narrowed.sort][1]))
    page = found.where(*_in(which, of_role=narrowed.role is not None, of_route=narrowed.route is not None))
    page = page.order_by(*tasks.by_urgency()).offset(narrowed.start).limit(PAGE + 1)
    rows = (await session.exec(page, params=desk.asks | narrowed.asks)).all()
    return tuple(rows[:PAGE]), len(rows) > PAGE


async def threads_with_own_task(session: AsyncSession, member: UUID) -> frozenset[UUID]:
    """The threads in which one of the staff has a task: they stand in her list by it."""
    found = await session.exec(
        select(Task.thread).where(
            Task.assigned_to == member, col(Task.done_at).is_(None), col(Task.thread).is_not(None)
        )
    )
    return frozenset(thread for thread in found.all() if thread is not None)


# What the questions are asked with. They are put together once: that costs more than many of their answers.
_ME: Any = bindparam("me")
_ROLE: Any = bindparam("own_role")
_NOW: Any = bindparam("now")
_SINCE: Any = bindparam("since")
_BY_REASON: Mapping[Which, str] = {
    "to-sign": "beyond-delegation",
    "by-hand": "above-norm",
    "technical": "technical-error",
}


@cache
def _tallied() -> Any:
    said = case((col(Task.reason).in_(list(_BY_REASON.values())), col(Task.reason)), else_="")
    by = (
        col(Task.assigned_to),
        col(Task.queue),
        (col(Task.kind) == "acute").label("acute"),
        _awake().label("awake"),
        func.coalesce(_late(), sqlalchemy.false()).label("late"),
        said.label("said"),
    )
    counted = sqlalchemy.select(*by, func.count()).where(col(Task.done_at).is_(None))
    return counted.group_by(*(sqlalchemy.text(str(place)) for place in range(1, len(by) + 1)))


@cache
def _tallied_passed() -> Any:
    by = (col(Passing.route), col(Passing.to_member), col(Passing.to_role), col(Passing.by))
    counted = sqlalchemy.select(*by, func.count()).join(Task, col(Task.id) == col(Passing.task))
    return counted.where(passing.waits()).group_by(*by)


@cache
def _counted_closed() -> Any:
    return select(func.count()).select_from(Task).where(*_closed())


@cache
def _by_language_and_kind(which: Which, *, of_role: bool, of_route: bool) -> Any:
    spoken = _spoken()
    counted = _joined(select(spoken.label("language"), Task.kind, func.count()))
    return counted.where(*_in(which, of_role=of_role, of_route=of_route)).group_by(spoken, col(Task.kind))


@cache
def _in(which: Which, *, of_role: bool, of_route: bool) -> tuple[ColumnElement[bool], ...]:
    if which == "closed":
        return _closed()
    is_open = col(Task.done_at).is_(None)
    if which == "waiting" and of_route:
        return (is_open, _passed(col(Passing.route) == bindparam("route")))
    if which == "waiting" and of_role:
        return (is_open, _waiting(bindparam("role")))
    return (is_open, _within(which))


def _within(which: Which) -> ColumnElement[bool]:
    """Which of the open tasks stand in a list."""
    mine, nobodys = col(Task.assigned_to) == _ME, col(Task.assigned_to).is_(None)
    to_me = and_(col(Passing.to_member) == _ME, col(Passing.by) != _ME)
    acute = col(Task.kind) == "acute"
    own = {
        "mine": or_(and_(mine, _awake()), and_(nobodys, acute), _passed(to_me)),
        "acute": acute,
        "half": and_(_late(), or_(mine, _waiting(_ROLE))),
        "given": _passed(passing.for_whom(_ME, _ROLE)),
        "handed": _passed(col(Passing.by) == _ME),
        "resting": and_(mine, col(Task.snoozed_until) > _NOW),
        **{which: col(Task.reason) == reason for which, reason in _BY_REASON.items()},
    }
    return own.get(which, _waiting(_ROLE))


def _awake() -> ColumnElement[bool]:
    return or_(col(Task.snoozed_until).is_(None), col(Task.snoozed_until) <= _NOW)


def _late() -> ColumnElement[bool]:
    """Half of its time is gone, and not all of it."""
    return and_(col(Task.warn_at) <= _NOW, col(Task.due_at) > _NOW)


def _waiting(role: Any) -> ColumnElement[bool]:
    return and_(col(Task.assigned_to).is_(None), col(Task.queue) == role, _awake())


def _closed() -> tuple[ColumnElement[bool], ...]:
    return (col(Task.done_by) == _ME, col(Task.done_at) > _SINCE)


def _passed(whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """A task that waits to be taken. Few wait at a time: they are found first, and not once for each task."""
    hers = aliased(Task)
    offered = select(Passing.task).join(hers, and_(col(hers.id) == col(Passing.task), _still(hers))).where(whose)
    return col(Task.id).in_(offered)


def _still(hers: Any) -> ColumnElement[bool]:
    return and_(col(Passing.state) == "offered", hers.done_at.is_(None), hers.assigned_to == col(Passing.by))


_ROOT = aliased(Person)
_HERS = aliased(Person)


def _joined(found: Any) -> Any:
    """With the thread of each task, and who its person is today."""
    roots = persons.roots()
    return (
        found.select_from(Task)
        .outerjoin(Thread, col(Thread.id) == col(Task.thread))
        .outerjoin(_HERS, col(_HERS.id) == col(Task.person))
        .outerjoin(roots, roots.c.id == col(Task.person))
        .outerjoin(_ROOT, col(_ROOT.id) == roots.c.root)
    )


def _spoken() -> ColumnElement[str]:
    """What she speaks with us, as the lines say it: who is written to in Swedish may speak another language."""
    speaks = func.coalesce(col(_ROOT.language), col(_HERS.language), "")
    written = func.coalesce(col(Thread.language), "")
    unsaid = written.in_(("", locales.SWEDISH))
    return case((and_(unsaid, speaks != ""), speaks), else_=written)
