"""What is no fault of the line and no plain answer: somebody else answers, in other words, or with figures out of all
measure; and what people's programs send that no person writes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.leaving.carriers import Carrier, Closes, Letter
from bot.settings import TelegramSettings
from bot.sms import elks as at_elks
from bot.sms import twilio as at_twilio
from bot.telegram.channel import Telegram
from tests.bot.house import ACCOUNT, NUMBER, SARA, TOKEN, TOWN, reply, says
from tests.bot.telegraph import BOT, asks
from tests.faults.conftest import Town, refused
from tests.faults.wire import Instead

# --- Somebody else answers --------------------------------------------------------------------------------------------

NOT_DONE = {
    "a firewall": Instead("403 Forbidden"),
    "no such page": Instead("404 Not Found"),
    "a proxy that asks who we are": Instead("407 Proxy Authentication Required"),
    "a redirect": Instead("302 Found", more="Location: http://127.0.0.1:9/sign-in"),
}


@pytest.mark.parametrize("answer", NOT_DONE.values(), ids=list(NOT_DONE))
async def test_sms_out_refused_by_something_in_front(town: Town, answer: Instead) -> None:
    """Twilio has not seen it and said nothing of it, so it waits and is not lost."""
    town.to_twilio.faults.extend([answer] * 2)
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    assert (town.texts(), await town.house.states()) == ([], ["pending"])
    for _ in range(2):
        await town.later(minutes=2)
    assert (town.texts(), await town.house.states()) == (["Du skrev: Hej"], ["delivered"])


NO_ANSWER = {
    "a page": Instead("200 OK", done=True),
    "null": Instead("201 Created", b"null", "application/json", done=True),
    "a list": Instead("201 Created", b"[]", "application/json", done=True),
    "an empty object": Instead("201 Created", b"{}", "application/json", done=True),
    "too late": Instead("408 Request Timeout", done=True),
}


@pytest.mark.parametrize("answer", NO_ANSWER.values(), ids=list(NO_ANSWER))
async def test_sms_out_answered_by_nothing_that_tells(town: Town, answer: Instead) -> None:
    """It was sent, and found on the list, which at first cannot be read either."""
    town.twilio.receipts = ()
    town.to_twilio.faults.append(answer)
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    assert await town.house.states() == ["unknown"]
    town.to_twilio.faults.append(Instead("200 OK", answer.body, answer.kind))
    await town.later(seconds=25)
    assert await town.house.states() == ["unknown"]
    await town.later(minutes=2)
    await town.later(minutes=20)
    assert (town.texts(), await town.house.states()) == (["Du skrev: Hej"], ["sent"])


@pytest.mark.parametrize(("status", "code", "becomes"), [(400, 21610, "failed"), (429, 20429, "pending")])
async def test_sms_refused_in_the_new_form_of_errors(town: Town, status: int, code: int, becomes: str) -> None:
    """RFC 9457, as Twilio answers in its newer interfaces: it means the same."""
    told: dict[str, Any] = {"type": "https://www.twilio.com/docs/api/errors", "title": "Refused", "status": status}
    body = json.dumps(told | {"code": code}).encode()
    town.to_twilio.faults.append(Instead(f"{status} Refused", body, "application/problem+json"))
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    assert await town.rows() == [(becomes, str(code))]
    stopped = [one["reason"] for one in town.house.office.told("handovers")]
    assert ("opted-out" in stopped) is (code == 21610)


async def test_sms_that_the_list_writes_with_other_signs(town: Town) -> None:
    """A provider that spares segments writes plain signs: it is the same text, and is not sent a second time."""
    town.twilio.receipts = ()
    town.house.parrot.on["Hej"] = says(reply("Ses vi \u201di dag\u201d kl 9\u201310\u2026\u00a0Svara Ja"))
    town.to_twilio.faults.append("cut after")
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    town.twilio.texts[-1].body = 'Ses vi "i dag" kl 9-10... Svara Ja'
    await town.later(minutes=20)
    assert (town.twilio.requests, await town.house.states()) == (1, ["sent"])


# --- Figures out of all measure, and programs that are not Telegram's -------------------------------------------------


@pytest.mark.parametrize("seconds", [10**12, 10**30, -5], ids=["a thousand years", "for ever", "less than nothing"])
async def test_telegram_wants_to_be_left_alone(town: Town, seconds: int) -> None:
    """It is asked again after a day at the latest, and nobody else waits for that."""
    town.telegram.refusals.append(refused(429, "Too Many Requests: retry later", retry_after=seconds))
    await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    assert (town.chat(), await town.house.states()) == ([], ["pending"])
    (held,) = await town.house.rows("select held_until_at - now() as left from threads")
    assert held.left <= timedelta(days=1)
    other = town.telegram.account("Omar", "+46701740606", "sv")
    await town.telegram.write(other, TOWN, "Hej")
    await town.house.work()
    assert town.chat(other) == ["Du skrev: Hej"]


@pytest.mark.parametrize("data", ["t1\0:1", "\ud800:1", "t1:\0", ":", "", "x" * 64], ids=range(6))
async def test_button_of_a_program_that_sends_what_it_likes(town: Town, data: str) -> None:
    """It is taken and stops nothing that comes after it."""
    town.house.parrot.on["Hej"] = asks("Boka?", "Ja", "Nej")
    await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    sent = town.telegram.sent_to(town.sara, TOWN)[-1]
    assert await town.telegram.press_remembered(town.sara, TOWN, sent, data) == 204
    await town.telegram.write(town.sara, TOWN, "efter")
    await town.house.work()
    assert town.chat()[-1] == "Du skrev: efter"
    assert await town.house.rows("select 1 from inbox where state = 'dead'") == []


async def test_number_of_an_update_is_used_again_for_something_else(town: Town) -> None:
    """After a quiet week the numbers begin anywhere: what is another message is another message."""
    for message, words in ((5, "ett"), (5, "ett"), (6, "två")):
        told = {"message_id": message, "date": 1_795_000_000, "chat": town.sara.chat, "from": town.sara.user}
        assert await town.telegram.bring(TOWN, {"update_id": 77, "message": {**told, "text": words}}) == 204
    assert await town.heard() == ["ett", "två"]


@pytest.mark.parametrize("sender", ["+46", "+", "SJ", "+0701740605", "+46 70 174 06 05"])
async def test_sms_from_what_is_no_number(town: Town, sender: str) -> None:
    """Nobody can be answered there, and nothing is told to the backend that it would refuse for ever."""
    assert await town.twilio.write(sender, NUMBER, "Reklam") == 204
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    assert (await town.heard(), town.texts()) == (["Hej"], ["Du skrev: Hej"])
    assert [row.state for row in await town.house.rows("select state from inbox where kind = 'malformed'")] == ["dead"]


async def test_sms_that_is_listed_while_its_parts_still_come(town: Town) -> None:
    """Half of a long text stands on the list for a moment: it is taken when it is whole."""
    coming = town.twilio.lose(SARA, NUMBER, "Jag har inte")
    coming.status = "receiving"
    (provider,) = town.house.channels["sms"].providers  # type: ignore[attr-defined]  # the channel's own
    since = datetime.now(UTC) - timedelta(minutes=15)
    await provider.catch_up(town.house.engine, TOWN, since)
    assert await town.heard() == []
    coming.status, coming.body = "received", "Jag har inte bråttom."
    await provider.catch_up(town.house.engine, TOWN, since)
    assert await town.heard() == ["Jag har inte bråttom."]


# --- Without a database: what is certainly nothing --------------------------------------------------------------------


def carriers(api: str) -> dict[str, Carrier]:
    """Each provider, at this address."""
    twilio = at_twilio.Account(ACCOUNT, TOKEN, api, {TOWN: NUMBER}, {})
    elks = at_elks.Account("u1234", "secret", api, {TOWN: NUMBER}, ("s" * 40,))
    telegram = TelegramSettings({TOWN: BOT}, api, "webhook", "w" * 40)
    return {
        "twilio": at_twilio.Twilio(twilio, "http://127.0.0.1:1"),  # type: ignore[dict-item]  # of a channel
        "46elks": at_elks.Elks(elks, "http://127.0.0.1:1"),  # type: ignore[dict-item]  # as above
        "telegram": Telegram(telegram, "http://127.0.0.1:1"),
    }


@asynccontextmanager
async def answering(answer: Instead) -> AsyncIterator[str]:
    """Somebody who answers whatever is said so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1 << 16)
        writer.write(answer.written)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("by", ["twilio", "46elks", "telegram"])
@pytest.mark.parametrize("fails", ["its name is not found", "its certificate is not to be trusted"])
async def test_line_that_is_never_open(by: str, fails: str) -> None:
    """Nothing was said on it, so it may be said again."""
    async with answering(Instead("400 Bad Request")) as url:
        plain = url.replace("http:", "https:")  # what answers there speaks no TLS
        one = carriers("http://no-such-host.invalid" if "name" in fails else plain)[by]
        address = "5000000000" if by == "telegram" else SARA
        outcome = await one.send(Letter(uuid4(), TOWN, address, "Hej"))
        assert outcome.state == "pending"
        assert isinstance(one, Closes)
        await one.close()


ELKS = {
    "a redirect": (Instead("302 Found", more="Location: http://127.0.0.1:9/"), "pending"),
    "a page": (Instead("200 OK"), "unknown"),
    "a list": (Instead("200 OK", b"[]", "application/json"), "unknown"),
    "no id": (Instead("200 OK", b'{"status": "created"}', "application/json"), "unknown"),
    "failed at once": (Instead("200 OK", b'{"id": "s1", "status": "failed"}', "application/json"), "failed"),
    "a status of next year": (Instead("200 OK", b'{"id": "s1", "status": "queued"}', "application/json"), "sent"),
}


@pytest.mark.parametrize(("answer", "state"), ELKS.values(), ids=list(ELKS))
async def test_46elks_answers_oddly(answer: Instead, state: str) -> None:
    async with answering(answer) as url:
        one = carriers(url)["46elks"]
        assert (await one.send(Letter(uuid4(), TOWN, SARA, "Hej"))).state == state
        assert isinstance(one, Closes)
        await one.close()
