"""What tests of the bot share: its database, a backend on the wire, a provider on the wire, a small conversation."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from backend import postgres
from bot.migrations import migrate
from bot.stories.elks import Elks
from bot.stories.serving import serving
from bot.stories.telegram import Telegram
from bot.stories.twilio import Twilio
from tests.bot.elks_settings import ELKS_SETTINGS, NO_TWILIO, TWILIO_FIRST, known_at, settings_at
from tests.bot.house import ACCOUNT, NUMBER, TOKEN, TOWN, Clock, House, Office, Parrot
from tests.bot.telegraph import BOT, SECRET, settings_for
from tests.conftest import MakeDatabase


def _migrate(database: postgres.Database) -> None:
    migrate(database.owner_url, database.app_role)


@pytest.fixture(autouse=True)
def _every_sentence_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(language: str, message: str) -> None:
        raise AssertionError(f"no translation in {language}: {message}")

    monkeypatch.setattr("bot.text.missing", missing)


@pytest.fixture
def bot_database(make_database: MakeDatabase) -> postgres.Database:
    return make_database("bot", _migrate)


@pytest.fixture
def office() -> Office:
    """A backend that answers what the test wants, or not at all."""
    return Office()


@pytest.fixture
def parrot() -> Parrot:
    """A conversation so small that a test can say what it does."""
    return Parrot()


@pytest.fixture
async def twilio() -> AsyncIterator[Twilio]:
    async with Twilio(ACCOUNT, TOKEN).open() as provider:
        yield provider


@pytest.fixture
async def house(
    bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio
) -> AsyncIterator[House]:
    """The bot with its database, served on a loopback port, known to the provider; its worker is the test's to run."""
    async with opened(bot_database, office, parrot, twilio) as made:
        yield made


@pytest.fixture
async def elks() -> AsyncIterator[Elks]:
    async with Elks(ELKS_SETTINGS["IMORGON_ELKS_USERNAME"], ELKS_SETTINGS["IMORGON_ELKS_PASSWORD"]).open() as provider:
        yield provider


@pytest.fixture
async def elks_house(
    bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio, elks: Elks
) -> AsyncIterator[House]:
    """The bot with a number at 46elks alone."""
    more = {**NO_TWILIO, **settings_at(elks)}
    async with opened(bot_database, office, parrot, twilio, more=more) as made:
        known_at(made, elks)
        yield made


@pytest.fixture
async def both(
    bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio, elks: Elks
) -> AsyncIterator[House]:
    """The bot with a number at each provider: Twilio first, 46elks second."""
    more = {**TWILIO_FIRST, **settings_at(elks)}
    async with opened(bot_database, office, parrot, twilio, more=more) as made:
        known_at(made, elks)
        yield made


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with Telegram({TOWN: BOT}).open() as server:
        yield server


@pytest.fixture
async def telegram_house(
    bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio, telegram: Telegram
) -> AsyncIterator[House]:
    """The same bot, known to Telegram too. (Its library takes seconds to load, so it is not everybody's.)"""
    async with opened(bot_database, office, parrot, twilio, more=settings_for(telegram)) as made:
        bot = telegram.bot(TOWN)
        bot.webhook, bot.secret = f"{made.engine.settings.public_url}/telegram/webhook/{TOWN}", SECRET
        yield made


@asynccontextmanager
async def opened(
    database: postgres.Database,
    office: Office,
    parrot: Parrot,
    twilio: Twilio,
    clock: Clock | None = None,
    *,
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[House]:
    """A bot on a database; several may be open on the same one, as several processes would be. ``more``: settings."""
    made = House(database, office, parrot, twilio, clock or Clock(), more=more or {})
    async with serving(made.application()) as url:
        made.known_as(url)
        twilio.webhooks[NUMBER] = f"{url}/sms/inbound#rc=3&rp=all"
        yield made
