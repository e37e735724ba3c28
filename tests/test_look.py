"""How every page looks in every state, from the running system: in Swedish and in Arabic, on phones and on a desk.

On each: nothing wider than the screen, nothing for axe-core to find, nothing too small for a thumb. Every day what
people see is looked at in Arabic, by axe-core on the narrowest phone; in Swedish and on the desk too by ``make
test-long``. ``IMORGON_WRITE_PICTURES=1 pytest tests/test_look.py -m "" --basetemp=pictures`` takes pictures to look at.
"""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, expect
from sqlalchemy import select

from backend import persons
from backend.bookings import service as bookings
from backend.cases import desk
from backend.contract import BookMeeting, FreeTimesQuery
from backend.database import Database
from backend.decisions import codes
from backend.decisions import service as decisions
from backend.errors import NotFound
from backend.handover import desk as handover
from bot.tables import threads
from bot.text import Text, render, say
from bot.together import Running, free_port
from tests.backend.stories import JOHAN, MARIA
from tests.bot.site import browser, town  # noqa: F401  # fixtures

pytestmark = pytest.mark.unmeasured

LANGUAGES = (pytest.param("sv", marks=pytest.mark.long), "ar")
WIDTHS = (1280, 360, 320)
PICTURES = bool(os.environ.get("IMORGON_WRITE_PICTURES"))
HEIGHT = 740
LONG = "Konstantinopolitanskabostadsrättsföreningsordförande" * 2
HELLO = {"sv": "hej behöver hjälp. har två barn", "ar": "السلام عليكم، أحتاج مساعدة"}


@dataclass
class Somebody:
    """A person with a browser, whose every page is looked at."""

    page: Page
    site: Running
    language: str
    shots: Path
    seen: list[str] = field(default_factory=list)

    def words(self, message: str | Text) -> str:
        return render(say(message) if isinstance(message, str) else message, self.language)

    async def opens(self, path: str) -> None:
        await self.page.goto(f"{self.site.address}{path}")

    async def writes(self, words: str) -> None:
        said = await self.page.locator(".bubble--person").count()
        await self.page.locator("#words").fill(words)
        await self.page.locator(".compose__send").click()
        await expect(self.page.locator(".bubble--person")).to_have_count(said + 1, timeout=20_000)
        await self.answered()

    async def chooses(self, message: str) -> None:
        await self.presses(self.page.locator("#answers button", has_text=self.words(message)))

    async def presses(self, button: Locator) -> None:
        said = await self.page.locator(".bubble--person").count()
        await button.first.click()
        await expect(self.page.locator(".bubble--person")).to_have_count(said + 1, timeout=20_000)
        await self.answered()

    async def answered(self) -> None:
        """The turn has been taken, and nothing more is awaited."""
        await expect(self.page.locator("#log > :last-child")).to_have_class("said", timeout=20_000)
        await expect(self.page.locator("#state")).to_have_text("", timeout=20_000)

    async def looks(self, name: str) -> None:
        """Look at this state at every width."""
        for width in WIDTHS:
            await self.page.set_viewport_size({"width": width, "height": HEIGHT})
            await photographed(self.page, self.shots / f"{len(self.seen):02}-{name}-{self.language}-{width}.png")
            wide = await self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} {self.language} is {wide} wide at {width}"
            if width == WIDTHS[-1] or (width == WIDTHS[0] and self.language != "ar"):
                found = await Axe().run(self.page)
                assert found.violations_count == 0, f"{name} {self.language} {width}: {found.generate_report()}"
        least = 44  # also on the desk's pages, when they are read on a phone
        assert await self.page.evaluate(TOO_SMALL, least) == [], f"{name} {self.language}"
        self.seen.append(name)


async def photographed(page: Page, file: Path) -> None:
    """The whole page as on a screen so high that nothing needs to scroll: what sticks to an edge covers nothing."""
    if not PICTURES:
        return
    size = page.viewport_size
    assert size is not None
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    await page.screenshot(path=file)
    await page.set_viewport_size(size)


TOO_SMALL = """
least => [...document.querySelectorAll("a, button, summary, input, textarea, select, label.option")]
  .filter(one => !one.closest(".visually-hidden") && one.checkVisibility() && !one.matches("label input"))
  // A link inside a sentence is as high as its line.
  .filter(one => getComputedStyle(one).display !== "inline")
  .filter(one => one.getBoundingClientRect().height < least - 0.5)
  .map(one => `${one.outerHTML.slice(0, 90)}: ${one.getBoundingClientRect().height}`)
"""


@pytest.fixture(params=LANGUAGES)
async def somebody(
    request: pytest.FixtureRequest, town: Running, browser: Browser, tmp_path: Path
) -> AsyncIterator[Somebody]:
    context = await browser.new_context(locale=request.param, viewport={"width": 360, "height": 740})
    page = await context.new_page()
    page.set_default_timeout(20_000)
    yield Somebody(page, town, request.param, tmp_path)
    await context.close()


async def test_the_chat_from_the_first_word_to_the_time(somebody: Somebody) -> None:
    page = somebody.page
    await somebody.opens("/chat")
    await somebody.looks("choose")
    await somebody.opens("/chat/trelleborg")
    await somebody.looks("hello")
    await page.locator("summary").click()
    await somebody.looks("languages")
    await page.locator("summary").click()
    await somebody.writes(HELLO[somebody.language])
    await somebody.looks("offered")
    await somebody.chooses("Book")
    await somebody.looks("times")
    await somebody.presses(page.locator("#answers button", has=page.locator(".hour")))
    await page.locator(".timecard").wait_for()
    await somebody.looks("time")
    await page.context.set_offline(True)
    await page.locator("#words").fill(LONG)
    await page.locator(".compose__send").click()
    await expect(page.locator("#state")).not_to_have_text("")
    await somebody.looks("offline")
    await page.context.set_offline(False)
    await somebody.writes(LONG)
    for _ in range(6):
        await somebody.writes("STATUS")
    await somebody.looks("long")
    await page.locator(".compose__foot a").click()
    await somebody.looks("saved")


SCROLLS = """
box => box.checkVisibility() && getComputedStyle(box).overflowY !== "visible" && box.scrollHeight > box.clientHeight
"""
OUTSIDE = """
card => card.getBoundingClientRect().bottom + scrollY > document.documentElement.scrollHeight
"""


async def test_the_cards_beside_the_chat_do_not_scroll_by_themselves(somebody: Somebody) -> None:
    """One wheel moves the talk, and the page where it must: no third place has a bar of its own."""
    page = somebody.page
    await somebody.opens("/chat/trelleborg")
    await somebody.writes(HELLO[somebody.language])
    await page.reload()  # with the card of going on elsewhere, which whoever has written nothing is spared
    for width, height in ((1280, 900), (1280, 600), (360, 800)):
        await page.set_viewport_size({"width": width, "height": height})
        if PICTURES:
            await page.screenshot(path=somebody.shots / f"beside-{somebody.language}-{width}x{height}.png")
        assert not await page.locator(".beside").evaluate(SCROLLS), (width, height)
        for card in await page.locator(".beside .card").all():
            assert not await card.evaluate(OUTSIDE), "every card can be reached"
        await expect(page.locator(".compose__send")).to_be_in_viewport(ratio=1)


async def test_a_stream_that_stays_away_is_told_until_it_is_back(somebody: Somebody) -> None:
    page = somebody.page
    await somebody.opens("/chat/trelleborg")
    await somebody.writes(HELLO[somebody.language])
    await page.route("**/stream*", lambda route: route.abort())
    await page.reload()
    lost = somebody.words("No connection right now. New answers come by themselves when it is back.")
    await expect(page.locator("#state")).to_have_text(lost, timeout=20_000)
    await somebody.looks("lost")
    await page.unroute("**/stream*")
    await expect(page.locator("#state")).to_have_text("", timeout=20_000)


async def test_the_form_part_by_part(somebody: Somebody) -> None:
    page = somebody.page
    await somebody.opens("/chat/trelleborg")
    await somebody.writes(HELLO[somebody.language])
    await somebody.chooses("Apply")
    await page.locator("#answers a.button--main").click()
    await page.locator(".part").wait_for()
    await somebody.looks("part")
    await page.locator("button[name=save]").click()
    await page.locator("#wrongs").wait_for()
    await somebody.looks("part-missing")
    for number in range(40):
        if await page.locator(".summary").count():
            break
        children = page.locator("[name='f.has_children'] >> nth=0")
        if await children.count() and not await children.is_checked():
            await _fill(page)
            await page.locator("button[name=save]").click()
        else:
            await page.locator("button[name=leave]").click()
        await page.locator(".part, .summary").first.wait_for()
        await somebody.looks(f"part-{number}")
    await somebody.looks("summary")
    await page.locator("button[name=choice]").first.click()
    await page.locator("#log").wait_for()
    await somebody.answered()
    await somebody.looks("received")


async def test_what_comes_from_people_and_the_page_to_read(somebody: Somebody) -> None:
    page, site = somebody.page, somebody.site
    await somebody.opens("/chat/trelleborg")
    await somebody.writes(HELLO[somebody.language])
    await somebody.chooses("Book")
    await somebody.presses(page.locator("#answers button", has=page.locator(".hour")))
    await somebody.presses(page.locator(".timecard__foot button"))
    await somebody.looks("move")
    await somebody.presses(page.locator(".top__human button"))
    thread, person = await asked_for(site)
    await eventually(lambda: refuses(site, person))
    await page.locator(".way").nth(3).wait_for()
    await somebody.looks("hear")
    await page.locator(".way").nth(2).click()
    await page.locator("#log a[href='/s/']").wait_for()
    await somebody.looks("read-it")
    await eventually(lambda: answers(site, thread))
    await page.locator(".bubble--staff").wait_for()
    await somebody.looks("staff")
    await page.locator("#log a[href='/s/']").click()
    await somebody.looks("code")
    code = await code_for(site, person)
    for written in (code[:4] + "000 000", code):
        await page.locator("input[value=trelleborg]").check()
        await page.locator("#code").fill(written)
        await page.locator("#code").press("Enter")
        await page.locator("#wrongs, .decision").first.wait_for()
        await somebody.looks("wrong-code" if written != code else "read")


async def test_what_did_not_go(somebody: Somebody) -> None:
    await somebody.opens("/chat/nowhere")
    await somebody.looks("not-found")
    somebody.site.engine.backend._url = f"http://127.0.0.1:{free_port()}/api/v1"
    await somebody.opens("/s/")
    await somebody.page.locator("input[value=trelleborg]").check()
    await somebody.page.locator("#code").fill("1234 567 890")
    await somebody.page.locator("#code").press("Enter")
    await somebody.page.locator("h1").wait_for()
    await somebody.looks("away")


async def test_everything_is_reached_by_keyboard_and_the_focus_is_seen(somebody: Somebody) -> None:
    page = somebody.page
    await somebody.opens("/chat/trelleborg")
    await everything_is_reached(page)
    menu = page.locator("details.switch")
    await menu.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(menu).to_have_attribute("open", "")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await expect(menu.locator("form")).to_be_hidden()
    await expect(menu.locator("summary")).to_be_focused()
    await page.locator("#words").focus()
    await page.keyboard.type(HELLO[somebody.language])
    await page.keyboard.press("Enter")
    await somebody.answered()
    await everything_is_reached(page)
    await page.set_viewport_size({"width": 1280, "height": HEIGHT})
    await everything_is_reached(page)
    await somebody.chooses("Apply")
    await page.locator("#answers a.button--main").focus()
    await page.keyboard.press("Enter")
    await page.locator(".part").wait_for()
    await everything_is_reached(page)


async def everything_is_reached(page: Page) -> None:
    """Tab goes to every control in the order it is read, and each shows that it has the focus."""
    await page.locator(".skip-link").focus()
    first, *wanted = await page.evaluate(STOPS)
    assert "skip-link" in first
    assert len(wanted) > 3
    for stop in wanted:
        await page.keyboard.press("Tab")
        reached, seen = await page.evaluate(FOCUSED)
        assert reached == stop, f"Tab led to {reached}, not to {stop}"
        assert seen, f"the focus is not seen on {stop}"


STOPS = """
() => [...document.querySelectorAll("a[href], button, summary, input, textarea, select")]
  .filter(one => one.type !== "hidden" && one.tabIndex >= 0 && one.checkVisibility())
  // Radio buttons of one question are one stop; the arrows go on between them.
  .filter((one, at, all) => one.type !== "radio" || all.findIndex(other => other.name === one.name) === at)
  .map(one => one.outerHTML.slice(0, 120))
"""
FOCUSED = """
() => {
  const now = document.activeElement;
  const drawn = [now, now.closest("label.option")].filter(Boolean).map(one => getComputedStyle(one));
  const ring = drawn.some(one => one.outlineStyle === "solid" && parseFloat(one.outlineWidth) >= 3);
  return [now.outerHTML.slice(0, 120), ring];
}
"""


async def _fill(page: Page) -> None:
    """Something in every field that stands there; what an answer leads to stands there afterwards."""
    boxes = page.locator(".field input:not([type=radio], [type=checkbox]), .field textarea")
    for box in await boxes.filter(visible=True).all():
        await box.fill("12")
    for group in await page.locator("fieldset.question").filter(visible=True).all():
        await group.locator("input").first.check()


# --- What staff do meanwhile ------------------------------------------------------------------------------------------


def backend_of(site: Running) -> Database:
    found: Database = site.backend.state.databases["trelleborg"]
    return found


async def asked_for(site: Running) -> tuple[UUID, UUID]:
    """The thread and the person of the one conversation."""
    async with site.engine.database.transaction() as connection:
        row = (await connection.execute(select(threads.c.id, threads.c.person))).one()
    return row.id, row.person


async def eventually(work: Callable[[], Awaitable[object]]) -> None:
    """The backend hears of a thread when the worker has told it."""
    async with asyncio.timeout(30):
        while True:
            try:
                await work()
            except NotFound:
                await asyncio.sleep(0.1)
            else:
                return


async def answers(site: Running, thread: UUID) -> None:
    async with backend_of(site).transaction() as session:
        await handover.send_words(session, site.clock, JOHAN, thread, "Ja, ta gärna med barnen. Det finns leksaker.")


async def refuses(site: Running, person: UUID) -> None:
    """The meeting did not come off; the case goes on and is refused, with a new time."""
    async with backend_of(site).transaction() as session:
        fund = desk.Agreed("unemployment-fund", {"day": "2026-12-01"})
        note = desk.Note(came=False, waived="illness", complete=True, agreed=(fund, desk.Agreed(own_words=LONG[:80])))
        await desk.write_note(session, site.clock, MARIA, person, note)
        query = FreeTimesQuery(person=person, at=site.clock(), interpreter_language="ar", limit=1)
        slot = (await bookings.free_times(session, site.clock, query)).times[0].slot
        book = BookMeeting(person=person, slot=slot, at=site.clock(), interpreter_language="ar")
        meeting = await bookings.book(session, site.clock, uuid4(), book)
        draft = decisions.Draft(
            "avslag",
            date(2026, 12, 1),
            reasons=("enough-means",),
            own_words="Vi såg kontoutdraget.",
            new_meeting=meeting.id,
        )
        await decisions.sign(session, site.clock, MARIA, person, draft)


async def code_for(site: Running, person: UUID) -> str:
    async with backend_of(site).transaction() as session:
        return await codes.issue(session, site.clock, JOHAN, person)


# --- The desk ---------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def signed_in(browser: Browser, site: Running, name: str, shots: Path) -> AsyncIterator[Somebody]:
    """One of the staff at a desk."""
    context = await browser.new_context(locale="sv", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(20_000)
    somebody = Somebody(page, site, name, shots)
    await somebody.opens("/inbox")
    await page.get_by_role("region", name="Trelleborg").get_by_role("button", name=name).click()
    await page.get_by_role("button", name="Logga ut").wait_for()
    yield somebody
    await context.close()


@pytest.mark.long  # every day staff's pages are looked at in tests/backend/staff/test_browser.py
async def test_the_inbox(browser: Browser, somebody: Somebody) -> None:
    site = somebody.site
    await somebody.opens("/chat/trelleborg")
    await somebody.writes(HELLO[somebody.language])
    await somebody.chooses("Book")
    await somebody.presses(somebody.page.locator("#answers button", has=somebody.page.locator(".hour")))
    await somebody.writes(LONG)
    await somebody.presses(somebody.page.locator(".top__human button"))
    thread, person = await asked_for(site)
    await eventually(lambda: named(site, person, LONG[:60]))
    async with signed_in(browser, site, "Johan", somebody.shots) as johan:
        await johan.looks("mine")
        await johan.opens("/inbox?queue=acute")
        await johan.looks("empty")
        await johan.opens("/inbox?queue=waiting")
        await johan.looks("waiting")
        address = f"/inbox/threads/{thread}"
        await johan.opens(address)
        await johan.page.get_by_role("button", name="Ta över").click()
        await johan.page.get_by_role("button", name="Ge till automaten").wait_for()
        await johan.opens(address)
        await johan.looks("thread")
        await johan.opens(f"{address}?region=answer&phrase=waiting-for-interpreter&field_time=11.30")
        await johan.looks("phrase")
        await johan.opens(f"{address}?region=answer&answer=words")
        await johan.looks("words")
        await johan.opens(f"{address}?region=facts")
        await johan.looks("facts")
        await johan.opens("/inbox/tomorrow")
        await johan.looks("tomorrow")
    async with signed_in(browser, site, "Elin", somebody.shots) as elin:
        await elin.opens("/inbox/interpreters")
        await elin.looks("interpreters")


async def named(site: Running, person: UUID, name: str) -> None:
    async with backend_of(site).transaction() as session:
        await persons.rename(session, person, name)


@pytest.mark.long  # as above
async def test_the_case(browser: Browser, town: Running, tmp_path: Path) -> None:
    async with signed_in(browser, town, "Maria", tmp_path) as maria:
        page = maria.page
        await maria.opens("/inbox/cases")
        await maria.looks("cases")
        await page.get_by_role("link", name="Kim").click()
        await maria.looks("reason")
        await page.get_by_role("main").get_by_role("button").last.click()
        await page.get_by_role("link", name="Ansökan").click()
        await maria.looks("application")
        await maria.opens("/inbox/cases")
        await page.get_by_role("link", name="Ali").click()
        for tab in ("Översikt", "Mötet", "Beslut", "Vem har tittat"):
            await page.get_by_role("navigation", name="Ärendet").get_by_role("link", name=tab).click()
            await maria.looks(tab)
        await page.get_by_role("link", name="Beslut").click()
        await page.get_by_label("Bifall", exact=True).check()
        await page.get_by_label("Kronor, vid bifall").fill("7485")
        await page.get_by_role("button", name="Visa hur beslutet läses").click()
        await page.get_by_role("heading", name="Så här läses beslutet").wait_for()
        await maria.looks("preview")
        await maria.opens(f"/inbox/threads/{UUID(int=7)}")
        await maria.looks("missing")
