"""A hand-over stays the giver's until the receiver takes it, and comes back with a word."""

from uuid import UUID

import pytest
from sqlmodel import select

from backend import tasks
from backend.access import Reader
from backend.errors import AlreadyPassed, NobodyChosen, NotAllowed, PassedNoMore, TaskTaken, WordMissing
from backend.handover import desk, lists, passing, work
from backend.handover.lists import Desk, Narrowed
from backend.handover.models import Passing, Thread
from backend.handover.passing import Given, Receiver
from tests.backend.handover.test_threads import hand_over
from tests.backend.stories import ELIN, JOHAN, MARIA, Applicant, Backend, at_once

SARA = Reader(UUID(int=4), "Sara", "customer-service")
TO_MARIA = Receiver("caseworker", "Maria", MARIA.id)
SECRET = "Hon har två barn"


@pytest.fixture
async def amal(backend: Backend) -> Applicant:
    """Amal, who asked for a human; Johan answers her."""
    applicant = await backend.trelleborg.asks_for_help()
    await hand_over(backend, applicant, "asked")
    async with backend.database().transaction() as session:
        await desk.take_over(session, backend.clock, JOHAN, applicant.thread)
    return applicant


async def task_of(backend: Backend) -> UUID:
    async with backend.database().transaction() as session:
        (task,) = await tasks.queue(session)
        return task.id


async def gives(backend: Backend, task: UUID, to: Receiver = TO_MARIA, giver: Reader = JOHAN) -> UUID:
    async with backend.database().transaction() as session:
        return await passing.give(session, backend.clock, giver, task, Given(to, "theirs", SECRET))


async def has(backend: Backend, task: UUID) -> tuple[str | None, str | None]:
    """Who has the task, and who answers its thread."""
    async with backend.database().transaction() as session:
        found = await tasks.get(session, task)
        thread = (await session.exec(select(Thread).where(Thread.id == found.thread))).one()
        return found.assigned_name, thread.assigned_name


async def stands_in(backend: Backend, reader: Reader) -> set[str]:
    async with backend.database().transaction() as session:
        own = Desk(reader.id, reader.role, backend.clock())
        return {
            which
            for which in ("mine", "given", "handed", "waiting")
            if (await lists.listed(session, own, which, Narrowed()))[0]
        }


async def test_it_is_the_givers_until_it_is_taken(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    given = await gives(backend, task)
    assert await has(backend, task) == ("Johan", "Johan")
    assert await stands_in(backend, JOHAN) == {"mine", "handed"}
    assert await stands_in(backend, MARIA) == {"mine", "given"}
    assert await stands_in(backend, SARA) == set()
    async with backend.database().transaction() as session:
        found = await passing.opened(session, backend.clock, MARIA, given)
        assert (found.passing.by_name, found.passing.to_name, passing.why(found.passing)) == (
            "Johan",
            "Maria",
            "Hör hemma där",
        )
        assert found.words == SECRET
        (row,) = (await session.exec(select(Passing))).all()
        assert SECRET.encode() not in (row.words or b"")
    async with backend.database().transaction() as session:
        await passing.take(session, backend.clock, MARIA, given)
    assert await has(backend, task) == ("Maria", "Maria")
    assert await stands_in(backend, JOHAN) == set()
    assert await stands_in(backend, MARIA) == {"mine"}


async def test_giving_back_takes_a_word_and_the_giver_has_it_still(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    given = await gives(backend, task)
    async with backend.database().transaction() as session:
        with pytest.raises(WordMissing):
            await passing.decline(session, backend.clock, MARIA, given, " ")
        await passing.decline(session, backend.clock, MARIA, given, "Jag är sjuk i morgon")
    assert await has(backend, task) == ("Johan", "Johan")
    async with backend.database().transaction() as session:
        assert (await passing.opened(session, backend.clock, JOHAN, given)).answer == "Jag är sjuk i morgon"
        with pytest.raises(PassedNoMore):
            await passing.take(session, backend.clock, MARIA, given)
    await gives(backend, task)  # to somebody else, or once more


async def test_only_whom_it_is_offered_to_may_take_or_read_it(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    given = await gives(backend, task)
    for nobody in (SARA, ELIN, JOHAN):
        async with backend.database().transaction() as session:
            with pytest.raises(NotAllowed):
                await passing.take(session, backend.clock, nobody, given)
    async with backend.database().transaction() as session:
        with pytest.raises(NotAllowed):
            await passing.opened(session, backend.clock, SARA, given)
        with pytest.raises(AlreadyPassed):
            await passing.give(session, backend.clock, JOHAN, task, Given(TO_MARIA, "knows"))
        with pytest.raises(TaskTaken):
            await passing.give(session, backend.clock, SARA, task, Given(TO_MARIA, "knows"))
        booking = Receiver("interpreter-booking", "Elin", ELIN.id)
        with pytest.raises(NobodyChosen):
            await passing.give(session, backend.clock, JOHAN, task, Given(booking, "knows"))


async def test_of_two_who_take_from_a_route_at_once_one_has_it(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    given = await gives(backend, task, Receiver("customer-service", "Kundtjänst bosättning", route="settlement"))
    omar = Reader(UUID(int=5), "Omar", "customer-service")

    async def takes(reader: Reader) -> None:
        async with backend.database().transaction() as session:
            await passing.take(session, backend.clock, reader, given)

    answers = await at_once(takes(SARA), takes(omar))
    assert [type(one) for one in answers if one is not None] == [PassedNoMore]
    assert (await has(backend, task))[0] in ("Sara", "Omar")


async def test_what_a_colleague_took_meanwhile_is_not_there_to_take(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    given = await gives(backend, task)
    async with backend.database().transaction() as session:
        await desk.take_task(session, backend.clock, SARA, task)
    assert await stands_in(backend, MARIA) == set()
    async with backend.database().transaction() as session:
        with pytest.raises(PassedNoMore):
            await passing.take(session, backend.clock, MARIA, given)
    await gives(backend, task, giver=SARA)


async def test_the_giver_can_keep_it_after_all(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    given = await gives(backend, task)
    async with backend.database().transaction() as session:
        with pytest.raises(NotAllowed):
            await passing.take_back(session, backend.clock, MARIA, given)
        await passing.take_back(session, backend.clock, JOHAN, given)
    assert await stands_in(backend, MARIA) == set()
    assert await stands_in(backend, JOHAN) == {"mine"}


async def test_closed_and_opened_again_it_is_not_handed_over_by_itself(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    given = await gives(backend, task)
    async with backend.database().transaction() as session:
        assert await work.reopen(session, backend.clock, JOHAN, task) == task
    assert "given" in await stands_in(backend, MARIA), "it was open, and is offered still"
    async with backend.database().transaction() as session:
        await work.close(session, backend.clock, JOHAN, task, "done")
    async with backend.database().transaction() as session:
        await work.reopen(session, backend.clock, JOHAN, task)
    assert await stands_in(backend, MARIA) == set()
    async with backend.database().transaction() as session:
        with pytest.raises(PassedNoMore):
            await passing.take(session, backend.clock, MARIA, given)
    await gives(backend, task)
    assert "given" in await stands_in(backend, MARIA)


@pytest.mark.parametrize("by", [JOHAN, SARA])
async def test_what_went_another_way_meanwhile_is_not_handed_over_when_the_giver_has_it_again(
    backend: Backend, amal: Applicant, by: Reader
) -> None:
    task = await task_of(backend)
    await gives(backend, task)
    async with backend.database().transaction() as session:
        if by is JOHAN:
            await work.put_back(session, backend.clock, JOHAN, task)
        else:
            await desk.take_task(session, backend.clock, SARA, task)
    async with backend.database().transaction() as session:
        await desk.take_task(session, backend.clock, JOHAN, task)
    assert await stands_in(backend, MARIA) == set()
