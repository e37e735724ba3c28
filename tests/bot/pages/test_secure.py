"""The secure page: a code from the counter, a quarter of an hour, and nothing left behind."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from axe_playwright_python.async_playwright import Axe
from httpx2 import AsyncClient
from playwright.async_api import Browser, Page, Route, expect

from backend.bookings import service as bookings
from backend.cases import desk
from backend.contract import BookMeeting, CallForHelp, DecisionText, FreeTimes, FreeTimesQuery, Meeting
from backend.database import Database
from backend.decisions import codes, service
from bot.pages.page import TEMPLATES
from bot.pages.secure import Paragraph, Reading, reading
from bot.together import Running
from tests.backend.stories import JOHAN, MARIA
from tests.bot.site import alone, browser, phone, site, unnamed_controls  # noqa: F401  # fixtures

REFUSAL = service.Draft("avslag", date(2026, 12, 1), reasons=("enough-means",), own_words="Vi såg kontoutdraget.")


@dataclass
class Case:
    """Somebody whose meeting has been held, so that there is something to read."""

    site: Running
    person: UUID
    language: str

    @property
    def database(self) -> Database:
        found: Database = self.site.backend.state.databases["trelleborg"]
        return found

    async def free(self) -> FreeTimes:
        query = FreeTimesQuery(person=self.person, at=self.site.clock())
        found = await self.site.engine.backend.call("trelleborg", query)
        assert isinstance(found, FreeTimes)
        return found

    async def meets(self) -> None:
        """A meeting is held: the papers are there, and lines are agreed."""
        book = BookMeeting(person=self.person, slot=(await self.free()).times[0].slot, at=self.site.clock())
        meeting = await self.site.engine.backend.call("trelleborg", book, key=uuid4())
        assert isinstance(meeting, Meeting)
        self.site.clock.frozen = meeting.end  # type: ignore[attr-defined]  # the story's clock stands still
        agreed = (
            desk.Agreed("unemployment-fund", {"day": "2026-12-01"}),
            desk.Agreed(own_words="Ring Nadia på måndag."),
        )
        note = desk.Note(came=True, meeting=meeting.id, identity_seen=True, complete=True, agreed=agreed)
        async with self.database.transaction() as session:
            await desk.write_note(session, self.site.clock, MARIA, self.person, note)

    async def is_refused(self, *, told: bool) -> None:
        slot = (await self.free()).times[0].slot
        async with self.database.transaction() as session:
            book = BookMeeting(person=self.person, slot=slot, at=self.site.clock())
            meeting = await bookings.book(session, self.site.clock, uuid4(), book)
            draft = replace(REFUSAL, new_meeting=meeting.id)
            decision = await service.sign(session, self.site.clock, MARIA, self.person, draft)
            if told:
                await service.record_told(session, self.site.clock, MARIA, decision, "counter")

    async def code(self) -> str:
        async with self.database.transaction() as session:
            return await codes.issue(session, self.site.clock, JOHAN, self.person)


async def case(site: Running, language: str = "ar") -> Case:
    person = uuid4()
    call = CallForHelp(
        person=person, thread=uuid4(), channel="sms", language=language, received_at=site.clock(), telephone=None
    )
    await site.engine.backend.call("trelleborg", call, key=uuid4())
    opened = Case(site, person, language)
    await opened.meets()
    return opened


@pytest.fixture
async def reader(site: Running) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as client:
        yield client


async def opens(page: Page, site: Running, code: str) -> None:
    await page.goto(f"{site.address}/s/")
    await page.locator("input[value=trelleborg]").check()
    await page.locator("#code").fill(code)
    await page.locator("#code").press("Enter")


async def checked(page: Page) -> None:
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await unnamed_controls(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


# --- Reading ----------------------------------------------------------------------------------------------------------


async def test_a_refusal_is_read_in_arabic_with_the_swedish_that_counts(site: Running, browser: Browser) -> None:
    somebody = await case(site)
    await somebody.is_refused(told=True)
    code = await somebody.code()
    async with phone(browser, locale="ar") as page:
        await opens(page, site, code)
        await expect(page).to_have_url(f"{site.address}/s/read")
        assert await page.locator("html").get_attribute("dir") == "rtl"
        await expect(page.locator("section[aria-labelledby=decision] p[lang=sv][dir=ltr]").first).to_be_visible()
        await expect(page.locator("section[aria-labelledby=decision] p[lang=ar]").first).to_be_visible()
        await expect(page.locator("section[aria-labelledby=appeal]")).to_contain_text("21")  # three weeks from told
        await expect(page.locator(".timecard")).to_be_visible()
        await expect(page.locator(".lines li").first).to_contain_text("صندوق البطالة")
        await expect(page.locator(".lines [lang=sv]")).to_have_text("Ring Nadia på måndag.")
        assert await page.title() == "imorgon"
        await checked(page)


async def test_a_grant_in_swedish_needs_no_script(site: Running, browser: Browser) -> None:
    somebody = await case(site, "sv")
    async with somebody.database.transaction() as session:
        draft = service.Draft("bifall", date(2026, 12, 1), kronor=7485)
        await service.sign(session, site.clock, MARIA, somebody.person, draft)
    code = await somebody.code()
    async with phone(browser, java_script_enabled=False, locale="sv") as page:
        await opens(page, site, code.replace(" ", "-"))
        await expect(page.locator("section[aria-labelledby=decision]")).to_contain_text(re.compile(r"7\s485"))
        await expect(page.locator("section[aria-labelledby=appeal]")).to_have_count(0)
        await page.get_by_role("button", name="Jag är klar, stäng sidan").click()
        await expect(page.get_by_role("status")).to_have_text("Sidan är stängd.")
        await page.goto(f"{site.address}/s/read")
        await expect(page).to_have_url(f"{site.address}/s/")


async def test_digits_may_be_written_as_on_any_keyboard(site: Running, reader: AsyncClient) -> None:
    code = (await (await case(site)).code()).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    answer = await reader.post("/s/", data={"municipality": "trelleborg", "code": code})
    assert answer.url.path == "/s/read"


async def test_the_right_to_read_stays_in_one_browser_and_out_of_every_address(
    site: Running,
    reader: AsyncClient,
) -> None:
    answer = await reader.post("/s/", data={"municipality": "trelleborg", "code": await (await case(site)).code()})
    assert str(answer.url) == f"{site.address}/s/read"
    cookie = next(cookie for cookie in reader.cookies.jar if cookie.name == "imorgon_read")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert (cookie.get_nonstandard_attr("SameSite"), cookie.path, cookie.expires) == ("strict", "/s/", None)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert (await reader.get("/s/")).url.path == "/s/read"  # closed by mistake: no new code is needed
    async with AsyncClient(base_url=site.address, trust_env=False) as somebody_else:
        assert (await somebody_else.get("/s/read")).status_code == 303


# --- What may be wrong ------------------------------------------------------------------------------------------------


async def test_a_wrong_code_says_so_kindly_and_the_fifth_kills_it(site: Running, browser: Browser) -> None:
    code = await (await case(site)).code()
    wrong = code[:4] + f"{(int(code[4:].replace(' ', '')) + 1) % 10**6:06}"
    async with phone(browser, locale="sv") as page:
        for _ in range(5):
            await opens(page, site, wrong)
            await expect(page.get_by_role("alert")).to_contain_text("Koden stämmer inte")
        await checked(page)
        await opens(page, site, code)
        await expect(page.get_by_role("alert")).to_contain_text("Koden stämmer inte")


async def test_a_code_works_once(site: Running, reader: AsyncClient) -> None:
    fields = {"municipality": "trelleborg", "code": await (await case(site)).code()}
    assert (await reader.post("/s/", data=fields)).url.path == "/s/read"
    async with AsyncClient(base_url=site.address, trust_env=False, timeout=20) as later:
        answer = await later.post("/s/", data=fields)
    assert answer.status_code == 403
    assert "Koden stämmer inte" in answer.text


async def test_a_code_that_is_pressed_twice_is_sent_once(site: Running, browser: Browser) -> None:
    code, sent = await (await case(site, "sv")).code(), 0
    async with phone(browser, locale="sv") as page:

        async def slowly(route: Route) -> None:
            nonlocal sent
            sent += 1
            answer = await route.fetch(max_redirects=0)
            await asyncio.sleep(1)
            await route.fulfill(response=answer)

        await page.goto(f"{site.address}/s/")
        await page.locator("input[value=trelleborg]").check()
        await page.locator("#code").fill(code)
        await page.route("**/s/", slowly)
        # As a thumb does it, while nothing has happened on the screen yet.
        await page.evaluate(
            "for (const wait of [0, 500]) setTimeout(() => document.querySelector('.code button').click(), wait)"
        )
        await expect(page).to_have_url(f"{site.address}/s/read")
    assert sent == 1


async def test_an_address_that_was_typed_wrong_is_said_in_words(reader: AsyncClient) -> None:
    for path, way in (("/s/nowhere", 'href="/s/"'), ("/nowhere", 'href="/chat"')):
        answer = await reader.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert "Vi hittar inte sidan" in answer.text
        assert way in answer.text
    assert (await reader.get("/nowhere")).json() == {"detail": "Not Found"}


async def test_a_form_that_is_sent_twice_opens_the_page_both_times(site: Running, reader: AsyncClient) -> None:
    code = await (await case(site)).code()
    press = re.findall(r'name="press" value="(.+?)"', (await reader.get("/s/")).text)
    fields = {"municipality": "trelleborg", "code": code, "press": press[0]}
    # The first answer never reaches the browser: no cookie of it is kept.
    async with AsyncClient(base_url=site.address, trust_env=False, timeout=20) as lost:
        first = await lost.post("/s/", data=fields)
    second = await reader.post("/s/", data=fields)
    assert (first.status_code, second.url.path) == (303, "/s/read")


async def test_what_is_missing_is_said(reader: AsyncClient) -> None:
    missing = {"Välj din kommun": {"code": "1234 567 890"}, "Skriv koden": {"municipality": "trelleborg", "code": " "}}
    for words, fields in missing.items():
        answer = await reader.post("/s/", data=fields)
        assert answer.status_code == 422
        assert words in re.sub(r"<label.*?</label>", "", answer.text)


async def test_a_right_that_is_over_closes_the_page(reader: AsyncClient) -> None:
    still = int((datetime.now(UTC) + timedelta(minutes=5)).timestamp())
    for right in (f"{still}:not-a-token", f"{still}:{'x' * 3000}", f"{still}:å", "1:token", "never:token", ""):
        cookie = [(b"Cookie", f"imorgon_read=trelleborg:{right}".encode())]
        answer = await reader.get("/s/read", headers=cookie)
        assert "Sidan stängs efter 15 minuter" in answer.text, right


async def test_a_backend_that_is_away_is_said_and_nothing_is_lost(alone: Running, browser: Browser) -> None:
    async with phone(browser, locale="sv", java_script_enabled=False) as page:
        await page.goto(f"{alone.address}/s/")
        await page.locator("input[value=trelleborg]").check()
        await page.locator("#code").fill("1234 567 890")
        await page.get_by_role("button", name="Öppna sidan").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vi kan inte visa sidan just nu")
        await page.get_by_role("link", name="Skriv koden").click()
        await expect(page.locator("#code")).to_be_visible()


async def test_nobody_else_may_post_a_code_here(reader: AsyncClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = await reader.post("/s/", data={"municipality": "trelleborg", "code": "1"}, headers=headers)
    assert answer.status_code == 403


def test_no_page_that_shows_anything_is_made_without_the_frame_that_locks_it() -> None:
    pages = {path.name: path.read_text("utf-8") for path in (TEMPLATES / "web" / "secure").glob("*.html")}
    bare = {name for name, words in pages.items() if '{% extends "base.html" %}' in words}
    assert bare == {"open.html", "code.html", "identified.html"}


# --- How a decision is laid out ---------------------------------------------------------------------------------------


def decided(**more: object) -> DecisionText:
    given = {"id": uuid4(), "kind": "bifall", "decided_on": date(2026, 12, 1), "approved": {"sv": True}, **more}
    return DecisionText.model_validate(given)


SWEDISH = (Paragraph("sv", "Du får."), Paragraph("sv", "Pengarna kommer."))
IN_SWEDISH = ("Du får.", "Pengarna kommer.")


def test_an_approved_language_stands_alone() -> None:
    decision = decided(paragraphs={"sv": IN_SWEDISH, "ar": ("تحصل.",)}, approved={"sv": True, "ar": True})
    assert reading(decision, "ar") == Reading((Paragraph("ar", "تحصل."),))
    assert reading(decision, "sv").text == SWEDISH


def test_an_unapproved_language_has_the_swedish_beside_it() -> None:
    decision = decided(paragraphs={"sv": IN_SWEDISH, "ar": ("تحصل.",)})
    assert reading(decision, "ar").text == (Paragraph("ar", "تحصل."),)
    assert reading(decision, "ar").beside == SWEDISH


def test_a_word_of_why_before_the_swedish_is_enough() -> None:
    decision = decided(paragraphs={"sv": IN_SWEDISH, "ar": ("بالسويدية.", *IN_SWEDISH)})
    assert reading(decision, "ar").text == (Paragraph("ar", "بالسويدية."), *SWEDISH)
    assert reading(decision, "ar").beside == ()


def test_a_language_nobody_wrote_in_is_read_in_swedish() -> None:
    assert reading(decided(paragraphs={"sv": IN_SWEDISH}), "ti").text == SWEDISH
