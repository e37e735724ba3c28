"""A register's service that is asked: it differs, is down, late, answers nonsense, and is asked again, or by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from backend.cases import desk
from backend.controls import asking, service
from backend.controls.http import Http
from backend.controls.models import Control, RegisterAsk
from backend.errors import NoNumber
from backend.identity import register as identity
from backend.tasks import Task
from tests.backend.controls.service import RegisterService, running
from tests.backend.stories import MARIA, PERSON_NUMBER, Applicant, Backend, application

MARIA_SEES = replace(MARIA, reason="follow-up")


async def applied(backend: Backend, *, number: bool = True) -> Applicant:
    amal = await backend.trelleborg.asks_for_help()
    answer = await backend.trelleborg.put(f"applications/{uuid4()}", application(amal, home_persons=3))
    assert answer.status_code == 200, answer.text
    if number:
        async with backend.database().transaction() as session:
            await identity.write_down(session, backend.clock, MARIA, amal.person, PERSON_NUMBER, seen=True)
    return amal


async def applies_for_the_next(backend: Backend, amal: Applicant) -> None:
    """The next month, where she lives as before; and glasses beside it."""
    for kind, sections in (("recurring", ("household", "children", "housing", "assets")), ("supplementary", ())):
        given = {"home_persons": None, "children": None, "applies_alone": None, "housing": None}
        sent = application(amal, backend.clock(), kind=kind, unchanged=sections, month=date(2026, 12, 1), **given)
        answer = await backend.trelleborg.put(f"applications/{uuid4()}", sent)
        assert answer.status_code == 200, answer.text


async def asks(backend: Backend, amal: Applicant) -> RegisterAsk:
    """Maria asks KIR."""
    async with backend.database().transaction() as session:
        await asking.ask(session, backend.clock, MARIA_SEES, amal.person, "kir", key=uuid4())
    return await row(backend)


async def row(backend: Backend) -> RegisterAsk:
    async with backend.database().transaction() as session:
        return (await session.exec(select(RegisterAsk))).one()


async def goes_round(backend: Backend, way: Http, **later: float) -> None:
    now = datetime.now(UTC) + timedelta(seconds=1, **later)
    await asking.ask_due(backend.database(), {"kir": way}, backend.clock, lambda: now)


async def made(backend: Backend) -> list[Control]:
    async with backend.database().transaction() as session:
        return list((await session.exec(select(Control).order_by(col(Control.at)))).all())


async def test_what_it_says_is_held_against_the_application_and_its_number_stands_in_the_body_alone(
    backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    amal = await applied(backend)
    asked = await asks(backend, amal)
    async with running(RegisterService(facts={"registered_here": True, "household": 1, "more": "than asked"})) as kir:
        await goes_round(backend, Http(kir.address, "t" * 32))
        await goes_round(backend, Http(kir.address, "t" * 32))  # nothing is due any more
    [body] = kir.asked
    assert (body["request"], body["register"], body["number"][-4:]) == (str(asked.id), "kir", PERSON_NUMBER[-4:])
    assert kir.headers[0]["authorization"] == f"Bearer {'t' * 32}"
    assert kir.headers[0]["idempotency-key"] == str(asked.id)
    assert body["number"] not in kir.addresses[0] + caplog.text + str(kir.headers)
    [control] = await made(backend)
    assert (control.id, control.source, control.result, control.by_name) == (asked.id, "service", "differs", "Maria")
    async with backend.database().transaction() as session:
        case = await desk.open_case(session, backend.clock, MARIA_SEES, amal.person)
        kir_line = (await service.of_person(session, amal.person, case.applications))[0]
    assert kir_line.latest is not None
    [differs] = kir_line.latest.differences
    assert (differs.said, differs.found) == ("3 i bostaden", "1 på adressen")


async def test_what_is_unchanged_since_the_month_before_is_held_against_what_was_said_then(backend: Backend) -> None:
    amal = await applied(backend)
    backend.clock.advance(minutes=1)
    await applies_for_the_next(backend, amal)
    await asks(backend, amal)
    async with running(RegisterService(facts={"registered_here": True, "household": 3, "children": 1})) as kir:
        await goes_round(backend, Http(kir.address, "t" * 32))
    assert kir.asked[0]["month"] == "2026-12"
    async with backend.database().transaction() as session:
        case = await desk.open_case(session, backend.clock, MARIA_SEES, amal.person)
        kir_line = (await service.of_person(session, amal.person, case.applications))[0]
    assert kir_line.is_made
    assert kir_line.latest is not None
    [differs] = kir_line.latest.differences
    assert (differs.said, differs.found) == ("2 barn", "1 barn på adressen")


@pytest.mark.parametrize(
    ("kir", "told"),
    [
        (RegisterService(status=503), "503"),
        (RegisterService(nonsense=b"<html>"), "unreadable answer"),
        (RegisterService(facts={"registered_here": "yes"}), "unreadable answer"),
        (RegisterService(nonsense=b"[" * 300_000), "too large an answer"),
        (RegisterService(facts={"registered_here": True}, late=3.0), "ReadTimeout"),
    ],
    ids=["down", "no JSON", "not as agreed", "too large", "late"],
)
async def test_what_does_not_answer_is_asked_again_under_the_same_id(
    backend: Backend, kir: RegisterService, told: str
) -> None:
    amal = await applied(backend)
    asked = await asks(backend, amal)
    async with running(kir):
        way = Http(kir.address, "t" * 32, timeout=0.3)
        await goes_round(backend, way)
        waits = await row(backend)
        assert (waits.state, waits.tries, waits.told) == ("pending", 1, told)
        assert await made(backend) == []
        kir.status, kir.nonsense, kir.late, kir.facts = 200, b"", 0.0, None
        await goes_round(backend, way)  # too early
        await goes_round(backend, way, minutes=1)
    assert {one["request"] for one in kir.asked} == {str(asked.id)}
    assert len(kir.asked) == 2
    [control] = await made(backend)
    assert (control.id, control.result) == (asked.id, "nothing")


async def test_what_never_answers_is_made_by_hand_and_somebody_hears_it(backend: Backend) -> None:
    amal = await applied(backend)
    asked = await asks(backend, amal)
    for _ in range(len(asking.BACK_OFF) + 1):
        await goes_round(backend, Http("http://127.0.0.1:9/", "t" * 32), hours=2)
        async with backend.database().transaction() as session:
            waits = await session.get_one(RegisterAsk, asked.id)
            waits.due_at = datetime.now(UTC)
            session.add(waits)
    assert (await row(backend)).state == "failed"
    async with backend.database().transaction() as session:
        found = await session.exec(select(Task.person).where(Task.reason == asking.FAILED))
        assert found.all() == [amal.person]
    async with backend.database().transaction() as session:
        ticked = service.Ticked("kir", "same")
        await service.tick(session, backend.clock, MARIA_SEES, amal.person, ticked, key=uuid4())
        (task,) = (await session.exec(select(Task).where(Task.reason == asking.FAILED))).all()
        assert task.done_by == MARIA.id


async def test_who_has_no_number_is_asked_about_by_nobody(backend: Backend) -> None:
    amal = await applied(backend, number=False)
    async with backend.database().transaction() as session:
        with pytest.raises(NoNumber):
            await asking.ask(session, backend.clock, MARIA_SEES, amal.person, "kir", key=uuid4())
