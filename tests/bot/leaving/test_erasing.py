"""Numbers nobody asked for are taken away at the provider too: until they are gone, or it is given up, and counted."""

import json

from bot.leaving import erasing
from bot.messages import Said
from bot.stories.telegram import Telegram
from bot.stories.twilio import Twilio
from bot.watching import metrics, troubles
from tests.backend.stories import PERSON_NUMBER
from tests.bot.house import NUMBER, SARA, TOWN, House

WORDS = f"mitt nummer är {PERSON_NUMBER}"


async def figures(house: House) -> str:
    return metrics.exposition([one async for one in metrics.figures(house.engine)]).decode()


async def waiting(house: House) -> int:
    return len(await house.rows("select 1 from erasures"))


async def test_a_text_is_redacted_at_twilio_once_it_is_sealed(house: House, twilio: Twilio) -> None:
    await twilio.write(SARA, NUMBER, WORDS)
    assert twilio.came[-1].body == WORDS
    await house.work()
    assert [text.body for text in twilio.came] == [""]
    assert [one["kind"] for one in house.office.told("sealed")] == ["personal-number"]
    assert house.parrot.events(Said)[0].words == "mitt nummer är •••"
    assert await waiting(house) == 0
    shown = await figures(house)
    assert 'imorgon_diverted_total{channel="sms",kind="personal-number",municipality="trelleborg"' in shown
    assert 'imorgon_erased_total{channel="sms",municipality="trelleborg",outcome="erased"' in shown


async def test_what_holds_no_secret_is_left_where_it_lies(house: House, twilio: Twilio) -> None:
    await twilio.write(SARA, NUMBER, "hyran är 8500 kr")
    await house.work()
    assert twilio.redacted == []
    assert await waiting(house) == 0


async def test_a_message_that_is_still_under_way_there_is_tried_again(house: House, twilio: Twilio) -> None:
    twilio.under_way = 2
    await twilio.write(SARA, NUMBER, WORDS)
    for left in (1, 1, 0):
        await house.work()
        assert await waiting(house) == left
        await house.change("update erasures set next_try_at = now()")
    assert [text.body for text in twilio.came] == [""]


async def test_whoever_dies_between_the_two_has_it_done_by_the_next(house: House, twilio: Twilio) -> None:
    await twilio.write(SARA, NUMBER, WORDS)
    claimed = await erasing._claim(house.engine)
    assert claimed is not None
    await house.work()
    assert twilio.redacted == []  # somebody else has it in hand
    await house.change("update erasures set lease_until = now() - interval '1 second'")
    await house.work()
    assert len(twilio.redacted) == 1


async def test_what_cannot_be_erased_is_said_and_at_last_given_up(house: House, twilio: Twilio) -> None:
    twilio.under_way = 100
    await twilio.write(SARA, NUMBER, WORDS)
    await house.work()
    await house.change("update erasures set created_at = now() - interval '2 hours', next_try_at = now()")
    assert "Messages whose secrets still stand" in (await troubles.find(house.engine))["not erased"]
    await house.change("update erasures set created_at = now() - interval '48 hours'")
    await house.work()
    assert await waiting(house) == 0
    assert 'outcome="given up"' in await figures(house)


async def test_where_the_message_lies_lies_sealed(house: House, twilio: Twilio) -> None:
    twilio.under_way = 1
    await twilio.write(SARA, NUMBER, WORDS, sid="SM" + "7" * 32)
    assert ("SM" + "7" * 32).encode() not in await house.everything()
    place = next(one for one in await house.opened() if '"provider"' in one)
    assert json.loads(place) == {"provider": "Twilio", "message": "SM" + "7" * 32}


async def test_at_telegram_the_message_leaves_the_chat(telegram_house: House, telegram: Telegram) -> None:
    sara = telegram.account("Sara", SARA)
    await telegram.send(sara, TOWN, message_id=41, text=WORDS)
    await telegram_house.work()
    assert telegram.bot(TOWN).erased == [(sara.id, 41)]
    assert await waiting(telegram_house) == 0


async def test_a_place_of_another_account_is_never_asked_for(house: House) -> None:
    carrier = house.channels["sms"]
    for message in ("../Calls", "SM" + "g" * 32, ""):
        place = json.dumps({"provider": "Twilio", "message": message})
        assert await carrier.erase(TOWN, place)  # type: ignore[attr-defined]  # nothing of ours lies there
