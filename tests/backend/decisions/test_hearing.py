"""How do you want to hear it? Each way makes the task it needs, can be changed, and is settled once told."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from backend import promises, tasks
from backend.behalf import service as behalf
from backend.calendar import SWEDEN
from backend.callbacks.models import CallHour
from backend.cases.desk import Agreed
from backend.contract import CallNotice, Hear, HearReceipt, NoticeKind, StillTrue, StillTrueQuery
from backend.decisions import codes, service
from backend.decisions.service import Draft
from backend.interpreters import routine
from backend.interpreters import service as orders
from tests.backend.callbacks.test_call_times import chooses, nobody_can_be_asked
from tests.backend.interpreters.agencies import agency
from tests.backend.stories import JOHAN, MARIA, Applicant, Backend, meets, told

LATER = datetime(2026, 11, 30, 14, tzinfo=UTC)
GRANTED = Draft("bifall", date(2026, 12, 1))


@pytest.fixture
async def amal(backend: Backend) -> Applicant:
    """Amal, who has a decision she has not heard yet."""
    applicant = await backend.trelleborg.asks_for_help()
    await meets(backend, applicant)
    async with backend.database().transaction() as session:
        await service.sign(session, backend.clock, MARIA, applicant.person, GRANTED)
    return applicant


async def hear(backend: Backend, applicant: Applicant, how: str, key: UUID | None = None) -> HearReceipt:
    (notice,) = await told(backend.trelleborg)
    call = Hear.model_validate(
        {"person": applicant.person, "something_new": notice.id, "at": backend.clock(), "how": how}
    )
    answer = await backend.trelleborg.put(f"hearings/{key or uuid4()}", call)
    assert answer.status_code == 200, answer.text
    return HearReceipt.model_validate(answer.json())


async def places(backend: Backend) -> dict[int, int]:
    """How many calls are to be made in each hour there is a row of, by the Swedish clock."""
    async with backend.database().transaction() as session:
        hours = (await session.exec(select(CallHour))).all()
        return {one.starts_at.astimezone(SWEDEN).hour: one.taken for one in hours}


async def waiting(backend: Backend, applicant: Applicant) -> list[tuple[str, str]]:
    async with backend.database().transaction() as session:
        return [(task.kind, task.reason) for task in await tasks.waiting(session, applicant.person)]


async def test_a_call_has_an_hour_with_an_interpreter_to_arrange_and_is_promised(
    backend: Backend, amal: Applicant
) -> None:
    backend.clock.now = datetime(2026, 11, 30, 10, 11, tzinfo=UTC)
    backend.database().agencies = (agency(languages=(amal.language,)),)
    receipt = await hear(backend, amal, "call")
    assert receipt.call_at == datetime(2026, 11, 30, 13, tzinfo=UTC)  # the first whole hour two open hours on
    assert await waiting(backend, amal) == [("ring", "hearing")]
    assert await places(backend) == {14: 1}
    await routine.go_on(backend.database(), backend.clock)
    assert await waiting(backend, amal) == [("ring", "hearing")]  # an agency is asked
    async with backend.database().transaction() as session:
        ring = next(task for task in await tasks.waiting(session, amal.person) if task.kind == "ring")
        assert ring.warn_at is None  # nobody is told to ring her before the hour she was given
        (view,) = await service.of_person(session, amal.person)
        assert (view.how, view.call_at, view.lacks_interpreter) == ("call", receipt.call_at, True)
        open_ones = [promise for promise in await promises.of_person(session, amal.person) if promise.is_open()]
        assert [(promise.what, promise.due_at) for promise in open_ones] == [("call", receipt.call_at)]
        asked = next(line for line in await orders.open_orders(session, backend.clock()) if line.what == "call")
        await orders.confirm(session, backend.clock, asked.id)
        (view,) = await service.of_person(session, amal.person)
        assert not view.lacks_interpreter
        await service.record_told(session, backend.clock, JOHAN, view.id, "call")
        assert asked.id not in {line.id for line in await orders.open_orders(session, backend.clock())}
    assert await waiting(backend, amal) == []
    assert await places(backend) == {14: 0}  # she was rung before: others may have the hour


async def test_where_the_interpreter_falls_away_the_call_moves_she_is_told_and_the_three_weeks_do_not_start(
    backend: Backend, amal: Applicant
) -> None:
    backend.clock.now = datetime(2026, 11, 30, 10, 11, tzinfo=UTC)
    backend.database().agencies = (agency(languages=(amal.language,)),)
    receipt = await hear(backend, amal, "call")
    await routine.go_on(backend.database(), backend.clock)
    async with backend.database().transaction() as session:
        asked = next(line for line in await orders.open_orders(session, backend.clock()) if line.what == "call")
        await orders.decline(session, backend.clock, asked.id)
    (moved,) = await told(backend.trelleborg, NoticeKind.CALL_MOVED)
    call = CallNotice.model_validate(moved.body)
    async with backend.database().transaction() as session:
        (view,) = await service.of_person(session, amal.person)
        assert (call.chosen, call.call.start, view.call_at) == (False, LATER, LATER)
        assert (view.told_at, view.appeal_by) == (None, None)
        (ring,) = [task for task in await tasks.waiting(session, amal.person) if task.reason == "hearing"]
        (promise,) = [one for one in await promises.of_person(session, amal.person) if one.is_open()]
        assert (receipt.call_at != LATER, ring.due_at, promise.due_at) == (True, LATER, LATER)
    assert await places(backend) == {14: 0, LATER.astimezone(SWEDEN).hour: 1}
    backend.clock.now = LATER + timedelta(hours=2)  # nobody rang in it: she chooses anew, or staff do at her word
    async with backend.database().transaction() as session:
        await behalf.hear(session, backend.clock, amal.person, "call", key=uuid4())
        (view,) = await service.of_person(session, amal.person)
        assert view.call_at is not None
        assert view.call_at > backend.clock()
        assert (view.told_at, view.appeal_by) == (None, None)


async def test_an_interpreter_who_was_arranged_for_a_call_that_is_not_made_is_cancelled(
    backend: Backend, amal: Applicant
) -> None:
    backend.clock.now = datetime(2026, 11, 30, 10, 11, tzinfo=UTC)
    await nobody_can_be_asked(backend)
    await hear(backend, amal, "call")
    await routine.go_on(backend.database(), backend.clock)
    async with backend.database().transaction() as session:
        arrange = next(task for task in await tasks.waiting(session, amal.person) if task.kind == "time")
        await tasks.done(session, arrange.id, backend.clock(), JOHAN.id)
    for how in ("counter", "read"):  # she changes her mind, twice: it is told once
        await hear(backend, amal, how)
        assert ("time", "call-without") in await waiting(backend, amal)
        assert [kind for kind, _ in await waiting(backend, amal)].count("time") == 1


async def test_where_no_hours_are_kept_she_is_rung_two_open_hours_on(backend: Backend, amal: Applicant) -> None:
    town = backend.database()
    town.municipality = town.municipality.model_copy(update={"calls": None})
    backend.clock.now = datetime(2026, 11, 30, 12, 11, tzinfo=UTC)
    assert (await hear(backend, amal, "call")).call_at == datetime(2026, 11, 30, 14, 15, tzinfo=UTC)
    assert await waiting(backend, amal) == [("ring", "hearing"), ("time", "call-interpreter")]


async def test_an_hour_she_asks_for_herself_stands_beside_the_call_in_which_she_is_told(
    backend: Backend, amal: Applicant
) -> None:
    await hear(backend, amal, "call")
    own = datetime(2026, 12, 1, 10, tzinfo=SWEDEN)
    assert (await chooses(backend, amal, own)).status_code == 200
    assert ("ring", "hearing") in await waiting(backend, amal)
    assert ("ring", "call-time") in await waiting(backend, amal)


async def test_in_the_evening_the_call_is_the_next_morning(backend: Backend, amal: Applicant) -> None:
    backend.clock.now = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
    assert (await hear(backend, amal, "call")).call_at == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("how", "task"),
    [("counter", ("visit", "hearing")), ("letter", ("letter", "hearing")), ("read", ("letter", "code"))],
)
async def test_each_way_makes_its_task(backend: Backend, amal: Applicant, how: str, task: tuple[str, str]) -> None:
    assert await hear(backend, amal, how) == HearReceipt()
    assert await waiting(backend, amal) == [task]


async def test_who_has_a_code_reads_without_anybodys_work(backend: Backend, amal: Applicant) -> None:
    async with backend.database().transaction() as session:
        await codes.issue(session, backend.clock, JOHAN, amal.person)
    await hear(backend, amal, "read")
    assert await waiting(backend, amal) == []


async def test_a_change_of_mind_replaces_the_task_and_the_promise(backend: Backend, amal: Applicant) -> None:
    await hear(backend, amal, "call")
    backend.clock.advance(minutes=5)
    await hear(backend, amal, "counter")
    assert await waiting(backend, amal) == [("visit", "hearing")]
    assert [*(await places(backend)).values()] == [0]
    async with backend.database().transaction() as session:
        assert [promise.what for promise in await promises.of_person(session, amal.person)] == ["decision"]
        (view,) = await service.of_person(session, amal.person)
        assert (view.how, view.call_at) == ("counter", None)


async def test_who_has_said_to_staff_how_is_not_asked_in_the_morning(backend: Backend, amal: Applicant) -> None:
    (notice,) = await told(backend.trelleborg)
    query = StillTrueQuery(kind="something-new", person=amal.person, reference=notice.id, at=backend.clock())

    async def asked() -> bool:
        return StillTrue.model_validate((await backend.trelleborg.post("still-true", query)).json()).true

    assert await asked()
    async with backend.database().transaction() as session:
        await behalf.hear(session, backend.clock, amal.person, "letter", key=uuid4())
    assert not await asked()


async def test_the_same_choice_twice_is_one_and_another_under_its_key_is_refused(
    backend: Backend, amal: Applicant
) -> None:
    key = uuid4()
    first = await hear(backend, amal, "call", key)
    assert await hear(backend, amal, "call", key) == first
    assert await waiting(backend, amal) == [("ring", "hearing")]
    assert [*(await places(backend)).values()] == [1]
    (notice,) = await told(backend.trelleborg)
    other = {"person": str(amal.person), "something_new": str(notice.id), "at": "2026-11-30T09:00:00Z", "how": "read"}
    assert (await backend.trelleborg.put(f"hearings/{key}", other)).json()["code"] == "key-reused"


async def test_after_it_was_told_and_for_somebody_else_there_is_nothing_to_choose(
    backend: Backend, amal: Applicant
) -> None:
    (notice,) = await told(backend.trelleborg)
    other = await backend.trelleborg.asks_for_help()
    call = Hear(person=other.person, something_new=notice.id, at=backend.clock(), how="read")
    for wrong in (call, call.model_copy(update={"person": amal.person, "something_new": uuid4()})):
        assert (await backend.trelleborg.put(f"hearings/{uuid4()}", wrong)).json()["code"] == "not-found"
    async with backend.database().transaction() as session:
        (view,) = await service.of_person(session, amal.person)
        await service.record_told(session, backend.clock, MARIA, view.id, "counter")
    late = call.model_copy(update={"person": amal.person})
    refused = await backend.trelleborg.put(f"hearings/{uuid4()}", late)
    assert (refused.status_code, refused.json()["code"]) == (409, "too-late")


async def test_agreed_lines_can_be_heard_too(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await meets(backend, kim, Agreed(own_words="Vi hörs."), complete=False)
    await hear(backend, kim, "counter")
    assert await waiting(backend, kim) == [("visit", "hearing")]
