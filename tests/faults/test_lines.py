"""Every line to the outside cut, held or answered by somebody else, before and after the request was done.

What must happen each time stands in README.md, case by case. Nothing is sent twice by SMS, ever; by Telegram, that can
never be asked, a reply at most once more, and what staff wrote never.
"""

import asyncio
from uuid import uuid4

import pytest

from tests.bot.house import NUMBER, SARA, TOWN, reply, says
from tests.faults.conftest import Town
from tests.faults.wire import AFTER, BEFORE, Fault

IN: tuple[Fault, ...] = tuple(fault for fault in (*BEFORE, *AFTER) if fault != "half an answer")
"""(Our answer to a webhook has no body that could be cut.)"""


# --- Out, by SMS ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", BEFORE)
async def test_sms_out_lost_before_it_was_done(town: Town, fault: Fault) -> None:
    """Nobody can tell it from one that was done: only when its absence is proved does it leave again, and then once."""
    town.to_twilio.faults.append(fault)
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    assert (town.texts(), [state for state, _ in await town.rows()]) == ([], ["unknown"])
    for minutes in (1, 5, 8):
        await town.later(minutes=minutes)
    assert town.texts() == []
    await town.later(minutes=3)
    assert (town.texts(), [state for state, _ in await town.rows()]) == (["Du skrev: Hej"], ["delivered"])


@pytest.mark.parametrize("how", ["reported", "listed"])
@pytest.mark.parametrize("fault", AFTER)
async def test_sms_out_whose_answer_is_lost(town: Town, fault: Fault, how: str) -> None:
    """The provider has it: its receipt says so, or its list. It never leaves again."""
    town.twilio.receipts = ("sent", "delivered") if how == "reported" else ()
    town.to_twilio.faults.append(fault)
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    await town.twilio.reported()
    assert await town.house.states() == (["delivered"] if how == "reported" else ["unknown"])
    await town.later(minutes=1)
    assert await town.house.states() == (["delivered"] if how == "reported" else ["sent"])
    for minutes in (15, 60, 24 * 60):
        await town.later(minutes=minutes)
    assert town.texts() == ["Du skrev: Hej"]


async def test_sms_out_while_the_list_cannot_be_read(town: Town) -> None:
    """Asked for in vain, it stays unknown; it is not taken for absent."""
    town.twilio.receipts = ()
    town.to_twilio.faults.append("cut after")
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    for minutes in (1, 14, 20):
        town.to_twilio.faults.append("page before")
        await town.later(minutes=minutes)
        assert await town.house.states() == ["unknown"]
    await town.later(minutes=1)
    assert (town.texts(), await town.house.states()) == (["Du skrev: Hej"], ["sent"])


# --- Out, by Telegram -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", BEFORE)
async def test_telegram_out_lost_before_it_was_done(town: Town, fault: Fault) -> None:
    """Sent once more after a while, for nobody can be asked."""
    town.to_telegram.faults.append(fault)
    await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    assert (town.chat(), await town.house.states()) == ([], ["unknown"])
    await town.later(seconds=21)
    assert (town.chat(), await town.house.states()) == (["Du skrev: Hej"], ["delivered"])


@pytest.mark.parametrize("fault", AFTER)
async def test_telegram_out_whose_answer_is_lost(town: Town, fault: Fault) -> None:
    """Once more, as a reply declares; twice at most, whatever comes of the second."""
    town.to_telegram.faults.extend([fault, fault])
    await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    for _ in range(4):
        await town.later(seconds=21)
    assert town.chat() == ["Du skrev: Hej"] * 2
    assert await town.house.states() == ["given-up"]
    assert [one["reason"] for one in town.house.office.told("handovers")] == ["undelivered"]


@pytest.mark.parametrize("fault", AFTER)
async def test_telegram_staffs_own_words_whose_answer_is_lost(town: Town, fault: Fault) -> None:
    """Never twice: staff look."""
    town.house.parrot.on["Hej"] = says(reply("Jag ringer kl 10. /Maria", "staff", staff_message=uuid4()))
    town.to_telegram.faults.append(fault)
    await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    for _ in range(4):
        await town.later(seconds=21)
    assert (town.chat(), await town.house.states()) == (["Jag ringer kl 10. /Maria"], ["given-up"])
    assert [one["reason"] for one in town.house.office.told("handovers")] == ["undelivered"]


BETWEEN = 2.5
"""Seconds between two messages: longer than a connection may be idle, shorter than any server leaves one open."""


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_line_that_the_other_side_closes_while_it_is_idle(town: Town, channel: str) -> None:
    """Servers do so after a while; what is sent at that very moment would be unknown. An old line is not used again."""
    town.to_twilio.once = town.to_telegram.once = True
    for words in ("ett", "två"):
        if channel == "sms":
            await town.twilio.write(SARA, NUMBER, words)
        else:
            await town.telegram.write(town.sara, TOWN, words)
        await town.house.work()
        await asyncio.sleep(BETWEEN)
    assert (town.texts() if channel == "sms" else town.chat()) == ["Du skrev: ett", "Du skrev: två"]
    assert await town.house.rows("select 1 from outbox where state = 'unknown'") == []


# --- In ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", IN)
async def test_sms_in(town: Town, fault: Fault) -> None:
    """Brought again by the rules in the webhook's fragment, it is taken once and answered once."""
    town.to_us.faults.append(fault)
    assert await town.twilio.write(SARA, NUMBER, "Hej") == 204
    await town.house.work()
    assert await town.heard() == ["Hej"]
    assert town.texts() == ["Du skrev: Hej"]
    assert town.to_us.requests >= 2


@pytest.mark.parametrize("fault", IN)
async def test_telegram_in(town: Town, fault: Fault) -> None:
    """Brought again until it is confirmed, it is taken once and answered once."""
    town.to_us.faults.append(fault)
    assert await town.telegram.write(town.sara, TOWN, "Hej") == 204
    await town.house.work()
    assert await town.heard() == ["Hej"]
    assert town.chat() == ["Du skrev: Hej"]
    assert town.to_us.requests >= 2


@pytest.mark.parametrize("fault", IN)
async def test_receipt_in(town: Town, fault: Fault) -> None:
    """A receipt is brought again too: the last word on a message is not lost with one connection."""
    town.twilio.receipts = ()
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    town.to_us.faults.append(fault)
    assert await town.twilio.report(town.twilio.texts[0], "undelivered", 30005) == 204
    assert await town.rows() == [("failed", "30005")]
    assert [row.status for row in await town.house.rows("select status from receipts")] == ["undelivered"]
