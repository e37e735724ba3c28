"""What is wrong is found, told in words, and told in the log once when it begins and once when it is over."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from backend import postgres
from bot import worker
from bot.arriving import notices
from bot.stories.twilio import Twilio
from bot.watching import troubles
from tests.bot.conftest import opened
from tests.bot.house import NUMBER, SARA, TOWN, House, Office, Parrot, numbers_of, says

SMS = f"sms of {TOWN}"


@pytest.fixture
async def alive(house: House) -> House:
    """A house whose worker has just said that it is alive."""
    house.engine.pulse.begins("timers", "feed of trelleborg")
    await house.engine.pulse.write_down(house.engine.database)
    return house


async def words(house: House) -> list[str]:
    return list((await troubles.find(house.engine)).values())


async def test_all_is_well(alive: House) -> None:
    assert await words(alive) == []


# --- Silence ----------------------------------------------------------------------------------------------------------


async def test_that_no_worker_runs_is_heard(house: House) -> None:
    assert await words(house) == ["No worker runs: nothing is sent, collected, reminded or tried again."]


async def test_a_worker_that_died_is_missed_and_one_that_stopped_in_good_order_leaves_nothing(house: House) -> None:
    async with house.working():
        await until(lambda: house.engine.pulse._loops)
        await house.engine.pulse.write_down(house.engine.database)
        assert await words(house) == []
        await house.change("update heartbeats set beat_at = now() - interval '4 minutes'")
        assert (await words(house))[0].startswith("No worker runs")
    assert await house.rows("select * from heartbeats") == []


async def test_a_loop_that_hangs_is_told_by_name(alive: House) -> None:
    await alive.change("update heartbeats set worked_at = now() - interval '4 minutes' where loop = 'timers'")
    assert await words(alive) == ["The loop 'timers' has not come round for 4 minutes."]


async def test_a_loop_that_fails_for_long_is_told_with_the_class_of_its_error(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> bool:
        raise ValueError(SARA)

    monkeypatch.setattr("bot.turning.timers.fire", fails)
    async with house.working():
        await until(lambda: house.engine.pulse._loops and house.engine.pulse._loops["timers"].failures > 1)
        await house.engine.pulse.write_down(house.engine.database)
        await house.change("update heartbeats set worked_at = now() - interval '10 minutes' where failures > 1")
        assert await words(house) == ["The loop 'timers' has not come round for 10 minutes and fails (ValueError)."]


async def test_a_worker_that_hangs_is_told_although_another_works(alive: House) -> None:
    await alive.change(
        "insert into heartbeats (process, loop, beat_at, worked_at, failures)"
        " values (:process, 'timers', now(), now() - interval '5 minutes', 0)",
        process=uuid4(),
    )
    assert await words(alive) == ["The loop 'timers' has not come round for 5 minutes."]


async def test_a_feed_is_heard_by_who_holds_its_lease_and_missed_when_nobody_hears_it(
    alive: House, office: Office
) -> None:
    silent = "update heartbeats set worked_at = now() - interval '4 minutes' where loop = 'feed of trelleborg'"
    await alive.change(silent)
    assert await words(alive) == [
        "The feed of trelleborg has not been heard for 4 minutes: its backend does not answer."
    ]
    office.away = True
    await notices.collect(alive.engine, TOWN, uuid4())
    await alive.change("update feeds set lease_until = now()")
    office.away = False
    await alive.engine.policies.fetch(TOWN)
    await notices.collect(alive.engine, TOWN, uuid4())
    await alive.engine.pulse.write_down(alive.engine.database)
    assert await words(alive) == []
    # Another process waits for the lease, and hears nothing: that is as it should be.
    await alive.change(silent)
    await alive.change(
        "insert into heartbeats (process, loop, beat_at, worked_at, failures)"
        " values (:process, 'feed of trelleborg', now(), now(), 0)",
        process=uuid4(),
    )
    assert await words(alive) == []


async def test_a_backend_that_is_away_makes_its_feed_silent(alive: House, office: Office) -> None:
    office.away = True
    await asyncio.sleep(0.05)
    await notices.collect(alive.engine, TOWN, uuid4())
    assert alive.engine.pulse._loops["feed of trelleborg"].came_round < asyncio.get_running_loop().time() - 0.04


# --- What waits -------------------------------------------------------------------------------------------------------


async def test_a_reply_that_waits_for_a_minute(alive: House, twilio: Twilio) -> None:
    alive.parrot.on["Hej"] = says("Ett.")
    await twilio.write(SARA, NUMBER, "Hej")
    await alive.change("update outbox set created_at = now() - interval '59 seconds'")
    assert await words(alive) == []
    await alive.change("update outbox set created_at = now() - interval '61 seconds'")
    assert await words(alive) == [f"1 replies by {SMS} wait to be sent, the oldest for 61 seconds."]
    # What waits for its hour on purpose is no trouble; nothing of it is, while all of it is stopped.
    await alive.change("update outbox set proactive = true")
    assert await words(alive) == []
    await alive.change("update sending set paused = true")
    assert await words(alive) == ["Nothing is sent since a restore: look at what waits, then run imorgon resume."]


async def test_timers_that_do_not_fire_and_what_came_in_and_waits(alive: House, twilio: Twilio) -> None:
    await twilio.write(SARA, NUMBER, "Hej")
    await alive.work()
    await alive.change(
        "insert into timers (id, municipality, thread, timer, at)"
        " select gen_random_uuid(), municipality, id, 'later', :at from threads",
        at=alive.clock.now,
    )
    alive.clock.forward(minutes=1, seconds=59)
    assert await words(alive) == []
    alive.clock.forward(minutes=3)
    await alive.change(
        "insert into inbox (id, municipality, thread, kind, received_at, created_at)"
        " select gen_random_uuid(), municipality, id, 'elapsed', now(), now() - interval '3 minutes' from threads"
    )
    assert await words(alive) == [
        "1 that came in wait for their turn, the oldest for 3 minutes.",
        "1 timers are late, the first by 4 minutes.",
    ]


async def test_calls_the_backend_leaves_unanswered_and_a_policy_that_grows_old(alive: House) -> None:
    await alive.engine.policies.fetch(TOWN)
    await alive.change(
        "insert into calls (id, municipality, call, path, answers_to_thread, created_at)"
        " values (gen_random_uuid(), 'trelleborg', 'HandOver', '{}', false, now() - interval '6 minutes')"
    )
    await alive.change("update policies set fetched_at = now() - interval '16 minutes'")
    assert await words(alive) == [
        "1 calls wait for the backend of trelleborg, the oldest for 6 minutes.",
        "What trelleborg decided was last fetched 16 minutes ago; what we know goes on being used.",
    ]


# --- What is not confirmed --------------------------------------------------------------------------------------------


async def sent(house: House, twilio: Twilio, many: int) -> None:
    """So many replies to one person, each with its receipts."""
    for n in range(many):
        await twilio.write(SARA, NUMBER, f"{n}")
        await house.work()
        await twilio.reported()


async def test_slow_deliveries(alive: House, twilio: Twilio) -> None:
    await sent(alive, twilio, 6)
    assert await words(alive) == []
    # One of six took long: that is one of ten, and more.
    slow = "update outbox set tried_at = now() - interval '7 minutes' where seq <= :some"
    await alive.change(slow, some=2)
    assert await words(alive) == [
        f"Messages by {SMS} arrive slowly: one of ten took 6 minutes or more in the last 15 minutes."
    ]
    await alive.change("update receipts set received_at = now() - interval '16 minutes'")
    assert await words(alive) == []


async def test_texts_that_operators_filter(alive: House, twilio: Twilio) -> None:
    """To one number it is about the words; to several, about who sends them."""
    twilio.receipts = ()
    for number in numbers_of(3):
        await twilio.write(number, NUMBER, "Hej")
    await alive.work()
    for place, text in enumerate(list(twilio.texts)):
        assert not [one for one in await words(alive) if "Filters" in one], place
        await twilio.report(text, "undelivered", 30007)
    (told,) = [one for one in await words(alive) if "Filters" in one]
    assert told.startswith(f"Filters of operators stopped texts of {TOWN} to 3 numbers in the last ")


async def test_few_deliveries_tell_nothing(alive: House, twilio: Twilio) -> None:
    await sent(alive, twilio, 4)
    await alive.change("update outbox set tried_at = now() - interval '20 minutes'")
    assert await words(alive) == []


async def test_receipts_that_are_missing(alive: House, twilio: Twilio) -> None:
    twilio.receipts = ()
    await sent(alive, twilio, 3)
    await alive.change("update outbox set tried_at = now() - interval '14 minutes'")
    assert await words(alive) == []
    await alive.change("update outbox set tried_at = now() - interval '16 minutes'")
    assert await words(alive) == [
        f"3 messages sent by {SMS} have had no receipt for 15 minutes or more: do the provider's reports reach us?"
    ]
    # Where most are confirmed, three telephones are switched off.
    twilio.receipts = ("sent", "delivered")
    await sent(alive, twilio, 4)
    assert await words(alive) == []


# --- Told once --------------------------------------------------------------------------------------------------------


async def test_each_trouble_is_told_once_when_it_begins_and_once_when_it_is_over(
    alive: House, bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio
) -> None:
    async with opened(bot_database, office, parrot, twilio) as other:
        both, before = (alive.engine, other.engine), [frozenset[str](), frozenset[str]()]

        async def rounds(many: int) -> list[tuple[str, str]]:
            with capture_logs() as logs:
                for _ in range(many):
                    for n, engine in enumerate(both):
                        before[n] = await troubles.look(engine, before[n])
            assert all(line["log_level"] == "critical" for line in logs)
            return [(line["event"], line["trouble"]) for line in logs]

        assert await rounds(2) == []
        await alive.change("update sending set paused = true")
        assert await rounds(1) == []  # seen once may be a moment
        assert await rounds(3) == [("trouble begins", "sending paused")]
        await alive.change("update sending set paused = false")
        assert await rounds(3) == [("trouble is over", "sending paused")]


async def test_workers_and_servers_watch_by_themselves(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(troubles, "LOOK", 0.01)
    await house.change("update sending set paused = true")
    stop = asyncio.Event()
    with capture_logs() as logs:
        running = asyncio.create_task(worker.run(house.engine, stop))
        await until(lambda: any(line["event"] == "trouble begins" for line in logs))
        stop.set()
        await running
    [told] = [line for line in logs if line["event"] == "trouble begins"]
    assert told["why"] == "Nothing is sent since a restore: look at what waits, then run imorgon resume."


async def until(seen: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not seen():  # noqa: ASYNC110  # what is looked at rings no bell
            await asyncio.sleep(0.01)
