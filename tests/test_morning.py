"""A whole morning of two municipalities: what came in the night is registered, answered, handed over and decided.

Three applicants wrote: Kalle in Swedish by text message, Amal in Arabic in the web chat, and Ayaan in Somali by text
message, to the other municipality. Staff use the keyboard only, customer service at a desk and the caseworker on a
phone. Every page they meet is given to axe-core, and its picture lies in the test's own folder (``--basetemp``).
"""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

import backend.migrations
import bot.migrations
from backend.controls.service import RESULTS
from bot.stories import application_first
from bot.stories.desk import CASEWORKERS
from bot.stories.player import town
from bot.stories.world import Applicant, World
from bot.text import languages
from bot.together import MUNICIPALITIES, Home, make_secrets
from tests.bot.site import browser  # noqa: F401  # a fixture
from tests.conftest import MakeDatabase
from tests.test_look import photographed

pytestmark = [pytest.mark.unmeasured, pytest.mark.long]

DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=740)
KALLE, AMAL, AYAAN = "+46701740606", "+46701740661", "+46701740662"
NO_FOOD = "السلام عليكم، أحتاج مساعدة. ليس عندنا طعام للأطفال"
NEEDS_MONEY = "salaan, waxaan u baahanahay caawimaad lacageed"
OWN_WORDS = "Jag har talat med matbanken. Hälsar Johan"
FURTHEST = 400
"""Stops of the keyboard on one page, at most."""

SAME_AS = "one => one === document.activeElement"
IN_GROUP = "one => document.activeElement.type === 'radio' && one.name === document.activeElement.name"
RING = """
() => {
  const now = document.activeElement;
  const drawn = [now, now.closest("label")].filter(Boolean).map(one => getComputedStyle(one));
  return drawn.some(one => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0);
}
"""


@dataclass
class Desk:
    """One of the staff with a keyboard and no mouse."""

    page: Page
    world: World
    name: str
    shots: Path
    seen: list[str] = field(default_factory=list)

    async def reaches(self, wanted: Locator, same: str = SAME_AS) -> None:
        """Go on with the tabulator until it has the focus, and shows it."""
        for _ in range(FURTHEST):
            if await wanted.first.evaluate(same):
                assert await self.page.evaluate(RING), f"the focus is not seen on {wanted}"
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.name}: the keyboard never reached {wanted} on {self.page.url}")

    async def presses(self, wanted: Locator) -> None:
        """Press a button, or follow a link."""
        await self.reaches(wanted)
        await self.keys("Enter")

    async def keys(self, *keys: str) -> None:
        """Keys of which the last leads on; then let things happen."""
        *before, last = keys
        for key in before:
            await self.page.keyboard.press(key)
        async with self.page.expect_event("framenavigated"):
            await self.page.keyboard.press(last)
        await self.page.wait_for_load_state("load")
        await self.world.settled()

    async def button(self, words: str) -> None:
        await self.presses(self.page.get_by_role("button", name=words))

    async def link(self, words: str) -> None:
        await self.presses(self.page.get_by_role("link", name=words))

    async def opens(self, summary: Locator) -> None:
        await self.reaches(summary)
        await self.page.keyboard.press("Enter")

    async def types(self, wanted: Locator, words: str) -> None:
        await self.reaches(wanted)
        if await wanted.first.get_attribute("type") != "date":
            await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(words)

    async def ticks(self, box: Locator) -> None:
        await self.reaches(box)
        await self.page.keyboard.press("Space")
        await expect(box.first).to_be_checked()

    async def picks(self, option: Locator) -> None:
        """One of several: the group is one stop, and the arrows go on between them."""
        await self.reaches(option, IN_GROUP)
        await self.page.keyboard.press("Space")
        for _ in range(12):
            if await option.first.is_checked():
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self.name}: the arrows never reached {option}")

    async def selects(self, wanted: Locator, words: str) -> None:
        """By writing the beginning of what is wanted."""
        await self.reaches(wanted)
        await self.page.keyboard.type(words)
        assert words in await wanted.first.evaluate("one => one.selectedOptions[0].text")

    async def looks(self, name: str) -> None:
        """Nothing for axe-core to find, nothing wider than the screen; and a picture."""
        size = self.page.viewport_size
        assert size is not None
        self.seen.append(name)
        await photographed(self.page, self.shots / f"{self.name}-{len(self.seen):02}-{name}.png")
        assert await self.page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        found = await Axe().run(self.page)
        assert found.violations_count == 0, f"{self.name} {name}: {found.generate_report()}"


@asynccontextmanager
async def at_a_desk(
    browser: Browser, world: World, name: str, shots: Path, size: ViewportSize, *, municipality: str = "Trelleborg"
) -> AsyncIterator[Desk]:
    """Somebody who signs in, on a screen of this size."""
    context = await browser.new_context(locale="sv", viewport=size)
    desk = Desk(await context.new_page(), world, name, shots)
    desk.page.set_default_timeout(20_000)
    await desk.page.goto(f"{world.address}/inbox")
    await desk.looks("sign-in")
    await desk.presses(desk.page.get_by_role("region", name=municipality).get_by_role("button", name=name))
    await expect(desk.page.get_by_role("heading", name="Mina nu")).to_be_visible()
    yield desk
    await context.close()


@pytest.fixture
def home(make_database: MakeDatabase, tmp_path: Path) -> Home:
    """Databases of the test's own."""
    own = make_database("story_bot", lambda made: bot.migrations.migrate(made.owner_url, made.app_role))
    backends = {
        slug: make_database("story_backend", lambda made: backend.migrations.migrate(made.owner_url, made.app_role))
        for slug in MUNICIPALITIES
    }
    return Home(own, backends, make_secrets(tmp_path / "secrets.json"), tmp_path / "documents")


async def test_a_whole_morning(home: Home, browser: Browser, tmp_path: Path) -> None:
    assert {"sv", "ar", "so"} <= set(languages())
    async with town(home, "sv", "sms") as (world, _):
        await world.until(30, 11, 21)
        amal = await the_night(world)
        await world.until(1, 12, 8, 5)
        async with at_a_desk(browser, world, "Johan", tmp_path, DESK) as johan:
            await registers(johan)
            thread = await answers(johan, amal)
            meets = await hands_over(johan)
            await lets_one_rest(johan)
            await johan.link("I morgon")
            await johan.looks("tomorrow")
            await johan.types(johan.page.get_by_label("Dag"), "12012026")  # as Chromium asks for a day
            await johan.button("Visa dagen")
            await expect(johan.page.get_by_role("table")).to_contain_text(KALLE[-2:])
            await johan.looks("today")
        async with at_a_desk(browser, world, meets, tmp_path, PHONE) as maria:
            await takes(maria)
            await world.until(1, 12, 11)
            case = await reads_and_controls(maria)
            await writes_note(maria)
            await calculates(maria)
            code = await decides(maria)
        await reads(browser, world, code, tmp_path)
        async with at_a_desk(browser, world, "Anders", tmp_path, DESK, municipality="Svedala") as anders:
            await sees_nothing_of(anders, thread, case)


async def the_night(world: World) -> Applicant:
    """What came while nobody was there. Gives whom customer service answers."""
    amal = world.applicant("Amal", AMAL, channel="web", speaks="ar")
    await amal.writes(NO_FOOD)
    kalle = world.applicant("Kalle", KALLE, channel="sms")
    await kalle.begins(**application_first.HELLO)
    await kalle.chooses("Apply")
    await kalle.chooses("No")
    await kalle.fills_in(application_first.FORM)
    await kalle.attests()
    await kalle.picks_first()
    await kalle.chooses("No")
    ayaan = world.applicant("Ayaan", AYAAN, channel="sms", municipality="svedala", speaks="so")
    await ayaan.writes(NEEDS_MONEY)
    return amal


# --- Customer service, at a desk --------------------------------------------------------------------------------------


async def registers(johan: Desk) -> None:
    """All of the night in one go."""
    page = johan.page
    await johan.looks("inbox")
    await johan.presses(page.locator("a[href='/inbox?queue=new']"))
    await johan.looks("new")
    await johan.link("Aktualisera nya")
    await johan.looks("last-night")
    assert await page.get_by_role("checkbox", checked=True).count() == 2
    await johan.button("Aktualisera de förkryssade")
    await expect(page.get_by_role("status")).to_contain_text("2 personer är aktualiserade nu")
    await johan.looks("registered")


async def answers(johan: Desk, amal: Applicant) -> str:
    """What cannot wait stands first; a phrase, own words, and back to the machine. Gives the thread's address."""
    page = johan.page
    await johan.link("imorgon")
    await johan.presses(page.locator("a[href='/inbox?queue=waiting']"))
    await expect(page.locator("#list .row").first).to_have_class(re.compile("row--acute"))
    await johan.looks("waiting")
    await johan.keys("j", "c")
    await johan.presses(page.locator("a[href='/inbox?queue=mine']"))
    await johan.keys("j", "Enter")
    await page.wait_for_url("**/threads/**")
    thread = page.url.split("?")[0]
    message = page.locator(".message", has_text=NO_FOOD)
    swedish, original = message.locator(".message__swedish"), message.locator(".message__original")
    await expect(original).to_have_attribute("dir", "rtl")
    left, right = await swedish.bounding_box(), await original.bounding_box()
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"], "Swedish and the original stand side by side"
    await johan.button("Ta över")
    await page.get_by_role("button", name="Ge till automaten").wait_for()
    await johan.looks("thread")
    await johan.link("Vi väntar på tolken")
    field = page.locator('input[name="field_time"]')
    await johan.types(field, "11.30")
    await expect(page.locator("#preview")).to_contain_text("11.30")
    await johan.looks("phrase")
    await johan.button("Skicka")
    await johan.link("Egna ord")
    await johan.types(page.get_by_label("Egna ord"), OWN_WORDS)
    await johan.looks("own-words")
    await johan.button("Skicka")
    said = page.locator(".message", has_text=OWN_WORDS).locator(".message__original")
    await expect(said).to_have_attribute("lang", "sv")
    await johan.button("Ge till automaten")
    await page.get_by_role("button", name="Ta över").wait_for()
    await johan.looks("handed-back")
    read = await amal.reads()
    assert re.search(r"11[.:]30", read)
    assert OWN_WORDS in read
    return thread


async def hands_over(johan: Desk) -> str:
    """To the caseworker who meets Kalle today. Gives her name."""
    page = johan.page
    await johan.link("Ärenden")
    await johan.looks("cases")
    row = await page.locator(".row", has_text=f"{KALLE[-4:-2]} {KALLE[-2:]}").first.inner_text()
    meets = next(name for name in CASEWORKERS if name in row)
    await johan.link("imorgon")
    await johan.keys("j", "l")
    await johan.looks("give")
    await johan.selects(page.get_by_label("Till", exact=True), meets)
    await johan.picks(page.get_by_label("Hör hemma där"))
    await johan.types(page.get_by_label("Egna ord till den som tar den"), "Barnen behöver mat i dag.")
    await johan.button("Lämna över")
    await expect(page.locator("#list")).to_contain_text(f"Till {meets}, inte taget")
    await johan.looks("handed-over")
    return meets


async def lets_one_rest(johan: Desk) -> None:
    page = johan.page
    await johan.presses(page.locator("a[href='/inbox?queue=waiting']"))
    waited = await page.locator("#list .row__body").count()
    await johan.keys("j", "s")
    await johan.looks("rest")
    await johan.picks(page.get_by_label("En timme"))
    await johan.button("Låt uppgiften vila")
    await page.goto(f"{johan.world.address}/inbox?queue=waiting")
    assert await page.locator("#list .row__body").count() == waited - 1


# --- The caseworker, on a phone ---------------------------------------------------------------------------------------


async def takes(maria: Desk) -> None:
    """What is handed over is hers when she takes it."""
    page = maria.page
    await maria.looks("inbox")
    await maria.presses(page.locator("#list .row__body", has_text="Johan"))
    await maria.looks("given")
    await maria.button("Jag tar över")
    await maria.looks("taken")


async def reads_and_controls(maria: Desk) -> str:
    """The application as it was sent, and every control made: one differs, and she has seen it. Gives the address."""
    page = maria.page
    await maria.link("Ärenden")
    await maria.looks("cases")
    await maria.presses(page.locator(".row__body", has_text=f"{KALLE[-4:-2]} {KALLE[-2:]}"))
    await maria.looks("opened")
    await maria.link("Översikt")
    await maria.looks("overview")
    case = page.url.split("?")[0]
    await maria.link("Ansökan")
    await expect(page.get_by_role("main")).to_contain_text("Lön till och med oktober.")
    await maria.looks("application")
    await maria.link("Kontroller")
    await maria.looks("controls")
    names = await page.locator("section[aria-labelledby^='line-'] h2").all_inner_texts()
    for number, name in enumerate(names):
        line = page.get_by_role("region", name=name)
        await maria.opens(line.locator("summary").first)
        await maria.picks(line.get_by_label(RESULTS["same" if number else "differs"]))
        if not number:
            await maria.ticks(line.locator("input[name=differs]").first)
        await maria.presses(line.get_by_role("button", name="Spara kontrollen"))
        await expect(page.get_by_role("status")).to_contain_text("Kontrollen är sparad.")
    await maria.looks("differs")
    await maria.types(page.get_by_label("Varför det får vara så"), "Flyttade i går, anmälan är gjord.")
    await maria.button("Jag har sett skillnaden")
    await expect(page.get_by_role("status")).to_contain_text("Ditt ställningstagande är sparat")
    await maria.looks("seen")
    return case


async def writes_note(maria: Desk) -> None:
    page = maria.page
    await maria.link("Mötet")
    await maria.looks("note")
    await maria.picks(page.get_by_role("group", name="Kom personen?").get_by_label("Ja", exact=True))
    await maria.ticks(page.get_by_label("Id är sett"))
    await maria.picks(page.get_by_label("Ja, deltar"))
    await maria.ticks(page.get_by_label("Sagt till personen i rummet"))
    await maria.selects(page.locator("#paper_bank-statements"), "Sett")
    await maria.ticks(page.get_by_label("Allt är inne."))
    await maria.button("Spara anteckningen")
    await maria.looks("noted")


async def calculates(maria: Desk) -> None:
    page = maria.page
    await maria.link("Beräkning")
    await maria.looks("calculation")
    await maria.button("Spara beräkningen")
    await maria.looks("calculated")
    await maria.button("Beräkningen är klar")
    await maria.looks("ready")
    await expect(page.get_by_role("alert")).to_have_count(0)


async def decides(maria: Desk) -> str:
    """See how it reads, sign, tell; gives the code Kalle reads with."""
    page = maria.page
    await maria.link("Beslut")
    await maria.looks("decision")
    await maria.picks(page.get_by_label("Bifall", exact=True))
    await maria.types(page.get_by_label("Kronor, vid bifall"), "7290")
    await maria.button("Visa hur beslutet läses")
    await page.get_by_role("heading", name="Så här läses beslutet").wait_for()
    await maria.looks("preview")
    await maria.presses(page.locator("form[action$='/decision'] button"))
    await maria.looks("signed")
    await maria.link("Översikt")
    await maria.picks(page.locator("input[name=how]").first)
    await maria.button("Anteckna att personen vet")
    await maria.button("Ge ut en kod")
    await expect(page.locator(".code")).to_be_in_viewport()
    await maria.looks("code")
    return (await page.locator(".code").inner_text()).strip()


# --- The person, and the other municipality ---------------------------------------------------------------------------


async def reads(browser: Browser, world: World, code: str, shots: Path) -> None:
    """Kalle reads what was decided, on his phone."""
    context = await browser.new_context(locale="sv", viewport=PHONE)
    kalle = Desk(await context.new_page(), world, "Kalle", shots)
    await kalle.page.goto(f"{world.address}/s/")
    await kalle.looks("code")
    await kalle.picks(kalle.page.locator("input[value=trelleborg]"))
    await kalle.types(kalle.page.locator("#code"), code)
    await kalle.keys("Enter")
    await kalle.page.locator(".decision").first.wait_for()
    await kalle.looks("decision")
    await expect(kalle.page.get_by_role("main")).to_contain_text(re.compile("7\\s290"))
    await context.close()


async def sees_nothing_of(anders: Desk, thread: str, case: str) -> None:
    """His own applicant stands there; of the others there is nothing, also by their addresses."""
    page = anders.page
    told = ""
    for place in ("/inbox?queue=waiting", "/inbox?queue=new", "/inbox/last-night", "/inbox/cases", "/inbox/tomorrow"):
        await page.goto(f"{anders.world.address}{place}")
        await anders.looks(place.rpartition("/")[2].rpartition("=")[2])
        told += await page.get_by_role("main").inner_text()
    assert f"{AYAAN[-4:-2]} {AYAAN[-2:]}" in told
    for number in (AMAL, KALLE):
        assert f"{number[-4:-2]} {number[-2:]}" not in told
    for address in (thread, case):
        answer = await page.goto(address)
        assert answer is not None
        assert answer.status == 404
        await anders.looks("missing")
