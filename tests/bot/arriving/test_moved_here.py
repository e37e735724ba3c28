"""Whoever was handed over to a municipality is written to first, from its own number, in a thread of her own."""

from uuid import UUID, uuid4

from backend.contract import Arrived, NoticeKind
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.conversation import turn
from bot.messages import Said
from bot.turning import threads
from tests.bot.house import OMAR, SARA, TOWN, House

FIRST = "Det du bad om har kommit till oss."


async def arrives(house: House, person: UUID, telephone: str = SARA) -> None:
    house.engine.turn = turn
    house.office.tells(NoticeKind.ARRIVED, person, Arrived(person=person, telephone=telephone, language="sv"))
    await house.work()


def texts(house: House, to: str) -> list[str]:
    return [one.body for one in house.twilio.texts if one.to == to]


async def test_she_is_written_to_once_and_the_thread_is_hers(house: House) -> None:
    person = uuid4()
    await arrives(house, person)
    await house.work()
    assert [FIRST in words for words in texts(house, SARA)] == [True]
    found = await threads.find(house.engine, TOWN, "sms", SARA)
    assert found is not None
    state = await threads.state(house.engine, found)
    assert (state.person.id, state.thread.shared, state.thread.handed_over) == (person, False, True)


async def test_who_speaks_one_language_and_reads_another_is_written_to_in_what_she_reads(house: House) -> None:
    house.engine.turn = turn
    told = Arrived(person=uuid4(), telephone=SARA, language="ar", reads="so")
    house.office.tells(NoticeKind.ARRIVED, told.person, told)
    await house.work()
    found = await threads.find(house.engine, TOWN, "sms", SARA)
    assert found is not None
    state = await threads.state(house.engine, found)
    assert (state.thread.language, state.thread.speaks) == ("so", "ar")


async def test_a_number_that_somebody_has_written_from_stays_whose_it_is(house: House) -> None:
    await inbox.receive(house.engine, Inbound(TOWN, "sms", OMAR, "1", Said("hej")))
    before = await threads.find(house.engine, TOWN, "sms", OMAR)
    await arrives(house, uuid4(), OMAR)
    assert await threads.find(house.engine, TOWN, "sms", OMAR) == before
    assert not any(FIRST in words for words in texts(house, OMAR))
