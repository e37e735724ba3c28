"""Staff have it that they ring her: what waits is dropped and told to them, also before the bot has heard of it; for
two who are one and part again."""

from datetime import timedelta

import pytest

from backend.contract import MeetingNotice, Merged, NoticeKind, OnlyByTelephone
from bot.conversation import turn
from tests.bot.hearing.test_agreed_phrase import Home
from tests.bot.house import MONDAY, House

NEW_TIME = "Ditt möte har en ny tid"


@pytest.fixture
async def sara(telegram_house: House) -> Home:
    telegram_house.engine.turn = turn
    home = Home(telegram_house)
    await home.begins()
    return home


async def moves(sara: Home, days: int) -> None:
    start = MONDAY + timedelta(days=days)
    moved = sara.meeting.model_copy(update={"start": start, "end": start + timedelta(hours=1)})
    sara.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=moved))
    await sara.house.work()


async def rings(sara: Home, *, on: bool) -> None:
    sara.tells(NoticeKind.ONLY_BY_TELEPHONE, OnlyByTelephone(on=on))
    await sara.house.work()


async def test_what_waits_and_what_comes_is_told_to_staff_and_leaves_to_nobody(sara: Home) -> None:
    before, house = sara.texts, sara.house
    await house.change("insert into sending (paused) values (true) on conflict (one) do update set paused = true")
    await moves(sara, 2)
    await rings(sara, on=True)
    await house.change("update sending set paused = false")
    await house.work()
    assert [NEW_TIME in words for words in sara.held] == [True]
    await moves(sara, 3)
    house.clock.forward(days=8)
    await house.work()
    assert sara.texts == before
    assert sum(NEW_TIME in words for words in sara.held) == 2
    assert sara.alarms.count("agreed-phrase") == 0

    await rings(sara, on=False)
    assert sara.texts == before, "they tell her themselves"
    await moves(sara, 20)
    assert len(sara.texts) == len(before) + 1


@pytest.mark.parametrize(("true", "held"), [(True, 1), (False, 0)])
async def test_the_backend_says_so_before_the_notice_has_come(sara: Home, true: bool, held: int) -> None:
    before = sara.texts
    sara.house.office.answers["still-true"] = {"true": true, "by_telephone": True}
    await moves(sara, 2)
    assert sara.texts == before
    assert sum(NEW_TIME in words for words in sara.held) == held


async def test_it_holds_for_both_who_part_unless_it_was_there_before(sara: Home) -> None:
    await sara.writes("hej, behöver hjälp", "web", "her page")
    other, one = (await sara.state("web", "her page")).person.id, await sara.person()

    async def both() -> tuple[bool, bool]:
        states = await sara.state(), await sara.state("web", "her page")
        return states[0].person.is_silent, states[1].person.is_silent

    async def told(kind: NoticeKind) -> None:
        sara.tells(kind, Merged(person=other, into=one), other)
        await sara.house.work()

    await told(NoticeKind.PERSONS_MERGED)
    await rings(sara, on=True)
    await told(NoticeKind.PERSONS_PARTED)
    assert await both() == (True, True)
    await rings(sara, on=False)
    assert await both() == (False, True)
    await told(NoticeKind.PERSONS_MERGED)
    assert await both() == (True, True)
    await told(NoticeKind.PERSONS_PARTED)
    assert await both() == (False, True)
