"""Quick turns: many at once, each exactly once, in order, and never on what somebody else has changed meanwhile."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4, uuid5

import pytest
from sqlalchemy import text

from backend import postgres
from backend.contract import CallForHelp
from backend.postgres import Server
from bot.arriving import inbox
from bot.database import DATABASE_ERRORS, Database
from bot.gathering import Gathering
from bot.messages import Call, Event, Run, Said, State, Timer, Turn
from bot.stories.twilio import Twilio
from bot.turning import quick, threads, turns
from tests.bot.conftest import opened
from tests.bot.house import ENVELOPE_KEY, MONDAY, OMAR, SARA, TOWN, House, Office, Parrot, reply, says


def sms(words: str, sender: str = SARA, sid: str = "") -> inbox.Inbound:
    return inbox.Inbound(TOWN, "sms", sender, sid or uuid4().hex, Said(words))


async def transcript(house: House, sender: str = SARA) -> list[str]:
    thread = await threads.find(house.engine, TOWN, "sms", sender)
    assert thread is not None
    return [line.original for line in await threads.lines(house.engine, thread)]


@pytest.fixture
def long_way(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words of every turn that was taken the long way."""
    went: list[str] = []
    take = turns.take

    async def told(*arguments: Any) -> Any:
        went.append("went")
        return await take(*arguments)

    monkeypatch.setattr(inbox, "take", told)
    return went


async def test_every_message_is_quick_once_the_policy_is_known(house: House, long_way: list[str]) -> None:
    await inbox.receive(house.engine, sms("Hej", OMAR))
    assert len(long_way) == 1  # it fetched the policy
    for words in ("Ett", "Två", "Tre"):
        assert (await inbox.receive(house.engine, sms(words))).outcome == "done"
    assert len(long_way) == 1
    said = ["Ett", "Två", "Tre"]
    assert await transcript(house) == [line for words in said for line in (words, f"Du skrev: {words}")]
    assert await house.states() == ["pending"] * 4
    assert [row.because for row in await house.rows("select because from contact_links")] == ["wrote"] * 2


async def test_nobody_goes_the_long_way_while_the_policy_is_read_again(
    house: House, long_way: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await inbox.receive(house.engine, sms("Hej", OMAR))  # it fetched the policy
    monkeypatch.setattr("bot.policies.FRESH", timedelta(0))
    house.office.away = True
    for words in ("Ett", "Två", "Tre"):
        assert (await inbox.receive(house.engine, sms(words))).outcome == "done"
    assert len(long_way) == 1


async def test_two_processes_that_meet_somebody_at_once_make_one_thread(
    bot_database: postgres.Database, office: Office, twilio: Twilio
) -> None:
    async with (
        opened(bot_database, office, Parrot(), twilio) as one,
        opened(bot_database, office, Parrot(), twilio) as other,
    ):
        for house in (one, other):
            await inbox.receive(house.engine, sms("Hej", OMAR))
        await asyncio.gather(*(inbox.receive(house.engine, sms("Hej")) for house in (one, other)))
        assert len(await transcript(one)) == 4
        assert len(await one.rows("select id from threads")) == 2


async def test_unknown_people_who_fail_together_are_each_met_once(house: House) -> None:
    await inbox.receive(house.engine, sms("Hej", "+46701740608"))
    came = await asyncio.gather(
        *(inbox.receive(house.engine, sms("Samma", sender, sid="SM1")) for sender in (SARA, OMAR))
    )
    assert sorted(one.outcome for one in came) == ["done", "repeated"]
    assert len(await house.rows("select id from threads")) == len(await house.rows("select id from persons")) == 2
    assert await house.states() == ["pending"] * 2


def asks_for_help(state: State, _: Event) -> Turn:
    asked = CallForHelp(
        person=state.person.id, thread=state.thread.id, channel="sms", language="sv", received_at=MONDAY, words="Hjälp"
    )
    return Turn(
        state,
        says=(reply("Vi hjälper."),),
        calls=(Call(uuid5(state.person.id, "help"), asked, answers_to_thread=False),),
    )


async def test_a_call_to_the_backend_is_quick_too_and_made_once(house: House, long_way: list[str]) -> None:
    await inbox.receive(house.engine, sms("Hej", OMAR))
    house.parrot.on["Hjälp"] = asks_for_help
    for _ in range(2):
        await inbox.receive(house.engine, sms("Hjälp"))
    assert len(long_way) == 1
    assert len(await house.rows("select id from calls where state = 'pending'")) == 1
    await house.work()
    assert [told["words"] for told in house.office.told("calls-for-help")] == ["Hjälp"]


async def test_nobody_is_met_and_nothing_acknowledged_whose_call_cannot_be_committed(
    house: House, pg: Server, bot_database: postgres.Database
) -> None:
    await inbox.receive(house.engine, sms("Hej", OMAR))
    house.parrot.on["Hjälp"] = asks_for_help
    pg.run_sql("alter table calls rename to gone", bot_database.name)
    with pytest.raises(inbox.Unavailable):
        await inbox.receive(house.engine, sms("Hjälp", sid="SM1"))
    assert await threads.find(house.engine, TOWN, "sms", SARA) is None
    assert len(await house.rows("select id from persons")) == 1
    pg.run_sql("alter table gone rename to calls", bot_database.name)
    assert (await inbox.receive(house.engine, sms("Hjälp", sid="SM1"))).outcome == "done"
    assert await transcript(house) == ["Hjälp", "Vi hjälper."]


async def test_a_repeated_message_has_no_effect(house: House, long_way: list[str]) -> None:
    await inbox.receive(house.engine, sms("Hej"))
    first, again = [await inbox.receive(house.engine, sms("Hej igen", sid="SM1")) for _ in range(2)]
    assert (first.outcome, again.outcome, first.thread) == ("done", "repeated", again.thread)
    assert len(long_way) == 1
    assert len(await transcript(house)) == 4


async def test_a_message_that_comes_ten_times_at_once_has_one_turn(house: House) -> None:
    await inbox.receive(house.engine, sms("Hej"))
    came = await asyncio.gather(*(inbox.receive(house.engine, sms("Hej igen", sid="SM1")) for _ in range(10)))
    assert sorted(one.outcome for one in came) == ["done"] + ["repeated"] * 9
    assert len(await transcript(house)) == 4


async def test_what_one_person_writes_at_once_keeps_its_order(house: House) -> None:
    house.parrot.on["5"] = says("Vi tar över.", timers=(Timer("reminder", MONDAY),))  # not quick
    await asyncio.gather(*(inbox.receive(house.engine, sms(str(n))) for n in range(12)))
    assert (await transcript(house))[::2] == [str(n) for n in range(12)]


async def test_two_processes_never_overwrite_each_other(
    bot_database: postgres.Database, office: Office, twilio: Twilio
) -> None:
    run = uuid4()

    def counts(state: State, event: Event) -> Turn:
        """An answer for each message, in a run of the person's: one that is lost would be missing."""
        before = state.runs.get(run) or Run(run, "form", MONDAY, "sv")
        answers = {**before.answers, f"{len(before.answers)}": event.words if isinstance(event, Said) else ""}
        return Turn(
            state.with_run(Run(run, "form", MONDAY, "sv", answers=answers)), says=(reply(str(len(before.answers))),)
        )

    parrots = [Parrot(), Parrot()]
    words = [f"ord {n}" for n in range(24)]
    for parrot in parrots:
        parrot.on = dict.fromkeys([*words, "Hej"], counts)
    async with (
        opened(bot_database, office, parrots[0], twilio) as one,
        opened(bot_database, office, parrots[1], twilio) as other,
    ):
        await inbox.receive(one.engine, sms("Hej"))
        await inbox.receive(other.engine, sms("Hej", OMAR))
        await asyncio.gather(
            *(inbox.receive((one, other)[n % 2].engine, sms(said, SARA)) for n, said in enumerate(words))
        )
        thread = await threads.find(one.engine, TOWN, "sms", SARA)
        assert thread is not None
        kept = (await threads.state(one.engine, thread)).runs[run].answers
        assert sorted(kept.values()) == sorted(["Hej", *words])
        assert [line for line in await transcript(one) if line.isdecimal()] == [str(n) for n in range(25)]


async def test_a_turn_that_raises_is_kept_for_later(house: House) -> None:
    await inbox.receive(house.engine, sms("Hej"))

    def raises(*_: object) -> Turn:
        raise RuntimeError("a mistake of ours")

    house.parrot.on["Aj"] = raises
    assert (await inbox.receive(house.engine, sms("Aj"))).outcome == "waiting"
    assert (await inbox.receive(house.engine, sms("Och sedan"))).outcome == "waiting"
    assert (await transcript(house))[2:] == ["Aj", "Och sedan"]


async def test_one_that_fails_takes_no_other_with_it(house: House) -> None:
    for sender in (SARA, OMAR):
        await inbox.receive(house.engine, sms("Hej", sender))
    # The same id from two people at the same moment: the database refuses the batch, and each is taken alone.
    came = await asyncio.gather(
        *(inbox.receive(house.engine, sms("Samma", sender, sid="SM1")) for sender in (SARA, OMAR))
    )
    assert sorted(one.outcome for one in came) == ["done", "repeated"]
    lines = [len(await transcript(house, sender)) for sender in (SARA, OMAR)]
    assert sorted(lines) == [2, 4]


async def test_several_messages_of_one_turn_leave_in_their_order(house: House) -> None:
    await inbox.receive(house.engine, sms("Hej"))
    house.parrot.on["Mer"] = says("ett", "två", "tre")
    await inbox.receive(house.engine, sms("Mer"))
    await house.work()
    assert [text.body for text in house.twilio.sent_to(SARA)][-3:] == ["ett", "två", "tre"]


async def test_what_cannot_be_committed_is_not_acknowledged(
    house: House, pg: Server, bot_database: postgres.Database
) -> None:
    await inbox.receive(house.engine, sms("Hej"))
    pg.run_sql("alter table entries rename to gone", bot_database.name)
    with pytest.raises(inbox.Unavailable):
        await inbox.receive(house.engine, sms("Hej igen"))
    pg.run_sql("alter table gone rename to entries", bot_database.name)
    assert (await inbox.receive(house.engine, sms("Hej igen"))).outcome == "done"
    assert len(await transcript(house)) == 4


async def test_nothing_is_written_on_what_has_changed_since_it_was_read(
    house: House, monkeypatch: pytest.MonkeyPatch, long_way: list[str]
) -> None:
    await inbox.receive(house.engine, sms("Hej"))
    long_way.clear()
    read = quick._read

    async def and_then(*arguments: Any) -> Any:
        found = await read(*arguments)
        await house.change("update persons set version = version + 1")
        return found

    monkeypatch.setattr(quick, "_read", and_then)
    assert (await inbox.receive(house.engine, sms("Hej igen"))).outcome == "done"
    assert len(long_way) == 1
    assert len(await transcript(house)) == 4


async def test_what_comes_meanwhile_is_the_next_batch() -> None:
    batches: list[list[str]] = []
    go_on = asyncio.Event()

    async def work(items: Sequence[str]) -> Sequence[str | None]:
        batches.append(list(items))
        await go_on.wait()
        if "bad" in items:
            raise RuntimeError("nothing of it happened")
        return [item.upper() for item in items]

    gathering: Gathering[str, str] = Gathering(work)
    doing = [asyncio.create_task(gathering.do("a"))]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    doing += [asyncio.create_task(gathering.do(item)) for item in ("b", "bad")]
    go_on.set()
    assert await asyncio.gather(*doing) == ["A", None, None]
    assert await gathering.do("c") == "C"
    assert batches == [["a"], ["b", "bad"], ["c"]]


async def test_nobody_waits_for_a_batch_that_was_broken_off() -> None:
    begun = asyncio.Event()

    async def work(items: Sequence[str]) -> Sequence[str | None]:
        if "bad" in items:
            begun.set()
            await asyncio.Event().wait()
        return [item.upper() for item in items]

    gathering: Gathering[str, str] = Gathering(work)
    doing = [asyncio.create_task(gathering.do("bad"))]
    await begun.wait()
    doing.append(asyncio.create_task(gathering.do("behind")))
    await asyncio.sleep(0)
    [working] = [task for task in asyncio.all_tasks() if task.get_name() == "gathering"]
    working.cancel()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*doing) == [None, None]
        assert await gathering.do("c") == "C"


async def test_who_writes_at_the_same_moment_does_not_wait_for_a_thread_in_hand(house: House) -> None:
    """Taken together with one whose thread somebody holds on to, she is taken alone after a moment."""
    await inbox.receive(house.engine, sms("Hej"))
    async with house.engine.database.transaction() as elsewhere:
        await elsewhere.execute(text("select from threads for update"))
        hers = asyncio.create_task(inbox.receive(house.engine, sms("Hej igen")))
        async with asyncio.timeout(10):
            assert (await inbox.receive(house.engine, sms("Hej", sender=OMAR))).outcome == "done"
        assert not hers.done()
    assert (await hers).outcome == "done"


async def test_who_stops_in_the_middle_of_a_transaction_holds_nobody_up_for_good(
    bot_database: postgres.Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await inbox.receive(house.engine, sms("Hej"))
    monkeypatch.setattr("bot.database.FORSAKEN", timedelta(seconds=0.5))
    stopped = Database(bot_database.app_url, ENVELOPE_KEY.encode()[:32])
    received: inbox.Received | None = None
    with suppress(*DATABASE_ERRORS):  # what it meant to commit is undone
        async with stopped.transaction() as connection:
            await connection.execute(text("select from threads for update"))
            async with asyncio.timeout(10):
                received = await inbox.receive(house.engine, sms("Hej igen"))
    await stopped.close()
    assert received is not None
    assert received.outcome == "done"
