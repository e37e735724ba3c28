"""Finding somebody by her name as known, by her telephone, or by what there is to do: what the lists show, and no more.

Names and numbers are sealed, each for its row: nothing in the database says which begin alike. They are compared with
what this process remembers (:mod:`backend.handover.remembered`); a whole number is found by its keyed digest. Who has
nothing open and has not written in the last half year is not found. Nothing of what was looked for is stored or logged.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam
from sqlalchemy.sql.expression import CompoundSelect
from sqlmodel import col, or_, select, union
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, tasks
from backend.cases.models import Case, Contact, PersonContact
from backend.handover import remembered
from backend.handover.models import Thread
from backend.tasks import Task

MOST = 50
_LATELY = timedelta(days=183)
_FEWEST_DIGITS = 3
_WHOLE_NUMBER = 8
_AT_A_TIME = 500
"""Of those who fit, so many are looked up at a time, until enough are found."""


async def people(session: AsyncSession, words: str, now: datetime) -> tuple[UUID, ...]:
    """Who is meant by a name or a number, at most :data:`MOST`, each as who she is today."""
    digits = "".join(one for one in words if one.isdecimal())
    if digits and not any(one.isalpha() for one in words):
        found = await _by_number(session, digits, now)
    else:
        found = await _by_name(session, words.casefold().split(), now)
    groups = await persons.groups(session, found)
    return tuple(dict.fromkeys(groups[one] for one in found if one in groups))[:MOST]


async def tasks_of(session: AsyncSession, some: Sequence[UUID]) -> tuple[Task, ...]:
    """The open tasks of these people, the most urgent first."""
    groups = await persons.groups(session, some)
    found = await session.exec(
        select(Task)
        .where(col(Task.done_at).is_(None), col(Task.person).in_(list(groups)))
        .order_by(*tasks.by_urgency())
        .limit(MOST)
    )
    return tuple(found.all())


async def tasks_called(session: AsyncSession, kinds: Iterable[str], reasons: Iterable[str]) -> tuple[Task, ...]:
    """Open tasks of these kinds or reasons, the most urgent first."""
    found = await session.exec(
        select(Task)
        .where(
            col(Task.done_at).is_(None),
            or_(col(Task.kind).in_(list(kinds)), col(Task.reason).in_(list(reasons))),
        )
        .order_by(*tasks.by_urgency())
        .limit(MOST)
    )
    return tuple(found.all())


async def _by_name(session: AsyncSession, parts: Sequence[str], now: datetime) -> list[UUID]:
    if not parts:
        return []
    fit = await remembered.of(session).called(session, parts)
    found: list[UUID] = []
    for first in range(0, len(fit), _AT_A_TIME):
        some = fit[first : first + _AT_A_TIME]
        there = await _reachable(session, some, now)
        found += [one for one in some if one in there]
        if len(found) >= MOST:
            break
    return found


async def _by_number(session: AsyncSession, digits: str, now: datetime) -> list[UUID]:
    if len(digits) < _FEWEST_DIGITS:
        return []
    live = select(PersonContact.contact, PersonContact.person).where(col(PersonContact.until).is_(None))
    if len(digits) >= _WHOLE_NUMBER:
        index = database.of(session).codec.blind("telephone", _international(digits))
        whole = live.join(Contact, col(Contact.id) == col(PersonContact.contact))
        if rows := (await session.exec(whole.where(Contact.telephone_index == index))).all():
            return [person for _, person in rows]
    fit = await remembered.of(session).ending(session, digits)
    found: list[UUID] = []
    for first in range(0, len(fit), _AT_A_TIME):
        some = fit[first : first + _AT_A_TIME]
        linked = (await session.exec(live.where(col(PersonContact.contact).in_(some)))).all()
        there = await _reachable(session, [person for _, person in linked], now)
        place = {contact: number for number, contact in enumerate(some)}
        found += [person for _, person in sorted(linked, key=lambda one: place[one[0]]) if person in there]
        if len(found) >= MOST:
            break
    return found


def _international(digits: str) -> str:
    """A number as it is stored: ``0701740612`` is ``+46701740612``."""
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+46{digits[1:]}" if digits.startswith("0") else f"+{digits}"


async def _reachable(session: AsyncSession, some: Sequence[UUID], now: datetime) -> frozenset[UUID]:
    """Which of these have something open, or wrote lately."""
    asked = {"some": list(some), "since": now - _LATELY}
    return frozenset(row for (row,) in await (await session.connection()).execute(_asked_for(), asked))


@cache
def _asked_for() -> CompoundSelect[UUID]:
    task, case, thread = col(Task.person), col(Case.person), col(Thread.person)
    some: Any = bindparam("some", type_=ARRAY(Uuid()))
    return union(
        select(task).where(task == any_(some), col(Task.done_at).is_(None)),
        select(case).where(case == any_(some), col(Case.closed_at).is_(None)),
        select(thread).where(thread == any_(some), col(Thread.last_at) > bindparam("since")),
    )
