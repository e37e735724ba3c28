"""One look serves every open page of a municipality, and a desk that was closed is told nothing more."""

from uuid import UUID

from backend import tasks
from backend.staff import live, sessions
from backend.staff.sessions import COOKIE
from tests.backend.staff.desks import Desk, Office


async def test_one_look_sees_the_lists_each_conversation_and_whose_desks_are_open(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    secret = office.backend.settings.session_secret.encode()
    desk = sessions.hashed(secret, johan.client.cookies[COOKIE])
    watch = live.Watch(office.database)
    nobody = (b"0" * 32, None)
    viewer = (desk, amal.thread)
    watch.viewers.update([viewer, nobody])
    first = await watch.look(viewer)
    assert first.desks == {desk}
    assert set(first.threads) == {amal.thread}
    assert await watch.look(viewer) is first  # everybody's, as long as it is fresh
    another = (desk, UUID(int=7))
    watch.viewers[another] += 1
    second = await watch.look(another)
    assert (second.lists, second.threads) == (first.lists, first.threads)
    await office.writes(amal, 3, "?")
    async with office.database.transaction() as session:
        (task,) = await tasks.queue(session)
        await tasks.done(session, task.id, office.backend.clock())
    await johan.presses("/inbox/sign-out")
    watch.viewers[desk, UUID(int=8)] += 1
    third = await watch.look((desk, UUID(int=8)))
    assert third.lists != first.lists
    assert third.threads != first.threads
    assert third.desks == set()
