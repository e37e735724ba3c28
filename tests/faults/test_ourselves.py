"""Our own side: the database away at each step, signatures behind proxies, keys that are changed, and who is slow."""

import asyncio
import base64
import importlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx2
import pytest

from backend import postgres
from backend.contract import CallForHelp
from backend.postgres import Server
from bot import codec as codecs
from bot.leaving import claiming, unknown
from bot.messages import Call, Event, State, Turn, Went
from bot.stories.twilio import Twilio
from tests.bot.house import (
    ACCOUNT,
    ENVELOPE_KEY,
    MONDAY,
    NUMBER,
    OMAR,
    SARA,
    TOKEN,
    TOWN,
    Office,
    Parrot,
    numbers_of,
    reply,
    says,
)
from tests.bot.telegraph import BOT
from tests.faults.conftest import Town, opened
from tests.faults.line import COMMIT, Line
from tests.faults.strict import StrictTelegram, StrictTwilio

# --- The database -----------------------------------------------------------------------------------------------------


@dataclass
class Plug:
    """The bot's connections to its database, that can be pulled."""

    server: Server
    database: postgres.Database
    pulled: int = 0

    def terminate(self) -> None:
        """Every connection breaks; new ones are taken."""
        name = self.database.name
        self.server.run_sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
        self.pulled += 1

    def refuse(self) -> None:
        """Every connection breaks, and none is taken any more."""
        self.server.run_sql(f"alter database {self.database.name} allow_connections false")
        self.terminate()

    def take_again(self) -> None:
        self.server.run_sql(f"alter database {self.database.name} allow_connections true")

    def once(self, then: Callable[[State, Event], Turn]) -> Callable[[State, Event], Turn]:
        """A turn in whose middle the connections break, the first time."""

        def turn(state: State, event: Event) -> Turn:
            if not self.pulled:
                self.terminate()
            return then(state, event)

        return turn


@pytest.fixture
def plug(pg: Server, bot_database: postgres.Database) -> Plug:
    return Plug(pg, bot_database)


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_database_breaks_in_the_middle_of_a_turn(town: Town, plug: Plug, channel: str) -> None:
    """Nothing of the turn is there, nothing is acknowledged or all of it is; in the end once."""
    town.house.parrot.on["Hej"] = plug.once(says("Hej själv"))
    given = (
        await town.twilio.write(SARA, NUMBER, "Hej")
        if channel == "sms"
        else await town.telegram.write(town.sara, TOWN, "Hej")
    )
    assert (given, plug.pulled) == (204, 1)
    await town.house.work()
    assert (town.texts() if channel == "sms" else town.chat()) == ["Hej själv"]
    assert len(await town.house.rows("select 1 from entries where who = 'person'")) == 1


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_database_refuses_while_somebody_writes(town: Town, plug: Plug, channel: str) -> None:
    """Nothing is acknowledged that is not committed; brought again, it is taken."""
    plug.refuse()

    async def mend() -> None:
        while town.to_us.requests < 2:  # noqa: ASYNC110  # the wire rings no bell
            await asyncio.sleep(0.01)
        plug.take_again()

    mending = asyncio.create_task(mend())
    if channel == "sms":
        sid, status = "SM" + "8" * 32, 0
        while status != 204:
            status = await town.twilio.write(SARA, NUMBER, "Hej", sid=sid)
            assert status in (204, 503)
    else:
        assert await town.telegram.write(town.sara, TOWN, "Hej") == 204
    await mending
    await town.house.work()
    assert await town.heard() == ["Hej"]
    assert (town.texts() if channel == "sms" else town.chat()) == ["Du skrev: Hej"]


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_database_breaks_when_the_provider_has_the_message(
    town: Town, plug: Plug, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What we alone know is written down as soon as the database is there again: nothing is sent twice."""
    town.twilio.receipts = ()
    server: Any = town.twilio if channel == "sms" else town.telegram
    accept = server._accept

    async def taken(form: dict[str, str]) -> Any:
        text = await accept(form)
        plug.terminate()
        return text

    def stands(*given: Any) -> Any:
        sent = accept(*given)
        plug.terminate()
        return sent

    monkeypatch.setattr(server, "_accept", taken if channel == "sms" else stands)
    if channel == "sms":
        await town.twilio.write(SARA, NUMBER, "Hej")
    else:
        await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    assert await town.house.states() == ["sent" if channel == "sms" else "delivered"]
    assert (town.texts() if channel == "sms" else town.chat()) == ["Du skrev: Hej"]


async def test_database_refuses_while_a_receipt_comes(town: Town, plug: Plug) -> None:
    """503, and it is brought again."""
    town.twilio.receipts = ()
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    plug.refuse()
    before = town.to_us.requests

    async def mend() -> None:
        while town.to_us.requests < before + 2:  # noqa: ASYNC110  # the wire rings no bell
            await asyncio.sleep(0.01)
        plug.take_again()

    mending = asyncio.create_task(mend())
    assert await town.twilio.report(town.twilio.texts[0], "delivered") == 204
    await mending
    assert await town.house.states() == ["delivered"]


async def test_database_breaks_while_the_backend_answers(town: Town, plug: Plug) -> None:
    """The call is made again with the same key, and its answer is heard once."""
    call = CallForHelp(person=uuid4(), thread=uuid4(), channel="sms", language="sv", received_at=MONDAY)
    town.house.parrot.on["Hej"] = lambda state, _: Turn(state, calls=(Call(UUID(int=7), call),))

    def answers(_: Any) -> dict[str, str]:
        if not plug.pulled:
            plug.terminate()
        return {"case": str(UUID(int=9)), "received_at": MONDAY.isoformat()}

    town.house.office.answers["calls-for-help"] = answers
    await town.twilio.write(SARA, NUMBER, "Hej")
    try:
        await town.house.work()
    except Exception:  # noqa: BLE001  # the worker's loop meets it and goes on
        assert plug.pulled == 1
    await town.later(minutes=2)
    assert [row.state for row in await town.house.rows("select state from calls")] == ["done"]
    assert len([one for one in town.house.parrot.heard if type(one[1]).__name__ == "Resulted"]) == 1
    assert {path for _, path, _ in town.house.office.asked if path.startswith("calls-for-help")} == {
        f"calls-for-help/{UUID(int=7)}"
    }


# --- The line to the database -----------------------------------------------------------------------------------------


@pytest.fixture
async def line(pg: Server) -> AsyncIterator[Line]:
    async with Line(pg).open() as opens:
        yield opens


@pytest.fixture
async def distant(bot_database: postgres.Database, office: Office, parrot: Parrot, line: Line) -> AsyncIterator[Town]:
    """A bot whose database is reached by a line that breaks."""
    twilio, telegram = StrictTwilio(ACCOUNT, TOKEN), StrictTelegram({TOWN: BOT})
    twilio.receipts = ()
    async with (
        twilio.open(),
        telegram.open(),
        opened(line.to(bot_database), office, parrot, twilio, telegram) as made,
    ):
        yield made


CLAIMS = {
    # What is said, and where it is claimed: a nudge is counted by the day, and goes the long way.
    "quick": ("reply", "bot.leaving.quick_claim._write"),
    "long": ("nudge", "bot.leaving.claiming._take"),
}


def breaks(monkeypatch: pytest.MonkeyPatch, line: Line, where: str, then: Callable[[], None] = lambda: None) -> None:
    """The first time anything is written there, it is committed, and the answer is lost."""
    module, _, name = where.rpartition(".")
    real: Any = getattr(importlib.import_module(module), name)
    met: list[Any] = []

    async def breaking(*given: Any) -> Any:
        if met:
            return await real(*given)
        met.append(given)
        if name != "_write":
            written = await real(*given)
            line.lose = COMMIT
            return written
        # One statement: known by the first message in it.
        first = next(iter(given[1]))
        line.lose = (first["id"] if isinstance(first, dict) else first).bytes
        try:
            return await real(*given)
        finally:
            then()

    monkeypatch.setattr(where, breaking)


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("way", CLAIMS)
async def test_answer_to_a_claim_is_lost(
    distant: Town, line: Line, way: str, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was committed and nobody has sent it: we know it by our lease, and send it. Nothing is unknown."""
    kind, where = CLAIMS[way]
    breaks(monkeypatch, line, where)
    distant.house.parrot.on["Hej"] = says(reply("Hej själv", kind))
    if channel == "sms":
        await distant.twilio.write(SARA, NUMBER, "Hej")
    else:
        await distant.telegram.write(distant.sara, TOWN, "Hej")
    await distant.house.work()
    assert line.lost == 1
    assert (distant.texts() if channel == "sms" else distant.chat()) == ["Hej själv"]
    assert await distant.house.states() == ["sent" if channel == "sms" else "delivered"]
    [row] = await distant.house.rows("select attempts, (select sum(segments) from spending) as spent from outbox")
    assert (row.attempts, row.spent) == (1, 1 if channel == "sms" else None)


async def test_answers_to_the_claims_of_many_are_lost(
    distant: Town, line: Line, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken together, and then the database is away for a moment: each is sent, once, when it is back."""
    people = numbers_of(6)
    for person in people:
        await distant.twilio.write(person, NUMBER, "Hej")

    def away() -> None:
        plug.refuse()
        asyncio.get_running_loop().call_later(1.0, plug.take_again)

    breaks(monkeypatch, line, "bot.leaving.quick_claim._write", away)
    async with distant.house.working():
        await distant.twilio.wait_for(lambda: len(distant.twilio.texts) == len(people), 30.0)
    assert line.lost == 1
    assert sorted(text.to for text in distant.twilio.texts) == sorted(people)
    assert await distant.house.states() == ["sent"] * len(people)
    assert {row.attempts for row in await distant.house.rows("select attempts from outbox")} == {1}


async def test_answer_to_a_claim_is_lost_and_the_lease_is_over(
    distant: Town, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else found it lost before we came back: it is asked about, and not sent by us beside that."""
    await distant.twilio.write(SARA, NUMBER, "Hej")
    breaks(monkeypatch, line, "bot.leaving.quick_claim._write")
    real = claiming.claim

    async def late(*given: Any) -> Any:
        await distant.house.change("update outbox set lease_until = now() - interval '1 second'")
        await unknown.lost_leases(distant.house.engine)
        return await real(*given)

    monkeypatch.setattr("bot.leaving.outbox.claim", late)
    await distant.house.work()
    assert (line.lost, distant.texts(), await distant.house.states()) == (1, [], ["unknown"])
    await distant.later(minutes=16)
    assert (distant.texts(), await distant.house.states()) == (["Du skrev: Hej"], ["sent"])


async def test_answer_to_a_settlement_is_lost(distant: Town, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is settled anew, which changes nothing: the try is not ours any more, and its turn has been taken."""
    asks = reply("Kommer du?", "reminder", question="q1", ask="reminder")
    distant.house.parrot.on["Hej"] = says(asks)
    await distant.twilio.write(SARA, NUMBER, "Hej")
    breaks(monkeypatch, line, "bot.leaving.quick_settle._write")
    await distant.house.work()
    assert (line.lost, distant.texts(), await distant.house.states()) == (1, ["Kommer du?"], ["sent"])
    [went] = distant.house.parrot.events(Went)
    assert went.question == "q1"
    await distant.later(minutes=16)
    assert (distant.texts(), await distant.house.states()) == (["Kommer du?"], ["sent"])


async def test_answer_to_a_settlement_of_a_fault_is_lost(
    distant: Town, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider's fault is counted once, however often it is written down."""
    distant.twilio.faults.append("429")
    await distant.twilio.write(SARA, NUMBER, "Hej")
    breaks(monkeypatch, line, "bot.leaving.settling.move")
    await distant.house.work()
    assert (line.lost, await distant.house.states()) == (1, ["pending"])
    assert len(await distant.house.rows("select 1 from provider_faults")) == 1
    await distant.later(minutes=1)
    assert (distant.texts(), await distant.house.states()) == (["Du skrev: Hej"], ["sent"])


# --- Signatures -------------------------------------------------------------------------------------------------------

FORM = {
    "MessageSid": "SM" + "0" * 32,
    "AccountSid": ACCOUNT,
    "From": SARA,
    "To": NUMBER,
    "Body": "Hej ",
    "NumMedia": "0",
    "FromCity": "",
    "SomethingNew": "1",
}
BEHIND = {
    "https": ("https://sms.example.se", "https://sms.example.se"),
    "its port said": ("https://sms.example.se", "https://sms.example.se:443"),
    "its port not said": ("https://sms.example.se:443", "https://sms.example.se"),
    "another port": ("https://sms.example.se:8443", "https://sms.example.se:8443"),
    "below a path": ("https://example.se/imorgon", "https://example.se/imorgon"),
}


@pytest.mark.parametrize(("known", "signed"), BEHIND.values(), ids=list(BEHIND))
async def test_signature_behind_a_proxy(town: Town, known: str, signed: str) -> None:
    """It is made for the address the provider knows, whatever the request looks like where it arrives."""
    here = town.to_us.url + "/sms/inbound"
    town.house.known_as(known)
    headers = {"Host": "10.0.0.7", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    assert await post(here, FORM, town.twilio.sign(f"{signed}/sms/inbound", FORM), **headers) == 204
    for wrong in (here, f"{signed}/sms/inbound?x=1", f"{signed}/sms/inbound/", "https://evil.example/sms/inbound"):
        assert await post(here, FORM, town.twilio.sign(wrong, FORM), **headers) == 403
    assert await town.heard() == ["Hej "]


async def test_signature_over_a_name_that_stands_twice(town: Town) -> None:
    """Every value counts; and nobody slips in a second body."""
    url = f"{town.house.engine.settings.public_url}/sms/inbound"
    signature = town.twilio.sign(url, FORM)
    assert await post(url, [*FORM.items(), ("Body", "Ring 0900")], signature) == 403
    assert await post(url, [("Body", "Ring 0900"), *FORM.items()], signature) == 403
    assert await town.heard() == []


async def post(url: str, form: Any, signature: str, **headers: str) -> int:
    sent = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature, **headers}
    async with httpx2.AsyncClient(trust_env=False) as client:
        return (await client.post(url, content=urlencode(form), headers=sent)).status_code


# --- Keys that are changed --------------------------------------------------------------------------------------------

TELEGRAM = {TOWN: BOT}
NEW_TOKEN = "n" * 32
NEW_KEY = base64.b64encode(b"another key of thirty-two bytes!").decode()


async def test_key_rotation_of_the_providers_token(
    bot_database: postgres.Database, office: Office, parrot: Parrot
) -> None:
    """While both hold, what either signs is taken, and we sign in with the new one; afterwards that one alone."""
    twilio, telegram = StrictTwilio(ACCOUNT, NEW_TOKEN), StrictTelegram(TELEGRAM)
    both = {"IMORGON_TWILIO_AUTH_TOKEN": NEW_TOKEN, "IMORGON_TWILIO_AUTH_TOKEN_OLD": TOKEN}
    async with twilio.open(), telegram.open():
        async with opened(bot_database, office, parrot, twilio, telegram, more=both) as town:
            url = f"{town.house.engine.settings.public_url}/sms/inbound"
            old = {**FORM, "MessageSid": "SM" + "1" * 32, "Body": "ett"}
            assert await post(url, old, Twilio(ACCOUNT, TOKEN).sign(url, old)) == 204
            assert await town.twilio.write(SARA, NUMBER, "två") == 204
            await town.house.work()
            assert town.texts() == ["Du skrev: ett", "Du skrev: två"]
        del both["IMORGON_TWILIO_AUTH_TOKEN_OLD"]
        async with opened(bot_database, office, parrot, twilio, telegram, more=both) as town:
            url = f"{town.house.engine.settings.public_url}/sms/inbound"
            assert await post(url, FORM, Twilio(ACCOUNT, TOKEN).sign(url, FORM)) == 403


async def test_key_rotation_of_the_envelope(bot_database: postgres.Database, office: Office, parrot: Parrot) -> None:
    """With both keys given what was written before is read; from then on the new one alone is enough."""
    twilio, telegram = StrictTwilio(ACCOUNT, TOKEN), StrictTelegram(TELEGRAM)
    async with twilio.open(), telegram.open():
        async with opened(bot_database, office, parrot, twilio, telegram) as town:
            assert await town.twilio.write(SARA, NUMBER, "ett") == 204
        changed = {"IMORGON_ENVELOPE_KEY": NEW_KEY}
        for more in ({**changed, "IMORGON_ENVELOPE_KEY_OLD": ENVELOPE_KEY}, changed):
            async with opened(bot_database, office, parrot, twilio, telegram, more=more) as town:
                assert await town.twilio.write(SARA, NUMBER, "två") == 204
                await town.house.work()
                assert len(await town.house.rows("select 1 from threads")) == 1
        assert town.texts() == ["Du skrev: ett", "Du skrev: två", "Du skrev: två"]


async def test_key_of_the_envelope_that_is_wrong(
    bot_database: postgres.Database, office: Office, parrot: Parrot
) -> None:
    """Nothing is taken in that could not be read again, nothing is acknowledged, and no new key is made beside it."""
    twilio, telegram = StrictTwilio(ACCOUNT, TOKEN), StrictTelegram(TELEGRAM)
    async with twilio.open(), telegram.open():
        async with opened(bot_database, office, parrot, twilio, telegram) as town:
            assert await town.twilio.write(SARA, NUMBER, "ett") == 204
        async with opened(
            bot_database, office, parrot, twilio, telegram, more={"IMORGON_ENVELOPE_KEY": NEW_KEY}
        ) as town:
            assert await town.twilio.write(SARA, NUMBER, "två") == 503
            assert len(await town.house.rows("select 1 from data_keys")) == 1
            assert len(await town.house.rows("select 1 from entries where who = 'person'")) == 1


async def test_key_rotation_of_the_data_key(bot_database: postgres.Database, office: Office, parrot: Parrot) -> None:
    """A second data key seals from now on; what the first sealed is read, and the same people are found."""
    twilio, telegram = StrictTwilio(ACCOUNT, TOKEN), StrictTelegram(TELEGRAM)
    async with twilio.open(), telegram.open():
        async with opened(bot_database, office, parrot, twilio, telegram) as town:
            assert await town.twilio.write(SARA, NUMBER, "ett") == 204
            wrapped = codecs.wrap(base64.b64decode(ENVELOPE_KEY), b"2" * 32, TOWN, 2)
            await town.house.change(
                "insert into data_keys (municipality, number, wrapped) values (:town, 2, :wrapped)",
                town=TOWN,
                wrapped=wrapped,
            )
        async with opened(bot_database, office, parrot, twilio, telegram) as town:
            assert await town.twilio.write(SARA, NUMBER, "två") == 204
            await town.house.work()
            assert town.texts() == ["Du skrev: ett", "Du skrev: två"]
            assert len(await town.house.rows("select 1 from threads")) == 1
            assert "Du skrev: ett" in await town.house.opened()


# --- Clocks -----------------------------------------------------------------------------------------------------------

CHANGES = {
    "to summer time": (datetime(2027, 3, 28, 5, 59, tzinfo=UTC), datetime(2027, 3, 28, 6, 0, tzinfo=UTC)),
    "the day before": (datetime(2027, 3, 27, 6, 59, tzinfo=UTC), datetime(2027, 3, 27, 7, 0, tzinfo=UTC)),
    "to winter time": (datetime(2027, 10, 31, 6, 59, tzinfo=UTC), datetime(2027, 10, 31, 7, 0, tzinfo=UTC)),
    "the day before that": (datetime(2027, 10, 30, 5, 59, tzinfo=UTC), datetime(2027, 10, 30, 6, 0, tzinfo=UTC)),
}


@pytest.mark.parametrize(("too_early", "eight"), CHANGES.values(), ids=list(CHANGES))
async def test_clock_change(town: Town, too_early: datetime, eight: datetime) -> None:
    """Eight in the morning is eight in the morning, in both weeks of the year; and it comes once."""
    town.house.clock.now = too_early - timedelta(hours=11)
    reminder = reply("Mötet i dag är kl 9.30.", "reminder", start=too_early - timedelta(minutes=30))
    town.house.parrot.on["Hej"] = says(replace(reminder, deadline=eight + timedelta(hours=4)))
    await town.twilio.write(SARA, NUMBER, "Hej")
    town.house.clock.now = too_early
    await town.later(minutes=1)
    assert town.texts() == []
    town.house.clock.now = eight
    await town.later(minutes=1)
    await town.later(hours=1)
    assert town.texts() == ["Mötet i dag är kl 9.30."]


# --- Who is slow ------------------------------------------------------------------------------------------------------


async def test_slow_chats_delay_nobody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six chats at Telegram hang until we give up; a text, and another's chat, leave meanwhile."""
    people = [town.telegram.account(f"Nummer {n}", OMAR) for n in range(6)]
    for who in people:
        await town.telegram.write(who, TOWN, "Hej")
    town.to_telegram.faults.extend(["silent"] * len(people))
    monkeypatch.setattr("tests.faults.conftest.IMPATIENT", 6.0)  # of the client at Telegram, as good as its real one
    async with town.house.working():
        await _until(lambda: town.to_telegram.requests >= len(people))
        await town.twilio.write(SARA, NUMBER, "Hej")
        await town.telegram.write(town.sara, TOWN, "Hej")
        await town.twilio.wait_for(lambda: len(town.texts()) == 1, 4.0)
        await town.telegram.wait_for(lambda: len(town.chat()) == 1, 4.0)


async def _until(seen: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not seen():  # noqa: ASYNC110  # what is looked at rings no bell
            await asyncio.sleep(0.01)


async def test_slow_backend_delays_no_reply(town: Town) -> None:
    """A reply leaves while the backend does not answer, and what the turn asked of it waits."""
    call = CallForHelp(person=uuid4(), thread=uuid4(), channel="sms", language="sv", received_at=MONDAY)
    town.house.parrot.on["Hej"] = lambda state, _: Turn(state, says=(reply("Hej!"),), calls=(Call(uuid4(), call),))
    await town.house.engine.policies.fetch(TOWN)
    town.house.office.away = True
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    assert town.texts() == ["Hej!"]
    assert [row.state for row in await town.house.rows("select state from calls")] == ["pending"]
