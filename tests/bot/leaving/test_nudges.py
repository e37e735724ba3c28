"""Nudges on their way: in the hours people are awake, once whatever dies, and not when they are true no longer."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from backend import postgres
from backend.contract import NoticeKind, Ownership, TakenOver
from bot import worker
from bot.conversation import turn
from bot.messages import Outgoing
from bot.stories.twilio import Twilio
from bot.text import say
from bot.turning import threads, timers
from bot.turning.desk import Desk
from bot.turning.turns import take
from tests.bot.conftest import opened
from tests.bot.house import NUMBER, SARA, TOWN, House, Office, Parrot

NUDGE = "Det du skrev finns kvar. Vill du fortsätta? 1 Ja 2 Nej"
FIRST = (
    "Ungefär 20 frågor, fler för en familj. Ungefär 20 minuter. Vill du ta en på mötet, skriv SENARE. "
    "Söker du ensam, utan man, fru eller sambo? 1 Ja 2 Nej"
)


async def begins(house: House, twilio: Twilio) -> None:
    """Somebody wants to apply, and the first question is open."""
    house.engine.turn = turn
    for words in ("hej, behöver hjälp", "2", "1"):
        assert await twilio.write(SARA, NUMBER, words) == 204
        await house.work()
    assert bodies(twilio)[-1] == FIRST


def bodies(twilio: Twilio) -> list[str]:
    return [text.body for text in twilio.sent_to(SARA)]


def nudges(twilio: Twilio) -> int:
    return bodies(twilio).count(NUDGE)


async def reasons(house: House) -> list[str]:
    return [row.reason for row in await house.rows("select reason from outbox where kind = 'nudge' order by seq")]


async def her(house: House) -> tuple[UUID, UUID]:
    """Her thread, and she."""
    thread = await threads.find(house.engine, TOWN, "sms", SARA)
    assert thread is not None
    return thread, (await threads.state(house.engine, thread)).person.id


async def test_the_backend_is_asked_of_the_thread_at_the_moment_it_leaves(house: House, twilio: Twilio) -> None:
    await begins(house, twilio)
    house.clock.forward(days=2)
    await house.work()
    assert nudges(twilio) == 1
    (asked,) = house.office.told("still-true")
    assert (asked["kind"], asked["reference"]) == ("nudge", str((await her(house))[0]))


async def test_nobody_is_nudged_at_night_and_who_went_on_meanwhile_not_at_all(house: House, twilio: Twilio) -> None:
    house.clock.now = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)  # 22.30 in Sweden
    await begins(house, twilio)
    house.clock.forward(days=2)
    await house.work()
    assert nudges(twilio) == 0
    house.clock.now = datetime(2026, 12, 3, 6, 59, tzinfo=UTC)
    await house.work()
    assert nudges(twilio) == 0
    await twilio.write(SARA, NUMBER, "ja")
    await house.work()
    house.clock.forward(hours=1)
    await house.work()
    assert nudges(twilio) == 0
    assert await reasons(house) == ["untrue"]


@pytest.mark.parametrize("words", ["STOPP", "fel nummer"])
async def test_after_stop_what_waits_for_the_morning_is_dropped(house: House, twilio: Twilio, words: str) -> None:
    house.clock.now = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)
    await begins(house, twilio)
    house.clock.forward(days=2)
    await house.work()
    await twilio.write(SARA, NUMBER, words)
    house.clock.forward(hours=12)
    await house.work()
    assert nudges(twilio) == 0
    assert await house.rows("select id from outbox where kind = 'nudge' and state = 'dropped'")


async def test_staff_who_took_over_meanwhile_speak_alone(house: House, twilio: Twilio) -> None:
    house.clock.now = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)
    await begins(house, twilio)
    house.clock.forward(days=2)
    await house.work()
    thread, person = await her(house)
    house.office.tells(NoticeKind.TAKEN_OVER, person, TakenOver(thread=thread))
    house.clock.forward(hours=12)
    await house.work()
    assert nudges(twilio) == 0
    assert await reasons(house) == ["untrue"]
    assert [Ownership.model_validate(one).owner for one in house.office.told(f"threads/{thread}/ownership")] == [
        "staff"
    ]


async def test_a_backend_that_cannot_be_asked_keeps_a_nudge_back_for_good(house: House, twilio: Twilio) -> None:
    await begins(house, twilio)
    house.office.away = True
    house.clock.forward(days=2)
    await house.work()
    assert len(await house.rows("select id from outbox where kind = 'nudge' and state = 'pending'")) == 1
    house.clock.forward(hours=30)  # in the day, and before its deadline
    await house.change("update outbox set next_try_at = now()")
    await house.work()
    house.clock.forward(hours=5, minutes=45)
    await house.change("update outbox set next_try_at = now()")
    await house.work()
    assert nudges(twilio) == 0
    assert await reasons(house) == ["untrue"]


async def test_when_enough_came_today_it_leaves_tomorrow(house: House, twilio: Twilio) -> None:
    await begins(house, twilio)
    thread, _ = await her(house)
    house.clock.forward(days=2)

    async def reminders(desk: Desk) -> None:
        locked = await desk.lock(thread)
        for number in range(3):
            message = Outgoing("reminder", say("{n}", n=number), reference=UUID(int=number))
            await desk.write_message(locked, UUID(int=number), message)
        await desk.save(locked)

    await take(house.engine, TOWN, reminders)
    for _ in range(3):
        await house.work()
    assert bodies(twilio)[-3:] == ["0", "1", "2"]
    assert nudges(twilio) == 0
    house.clock.now = datetime(2026, 12, 3, 6, 59, tzinfo=UTC)
    await house.work()
    assert nudges(twilio) == 0
    house.clock.now = datetime(2026, 12, 3, 7, 0, tzinfo=UTC)
    await house.work()
    assert nudges(twilio) == 1


@pytest.mark.parametrize("seed", range(4))
async def test_killed_at_any_moment_it_comes_once(
    bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio, seed: int
) -> None:
    """Timer, turn and message are one transaction: whoever dies has done all of it or nothing."""
    chance = random.Random(seed)
    async with opened(bot_database, office, parrot, twilio) as house:
        await begins(house, twilio)
        house.clock.forward(days=2)
        for _ in range(4):
            dying = asyncio.create_task(worker.run(house.engine, asyncio.Event()))
            await asyncio.sleep(chance.uniform(0.0, 0.15))
            dying.cancel()
            await asyncio.gather(dying, return_exceptions=True)
            await house.change("update outbox set lease_until = now() - interval '1 second', next_try_at = now()")
        for _ in range(3):
            await house.work()
            await twilio.reported()
            for text in twilio.texts:
                text.created -= timedelta(minutes=16)
            await house.change("update outbox set next_try_at = now(), lease_until = now() - interval '1 second'")
            await house.change("update outbox set tried_at = tried_at - interval '16 minutes'")
        assert nudges(twilio) == 1
        assert len(await house.rows("select id from outbox where kind = 'nudge'")) == 1


async def test_two_workers_at_the_same_timer_send_one(house: House, twilio: Twilio) -> None:
    await begins(house, twilio)
    house.clock.forward(days=2)
    await asyncio.gather(*(timers.fire(house.engine) for _ in range(3)))
    await house.work()
    assert nudges(twilio) == 1
    assert [row.timer for row in await house.rows("select timer from timers")] == ["silence"]
