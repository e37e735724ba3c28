"""What she wishes of her interpreter once one is asked: taken along, or told; and kept for the meetings that follow."""

from uuid import uuid4

import pytest
from sqlmodel import select

from backend.contract import WishOfInterpreter
from backend.errors import NotFound
from backend.interpreters import wishing
from backend.interpreters.models import Sending
from tests.backend.interpreters.agencies import agency
from tests.backend.interpreters.test_pools import HALF_PAST_NINE, order_row
from tests.backend.meetings import Town, slot_at, sweden


async def wishes(town: Town, person: object, *said: str) -> list[str]:
    """She wishes this, one after the other. Gives why there are tasks for the interpreter desk."""
    async with town.database.transaction() as session:
        for one in said:
            call = WishOfInterpreter.model_validate({"person": person, "at": town.clock(), "wish": one})
            await wishing.wish(session, town.clock, call)
    return sorted(reason for reason, _ in await town.alerts())


async def test_an_order_that_has_not_left_takes_the_wish_along_and_nobody_is_bothered(town: Town) -> None:
    town.database.agencies = (agency(languages=("so", "ar")),)
    await town.has_caseworker()
    await town.has("line", "Telefon 1", mode="phone")
    meeting = await town.books(HALF_PAST_NINE, "so")
    assert await wishes(town, meeting.person, "woman", "benaadiri") == []
    order = await order_row(town, meeting)
    assert (order.gender, order.dialect) == ("woman", "benaadiri")


async def test_what_has_left_is_told_the_interpreter_desk_and_stands_on_its_line(town: Town) -> None:
    town.database.agencies = (agency(languages=("so", "ar")),)
    await town.has_caseworker()
    await town.has("line", "Telefon 1", mode="phone")
    meeting = await town.books(HALF_PAST_NINE, "so")
    async with town.database.transaction() as session:
        sent = (await session.exec(select(Sending))).one()
        sent.state, sent.tries = "sent", 1
        session.add(sent)
    assert await wishes(town, meeting.person, "man", "woman", "northern") == [wishing.WISH]
    assert await wishes(town, meeting.person, "other") == [wishing.OTHER, wishing.WISH]
    assert (await order_row(town, meeting)).gender is None, "what the agency was sent stands"
    (line,) = await town.orders()
    assert (line.gender, line.dialect) == ("woman", "northern")


async def test_who_is_not_wanted_after_a_meeting_does_not_come_to_the_next(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    person = uuid4()
    await town.books(HALF_PAST_NINE, "ar", person=person)
    await town.confirms((await town.orders())[0].id)
    await town.has_interpreter("Yousef", "ar")
    town.clock.now = sweden("2026-12-01 11:00")
    assert await wishes(town, person, "other", "woman") == []
    second = await town.books(slot_at("2026-12-02 09:30", 45), "ar", person=person)
    assert await town.history(second.id) == [("Yousef", "asked")]
    assert (await order_row(town, second)).gender == "woman"


async def test_a_dialect_is_not_wished_of_another_language(town: Town) -> None:
    town.database.agencies = (agency(languages=("so", "ar")),)
    await town.has_caseworker()
    await town.has("line", "Telefon 1", mode="phone")
    meeting = await town.books(HALF_PAST_NINE, "so")
    await wishes(town, meeting.person, "benaadiri", "man")
    moved = await town.books(slot_at("2026-12-01 13:00", 45), "ar", person=meeting.person, replaces=meeting.id)
    order = await order_row(town, moved)
    assert (order.dialect, order.gender) == (None, "man")


async def test_nothing_is_wished_of_nobody(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30", 30), None)
    with pytest.raises(NotFound):
        await wishes(town, meeting.person, "woman")
