"""Papers on the page: sent by a plain form, listed as they stand, taken away until somebody has read them."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
from axe_playwright_python.async_playwright import Axe
from httpx2 import AsyncClient, Response
from playwright.async_api import Browser, expect

from backend.contract import Paper
from bot.stories import paper
from bot.together import Running
from tests.bot import site as sites
from tests.bot.site import browser, phone  # noqa: F401  # fixtures
from tests.conftest import MakeDatabase

PAGE = "/chat/trelleborg/papers"


@pytest.fixture
async def site(make_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[Running]:
    """The whole site, with a folder for papers."""
    async with sites.served(make_database, documents=tmp_path / "documents") as here:
        yield here


@pytest.fixture
async def visitor(site: Running) -> AsyncIterator[AsyncClient]:
    """Somebody without script: pages and forms only."""
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as client:
        yield client


async def sends(visitor: AsyncClient, *files: bytes, **fields: str) -> Response:
    sent = [("file", (f"{n}.png", content, "image/png")) for n, content in enumerate(files)]
    empty = [("file", ("", b"", "image/png"))]
    return await looked_at(visitor, await visitor.post(PAGE, data={"post": "p1", **fields}, files=sent or empty))


async def looked_at(visitor: AsyncClient, page: Response) -> Response:
    """The page once it is known what became of everything, on however slow a machine."""
    for _ in range(60):
        if "På väg till oss" not in page.text:
            break
        await asyncio.sleep(0.5)
        page = await visitor.get(PAGE)
    return page


def items(page: Response) -> list[str]:
    listed = re.findall(r"<li>(.*?)</li>", page.text.partition('id="sent"')[2], re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip() for one in listed]


async def test_a_paper_is_sent_without_script_and_stands_there_with_its_name(visitor: AsyncClient) -> None:
    before = await visitor.get(PAGE)
    assert "10 MB och 20 sidor" in before.text
    page = await sends(visitor, paper.sharp(1), paper="rent-invoice")
    assert page.url.path == PAGE
    assert items(page) == ["Hyresavi Det har kommit fram. Ta bort"]
    talk = await visitor.get("/chat/trelleborg")
    assert "En bild eller en fil." in talk.text


async def test_each_paper_there_is_a_word_for_has_a_picture(visitor: AsyncClient) -> None:
    page = await visitor.get(PAGE)
    shown = re.findall(r'href="/static/papers.svg#([a-z-]+)"', page.text)
    assert set(shown) == set(get_args(Paper))
    drawn = (await visitor.get("/static/papers.svg")).text
    assert re.findall(r'<symbol id="([a-z-]+)"', drawn) == shown


async def test_what_is_hard_to_read_or_no_paper_is_said_at_once(visitor: AsyncClient) -> None:
    page = await sends(visitor, paper.unsharp(1), b"no paper at all")
    refused, hard = items(page)
    assert "Skicka gärna en ny bild" in hard
    assert "vi kan inte öppna det" in refused
    assert "Ta bort" not in refused


async def test_the_same_form_twice_sends_once(visitor: AsyncClient) -> None:
    await sends(visitor, paper.sharp(1))
    assert len(items(await sends(visitor, paper.sharp(1)))) == 1
    assert len(items(await sends(visitor, paper.sharp(2)))) == 2


async def test_nothing_and_too_much_are_said_in_words(visitor: AsyncClient) -> None:
    assert "Välj en bild eller en fil först" in (await sends(visitor)).text
    page = await sends(visitor, b"x" * 11_000_000)
    assert "Filen är för stor. Vi kan ta emot 10 MB." in page.text
    assert "för mycket på en gång" in (await sends(visitor, *[b"x" * 9_000_000] * 4)).text


async def test_a_paper_is_taken_away_until_somebody_has_read_it(visitor: AsyncClient, site: Running) -> None:
    page = await sends(visitor, paper.sharp(1))
    (sent,) = re.findall(r'name="paper" value="([0-9a-f-]{36})"', page.text)
    page = await visitor.post(f"{PAGE}/taken-back", data={"paper": sent})
    assert "Det är borttaget." in page.text
    assert items(page) == []
    for strange in (sent, "no id", "00000000-0000-4000-8000-000000000001"):
        assert (await visitor.post(f"{PAGE}/taken-back", data={"paper": strange})).status_code == 200
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False) as other:
        page = await sends(visitor, paper.sharp(3))
        (sent,) = re.findall(r'name="paper" value="([0-9a-f-]{36})"', page.text)
        await other.post(f"{PAGE}/taken-back", data={"paper": sent})
    assert len(items(await visitor.get(PAGE))) == 1


async def test_only_our_own_page_can_send(visitor: AsyncClient) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = await visitor.post(PAGE, files=[("file", ("a", b"x", "image/png"))], headers=foreign)
    assert answer.status_code == 403


async def test_on_a_phone_the_camera_is_offered_and_how_far_it_has_come_is_said(
    site: Running, browser: Browser
) -> None:
    async with phone(browser) as page:
        await page.goto(site.address + PAGE)
        assert await page.locator("#camera").get_attribute("capture") == "environment"
        picture: Any = {"name": "a.png", "mimeType": "image/png", "buffer": paper.sharp(1)}
        await page.set_input_files("#files", picture)
        await page.click("#bring button")
        await expect(page.locator("#sent")).to_be_visible(timeout=15_000)
        await expect(page.get_by_text("Det har kommit fram.")).to_be_visible()
        assert await sites.unnamed_controls(page) == []
        assert (await Axe().run(page)).violations_count == 0
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360


async def test_where_no_papers_are_taken_there_is_no_page(make_database: MakeDatabase) -> None:
    async with (
        sites.served(make_database) as here,
        AsyncClient(base_url=here.address, follow_redirects=True, trust_env=False) as client,
    ):
        assert (await client.get(PAGE)).url.path == "/chat/trelleborg"
        assert PAGE not in (await client.get("/chat/trelleborg")).text
