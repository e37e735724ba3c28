"""The worker beside the server: it wakes, it may be killed at any moment, and it stops in good order."""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest

from backend import postgres
from backend.contract import CallForHelp, NoticeKind, SomethingNew
from backend.postgres import Server
from bot import app, worker
from bot.messages import Call, Event, Noticed, Resulted, State, Turn
from bot.stories.serving import serving
from bot.stories.twilio import Twilio
from bot.turning import threads
from tests.bot.conftest import opened
from tests.bot.house import MONDAY, NUMBER, OMAR, SARA, TOWN, House, Office, Parrot, reply


def registers(state: State, _: Event) -> Turn:
    """The first message registers a call for help, and answers."""
    call = CallForHelp(
        person=state.person.id, thread=state.thread.id, channel="sms", language="sv", received_at=MONDAY, words="Hej"
    )
    return Turn(state, says=(reply("Hej!"), reply("Vi ses.")), calls=(Call(uuid4(), call),))


async def test_all_of_it_goes_on_by_itself(house: House, twilio: Twilio) -> None:
    house.parrot.on["Hej"] = registers
    async with house.working():
        await twilio.write(SARA, NUMBER, "Hej")
        await twilio.wait_for(lambda: len(twilio.sent_to(SARA)) == 2)
        await _until(lambda: bool(house.parrot.events(Resulted)))
        thread = await threads.find(house.engine, TOWN, "sms", SARA)
        assert thread is not None
        person = (await threads.state(house.engine, thread)).person.id
        house.office.tells(NoticeKind.SOMETHING_NEW, person, SomethingNew(what="agreed-lines"))
        house.engine.wake("notices")
        await _until(lambda: bool(house.parrot.events(Noticed)))
    assert house.office.told("calls-for-help")[0]["received_at"] == MONDAY.isoformat().replace("+00:00", "Z")


async def test_the_database_may_go_away_and_come_back(
    house: House, twilio: Twilio, pg: Server, bot_database: postgres.Database
) -> None:
    async with house.working():
        await twilio.write(SARA, NUMBER, "ett")
        await twilio.wait_for(lambda: len(twilio.sent_to(SARA)) == 1)
        name = bot_database.name
        pg.run_sql(f"alter database {name} allow_connections false")
        pg.run_sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
        assert await twilio.write(SARA, NUMBER, "två", sid="SM" + "2" * 32) == 503
        pg.run_sql(f"alter database {name} allow_connections true")
        assert await twilio.write(SARA, NUMBER, "två", sid="SM" + "2" * 32) == 204
        await twilio.wait_for(lambda: len(twilio.sent_to(SARA)) == 2, 20)


@pytest.mark.parametrize("seed", range(6))
async def test_killed_at_any_moment_nothing_is_lost_and_nothing_twice(
    bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio, seed: int
) -> None:
    """Workers die in the middle of whatever they do; the last one finds everything and finishes it."""
    chance = random.Random(seed)
    parrot.on["Hej"] = registers
    people = [SARA, OMAR]
    async with opened(bot_database, office, parrot, twilio) as house:
        for who in people:
            assert await twilio.write(who, NUMBER, "Hej") == 204
        for _ in range(4):
            dying = asyncio.create_task(worker.run(house.engine, asyncio.Event()))
            await asyncio.sleep(chance.uniform(0.0, 0.15))
            dying.cancel()
            await asyncio.gather(dying, return_exceptions=True)
            # Whoever finds them does so when the leases have run out; receipts have come meanwhile or not.
            for table in ("outbox", "calls"):
                await house.change(f"update {table} set lease_until = now() - interval '1 second'")
                await house.change(f"update {table} set next_try_at = now()")
        await twilio.reported()
        for _ in range(3):
            await house.work()
            await twilio.reported()
            for text in twilio.texts:
                text.created -= timedelta(minutes=16)
            await house.change("update outbox set next_try_at = now(), lease_until = now() - interval '1 second'")
            await house.change("update outbox set tried_at = tried_at - interval '16 minutes'")
            await house.change("update calls set next_try_at = now(), lease_until = now() - interval '1 second'")
        for who in people:
            assert [text.body for text in twilio.sent_to(who)] == ["Hej!", "Vi ses."]
        keys = {path for _, path, _ in office.asked if path.startswith("calls-for-help")}
        assert len(keys) == len(people)  # made again perhaps, but with the same key
        assert len(parrot.events(Resulted)) >= len(people)
        assert {row.state for row in await house.rows("select state from calls")} == {"done"}


async def test_it_stops_when_told_and_finishes_what_is_in_hand(house: House, twilio: Twilio) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(house.engine, stop))
    await twilio.write(SARA, NUMBER, "Hej")
    await twilio.wait_for(lambda: twilio.requests == 1)
    stop.set()
    async with asyncio.timeout(5):
        await running
    assert "sending" not in await house.states()


async def test_the_application_is_alive_and_ready(house: House, parrot: Parrot) -> None:
    application = app.create(house.engine.settings, house.clock, parrot)
    engine = application.state.engine
    engine.policies._backend = house.backend
    async with serving(application) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert ready.status_code == 200
        alone = ["No worker runs: nothing is sent, collected, reminded or tried again."]
        assert ready.json() == {"database": True, "trelleborg": True, "troubles": alone}
        async with house.working():
            await _until(lambda: bool(house.engine.pulse._loops))
            await house.engine.pulse.write_down(engine.database)
            assert (await client.get("/readyz")).json() == {"database": True, "trelleborg": True}
        assert (await client.post("/sms/inbound")).status_code == 403
        assert (await client.get("/static/tokens.css")).status_code == 200


async def _until(seen: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not seen():  # noqa: ASYNC110  # what is looked at rings no bell
            await asyncio.sleep(0.01)
