"""What papers look like, as Telegram is given them: a PNG of each, drawn from the SVG that the pages show.

``IMORGON_WRITE_PICTURES=1 pytest tests/bot/telegram/test_drawings.py`` draws them anew; have Noto Sans installed first
(Debian: fonts-noto-core).
"""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import io
import os
import struct
from hashlib import sha256
from typing import get_args
from uuid import uuid4

import pytest
from PIL import Image
from playwright.async_api import Browser

from backend.contract import Paper
from bot.flows.application import PAPERS
from bot.leaving.carriers import Letter
from bot.messages import Drawing, Outgoing
from bot.stories.telegram import Telegram as Server
from bot.telegram.channel import Telegram
from bot.telegram.writing import DRAWN
from bot.text import render, say
from tests.bot.house import TOWN, House
from tests.bot.site import browser  # noqa: F401  # a fixture

SVG = DRAWN.parent / "papers.svg"
OF = DRAWN / "papers.svg.sha256"
"""Which SVG they were drawn from."""
WIDTH, HEIGHT, POINTS = 120, 150, 3
COLOURS = 16
MOST = 10_000
"""Bytes of one: she may pay for each."""


def small(drawn: bytes) -> bytes:
    """The same in as few colours as it has, but for the edges."""
    written = io.BytesIO()
    Image.open(io.BytesIO(drawn)).convert("RGB").quantize(COLOURS).save(written, "PNG", optimize=True)
    return written.getvalue()


async def test_they_can_be_drawn(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=POINTS)
    for paper in get_args(Paper):
        use = f'<svg width="{WIDTH}" height="{HEIGHT}"><use href="#{paper}"/></svg>'
        await page.set_content(f"<style>body {{margin: 0; background: #fff}}</style>{use}<div>{SVG.read_text()}</div>")
        await page.evaluate("document.fonts.ready")
        drawn = small(await page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}))
        assert struct.unpack(">II", drawn[16:24]) == (WIDTH * POINTS, HEIGHT * POINTS)
        assert len(drawn) < MOST
        if os.environ.get("IMORGON_WRITE_PICTURES"):
            DRAWN.mkdir(exist_ok=True)
            (DRAWN / f"{paper}.png").write_bytes(drawn)
            OF.write_text(sha256(SVG.read_bytes()).hexdigest() + "\n")
    await page.close()


def test_there_is_one_of_each_as_the_pages_show_it() -> None:
    assert {one.stem for one in DRAWN.glob("*.png")} == set(get_args(Paper))
    assert OF.read_text().strip() == sha256(SVG.read_bytes()).hexdigest(), "papers.svg has changed: draw them anew"
    assert all(one.stat().st_size < MOST for one in DRAWN.glob("*.png"))


@pytest.mark.parametrize("refused", [0, 1])
async def test_it_stands_below_the_words_and_they_count_without_it(
    telegram_house: House, telegram: Server, refused: int
) -> None:
    sara = telegram.account("Sara", "+46701740605")
    telegram.photo_faults = refused
    channel = telegram_house.channels["telegram"]
    assert isinstance(channel, Telegram)
    drawings = tuple(Drawing(paper, say(PAPERS[paper])) for paper in ("rent-invoice", "lease"))
    message = Outgoing("personal-question", say("{words}", words="Vi behöver:"), drawings=drawings)
    outcome = await channel.send(Letter(uuid4(), TOWN, str(sara.id), "Vi behöver:", message))
    assert outcome.state == "delivered"
    (words,) = telegram.sent_to(sara, TOWN)
    assert outcome.reference == str(words.id)
    shown = [(one.caption, one.content) for one in telegram.drawn]
    named = [(render(one.name, "sv"), (DRAWN / f"{one.paper}.png").read_bytes()) for one in drawings]
    assert shown == ([] if refused else named)
