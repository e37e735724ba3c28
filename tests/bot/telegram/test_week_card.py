"""The week as a picture in Telegram: below its words, in her language, once; and the words count without it."""

import io
import os
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image

from backend.contract import Sensitivity
from bot.conversation.notices.planning_week import ACTIVITIES
from bot.leaving.carriers import Letter
from bot.messages import Outgoing
from bot.pages.thread import PICTURES
from bot.stories.telegram import Telegram as Server
from bot.telegram import week_card
from bot.telegram.channel import Telegram
from bot.text import languages, say
from tests.bot.conversation.test_interruptions import booked
from tests.bot.conversation.test_planning_week import week_of
from tests.bot.house import TOWN, House

WIDTH, MOST = 720, 150_000
"""Points of the screen; bytes, since she may pay for each."""

WEEK = week_of(booked().state.person.meeting).activities


def letter(address: str, language: str = "sv") -> Letter:
    words = say("{words}", words="Din vecka:")
    message = Outgoing("week-list", words, week=WEEK, sensitivity=Sensitivity.PERSONAL)
    return Letter(uuid4(), TOWN, address, "Din vecka:", message, language)


def test_every_activity_has_its_drawing() -> None:
    assert set(PICTURES) == set(ACTIVITIES)
    for name in (*PICTURES.values(), "speech"):
        assert week_card._icon(name).startswith("<svg ")
    with pytest.raises(KeyError):
        week_card._icon("nothing")


@pytest.mark.parametrize("language", languages())
async def test_it_is_drawn_in_every_language(language: str) -> None:
    interpreted = tuple(one.model_copy(update={"interpreter": True, "digital": True}) for one in WEEK[:1])
    drawn = await week_card.png((*interpreted, *WEEK[1:]), language)
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.width in (WIDTH, WIDTH + 1)
        assert picture.height > picture.width
        # What is read first stands where her language begins: the day's bold words, and nothing at the other edge.
        rows = picture.convert("L").crop((0, 60, picture.width, 90))
        ink = rows.point(lambda shade: 255 if shade < 128 else 0).getbbox()
        assert ink is not None
        left, _, right, _ = ink
        begins_left = left < picture.width - right
        assert begins_left == (language != "ar")
    assert len(drawn) < MOST
    if folder := os.environ.get("IMORGON_WEEK_CARDS"):
        (Path(folder) / f"week-{language}.png").write_bytes(drawn)


async def test_it_stands_once_below_the_words(telegram_house: House, telegram: Server) -> None:
    sara = telegram.account("Sara", "+46701740605")
    channel = telegram_house.channels["telegram"]
    assert isinstance(channel, Telegram)
    outcome = await channel.send(letter(str(sara.id)))
    assert outcome.state == "delivered"
    await telegram.wait_for(lambda: bool(telegram.drawn), week_card.SECONDS)
    (words,) = telegram.sent_to(sara, TOWN)
    assert outcome.reference == str(words.id)
    (drawn,) = telegram.drawn
    assert drawn.caption == "Din vecka"
    assert drawn.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("fails", ["too slow", "no program", "wrong order"])
async def test_the_words_count_without_it(
    telegram_house: House, telegram: Server, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    if fails == "no program":
        monkeypatch.setattr("sys.executable", "/nowhere/python")
    elif fails == "wrong order":
        monkeypatch.setattr(week_card, "_data", lambda *_: {})
    else:
        drawing = week_card.png
        monkeypatch.setattr(week_card, "png", lambda week, language: drawing(week, language, seconds=0.0))
    sara = telegram.account("Sara", "+46701740605")
    channel = telegram_house.channels["telegram"]
    assert isinstance(channel, Telegram)
    assert (await channel.send(letter(str(sara.id)))).state == "delivered"
    while channel._courtesies:
        await next(iter(channel._courtesies))
    assert len(telegram.sent_to(sara, TOWN)) == 1
    assert telegram.drawn == []
