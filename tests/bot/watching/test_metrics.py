"""The figures: what happened and how things stand, for all processes together, and nothing of anybody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from backend import postgres
from bot import app
from bot.database import Database
from bot.environment import SettingsError
from bot.leaving.ceilings import AboveCeiling
from bot.settings import read
from bot.stories.serving import serving
from bot.stories.twilio import Twilio
from bot.watching import metrics
from bot.watching.tally import By, Tally, counted
from tests.bot.conftest import opened
from tests.bot.house import NUMBER, SARA, TOWN, House, Office, Parrot, says

TOKEN = "made-up-token-for-figures-" * 2


async def figures(house: House) -> list[Sample]:
    return [sample async for metric in metrics.figures(house.engine) for sample in metric.samples]


def value(found: list[Sample], name: str, **labels: str) -> float:
    """The sum of the samples of that name with these labels."""
    return sum(one.value for one in found if one.name == name and labels.items() <= one.labels.items())


async def test_what_happened_is_told_by_channel_provider_language_and_kind(house: House, twilio: Twilio) -> None:
    house.parrot.on["Hej"] = says("Ett.", "Två.")
    await twilio.write(SARA, NUMBER, "Hej", sid="SM" + "1" * 32)
    await twilio.write(SARA, NUMBER, "Hej", sid="SM" + "1" * 32)
    house.clock.forward(seconds=3)
    await house.work()
    await twilio.reported()

    found = await figures(house)
    sms = {"municipality": TOWN, "channel": "sms", "provider": "Twilio"}
    assert value(found, "imorgon_received_total", **sms, outcome="done") == 1
    assert value(found, "imorgon_received_total", **sms, outcome="repeated") == 1
    assert value(found, "imorgon_turns_total", **sms, language="sv", kind="said") == 1
    assert value(found, "imorgon_messages_total", **sms, language="sv", kind="reply", state="sent") == 2
    assert value(found, "imorgon_messages_total", **sms, language="sv", kind="reply", state="delivered") == 2
    # From what she wrote until each reply was handed over: three seconds, told in the bucket that ends at five.
    replies = {"municipality": TOWN, "channel": "sms", "language": "sv"}
    assert value(found, "imorgon_reply_seconds_count", **replies) == 2
    assert value(found, "imorgon_reply_seconds_sum", **replies) == 6
    assert value(found, "imorgon_reply_seconds_bucket", **replies, le="2") == 0
    assert value(found, "imorgon_reply_seconds_bucket", **replies, le="5") == 2
    assert value(found, "imorgon_reply_seconds_bucket", **replies, le="+Inf") == 2


async def test_how_things_stand(house: House, twilio: Twilio) -> None:
    house.parrot.on["Hej"] = says("Ett.")
    await twilio.write(SARA, NUMBER, "Hej")
    await house.change("update outbox set created_at = now() - interval '90 seconds'")
    found = await figures(house)
    sms = {"municipality": TOWN, "channel": "sms"}
    assert value(found, "imorgon_outbox", **sms, kind="reply", state="pending") == 1
    assert 90 <= value(found, "imorgon_outbox_oldest_seconds", **sms, kind="reply") < 120
    assert value(found, "imorgon_troubles", trouble=f"replies wait: sms of {TOWN}") == 1

    await house.change("update outbox set next_try_at = now() + interval '1 minute'")
    assert value(await figures(house), "imorgon_outbox", **sms, kind="reply", state="waiting") == 1
    await house.change("update outbox set state = 'unknown'")
    assert value(await figures(house), "imorgon_outbox", **sms, kind="reply", state="unknown") == 1
    await house.change("update outbox set state = 'sent', tried_at = now() - interval '16 minutes'")
    assert value(await figures(house), "imorgon_receipts_missing", **sms) == 1

    await house.change("update sending set paused = true")
    await house.change(
        "insert into timers (id, municipality, thread, timer, at)"
        " select gen_random_uuid(), municipality, id, 'later', :at from threads",
        at=house.clock.now.replace(hour=8, minute=0),
    )
    await house.change(
        "insert into inbox (id, municipality, kind, state, received_at)"
        " values (gen_random_uuid(), 'trelleborg', 'malformed', 'dead', now())"
    )
    await house.change(
        "insert into calls (id, municipality, call, path, answers_to_thread, created_at)"
        " values (gen_random_uuid(), 'trelleborg', 'HandOver', '{}', false, now() - interval '1 hour')"
    )
    await house.change("insert into feeds (municipality, position) values ('trelleborg', 17)")
    found = await figures(house)
    assert value(found, "imorgon_sending_paused") == 1
    assert value(found, "imorgon_timers_late", municipality=TOWN) == 1
    assert value(found, "imorgon_timers_late_seconds", municipality=TOWN) == 58 * 60
    assert value(found, "imorgon_dead_letters", municipality=TOWN, kind="malformed") == 1
    assert value(found, "imorgon_calls_waiting", municipality=TOWN, call="HandOver") == 1
    assert value(found, "imorgon_calls_oldest_seconds", municipality=TOWN, call="HandOver") >= 3600
    assert value(found, "imorgon_feed_position", municipality=TOWN) == 17
    assert value(found, "imorgon_build_info") == 1


async def test_what_is_undone_is_not_counted(house: House, twilio: Twilio) -> None:
    def refuses(*_: object) -> None:
        raise AboveCeiling("reply")

    house.parrot.on["Hej"] = refuses  # type: ignore[assignment]  # a turn that raises gives nothing
    await twilio.write(SARA, NUMBER, "Hej")
    found = await figures(house)
    assert value(found, "imorgon_received_total", outcome="waiting") == 1
    assert value(found, "imorgon_turns_total") == 0


async def test_all_processes_are_counted_together(
    house: House, bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio
) -> None:
    parrot.on["Hej"] = says("Ett.")
    await twilio.write(SARA, NUMBER, "Hej")
    async with opened(bot_database, office, parrot, twilio) as worker:
        await worker.work()
        assert value(await figures(house), "imorgon_messages_total", state="sent") == 0  # not written down yet
        await worker.engine.tally.write_down(worker.engine.database)
        assert value(await figures(house), "imorgon_messages_total", state="sent") == 1
        assert value(await figures(worker), "imorgon_received_total") == 1


async def test_counting_at_the_same_moment_loses_nothing(bot_database: postgres.Database) -> None:
    database = Database(bot_database.app_url, b"k" * 32)
    tallies = [Tally() for _ in range(8)]
    for n, tally in enumerate(tallies):
        for kind in "abcdef"[:: 1 if n % 2 else -1]:
            tally.add(By(name="turns", kind=kind))
    await asyncio.gather(*(tally.write_down(database) for tally in tallies))
    assert set((await counted(database)).values()) == {8.0}
    await database.close()


async def test_figures_are_kept_while_the_database_is_away(bot_database: postgres.Database) -> None:
    tally, nowhere = Tally(), Database("postgresql://nobody@127.0.0.1:9/bot", b"k" * 32)
    tally.add(By(name="turns"))
    with pytest.raises(OSError, match=r"\S"):
        await tally.write_down(nowhere)
    database = Database(bot_database.app_url, b"k" * 32)
    await tally.write_down(database)
    assert await counted(database) == {By(name="turns"): 1.0}
    await database.close()


# --- The page ---------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def page(house: House, parrot: Parrot, **more: str) -> AsyncIterator[httpx2.AsyncClient]:
    application = app.create(read({**house.environ, **more}), house.clock, parrot)
    application.state.engine.policies._backend = house.backend
    async with serving(application) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


async def test_the_page_is_in_prometheus_own_format(house: House, parrot: Parrot) -> None:
    async with page(house, parrot) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    read_back = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"imorgon_build_info", "imorgon_turns", "imorgon_reply_seconds", "imorgon_outbox"} <= read_back


async def test_without_a_token_only_this_machine_reads_and_nobody_through_a_proxy(house: House, parrot: Parrot) -> None:
    async with page(house, parrot) as client:
        assert (await client.get("/metrics")).status_code == 200
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
            assert (await client.get("/metrics", headers={header: "192.0.2.1"})).status_code == 403


async def test_with_a_token_whoever_shows_it(house: House, parrot: Parrot) -> None:
    async with page(house, parrot, IMORGON_METRICS_TOKEN=TOKEN) as client:
        assert (await client.get("/metrics")).status_code == 403
        assert (await client.get("/metrics", headers={"Authorization": "Bearer wrong"})).status_code == 403
        shown = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "192.0.2.1"}
        assert (await client.get("/metrics", headers=shown)).status_code == 200


def test_a_token_that_can_be_guessed_is_refused(house: House) -> None:
    with pytest.raises(SettingsError, match="IMORGON_METRICS_TOKEN is too short"):
        read({**house.environ, "IMORGON_METRICS_TOKEN": "short"})
