"""Reading by e-identification in a browser; a page that is left alone; a device that is cleared."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Page, Route, expect

from backend.identity import register
from bot.pages import locking
from bot.text import languages
from bot.together import Running
from tests.backend.identity.hostile import Provider, came_back
from tests.backend.identity.test_numbers import PERSONNUMMER
from tests.backend.stories import JOHAN
from tests.bot.pages.test_secure import Case, case, checked, opens
from tests.bot.site import browser, phone, served, site, staffed  # noqa: F401  # fixtures
from tests.conftest import MakeDatabase

HERS = PERSONNUMMER[20]


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    made = Provider(number=HERS)
    async with made.serving():
        yield made


@pytest.fixture
async def known(make_database: MakeDatabase, provider: Provider) -> AsyncIterator[Running]:
    """The site of Trelleborg, which has a provider of e-identification."""
    async with served(make_database, more=provider.settings()) as here:
        await staffed(here)
        yield here


async def seen(somebody: Case) -> Case:
    """Staff saw her number."""
    async with somebody.database.transaction() as session:
        await register.write_down(session, somebody.site.clock, JOHAN, somebody.person, HERS, seen=True)
    return somebody


def reader(site: Running, **more: Any) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=site.address, trust_env=False, timeout=20, **more)


async def leaves(client: httpx2.AsyncClient) -> dict[str, str]:
    """There, and on the way back: what the browser brings."""
    there = await client.get("/s/e-id/trelleborg")
    assert there.status_code == 303
    async with httpx2.AsyncClient(trust_env=False) as elsewhere:
        return came_back((await elsewhere.get(there.headers["Location"])).headers["Location"])


async def back(client: httpx2.AsyncClient, brought: dict[str, str]) -> httpx2.Response:
    return await client.get("/s/e-id/trelleborg/back", params=brought)


# --- E-identification -------------------------------------------------------------------------------------------------


async def test_she_signs_in_and_reads_in_arabic_without_a_code_and_without_a_script(
    known: Running, browser: Browser
) -> None:
    await seen(await case(known))
    async with phone(browser, locale="ar", java_script_enabled=False) as page:
        await page.goto(f"{known.address}/s/")
        await page.locator("a[href='/s/e-id/trelleborg']").click()
        await expect(page).to_have_url(f"{known.address}/s/read")
        await expect(page.locator(".lines li").first).to_be_visible()
        await expect(page.locator("a[href^='/s/e-id']")).to_have_count(0)


async def test_the_way_is_offered_where_there_is_one_and_nowhere_else(known: Running, browser: Browser) -> None:
    async with phone(browser, locale="sv") as page:
        await page.goto(f"{known.address}/s/")
        await expect(page.locator("a[href^='/s/e-id']")).to_have_text(["Använd e-legitimation (Trelleborgs kommun)"])
        await checked(page)


@pytest.mark.parametrize("language", languages())
async def test_without_a_provider_no_text_speaks_of_it(site: Running, language: str) -> None:
    code = await (await case(site, language)).code()
    async with reader(site, follow_redirects=True, headers={"Accept-Language": language}) as client:
        pages = [await client.get("/s/"), await client.post("/s/", data={"municipality": "trelleborg", "code": code})]
        assert [page.status_code for page in pages] == [200, 200]
        assert not any("/s/e-id" in page.text or "legitimation" in page.text for page in pages)
        assert "identif" not in pages[1].text.lower()
        assert (await client.get("/s/e-id/svedala")).status_code == 503


async def test_who_reads_by_a_code_makes_the_next_time_one_without(known: Running, browser: Browser) -> None:
    somebody = await case(known, "sv")
    async with phone(browser, locale="sv") as page:
        await opens(page, known, await somebody.code())
        await page.get_by_role("link", name="Läs utan kod nästa gång").click()
        await expect(page).to_have_url(f"{known.address}/s/read")
        await page.get_by_role("button", name="Jag är klar, stäng sidan").click()
        await page.locator("a[href='/s/e-id/trelleborg']").click()
        await expect(page).to_have_url(f"{known.address}/s/read")


async def test_another_browser_that_is_sent_her_way_back_reads_nothing(known: Running) -> None:
    await seen(await case(known))
    async with reader(known) as hers, reader(known) as thiefs:
        brought = await leaves(hers)
        assert (await back(thiefs, brought)).status_code == 403  # it never left
        await leaves(thiefs)
        assert (await back(thiefs, brought)).status_code == 403  # it left by another way
        assert "imorgon_read" not in thiefs.cookies


async def test_what_came_back_is_taken_once(known: Running) -> None:
    await seen(await case(known))
    async with reader(known) as client:
        brought = await leaves(client)
        word = client.cookies["imorgon_e_id"]
        answer = await back(client, brought)
        assert answer.status_code == 200
        assert brought["code"] not in answer.text
        assert "imorgon_e_id" not in client.cookies
        again = await client.get("/s/e-id/trelleborg/back", params=brought, headers={"Cookie": f"imorgon_e_id={word}"})
        assert again.status_code == 403


@pytest.mark.parametrize(
    ("brought", "status", "words"),
    [
        ({"error": "access_denied"}, 200, "Du avbröt e-legitimationen."),
        ({"error": "server_error"}, 403, "E-legitimationen fungerade inte."),
        ({}, 403, "E-legitimationen fungerade inte."),
        ({"state": "x" * 501, "code": "y"}, 403, "E-legitimationen fungerade inte."),
        ({"state": "x", "code": "y"}, 403, "E-legitimationen fungerade inte."),
    ],
)
async def test_what_came_of_it_is_said_in_plain_words(
    known: Running, brought: dict[str, str], status: int, words: str
) -> None:
    async with reader(known) as client:
        await leaves(client)
        answer = await back(client, brought)
        assert answer.status_code == status
        assert words in answer.text


async def test_who_is_not_known_is_told_how_to_be(known: Running) -> None:
    async with reader(known) as client:
        answer = await back(client, await leaves(client))
        assert answer.status_code == 403
        assert "Visa oss en gång, i receptionen eller på ett möte." in answer.text


async def test_a_provider_that_is_away_is_said_and_a_code_does(known: Running, provider: Provider) -> None:
    provider.is_broken = True
    code = await (await case(known)).code()
    async with reader(known, follow_redirects=True) as client:
        answer = await client.get("/s/e-id/trelleborg")
        assert answer.status_code == 503
        assert "E-legitimationen svarar inte just nu." in answer.text
        answer = await client.post("/s/", data={"municipality": "trelleborg", "code": code})
        assert answer.url.path == "/s/read"


async def test_no_other_site_sends_anybody_there(known: Running) -> None:
    async with reader(known) as client:
        answer = await client.get("/s/e-id/trelleborg", headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert (await client.get("/s/e-id/nowhere")).headers["Location"] == "/s/"
        assert (await client.get("/s/e-id/nowhere/back")).headers["Location"] == "/s/"


# --- Left alone, and cleared ------------------------------------------------------------------------------------------


async def idles(page: Page, seconds: int) -> None:
    """Time goes by for the page, and for nobody else."""
    await page.clock.fast_forward(timedelta(seconds=seconds) // timedelta(milliseconds=1))


async def test_a_page_that_nobody_touches_locks_and_the_same_code_opens_it_again(
    site: Running, browser: Browser
) -> None:
    code = await (await case(site, "sv")).code()
    async with phone(browser, locale="sv") as page:
        await page.clock.install()
        await opens(page, site, code)
        await page.wait_for_url(f"{site.address}/s/read")
        await idles(page, locking.IDLE - 10)
        await page.keyboard.press("Shift")  # a move of the mouse may be told late
        await idles(page, locking.IDLE - 10)
        await expect(page).to_have_url(f"{site.address}/s/read")
        await idles(page, 30)
        await expect(page).to_have_url(f"{site.address}/s/lock")
        await expect(page.get_by_role("status")).to_contain_text("Sidan är låst")
        await page.goto(f"{site.address}/s/read")
        await expect(page).to_have_url(f"{site.address}/s/")
        await checked(page)

        await opens(page, site, code[:-1] + str((int(code[-1]) + 1) % 10))
        await expect(page.get_by_role("alert")).to_contain_text("Koden stämmer inte")
        await opens(page, site, code)
        await expect(page).to_have_url(f"{site.address}/s/read")


async def test_a_page_that_locks_on_a_slow_line_asks_for_its_lock_once(site: Running, browser: Browser) -> None:
    code = await (await case(site, "sv")).code()
    asked = []

    async def slowly(route: Route) -> None:
        asked.append(route.request.url)
        await asyncio.sleep(3.5)
        await route.continue_()

    async with phone(browser, locale="sv") as page:
        await page.clock.install()
        await opens(page, site, code)
        await page.wait_for_url(f"{site.address}/s/read")
        await page.route("**/s/lock", slowly)
        await idles(page, locking.IDLE + 30)
        await expect(page.get_by_role("status")).to_contain_text("Sidan är låst", timeout=15_000)
    assert len(asked) == 1


async def test_who_comes_back_to_a_computer_that_slept_finds_it_locked(site: Running, browser: Browser) -> None:
    code = await (await case(site, "sv")).code()
    async with phone(browser, locale="sv") as page:
        await opens(page, site, code)
        await page.wait_for_url(f"{site.address}/s/read")
        # Time has gone by, and her key is the first that happens: no timer ran yet.
        await page.evaluate(
            "(later) => { Date.now = () => later; document.dispatchEvent(new KeyboardEvent('keydown')); }",
            await page.evaluate("Date.now()") + (locking.IDLE + 30) * 1000,
        )
        await expect(page).to_have_url(f"{site.address}/s/lock")


async def test_while_something_is_sent_the_page_does_not_lock(site: Running, browser: Browser) -> None:
    code = await (await case(site, "sv")).code()
    async with phone(browser, locale="sv") as page:
        await page.clock.install()
        await opens(page, site, code)
        await page.wait_for_url(f"{site.address}/s/read")
        # The line is so slow that the page stands there all the while.
        await page.evaluate(
            "document.querySelector('form[action=\"/s/close\"]').addEventListener('submit', (e) => e.preventDefault())"
        )
        await page.locator("form[action='/s/close'] button").click()
        await idles(page, locking.IDLE + 30)
        await expect(page).to_have_url(f"{site.address}/s/read")
        await idles(page, 15 * 60)
        await expect(page).to_have_url(f"{site.address}/s/lock")


async def test_who_came_by_e_identification_is_told_to_come_the_same_way_again(known: Running) -> None:
    await seen(await case(known, "sv"))
    async with reader(known) as client:
        await back(client, await leaves(client))
        locked = await client.get("/s/lock")
        assert "Öppna den igen på samma sätt som förut." in locked.text
        assert "samma kod" not in locked.text
        assert "/s/e-id/trelleborg" in locked.text
        assert (await client.get("/s/read")).headers["Location"] == "/s/"


async def test_a_locked_page_opens_in_this_browser_alone_and_never_after_it_was_closed(site: Running) -> None:
    code = await (await case(site, "sv")).code()
    fields = {"municipality": "trelleborg", "code": code}
    async with reader(site) as client, reader(site) as another:
        assert (await client.post("/s/", data=fields)).status_code == 303
        assert (await client.get("/s/lock")).status_code == 200
        assert (await client.get("/s/read")).headers["Location"] == "/s/"
        assert (await another.post("/s/", data=fields)).status_code == 403
        assert (await client.post("/s/", data=fields)).headers["Location"] == "/s/read"
        assert (await client.get("/s/read")).status_code == 200
        await client.post("/s/close", data={"done": ""})
        assert (await client.post("/s/", data=fields)).status_code == 403


@pytest.mark.parametrize("kept", ["", "x", "x" * 3000, "AAAA", "å"])
async def test_a_kept_right_that_is_none_opens_nothing(site: Running, kept: str) -> None:
    async with reader(site) as client:
        cookie = [(b"Cookie", f"imorgon_locked={kept}".encode())]
        answer = await client.post("/s/", data={"municipality": "trelleborg", "code": "1234567890"}, headers=cookie)
        assert answer.status_code == 403


async def test_a_device_is_cleared_of_all_that_is_ours_and_of_nothing_else(site: Running, browser: Browser) -> None:
    code = await (await case(site, "ar")).code()
    async with phone(browser, locale="ar") as page:
        await page.context.add_cookies([{"name": "theirs", "value": "1", "url": site.address}])
        await page.goto(f"{site.address}/chat/trelleborg")
        await page.locator("textarea").fill("hej")
        await page.locator("textarea").press("Enter")
        await page.locator("#log .bubble").first.wait_for()
        await opens(page, site, code)
        names = {cookie.get("name") for cookie in await page.context.cookies()}
        assert {"imorgon_chat", "imorgon_read", "imorgon_locked", "theirs"} <= names
        await page.locator("form[action='/s/clear'] button").click()
        await expect(page.get_by_role("status")).to_have_text("تم مسح الجهاز.")
        assert {cookie.get("name") for cookie in await page.context.cookies()} == {"theirs"}
        await checked(page)
