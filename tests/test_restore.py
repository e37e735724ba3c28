"""The drill: an installation is dumped while people talk, goes on for a while, is lost, and is restored."""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey
from sqlalchemy import text

import backend.migrations
import bot.migrations
from backend import postgres
from backend.dump import dump, restore
from backend.postgres import Database, Server
from bot.leaving import outbox
from bot.stories.twilio import Twilio
from bot.together import Home, Running, StoryClock, free_port, running
from tests.backend.stories import ENVELOPE_KEY, MONDAY
from tests.bot.house import ACCOUNT, NUMBER, OMAR, SARA, TOKEN, TOWN
from tests.conftest import MakeDatabase

ALI = "+46701740607"
PAUSED = "Nothing is sent since a restore: look at what waits, then run imorgon resume."


def _migrate_bot(database: Database) -> None:
    bot.migrations.migrate(database.owner_url, database.app_role)


def _migrate_backend(database: Database) -> None:
    backend.migrations.migrate(database.owner_url, database.app_role)


@pytest.fixture
def lost(make_database: MakeDatabase) -> Home:
    """The installation that will be lost."""
    made = {
        "IMORGON_ENVELOPE_KEY": ENVELOPE_KEY,
        "IMORGON_SESSION_SECRET": secrets.token_urlsafe(48),
        "IMORGON_BACKEND_TOKEN_TRELLEBORG": secrets.token_urlsafe(48),
        "IMORGON_SEAL_KEY_TRELLEBORG": json.dumps(ECKey.generate_key("P-256").as_dict(private=True)),
        "IMORGON_TWILIO_ACCOUNT_SID": ACCOUNT,
        "IMORGON_TWILIO_AUTH_TOKEN": TOKEN,
        "IMORGON_TWILIO_FROM_TRELLEBORG": NUMBER,
    }
    return Home(make_database("bot", _migrate_bot), {TOWN: make_database("backend", _migrate_backend)}, made)


@pytest.fixture
def new(lost: Home, pg: Server) -> Iterator[Home]:
    """Empty databases, and the secrets that were kept elsewhere."""
    made = {name: postgres.create_database(pg, f"drill_{name}") for name in ("bot", TOWN)}
    yield Home(made["bot"], {TOWN: made[TOWN]}, lost.made)
    for database in made.values():
        postgres.drop_database(pg, database.name)


def owners(home: Home) -> dict[str, str]:
    return {"bot": home.bot.owner_url, TOWN: home.backends[TOWN].owner_url}


async def rows(here: Running, query: str) -> list[Any]:
    async with here.engine.database.transaction() as connection:
        return list((await connection.execute(text(query))).all())


async def test_the_drill(lost: Home, new: Home, pg: Server, tmp_path: Path) -> None:
    port, clock, archive = free_port(), StoryClock(frozen=MONDAY), tmp_path / "imorgon.dump"
    async with Twilio(ACCOUNT, TOKEN).open() as twilio:
        twilio.webhooks[NUMBER] = f"http://127.0.0.1:{port}/sms/inbound#rc=3&rp=all"
        more = {"IMORGON_TWILIO_API_BASE": twilio.base_url}

        async with running(lost.environ(port, **more), clock, port) as here:
            await talk_and_dump(twilio, lost, archive)
            # The world goes on: Omar is answered, and Ali writes again.
            await until(lambda: twilio.sent_to(OMAR))
            await twilio.write(ALI, NUMBER, "hjälp")
            await until(lambda: len(twilio.sent_to(ALI)) > 2)
            await twilio.reported()
            epoch = pg.run_sql("select epoch from feed", lost.backends[TOWN].name)
        before = len(twilio.texts)

        await asyncio.to_thread(restore, archive, owners(new))
        _migrate_bot(new.bot)
        _migrate_backend(new.backends[TOWN])
        waiting = pg.run_sql("select state, count(*) from outbox where state <> 'delivered' group by 1", new.bot.name)
        assert waiting.startswith("unknown|")
        assert waiting.count("\n") == 0
        lines = "select distinct e.state from entries e join outbox o on o.id = e.outbox where o.state = 'unknown'"
        assert pg.run_sql(lines, new.bot.name) == "unknown"

        async with running(new.environ(port, **more), clock, port) as here:
            # Nothing leaves until somebody says so; what people write is taken in, and everybody can see why.
            assert await twilio.write(ALI, NUMBER, "hjälp", sid="SM" + "d" * 32) == 204
            await asyncio.sleep(2.5)
            assert len(twilio.texts) == before
            async with httpx2.AsyncClient(base_url=here.address, trust_env=False) as client:
                ready = await client.get("/readyz")
                assert (ready.status_code, PAUSED in ready.json()["troubles"]) == (200, True)
                assert "imorgon_sending_paused 1.0" in (await client.get("/metrics")).text
            # The feed has a new epoch, and the bot has followed it.
            [feed] = await rows(here, "select epoch from feeds")
            assert str(feed.epoch) == pg.run_sql("select epoch from feed", new.backends[TOWN].name) != epoch

            await outbox.resume(here.engine)
            # What had gone is found at the provider; what had not goes now, and what was asked meanwhile is answered.
            await until(lambda: len(twilio.texts) > before, 20)
            async with asyncio.timeout(20):
                unsettled = "select id from outbox where state in ('unknown', 'pending', 'sending')"
                while await rows(here, unsettled):  # noqa: ASYNC110  # as below
                    await asyncio.sleep(0.1)
            await twilio.reported()
            # Of Sara's the provider never reported; it has it.
            assert {row.state for row in await rows(here, "select state from outbox")} == {"sent", "delivered"}

        # Nobody was written to twice: each of our messages went once, also those the archive knew nothing of.
        ids = [sent.callback for sent in twilio.texts]
        assert len(ids) == len(set(ids))
        for who in (SARA, OMAR):
            bodies = [sent.body for sent in twilio.sent_to(who)]
            assert len(bodies) == len(set(bodies))
            assert bodies


async def talk_and_dump(twilio: Twilio, lost: Home, archive: Path) -> None:
    """Sara's reply was taken by the provider, whose answer never comes; Omar's waits to be tried again."""
    await twilio.write(ALI, NUMBER, "ring mig")
    # Both texts of the answer: what goes wrong after this is to meet the others.
    await until(lambda: len(twilio.sent_to(ALI)) == 2)
    await twilio.reported()
    twilio.receipts = ()
    twilio.faults += ["no answer after accepting", "429"]
    await twilio.write(SARA, NUMBER, "hej behöver hjälp")
    await until(lambda: len(twilio.faults) == 1)
    await twilio.write(OMAR, NUMBER, "hej behöver hjälp")
    await until(lambda: not twilio.faults)
    await asyncio.to_thread(dump, owners(lost), archive)
    twilio.receipts = ("sent", "delivered")


async def until(seen: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not seen():  # noqa: ASYNC110  # what is looked at rings no bell
            await asyncio.sleep(0.02)
