"""What was somebody's who has left waits in its queue, and whom she answered waits for a human."""

from sqlmodel import select

from backend import tasks
from backend.handover import desk, lists, passing
from backend.handover.leaving import leave
from backend.handover.lists import Desk, Narrowed
from backend.handover.models import Passing, Thread
from backend.handover.passing import Given
from backend.tasks import Task
from tests.backend.handover.test_passing import SARA, TO_MARIA
from tests.backend.handover.test_threads import hand_over
from tests.backend.stories import JOHAN, MARIA, Backend


async def test_nothing_of_hers_is_left_on_no_list(backend: Backend) -> None:
    applicant = await backend.trelleborg.asks_for_help()
    await hand_over(backend, applicant, "asked")
    async with backend.database().transaction() as session:
        await desk.take_over(session, backend.clock, JOHAN, applicant.thread)
        (task,) = await tasks.queue(session)
        await passing.give(session, backend.clock, JOHAN, task.id, Given(TO_MARIA, "leaving"))
    async with backend.database().transaction() as session:
        assert await leave(session, JOHAN.id, backend.clock()) == 1
        own = Desk(SARA.id, SARA.role, backend.clock())
        waiting, _ = await lists.listed(session, own, "waiting", Narrowed())
        assert [one.id for one in waiting] == [task.id]
        hers = Desk(MARIA.id, MARIA.role, backend.clock())
        assert (await lists.listed(session, hers, "given", Narrowed()))[0] == ()
        (given,) = (await session.exec(select(Passing))).all()
        assert given.state == "withdrawn"


async def test_whom_she_answered_without_a_task_waits_for_a_human(backend: Backend) -> None:
    applicant = await backend.trelleborg.asks_for_help()
    await hand_over(backend, applicant, "asked")
    async with backend.database().transaction() as session:
        await desk.take_over(session, backend.clock, JOHAN, applicant.thread)
        (task,) = await tasks.queue(session)
        await tasks.done(session, task.id, backend.clock(), JOHAN.id)
    async with backend.database().transaction() as session:
        await leave(session, JOHAN.id, backend.clock())
        thread = (await session.exec(select(Thread).where(Thread.id == applicant.thread))).one()
        assert (thread.wanted, thread.assigned_to) == ("staff", None)
        waits = (await session.exec(select(Task).where(Task.thread == applicant.thread))).all()
        assert [(one.kind, one.assigned_to) for one in waits if one.done_at is None] == [("answer", None)]


async def test_what_she_was_to_take_is_the_givers(backend: Backend) -> None:
    applicant = await backend.trelleborg.asks_for_help()
    await hand_over(backend, applicant, "asked")
    async with backend.database().transaction() as session:
        await desk.take_over(session, backend.clock, JOHAN, applicant.thread)
        (task,) = await tasks.queue(session)
        await passing.give(session, backend.clock, JOHAN, task.id, Given(TO_MARIA, "theirs"))
    async with backend.database().transaction() as session:
        assert await leave(session, MARIA.id, backend.clock()) == 0
        assert (await tasks.get(session, task.id)).assigned_to == JOHAN.id
        await passing.give(session, backend.clock, JOHAN, task.id, Given(TO_MARIA, "knows"))
