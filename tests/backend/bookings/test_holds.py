"""What is offered is held while somebody chooses; it takes nobody's time, and starves nobody."""

from datetime import time
from uuid import uuid4

from sqlmodel import select

from backend.bookings.holds import Hold
from backend.contract import FreeTimes, Meeting
from tests.backend.meetings import Town, clocks
from tests.backend.stories import at_once

MORNING = ((time(8), time(12)),)


async def held(town: Town) -> list[Hold]:
    async with town.database.transaction() as session:
        return list((await session.exec(select(Hold))).all())


async def test_what_one_holds_is_not_offered_to_another(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    first = clocks(await town.offers(channel="sms"))
    second = clocks(await town.offers(channel="sms"))
    assert len(first) == len(second) == 3
    assert not set(first) & set(second)
    # Who only looks, as staff do, holds nothing and sees everything.
    assert clocks(await town.offers()) == first
    assert len(await held(town)) == 2


async def test_the_same_question_again_gets_the_same_times_while_they_are_held(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    amal = uuid4()
    first = await town.offers(channel="web", person=amal)
    await town.offers(channel="web")
    town.clock.advance(minutes=9)
    assert await town.offers(channel="web", person=amal) == first
    assert len(await held(town)) == 2
    town.clock.advance(minutes=2)
    await town.offers(channel="web")
    assert len(await held(town)) == 1, "what is over goes"


async def test_a_text_is_read_later_than_a_page(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    by_text = clocks(await town.offers(channel="sms"))
    on_page = clocks(await town.offers(channel="web"))
    town.clock.advance(minutes=30)
    later = set(clocks(await town.offers(channel="web", limit=12)))
    assert not later & set(by_text)
    assert later >= set(on_page)


async def test_another_question_gets_other_times_instead(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    amal = uuid4()
    first = await town.offers(channel="sms", person=amal)
    day = first.times[0].start.date()
    another = await town.offers(channel="sms", person=amal, not_before=day.replace(day=3, month=12))
    assert clocks(another)[0].startswith("2026-12-03")
    assert len(await held(town)) == 1
    assert clocks(await town.offers(channel="sms")) == clocks(first)


async def test_a_booking_gives_the_others_back(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    amal = uuid4()
    offered = await town.offers(channel="sms", person=amal)
    await town.books(offered.times[0].slot, person=amal)
    assert await held(town) == []
    assert set(clocks(offered)[1:]) <= set(clocks(await town.offers(channel="sms", limit=12)))


async def test_what_was_taken_meanwhile_is_asked_again_with_fresh_times(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    amal = uuid4()
    first = await town.offers(channel="sms", person=amal)
    await town.books(first.times[0].slot)  # a hold takes nobody's time
    again = await town.offers(channel="sms", person=amal)
    assert first.times[0] not in again.times
    assert len(again.times) == 3


async def test_two_who_ask_in_the_same_moment_are_offered_different_times(town: Town) -> None:
    await town.has_caseworker(hours=MORNING)
    one, other = await at_once(town.offers(channel="sms"), town.offers(channel="sms"))
    assert not set(clocks(one)) & set(clocks(other))


async def test_thirty_on_a_monday_morning_are_all_offered_times_within_the_promise(town: Town) -> None:
    for name in ("Ann", "Erik", "Maria"):
        await town.has_caseworker(name, hours=MORNING)
    for name in ("Samira", "Yousef"):
        await town.has_interpreter(name, "ar")
    people = [uuid4() for _ in range(30)]
    offers = await at_once(
        *(
            town.offers("ar" if n % 2 else None, channel="sms" if n % 3 else "web", person=person)
            for n, person in enumerate(people)
        )
    )
    assert all(isinstance(one, FreeTimes) and one.within_promise and one.times for one in offers)
    # Everybody answers, and asks again when somebody was faster, until no time is left within the promise.
    booked, waiting = 0, list(zip(people, offers, strict=True))
    while waiting:
        results = await at_once(
            *(town.books(offer.times[-1].slot, _language(people.index(who)), person=who) for who, offer in waiting)
        )
        booked += sum(isinstance(one, Meeting) for one in results)
        again = [who for (who, _), one in zip(waiting, results, strict=True) if not isinstance(one, Meeting)]
        offers = [await town.offers(_language(people.index(who)), channel="sms", person=who) for who in again]
        waiting = [(who, offer) for who, offer in zip(again, offers, strict=True) if offer.within_promise]
    # Four hours of three caseworkers tomorrow, and what is left of today.
    assert booked >= 20


def _language(number: int) -> str | None:
    return "ar" if number % 2 else None


async def test_holds_of_another_language_take_no_interpreter(town: Town) -> None:
    for name in ("Ann", "Erik"):
        await town.has_caseworker(name, hours=MORNING)
    await town.has_interpreter("Selam", "ti", works_by=("phone",))
    await town.offers(None, channel="sms", limit=12)
    offered = await town.offers("ti", channel="sms", limit=12)
    assert offered.within_promise
    assert (await town.books(offered.times[0].slot, "ti")).interpreter_language == "ti"
