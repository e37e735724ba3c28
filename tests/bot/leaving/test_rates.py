"""How fast we write: never faster than the provider bears, whoever of us writes, and a reply need not wait for it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from uuid import uuid4

import pytest

from backend import postgres
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.database import Database
from bot.environment import SettingsError
from bot.leaving import outbox
from bot.leaving.rates import PACES, Pace, Rate, paces, take_token, take_tokens
from bot.leaving.sending import RANKS
from bot.messages import Outgoing, Said
from bot.stories.twilio import Twilio
from tests.bot.conftest import opened
from tests.bot.house import ENVELOPE_KEY, OMAR, SARA, TOWN, House, Office, Parrot, numbers_of, reply, says

FEW = Pace(sender=Rate(0.1, 4), chat=Rate(1, 5), channel=Rate(0.1, 6))
"""Four at once from one sender, six from all; then one every ten seconds."""

REPLY, REMINDER = RANKS["reply"], RANKS["reminder"]


async def took(house: House, times: int, *, town: str = TOWN, rank: int = REPLY, pace: Pace = FEW) -> int:
    """How many of so many tokens there were."""
    return sum([await take_token(house.engine.database, town, "sms", pace, rank) for _ in range(times)])


async def seconds_go_by(house: House, seconds: float) -> None:
    await house.change(f"update buckets set free_at = free_at - interval '{seconds} seconds'")


async def test_so_many_at_once_and_then_as_time_goes_by(house: House) -> None:
    assert await took(house, 6) == 4
    await seconds_go_by(house, 9)
    assert await took(house, 1) == 0
    await seconds_go_by(house, 2)
    assert await took(house, 3) == 1
    await seconds_go_by(house, 3600)
    assert await took(house, 9) == 4  # a rest fills the bucket, and never more than that


async def test_all_workers_take_from_the_same_bucket(house: House, bot_database: postgres.Database) -> None:
    others = [Database(bot_database.app_url, ENVELOPE_KEY.encode()[:32]) for _ in range(3)]
    wanted = [take_token(database, TOWN, "sms", FEW, REPLY) for database in others for _ in range(5)]
    assert sum(await asyncio.gather(*wanted)) == 4
    for database in others:
        await database.close()


async def test_who_sends_holds_a_connection_and_needs_no_other_of_them(bot_database: postgres.Database) -> None:
    """Else ten who send at once would wait for each other, and nothing would leave until they gave up."""
    database = Database(bot_database.app_url, ENVELOPE_KEY.encode()[:32], connections=2)
    async with database.transaction(), database.transaction(), asyncio.timeout(5):
        assert await take_token(database, TOWN, "sms", FEW, REPLY)
    await database.close()


async def test_all_senders_of_a_channel_share_what_the_account_bears(house: House) -> None:
    assert await took(house, 4) == 4
    assert await took(house, 4, town="svedala") == 2


async def test_what_is_not_urgent_leaves_half_for_what_is(house: House) -> None:
    assert await took(house, 9, rank=REMINDER) == 2
    assert await took(house, 9, rank=RANKS["change"]) == 2


async def test_many_take_theirs_together_and_get_what_there_is(house: House) -> None:
    async def together(wanted: int, *, town: str = TOWN, urgent: bool = True, pace: Pace | None = FEW) -> int:
        return await take_tokens(house.engine.database, town, "sms", pace, wanted, urgent=urgent)

    assert await together(9, urgent=False) == 2
    assert await together(1) == 1
    assert await together(9) == 1
    assert await together(9) == 0
    # The account bears two more; what its other sender did not get stays in that sender's own bucket.
    assert await together(9, town="svedala") == 2
    await house.change("delete from buckets where municipality = ''")
    assert await together(9, town="svedala") == 2
    assert await together(9, pace=None) == 9


async def test_as_many_together_as_one_by_one_at_any_rate(house: House) -> None:
    """The sums are of fractions of a second, and none is lost by rounding."""
    for a_second in (0.3, 3, 7, 20, 30, 999, 100_000):
        pace = Pace(sender=Rate(a_second, 10), chat=Rate(1, 5))
        await house.change("delete from buckets")
        # Of a fast one some are filled again while we count.
        assert await take_tokens(house.engine.database, TOWN, "sms", pace, 10, urgent=True) == 10
        if a_second < 10:
            assert await take_tokens(house.engine.database, TOWN, "sms", pace, 10, urgent=True) == 0


async def test_where_no_pace_is_declared_nobody_waits(house: House) -> None:
    assert all([await take_token(house.engine.database, TOWN, "web", None, REPLY) for _ in range(50)])


@pytest.mark.parametrize("channel", PACES)
def test_each_channel_stays_within_what_its_provider_says(channel: str) -> None:
    pace = PACES[channel]
    in_a_second = pace.sender.at_once + pace.sender.a_second
    assert in_a_second <= {"telegram": 30, "sms": 15}[channel]
    assert pace.chat.a_second <= 1


def test_the_pace_can_be_said_in_the_settings() -> None:
    said = paces({"IMORGON_RATE_SMS": "80", "IMORGON_RATE_SMS_CHAT": "0.5"})
    assert said["sms"] == Pace(sender=Rate(80, 80), chat=Rate(0.5, 5), channel=Rate(80, 80))
    assert said["telegram"] == PACES["telegram"]


@pytest.mark.parametrize("value", ["0", "fast", "-1", "1e9"])
def test_a_pace_that_is_none_is_one_clear_line(value: str) -> None:
    with pytest.raises(SettingsError, match=r"IMORGON_RATE_TELEGRAM must be a number greater than 0"):
        paces({"IMORGON_RATE_TELEGRAM": value})


# --- On the wire ------------------------------------------------------------------------------------------------------

Opens = Callable[[Mapping[str, str]], AbstractAsyncContextManager[House]]


@pytest.fixture
def opens(bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio) -> Opens:
    return lambda more: opened(bot_database, office, parrot, twilio, more=more)


async def write(house: House, who: str, *words: str) -> None:
    for said in words:
        received = await inbox.receive(house.engine, Inbound(TOWN, "sms", who, uuid4().hex, Said(said)))
        assert received.outcome == "done"


async def test_we_wait_before_the_provider_says_so(opens: Opens, twilio: Twilio) -> None:
    people = numbers_of(13)
    async with opens({"IMORGON_RATE_SMS": "0.1"}) as house:
        for person in people:
            await write(house, person, "Hej")
        await house.work()
        assert (len(twilio.texts), twilio.requests) == (10, 10)
        assert (await house.states()).count("pending") == 3
        await house.work()
        assert twilio.requests == 10
        await seconds_go_by(house, 21)
        await house.work()
        assert twilio.requests == 12


async def test_a_token_that_soon_comes_is_waited_for(house: House, twilio: Twilio) -> None:
    """As many leave as can, without anybody ringing and without a second's pause between two looks."""
    await write(house, SARA, "Hej")
    ahead = house.engine.settings.paces["sms"].sender.ahead()
    await house.change(
        f"insert into buckets values (:town, 'sms', now() + interval '{ahead + 0.45} seconds')", town=TOWN
    )
    while await outbox.send_one(house.engine, set()):
        pass
    assert [text.body for text in twilio.texts] == ["Du skrev: Hej"]


async def test_one_who_writes_much_is_answered_at_a_persons_pace_and_in_order(opens: Opens, twilio: Twilio) -> None:
    async with opens({"IMORGON_RATE_SMS_CHAT": "0.1"}) as house:
        words = [f"ord {chr(97 + n)}" for n in range(8)]
        await write(house, SARA, *words)
        await write(house, OMAR, "Hej")
        await house.work()
        assert [text.body for text in twilio.sent_to(SARA)] == [f"Du skrev: {said}" for said in words[:5]]
        assert [text.body for text in twilio.sent_to(OMAR)] == ["Du skrev: Hej"]
        await house.change("update threads set free_at = free_at - interval '31 seconds'")
        await house.work()
        assert [text.body for text in twilio.sent_to(SARA)] == [f"Du skrev: {said}" for said in words]


async def test_a_try_that_the_provider_refuses_has_cost_its_token(opens: Opens, twilio: Twilio) -> None:
    async with opens({"IMORGON_RATE_SMS": "0.1"}) as house:
        twilio.faults.append("429")
        await write(house, SARA, "Hej")
        await house.work()
        assert (await house.states(), twilio.texts) == (["pending"], [])
        assert await took(house, 20, pace=house.engine.settings.paces["sms"]) == 9


async def test_nobody_spends_a_token_on_what_stays(opens: Opens, twilio: Twilio) -> None:
    """What waits for the morning, or is dropped, has cost nothing when the morning comes."""
    async with opens({"IMORGON_RATE_SMS": "0.1"}) as house:
        house.parrot.on["Hej"] = says()
        await write(house, SARA, "Hej")
        assert await house.rows("select * from buckets") == []
        house.clock.now += timedelta(hours=12)
        house.parrot.on["kväll"] = says("Svar", _nudge())
        await write(house, SARA, "kväll")
        await house.work()
        assert [text.body for text in twilio.sent_to(SARA)] == ["Svar"]
        assert await took(house, 20, pace=house.engine.settings.paces["sms"]) == 9


def _nudge() -> Outgoing:
    return reply("Vill du fortsätta?", "nudge", reference=uuid4())
