"""Persons: somebody who wrote, known by an id the bot made; merging two is a redirect, and can be undone.

Rows keep the person they were written with. Who reads asks for everybody who is the same person.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, bindparam, union
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import CTE
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.database import Row, moment, sealed
from backend.errors import Invalid, NotFound


class Person(Row, table=True):
    """Somebody who wrote. ``merged_into`` redirects to who she turned out to be."""

    __tablename__ = "persons"
    __table_args__ = (CheckConstraint("merged_into <> id", name="not_into_itself"),)

    id: UUID = Field(primary_key=True)
    first_name: bytes | None = sealed(default=None, nullable=True)
    language: str
    merged_into: UUID | None = Field(default=None, foreign_key="persons.id", index=True)
    met_at: datetime = moment()


async def meet(session: AsyncSession, person: UUID, at: datetime, language: str | None = None) -> Person:
    """The person behind an id, made when nobody of that id has written before. Follows merges; takes no lock.

    ``language``, when it is known, becomes the one she is written to in from now on.
    """
    made = insert(Person).values(id=person, language=language or "sv", met_at=at)
    await session.exec(made.on_conflict_do_nothing(index_elements=[col(Person.id)]))
    found = await find(session, person)
    if language and found.language != language:
        found.language = language
        session.add(found)
    return found


async def find(session: AsyncSession, person: UUID) -> Person:
    """Who an id stands for today, merges followed. Raises NotFound."""
    found: Person | None = (await session.exec(_found(), params={"person": person})).one_or_none()
    if found is None:
        raise NotFound(person=person)
    return found


@cache
def _found() -> Any:
    """The question of :func:`find`, put together once: a page asks it many times."""
    asked: Any = bindparam("person")
    way = select(Person.id, Person.merged_into).where(Person.id == asked).cte("way", recursive=True)
    way = way.union(select(Person.id, Person.merged_into).join(way, col(Person.id) == way.c.merged_into))
    return select(Person).join(way, col(Person.id) == way.c.id).where(way.c.merged_into.is_(None))


async def same(session: AsyncSession, person: UUID) -> tuple[UUID, ...]:
    """Every id that stands for the same person today, the one that stands for all first. Raises NotFound."""
    known = await groups(session, [person])
    if not known:
        raise NotFound(person=person)
    root = known[person]
    return (root, *(one for one in known if one != root))


async def groups(session: AsyncSession, people: Iterable[UUID]) -> dict[UUID, UUID]:
    """Every id that stands for one of these people today, and whom it stands for; merges of the given followed.

    One question for a whole list. Unknown ids are left out.
    """
    asked = list(people)
    if not asked:
        return {}
    found = await session.exec(_groups(), params={"people": asked})
    return dict(found.all())


@cache
def _groups() -> Any:
    """The question of :func:`groups`, put together once: every list asks it several times."""
    asked: Any = bindparam("people", expanding=True)
    way = select(Person.id, Person.merged_into).where(col(Person.id).in_(asked)).cte("way", recursive=True)
    way = way.union(select(Person.id, Person.merged_into).join(way, col(Person.id) == way.c.merged_into))
    everyone = (
        select(way.c.id, way.c.id.label("root")).where(way.c.merged_into.is_(None)).cte("everyone", recursive=True)
    )
    everyone = everyone.union(
        select(Person.id, everyone.c.root).join(everyone, col(Person.merged_into) == everyone.c.id)
    )
    return select(everyone.c.id, everyone.c.root)


@cache
def roots() -> CTE:
    """Of everybody who was merged into somebody, who stands for her today (``id``, ``root``): for joins of whole lists.

    Who was never merged is not there.
    """
    into = aliased(Person)
    way = (
        select(Person.id, col(Person.merged_into).label("root"))
        .where(col(Person.merged_into).is_not(None))
        .cte("merged", recursive=True)
    )
    way = way.union(
        select(way.c.id, col(into.merged_into).label("root"))
        .join(into, col(into.id) == way.c.root)
        .where(col(into.merged_into).is_not(None))
    )
    last = aliased(Person)
    return (
        select(way.c.id, way.c.root)
        .join(last, col(last.id) == way.c.root)
        .where(col(last.merged_into).is_(None))
        .cte("roots")
    )


@cache
def known_as() -> CTE:
    """Of everybody who is known by more than one id, each id with each other (``id``, ``other``): for joins."""
    merged = roots()
    ids = union(select(merged.c.id, merged.c.root), select(merged.c.root.label("id"), merged.c.root)).cte("ids")
    others = ids.alias("others")
    pairs = select(ids.c.id, others.c.id.label("other")).join(others, others.c.root == ids.c.root)
    return pairs.where(ids.c.id != others.c.id).cte("known_as")


async def merge(session: AsyncSession, duplicate: UUID, into: UUID) -> None:
    """From now on ``duplicate`` is ``into``. Raises NotFound, and Invalid when they already are the same."""
    # Two who are merged into each other at once are merged one way: the second waits, and looks again.
    both = [(await find(session, one)).id for one in (duplicate, into)]
    await session.exec(
        select(Person.id).where(col(Person.id).in_(both)).order_by(col(Person.id)).with_for_update(key_share=True)
    )
    session.expire_all()
    one, other = await find(session, duplicate), await find(session, into)
    if one.id == other.id:
        raise Invalid(persons="already the same")
    one.merged_into = other.id
    session.add(one)


async def unmerge(session: AsyncSession, person: UUID) -> None:
    """Undo a merge: ``person`` is somebody of her own again, with all that was written under her id."""
    found = await session.get(Person, person)
    if found is None or found.merged_into is None:
        raise NotFound(person=person)
    found.merged_into = None
    session.add(found)


def first_name(session: AsyncSession, person: Person) -> str:
    """What she is called, or the empty string when nobody has asked her yet."""
    if person.first_name is None:
        return ""
    codec = database.of(session).codec
    return codec.decrypt(person.first_name, table="persons", column="first_name", row=person.id)


async def rename(session: AsyncSession, person: UUID, name: str) -> None:
    """Write down what she is called."""
    found = await find(session, person)
    codec = database.of(session).codec
    found.first_name = codec.encrypt(name.strip(), table="persons", column="first_name", row=found.id)
    session.add(found)


async def all_of(session: AsyncSession, people: Iterable[UUID]) -> dict[UUID, Person]:
    """These people as they stand today, each under the id asked for, merges followed; unknown ids are left out."""
    return await of_groups(session, await groups(session, people))


async def of_groups(session: AsyncSession, known: Mapping[UUID, UUID]) -> dict[UUID, Person]:
    """The people of :func:`groups`, each under every id that stands for her."""
    if not known:
        return {}
    found = await session.exec(select(Person).where(col(Person.id).in_(set(known.values()))))
    people = {person.id: person for person in found.all()}
    return {one: people[root] for one, root in known.items()}
