"""The feed: positions are gap-free and follow the order of commits, however many write at once."""

import asyncio
import random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import literal
from sqlalchemy.exc import DBAPIError
from sqlmodel import select, update

from backend import persons
from backend.contract import Feed, NoticeKind, TakenOver
from backend.database import Database
from backend.notices import service
from backend.notices.models import FeedCounter
from tests.backend.stories import MONDAY, Backend, at_once


async def somebody(database: Database) -> UUID:
    person = uuid4()
    async with database.transaction() as session:
        await persons.meet(session, person, MONDAY, "sv")
    return person


async def test_many_writers_and_a_reader_that_polls_lose_nothing(backend: Backend) -> None:
    database = backend.database()
    person = await somebody(database)
    committed: list[UUID] = []
    undone: list[UUID] = []

    async def write(number: int) -> None:
        chance, ids = random.Random(number), list[UUID]()
        try:
            async with database.transaction() as session:
                ids = [
                    await service.tell(session, backend.clock, NoticeKind.TAKEN_OVER, person, TakenOver(thread=uuid4()))
                    for _ in range(chance.randint(1, 3))
                ]
                await asyncio.sleep(chance.random() / 50)  # some transactions take longer than those begun after them
                if number % 7 == 0:
                    await session.exec(select(1 / literal(0)))
        except DBAPIError:
            undone.extend(ids)
        else:
            committed.extend(ids)

    writing = asyncio.gather(*(write(number) for number in range(60)))
    seen: list[tuple[int, UUID]] = []
    finished = False
    while True:
        finished = writing.done()
        answer = await backend.trelleborg.get(f"notices?after={seen[-1][0] if seen else 0}&limit=7")
        found = Feed.model_validate(answer.json()).notices
        seen += [(notice.position, notice.id) for notice in found]
        if finished and not found:
            break
    await writing
    assert [position for position, _ in seen] == list(range(1, len(seen) + 1))
    assert {notice for _, notice in seen} == set(committed)
    assert not {notice for _, notice in seen} & set(undone)


async def test_a_transaction_that_told_never_waits_for_a_row_with_the_counter_locked(backend: Backend) -> None:
    """Two transactions tell first and then take the same rows in turn: a counter locked early would deadlock them."""
    database = backend.database()
    one, other = await somebody(database), await somebody(database)

    async def tell_then_lock(first: UUID, person: UUID) -> None:
        async with database.transaction() as session:
            await service.tell(session, backend.clock, NoticeKind.TAKEN_OVER, first, TakenOver(thread=uuid4()))
            await session.exec(select(persons.Person).where(persons.Person.id == person).with_for_update())
            await asyncio.sleep(0.05)

    gone_wrong = [found for found in await at_once(*(tell_then_lock(one, other) for _ in range(8))) if found]
    assert gone_wrong == []


async def test_an_unknown_epoch_is_refused_and_the_new_one_can_be_read_from_the_start(backend: Backend) -> None:
    database = backend.database()
    person = await somebody(database)
    async with database.transaction() as session:
        first = await service.tell(session, backend.clock, NoticeKind.TAKEN_OVER, person, TakenOver(thread=uuid4()))
    before = Feed.model_validate((await backend.trelleborg.get("notices")).json())
    async with database.transaction() as session:  # as a restore does
        await session.exec(update(FeedCounter).values(epoch=uuid4()))

    refused = await backend.trelleborg.get(f"notices?epoch={before.epoch}&after=1")
    assert (refused.status_code, refused.json()["code"]) == (409, "unknown-epoch")
    again = Feed.model_validate((await backend.trelleborg.get("notices")).json())
    assert again.epoch != before.epoch
    assert [notice.id for notice in again.notices] == [first]


async def test_a_notice_carries_the_body_its_kind_declares(backend: Backend) -> None:
    person = await somebody(backend.database())
    with pytest.raises(TypeError):
        async with backend.database().transaction() as session:
            await service.tell(session, backend.clock, NoticeKind.STAFF_MESSAGE, person, TakenOver(thread=uuid4()))


async def test_another_municipality_sees_none_of_it(both: Backend) -> None:
    person = await somebody(both.database("trelleborg"))
    async with both.database("trelleborg").transaction() as session:
        await service.tell(session, both.clock, NoticeKind.TAKEN_OVER, person, TakenOver(thread=uuid4()))
    assert Feed.model_validate((await both.svedala.get("notices")).json()).notices == ()
