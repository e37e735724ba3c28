"""Who is asked first: interpreters of ours with their calendars, then agencies; and what was wished goes along."""

from datetime import date, time
from uuid import uuid4

import pytest
from sqlmodel import col, select

from backend.bookings import lists, service
from backend.contract import BookMeeting, InterpreterWishes, Meeting, MeetingStatus, NoticeKind
from backend.errors import NotFound
from backend.idempotency import request_hash
from backend.interpreters.models import InterpreterOrder, Sending
from tests.backend.interpreters.agencies import agency
from tests.backend.meetings import Town, clocks, slot_at, sweden

HALF_PAST_NINE = slot_at("2026-12-01 09:30", 45)


async def order_row(town: Town, meeting: Meeting) -> InterpreterOrder:
    async with town.database.transaction() as session:
        of_it = select(InterpreterOrder).where(InterpreterOrder.meeting == meeting.id)
        return (await session.exec(of_it.order_by(col(InterpreterOrder.step).desc()).limit(1))).one()


async def sendings(town: Town) -> list[tuple[str, str]]:
    async with town.database.transaction() as session:
        rows = await session.exec(select(Sending).order_by(col(Sending.made_at)))
        return [(row.kind, row.state) for row in rows.all()]


async def books(town: Town, slot: str, wishes: InterpreterWishes, **more: object) -> Meeting:
    call = BookMeeting.model_validate(
        {"person": uuid4(), "at": town.clock(), "interpreter_language": "ar", "slot": slot, **more}
        | {"interpreter_wishes": wishes}
    )
    async with town.database.transaction() as session:
        return await service.book(session, town.clock, uuid4(), call)


async def test_ours_are_asked_before_an_agency(town: Town) -> None:
    town.database.agencies = (agency(),)
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    meeting = await town.books(HALF_PAST_NINE, "ar")
    assert await town.history(meeting.id) == [("Samira", "asked")]
    assert await sendings(town) == []


async def test_nobody_of_ours_is_free_so_an_agency_may_be_asked_and_the_meeting_is_preliminary(town: Town) -> None:
    await town.has_caseworker()
    await town.has("line", "Telefon 1", mode="phone")
    assert (await town.offers("ti")).times == ()
    town.database.agencies = (agency(),)
    offered = await town.offers("ti")
    assert offered.within_promise
    assert {day for day, _ in map(str.split, clocks(offered))} == {"2026-12-01"}
    meeting = await town.books(HALF_PAST_NINE, "ti")
    assert (meeting.status, meeting.mode) == (MeetingStatus.PRELIMINARY, "phone")
    assert await town.history(meeting.id) == [("Orda", "asked")]
    order = await order_row(town, meeting)
    assert (order.agency, order.interpreter, order.kronor, order.price_verified) == ("orda", None, 400, False)
    assert order.answer_by == sweden("2026-11-30 10:58")
    assert await sendings(town) == [("order", "pending")]
    async with town.database.transaction() as session:
        (planned,) = await lists.of_day(session, date(2026, 12, 1))
    assert (planned.interpreter, planned.line, planned.answer_by) == ("Orda", "Telefon 1", order.answer_by)


async def test_an_agency_can_be_asked_for_two_meetings_at_once(town: Town) -> None:
    town.database.agencies = (agency(),)
    for name in ("Ann", "Maria"):
        await town.has_caseworker(name)
        await town.has("line", f"Telefon {name}", mode="phone")
    first, second = await town.books(HALF_PAST_NINE, "ti"), await town.books(HALF_PAST_NINE, "ti")
    assert await town.history(first.id) == await town.history(second.id) == [("Orda", "asked")]


async def test_an_agency_by_telephone_needs_a_line(town: Town) -> None:
    town.database.agencies = (agency(modes=("phone",)),)
    await town.has_caseworker()
    assert (await town.offers("ti")).times == ()


async def test_a_yes_from_an_agency_books_the_meeting_and_tells_the_person(town: Town) -> None:
    town.database.agencies = (agency(),)
    await town.has_caseworker()
    await town.has("line", "Telefon 1", mode="phone")
    meeting = await town.books(HALF_PAST_NINE, "ti")
    confirmed = await town.confirms((await town.orders())[0].id)
    assert confirmed.status == MeetingStatus.BOOKED
    assert await town.told() == [(NoticeKind.INTERPRETER_CONFIRMED, confirmed)]
    assert confirmed.id == meeting.id


async def test_when_all_of_ours_have_said_no_the_agencies_are_asked_in_order(town: Town) -> None:
    town.database.agencies = (agency("orda"), agency("tala"))
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    meeting = await town.books(HALF_PAST_NINE, "ar")
    for _ in range(2):
        declined = await town.declines((await town.orders())[0].id)
        assert (declined.outcome, declined.meeting.status) == ("asked-another", MeetingStatus.PRELIMINARY)
    assert await town.history(meeting.id) == [("Samira", "declined"), ("Orda", "declined"), ("Tala", "asked")]
    assert (await town.told(), await town.alerts()) == ([], [])


async def test_all_agencies_on_site_then_by_telephone_then_the_meeting_moves(town: Town) -> None:
    town.database.agencies = (agency("orda"), agency("tala", modes=("on-site",)))
    await town.has_caseworker(hours=((time(9, 30), time(11)),))
    await town.has("line", "Telefon 1", mode="phone")
    meeting = await town.books(slot_at("2026-12-02 09:30", 45), "ti")
    ways, declined = [], None
    for _ in range(3):
        ways.append((await order_row(town, meeting)).mode)
        declined = await town.declines((await town.orders())[0].id)
    assert declined
    assert ways == ["on-site", "on-site", "phone"]
    assert (declined.outcome, declined.meeting.start) == ("moved", sweden("2026-12-02 10:15"))


async def test_a_meeting_is_not_moved_for_ever_for_an_agency_that_always_says_no(town: Town) -> None:
    town.database.agencies = (agency(modes=("on-site",)),)
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-02 09:30", 45), "ti")
    assert (await town.declines((await town.orders())[0].id)).outcome == "moved"
    assert (await town.declines((await town.orders())[0].id)).outcome == "nobody"
    assert ("interpreter-missing", meeting.id) in await town.alerts()


async def test_a_no_after_a_yes_begins_again_and_staff_are_told(town: Town) -> None:
    town.database.agencies = (agency("orda"), agency("tala"))
    await town.has_caseworker()
    await town.has("line", "Telefon 1", mode="phone")
    meeting = await town.books(HALF_PAST_NINE, "ti")
    order = (await town.orders())[0]
    await town.confirms(order.id)
    declined = await town.declines(order.id)
    assert (declined.outcome, declined.meeting.status) == ("asked-another", MeetingStatus.PRELIMINARY)
    assert await town.history(meeting.id) == [("Orda", "declined"), ("Tala", "asked")]
    assert await town.alerts() == [("interpreter-gave-back", meeting.id)]


async def test_what_she_wished_stands_on_every_order_also_when_the_meeting_is_moved(town: Town) -> None:
    town.database.agencies = (agency("orda"), agency("tala"))
    await town.has_caseworker()
    await town.has("line", "Telefon 1", mode="phone")
    person = uuid4()
    wishes = InterpreterWishes(dialect="benaadiri", gender="woman")
    meeting = await books(town, HALF_PAST_NINE, wishes, person=person)
    await town.declines((await town.orders())[0].id)
    order = await order_row(town, meeting)
    assert (order.agency, order.dialect, order.gender) == ("tala", "benaadiri", "woman")
    moved = await town.books(slot_at("2026-12-01 13:00", 45), "ar", person=person, replaces=meeting.id)
    order = await order_row(town, moved)
    assert (order.dialect, order.gender) == ("benaadiri", "woman")


async def test_the_interpreter_of_an_earlier_meeting_is_not_asked_where_she_is_not_wanted(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    person = uuid4()
    first = await town.books(HALF_PAST_NINE, "ar", person=person)
    await town.confirms((await town.orders())[0].id)
    await town.has_interpreter("Yousef", "ar")
    unwanted = InterpreterWishes(not_from=first.id)
    second = await books(town, slot_at("2026-12-01 13:00", 45), unwanted, person=person)
    assert await town.history(second.id) == [("Yousef", "asked")]
    # Nor when Yousef cannot: it is moved, and Samira is still not asked.
    await town.declines((await order_row(town, second)).id)
    assert [name for name, _ in await town.history(second.id)] == ["Yousef", "Yousef"]


async def test_an_agency_is_told_by_its_own_order_who_is_not_wanted(town: Town) -> None:
    town.database.agencies = (agency(),)
    await town.has_caseworker()
    await town.has("line", "Telefon 1", mode="phone")
    person = uuid4()
    first = await town.books(HALF_PAST_NINE, "ar", person=person)
    before = await order_row(town, first)
    await town.confirms(before.id)
    unwanted = InterpreterWishes(not_from=first.id)
    second = await books(town, slot_at("2026-12-01 13:00", 45), unwanted, person=person)
    assert (await order_row(town, second)).not_as == before.number


async def test_a_wish_cannot_name_somebody_elses_meeting(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    hers = await town.books(HALF_PAST_NINE, "ar")
    with pytest.raises(NotFound):
        await books(town, slot_at("2026-12-01 13:00", 45), InterpreterWishes(not_from=hers.id))


async def test_a_request_sent_before_there_were_wishes_is_the_same_request(town: Town) -> None:
    given = {"person": uuid4(), "slot": HALF_PAST_NINE, "at": town.clock(), "interpreter_language": "ar"}
    call = BookMeeting.model_validate(given)
    assert "wishes" not in call.model_dump_json()
    async with town.database.transaction() as session:
        wished = call.model_copy(update={"interpreter_wishes": InterpreterWishes(gender="woman")})
        assert request_hash(session, call) != request_hash(session, wished)
