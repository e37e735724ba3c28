"""Persons: merging is a redirect that can be followed from anywhere and undone."""

from uuid import UUID, uuid4

import pytest

from backend import persons
from backend.errors import Invalid, NotFound
from tests.backend.stories import MONDAY, Backend, at_once


async def meet(backend: Backend) -> UUID:
    async with backend.database().transaction() as session:
        return (await persons.meet(session, uuid4(), MONDAY, "ar")).id


async def test_a_chain_of_merges_leads_to_one_person_and_back(backend: Backend) -> None:
    first, second, third = [await meet(backend) for _ in range(3)]
    async with backend.database().transaction() as session:
        await persons.merge(session, first, second)
        await persons.merge(session, second, third)
    async with backend.database().transaction() as session:
        assert (await persons.find(session, first)).id == third
        assert set(await persons.same(session, second)) == {first, second, third}
        assert (await persons.meet(session, first, MONDAY)).id == third  # she writes under her old id again
        with pytest.raises(Invalid):
            await persons.merge(session, third, first)
        await persons.unmerge(session, second)
    async with backend.database().transaction() as session:
        assert set(await persons.same(session, first)) == {first, second}
        assert await persons.same(session, third) == (third,)


async def test_the_first_two_messages_of_somebody_new_may_come_at_once(backend: Backend) -> None:
    person = uuid4()

    async def meet_her(language: str) -> None:
        async with backend.database().transaction() as session:
            await persons.meet(session, person, MONDAY, language)

    assert await at_once(*(meet_her("ar") for _ in range(5))) == [None] * 5


async def test_a_name_lies_sealed(backend: Backend) -> None:
    person = await meet(backend)
    async with backend.database().transaction() as session:
        await persons.rename(session, person, " Amal ")
    async with backend.database().transaction() as session:
        found = await persons.find(session, person)
        assert persons.first_name(session, found) == "Amal"
        assert b"Amal" not in (found.first_name or b"")


async def test_who_was_never_merged_cannot_be_unmerged(backend: Backend) -> None:
    person = await meet(backend)
    async with backend.database().transaction() as session:
        for nobody in (person, uuid4()):
            with pytest.raises(NotFound):
                await persons.unmerge(session, nobody)
