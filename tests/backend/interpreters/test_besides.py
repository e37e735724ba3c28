"""An interpreter for a call: asked from the same pools as for a meeting, withdrawn with it, and never at two places."""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from backend import tasks
from backend.bookings import absences, feeds
from backend.bookings.models import Participant
from backend.callbacks import service as callbacks
from backend.contract import BookCall, CallNotice, CallTime, NoticeKind
from backend.errors import SlotTaken
from backend.interpreters import besides, invoices, routine, service
from backend.interpreters.models import Interpreted
from backend.interpreters.ordering import Heard
from backend.interpreters.service import OrderLine
from backend.notices import service as notices
from tests.backend.interpreters.agencies import Ordering, Told, agency
from tests.backend.meetings import Town, slot_at, sweden
from tests.backend.stories import at_once

TEN = "2026-12-01 10:00"


async def chooses(town: Town, hour: str = TEN, language: str = "ar", person: UUID | None = None) -> CallTime:
    call = BookCall(
        person=person or uuid4(),
        thread=uuid4(),
        channel="sms",
        language="ar",
        slot=sweden(hour).isoformat(),
        at=town.clock(),
        interpreter_language=language,
    )
    async with town.database.transaction() as session:
        return await callbacks.book(session, town.clock, uuid4(), call)


async def rounds(town: Town) -> None:
    await routine.go_on(town.database, town.clock)


async def stand(town: Town) -> list[tuple[str, str, str]]:
    """Every open order: who, how and how it stands."""
    return [(line.interpreter, line.mode, line.state) for line in await town.orders()]


async def the_order(town: Town) -> OrderLine:
    (line,) = await town.orders()
    return line


async def test_ours_is_asked_for_the_whole_hour_and_has_it_in_her_calendar(town: Town) -> None:
    yasmin = await town.has("interpreter", "Yasmin", hours=((datetime.min.time(), datetime.max.time()),), speaks=["ar"])
    await chooses(town)
    await rounds(town)
    await rounds(town)
    line = await the_order(town)
    assert (line.what, line.interpreter, line.mode, line.state) == ("call", "Yasmin", "phone", "asked")
    assert (line.start, line.end) == (sweden(TEN), sweden("2026-12-01 11:00"))
    assert [reason for reason, _ in await town.alerts()] == ["call-time"]
    async with town.database.transaction() as session:
        assert await service.confirm(session, town.clock, line.id) is None
        assert [step.kind for step in (await service.steps(session, [line.meeting]))[line.meeting]] == [
            "asked",
            "confirmed",
        ]
        token = await feeds.open_feed(session, town.clock, yasmin, "Anna")
        calendar = await feeds.read(session, town.clock, token)
    assert "LOCATION:Telefon" in calendar
    assert "STATUS:TENTATIVE" not in calendar
    assert await town.told() == []  # she was told of the hour, and that there is an interpreter


async def test_her_hour_is_nobody_elses_and_is_free_when_another_is_chosen(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Yasmin", "ar")
    person = uuid4()
    await chooses(town, person=person)
    await rounds(town)
    with pytest.raises(SlotTaken):
        await town.books(slot_at("2026-12-01 10:30", 45), "ar")
    await chooses(town, "2026-12-01 13:00", person=person)
    await rounds(town)
    assert [(line.start, line.state) for line in await town.orders()] == [(sweden("2026-12-01 13:00"), "asked")]
    await town.books(slot_at("2026-12-01 10:30", 45), "ar")


async def test_who_cannot_or_is_silent_gives_way_to_an_agency_and_then_to_staff(town: Town) -> None:
    town.database.agencies = (agency(),)
    ordering = Ordering(town, {"orda": Told()})
    await town.has_interpreter("Yasmin", "ar", hours=((time(10), time(11)),))
    booked = await chooses(town)
    await rounds(town)
    town.clock.now = (await the_order(town)).answer_by
    await rounds(town)
    assert await stand(town) == [("Orda", "phone", "asked")]
    await ordering.sends()
    order = await the_order(town)
    assert await ordering.rows() == [("order", "sent")]
    town.database.agencies = ()
    town.database.municipality = town.database.municipality.model_copy(update={"calls": None})  # no hour to move to
    await ordering.hears(order.id, Heard("declined"))
    assert await stand(town) == []
    assert ("call-interpreter", booked.id) in await town.alerts()


async def test_where_nobody_else_comes_the_call_moves_to_an_hour_that_works_and_she_is_told(town: Town) -> None:
    town.database.agencies = (agency(),)
    ordering = Ordering(town, {"orda": Told()})
    booked = await chooses(town)
    await rounds(town)
    await ordering.sends()
    first = await the_order(town)
    await ordering.hears(first.id, Heard("declined"))
    line = await the_order(town)
    assert (line.meeting, line.start, line.state) == (first.meeting, sweden("2026-12-01 11:00"), "asked")
    async with town.database.transaction() as session:
        (notice,) = (await notices.feed(session, None, 0, 100)).notices
        call = CallNotice.model_validate(notice.body).call
        assert (notice.kind, call.id, call.start) == (NoticeKind.CALL_MOVED, booked.id, line.start)
        (task,) = [one for one in await tasks.queue(session) if one.reason == tasks.CALL_TIME]
        assert task.due_at == line.end
        assert await callbacks.is_still_told(session, notice.id, town.clock())
    # No at two times: it is not moved for ever, and staff find one.
    await ordering.sends()
    await ordering.hears(line.id, Heard("declined"))
    assert await stand(town) == []
    assert ("call-interpreter", booked.id) in await town.alerts()
    await chooses(town, "2026-12-02 10:00", person=notice.person)
    async with town.database.transaction() as session:
        assert not await callbacks.is_still_told(session, notice.id, town.clock())


async def test_where_nobody_can_be_asked_staff_find_one_and_are_told_when_the_call_is_not_made(town: Town) -> None:
    person = uuid4()
    booked = await chooses(town, person=person)
    assert ("call-interpreter", booked.id) not in await town.alerts()
    await rounds(town)
    async with town.database.transaction() as session:
        (task,) = [one for one in await tasks.queue(session) if one.reason == tasks.CALL_INTERPRETER]
        assert (task.about, task.due_at) == (booked.id, booked.start)
        await tasks.done(session, task.id, town.clock(), uuid4())
    await chooses(town, "2026-12-01 13:00", person=person)
    assert (tasks.CALL_WITHOUT, task.id) in await town.alerts()


@pytest.mark.parametrize(("hours", "fee_due"), [(4, False), (3, True)])
async def test_an_agency_that_said_yes_is_cancelled_with_the_call_and_late_it_costs(
    town: Town, hours: int, *, fee_due: bool
) -> None:
    town.database.agencies = (agency(),)
    ordering = Ordering(town, {"orda": Told()})
    person = uuid4()
    await chooses(town, person=person)
    await rounds(town)
    await ordering.sends()
    await ordering.hears((await the_order(town)).id, Heard("confirmed", "A-7"))
    town.clock.now = sweden(TEN) - timedelta(hours=hours)
    await chooses(town, "2026-12-02 10:00", person=person)
    await ordering.sends()
    assert ("cancel", "sent") in await ordering.rows()
    async with town.database.transaction() as session:
        listed = await invoices.of_month(session, date(2026, 12, 1))
    assert [(one.minutes, one.mode, one.cancelled_late) for one in listed] == ([(60, "phone", True)] if fee_due else [])


async def test_an_interpreter_who_becomes_absent_is_replaced(town: Town) -> None:
    yasmin = await town.has_interpreter("Yasmin", "ar")
    await chooses(town)
    await rounds(town)
    await town.has_interpreter("Zeinab", "ar")
    async with town.database.transaction() as session:
        await service.confirm(session, town.clock, (await service.open_orders(session, town.clock()))[0].id)
        await absences.add(session, town.clock, yasmin, sweden("2026-12-01 08:00"), sweden("2026-12-01 17:00"))
    await rounds(town)
    assert await stand(town) == [("Zeinab", "phone", "asked")]


async def test_the_database_lets_nobody_interpret_at_two_places(town: Town) -> None:
    await town.has_caseworker()
    yasmin = await town.has_interpreter("Yasmin", "ar")
    await town.books(slot_at(TEN, 45), "ar")
    await chooses(town)
    async with town.database.transaction() as session:
        wanted = (await session.exec(select(Interpreted))).one()
        session.add(
            Participant(
                interpreted=wanted.id,
                resource=yasmin,
                starts_at=sweden("2026-12-01 10:30"),
                ends_at=sweden("2026-12-01 11:00"),
            )
        )
        with pytest.raises(IntegrityError, match="ex_meeting_participants"):
            await session.flush()
        await session.rollback()


async def test_calls_and_meetings_at_once_share_the_interpreters_without_a_deadlock(town: Town) -> None:
    for name in ("Maria", "Johan"):
        await town.has_caseworker(name)
    for name in ("Yasmin", "Zeinab"):
        await town.has_interpreter(name, "ar")
    for hour in (TEN, "2026-12-01 11:00"):
        for _ in range(3):
            await chooses(town, hour)
    async with town.database.transaction() as session:
        wanted = await besides.waiting(session)
    slots = [slot_at(f"2026-12-01 {hour}", 45) for hour in ("10:00", "10:15", "10:45", "11:00", "11:15")]

    async def looks_for(one: UUID) -> None:
        async with town.database.transaction() as session:
            await besides.look_for(session, town.clock, one)

    results = await at_once(
        *(looks_for(one) for one in wanted for _ in range(2)), *(town.books(slot, "ar") for slot in slots)
    )
    assert {type(result).__name__ for result in results} <= {"NoneType", "Meeting", "SlotTaken"}
    taken = [(line.interpreter, line.start, line.end) for line in await town.orders()]
    assert taken
    for name, start, end in taken:
        assert sum(one == name and begins < end and start < ends for one, begins, ends in taken) == 1
    by_hand = [reason for reason, _ in await town.alerts() if reason == "call-interpreter"]
    calls = [line for line in await town.orders() if line.what == "call"]
    assert len(calls) + len(by_hand) == len(wanted)
