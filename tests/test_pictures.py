"""The pictures in the README: taken of the running system at story time, and shown with words for who cannot see them.

``IMORGON_WRITE_PICTURES=1 pytest tests/test_pictures.py`` takes them anew. They should look as on a telephone, so have
Noto Sans and Noto Sans Arabic installed first (Debian: fonts-noto-core).
"""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import os
import re
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.together import Running
from tests.bot.site import browser, town  # noqa: F401  # fixtures
from tests.test_look import HELLO, Somebody, asked_for, eventually, named, photographed, signed_in

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "docs" / "pictures"
MOST = 750_000
"""Bytes of all of them together: a clone should stay small."""

PHONE = ("chat-sv.png", "chat-ar.png", "form-sv.png")
DESK = ("inbox.png", "decision.png")


@asynccontextmanager
async def telephone(browser: Browser, site: Running, language: str, folder: Path) -> AsyncIterator[Somebody]:
    """A telephone whose points are small, so that its letters are sharp."""
    context = await browser.new_context(
        locale=language, viewport={"width": 360, "height": 640}, device_scale_factor=1.25, has_touch=True
    )
    page = await context.new_page()
    page.set_default_timeout(20_000)
    somebody = Somebody(page, site, language, folder)
    await somebody.opens("/chat/trelleborg")
    yield somebody
    await context.close()


async def gets_a_time(somebody: Somebody) -> None:
    await somebody.writes(HELLO[somebody.language])
    await somebody.chooses("Book")
    await somebody.presses(somebody.page.locator("#answers button", has=somebody.page.locator(".hour")))
    await somebody.page.locator(".timecard").wait_for()


@pytest.mark.long
async def test_the_pictures_can_be_taken(town: Running, browser: Browser, tmp_path: Path) -> None:
    folder = KEPT if os.environ.get("IMORGON_WRITE_PICTURES") else tmp_path
    async with telephone(browser, town, "ar", folder) as amal:
        await gets_a_time(amal)
        await photographed(amal.page, folder / "chat-ar.png")
        thread, person = await asked_for(town)
        await amal.presses(amal.page.locator(".top__human button"))
        await eventually(lambda: named(town, person, "Amal"))
    async with signed_in(browser, town, "Johan", folder) as johan:
        await johan.opens(f"/inbox/threads/{thread}")
        await johan.page.get_by_role("button", name="Ta över").click()
        await johan.page.get_by_role("button", name="Ge till automaten").wait_for()
        await expect(johan.page.locator(".taking-over")).to_have_count(0)
        await johan.opens(f"/inbox/threads/{thread}?phrase=waiting-for-interpreter&field_time=11.30&region=answer")
        await johan.page.locator("#preview button").wait_for()
        await johan.page.set_viewport_size({"width": 1280, "height": 860})
        await johan.page.screenshot(path=folder / "inbox.png")
    async with signed_in(browser, town, "Maria", folder) as maria:
        await maria.opens("/inbox/cases")
        await maria.page.get_by_role("link", name="Ali").click()
        await maria.page.get_by_role("link", name="Beslut").click()
        await maria.page.get_by_label("Bifall", exact=True).check()
        await maria.page.get_by_label("Kronor, vid bifall").fill("7485")
        await maria.page.get_by_role("button", name="Visa hur beslutet läses").click()
        await maria.page.get_by_role("heading", name="Så här läses beslutet").wait_for()
        await maria.page.set_viewport_size({"width": 1280, "height": 860})
        await maria.page.screenshot(path=folder / "decision.png")
    town.clock.move(timedelta(hours=5))  # type: ignore[attr-defined]  # the story's clock; the next times are tomorrow's
    async with telephone(browser, town, "sv", folder) as kim:
        await gets_a_time(kim)
        await photographed(kim.page, folder / "chat-sv.png")
    async with telephone(browser, town, "sv", folder) as kim:
        await kim.writes(HELLO["sv"])
        await kim.chooses("Apply")
        await kim.page.locator("#answers a.button--main").click()
        for question in await kim.page.locator("fieldset.question").filter(visible=True).all():
            await question.locator("input").first.check()
        await photographed(kim.page, folder / "form-sv.png")
    assert {file.name for file in folder.glob("*.png")} == {*PHONE, *DESK}


def test_the_readme_shows_each_picture_and_says_what_it_shows() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = dict(re.findall(r'<img src="docs/pictures/([\w-]+\.png)"[^>]* alt="([^"]{20,})"', readme))
    assert shown.keys() == {*PHONE, *DESK} == {file.name for file in KEPT.iterdir()}
    assert sum(file.stat().st_size for file in KEPT.iterdir()) < MOST
    assert {width(KEPT / name) for name in PHONE} == {450}
    assert {width(KEPT / name) for name in DESK} == {1280}


def width(picture: Path) -> int:
    """The width in a PNG's first chunk."""
    wide: int = struct.unpack(">I", picture.read_bytes()[16:20])[0]
    return wide
