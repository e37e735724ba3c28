"""Finding somebody by her name as known, by her telephone, or by what there is to do: what the lists show, and no more.

Names and numbers are sealed, each for its row: nothing in the database says which begin alike. So those who have
something open, or wrote in the last half year, are opened and compared in memory; a whole number is found by its keyed
digest. Nothing of what was looked for is stored or logged.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy.sql.expression import CompoundSelect
from sqlmodel import col, or_, select, union
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, tasks
from backend.cases.models import Case, Contact, PersonContact
from backend.handover.models import Thread
from backend.persons import Person
from backend.tasks import Task

MOST = 50
_LATELY = timedelta(days=183)
_FEWEST_DIGITS = 3
_WHOLE_NUMBER = 8
One = TypeVar("One")
_BREATH = 500
"""Opened between two breaths: nobody else at a desk waits longer than for these."""


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
    codec = database.of(session).codec
    known = await session.exec(
        select(Person.id, Person.first_name).where(
            col(Person.first_name).is_not(None), col(Person.id).in_(_reachable(now))
        )
    )

    def is_called(one: tuple[UUID, bytes]) -> bool:
        name = codec.decrypt(one[1], table="persons", column="first_name", row=one[0]).casefold().split()
        return all(any(word.startswith(part) for word in name) for part in parts)

    return [one for one, _ in await _those(((one, name) for one, name in known.all() if name is not None), is_called)]


async def _by_number(session: AsyncSession, digits: str, now: datetime) -> list[UUID]:
    if len(digits) < _FEWEST_DIGITS:
        return []
    codec = database.of(session).codec
    hers = select(PersonContact.person, Contact.id, Contact.telephone).join(
        Contact, col(Contact.id) == col(PersonContact.contact)
    )
    live = hers.where(col(PersonContact.until).is_(None))
    if len(digits) >= _WHOLE_NUMBER:
        index = codec.blind("telephone", _international(digits))
        found = await session.exec(live.where(Contact.telephone_index == index))
        if rows := found.all():
            return [person for person, _, _ in rows]
    linked = (await session.exec(live.where(col(PersonContact.person).in_(_reachable(now))))).all()

    def ends_so(one: tuple[UUID, UUID, bytes]) -> bool:
        return codec.decrypt(one[2], table="contacts", column="telephone", row=one[1]).endswith(digits)

    return [person for person, _, _ in await _those(((a, b, c) for a, b, c in linked), ends_so)]


def _international(digits: str) -> str:
    """A number as it is stored: ``0701740612`` is ``+46701740612``."""
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+46{digits[1:]}" if digits.startswith("0") else f"+{digits}"


def _reachable(now: datetime) -> CompoundSelect[UUID]:
    """Who has something open, or wrote lately."""
    return union(
        select(Task.person).where(col(Task.done_at).is_(None), col(Task.person).is_not(None)),
        select(Case.person).where(col(Case.closed_at).is_(None)),
        select(Thread.person).where(col(Thread.last_at) > now - _LATELY),
    )


async def _those(some: Iterable[One], fits: Callable[[One], bool]) -> list[One]:
    found = []
    for number, one in enumerate(some, 1):
        if fits(one):
            found.append(one)
        if number % _BREATH == 0:
            await asyncio.sleep(0)
    return found
