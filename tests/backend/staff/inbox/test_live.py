"""One look serves every open page of a municipality, and a desk that was closed is told nothing more."""

from collections.abc import AsyncGenerator
from uuid import UUID

import pytest
from sqlmodel import select

from backend import tasks
from backend.staff.desk import Seat
from backend.staff.inbox import live
from backend.staff.seats import sessions
from backend.staff.seats.models import StaffMember
from backend.staff.seats.sessions import COOKIE
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


async def test_what_is_acute_is_told_at_once_and_the_page_is_read_in_its_turn(
    office: Office, johan: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_LOOK_EVERY", 0.01)
    monkeypatch.setattr(live, "_FRESH", 0.0)
    monkeypatch.setattr(live, "_SPREAD", 100.0)
    secret = office.backend.settings.session_secret.encode()
    viewer = (sessions.hashed(secret, johan.client.cookies[COOKIE]), None)
    async with office.database.transaction() as session:
        member = (await session.exec(select(StaffMember).where(StaffMember.name == "Johan"))).one()
    watch = live.Watch(office.database)
    watch.viewers.update([viewer, (b"0" * 32, None)])
    said = live._said(Seat(member, office.database, office.backend.clock), watch, viewer)
    assert (await anext(said)).startswith("retry")
    first = await anext(said)
    assert first.startswith("event: changed\ndata: ")
    async with office.database.transaction() as session:
        await tasks.add(session, "acute", "said-so", at=office.backend.clock())
    assert await anext(said) == "event: acute\ndata:\n\n"
    monkeypatch.setattr(live, "_SAY_ALIVE_EVERY", 0.05)
    assert await anext(said) == ":\n\n"  # its turn to be read has not come
    assert isinstance(said, AsyncGenerator)
    await said.aclose()
