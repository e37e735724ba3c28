"""What is done with a task: it rests and comes back, is put on a colleague, is closed for a reason and opened again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend import promises, tasks
from backend.access import Reader
from backend.contract import Entry, EntryState
from backend.errors import AcuteNotAssigned, AcuteRestsNot, NotOpenedAgain, RestsAhead, TaskTaken
from backend.handover import desk, lists, work
from backend.handover.lists import Desk, Narrowed, Which
from backend.handover.work import Colleague
from tests.backend.handover.test_threads import hand_over
from tests.backend.stories import JOHAN, MONDAY, Applicant, Backend

SARA = Reader(UUID(int=4), "Sara", "customer-service")
AN_HOUR = timedelta(hours=1)


@pytest.fixture
async def amal(backend: Backend) -> Applicant:
    applicant = await backend.trelleborg.asks_for_help()
    await hand_over(backend, applicant, "asked")
    return applicant


async def task_of(backend: Backend) -> UUID:
    async with backend.database().transaction() as session:
        return (await tasks.queue(session))[0].id


async def listed(backend: Backend, reader: Reader, which: Which, narrowed: Narrowed | None = None) -> list[UUID]:
    async with backend.database().transaction() as session:
        own = Desk(reader.id, reader.role, backend.clock())
        found, _ = await lists.listed(session, own, which, narrowed or Narrowed())
        counted = (await lists.counts(session, own)).lists[which]
        facets = await lists.facets(session, own, which, narrowed or Narrowed())
    if narrowed is None:
        assert counted == facets.all == len(found)
    return [task.id for task in found]


async def test_what_rests_comes_back_by_itself_and_when_she_writes(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    for wakes_by_herself in (False, True):
        async with backend.database().transaction() as session:
            await work.snooze(session, backend.clock, JOHAN, task, backend.clock() + AN_HOUR)
        assert await listed(backend, JOHAN, "mine") == []
        assert await listed(backend, JOHAN, "resting") == [task]
        assert await listed(backend, SARA, "waiting") == []
        if wakes_by_herself:
            said: dict[str, Any] = {"who": "person", "language": "ar", "original": "?", "swedish": None}
            entry = Entry(person=amal.person, at=MONDAY, state=EntryState.RECEIVED, **said)
            await backend.trelleborg.put(f"threads/{amal.thread}/entries/9", entry)
        else:
            backend.clock.advance(hours=1)
        assert await listed(backend, JOHAN, "mine") == [task]
        assert await listed(backend, JOHAN, "resting") == []


async def test_what_is_hers_and_of_no_conversation_comes_back_too_when_she_writes(
    backend: Backend, amal: Applicant
) -> None:
    async with backend.database().transaction() as session:
        made = await tasks.add(session, "visit", "hearing", at=backend.clock(), person=amal.person)
        await work.snooze(session, backend.clock, JOHAN, made.id, backend.clock() + AN_HOUR)
    said: dict[str, Any] = {"who": "person", "language": "ar", "original": "?", "swedish": None}
    entry = Entry(person=amal.person, at=MONDAY, state=EntryState.RECEIVED, **said)
    await backend.trelleborg.put(f"threads/{amal.thread}/entries/9", entry)
    assert await listed(backend, JOHAN, "mine") == [made.id]


async def test_nothing_acute_rests_longer_than_it_has_nor_lies_with_who_is_away(
    backend: Backend, amal: Applicant
) -> None:
    await hand_over(backend, amal, "acute")
    acute = await task_of(backend)
    async with backend.database().transaction() as session:
        with pytest.raises(AcuteRestsNot):
            await work.snooze(session, backend.clock, JOHAN, acute, backend.clock() + AN_HOUR)
        with pytest.raises(AcuteNotAssigned):
            await work.assign(session, backend.clock, JOHAN, acute, Colleague(SARA.id, "Sara"))
        await work.snooze(session, backend.clock, JOHAN, acute, backend.clock() + timedelta(minutes=10))
    assert await listed(backend, SARA, "acute") == [acute]  # at rest with one, it is seen by all
    async with backend.database().transaction() as session:
        with pytest.raises(RestsAhead):
            await work.snooze(session, backend.clock, JOHAN, acute, backend.clock())


async def test_what_nobody_has_is_put_on_a_colleague_who_can_put_it_back(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    async with backend.database().transaction() as session:
        await work.assign(session, backend.clock, JOHAN, task, Colleague(SARA.id, "Sara"))
        with pytest.raises(TaskTaken):
            await work.assign(session, backend.clock, JOHAN, task, Colleague(JOHAN.id, "Johan"))
        with pytest.raises(TaskTaken):
            await work.snooze(session, backend.clock, JOHAN, task, backend.clock() + AN_HOUR)
    assert await listed(backend, SARA, "mine") == [task]
    async with backend.database().transaction() as session:
        await work.put_back(session, backend.clock, SARA, task)
    assert await listed(backend, JOHAN, "waiting") == [task]


async def test_closed_for_a_reason_and_opened_again(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    async with backend.database().transaction() as session:
        await work.close(session, backend.clock, JOHAN, task, "rung")
        first = next(one for one in await promises.of_person(session, amal.person) if one.what == "first-answer")
        assert first.kept_at is not None  # a human has answered, by telephone
    assert await listed(backend, JOHAN, "closed") == [task]
    async with backend.database().transaction() as session:
        assert await work.reopen(session, backend.clock, SARA, task) == task
    assert await listed(backend, SARA, "mine") == [task]
    assert await listed(backend, JOHAN, "closed") == []
    async with backend.database().transaction() as session:
        await work.close(session, backend.clock, SARA, task, "nothing")
    backend.clock.advance(days=8)
    async with backend.database().transaction() as session:
        with pytest.raises(NotOpenedAgain):
            await work.reopen(session, backend.clock, SARA, task)


async def test_who_needs_nothing_any_more_leaves_no_promise_to_break(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)
    async with backend.database().transaction() as session:
        assert [one.what for one in await promises.all_open(session)] == ["first-answer"]
        await work.close(session, backend.clock, JOHAN, task, "nothing")
    async with backend.database().transaction() as session:
        assert await promises.all_open(session) == ()
        await work.reopen(session, backend.clock, JOHAN, task)
        assert [one.what for one in await promises.all_open(session)] == ["first-answer"]


async def test_the_same_is_not_open_twice_when_one_is_opened_again(backend: Backend, amal: Applicant) -> None:
    closed = await task_of(backend)
    async with backend.database().transaction() as session:
        await work.close(session, backend.clock, JOHAN, closed, "double")
    await hand_over(backend, amal, "asked")
    another = await task_of(backend)
    async with backend.database().transaction() as session:
        assert await work.reopen(session, backend.clock, JOHAN, closed) == another


async def test_staff_are_warned_when_half_of_the_time_is_gone(backend: Backend, amal: Applicant) -> None:
    task = await task_of(backend)  # at 9.58, by 13.58
    assert await listed(backend, JOHAN, "half") == []
    backend.clock.advance(hours=2)
    assert await listed(backend, JOHAN, "half") == [task]
    async with backend.database().transaction() as session:
        (row,) = await desk.queue(session, backend.clock)
        assert row.half
        # Whoever lets it rest is warned all the same, and nobody else.
        await work.snooze(session, backend.clock, JOHAN, task, backend.clock() + 3 * AN_HOUR)
    assert (await listed(backend, JOHAN, "half"), await listed(backend, SARA, "half")) == ([task], [])
    backend.clock.advance(hours=2)
    assert await listed(backend, JOHAN, "half") == []  # it is late now, and says so


async def test_a_list_is_narrowed_by_language_and_sort_with_counts(backend: Backend, amal: Applicant) -> None:
    arabic = await task_of(backend)
    hodan = await backend.trelleborg.asks_for_help(language="so")
    async with backend.database().transaction() as session:
        await tasks.add(session, "ring", "call-me", at=MONDAY, person=hodan.person, thread=hodan.thread)
        own = Desk(JOHAN.id, JOHAN.role, backend.clock())
        facets = await lists.facets(session, own, "waiting", Narrowed())
        assert (facets.languages, facets.sorts) == ({"ar": 1, "so": 1}, {"answer": 1, "meet": 1})
        facets = await lists.facets(session, own, "waiting", Narrowed(language="so"))
        assert (facets.languages, facets.sorts) == ({"ar": 1, "so": 1}, {"meet": 1})
    assert await listed(backend, JOHAN, "waiting", Narrowed(language="ar")) == [arabic]
    assert await listed(backend, JOHAN, "waiting", Narrowed(sort="answer")) == [arabic]
    assert await listed(backend, JOHAN, "waiting", Narrowed(language="ar", sort="meet")) == []
    assert await listed(backend, JOHAN, "waiting", Narrowed(role="caseworker")) == []
