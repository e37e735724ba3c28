"""Hundreds book in the same moment, with and without interpreters, in two municipalities that share a caseworker."""

import random
from collections.abc import Sequence
from datetime import time
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.bookings import lending
from backend.contract import Meeting
from backend.errors import SlotTaken
from tests.backend.bookings.test_at_once import kinds, overlaps
from tests.backend.meetings import Town, slot_at, sweden
from tests.backend.stories import Backend, at_once

LANGUAGES: Sequence[str | None] = (None, "ar", None, "so", "ti")
DAYS = ("2026-12-01", "2026-12-02", "2026-12-03")


async def deadlocks(town: Town) -> int:
    async with town.database.transaction() as session:
        counted = text("select deadlocks from pg_stat_database where datname = current_database()")
        return int((await (await session.connection()).execute(counted)).scalar_one())


async def _books(town: Town, slot: str, language: str | None) -> Meeting:
    """As the bot does it: who finds no connection for half a minute asks once more, with the same key."""
    key, person = uuid4(), uuid4()
    while True:
        try:
            return await town.books(slot, language, key=key, person=person)
        except PoolTimeout:
            continue


@pytest.mark.parametrize("people", [60, pytest.param(600, marks=pytest.mark.long)])
async def test_all_are_answered_nobody_is_booked_twice_and_nothing_deadlocks(both: Backend, people: int) -> None:
    home, there = (Town(both.database(slug), both.clock) for slug in ("trelleborg", "svedala"))
    ann = await home.has_caseworker("Ann")
    for town, names in ((home, ("Erik", "Maria")), (there, ("Lena",))):
        for name in names:
            await town.has_caseworker(name)
        for name, spoken in (("Samira", "ar"), ("Hodan", "so"), ("Selam", "ti")):
            await town.has_interpreter(name, spoken, hours=((time(8), time(16, 30)),))
    await there.has("place", "Rum Ann")
    for day in DAYS:
        async with home.database.transaction() as session:
            await lending.lend(session, ann, "svedala", sweden(f"{day} 13:00"), sweden(f"{day} 16:00"))
    await lending.carry_out(home.database, both.app.state.databases, both.clock)
    before = [await deadlocks(town) for town in (home, there)]

    chance, work = random.Random(11), []
    for number in range(people):
        language = LANGUAGES[number % len(LANGUAGES)]
        at = f"{chance.choice(DAYS)} {chance.randrange(8, 16):02}:{chance.choice((0, 15, 30, 45)):02}"
        town = (home, there)[number % 2]
        work.append(_books(town, slot_at(at, 45 if language else 30), language))
    results: list[Any] = await at_once(*work)

    assert set(kinds(results)) <= {"Meeting", "SlotTaken"}
    assert len(results) == people
    assert all(isinstance(one, Meeting | SlotTaken) for one in results)
    assert [await overlaps(town) for town in (home, there)] == [0, 0]
    assert [await deadlocks(town) for town in (home, there)] == before
    # Ann's hours in Svedala, and no other, were booked there.
    strays = text(
        "select count(*) from meeting_participants p where p.resource = :ann and not exists"
        " (select from borrowed_hours b where b.resource = p.resource"
        " and b.starts_at <= p.starts_at and b.ends_at >= p.ends_at)"
    )
    async with there.database.transaction() as session:
        assert (await (await session.connection()).execute(strays, {"ann": ann})).scalar_one() == 0
