"""What she reads of what was said: nothing that a stranger wrote from her number, and that there was such a time."""

from uuid import UUID

import pytest

from backend.contract import NotHers, NoticeKind, NumberRight
from bot.conversation import turn
from bot.persons.said import was_in_doubt, with_person
from bot.turning import threads
from tests.bot.arriving.test_going_on import person_of, thread_of, writes
from tests.bot.house import SARA, TOWN, House


@pytest.fixture
def house(house: House) -> House:
    house.engine.turn = turn
    house.office.answers["free-times"] = {"times": [], "within_promise": True}
    return house


async def reads(house: House, person: UUID) -> list[str]:
    """Her own words, as she reads them."""
    said = await with_person(house.engine, TOWN, person)
    return [line.original for _, line in reversed(said) if line.who == "person"]


async def test_what_is_written_while_nobody_knows_by_whom_is_not_hers_until_she_has_said_yes(house: House) -> None:
    await writes(house, "hej, behöver hjälp", "sms", SARA)
    thread, her = await thread_of(house, "sms", SARA), await person_of(house, "sms", SARA)
    assert not await was_in_doubt(house.engine, TOWN, her)
    for words in ("vem är ni?", "fel nummer", "jag känner henne inte"):
        await writes(house, words, "sms", SARA)
    assert await reads(house, her) == ["hej, behöver hjälp", "vem är ni?"]
    house.office.tells(NoticeKind.NUMBER_RIGHT, her, NumberRight(thread=thread))
    await house.work()
    for words in ("STATUS", "ja", "hej igen"):
        await writes(house, words, "sms", SARA)
    assert await reads(house, her) == ["hej, behöver hjälp", "vem är ni?", "ja", "hej igen"]
    assert await was_in_doubt(house.engine, TOWN, her)
    lines = {line.original: line.number for line in await threads.lines(house.engine, thread)}
    told = NotHers(thread=thread, first=lines["vem är ni?"], until=lines["fel nummer"])
    house.office.tells(NoticeKind.NOT_HERS, her, told)
    await house.work()
    assert await reads(house, her) == ["hej, behöver hjälp", "ja", "hej igen"]
    copied = [one for one in house.office.told(f"threads/{thread}/entries") if one["original"] == "vem är ni?"]
    assert [one.get("in_doubt", False) for one in copied] == [False, True], "staff see it too"


async def test_who_says_no_after_a_year_has_not_been_her_since_she_was_heard(house: House) -> None:
    await writes(house, "hej, behöver hjälp", "sms", SARA)
    her = await person_of(house, "sms", SARA)
    house.clock.forward(days=366)
    for words in ("vem är ni?", "nej"):
        await writes(house, words, "sms", SARA)
    assert await reads(house, her) == ["hej, behöver hjälp"]
