"""A time that became free is offered to those who got a late one: to few at a time, thrice at most, never at night."""

from datetime import time
from uuid import UUID, uuid4

import pytest

from backend.bookings import earlier, service
from backend.contract import AnswerEarlierTime, EarlierTime, Meeting, NoticeKind
from backend.errors import KeyReused, NotFound, SlotTaken, TooLate
from backend.notices import service as notices
from tests.backend.meetings import Town, slot_at, sweden
from tests.backend.stories import at_once

MORNING = ((time(8), time(12)),)


class Waiting:
    """A town where everything until tomorrow is taken, and those who wait for something earlier."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.others: list[Meeting] = []
        self.late: dict[UUID, Meeting] = {}

    async def fills(self) -> None:
        for day in ("2026-11-30", "2026-12-01"):
            for hour in range(8, 12):
                for minute in (0, 30):
                    at = f"{day} {hour:02}:{minute:02}"
                    if sweden(at) > self.town.clock():
                        self.others.append(await self.town.books(slot_at(at)))

    async def comes(self, language: str | None = None) -> UUID:
        """Somebody new asks, and takes the earliest there is."""
        person = uuid4()
        self.town.clock.advance(seconds=1)  # who waits longest is known
        offered = await self.town.offers(language, person=person, channel="sms")
        assert not offered.within_promise
        self.late[person] = await self.town.books(offered.times[0].slot, language, person=person)
        return person

    async def looks(self) -> None:
        await earlier.look_after(self.town.database, self.town.clock)

    async def offers(self, person: UUID | None = None) -> list[EarlierTime]:
        async with self.town.database.transaction() as session:
            feed = await notices.feed(session, None, 0, 500)
        return [
            EarlierTime.model_validate(notice.body)
            for notice in feed.notices
            if notice.kind is NoticeKind.EARLIER_TIME and person in (None, notice.person)
        ]

    async def answers(self, person: UUID, offer: EarlierTime, accept: bool, key: UUID | None = None) -> Meeting:
        call = AnswerEarlierTime(person=person, at=self.town.clock(), accept=accept)
        async with self.town.database.transaction() as session:
            return await earlier.answer(session, self.town.clock, key or uuid4(), offer.offer, call)

    async def is_true(self, person: UUID, offer: EarlierTime) -> bool:
        async with self.town.database.transaction() as session:
            return await earlier.is_open(session, offer.offer, person, self.town.clock())


@pytest.fixture
async def waiting(town: Town) -> Waiting:
    await town.has_caseworker(hours=MORNING)
    made = Waiting(town)
    await made.fills()
    return made


async def test_a_cancelled_time_is_offered_and_taken(waiting: Waiting) -> None:
    amal = await waiting.comes()
    await waiting.looks()
    assert await waiting.offers() == []
    await waiting.town.cancels(waiting.others[-1])
    for _ in range(2):
        await waiting.looks()
    (offer,) = await waiting.offers(amal)
    assert offer.time.start == sweden("2026-12-01 11:30")
    assert offer.meeting == waiting.late[amal]
    assert offer.answer_by == sweden("2026-12-01 10:30")
    assert await waiting.is_true(amal, offer)
    key = uuid4()
    moved = await waiting.answers(amal, offer, True, key)
    assert (moved.id, moved.start) == (waiting.late[amal].id, offer.time.start)
    assert await waiting.answers(amal, offer, True, key) == moved
    assert await waiting.answers(amal, offer, True) == moved
    with pytest.raises(KeyReused):
        await waiting.answers(amal, offer, False, key)
    assert not await waiting.is_true(amal, offer)
    assert await waiting.town.promised(amal) == [("kept", None)]
    await waiting.looks()
    assert len(await waiting.offers(amal)) == 1


async def test_the_first_to_answer_gets_it_and_the_others_keep_theirs(waiting: Waiting) -> None:
    people = [await waiting.comes() for _ in range(4)]
    await waiting.town.cancels(waiting.others[-1])
    await waiting.looks()
    asked = {person: await waiting.offers(person) for person in people}
    assert [len(asked[person]) for person in people] == [1, 1, 1, 0], "the three who waited longest"
    results = await at_once(*(waiting.answers(person, asked[person][0], True) for person in people[:3]))
    assert sorted(type(one).__name__ for one in results) == ["Meeting", "SlotTaken", "SlotTaken"]
    for person, result in zip(people[:3], results, strict=True):
        kept = await waiting.town.meeting(waiting.late[person].id)
        assert (kept.start == waiting.late[person].start) is isinstance(result, SlotTaken)
    await waiting.looks()
    for person in people[:3]:
        assert not await waiting.is_true(person, asked[person][0])


async def test_no_keeps_what_she_has_and_the_same_time_is_not_offered_again(waiting: Waiting) -> None:
    amal = await waiting.comes()
    await waiting.town.cancels(waiting.others[-1])
    await waiting.looks()
    (offer,) = await waiting.offers(amal)
    assert await waiting.answers(amal, offer, False) == waiting.late[amal]
    await waiting.looks()
    assert len(await waiting.offers(amal)) == 1
    # She changes her mind while it is free.
    assert (await waiting.answers(amal, offer, True)).start == offer.time.start


async def test_nobody_is_offered_more_than_three(waiting: Waiting) -> None:
    amal = await waiting.comes()
    for other in waiting.others[-5:]:
        await waiting.town.cancels(other)
        await waiting.looks()
        for offer in (await waiting.offers(amal))[-1:]:
            await waiting.answers(amal, offer, False)
    assert len(await waiting.offers(amal)) == earlier.MOST


async def test_nothing_is_offered_at_night_and_nothing_too_near(waiting: Waiting) -> None:
    amal = await waiting.comes()
    waiting.town.clock.now = sweden("2026-11-30 20:30")
    await waiting.town.cancels(waiting.others[-1])
    await waiting.looks()
    assert await waiting.offers(amal) == []
    waiting.town.clock.now = sweden("2026-12-01 08:00")
    await waiting.looks()
    (offer,) = await waiting.offers(amal)
    waiting.town.clock.now = sweden("2026-12-01 10:30")
    assert not await waiting.is_true(amal, offer)
    await waiting.looks()
    with pytest.raises(SlotTaken):
        await waiting.answers(amal, offer, True)


async def test_who_has_no_meeting_any_more_is_offered_none_and_moves_none(waiting: Waiting) -> None:
    amal = await waiting.comes()
    await waiting.town.cancels(waiting.others[-1])
    await waiting.looks()
    (offer,) = await waiting.offers(amal)
    await waiting.town.cancels(waiting.late[amal])
    with pytest.raises(TooLate):
        await waiting.answers(amal, offer, True)
    with pytest.raises(NotFound):
        await waiting.answers(uuid4(), offer, True)
    await waiting.looks()
    assert len(await waiting.offers(amal)) == 1


async def test_who_needs_an_interpreter_is_offered_a_time_with_one(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    await town.has_interpreter("Samira", "ar")
    waiting = Waiting(town)
    await waiting.fills()
    amal = await waiting.comes("ar")
    await town.cancels(waiting.others[-1])
    await waiting.looks()
    assert await waiting.offers(amal) == []  # half an hour is too short for two languages
    await town.cancels(waiting.others[-2])
    await waiting.looks()
    (offer,) = await waiting.offers(amal)
    moved = await waiting.answers(amal, offer, True)
    assert moved.interpreter_language == "ar"
    assert [state for _, state in await town.history(moved.id)] == ["withdrawn", "asked"]


async def test_staff_move_her_meanwhile_and_the_offer_is_over(waiting: Waiting) -> None:
    amal = await waiting.comes()
    await waiting.town.cancels(waiting.others[-1])
    await waiting.looks()
    (offer,) = await waiting.offers(amal)
    async with waiting.town.database.transaction() as session:
        await service.move_by_staff(session, waiting.town.clock, waiting.late[amal].id, slot_at("2026-12-01 11:30"))
    assert not await waiting.is_true(amal, offer)
