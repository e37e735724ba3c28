"""Papers on the secure page: whoever has opened it with a code hands in there, and nothing is kept on the way."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient, Response
from playwright.async_api import Browser, expect
from sqlmodel import select

from backend.applications import completions
from backend.applications.completions import Wanted
from backend.cases import desk
from backend.contract import NoticeKind
from backend.documents import service
from backend.notices.models import NoticeRow
from bot.pages.handing_in import PATH
from bot.stories import paper
from bot.together import Running, free_port
from tests.backend.meetings import Town
from tests.backend.stories import MARIA
from tests.bot import site as sites
from tests.bot.pages.test_secure import case, checked, opens
from tests.bot.site import browser, phone  # noqa: F401  # fixtures
from tests.conftest import MakeDatabase


@pytest.fixture
async def site(make_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[Running]:
    """The whole site, with a folder for papers."""
    async with sites.served(make_database, documents=tmp_path / "documents") as here:
        town = Town(here.backend.state.databases["trelleborg"], here.clock)  # type: ignore[arg-type]  # a clock
        await town.has_caseworker()
        await town.has_interpreter("Nour", "ar")
        yield here


@pytest.fixture
async def reader(site: Running) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as client:
        yield client


async def sends(reader: AsyncClient, *files: bytes, post: str = "00000000-0000-4000-8000-000000000001") -> Response:
    sent = [("file", (f"{n}.png", content, "image/png")) for n, content in enumerate(files)]
    return await reader.post(PATH, data={"post": post, "paper": "lease"}, files=sent or [("file", ("", b"", "a/b"))])


async def test_who_has_a_code_hands_in_and_sees_what_became_of_it(site: Running, reader: AsyncClient) -> None:
    somebody = await case(site, "sv")
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await somebody.code()})
    assert PATH in (await reader.get("/s/read")).text
    page = await sends(reader, paper.sharp(1), b"no paper")
    assert "Det har kommit fram." in page.text
    assert "vi kan inte öppna det" in page.text
    site.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]  # the story's clock
    assert "Det har kommit fram." in (await sends(reader, paper.sharp(1))).text
    assert "Välj en bild eller en fil först" in (await sends(reader)).text
    async with somebody.database.transaction() as session:
        (kept,) = await service.of_person(session, somebody.person)
    assert (kept.paper, kept.channel) == ("lease", "web")
    async with site.engine.database.transaction() as connection:
        assert (await connection.exec_driver_sql("select count(*) from papers")).scalar() == 0


async def test_the_page_says_how_many_are_here_and_no_notice_does(site: Running, reader: AsyncClient) -> None:
    somebody = await case(site, "sv")
    asked = [Wanted("lease"), Wanted("payslip")]
    async with somebody.database.transaction() as session:
        await desk.open_case(session, site.clock, MARIA, somebody.person, "follow-up")
        await completions.ask(session, site.clock, MARIA, somebody.person, asked, by=date(2026, 12, 3))
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await somebody.code()})
    for _ in range(2):
        # The answer was lost on its way, and she sends the form again.
        page = await sends(reader, paper.sharp(1))
        assert "Det har kommit fram. 1 av 2. Resten senast torsdag 3 december." in unescape(page.text)
        site.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]  # the story's clock
    async with somebody.database.transaction() as session:
        kinds = (await session.exec(select(NoticeRow.kind))).all()
    assert NoticeKind.PAPERS_CAME not in kinds


async def test_what_was_refused_is_refused_when_the_form_is_sent_again(site: Running, reader: AsyncClient) -> None:
    somebody = await case(site, "sv")
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await somebody.code()})
    for _ in range(2):
        page = await sends(reader, b"no paper")
        assert "vi kan inte öppna det" in page.text
        assert "Det har kommit fram." not in page.text
        site.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]  # the story's clock


async def test_another_file_by_the_same_form_is_another_paper(site: Running, reader: AsyncClient) -> None:
    somebody = await case(site, "sv")
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await somebody.code()})
    for content in (paper.sharp(1), paper.sharp(2), paper.sharp(1)):
        assert "Det har kommit fram." in (await sends(reader, content)).text
    async with somebody.database.transaction() as session:
        assert len(await service.of_person(session, somebody.person)) == 2


async def test_every_page_that_is_open_locks_when_it_is_left_alone(site: Running, reader: AsyncClient) -> None:
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await (await case(site, "sv")).code()})
    for path in ("/s/read", "/s/answers", PATH):
        page = await reader.get(path)
        assert page.url.path == path
        assert re.search(r'idle\.js" data-seconds="\d+" data-to="/s/lock"', page.text), path
        assert 'url=/s/lock"' in page.text, path


async def test_nobody_hands_in_without_a_code(reader: AsyncClient) -> None:
    assert (await reader.get(PATH)).url.path == "/s/"
    assert (await sends(reader, paper.sharp(1))).url.path == "/s/"


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """No form with files is read."""

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a stranger's file was held")

    monkeypatch.setattr("bot.pages.upload.files", never)


@pytest.mark.usefixtures("unread")
async def test_nothing_that_a_stranger_sends_is_held(reader: AsyncClient) -> None:
    still = int((datetime.now(UTC) + timedelta(minutes=5)).timestamp())
    for until in (still, 1):
        reader.cookies.set("imorgon_read", f"trelleborg:{until}:made-up", path="/s/")
        answer = await sends(reader, b"x" * 12_000_000)
        assert answer.status_code == 403
        assert "Sidan stängs efter 15 minuter" in answer.text


@pytest.mark.usefixtures("unread")
async def test_a_machine_and_another_site_hand_in_nothing(
    site: Running, reader: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await (await case(site)).code()})
    assert (await reader.post(PATH, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    monkeypatch.setattr("bot.pages.crowd.Crowd.lets_in", lambda *_: False)
    assert (await sends(reader, paper.sharp(1))).status_code == 429


async def test_more_than_is_taken_at_once_is_said(site: Running, reader: AsyncClient) -> None:
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await (await case(site, "sv")).code()})
    page = await sends(reader, *[b"x" * 9_000_000] * 4)
    assert page.status_code == 200
    assert "för mycket på en gång" in page.text


async def test_while_the_backend_is_away_she_is_told_to_try_again(site: Running, reader: AsyncClient) -> None:
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await (await case(site)).code()})
    site.engine.backend._url = f"http://127.0.0.1:{free_port()}/api/v1"
    assert (await sends(reader, paper.sharp(1))).status_code == 503


async def test_on_a_phone_from_the_right_without_script(site: Running, browser: Browser) -> None:
    code = await (await case(site)).code()
    async with phone(browser, locale="ar", java_script_enabled=False) as page:
        await opens(page, site, code)
        await page.goto(site.address + PATH)
        picture: Any = {"name": "a.png", "mimeType": "image/png", "buffer": paper.sharp(1)}
        await page.set_input_files("#files", picture)
        await page.locator(".bring button").click()
        await expect(page.get_by_role("status")).to_contain_text("وصل إلينا")
        assert await page.locator("html").get_attribute("dir") == "rtl"
    async with phone(browser, locale="ar") as page:
        await opens(page, site, await (await case(site)).code())
        await page.goto(site.address + PATH)
        await checked(page)
