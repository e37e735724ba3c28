"""Decided automatically: once, signed as what it is, told as a human's decision is; and nowhere where it is off."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID, uuid4

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, promises, tasks
from backend.automatic import routine, service
from backend.automatic.rules import ForAHuman, Why
from backend.behalf.models import DoneForHer
from backend.calculation import service as calculation
from backend.calculation.service import ByHand, SeenAt
from backend.cases import desk
from backend.cases.models import AcuteNeedRow, MeetingNote
from backend.casesystem.models import CaseEvent
from backend.contract import NoticeKind, Section, SendApplication
from backend.controls import service as controls
from backend.controls.registers import registers
from backend.controls.service import Ticked
from backend.database import Database
from backend.decisions import service as decisions
from backend.decisions.models import CommentAsked
from backend.decisions.service import Draft
from backend.letters import words
from backend.municipalities import Decisions
from backend.municipalities.delegation import Automatic, Delegated, Delegation
from tests.backend.stories import MARIA, Applicant, Backend, application, at_once, meets, told

CASEWORKER = replace(MARIA, reason="follow-up")
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
SUPPORT = 5220 + 5850
ALL: tuple[Section, ...] = get_args(Section)
NOTHING_COMES: dict[str, Any] = {
    "stays_here": True,
    "cost_kinds": (),
    "costs": (),
    "has_income": False,
    "incomes": (),
    "pending_benefits": False,
    "planning": "sfi",
    "sfi_course": "B",
}
ALONE: dict[str, Any] = {"children": (), "asset_kinds": (), "assets": (), **NOTHING_COMES}
RENEWED: dict[str, Any] = {
    "applies_alone": None,
    "children": None,
    "housing": None,
    "housing_kronor": None,
    "unchanged": ALL,
    **NOTHING_COMES,
}
ALLOWED = Delegation(
    since=OCTOBER,
    rows=(Delegated(outcome="bifall", level="caseworker", most_kronor=20_000),),
    automatic=Automatic(
        recorded_by="Nämndsekreteraren", reference="AMN 2026/9", decided_on=OCTOBER, most_kronor=15_000
    ),
    source="the test's own",
    status="verified",
)


def switch_on(backend: Backend) -> None:
    """The municipality's file says so, and its delegation list too."""
    town = backend.database()
    town.municipality = town.municipality.model_copy(
        update={"decisions": Decisions(automatic="unchanged-renewals"), "delegation": (ALLOWED,)}
    )


async def applies(backend: Backend, sent: SendApplication) -> UUID:
    """It comes, and customer service has looked at it."""
    answer = await backend.trelleborg.put(f"applications/{uuid4()}", sent)
    assert answer.status_code == 200, answer.text
    came = UUID(answer.json()["application"])
    async with backend.database().transaction() as session:
        await tasks.done_about(session, came, backend.clock())
    return came


async def renews(backend: Backend) -> Applicant:
    """A human worked November out and granted it; December has come, is controlled, and all is in."""
    clock = backend.clock
    clock.now = datetime(2026, 10, 28, 9, tzinfo=UTC)
    hodan = await backend.trelleborg.asks_for_help(clock.now, language="so")
    first = await applies(backend, application(hodan, clock.now, month=NOVEMBER, **ALONE))
    clock.advance(hours=1)
    await meets(backend, hodan)
    clock.advance(hours=1)
    async with backend.database().transaction() as session:
        await calculation.save(
            session, clock, CASEWORKER, hodan.person, ByHand(), month=NOVEMBER, seen=SeenAt(first, 0), key=uuid4()
        )
        draft = Draft("bifall", NOVEMBER, SUPPORT)
        await decisions.sign(session, clock, CASEWORKER, hodan.person, draft)
    clock.now = datetime(2026, 11, 27, 9, tzinfo=UTC)
    renewed = application(hodan, clock.now, kind="recurring", month=DECEMBER, **RENEWED)
    await applies(backend, renewed.model_copy(update={"digest": "1" * 64}))
    clock.advance(hours=1)
    async with backend.database().transaction() as session:
        for register in registers().values():
            if not register.new_only:
                ticked = Ticked(register.name, "same")
                await controls.tick(session, clock, CASEWORKER, hodan.person, ticked, key=uuid4())
        await desk.mark_complete(session, clock, CASEWORKER, hodan.person)
    clock.advance(minutes=1)
    return hodan


async def signed(backend: Backend, person: UUID) -> tuple[bool, ...]:
    async with backend.database().transaction() as session:
        return tuple(one.automatic for one in await decisions.of_person(session, person))


async def stands(session: AsyncSession, backend: Backend, applicant: Applicant) -> tuple[Why, ...]:
    """Why a human decides; nothing where one need not."""
    verdict = (await service.standing(session, backend.clock, applicant.person)).verdict
    return verdict.why if isinstance(verdict, ForAHuman) else ()


@asynccontextmanager
async def dying(town: Database) -> AsyncIterator[AsyncSession]:
    """A transaction that comes to nothing, since the process dies at its end."""
    with suppress(ConnectionAbortedError):
        async with town.transaction() as session:
            yield session
            raise ConnectionAbortedError


async def test_a_renewal_in_which_nothing_is_different_is_decided_once(demo: Backend) -> None:
    hodan = await renews(demo)
    town, clock = demo.database(), demo.clock
    await routine.look_after(town, clock)
    assert await signed(demo, hodan.person) == (False,)  # off, as the file is

    switch_on(demo)
    async with town.transaction() as session:
        assert await stands(session, demo, hodan) == ()
    async with dying(town) as session:
        assert await service.decide(session, clock, hodan.person)
    assert await signed(demo, hodan.person) == (False,)
    assert len(await told(demo.trelleborg, NoticeKind.SOMETHING_NEW)) == 1

    assert await at_once(*(routine.look_after(town, clock) for _ in range(3))) == [None, None, None]
    await routine.look_after(town, clock)
    assert await signed(demo, hodan.person) == (False, True)
    notices = await told(demo.trelleborg, NoticeKind.SOMETHING_NEW)
    assert [one.body["what"] for one in notices] == ["decision", "decision"]

    async with town.transaction() as session:
        decision = (await decisions.of_person(session, hodan.person))[-1]
        assert (decision.draft, decision.signed_name) == (Draft("bifall", DECEMBER, SUPPORT), "Automatiskt beslut")
        counted = (await calculation.of_month(session, hodan.person, DECEMBER))[-1]
        assert (counted.calculation.support, counted.by_name) == (SUPPORT, "Automatiskt beslut")
        assert await tasks.waiting(session, hodan.person) == ()
        assert all(one.kept_at for one in await promises.of_person(session, hodan.person) if one.what == "decision")
        looked = (await access.log_of(session, hodan.person))[0]
        assert (looked.reader_role, looked.what, looked.reader_name) == ("automatic", "decision", "Automatiskt beslut")
        events = (await session.exec(select(CaseEvent).where(CaseEvent.kind == "decision.signed"))).all()
        assert [one.facts["automatic"] for one in events] == [False, True]
        text = await decisions.latest_text(session, hodan.person)
    assert text is not None
    assert text.automatic
    assert "Ingen människa har fattat det här beslutet." in text.paragraphs["sv"][1]
    assert "kommunallagen" not in " ".join(text.paragraphs["sv"])  # its row is not verified
    letter = words.decision(text, decision.signed_name, "sv", town.municipality)
    assert letter.swedish[-1].startswith("Automatiskt beslut 27 november 2026,")


async def test_what_is_known_of_her_is_read_and_each_thing_leaves_it_to_a_human(demo: Backend) -> None:
    hodan = await renews(demo)
    switch_on(demo)
    town, clock = demo.database(), demo.clock

    async def task(session: AsyncSession) -> None:
        await tasks.add(session, "answer", "asked", at=clock(), thread=hodan.thread)

    async def taken(session: AsyncSession) -> None:
        (own,) = await tasks.waiting(session, hodan.person)
        await tasks.take(session, own.id, MARIA.id, MARIA.name)

    async def acute(session: AsyncSession) -> None:
        need = AcuteNeedRow(
            key=uuid4(), request_hash=b"", person=hodan.person, thread=hodan.thread, at=clock(), words=b""
        )
        session.add(need)

    async def held(session: AsyncSession) -> None:
        await service.hold(session, clock, CASEWORKER, hodan.person)
        await service.hold(session, clock, CASEWORKER, hodan.person)

    async def counts(session: AsyncSession) -> None:
        latest = (await desk.applications(session, hodan.person))[-1]
        seen = SeenAt(latest.id, 0)
        await calculation.save(
            session, clock, CASEWORKER, hodan.person, ByHand(), month=DECEMBER, seen=seen, key=uuid4()
        )

    async def comments(session: AsyncSession) -> None:
        (note,) = (await session.exec(select(MeetingNote))).all()
        session.add(
            CommentAsked(
                person=hodan.person,
                case=note.case,
                asked_at=clock(),
                by=MARIA.id,
                by_name="",
                until=DECEMBER,
                words=b"",
            )
        )

    async def said(session: AsyncSession) -> None:
        clock.advance(minutes=1)
        press = DoneForHer(
            key=uuid4(),
            request_hash=b"",
            person=hodan.person,
            at=clock(),
            by=MARIA.id,
            by_name="Maria",
            what="elsewhere",
            heard="telephone",
            words=b"",
        )
        session.add(press)

    told_of: tuple[tuple[Why, Callable[[AsyncSession], Awaitable[None]]], ...] = (
        ("held", held),
        ("task", task),
        ("begun", taken),
        ("begun", counts),
        ("acute", acute),
        ("commenting", comments),
        ("said", said),
    )
    for why, happens in told_of:
        async with dying(town) as session:
            await happens(session)
            await session.flush()
            assert await stands(session, demo, hodan) == (why,)
            assert await service.decide(session, clock, hodan.person) is None


async def test_a_caseworker_holds_it_and_looks_at_all_of_a_day(demo: Backend) -> None:
    hodan = await renews(demo)
    switch_on(demo)
    town, clock = demo.database(), demo.clock
    async with town.transaction() as session:
        await service.hold(session, clock, CASEWORKER, hodan.person)
    await routine.look_after(town, clock)
    assert await signed(demo, hodan.person) == (False,)
    async with town.transaction() as session:
        await service.release(session, clock, CASEWORKER, hodan.person)
    await routine.look_after(town, clock)
    assert await signed(demo, hodan.person) == (False, True)

    # A day's list of it is put in the queue once; and the month after it is a human's.
    async with town.transaction() as session:
        (listed,) = await service.of_day(session, date(2026, 11, 27))
        assert (listed.person, listed.queued) == (hodan.person, False)
        assert await service.queue(session, clock, date(2026, 11, 27)) == 1
    # That she reads it is no look of a human's.
    async with town.transaction() as session:
        assert await decisions.record_told(session, clock, CASEWORKER, listed.decision, "call") is None
        assert [one.reason for one in await tasks.waiting(session, hodan.person)] == [tasks.LOOK_AFTER]
    clock.advance(days=20)
    async with town.transaction() as session:
        assert await service.queue(session, clock, date(2026, 11, 27)) == 0
        assert {"not-granted-before", "task"} <= {*await stands(session, demo, hodan)}
