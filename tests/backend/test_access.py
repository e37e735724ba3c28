"""The door: who may open what, why, and that every opening and every refusal is logged."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from backend import access, persons, tasks
from backend.access import MAY, Reader
from backend.audit import Access
from backend.errors import NotAllowed, NotFound, ReasonNeeded
from backend.ladder import Level
from tests.backend.stories import ELIN, JOHAN, MARIA, MONDAY, Backend

ROBOT = Reader(UUID(int=9), "Robot", "robot", kind="robot")


async def somebody(backend: Backend) -> UUID:
    async with backend.database().transaction() as session:
        return (await persons.meet(session, uuid4(), MONDAY)).id


async def log(backend: Backend, person: UUID) -> list[Access]:
    async with backend.database().transaction() as session:
        return list(reversed(await access.log_of(session, person)))


async def enter(
    backend: Backend, reader: Reader, person: UUID, what: access.What, reason: access.Reason | None = None
) -> str:
    async with backend.database().transaction() as session:
        return (await access.enter(session, backend.clock, reader, person, what, reason=reason)).why


async def test_ones_own_task_is_the_reason(backend: Backend) -> None:
    person = await somebody(backend)
    async with backend.database().transaction() as session:
        task = await tasks.add(session, "answer", "asked", at=MONDAY, person=person)
    assert await enter(backend, JOHAN, person, "thread") == "Uppgift i din kö: Svara"
    async with backend.database().transaction() as session:
        await tasks.take(session, task.id, MARIA.id, MARIA.name)
    assert await enter(backend, MARIA, person, "case") == "Din uppgift: Svara"
    logged = await log(backend, person)
    assert [(row.reader_name, row.what, row.task, row.allowed) for row in logged] == [
        ("Johan", "thread", task.id, True),
        ("Maria", "case", task.id, True),
    ]


async def test_without_a_task_staff_say_why_and_once_is_enough(backend: Backend) -> None:
    person = await somebody(backend)
    with pytest.raises(ReasonNeeded):
        await enter(backend, JOHAN, person, "case")
    assert await enter(backend, JOHAN, person, "case", reason="on-the-telephone") == "Personen ringer"
    assert await enter(backend, JOHAN, person, "case") == "Personen ringer"  # the page renews itself
    assert await enter(backend, JOHAN, person, "code") == "Personen ringer"  # an act in the open case
    with pytest.raises(ReasonNeeded):
        await enter(backend, MARIA, person, "case")  # a colleague's reason is not hers
    assert [(row.reader_name, row.what, row.allowed) for row in await log(backend, person)] == [
        ("Johan", "case", False),
        ("Johan", "case", True),
        ("Johan", "code", True),
        ("Maria", "case", False),
    ]


async def test_what_is_done_is_logged_each_time_also_in_an_open_case_and_reasons_do_not_grow(backend: Backend) -> None:
    person = await somebody(backend)
    await enter(backend, JOHAN, person, "case", reason="on-the-telephone")
    for done in ("Skrev namnet", "Begärde papper"):
        async with backend.database().transaction() as session:
            opened = await access.enter(session, backend.clock, JOHAN, person, "case", done=done)
        assert opened.why == "Personen ringer"
    assert await enter(backend, JOHAN, person, "case") == "Personen ringer"
    assert [row.why for row in await log(backend, person)] == [
        "Personen ringer",
        "Personen ringer. Skrev namnet",
        "Personen ringer. Begärde papper",
    ]


def test_no_reason_and_no_task_is_taken_for_something_done() -> None:
    assert [words for words in (*access.REASONS_IN_SWEDISH.values(), *tasks.IN_SWEDISH.values()) if ". " in words] == []


async def test_who_was_asked_why_says_it_at_the_door(backend: Backend) -> None:
    person = await somebody(backend)
    assert await enter(backend, replace(JOHAN, reason="supervision"), person, "code") == "Tillsyn och kontroll"


async def test_a_done_task_is_no_reason(backend: Backend) -> None:
    person = await somebody(backend)
    async with backend.database().transaction() as session:
        task = await tasks.add(session, "answer", "asked", at=MONDAY, person=person)
        await tasks.done(session, task.id, MONDAY, JOHAN.id)
    with pytest.raises(ReasonNeeded):
        await enter(backend, JOHAN, person, "thread")


EVERYTHING: tuple[access.What, ...] = (
    "thread",
    "case",
    "note",
    "calculation",
    "decision",
    "code",
    "told",
    "sealed",
    "readable",
)


@pytest.mark.parametrize("reader", [JOHAN, MARIA, ELIN, ROBOT], ids=lambda reader: reader.role)
async def test_each_role_opens_what_it_may_and_no_more(backend: Backend, reader: Reader) -> None:
    person = await somebody(backend)
    for what in EVERYTHING:
        if what in MAY.get(reader.role, frozenset()):
            await enter(backend, reader, person, what, reason="supervision")
        else:
            with pytest.raises(NotAllowed):
                await enter(backend, reader, person, what, reason="supervision")
    assert len(await log(backend, person)) == len(EVERYTHING)


async def test_only_a_caseworker_decides_here_or_in_the_case_system_and_only_the_person_reads_by_code() -> None:
    assert [role for role, may in MAY.items() if "decision" in may] == ["caseworker", "case-system", "automatic"]
    assert [role for role, may in MAY.items() if "calculation" in may] == ["caseworker", "automatic"]
    assert [role for role, may in MAY.items() if "readable" in may] == []
    assert Reader(UUID(int=4), "", "person", kind="grant", level=Level.CODE).may("readable")


async def test_a_system_needs_no_reason_and_opens_what_it_carries_over_alone(backend: Backend) -> None:
    person = await somebody(backend)
    system = Reader(UUID(int=8), "Procapita", "case-system", kind="robot")
    assert await enter(backend, system, person, "archive") == "Förs över till eller från ärendesystemet"
    for what in EVERYTHING:
        if what not in MAY["case-system"]:
            with pytest.raises(NotAllowed):
                await enter(backend, system, person, what)
    assert {row.allowed for row in await log(backend, person)} == {True, False}


async def test_after_a_merge_both_logs_are_one(backend: Backend) -> None:
    one, other = await somebody(backend), await somebody(backend)
    await enter(backend, MARIA, one, "case", reason="meeting")
    async with backend.database().transaction() as session:
        await persons.merge(session, one, other)
    await enter(backend, MARIA, other, "thread", reason="meeting")
    assert [row.person for row in await log(backend, one)] == [one, other]
    async with backend.database().transaction() as session:
        await persons.unmerge(session, one)
    assert [row.person for row in await log(backend, one)] == [one]


async def test_nobody_is_not_found(backend: Backend) -> None:
    with pytest.raises(NotFound):
        await enter(backend, MARIA, uuid4(), "case", reason="meeting")
