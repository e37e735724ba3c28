"""What a verified rule is over for goes, some at a time, counted; and not while anybody may still need it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from backend import persons
from backend.contract import Entry, EntryState
from backend.municipalities import Retention
from backend.retention import erasing, routine
from backend.retention.models import ErasedRows
from backend.translating import service as translating
from backend.translating.service import Kept
from tests.backend.stories import MARIA, MONDAY, Applicant, Backend

LONG = timedelta(days=200)


def rule(backend: Backend, **days: int) -> None:
    row = {"since": "2026-01-01", "source": "AMN 2026/3", "status": "verified", **days}
    town = backend.database()
    town.municipality = town.municipality.model_copy(update={"retention": (Retention.model_validate(row),)})


async def run(backend: Backend, *statements: str, **values: Any) -> None:
    async with backend.database().transaction() as session:
        for statement in statements:
            of = {name: value for name, value in values.items() if f":{name}" in statement}
            await (await session.connection()).execute(text(statement), of)


async def count(backend: Backend, table: str) -> int:
    async with backend.database().transaction() as session:
        return int((await (await session.connection()).execute(text(f"select count(*) from {table}"))).scalar_one())


async def erases(backend: Backend, *ways: str) -> None:
    await routine.look_after(backend.database(), ways, backend.clock)


async def translated(backend: Backend, amal: Applicant, number: int = 1) -> None:
    said = {"who": "person", "language": "ar", "original": "x", "swedish": None, "state": EntryState.RECEIVED}
    entry = Entry.model_validate({"person": amal.person, "at": MONDAY, **said})
    assert (await backend.trelleborg.put(f"threads/{amal.thread}/entries/{number}", entry)).status_code == 204
    async with backend.database().transaction() as session:
        kept = Kept("hej", "LibreTranslate", MONDAY)
        await translating.keep(
            session, backend.clock, MARIA, amal.thread, number, person=amal.person, kept=kept, source="ar"
        )


async def closed(backend: Backend, amal: Applicant) -> None:
    """All is done, long ago: nothing of her is open."""
    await run(
        backend,
        "update cases set closed_at = :at where person = :person",
        "update tasks set done_at = :at where person = :person",
        at=MONDAY,
        person=amal.person,
    )


DECIDED = (
    'insert into decisions (id, person, "case", kind, month, reasons, decided_on, signed_at, signed_by, signed_name,'
    " single_cost, automatic, law, told_at, told_how, appeal_by) select gen_random_uuid(), person, id, 'avslag',"
    " '2026-11-01', '[]', '2026-12-01', closed_at, gen_random_uuid(), 'Maria', false, false, '[]', {} from cases"
)
JOINT = (
    "insert into joint_applications (id, key, request_hash, kind, inviter, partner, invited_at, answer_by)"
    " select gen_random_uuid(), gen_random_uuid(), '', 'new', :other, :person, now(), '2026-12-10'"
)
NEEDED = {
    "an open case": ("update cases set closed_at = null", "update cases set closed_at = :at"),
    "a case closed lately": ("update cases set closed_at = :lately", "update cases set closed_at = :at"),
    "a decision she has not been told of": (DECIDED.format("null, null, null"), "delete from decisions"),
    "time to appeal": (DECIDED.format("closed_at, 'call', :today"), "delete from decisions"),
    "time to appeal that was over lately": (DECIDED.format("closed_at, 'call', :lately"), "delete from decisions"),
    "a partner who waits": (JOINT, "delete from joint_applications"),
    "staff who have her thread": ("update threads set owner = 'staff'", "update threads set owner = 'bot'"),
    "something to be done": ("update tasks set done_at = null", "update tasks set done_at = :at"),
}


async def test_nothing_goes_while_somebody_may_still_need_it(backend: Backend) -> None:
    rule(backend, translations_days=90, events_days=90)
    amal, other = await backend.trelleborg.asks_for_help(), uuid4()
    await translated(backend, amal)
    async with backend.database().transaction() as session:
        await persons.meet(session, other, MONDAY)
    await run(
        backend,
        "insert into tasks (id, kind, reason, person, queue, made_at, done_at)"
        " values (gen_random_uuid(), 'check', 'x', :person, 'customer-service', :at, :at)",
        "update case_events set recorded_at = :long_ago",
        "update case_sendings set state = 'sent', settled_at = :long_ago where way = 'webhook'",
        person=amal.person,
        at=MONDAY,
        long_ago=datetime.now(UTC) - LONG,
    )
    await closed(backend, amal)
    backend.clock.now = MONDAY + LONG
    lately = backend.clock() - timedelta(days=30)
    values = {"at": MONDAY, "lately": lately, "today": backend.clock(), "person": amal.person, "other": other}
    # What the statements here do is told to the case system too: those events are new.
    tables = ("machine_translations", "case_events where recorded_at < now() - interval '100 days'")
    for needed, (so, no_longer) in NEEDED.items():
        await run(backend, so, **values)
        await erases(backend, "webhook")
        assert [await count(backend, one) for one in tables] == [1, 1], needed
        await run(backend, no_longer, **values)
    await erases(backend, "webhook")
    assert [await count(backend, one) for one in tables] == [0, 0]


async def test_whose_case_is_open_under_another_id_of_hers_keeps_what_was_translated(backend: Backend) -> None:
    rule(backend, translations_days=90)
    amal, also = await backend.trelleborg.asks_for_help(), await backend.trelleborg.asks_for_help()
    await translated(backend, amal)
    await closed(backend, amal)
    await run(backend, "update persons set merged_into = :into where id = :id", id=amal.person, into=also.person)
    backend.clock.now = MONDAY + LONG
    await erases(backend)
    assert await count(backend, "machine_translations") == 1
    await closed(backend, also)
    await erases(backend)
    assert await count(backend, "machine_translations") == 0


async def test_more_than_go_at_once_all_go_and_are_counted_for_good(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(backend, translations_days=90)
    monkeypatch.setattr(erasing, "AT_A_TIME", 2)
    amal = await backend.trelleborg.asks_for_help()
    for number in range(1, 6):
        await translated(backend, amal, number)
    await closed(backend, amal)
    backend.clock.now = MONDAY + LONG
    await erases(backend)
    async with backend.database().transaction() as session:
        found = (await session.exec(select(ErasedRows).order_by(ErasedRows.number))).all()  # type: ignore[arg-type]
    assert [(row.of, row.rows, row.days, row.source) for row in found] == [
        ("machine_translations", rows, 90, "AMN 2026/3") for rows in (2, 2, 1)
    ]
    for statement in ("update erased_rows set rows = 1", "delete from erased_rows"):
        with pytest.raises(ProgrammingError, match="42501"):
            await run(backend, statement)


WAYS = {
    "has arrived by the way that is open": ("sent", "pending", ("webhook",), True),
    "has arrived by one of two that are open": ("sent", "pending", ("webhook", "files"), False),
    "was refused": ("failed", "pending", ("webhook",), False),
    "was refused by one and arrived by the other": ("sent", "failed", ("webhook", "files"), False),
    "is on its way": ("sent", "sending", ("webhook",), False),
    "never left": ("pending", "pending", (), False),
}


@pytest.mark.parametrize("stands", WAYS)
async def test_an_event_goes_when_the_case_system_has_it(backend: Backend, stands: str) -> None:
    webhook, files, ways, goes = WAYS[stands]
    rule(backend, events_days=90)
    amal = await backend.trelleborg.asks_for_help()
    await closed(backend, amal)
    backend.clock.now = MONDAY + LONG
    long_ago = datetime.now(UTC) - LONG
    await run(
        backend,
        "update case_events set recorded_at = :long_ago",
        "update case_sendings set state = case way when 'webhook' then :webhook else :files end,"
        " settled_at = case when way = 'webhook' and :webhook = 'sent' then cast(:long_ago as timestamptz) end",
        long_ago=long_ago,
        webhook=webhook,
        files=files,
    )
    before = await count(backend, "case_events")
    await erases(backend, *ways)
    assert (before > 0, await count(backend, "case_events")) == (True, 0 if goes else before)


async def test_what_was_asked_for_again_stays(backend: Backend) -> None:
    rule(backend, events_days=90)
    amal = await backend.trelleborg.asks_for_help()
    await closed(backend, amal)
    backend.clock.now = MONDAY + LONG
    await run(
        backend,
        "update case_events set recorded_at = :long_ago",
        "update case_sendings set state = 'sent', settled_at = now() where way = 'webhook'",
        long_ago=datetime.now(UTC) - LONG,
    )
    await erases(backend, "webhook")
    assert await count(backend, "case_events") > 0


async def test_an_example_erases_nothing_in_production(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await translated(backend, amal)
    await closed(backend, amal)
    backend.clock.now = MONDAY + timedelta(days=4000)
    await erases(backend)
    assert await count(backend, "machine_translations") == 1
