"""Threads and persons: a telephone becomes hers by a reply, and whoever watches a thread sees it move."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from backend.contract import EntryState, Meeting, MeetingStatus
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.messages import Choice, Elapsed, Linked, Open, Outgoing, Run, Said, State, Timer, Turn, Went
from bot.text import say
from bot.turning import threads
from bot.turning.threads import Line
from tests.bot.house import MONDAY, OMAR, SARA, TOWN, House, reply, says

WEB = "ab" * 16


async def writes(house: House, words: str, channel: str = "sms", who: str = "") -> UUID:
    address = who or (SARA if channel == "sms" else WEB)
    received = await inbox.receive(house.engine, Inbound(TOWN, channel, address, uuid4().hex, Said(words)))  # type: ignore[arg-type]
    assert received.outcome == "done"
    assert received.thread is not None
    return received.thread


async def test_what_a_turn_keeps_is_there_in_the_next(house: House) -> None:
    meeting = Meeting(
        id=uuid4(), person=uuid4(), start=MONDAY, end=MONDAY, address="Exempelgatan 4", status=MeetingStatus.BOOKED
    )
    run = Run(uuid4(), "application", MONDAY, "sv", answers={"children": 2}, state="open")

    def keeps(state: State, _: object) -> Turn:
        kept = state.with_run(run).with_person(meeting=meeting).with_thread(run=run.id, language="ar", misses=2)
        return Turn(kept)

    house.parrot.on["Hej"] = keeps
    thread = await writes(house, "Hej")
    await writes(house, "igen")
    state, _ = house.parrot.heard[-1]
    assert (state.run, state.person.meeting, state.thread.language, state.thread.misses) == (run, meeting, "ar", 2)
    assert state.telephone == SARA
    assert (await threads.state(house.engine, thread)).run == run


async def test_a_closed_run_is_kept_only_if_it_is_an_application(house: House) -> None:
    """A correction begins from what was sent; the rest is over."""
    sent = Run(uuid4(), "application", MONDAY, "sv", state="closed")
    over = Run(uuid4(), "welcome", MONDAY, "sv", state="closed")
    house.parrot.on["Hej"] = lambda state, _: Turn(state.with_run(sent).with_run(over))
    await writes(house, "Hej")
    await writes(house, "igen")
    assert set(house.parrot.heard[-1][0].runs) == {sent.id}


async def test_a_telephone_given_on_the_web_is_hers_by_a_reply_there(house: House) -> None:
    asked = Open("confirm-contact", "t1", MONDAY)

    def given(state: State) -> Outgoing:
        return Outgoing(
            "confirm-contact",
            say("{words}", words="Gav du det här numret?"),
            verbatim="Gav du det här numret?",
            question="t1",
            ask="confirm-contact",
            reference=state.person.id,
            telephone=OMAR,
            language="sv",
        )

    house.parrot.on["mitt nummer"] = lambda state, _: Turn(state, says=(given(state),))
    house.parrot.on["Went"] = lambda state, _: Turn(state.with_thread(open=asked))
    house.parrot.on["JA"] = lambda state, _: Turn(state.with_thread(open=None, confirmed=True), link=state.thread.link)

    web = await writes(house, "mitt nummer", "web")
    person = (await threads.state(house.engine, web)).person.id
    await house.work()
    assert [text.body for text in house.twilio.sent_to(OMAR)] == ["Gav du det här numret?"]
    (went,) = house.parrot.events(Went)
    assert (went.ask, went.reference) == ("confirm-contact", person)

    sms = await threads.find(house.engine, TOWN, "sms", OMAR)
    assert sms is not None
    before = await threads.state(house.engine, sms)
    assert before.person.id != person  # until the reply, the number is nobody's
    assert before.thread.link == person

    await writes(house, "JA", who=OMAR)
    await house.work()
    assert [event.telephone for event in house.parrot.events(Linked)] == [OMAR]
    linked = next(state for state, event in house.parrot.heard if isinstance(event, Linked))
    assert (linked.person.id, linked.thread.confirmed) == (person, True)
    assert (await threads.state(house.engine, sms)).person.id == person
    history = await house.rows("select person, because, until is null as current from contact_links order by id")
    assert (person, "confirmed", True) in [tuple(row) for row in history]

    # Given again, nothing is made twice.
    await writes(house, "mitt nummer", "web")
    assert len(await house.rows("select 1 from contact_points")) == 2


async def test_two_threads_of_one_person_do_not_wait_for_each_other_for_ever(house: House) -> None:
    """Each writes to the other's thread too; locks are taken in one order."""
    sms, web = await writes(house, "Hej"), await writes(house, "Hej", "web")
    person = (await threads.state(house.engine, sms)).person.id
    await house.change("update threads set person = :person", person=person)
    house.parrot.on["till sms"] = says(reply("från webben", to=sms))
    house.parrot.on["till webben"] = says(reply("från sms", to=web))
    async with asyncio.timeout(20):
        await asyncio.gather(
            *(writes(house, "till webben") for _ in range(5)), *(writes(house, "till sms", "web") for _ in range(5))
        )
    on_web = [line.original for line in await threads.lines(house.engine, web)]
    on_sms = [line.original for line in await threads.lines(house.engine, sms)]
    assert (on_web.count("från sms"), on_sms.count("från webben")) == (5, 5)
    assert [line.number for line in await threads.lines(house.engine, web)] == list(range(1, len(on_web) + 1))


async def test_a_timer_wakes_the_thread_by_business_time(house: House) -> None:
    meeting = uuid4()
    at = MONDAY + timedelta(hours=2)
    house.parrot.on["Hej"] = lambda state, _: Turn(state, timers=(Timer("reminder", at, meeting),))
    house.parrot.on["flytta"] = lambda state, _: Turn(
        state, timers=(Timer("reminder", at + timedelta(hours=1), meeting), Timer("other", at))
    )
    await writes(house, "Hej")
    await writes(house, "flytta")
    house.clock.forward(hours=2)
    await house.work()
    assert [(event.timer, event.reference) for event in house.parrot.events(Elapsed)] == [("other", None)]
    house.clock.forward(hours=1)
    await house.work()
    await house.work()
    assert [(event.timer, event.reference) for event in house.parrot.events(Elapsed)][1:] == [("reminder", meeting)]


async def test_a_timer_whose_turn_raises_is_not_lost(house: House) -> None:
    house.parrot.on["Hej"] = lambda state, _: Turn(state, timers=(Timer("reminder", MONDAY),))

    def fails(_state: State, _event: object) -> Turn:
        raise RuntimeError

    house.parrot.on["Elapsed"] = fails
    await writes(house, "Hej")
    await house.work()
    del house.parrot.on["Elapsed"]
    await house.change("update inbox set next_try_at = now()")
    await house.work()
    assert [row.state for row in await house.rows("select state from inbox")] == ["done"]


async def test_who_watches_a_thread_sees_new_lines_and_moved_ones(house: House) -> None:
    house.twilio.receipts = ()
    thread = await writes(house, "Hej")
    seen: asyncio.Queue[tuple[Line, ...]] = asyncio.Queue()

    async def watch() -> None:
        async for lines in threads.watch(house.engine, thread):
            seen.put_nowait(lines)

    watching = asyncio.create_task(watch())
    try:
        first = await asyncio.wait_for(seen.get(), 5)
        assert [(line.number, line.state) for line in first] == [(1, EntryState.RECEIVED), (2, EntryState.PENDING)]
        await house.work()
        states = [line.state for lines in [await asyncio.wait_for(seen.get(), 5)] for line in lines if line.number == 2]
        while EntryState.SENT not in states:
            states += [line.state for line in await asyncio.wait_for(seen.get(), 5) if line.number == 2]
        await writes(house, "igen")
        # A look may fall between the two, or see the one before move once more.
        numbers: list[int] = []
        while 4 not in numbers:
            numbers += [line.number for line in await asyncio.wait_for(seen.get(), 5) if line.number > 2]
        assert numbers in ([3, 4], [3, 3, 4])
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def test_who_watches_where_nothing_happens_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "QUIET", 1)
    monkeypatch.setattr(threads, "LOOK_AGAIN", 0.01)
    house.twilio.receipts = ()
    thread = await writes(house, "Hej")
    watching = threads.watch(house.engine, thread)
    assert [line.number for line in await anext(watching)] == [1, 2]
    assert await anext(watching) == ()


async def test_whoever_only_read_leaves_the_next_a_whole_transaction(house: House) -> None:
    """Reading opens no transaction, on connections that others then write on."""
    thread = await writes(house, "Hej")
    await threads.state(house.engine, thread)
    with suppress(asyncio.CancelledError):
        async with house.engine.database.transaction() as connection:
            await connection.execute(text("update entries set state = 'failed'"))
            raise asyncio.CancelledError
    assert await house.rows("select * from entries where state = 'failed'") == []


async def test_a_line_of_ours_carries_the_message_behind_it(house: House) -> None:
    choices = (Choice(1, say("Yes"), "yes"), Choice(2, say("No"), "no"))
    asking = Outgoing("question", say("Yes"), choices=choices, question="t1", ask="form", tail=say("{x}", x="SV"))
    house.parrot.on["Hej"] = says(asking)
    thread = await writes(house, "Hej")
    (_, line) = await threads.lines(house.engine, thread)
    assert line.outgoing == asking
    assert line.original == "Ja 1 Ja 2 Nej. SV"
    assert line.swedish == "Ja 1 Ja 2 Nej. SV"
    assert await threads.lines(house.engine, thread, after=2) == ()
