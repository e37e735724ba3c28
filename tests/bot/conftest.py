"""What tests of the bot share: its database, a backend on the wire, a provider on the wire, a small conversation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from backend import postgres
from bot.migrations import migrate
from bot.stories.serving import serving
from bot.stories.twilio import Twilio
from tests.bot.house import ACCOUNT, NUMBER, TOKEN, Clock, House, Office, Parrot
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


@asynccontextmanager
async def opened(
    database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio, clock: Clock | None = None
) -> AsyncIterator[House]:
    """A bot on a database; several may be open on the same one, as several processes would be."""
    made = House(database, office, parrot, twilio, clock or Clock())
    async with serving(made.application()) as url:
        made.known_as(url)
        twilio.webhooks[NUMBER] = f"{url}/sms/inbound#rc=3&rp=all"
        yield made
