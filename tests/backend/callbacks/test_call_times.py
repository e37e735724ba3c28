"""Calls at an hour she chose: hours within the opening hours, places counted, one task for whoever rings."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlmodel import col, select, update

from backend import promises, tasks
from backend.calendar import SWEDEN
from backend.callbacks.models import CallHour
from backend.contract import (
    BookCall,
    CallTime,
    CallTimesQuery,
    CancelCall,
    CancelledCall,
    FreeTimes,
    Status,
    StatusQuery,
)
from backend.handover import desk
from backend.interpreters import routine
from backend.interpreters.models import Interpreter
from backend.tasks import Task
from tests.backend.stories import MARIA, MONDAY, Applicant, Backend, at_once


def swedish(day: int, hour: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SWEDEN)


async def free(backend: Backend, kim: Applicant, **asked: Any) -> list[str]:
    query = CallTimesQuery(person=kim.person, at=MONDAY, **asked)
    answer = await backend.trelleborg.post("call-times", query)
    assert answer.status_code == 200, answer.text
    times = FreeTimes.model_validate(answer.json()).times
    assert all(one.end - one.start == timedelta(hours=1) for one in times)
    return [f"{one.start.astimezone(SWEDEN):%d %H}" for one in times]


async def chooses(
    backend: Backend, kim: Applicant, start: datetime, *, key: UUID | None = None, **asked: Any
) -> httpx2.Response:
    call = BookCall(
        person=kim.person,
        thread=kim.thread,
        channel="sms",
        language=kim.language,
        slot=start.isoformat(),
        at=MONDAY,
        **asked,
    )
    return await backend.trelleborg.put(f"call-times/{key or uuid4()}", call)


async def rings(backend: Backend) -> list[tuple[str, str, datetime | None]]:
    """What there is to do for calls: kind, reason, due."""
    async with backend.database().transaction() as session:
        found = await session.exec(select(Task).where(col(Task.done_at).is_(None)))
        return sorted((one.kind, one.reason, one.due_at) for one in found.all() if one.reason in tasks.OF_A_CALL)


async def nobody_can_be_asked(backend: Backend) -> None:
    """No interpreter of ours speaks anything, and there is no agency."""
    town = backend.database()
    town.agencies = ()
    async with town.transaction() as session:
        await session.exec(update(Interpreter).values(languages=[]))


async def test_hours_lie_within_the_opening_hours_and_an_interpreter_takes_longer_to_find(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help()
    backend.clock.now = swedish(30, 8, month=11)
    assert await free(backend, kim) == ["30 09", "30 10", "30 11"]
    assert await free(backend, kim, interpreter_language="so") == ["30 10", "30 11", "30 12"]
    backend.clock.now = swedish(3, 15)  # Thursday: open until half past four; on Fridays until noon
    assert await free(backend, kim, limit=6) == ["04 08", "04 09", "04 10", "04 11", "07 08", "07 09"]
    assert await free(backend, kim, not_before=date(2026, 12, 24)) == ["28 08", "28 09", "28 10"]
    assert len(await free(backend, kim, not_before=date.max)) == 3


async def test_it_is_one_call_to_make_in_that_hour_with_an_interpreter_to_find(backend: Backend) -> None:
    kim, key = await backend.trelleborg.asks_for_help(), uuid4()
    backend.clock.now = swedish(30, 8, month=11)
    first, again = [await chooses(backend, kim, swedish(1, 10), key=key, interpreter_language="ar") for _ in range(2)]
    assert (first.status_code, again.json()) == (200, first.json())
    booked = CallTime.model_validate(first.json())
    assert (booked.start, booked.interpreter_language) == (swedish(1, 10), "ar")
    assert await rings(backend) == [("ring", "call-time", swedish(1, 11))]
    await nobody_can_be_asked(backend)
    await routine.go_on(backend.database(), backend.clock)
    assert await rings(backend) == [
        ("ring", "call-time", swedish(1, 11)),
        ("time", "call-interpreter", swedish(1, 10)),
    ]
    async with backend.database().transaction() as session:
        (promise,) = (await session.exec(select(promises.Promise).where(promises.Promise.what == "call"))).all()
        assert (promise.due_at, promise.about) == (swedish(1, 11), booked.id)


async def test_who_chooses_again_has_the_later_hour_alone(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help()
    backend.clock.now = swedish(30, 8, month=11)
    await chooses(backend, kim, swedish(1, 10), interpreter_language="ar")
    assert "01 10" not in await free(backend, kim, not_before=date(2026, 12, 1))
    assert (await chooses(backend, kim, swedish(1, 9))).status_code == 200
    assert await rings(backend) == [("ring", "call-time", swedish(1, 10))]
    async with backend.database().transaction() as session:
        hours = (await session.exec(select(CallHour))).all()
        assert {one.starts_at.astimezone(SWEDEN).hour: one.taken for one in hours} == {9: 1, 10: 0}
        found = (await session.exec(select(promises.Promise).where(promises.Promise.what == "call"))).all()
        assert [one.due_at for one in found if one.is_open()] == [swedish(1, 10)]


async def takes_back(backend: Backend, kim: Applicant, key: UUID | None = None) -> CancelledCall:
    call = CancelCall(person=kim.person, at=backend.clock())
    answer = await backend.trelleborg.put(f"call-times/cancellations/{key or uuid4()}", call)
    assert answer.status_code == 200, answer.text
    return CancelledCall.model_validate(answer.json())


async def test_who_takes_it_back_is_not_rung_and_the_hour_is_for_others(backend: Backend) -> None:
    kim, key = await backend.trelleborg.asks_for_help(), uuid4()
    backend.clock.now = swedish(30, 8, month=11)
    booked = CallTime.model_validate((await chooses(backend, kim, swedish(1, 10), interpreter_language="ar")).json())
    await routine.go_on(backend.database(), backend.clock)
    query = StatusQuery(person=kim.person, at=backend.clock())
    assert Status.model_validate((await backend.trelleborg.post("status", query)).json()).call == booked
    assert [(await takes_back(backend, kim, key)).call for _ in range(2)] == [booked, booked]
    assert (await takes_back(backend, kim)).call is None
    assert await rings(backend) == []
    assert Status.model_validate((await backend.trelleborg.post("status", query)).json()).call is None
    async with backend.database().transaction() as session:
        assert [one.taken for one in (await session.exec(select(CallHour))).all()] == [0]
        (promise,) = (await session.exec(select(promises.Promise).where(promises.Promise.what == "call"))).all()
        assert promise.withdrawn_at is not None


async def test_in_its_hour_it_is_taken_back_while_nobody_has_rung(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help()
    backend.clock.now = swedish(30, 8, month=11)
    await chooses(backend, kim, swedish(1, 10))
    backend.clock.now = swedish(1, 10) + timedelta(minutes=20)
    assert (await takes_back(backend, kim)).call is not None
    assert await rings(backend) == []
    async with backend.database().transaction() as session:
        assert [one.taken for one in (await session.exec(select(CallHour))).all()] == [1]


async def test_no_hour_has_more_calls_than_can_be_made_in_it(backend: Backend) -> None:
    people = [await backend.trelleborg.asks_for_help() for _ in range(5)]
    backend.clock.now = swedish(30, 8, month=11)
    answers = await at_once(*(chooses(backend, kim, swedish(1, 10)) for kim in people))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 409, 409]
    assert "01 10" not in await free(backend, people[0], not_before=date(2026, 12, 1))
    assert len(await rings(backend)) == 3


@pytest.mark.parametrize(
    ("slot", "status", "code"),
    [
        (swedish(30, 8, month=11).isoformat(), 409, "too-late"),
        (swedish(4, 12).isoformat(), 409, "slot-taken"),  # Friday afternoon
        (swedish(6, 10).isoformat(), 409, "slot-taken"),  # Sunday
        ("tomorrow", 422, "invalid"),
        ("9999-12-31T23:00:00+00:00", 422, "invalid"),
    ],
)
async def test_what_is_no_hour_of_ours_is_refused(backend: Backend, slot: str, status: int, code: str) -> None:
    kim = await backend.trelleborg.asks_for_help()
    backend.clock.now = swedish(30, 9, month=11)
    call = BookCall(person=kim.person, thread=kim.thread, channel="sms", language="ar", slot=slot, at=MONDAY)
    answer = await backend.trelleborg.put(f"call-times/{uuid4()}", call)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await rings(backend) == []


async def test_what_was_offered_is_still_hers_when_she_answers_a_while_later(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help()
    backend.clock.now = swedish(30, 8, month=11)
    assert (await free(backend, kim, interpreter_language="so"))[0] == "30 10"
    backend.clock.advance(minutes=50)
    answer = await chooses(backend, kim, swedish(30, 10, month=11), interpreter_language="so")
    assert answer.status_code == 200, answer.text
    backend.clock.advance(minutes=20)
    other = await backend.trelleborg.asks_for_help()
    late = await chooses(backend, other, swedish(30, 10, month=11), interpreter_language="so")
    assert late.json()["code"] == "too-late"


async def test_another_call_does_not_keep_the_promise_of_her_hour(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help()
    backend.clock.now = swedish(30, 8, month=11)
    await chooses(backend, kim, swedish(1, 10))
    async with backend.database().transaction() as session:
        await tasks.add(session, "ring", "wants-call", at=backend.clock(), person=kim.person)
    for reason, kept in (("wants-call", False), (tasks.CALL_TIME, True)):
        async with backend.database().transaction() as session:
            (task,) = [one for one in await tasks.waiting(session, kim.person) if one.reason == reason]
            await desk.task_done(session, backend.clock, MARIA, task.id)
        async with backend.database().transaction() as session:
            (promise,) = (await session.exec(select(promises.Promise).where(promises.Promise.what == "call"))).all()
            assert (promise.kept_at is not None) is kept
