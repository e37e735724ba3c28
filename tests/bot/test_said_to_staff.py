"""What she said to staff, through the whole bot: stop leaves once and holds, start opens, but not her provider's."""

from datetime import timedelta

import pytest

from backend.contract import LanguageSaid, MeetingNotice, MessagesWished, NoticeKind
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


async def wishes(sara: Home, wish: str) -> None:
    said = {"thread": await sara.thread(), "wish": wish}
    sara.tells(NoticeKind.MESSAGES_WISHED, MessagesWished.model_validate(said))
    await sara.house.work()


async def moves(sara: Home, days: int) -> None:
    start = MONDAY + timedelta(days=days)
    moved = sara.meeting.model_copy(update={"start": start, "end": start + timedelta(hours=1)})
    sara.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=moved))
    await sara.house.work()


async def test_stop_is_confirmed_once_and_holds_until_she_wants_us_back(sara: Home) -> None:
    before = len(sara.texts)
    await wishes(sara, "stop")
    await wishes(sara, "stop")
    assert [words[:20] for words in sara.texts[before:]] == ["Vi skriver inte mer "]
    await moves(sara, 2)
    assert len(sara.texts) == before + 1
    await wishes(sara, "start")
    await moves(sara, 3)
    assert sara.texts[before + 1].startswith("Välkommen tillbaka.")
    assert any(NEW_TIME in words for words in sara.texts[before + 1 :])


async def test_what_her_provider_stopped_stays_stopped(sara: Home) -> None:
    await sara.writes("STOP", keyword="stop", answered=True)
    before = len(sara.texts)
    await wishes(sara, "start")
    await moves(sara, 2)
    assert len(sara.texts) == before
    assert [(one["opted_out"], one.get("by_provider")) for one in sara.house.office.told("phones")][-1] == (True, True)


async def test_she_is_written_to_in_the_language_she_reads(sara: Home) -> None:
    body = LanguageSaid(thread=await sara.thread(), reads="en", speaks="en")
    sara.tells(NoticeKind.LANGUAGE_SAID, body)
    await sara.house.work()
    await moves(sara, 2)
    assert NEW_TIME not in sara.texts[-1]
    assert (await sara.state()).thread.language == "en"
