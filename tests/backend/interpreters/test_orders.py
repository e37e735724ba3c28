"""The interpreter desk: confirmed and told, declined and passed on, moved when nobody speaks the language then."""

from datetime import date, datetime, time
from uuid import UUID, uuid4

import pytest

from backend.bookings import lists
from backend.contract import MeetingStatus, NoticeKind
from backend.errors import NotFound, SlotTaken
from backend.interpreters.service import OrderClosed, OrderLine
from tests.backend.meetings import Town, slot_at, sweden
from tests.backend.stories import at_once

HALF_PAST_NINE = slot_at("2026-12-01 09:30", 45)


async def the_order(town: Town, meeting: UUID) -> OrderLine:
    (order,) = [order for order in await town.orders() if order.meeting == meeting]
    return order


async def test_a_confirmed_interpreter_settles_the_meeting_and_the_person_is_told(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    meeting = await town.books(HALF_PAST_NINE, "ar")
    order = await the_order(town, meeting.id)
    town.clock.advance(minutes=40)
    confirmed = await town.confirms(order.id)
    assert confirmed.status == MeetingStatus.BOOKED
    assert await town.told() == [(NoticeKind.INTERPRETER_CONFIRMED, confirmed)]
    (line,) = await town.orders()
    assert (line.state, line.answered_at) == ("confirmed", town.clock())


async def test_confirming_twice_tells_once(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    order = await the_order(town, (await town.books(HALF_PAST_NINE, "ar")).id)
    confirmed = await town.confirms(order.id)
    assert await town.confirms(order.id) == confirmed
    assert len(await town.told()) == 1


async def test_a_declined_order_goes_to_the_next_interpreter_free_then(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Nadia", "ar", hours=((time(13), time(16, 30)),))
    await town.has_interpreter("Samira", "ar")
    await town.has_interpreter("Selam", "ti")
    await town.has_interpreter("Yousef", "ar")
    meeting = await town.books(HALF_PAST_NINE, "ar")
    declined = await town.declines((await the_order(town, meeting.id)).id)
    assert (declined.outcome, declined.meeting.status) == ("asked-another", MeetingStatus.PRELIMINARY)
    assert declined.meeting.start == meeting.start
    assert await town.history(meeting.id) == [("Samira", "declined"), ("Yousef", "asked")]
    # Nothing has changed for the person: she was promised word when the interpreter is ready.
    assert (await town.told(), await town.alerts()) == ([], [])
    await town.confirms((await the_order(town, meeting.id)).id)
    assert [kind for kind, _ in await town.told()] == [NoticeKind.INTERPRETER_CONFIRMED]


async def test_who_cannot_is_asked_for_nothing_else_at_that_time(town: Town) -> None:
    for name in ("Ann", "Maria"):
        await town.has_caseworker(name)
    await town.has_interpreter("Samira", "ar")
    meeting = await town.books(HALF_PAST_NINE, "ar")
    await town.declines((await the_order(town, meeting.id)).id)
    with pytest.raises(SlotTaken):
        await town.books(HALF_PAST_NINE, "ar")
    with pytest.raises(SlotTaken):
        await town.books(slot_at("2026-12-01 09:00", 45), "ar")
    assert (await town.books(slot_at("2026-12-01 08:45", 45), "ar")).mode == "phone"


async def test_nobody_else_speaks_the_language_so_the_meeting_is_moved_and_told(town: Town) -> None:
    await town.has_caseworker(hours=((time(8), time(12)), (time(13), time(16, 30))))
    await town.has_interpreter("Selam", "ti", works_by=("phone",))
    meeting = await town.books(HALF_PAST_NINE, "ti")
    declined = await town.declines((await the_order(town, meeting.id)).id)
    assert declined.outcome == "moved"
    moved = declined.meeting
    assert (moved.id, moved.status, moved.start) == (
        meeting.id,
        MeetingStatus.PRELIMINARY,
        sweden("2026-12-01 10:15"),
    )
    assert await town.told() == [(NoticeKind.MEETING_MOVED, moved)]
    assert await town.alerts() == [("meeting-moved", meeting.id)]
    assert await town.history(meeting.id) == [("Selam", "declined"), ("Selam", "asked")]
    assert await town.meeting(meeting.id) == moved


async def test_it_is_moved_by_a_quarter_when_somebody_else_can_then(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    await town.has_interpreter("Yousef", "ar", hours=((time(9, 45), time(12)),))
    meeting = await town.books(HALF_PAST_NINE, "ar")
    declined = await town.declines((await the_order(town, meeting.id)).id)
    assert (declined.outcome, declined.meeting.start) == ("moved", sweden("2026-12-01 09:45"))
    assert await town.history(meeting.id) == [("Samira", "declined"), ("Yousef", "asked")]


async def test_it_is_moved_to_another_day_when_the_interpreter_is_not_there_again_the_same_day(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Selam", "ti", hours=((time(9, 30), time(10, 15)),), works_by=("phone",))
    meeting = await town.books(HALF_PAST_NINE, "ti")
    declined = await town.declines((await the_order(town, meeting.id)).id)
    assert (declined.outcome, declined.meeting.start) == ("moved", sweden("2026-12-02 09:30"))


async def test_nobody_at_all_leaves_the_meeting_preliminary_with_a_task_for_staff(town: Town) -> None:
    await town.has_caseworker(hours=((time(9, 30), time(10, 15)),))
    await town.has_interpreter("Selam", "ti")
    # Her first free time is tomorrow; every other time of hers within three weeks is taken.
    meeting = await town.books(HALF_PAST_NINE, "ti")
    while (offered := await town.offers("ti", limit=1)).times:
        await town.books(offered.times[0].slot, "ti")
    alerts_before = await town.alerts()
    declined = await town.declines((await the_order(town, meeting.id)).id)
    assert (declined.outcome, declined.meeting.status) == ("nobody", MeetingStatus.PRELIMINARY)
    assert set(await town.alerts()) - set(alerts_before) == {("interpreter-missing", meeting.id)}
    assert await town.told() == []
    async with town.database.transaction() as session:
        (planned,) = await lists.of_day(session, date(2026, 12, 1))
    assert (planned.interpreter, planned.line, planned.place) == (None, "", "Rum Maria")
    # She gets another time after all, from staff or by herself: the task is done.
    await town.cancels(meeting)
    assert ("interpreter-missing", meeting.id) not in await town.alerts()


async def test_an_interpreter_who_falls_ill_after_confirming_is_replaced(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    meeting = await town.books(HALF_PAST_NINE, "ar")
    order = await the_order(town, meeting.id)
    await town.confirms(order.id)
    await town.has_interpreter("Yousef", "ar")
    declined = await town.declines(order.id)
    assert (declined.outcome, declined.meeting.status) == ("asked-another", MeetingStatus.PRELIMINARY)
    assert await town.history(meeting.id) == [("Samira", "declined"), ("Yousef", "asked")]


async def test_an_answered_or_withdrawn_order_is_closed(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    await town.has_interpreter("Yousef", "ar")
    meeting = await town.books(HALF_PAST_NINE, "ar")
    first = await the_order(town, meeting.id)
    await town.declines(first.id)
    for answer in (town.confirms, town.declines):
        with pytest.raises(OrderClosed):
            await answer(first.id)
    second = await the_order(town, meeting.id)
    await town.cancels(meeting)
    for answer in (town.confirms, town.declines):
        with pytest.raises(OrderClosed):
            await answer(second.id)
        with pytest.raises(NotFound):
            await answer(uuid4())
    assert await town.told() == []


async def test_confirmed_and_declined_at_once_is_one_or_the_other_in_order(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    await town.has_interpreter("Yousef", "ar")
    meeting = await town.books(HALF_PAST_NINE, "ar")
    order = await the_order(town, meeting.id)
    await at_once(town.confirms(order.id), town.declines(order.id), town.confirms(order.id), town.declines(order.id))
    # Whatever came first, the last word is that she declined, and somebody else is asked.
    assert await town.history(meeting.id) == [("Samira", "declined"), ("Yousef", "asked")]
    assert (await town.meeting(meeting.id)).status == MeetingStatus.PRELIMINARY


async def test_the_desk_sees_first_what_must_be_answered_first(town: Town) -> None:
    for name in ("Ann", "Maria"):
        await town.has_caseworker(name)
    for name, language in (("Samira", "ar"), ("Selam", "ti"), ("Hodan", "so")):
        await town.has_interpreter(name, language)
    arabic = await town.books(slot_at("2026-12-01 13:00", 45), "ar")
    await town.confirms((await the_order(town, arabic.id)).id)
    tigrinya = await town.books(slot_at("2026-12-01 14:00", 45), "ti")
    town.clock.advance(minutes=-30)
    await town.books(slot_at("2026-12-01 15:00", 45), "so")
    orders = await town.orders()
    assert [(order.interpreter, order.state) for order in orders] == [
        ("Hodan", "asked"),
        ("Selam", "asked"),
        ("Samira", "confirmed"),
    ]
    assert orders[1].person == tigrinya.person
    town.clock.now = sweden("2026-12-01 14:45")
    assert [order.interpreter for order in await town.orders()] == ["Hodan"]


@pytest.mark.parametrize(
    ("day", "mode", "works_by"),
    [
        pytest.param("2026-12-01", "phone", ("phone", "video", "on-site"), id="tomorrow by phone"),
        pytest.param("2026-12-01", "video", ("video", "on-site"), id="tomorrow by video"),
        pytest.param("2026-12-02", "on-site", ("phone", "video", "on-site"), id="later on site"),
        pytest.param("2026-12-02", "phone", ("phone",), id="later by phone, where she does not travel"),
    ],
)
async def test_the_way_follows_from_the_time_left(town: Town, day: str, mode: str, works_by: tuple[str, ...]) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar", works_by=works_by)  # type: ignore[arg-type]  # parametrized text
    meeting = await town.books(slot_at(f"{day} 09:30", 45), "ar")
    assert meeting.mode == mode
    async with town.database.transaction() as session:
        (planned,) = await lists.of_day(session, datetime.fromisoformat(day).date())
    assert planned.line == {"phone": "Telefon Samira", "video": "Video Samira", "on-site": ""}[mode]


async def test_an_interpreter_who_only_comes_on_site_is_not_offered_tomorrow(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Abdi", "so", works_by=("on-site",))
    offered = await town.offers("so", limit=1)
    assert offered.times[0].start == sweden("2026-12-02 08:00")
    assert not offered.within_promise
