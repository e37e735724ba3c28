"""What would leave for a telephone nobody has written from for a year waits until somebody says it is still hers."""

from datetime import timedelta

from bot.conversation import turn
from bot.messages import Outgoing, Turn
from bot.text import say
from bot.turning import threads
from bot.turning.desk import Desk
from bot.turning.turns import take
from tests.bot.arriving.test_going_on import thread_of, writes
from tests.bot.house import SARA, TOWN, House

ASKED = "Hej! Det var länge sedan du skrev hit. Är det fortfarande du? Svara JA eller NEJ."
REMINDER = "Mötet i dag är kl 9.30."


async def a_year_later(house: House) -> None:
    house.engine.turn = turn
    await writes(house, "hej, behöver hjälp", "sms", SARA)
    await house.work()
    house.clock.forward(days=366)


async def is_reminded(house: House) -> None:
    """A reminder of hers is due."""

    async def begin(desk: Desk) -> None:
        thread = await desk.lock(await thread_of(house, "sms", SARA))
        message = Outgoing(
            "reminder", say("{words}", words=REMINDER), deadline=house.clock() + timedelta(hours=2), language="sv"
        )
        await desk.write_message(thread, thread.id, message)
        await desk.save(thread)

    await take(house.engine, TOWN, begin)


async def looks_again(house: House) -> None:
    await house.change("update outbox set next_try_at = now() where state = 'pending'")
    await house.work()


async def texts(house: House) -> list[str]:
    return [text.body for text in house.twilio.sent_to(SARA)][1:]


async def test_the_question_leaves_alone_and_the_reminder_after_her_answer(house: House) -> None:
    await a_year_later(house)
    await is_reminded(house)
    await looks_again(house)
    await looks_again(house)
    assert await texts(house) == [ASKED]
    assert [call["reason"] for call in house.office.told("handovers/")] == ["silent", "unreachable"]
    await writes(house, "Ja", "sms", SARA)
    await looks_again(house)
    assert REMINDER in await texts(house)


async def test_somebody_else_has_the_number_and_is_told_nothing(house: House) -> None:
    await a_year_later(house)
    await is_reminded(house)
    await looks_again(house)
    await writes(house, "Nej", "sms", SARA)
    await looks_again(house)
    assert await texts(house) == [ASKED, "Tack. Vi skriver inte mer till det här numret."]
    assert [one["wrong_number"] for one in house.office.told("phones/")] == [True]
    # Staff see that it did not come.
    left = "select state from entries where original is not null order by number desc limit 1"
    assert [row.state for row in await house.rows(left)] == ["failed"]


async def test_what_waited_too_long_is_dropped_and_never_sent(house: House) -> None:
    await a_year_later(house)
    await is_reminded(house)
    await looks_again(house)
    house.clock.forward(hours=3)
    await writes(house, "Ja", "sms", SARA)
    await looks_again(house)
    assert REMINDER not in "".join(await texts(house))
    rows = await house.rows("select state, reason from outbox where kind = 'reminder'")
    assert [(row.state, row.reason) for row in rows] == [("dropped", "late")]


async def test_a_reply_to_who_just_wrote_is_not_held(house: House) -> None:
    house.clock.forward(days=366)
    house.parrot.on["hej"] = lambda state, _: Turn(state, says=(Outgoing("reply", say("{w}", w="Svar")),))
    await writes(house, "hej", "sms", SARA)
    await house.work()
    assert [text.body for text in house.twilio.sent_to(SARA)] == ["Svar"]


async def test_two_messages_that_wait_ask_once(house: House) -> None:
    await a_year_later(house)
    await is_reminded(house)
    await is_reminded(house)
    await looks_again(house)
    assert await texts(house) == [ASKED]
    assert (await threads.state(house.engine, await thread_of(house, "sms", SARA))).thread.doubted
