"""What texts may cost, and what strangers may make us send: nobody is flooded, nobody in trouble is left unanswered."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx2
import pytest
from structlog.testing import capture_logs

from backend import postgres
from bot import app, messages
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.environment import SettingsError
from bot.leaving import limits
from bot.messages import Event, Outgoing, Said, State, Turn
from bot.stories.serving import serving
from bot.stories.twilio import Twilio
from bot.text import say
from bot.turning.desk import Desk
from bot.turning.turns import take
from tests.bot.conftest import opened
from tests.bot.house import NUMBER, OMAR, SARA, TOWN, House, Office, Parrot, numbers_of, reply, says

Opens = Callable[[Mapping[str, str]], AbstractAsyncContextManager[House]]
ABROAD = "+1202" + "555" + "0123"  # set aside for films there
BEHIND_ONE_ADDRESS = "a" * 32
SENT = "Vi har skickat ett sms."


@pytest.fixture
def opens(bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio) -> Opens:
    return lambda more: opened(bot_database, office, parrot, twilio, more=more)


def gives_a_number(telephone: str) -> Callable[[State, Event], Turn]:
    """As the conversation does when somebody gives a number: a text there, and a word of it here."""

    def turn(state: State, _: Event) -> Turn:
        asked = reply("Gav du det här numret?", "confirm-contact", reference=state.person.id, telephone=telephone)
        told = Outgoing("reply", say("{it}", it=SENT), instead=say("{it}", it="not sent"))
        return Turn(state, says=(asked, told))

    return turn


async def give(house: House, telephone: str, *, who: str | None = None, source: str = "") -> str:
    """Somebody gives a number on the web. Gives what she is told: the last line of her thread."""
    house.parrot.on["mitt nummer"] = gives_a_number(telephone)
    who = who or uuid4().hex
    for words in ("Hej", "mitt nummer"):
        inbound = Inbound(TOWN, "web", who, uuid4().hex, Said(words), source=source)
        received = await inbox.receive(house.engine, inbound)
        assert received.outcome == "done"
    (last,) = await house.rows("select message, id from outbox where kind = 'reply' order by seq desc limit 1")
    codec = await house.engine.codec(TOWN)
    message = messages.load_outgoing(codec.open(last.message, "outbox", "message", last.id))
    return str(message.text.values["it"])


# --- Numbers that somebody gave ---------------------------------------------------------------------------------------


async def test_nobody_can_make_us_text_a_number_again_and_again(house: House, twilio: Twilio) -> None:
    told = [await give(house, OMAR) for _ in range(6)]
    assert told == [SENT] * limits.TO_A_NUMBER + ["not sent"] * 3
    await house.work()
    assert len(twilio.sent_to(OMAR)) == limits.TO_A_NUMBER
    assert await give(house, SARA) == SENT  # another number is another matter
    house.clock.forward(days=1)
    assert await give(house, OMAR) == SENT


async def test_one_person_gives_a_few_numbers_a_day(house: House) -> None:
    numbers = numbers_of(8, after=5)
    told = [await give(house, number, who="ab" * 16) for number in numbers]
    assert told == [SENT] * limits.BY_A_PERSON + ["not sent"] * 3
    assert await give(house, "+46701740630", who="cd" * 16) == SENT


async def test_one_address_gives_so_many_and_a_row_of_numbers_gets_so_many(house: House) -> None:
    numbers = numbers_of(50)
    told = [await give(house, number, source=BEHIND_ONE_ADDRESS) for number in numbers[:22]]
    assert told == [SENT] * limits.FROM_AN_ADDRESS + ["not sent"] * 2
    # Twenty-two of this thousand were asked for; the next from other addresses fill it.
    told = [await give(house, number) for number in numbers[22:42]]
    assert told == [SENT] * (limits.TO_A_BLOCK - 22) + ["not sent"] * 2
    assert await give(house, "+46313900605") == SENT


async def test_what_was_counted_is_forgotten_when_the_day_is_over_and_leads_to_nobody(house: House) -> None:
    await give(house, OMAR, source=BEHIND_ONE_ADDRESS)
    rows = await house.rows("select counts::text as whole, digest from counts")
    assert len(rows) == 5
    assert not any(OMAR in row.whole or BEHIND_ONE_ADDRESS in row.whole for row in rows)
    await limits.forget(house.engine.database, house.clock())
    assert len(await house.rows("select * from counts")) == 5
    house.clock.forward(days=1)
    await limits.forget(house.engine.database, house.clock())
    assert await house.rows("select * from counts") == []


async def test_a_number_abroad_gets_no_text_and_she_is_told(house: House) -> None:
    assert await give(house, ABROAD) == "not sent"
    assert await house.rows("select * from contact_points where channel = 'sms'") == []


def test_an_address_is_known_for_a_day_and_leads_back_to_nobody() -> None:
    today, tomorrow = date(2026, 11, 30), date(2026, 12, 1)
    known = limits.source("s" * 40, today, "9.9.9.9")
    assert known == limits.source("s" * 40, today, "9.9.9.9")
    assert len({known, limits.source("s" * 40, tomorrow, "9.9.9.9"), limits.source("t" * 40, today, known)}) == 3
    assert "9.9.9" not in known
    one, other = (limits.source("s" * 40, today, f"2620:fe:1:1::{n}") for n in (1, 2))
    assert one == other != limits.source("s" * 40, today, "2620:fe:1:2::1")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1", "testclient", ""])
def test_where_a_proxy_hides_the_address_nobody_is_counted(address: str) -> None:
    assert limits.source("s" * 40, date(2026, 11, 30), address) == ""


# --- Abroad -----------------------------------------------------------------------------------------------------------


async def test_who_writes_from_abroad_is_read_by_staff_and_costs_nothing(house: House, twilio: Twilio) -> None:
    for _ in range(3):
        assert await twilio.write(ABROAD, NUMBER, "Hej") == 204
    await house.work()
    assert twilio.texts == []
    assert await house.states() == ["dropped"] * 3
    assert [told["reason"] for told in house.office.told("handovers")] == ["abroad"]
    assert len(house.parrot.heard) == 3


async def test_the_settings_may_name_more_countries(opens: Opens, twilio: Twilio) -> None:
    async with opens({"IMORGON_SMS_PREFIXES": "+46, +1"}) as house:
        await twilio.write(ABROAD, NUMBER, "Hej")
        await house.work()
        assert [text.body for text in twilio.sent_to(ABROAD)] == ["Du skrev: Hej"]


# --- The day's budget -------------------------------------------------------------------------------------------------


async def test_segments_are_counted_as_they_are_sent(house: House, twilio: Twilio) -> None:
    house.parrot.on["Hej"] = says("Å" * 161, "kort", "й" * 71)
    await twilio.write(SARA, NUMBER, "Hej")
    await house.work()
    assert await spent(house) == 2 + 1 + 2
    house.clock.forward(days=1)
    await twilio.write(SARA, NUMBER, "igen")
    await house.work()
    assert [row.segments for row in await house.rows("select segments from spending order by day")] == [5, 1]


async def spent(house: House) -> int:
    return sum(row.segments for row in await house.rows("select segments from spending"))


async def nudge(house: House) -> None:
    """Something unasked for Sara, who has written before."""
    (thread,) = [row.id for row in await house.rows("select id from threads where channel = 'sms' limit 1")]

    async def begin(desk: Desk) -> None:
        locked = await desk.lock(thread)
        for number, kind in enumerate(("nudge", "reminder")):
            await desk.write_message(locked, uuid4(), reply(kind, kind, reference=UUID(int=number)))
        await desk.save(locked)

    await take(house.engine, TOWN, begin)


async def test_when_the_budget_is_spent_whoever_writes_is_answered_and_a_nudge_waits(
    opens: Opens, twilio: Twilio
) -> None:
    async with opens({"IMORGON_SMS_BUDGET_TRELLEBORG": "2"}) as house:
        for words in ("ett", "två"):
            await twilio.write(SARA, NUMBER, words)
            await house.work()
        await nudge(house)
        await house.work()
        assert [text.body for text in twilio.sent_to(SARA)][2:] == ["reminder"]
        await twilio.write(SARA, NUMBER, "jag har ingen mat")
        await house.work()
        assert [text.body for text in twilio.sent_to(SARA)][3:] == ["Du skrev: jag har ingen mat"]
        assert await give(house, OMAR) == "not sent"
        house.clock.now = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)  # eight in the morning
        await house.work()
        assert [text.body for text in twilio.sent_to(SARA)][4:] == ["nudge"]


async def test_the_alarm_goes_once_at_80_and_once_at_100_percent(opens: Opens, twilio: Twilio) -> None:
    async with opens({"IMORGON_SMS_BUDGET_TRELLEBORG": "5"}) as house:
        told = []
        for number in range(7):
            with capture_logs() as logs:
                await twilio.write(SARA, NUMBER, f"ord {number}")
                await house.work()
            told.append([log["percent"] for log in logs if log["event"] == "budget for texts"])
            assert all(log["log_level"] == "critical" for log in logs if log["event"] == "budget for texts")
        assert told == [[], [], [], [80], [100], [], []]
        alarms = await limits.alarms(house.engine.database, house.engine.settings.limits, house.clock())
        assert alarms[TOWN].startswith("7 of today's 5 segments are sent; nudges and texts to numbers")
        house.clock.forward(days=1)
        assert await limits.alarms(house.engine.database, house.engine.settings.limits, house.clock()) == {}


async def test_readyz_tells_of_it_and_is_ready_all_the_same(house: House, parrot: Parrot) -> None:
    application = app.create(house.engine.settings, house.clock, parrot)
    application.state.engine.policies._backend = house.backend
    await house.change(
        "insert into spending (municipality, day, segments) values (:town, :day, 4100)",
        town=TOWN,
        day=date(2026, 11, 30),
    )
    async with serving(application) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert any("4100 of today's 5000 segments are sent; look at who" in told for told in ready.json()["troubles"])


async def test_many_at_once_are_all_counted(house: House, twilio: Twilio) -> None:
    for number in numbers_of(20):
        await inbox.receive(house.engine, Inbound(TOWN, "sms", number, uuid4().hex, Said("Hej")))
    async with house.working():
        await twilio.wait_for(lambda: len(twilio.texts) == 20)
    assert await spent(house) == 20


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"IMORGON_SMS_PREFIXES": "46"}, "IMORGON_SMS_PREFIXES must be the beginnings of telephone numbers"),
        ({"IMORGON_SMS_BUDGET_TRELLEBORG": "much"}, "IMORGON_SMS_BUDGET_TRELLEBORG must be a whole number"),
        ({"IMORGON_SMS_BUDGET_LUND": "10"}, "IMORGON_BACKEND_TOKEN_LUND is missing"),
    ],
)
def test_a_limit_that_is_none_is_one_clear_line(given: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        limits.limits(given, [TOWN])


# --- Somebody writes and writes ---------------------------------------------------------------------------------------


async def test_one_who_writes_hundreds_of_messages_delays_nobody(house: House, twilio: Twilio) -> None:
    """All of hers come first, and yet the one who writes after them is answered at once."""
    for number in range(150):
        await inbox.receive(house.engine, Inbound(TOWN, "sms", SARA, f"SM{number}", Said(f"ord {number}")))
    await inbox.receive(house.engine, Inbound(TOWN, "sms", OMAR, "SM-omar", Said("Hej")))
    async with house.working():
        await twilio.wait_for(lambda: bool(twilio.sent_to(OMAR)))
        assert len(twilio.sent_to(SARA)) < 100
