"""What people wrote and no webhook brought: found in the provider's list, taken in once, in order, and as of then."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.arriving import reconciling
from bot.arriving.reconciling import Reconciler
from bot.channels.sms import Sms
from bot.engine import Engine
from bot.leaving.carriers import NobodyKnows
from bot.messages import Said
from bot.sms.elks import Account as ElksAccount
from bot.sms.elks import Elks as ElksProvider
from bot.sms.twilio import Account
from bot.sms.twilio import Twilio as TwilioProvider
from bot.stories.elks import Elks
from bot.stories.twilio import Text, Twilio
from tests.bot.elks_settings import ELKS_NUMBER
from tests.bot.house import ACCOUNT, MONDAY, NUMBER, OMAR, SARA, TOKEN, TOWN, House


def reconciler(house: House, place: int = 0) -> Reconciler:
    sms = house.channels["sms"]
    assert isinstance(sms, Sms)
    return Reconciler(TOWN, sms.carried[TOWN][place])


async def troubles(house: House) -> dict[str, str]:
    """What the channel tells of what stands still."""
    sms = house.channels["sms"]
    assert isinstance(sms, Sms)
    return await sms.trouble(house.engine)


async def look(house: House, place: int = 0) -> bool:
    """A look now, though it may not be time yet."""
    await house.change("update reconciling set next_look_at = now()")
    return await reconciler(house, place).once(house.engine)


def ago(text: Text, minutes: float) -> Text:
    text.created -= timedelta(minutes=minutes)
    return text


async def seen_until(house: House) -> datetime:
    (row,) = await house.rows("select seen_until_at from reconciling where provider = 'Twilio'")
    found: datetime = row.seen_until_at
    return found


async def test_what_was_lost_is_taken_in_once_in_order_and_as_of_then(house: House, twilio: Twilio) -> None:
    await look(house)
    await house.change("update reconciling set seen_until_at = now() - interval '3 hours'")  # we were down
    ago(twilio.lose(SARA, NUMBER, "sedan"), 90)
    ago(twilio.lose(SARA, NUMBER, "först"), 120)
    ago(twilio.lose(SARA, NUMBER, "långt före"), 300)
    twilio.lose(SARA, "+46701740699", "till någon annan")
    assert await twilio.write(SARA, NUMBER, "kom fram") == 204
    for _ in range(3):
        assert await look(house)
    assert house.parrot.heard_words() == ["kom fram", "först", "sedan"]
    received = await house.rows("select at from entries where who = 'person' order by number")
    minutes = [round((MONDAY - row.at).total_seconds() / 60) for row in received]
    assert minutes == [0, 120, 90]
    await house.work()
    await look(house)
    assert len(twilio.sent_to(SARA)) == 3


async def test_the_list_is_read_to_its_last_page(house: House, twilio: Twilio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sms.twilio.ON_A_PAGE", 2)
    for number in range(5):
        ago(twilio.lose(SARA, NUMBER, f"ord {number}"), 5 - number)
    assert await look(house)
    assert house.parrot.heard_words() == [f"ord {number}" for number in range(5)]
    assert twilio.listings == 3


async def test_a_number_nobody_asked_for_is_diverted_here_too(house: House, twilio: Twilio) -> None:
    card = "5105 1051 0510 5100"  # a card that is used in examples
    twilio.lose(SARA, NUMBER, f"mitt kort {card}")
    twilio.lose(OMAR, NUMBER, "mitt id", pictures=2)
    assert await look(house)
    await house.work()
    assert sorted(one["kind"] for one in house.office.told("sealed")) == ["card-number", "photo"]
    assert "5105" not in "".join(await house.opened())
    assert "Media.json" not in "".join(await house.opened())
    assert {event.pictures for event in house.parrot.events(Said)} == {0, 2}


async def test_what_is_no_message_is_a_dead_letter_once(house: House, twilio: Twilio) -> None:
    twilio.lose("Reklam", NUMBER, "köp")
    for _ in range(2):
        assert await look(house)
    assert [row.state for row in await house.rows("select state from inbox")] == ["dead"]
    assert house.parrot.heard == []


async def test_of_a_messaging_service_only_what_came_to_it(house: House, twilio: Twilio) -> None:
    service = "MG" + "b" * 32
    account = Account(ACCOUNT, TOKEN, twilio.base_url, {}, {TOWN: service})
    by = TwilioProvider(account, "http://127.0.0.1:1")
    twilio.lose(SARA, "+46701740698", "till tjänsten").service = service
    twilio.lose(OMAR, "+46701740697", "till en annan").service = "MG" + "c" * 32
    ours = Text("SM" + "1" * 32, "+46701740698", SARA, "vårt eget", None, "sent", service=service)
    twilio.texts.append(ours)  # what we wrote stands on the same list
    await by.catch_up(house.engine, TOWN, datetime.now(UTC) - timedelta(minutes=5))
    await by.close()
    assert house.parrot.heard_words() == ["till tjänsten"]
    assert await house.rows("select 1 from inbox") == []  # and no dead letter of somebody else's


# --- One at a time, and never half ------------------------------------------------------------------------------------


async def test_one_worker_looks_and_not_again_for_some_minutes(house: House, twilio: Twilio) -> None:
    one, another = reconciler(house), reconciler(house)
    looked = await asyncio.gather(one.once(house.engine), another.once(house.engine))
    assert sorted(looked) == [False, True]
    assert not await one.once(house.engine)
    assert twilio.listings == 1
    await house.change("update reconciling set next_look_at = next_look_at - interval '3 minutes'")
    assert await another.once(house.engine)


async def test_who_dies_while_looking_has_lost_nothing(
    house: House, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the first of two messages: the next worker, when the lease has run out, takes in the second."""
    await look(house)
    before = await seen_until(house)
    ago(twilio.lose(SARA, NUMBER, "ett"), 2)
    ago(twilio.lose(SARA, NUMBER, "två"), 1)
    receive = TwilioProvider._receive  # where it dies

    async def dies(self: TwilioProvider, engine: Engine, words: Any, at: datetime | None = None) -> None:
        await receive(self, engine, words, at)
        raise asyncio.CancelledError

    monkeypatch.setattr(TwilioProvider, "_receive", dies)
    with pytest.raises(asyncio.CancelledError):
        await look(house)
    monkeypatch.undo()
    assert house.parrot.heard_words() == ["ett"]
    assert await seen_until(house) == before
    assert not await look(house)  # its lease stands
    await house.change("update reconciling set lease_until = now() - interval '1 second'")
    assert await look(house)
    assert house.parrot.heard_words() == ["ett", "två"]


async def test_what_cannot_be_kept_now_is_looked_at_again(house: House, twilio: Twilio) -> None:
    await look(house)
    before = await seen_until(house)
    twilio.lose(SARA, NUMBER, "Hej")
    house.office.away = True
    await house.change("delete from policies")
    house.engine.policies = type(house.engine.policies)(house.engine.database, house.engine.backend)
    assert not await look(house)
    assert (house.parrot.heard, await seen_until(house)) == ([], before)
    house.office.away = False
    assert await look(house)
    assert house.parrot.heard_words() == ["Hej"]


# --- What is told when it does not work -------------------------------------------------------------------------------


async def test_what_cannot_be_listed_is_told_until_it_can(house: House, twilio: Twilio) -> None:
    twilio.lists = False
    assert not await look(house)
    (why,) = (await troubles(house)).values()
    assert why.startswith("Twilio does not list what people wrote since ")
    assert why.endswith("(CannotAsk)")
    assert not await reconciler(house).once(house.engine)  # not at once again
    twilio.lists = True
    await house.change("update reconciling set next_look_at = next_look_at - interval '30 seconds'")
    assert await reconciler(house).once(house.engine)
    assert await troubles(house) == {}


async def test_where_nobody_looks_any_more_that_is_told(house: House) -> None:
    await look(house)
    await house.change("update reconciling set next_look_at = now() - interval '16 minutes'")
    (why,) = (await troubles(house)).values()
    assert why.startswith("nobody has asked Twilio for lost messages since ")


async def test_our_own_mistake_is_told_too_and_its_words_are_not(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def falls(*_: object) -> None:
        raise KeyError(SARA)

    monkeypatch.setattr(TwilioProvider, "catch_up", falls)
    assert not await look(house)
    (why,) = (await reconciling.troubles(house.engine.database)).values()
    assert "KeyError" in why
    assert SARA not in why


async def test_a_provider_without_a_list_is_not_asked_again_and_is_no_trouble(house: House) -> None:
    class Lists:
        name = "Pigeon Post"
        asked = 0

        async def catch_up(self, *_: object) -> None:
            self.asked += 1
            raise NobodyKnows

    by = Lists()
    await Reconciler(TOWN, by).look_after(house.engine, asyncio.Event())
    assert by.asked == 1
    assert await reconciling.troubles(house.engine.database) == {}


# --- 46elks, and by itself --------------------------------------------------------------------------------------------


async def test_46elks_lists_too(both: House, elks: Elks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sms.elks.ON_A_PAGE", 2)
    for number in range(3):
        elks.lose(SARA, ELKS_NUMBER, f"ord {number}").created -= timedelta(minutes=5 - number)
    elks.lose(SARA, ELKS_NUMBER, "långt före").created -= timedelta(hours=3)
    for _ in range(2):
        assert await look(both, 1)
    assert both.parrot.heard_words() == ["ord 0", "ord 1", "ord 2"]
    await both.work()
    assert len(elks.sent_to(SARA)) == 3  # she wrote to this number, so it answers


async def test_46elks_that_does_not_answer_is_told(both: House) -> None:
    account = ElksAccount("u", "p", "http://127.0.0.1:9", {TOWN: ELKS_NUMBER}, ("s" * 40,))
    by = ElksProvider(account, "http://127.0.0.1:1")
    assert not await Reconciler(TOWN, by).once(both.engine)
    (why,) = (await troubles(both)).values()
    assert why.startswith("46elks does not list what people wrote since ")
    await by.close()


async def test_a_worker_looks_by_itself(house: House, twilio: Twilio) -> None:
    twilio.lose(SARA, NUMBER, "Hej")
    async with house.working():
        await twilio.wait_for(lambda: bool(twilio.sent_to(SARA)))
    assert house.parrot.heard_words() == ["Hej"]
