"""Secret answers on the page, through both halves: sealed in the request, opened by a caseworker, and by her."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from playwright.async_api import Browser, expect
from sqlalchemy import select, text

from backend.applications import snapshot
from backend.applications.models import Application
from backend.cases import desk
from bot.pages import laid_by, own_copy
from bot.together import Running, free_port
from bot.turning import threads
from tests.backend.stories import MARIA
from tests.bot.applicant import Applicant
from tests.bot.pages.test_secure import checked, opens
from tests.bot.site import browser, phone, site  # noqa: F401  # fixtures

ACCOUNT, PERMIT = "Swedbank 8327-9, 123 456 789-0", "Syrien, tillstånd till maj 2027"


async def until(seen: Any) -> Any:
    for _ in range(200):
        if found := await seen():
            return found
        await asyncio.sleep(0.1)
    raise TimeoutError


def hidden(shown: str) -> dict[str, str]:
    """What stands in a page's form unseen, but for where the language is changed from."""
    return dict(re.findall(r'type="hidden" name="(?!from")(.+?)" value="(.*?)"', shown))


@pytest.fixture
async def reader(site: Running) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as client:
        yield client


async def test_she_answers_on_the_page_and_a_caseworker_opens_it(site: Running, reader: AsyncClient) -> None:
    amina = Applicant(site)
    await amina.applies()
    assert "Konto: På mötet." in (await amina.read())[-1]
    page = await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    assert "/s/answers" in page.text
    page = await reader.get("/s/answers/reaching")
    assert "Vilket konto" in page.text
    page = await reader.post("/s/answers/reaching", data={"f.account": ACCOUNT, "f.permit": PERMIT})
    assert page.url.path == "/s/answers"
    # She may read through it, in the browser she wrote it in.
    assert all(words in page.text for words in (ACCOUNT, PERMIT))
    # The chat has gone on by itself: thanked, and shown the summary anew.
    thanks, summary = (await amina.read())[-2:]
    assert thanks == "Tack. Besvarat på sidan: Konto och Medborgarskap och tillstånd."
    assert "Konto: Besvarat på sidan." in summary
    await amina.writes("ja")

    database = site.backend.state.databases["trelleborg"]

    async def came() -> Any:
        async with database.transaction() as session:
            return (await session.exec(select(Application))).scalars().first()

    application = (await until(came)).id
    keys = site.backend.state.settings.tenants["trelleborg"].seal_keys
    async with database.transaction() as session:
        person = await amina.person()
        await desk.open_case(session, site.clock, MARIA, person, "follow-up")
        for question, words in (("account", ACCOUNT), ("permit", PERMIT)):
            opened = await snapshot.open_answer(
                session, site.clock, MARIA, person, application, question=question, keys=keys
            )
            assert opened == words
    async with site.engine.database.transaction() as connection:
        kept = str((await connection.execute(text("select string_agg(body::text, '') from runs"))).scalar_one())
    assert ACCOUNT.encode().hex() not in kept


async def test_for_half_an_hour_her_browser_shows_it_to_be_changed_and_no_other_does(
    site: Running, reader: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina = Applicant(site)
    await amina.applies()
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    page = await reader.post("/s/answers/reaching", data={"f.account": ACCOUNT})
    assert ACCOUNT in page.text
    page = await reader.get("/s/answers/reaching")
    assert f">{ACCOUNT}</textarea>" in page.text
    assert "Bara den här webbläsaren kan visa det" in page.text
    before = await amina.read()
    # Sent as it stands it is the same answer, and nobody is told of nothing.
    page = await reader.post("/s/answers/reaching", data={"f.account": ACCOUNT, "f.permit": ""})
    assert "Inget har ändrats." in page.text
    assert await amina.read() == before
    # Another browser that reads as she does has no key to it.
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as other:
        await other.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
        for path in ("/s/answers", "/s/answers/reaching"):
            assert ACCOUNT not in (await other.get(path)).text
    # What is kept with us is noise without the key.
    async with site.engine.database.reading() as connection:
        thread = await threads.state(site.engine, await amina.thread())
        kept = str((await connection.execute(text("select string_agg(body::text, '') from runs"))).scalar_one())
    assert thread.run is not None
    assert list(thread.run.copies) == ["account"]
    assert ACCOUNT not in str(thread.run.copies)
    assert ACCOUNT.encode().hex() not in kept
    # What is written anew has a new half hour; one that is over is not shown, though the key is there.
    monkeypatch.setattr(own_copy, "LASTS", timedelta(seconds=-1))
    copies = {"account": own_copy.copied(b"k" * 32, ACCOUNT, thread.person.id, "account")}
    assert own_copy.opened(b"k" * 32, copies, thread.person.id) == {}


async def test_the_copy_goes_with_the_page_that_is_closed(site: Running, reader: AsyncClient) -> None:
    amina = Applicant(site)
    await amina.applies()
    for way in ("/s/close", "/s/clear"):
        await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
        assert ACCOUNT in (await reader.post("/s/answers/reaching", data={"f.account": ACCOUNT})).text
        assert (await reader.post(way, data={"now": "1"})).status_code == 200
        await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
        page = await reader.get("/s/answers/reaching")
        assert ACCOUNT not in page.text
        assert "Det är låst nu, och går att visa igen när det är skickat." in page.text


async def test_an_answer_that_changes_what_was_sent_is_shown_too(site: Running, reader: AsyncClient) -> None:
    amina = Applicant(site)
    await amina.applies()
    await amina.writes("ja")

    async def came() -> bool:
        state = await threads.state(site.engine, await amina.thread())
        return state.person.applied is not None

    await until(came)
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    for words in (ACCOUNT, "Nordea 3300, 900101-0000"):
        page = await reader.post("/s/answers/reaching", data={"f.account": words})
        assert words in page.text
        assert words in (await reader.get("/s/answers/reaching")).text


async def test_a_copy_opens_by_its_key_for_her_and_its_question_alone() -> None:
    key, her = own_copy.new_key(), uuid4()
    copy = own_copy.copied(key, ACCOUNT, her, "account")
    assert own_copy.opened(key, {"account": copy}, her) == {"account": ACCOUNT}
    assert own_copy.opened(own_copy.new_key(), {"account": copy}, her) == {}
    assert own_copy.opened(key, {"account": copy}, uuid4()) == {}
    assert own_copy.opened(key, {"permit": copy}, her) == {}
    assert own_copy.opened(key, {"account": "no copy at all"}, her) == {}
    assert own_copy.opened(None, {"account": copy}, her) == {}


async def test_an_answer_is_replaced_or_left_to_the_meeting_after_all(site: Running, reader: AsyncClient) -> None:
    amina = Applicant(site)
    await amina.applies()
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    await reader.post("/s/answers/reaching", data={"f.account": ACCOUNT})
    page = await reader.post("/s/answers/reaching", data={"f.account": "NEJ"})
    assert ACCOUNT not in page.text
    assert (await amina.read())[-2] == "Tack. Besvarat på sidan: Konto."
    page = await reader.post("/s/answers/reaching", data={"l.account": "1"})
    assert "NEJ" not in page.text
    assert "Konto: På mötet." in (await amina.read())[-1]


async def test_what_cannot_be_received_is_given_back_to_be_sent_once_more(site: Running, reader: AsyncClient) -> None:
    amina = Applicant(site)
    await amina.applies()
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    backend = site.engine.backend
    there, backend._url = backend._url, f"http://127.0.0.1:{free_port()}/api/v1"
    page = await reader.post("/s/answers/reaching", data={"f.account": ACCOUNT, "l.permit": "1"})
    backend._url = there
    assert (page.status_code, page.headers["cache-control"]) == (503, "no-store")
    assert "Vi kan inte ta emot just nu" in page.text
    # It locks like every page that holds something of hers.
    assert "idle.js" in page.text
    assert 'url=/s/lock"' in page.text
    fields = dict(re.findall(r'type="hidden" name="([fl]\..+?)" value="(.*?)"', page.text))
    assert fields == {"f.account": ACCOUNT, "l.permit": "1"}
    page = await reader.post("/s/answers/reaching", data=fields)
    assert "Sparat" in page.text
    assert (await amina.read())[-2].startswith("Tack. Besvarat på sidan")


async def test_what_she_saves_when_the_time_is_over_is_saved_after_a_new_code_and_by_nobody_else(
    site: Running, reader: AsyncClient
) -> None:
    amina = Applicant(site)
    await amina.applies()
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    form = hidden((await reader.get("/s/answers/reaching")).text) | {"f.account": ACCOUNT, "l.permit": "1"}
    reader.cookies.clear()
    before = await amina.read()
    closed = await reader.post("/s/answers/reaching", data=form)
    assert closed.status_code == 403
    assert "Det du fyllde i finns kvar på den här sidan i en timme." in closed.text
    sealed = hidden(closed.text)[laid_by.NAME]
    # Nobody reads it there, and a wrong code loses nothing of it.
    assert ACCOUNT not in closed.text
    wrong = await reader.post("/s/", data={"municipality": "trelleborg", "code": "wrong", laid_by.NAME: sealed})
    assert hidden(wrong.text)[laid_by.NAME] == sealed
    # Somebody else who shows herself there saves nothing of it, and reads nothing of it.
    other = Applicant(site, "another screen")
    await other.applies()
    code = {"municipality": "trelleborg", "code": await other.code()}
    given = await reader.post("/s/", data={**code, laid_by.NAME: sealed})
    assert ACCOUNT not in given.text
    theirs = await reader.post("/s/answers/reaching", data=hidden(given.text))
    assert ACCOUNT not in theirs.text
    assert "Konto: På mötet." in (await other.read())[-1]
    assert await amina.read() == before
    # She herself does, by one press.
    await reader.post("/s/close", data={"now": "1"})
    code = {"municipality": "trelleborg", "code": await amina.code()}
    given = await reader.post("/s/", data={**code, laid_by.NAME: sealed})
    assert 'action="/s/answers/reaching"' in given.text
    assert "Det som bara vi får läsa" in given.text
    assert "idle.js" in given.text
    saved = await reader.post("/s/answers/reaching", data=hidden(given.text))
    assert saved.url.path == "/s/answers"
    assert ACCOUNT in saved.text
    assert (await amina.read())[-2] == "Tack. Besvarat på sidan: Konto."


async def test_what_is_not_understood_stands_there_to_be_mended(site: Running, reader: AsyncClient) -> None:
    amina = Applicant(site)
    await amina.applies()
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    page = await reader.post("/s/answers/reaching", data={"f.account": "1" * 2000, "l.permit": "1"})
    assert page.status_code == 422
    assert re.search(r'role="alert"', page.text)
    # What she ticked stands there still.
    assert re.findall(r'name="l\.(\w+)" value="1" checked', page.text) == ["permit"]


async def test_without_the_right_to_it_there_is_no_page(site: Running, reader: AsyncClient) -> None:
    for path in ("/s/answers", "/s/answers/reaching"):
        assert (await reader.get(path)).url.path == "/s/"
    assert (await reader.post("/s/answers/reaching", data={"f.account": ACCOUNT})).url.path == "/s/"
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await reader.post("/s/answers/reaching", data={"f.account": "1"}, headers=headers)).status_code == 403


async def test_before_there_is_an_application_it_says_so(site: Running, reader: AsyncClient) -> None:
    amina = Applicant(site)
    await amina.writes("hej, behöver hjälp")

    async def known() -> bool:
        database = site.backend.state.databases["trelleborg"]
        async with database.transaction() as session:
            return bool((await session.exec(text("select 1 from persons"))).first())

    await until(known)
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    assert "Det finns inget att svara på här nu." in (await reader.get("/s/answers")).text


async def test_on_a_phone_in_arabic_without_a_script(site: Running, browser: Browser) -> None:
    amina = Applicant(site)
    await amina.applies("مرحبا، أحتاج إلى مساعدة")
    code = await amina.code()
    async with phone(browser, java_script_enabled=False, locale="ar") as page:
        await opens(page, site, code)
        await page.locator("a[href='/s/answers']").click()
        assert await page.locator("html").get_attribute("dir") == "rtl"
        await page.locator("a[href='/s/answers/reaching']").click()
        await page.locator("textarea[name='f.account']").fill(ACCOUNT)
        await page.locator("form.part button").click()
        await expect(page.get_by_role("status")).to_be_visible()
        await expect(page.locator(".points li").first).to_contain_text(ACCOUNT)
    async with phone(browser, locale="ar") as page:
        await opens(page, site, await amina.code())
        for path in ("/s/answers", "/s/answers/reaching"):
            await page.goto(site.address + path)
            await checked(page)
