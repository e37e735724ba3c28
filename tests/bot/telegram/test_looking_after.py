"""Looking after a bot: webhook or asking, by one worker at a time; what stops it, and who is told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
import pytest

from backend import postgres
from backend.contract import Policy
from bot import app
from bot.conversation import turn
from bot.listening import Listens
from bot.stories.serving import serving
from bot.stories.telegram import Account, Telegram
from bot.stories.twilio import Twilio
from bot.telegram import looking_after
from tests.bot.conftest import opened
from tests.bot.house import SARA, TOWN, House, Office, Parrot
from tests.bot.telegraph import BOT, SECRET, settings_for

POLLING = {"IMORGON_TELEGRAM_MODE": "polling"}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks again only after ten seconds."""
    monkeypatch.setattr(looking_after, "LOOK", 0.1)


@pytest.fixture
def sara(telegram: Telegram) -> Account:
    return telegram.account("Sara", SARA, "sv")


@pytest.fixture
async def asking(
    bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio, telegram: Telegram
) -> AsyncIterator[House]:
    """A bot that asks Telegram for updates; nobody looks after it yet."""
    async with opened(bot_database, office, parrot, twilio, more=settings_for(telegram, **POLLING)) as made:
        yield made


@asynccontextmanager
async def looked_after(house: House) -> AsyncIterator[asyncio.Task[None]]:
    """The worker's part that is Telegram's."""
    stop = asyncio.Event()
    channel = house.channels["telegram"]
    assert isinstance(channel, Listens)
    task = asyncio.create_task(channel.listen(house.engine, stop))
    try:
        yield task
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await task


def another(house: House, database: postgres.Database, more: Mapping[str, str]) -> AbstractAsyncContextManager[House]:
    """Another process on the same database."""
    return opened(database, house.office, house.parrot, house.twilio, more=more)


async def until(seen: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not seen():  # noqa: ASYNC110  # what is seen lies in other hands, which ring no bell
            await asyncio.sleep(0.02)


def unset(telegram: Telegram) -> Any:
    """What Telegram keeps of our bot, before anybody has set a webhook."""
    bot = telegram.bot(TOWN)
    bot.webhook = None
    return bot


def asked(telegram: Telegram) -> list[dict[str, Any]]:
    return [values for method, values in telegram.calls if method == "getUpdates"]


# --- By webhook -------------------------------------------------------------------------------------------------------


async def test_the_webhook_is_set_with_its_secret_and_the_menus_are_shown(
    telegram_house: House, telegram: Telegram, sara: Account
) -> None:
    bot = unset(telegram)
    async with looked_after(telegram_house):
        await until(lambda: "short_description ar" in bot.shown)
    assert bot.webhook == f"{telegram_house.engine.settings.public_url}/telegram/webhook/{TOWN}"
    assert bot.secret == SECRET
    assert set(bot.allowed) == {"message", "edited_message", "callback_query", "my_chat_member"}
    assert {"commands", "commands sv", "commands ar", "description", "short_description"} <= set(bot.shown)
    assert await telegram.write(sara, TOWN, "Hej") == 204


async def test_a_webhook_that_is_gone_is_set_again(
    telegram_house: House, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_after, "LOOK_AT_WEBHOOK", 0.0)
    bot = unset(telegram)
    async with looked_after(telegram_house):
        await until(lambda: bot.webhook)
        bot.webhook = None
        await until(lambda: bot.webhook)


async def test_somebody_elses_webhook_stops_us_and_raises_the_alarm(
    telegram_house: House, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second installation with our token: what people write goes there."""
    monkeypatch.setattr(looking_after, "LOOK_AT_WEBHOOK", 0.0)
    bot = unset(telegram)
    async with looked_after(telegram_house) as task:
        await until(lambda: bot.webhook)
        bot.webhook = "https://other.example/telegram/webhook/trelleborg"
        await until(task.done)
    channel = telegram_house.channels["telegram"]
    assert isinstance(channel, Listens)
    assert "409" in (await channel.trouble(telegram_house.engine))[TOWN]
    assert bot.webhook == "https://other.example/telegram/webhook/trelleborg"


async def test_one_worker_of_several_sets_the_webhook(
    telegram_house: House, bot_database: postgres.Database, telegram: Telegram
) -> None:
    """More than one a second would be refused."""
    async with (
        another(telegram_house, bot_database, settings_for(telegram)) as other,
        looked_after(telegram_house),
        looked_after(other),
    ):
        await until(lambda: "short_description ar" in telegram.bot(TOWN).shown)
        await asyncio.sleep(0.5)
    assert [method for method, _ in telegram.calls].count("setWebhook") == 1


async def test_without_the_recorded_analysis_nothing_is_set_and_what_was_set_is_taken_away(
    telegram_house: House, telegram: Telegram
) -> None:
    async def decided(*, may: bool) -> None:
        office = telegram_house.office
        office.policy = office.policy.model_copy(update={"telegram": may})
        await telegram_house.engine.policies.fetch(TOWN)

    bot = unset(telegram)
    await decided(may=False)
    async with looked_after(telegram_house):
        await asyncio.sleep(0.5)
        assert telegram.calls == []
        await decided(may=True)
        await until(lambda: bot.webhook)
        await decided(may=False)
        await until(lambda: bot.webhook is None)


# --- By asking --------------------------------------------------------------------------------------------------------


async def test_asked_for_an_update_is_answered_and_then_confirmed(
    asking: House, telegram: Telegram, sara: Account
) -> None:
    bot = telegram.bot(TOWN)
    bot.webhook = "http://127.0.0.1:9/left/over"
    async with looked_after(asking):
        await telegram.wait_for(lambda: bot.webhook is None)
        assert await telegram.write(sara, TOWN, "Hej") == 202
        await until(lambda: asking.parrot.heard and not bot.pending)
    assert asking.parrot.heard_words() == ["Hej"]
    assert asked(telegram)[0]["allowed_updates"] == looking_after.ALLOWED


async def test_no_offset_is_remembered_longer_than_it_takes_to_confirm(
    asking: House, telegram: Telegram, sara: Account
) -> None:
    """After a quiet week ids begin anew anywhere, also lower: an old offset would confirm what nobody has seen."""
    async with looked_after(asking):
        for words, number in (("ett", 900_000), ("två", 17)):
            message = {"message_id": 1, "date": 1, "chat": sara.chat, "from": sara.user, "text": words}
            await telegram.bring(TOWN, {"update_id": number, "message": message})
            await until(lambda: not telegram.bot(TOWN).pending)
    assert asking.parrot.heard_words() == ["ett", "två"]
    offsets = [one["offset"] for one in asked(telegram) if "offset" in one]
    assert offsets == [900_001, 18]
    assert "offset" not in asked(telegram)[0]


async def test_one_malformed_update_never_stops_the_rest(asking: House, telegram: Telegram, sara: Account) -> None:
    bot = telegram.bot(TOWN)
    await telegram.write(sara, TOWN, "före")
    wrong: list[Any] = [{"update_id": 700_000_100, "message": {"text": ["x"]}}, {"message": {}}, "no object", None, 5]
    for malformed in wrong:
        await telegram.bring(TOWN, malformed)
    bot.pending.append({"update_id": 800_000_000, "message": telegram_message(sara, "efter")})
    async with looked_after(asking):
        await until(lambda: "efter" in asking.parrot.heard_words())
    assert asking.parrot.heard_words() == ["före", "efter"]
    assert [row.state for row in await asking.rows("select state from inbox")] == ["dead"] * 5


def telegram_message(who: Account, words: str) -> dict[str, Any]:
    return {"message_id": 1, "date": 1, "chat": who.chat, "from": who.user, "text": words}


async def test_what_cannot_be_committed_is_not_confirmed_and_asked_for_again(
    asking: House, telegram: Telegram, sara: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, tries = asking.engine.policies.get, 0

    async def later(municipality: str) -> Policy:
        nonlocal tries
        tries += 1
        asking.office.away = 3 < tries < 6  # after the bot's own looks at whether it is on
        if asking.office.away:
            return await asking.engine.policies.fetch(municipality)
        return await original(municipality)

    for words in ("ett", "två", "tre"):
        await telegram.write(sara, TOWN, words)
    monkeypatch.setattr(asking.engine.policies, "get", later)
    async with looked_after(asking):
        await until(lambda: len(asking.parrot.heard) == 3 and not telegram.bot(TOWN).pending, 20)
    assert asking.parrot.heard_words() == ["ett", "två", "tre"]
    assert tries > 6


async def test_somebody_else_who_asks_stops_us_and_raises_the_alarm(
    asking: House, telegram: Telegram, sara: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    async with looked_after(asking) as task:
        await telegram.listened_to(TOWN)
        async with httpx2.AsyncClient(trust_env=False) as thief:
            await thief.post(f"{telegram.base_url}/bot{BOT}/getUpdates", data={"timeout": "0"})
        await until(task.done)
        channel = asking.channels["telegram"]
        assert isinstance(channel, Listens)
        assert "409" in (await channel.trouble(asking.engine))[TOWN]
    out, err = capfd.readouterr()
    assert "telegram stopped" in out + err
    assert BOT not in out + err
    # It stays stopped for every worker ...
    await telegram.write(sara, TOWN, "Hej")
    calls = len(telegram.calls)
    await asyncio.sleep(0.3)
    assert len(telegram.calls) == calls
    # ... until somebody starts one anew.
    async with looked_after(asking):
        await until(lambda: asking.parrot.heard)
    assert await channel.trouble(asking.engine) == {}


async def test_readiness_tells_and_goes_on_receiving(asking: House, telegram: Telegram) -> None:
    await asking.engine.policies.fetch(TOWN)
    await asking.change(
        "insert into telegram_bots (municipality, stopped, stopped_at) values (:town, 'conflict', now())", town=TOWN
    )
    application = app.create(asking.engine.settings, asking.clock, turn)
    async with serving(application) as url, httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{url}/readyz")
    assert answer.status_code == 200
    assert any("telegram of trelleborg stands still" in one and "409" in one for one in answer.json()["troubles"])


async def test_a_token_that_telegram_does_not_know_stops_the_bot(
    bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio, telegram: Telegram
) -> None:
    revoked = {"IMORGON_TELEGRAM_TOKEN_TRELLEBORG": BOT.replace("made-up", "revoked"), **POLLING}
    async with opened(bot_database, office, parrot, twilio, more=settings_for(telegram, **revoked)) as house:
        async with looked_after(house) as task:
            await until(task.done)
        channel = house.channels["telegram"]
        assert isinstance(channel, Listens)
        assert "401" in (await channel.trouble(house.engine))[TOWN]


async def test_two_workers_do_not_ask_at_once_and_one_takes_over(
    asking: House, bot_database: postgres.Database, telegram: Telegram, sara: Account
) -> None:
    parrot = asking.parrot
    async with another(asking, bot_database, settings_for(telegram, **POLLING)) as other:
        async with looked_after(other) as waiting:
            async with looked_after(asking):
                await telegram.listened_to(TOWN)
                for n in range(3):
                    await telegram.write(sara, TOWN, f"{n}")
                await until(lambda: len(parrot.heard) == 3)
                assert not waiting.done()
            await telegram.write(sara, TOWN, "till den andra")
            await until(lambda: len(parrot.heard) == 4)
        assert (await asking.rows("select stopped, lease from telegram_bots"))[0] == (None, None)
    assert parrot.heard_words() == ["0", "1", "2", "till den andra"]


async def test_a_worker_that_died_is_followed_by_another(asking: House, telegram: Telegram, sara: Account) -> None:
    """Its lease runs out; nothing it had taken in is taken in twice."""
    await telegram.write(sara, TOWN, "Hej")
    channel = asking.channels["telegram"]
    assert isinstance(channel, Listens)
    dying = asyncio.create_task(channel.listen(asking.engine, asyncio.Event()))
    await until(lambda: any("offset" in one for one in asked(telegram)))
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    telegram.bot(TOWN).pending.append({"update_id": 700_000_001, "message": telegram_message(sara, "Hej")})
    async with looked_after(asking):
        await asyncio.sleep(0.4)
        calls = len(telegram.calls)
        await asyncio.sleep(0.3)
        assert len(telegram.calls) == calls  # somebody may still be at it
        await asking.change("update telegram_bots set lease_until = now() - interval '1 second'")
        await telegram.write(sara, TOWN, "Hej igen")
        await until(lambda: "Hej igen" in asking.parrot.heard_words())
    assert asking.parrot.heard_words() == ["Hej", "Hej igen"]
