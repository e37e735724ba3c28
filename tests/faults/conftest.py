"""What the fault suite shares: a bot whose every line to the outside can be cut, and providers held to their specs."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from backend import postgres
from bot.stories.serving import serving
from bot.stories.telegram import Account
from bot.stories.telegram_api import Refused
from tests.bot.conftest import (  # noqa: F401  # fixtures
    _every_sentence_is_translated,
    bot_database,
    office,
    parrot,
)
from tests.bot.house import ACCOUNT, NUMBER, SARA, TOKEN, TOWN, Clock, House, Office, Parrot
from tests.bot.telegraph import BOT, SECRET, settings_for
from tests.faults.strict import StrictTelegram, StrictTwilio
from tests.faults.wire import Wire

IMPATIENT = 2.0
"""Seconds before a client of ours, or a provider's, gives up: its real patience would make the suite long."""
PATIENT = 60.0


@dataclass
class Town:
    """The bot with its providers. ``to_twilio``, ``to_telegram``: its lines out; ``to_us``: theirs in."""

    house: House
    twilio: StrictTwilio
    telegram: StrictTelegram
    to_twilio: Wire
    to_telegram: Wire
    to_us: Wire
    sara: Account

    def patient(self) -> None:
        """From now on the providers wait for our answers as long as they really would, and longer."""
        self.twilio._http.timeout = self.telegram._http.timeout = httpx2.Timeout(PATIENT)

    def texts(self, who: str = SARA) -> list[str]:
        """What stands in somebody's telephone."""
        return [text.body for text in self.twilio.sent_to(who)]

    def chat(self, who: Account | None = None) -> list[str]:
        """What stands in somebody's chat."""
        return [sent.text for sent in self.telegram.sent_to(who or self.sara, TOWN)]

    async def heard(self) -> list[str]:
        """What people wrote, as the conversation was given it, each line once."""
        return self.house.parrot.heard_words()

    async def rows(self) -> list[tuple[str, str | None]]:
        """State and provider's code of every message of ours."""
        return [
            (row.state, row.provider_code)
            for row in await self.house.rows("select state, provider_code from outbox order by seq")
        ]

    async def later(self, **by: float) -> None:
        """Real time goes by, here and at the provider; then everything that can be done is done."""
        passed = timedelta(**by)
        for text in self.twilio.texts:
            text.created -= passed
        for table, columns in {
            "outbox": ("tried_at", "holds_since", "lease_until", "next_try_at", "created_at"),
            "threads": ("held_until_at",),
            "pauses": ("until_at",),
            "calls": ("lease_until", "next_try_at", "created_at"),
            "inbox": ("next_try_at",),
        }.items():
            for column in columns:
                moved = f"{column} = {column} - interval '{passed.total_seconds()} seconds'"
                await self.house.change(f"update {table} set {moved}")
        await self.house.work()
        await self.twilio.reported()


@pytest.fixture
async def town(
    bot_database: postgres.Database,  # noqa: F811  # the fixture
    office: Office,  # noqa: F811  # as above
    parrot: Parrot,  # noqa: F811  # as above
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Town]:
    monkeypatch.setattr("bot.sms.twilio.TIMEOUT", IMPATIENT)
    twilio, telegram = StrictTwilio(ACCOUNT, TOKEN), StrictTelegram({TOWN: BOT})
    twilio._http.timeout = telegram._http.timeout = httpx2.Timeout(IMPATIENT)  # their patience with our webhooks
    async with twilio.open(), telegram.open():
        async with opened(bot_database, office, parrot, twilio, telegram) as made:
            yield made
        assert twilio.misfits == []


@asynccontextmanager
async def opened(
    database: postgres.Database,
    backend: Office,
    conversation: Parrot,
    twilio: StrictTwilio,
    telegram: StrictTelegram,
    *,
    more: dict[str, str] | None = None,
) -> AsyncIterator[Town]:
    """A bot on a database, with a wire on each of its lines."""
    async with AsyncExitStack() as stack:
        to_twilio = await stack.enter_async_context(Wire(twilio.base_url).open())
        to_telegram = await stack.enter_async_context(Wire(telegram.base_url).open())
        given = {
            **settings_for(telegram),
            "IMORGON_TELEGRAM_API_BASE": to_telegram.url,
            "IMORGON_TWILIO_API_BASE": to_twilio.url,
            **(more or {}),
        }
        house = House(database, backend, conversation, twilio, Clock(), more=given)
        url = await stack.enter_async_context(serving(house.application()))
        to_us = await stack.enter_async_context(Wire(url).open())
        house.known_as(to_us.url)
        twilio.webhooks[NUMBER] = f"{to_us.url}/sms/inbound#rc=3&rp=all"
        bot = telegram.bot(TOWN)
        bot.webhook, bot.secret = f"{to_us.url}/telegram/webhook/{TOWN}", SECRET
        _be_impatient(house)
        sara = next(iter(telegram.accounts.values()), None) or telegram.account("Sara", SARA, "sv")
        yield Town(house, twilio, telegram, to_twilio, to_telegram, to_us, sara)


def _be_impatient(house: House) -> None:
    bots: Any = house.channels["telegram"].bots  # type: ignore[attr-defined]  # the channel's own
    call: Callable[..., Any] = bots.call

    async def impatient(municipality: str, method: Any, seconds: float = 10.0) -> Any:
        return await call(municipality, method, min(seconds, IMPATIENT))

    bots.call = impatient


def refused(status: int, description: str, **parameters: int) -> Refused:
    """An answer of Telegram."""
    return Refused(status, description, **parameters)
