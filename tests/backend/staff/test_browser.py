"""The desk in a real browser: without a mouse, without JavaScript, on a phone, and while things change."""

import asyncio
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pyotp
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, Browser, Page, Route, ViewportSize, expect, sync_playwright

from backend import app as application
from backend import settings
from backend.contract import (
    BookMeeting,
    CallForHelp,
    Cost,
    Entry,
    EntryState,
    FreeTimes,
    FreeTimesQuery,
    HandOver,
    Held,
    Income,
    Ownership,
    SendApplication,
    Value,
)
from backend.database import Database
from backend.staff.seats import accounts
from tests.backend.staff.desks import hire
from tests.backend.stories import MONDAY, TELEPHONE, StoryClock, nothing_by_itself

AMAL, THREAD = UUID(int=11), UUID(int=12)
# Of a link or a button; parts that scroll can be reached too, and hold everything.
WORDS_IN_FOCUS = "document.activeElement.matches('a, button') ? document.activeElement.innerText : ''"
DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=740)
PICTURES = bool(os.environ.get("IMORGON_WRITE_PICTURES"))


@dataclass
class House:
    """The backend on a port of this machine, and the bot's side of the wire."""

    url: str
    token: str
    slug: str = "trelleborg"

    def put(self, path: str, body: Value) -> None:
        answer = httpx2.put(
            f"{self.url}/api/v1/{self.slug}/{path}",
            json=body.model_dump(mode="json"),
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,  # on a machine that does much else
        )
        assert answer.status_code < 300, answer.text

    def books(self) -> None:
        """A first meeting with an interpreter, at the first time that is free."""
        query = FreeTimesQuery(person=AMAL, at=MONDAY, interpreter_language="ar")
        answer = httpx2.post(
            f"{self.url}/api/v1/trelleborg/free-times",
            json=query.model_dump(mode="json"),
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        )
        slot = FreeTimes.model_validate(answer.json()).times[0].slot
        self.put(f"meetings/{uuid4()}", BookMeeting(person=AMAL, slot=slot, at=MONDAY, interpreter_language="ar"))

    def entry(self, number: int, original: str, **facts: object) -> None:
        """The bot copies an entry of Amal's thread."""
        values = {"who": "person", "swedish": None, "state": EntryState.RECEIVED, **facts}
        entry = Entry(person=AMAL, at=MONDAY, language="ar", original=original, **values)
        self.put(f"threads/{THREAD}/entries/{number}", entry)


@pytest.fixture
def house(environ: dict[str, str]) -> Iterator[House]:
    """The demo, with staff and one person who wants to talk to a human."""
    with served({**environ, "IMORGON_ENVIRONMENT": "demo"}) as found:
        yield found


@contextmanager
def served(environ: dict[str, str]) -> Iterator[House]:
    read = settings.read({**environ, "IMORGON_PUBLIC_URL": "http://127.0.0.1"})
    tenant, clock = read.tenants["trelleborg"], StoryClock()

    config = uvicorn.Config(
        application.create(read, clock), port=0, log_level="error", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)

    async def serve() -> None:
        for one in read.tenants.values():
            database = Database(one.database_url, one.municipality, read.envelope_key, demo=True)
            await hire(database, clock)
            await database.close()
        await server.serve()

    running = threading.Thread(target=asyncio.run, args=(serve(),))
    try:
        with nothing_by_itself():
            running.start()
            while not server.started:
                assert running.is_alive()
                time.sleep(0.01)  # asking without a pause would take the interpreter from who starts
        port = server.servers[0].sockets[0].getsockname()[1]
        house = House(f"http://127.0.0.1:{port}", tenant.token)
        call = CallForHelp(
            person=AMAL, thread=THREAD, channel="sms", language="ar", received_at=MONDAY, telephone=TELEPHONE
        )
        house.put(f"calls-for-help/{uuid4()}", call)
        house.entry(1, "السلام عليكم، أحتاج مساعدة")
        house.entry(2, "مرحباً!", who="bot", swedish="Hej! Här svarar automaten.", state=EntryState.DELIVERED)
        house.books()
        asked = HandOver(person=AMAL, thread=THREAD, channel="sms", language="ar", at=MONDAY, reason="asked")
        house.put(f"handovers/{uuid4()}", asked)
        yield house
    finally:  # also where it could not be furnished: the thread would keep the whole run from ending
        server.should_exit = True
        running.join()


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # No sandbox: the tests may run as root, and open our own pages only.
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


def signs_in(page: Page, house: House, name: str) -> None:
    page.goto(f"{house.url}/inbox")
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("button", name="Logga ut")).to_be_visible()


def looks_right(page: Page, shots: Path, name: str) -> None:
    """Nothing for axe to remark on, nothing wider than the screen; and a picture to look at, where it is wished for."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    if PICTURES:
        page.screenshot(path=shots / f"{name}-{width}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name} {width}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {width} is too wide"


def pages(person: UUID) -> dict[str, dict[str, str]]:
    thread, case = f"/inbox/threads/{THREAD}", f"/inbox/cases/{person}"
    return {
        "Johan": {
            "list": "/inbox?queue=waiting",
            "queues": "/inbox?queue=waiting&region=queues",
            "search": "/inbox/search",
            "keys": "/inbox/keys",
            "thread": thread,
            "phrase": f"{thread}?region=answer&phrase=waiting-for-interpreter&field_time=11.30",
            "words": f"{thread}?region=answer&answer=words",
            "facts": f"{thread}?region=facts",
            "interpreters": "/inbox/interpreters",
            "interpreter-invoices": "/inbox/interpreters/invoices?month=2026-12",
            "tomorrow": "/inbox/tomorrow",
            "calendars": "/inbox/calendars",
            "lending": "/inbox/lending",
            "cases": "/inbox/cases",
            "desks": "/inbox/desks",
            "moving": f"{case}/moving?reason=follow-up",
            "absences": "/inbox/absences",
            "last-night": "/inbox/last-night",
            "closed": "/inbox?queue=closed",
            "promises": "/inbox?queue=promises",
        },
        "Maria": {
            "reason": case,
            "overview": f"{case}?reason=follow-up",
            "application": f"{case}/application",
            "fill": f"{case}/fill",
            **{f"fill-{part}": f"{case}/fill/{part}" for part in ("children", "costs", "reaching")},
            "note": f"{case}/meeting",
            "calculation": f"{case}/calculation",
            "decision": f"{case}/decision",
            "looked": f"{case}/looked",
            "letters": f"{case}/letters",
            "controls": f"{case}/controls",
            "copy-out": f"{case}/copy-out",
            "planning": f"{case}/planning",
            "board": "/inbox/board",
            "nowhere": "/inbox/nowhere",
            "for-them": f"{case}/for-them",
            "missing": f"/inbox/threads/{uuid4()}",
        },
    }


@pytest.mark.parametrize("viewport", [pytest.param(DESK, marks=pytest.mark.long), PHONE], ids=["desk", "phone"])
def test_every_page_is_accessible_on_a_desk_and_on_a_phone(
    house: House, browser: Browser, viewport: ViewportSize, tmp_path: Path
) -> None:
    applied = SendApplication(
        person=AMAL,
        received_at=MONDAY,
        language="ar",
        applies_alone=True,
        month=MONDAY.date().replace(month=12, day=1),
        housing="rental",
        housing_kronor=7000,
        costs=(Cost(kind="glasses", kronor=2000, period="once"),),
        incomes=(Income(kind="salary", kronor=4000),),
        attested=True,
        digest="0",
    )
    house.put(f"applications/{uuid4()}", applied)
    for name, addresses in pages(AMAL).items():
        page = browser.new_page(viewport=viewport)
        page.goto(f"{house.url}/inbox")
        looks_right(page, tmp_path, f"sign-in-{name}")
        signs_in(page, house, name)
        for what, address in addresses.items():
            page.goto(f"{house.url}{address}")
            looks_right(page, tmp_path, what)
            if what == "calculation":  # every line has fields of its own, folded away
                page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
                looks_right(page, tmp_path, "calculation-open")
            if what == "list":
                page.get_by_role("link", name="Mer").first.click()
                looks_right(page, tmp_path, "task")
        page.context.close()


@pytest.fixture
def one_time_code(environ: dict[str, str]) -> str:
    """Of somebody new, in production."""
    read = settings.read(environ)

    async def made() -> str:
        tenant = read.tenants["trelleborg"]
        database = Database(tenant.database_url, tenant.municipality, read.envelope_key)
        async with database.transaction() as session:
            code = await accounts.add(session, "nour", "Nour", "caseworker")
        await database.close()
        return code

    return asyncio.run(made())


def test_in_production_she_makes_her_account_ready_and_signs_in(
    environ: dict[str, str], one_time_code: str, browser: Browser, tmp_path: Path
) -> None:
    with served(environ) as house:
        page = browser.new_page(viewport=PHONE)
        page.goto(f"{house.url}/inbox")
        looks_right(page, tmp_path, "account-sign-in")
        page.get_by_role("link", name="Jag har fått en engångskod").click()
        looks_right(page, tmp_path, "account-enrol")
        page.get_by_label("Engångskod").fill(one_time_code)
        page.get_by_role("button", name="Gå vidare").click()
        secret = page.locator("#key").inner_text().replace(" ", "")
        looks_right(page, tmp_path, "account-enrol-account")

        def figures(steps: int) -> str:
            return pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30 * steps))

        words = "fyra blå stolar på taket"
        page.get_by_label("Lösenord", exact=True).fill(words)
        page.get_by_label("Lösenordet en gång till").fill(words)
        page.get_by_label("Kod från telefonen").fill(figures(-1))
        page.get_by_role("button", name="Klart").click()
        looks_right(page, tmp_path, "account-enrolled")
        page.get_by_role("link", name="Logga in").click()
        for code_now, shown in ((figures(-1), "stämmer inte"), (figures(0), "Mina nu")):
            page.get_by_label("Användarnamn").fill("nour")
            page.get_by_label("Lösenord", exact=True).fill(words)
            page.get_by_label("Kod från telefonen").fill(code_now)
            page.get_by_role("button", name="Logga in").click()
            expect(page.get_by_text(shown).first).to_be_visible()
            looks_right(page, tmp_path, f"account-{shown[:4].strip()}")


def test_the_whole_answer_by_keyboard_alone(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto(f"{house.url}/inbox")

    def tabs_to(words: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if words in page.evaluate(WORDS_IN_FOCUS):
                ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert ring == "solid", f"no focus ring on {words}"
                return
        raise AssertionError(f"the keyboard never reached {words!r}")

    tabs_to("Johan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mina nu")).to_be_visible()
    tabs_to("Väntar")
    page.keyboard.press("Enter")
    page.wait_for_url("**queue=waiting")
    tabs_to("Nummer …06 12")
    page.keyboard.press("Enter")
    page.wait_for_url("**/threads/**")
    tabs_to("Ta över")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tar över…", exact=True)).to_be_visible()
    tabs_to("Vi väntar på tolken")
    page.keyboard.press("Enter")
    page.wait_for_url("**phrase=waiting-for-interpreter**")
    field = page.locator('input[name="field_time"]').first
    expect(field).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("11.30")
    expect(page.locator("#preview")).to_contain_text("11.30")
    tabs_to("Skicka")
    page.keyboard.press("Enter")
    expect(page.locator("#talk")).to_contain_text("Du får svar före kl 11.30")


def test_a_code_that_is_given_out_is_in_sight(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    signs_in(page, house, "Johan")
    page.goto(f"{house.url}/inbox/cases/{AMAL}?reason=at-the-counter")
    page.get_by_role("button", name="Ge ut en kod").press("Enter")
    expect(page.locator(".code")).to_be_in_viewport()


def test_everything_works_without_javascript(house: House, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    signs_in(page, house, "Johan")
    page.get_by_role("link", name="Väntar").click()
    page.get_by_role("link", name="Nummer …06 12").click()
    expect(page.get_by_text("Hej! Här svarar automaten.")).to_be_visible()
    page.get_by_role("link", name="Svara", exact=True).click()
    page.get_by_role("link", name="Ja, ta gärna med barnen").click()
    expect(page.get_by_text("Det här kommer fram")).to_be_visible()
    page.get_by_role("button", name="Skicka").click()
    expect(page.get_by_text("Väntar på automaten")).to_be_visible()
    page.get_by_role("button", name="Ge till automaten").click()
    expect(page.get_by_role("button", name="Ta över")).to_be_visible()


def test_an_open_page_follows_what_happens(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    signs_in(page, house, "Johan")
    with page.expect_response("**/inbox/live**"):
        page.goto(f"{house.url}/inbox/threads/{THREAD}")
    page.get_by_role("button", name="Ta över").click()
    expect(page.locator("#thread-head")).to_contain_text("Tar över…")
    house.put(f"threads/{THREAD}/ownership/1", Ownership(owner="staff", at=MONDAY))
    expect(page.locator("#thread-head")).not_to_contain_text("Tar över…")
    expect(page.locator("#facts")).to_contain_text("Du svarar nu")
    page.get_by_role("link", name="Egna ord").click()
    page.get_by_label("Egna ord").fill("Jag skriver på")
    house.entry(3, "شكراً", swedish=None)
    expect(page.locator("#talk")).to_contain_text("شكراً")
    # What is being written stays, and so does the place of the keyboard.
    expect(page.get_by_label("Egna ord")).to_have_value("Jag skriver på")
    expect(page.get_by_label("Egna ord")).to_be_focused()
    assert page.locator("#talk ol").get_attribute("aria-live") == "polite"
    # However often the page was freshened, a press still sends.
    page.get_by_role("button", name="Skicka").click()
    expect(page.locator("#talk")).to_contain_text("Jag skriver på")


def test_something_acute_is_said_on_whatever_page_one_works(house: House, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE).new_page()
    signs_in(page, house, "Johan")
    with page.expect_response("**/inbox/live**"):
        page.goto(f"{house.url}/inbox/search")  # nothing on it is read again
    page.locator("#words-sought").fill("Amal")
    pressed = page.context.new_page()
    pressed.goto(f"{house.url}/inbox/cases/{AMAL}?reason=at-the-counter")
    with pressed.expect_response(lambda came: came.status == 405):  # what a press was answered with is read once
        pressed.get_by_role("button", name="Ge ut en kod").click()
    acute = HandOver(person=AMAL, thread=THREAD, channel="sms", language="ar", at=MONDAY, reason="acute")
    house.put(f"handovers/{uuid4()}", acute)
    expect(pressed.get_by_role("link", name="Något akut har kommit in")).to_be_visible()
    said = page.get_by_role("link", name="Något akut har kommit in")
    expect(said).to_be_in_viewport(ratio=1)
    expect(page.locator("#words-sought")).to_have_value("Amal")
    said.click()
    expect(page.get_by_role("heading", name="Akut")).to_be_visible()


def test_what_changes_before_the_page_listens_or_while_it_reads_is_seen(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    signs_in(page, house, "Johan")
    with page.expect_response("**/inbox/live**"):
        page.goto(f"{house.url}/inbox/threads/{THREAD}")
    slow: list[Route] = []

    def listening(route: Route) -> None:
        slow.append(route)

    page.route("**/inbox/live**", listening)
    # Only the page after the press meets the slow road: it has asked to listen, and hears nothing yet.
    with page.expect_request("**/inbox/live**"):
        page.get_by_role("button", name="Ta över").click()
    expect(page.locator("#thread-head")).to_contain_text("Tar över…")
    house.entry(3, "شكراً", swedish=None)
    reads: list[tuple[Route, APIResponse]] = []

    def reading(route: Route) -> None:
        if "x-live" not in route.request.headers or reads:
            route.continue_()
        else:
            reads.append((route, route.fetch()))

    page.route("**/inbox/threads/**", reading)
    slow[0].continue_()
    for _ in range(400):
        if not reads:
            page.wait_for_timeout(50)
    assert reads, "the page was not read again when it began to listen"
    assert "شكراً" in reads[0][1].text()
    house.put(f"threads/{THREAD}/ownership/1", Ownership(owner="staff", at=MONDAY))
    page.wait_for_timeout(2500)  # the stream looks once a second
    route, drawn = reads[0]
    route.fulfill(response=drawn)
    expect(page.locator("#talk")).to_contain_text("شكراً")
    expect(page.locator("#facts")).to_contain_text("Du svarar nu")


def test_what_is_being_pressed_stays_under_the_finger(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    signs_in(page, house, "Johan")
    # The page reads itself once as soon as it listens; what follows is the next time.
    with page.expect_response(lambda came: "x-live" in came.request.headers):
        page.get_by_role("link", name="Väntar").click()
    row = page.get_by_role("link", name="Nummer …06 12")
    row.hover()
    page.mouse.down()
    before = page.locator("#list").inner_html()
    with page.expect_response(lambda came: "x-live" in came.request.headers):
        another = CallForHelp(person=uuid4(), thread=uuid4(), channel="web", language="sv", received_at=MONDAY)
        house.put(f"calls-for-help/{uuid4()}", another)
        asked = HandOver(
            **another.model_dump(include={"person", "thread", "channel", "language"}), at=MONDAY, reason="asked"
        )
        house.put(f"handovers/{uuid4()}", asked)
    page.wait_for_timeout(200)
    assert page.locator("#list").inner_html() == before
    page.mouse.up()
    page.wait_for_url("**/threads/**")


def test_a_page_with_the_whole_number_follows_on_and_keeps_it(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    signs_in(page, house, "Johan")
    page.goto(f"{house.url}/inbox/threads/{THREAD}")
    page.get_by_role("button", name="Visa numret").click()
    number = page.locator("#facts .value")
    expect(page.get_by_role("button", name="Visa numret")).to_have_count(0)
    shown = number.inner_text()
    house.entry(90, "Ring mig nu")
    expect(page.get_by_text("Ring mig nu").first).to_be_visible()
    assert number.inner_text() == shown


def test_a_page_stops_following_when_the_desk_is_closed(house: House, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    page, other = context.new_page(), context.new_page()
    signs_in(page, house, "Johan")
    other.goto(f"{house.url}/inbox")
    other.get_by_role("button", name="Logga ut").click()
    expect(other.get_by_role("heading", name="Logga in")).to_be_visible()
    page.goto(f"{house.url}/inbox/threads/{THREAD}")
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()


def test_a_desk_about_to_close_says_so_and_one_press_keeps_it_and_what_is_typed(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    page.clock.install()
    signs_in(page, house, "Johan")
    page.goto(f"{house.url}/inbox/absences")
    page.locator("#starts").fill("2026-12-01T09:00")
    left = {"seconds": 300, "more": True}
    page.route("**/inbox/stay", lambda route: route.fulfill(json=left))
    page.clock.fast_forward("05:00")
    expect(page.get_by_text("Skrivbordet stängs om 5 minuter")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    left["seconds"] = 7200
    page.get_by_role("button", name="Stanna kvar").click()
    expect(page.get_by_role("button", name="Stanna kvar")).to_be_hidden()
    page.unroute("**/inbox/stay")
    page.context.clear_cookies()
    page.clock.fast_forward("05:00")
    expect(page.get_by_text("Skrivbordet är stängt")).to_be_visible()
    expect(page.locator("#starts")).to_have_value("2026-12-01T09:00")


def test_the_list_for_tomorrow_prints_on_white_without_buttons(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    signs_in(page, house, "Johan")
    page.goto(f"{house.url}/inbox/tomorrow")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Visa dagen")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Sidor")).to_be_hidden()
    expect(page.get_by_text("Strimla listan när dagen är slut")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor") == "rgb(255, 255, 255)"


def test_a_day_of_ten_meetings_is_one_page_from_the_browser_too(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    signs_in(page, house, "Johan")
    page.goto(f"{house.url}/inbox/tomorrow")
    page.evaluate("""() => {
      const row = document.querySelector(".sheet tbody tr");
      row.querySelector(".name").textContent = "Konstantin";
      for (let more = 1; more < 10; more += 1) row.after(row.cloneNode(true));
    }""")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_a_phrase_is_written_down_once_and_everybody_sees_when_she_has_written_it(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    for viewport in (DESK, PHONE):
        page = browser.new_page(viewport=viewport)
        signs_in(page, house, "Maria")
        page.goto(f"{house.url}/inbox/cases/{AMAL}?reason=follow-up")
        page.locator("summary", has_text=re.compile("annan mening|utan att det syns")).click()
        page.get_by_label("Meningen, på personens språk").fill("سلّمي على خالتي كارين")
        page.get_by_role("button", name="Spara meningen").click()
        expect(page.get_by_text("Avtalad måndag 30 november av Maria.")).to_be_visible()
        looks_right(page, tmp_path, "agreed")
        assert "خالتي" not in page.content()
        page.context.close()

    page = browser.new_page(viewport=DESK)
    signs_in(page, house, "Johan")
    with page.expect_response("**/inbox/live**"):
        page.goto(f"{house.url}/inbox/threads/{THREAD}")
    written = HandOver(person=AMAL, thread=THREAD, channel="sms", language="ar", at=MONDAY, reason="agreed-phrase")
    house.put(f"handovers/{uuid4()}", written)
    expect(page.locator("#thread-head")).to_contain_text("Ring inte och skriv inte till personen.")
    expect(page.get_by_role("button", name="Ta över")).to_be_hidden()
    house.put(f"held/{uuid4()}", Held(person=AMAL, at=MONDAY, swedish="Mötet i dag är kl 9.30."))
    for viewport in (DESK, PHONE):
        page.set_viewport_size(viewport)
        for what, address in (
            ("alarm", "/inbox?queue=acute"),
            ("silent", f"/inbox/threads/{THREAD}"),
            ("silent-answer", f"/inbox/threads/{THREAD}?region=answer"),
            ("held", f"/inbox/cases/{AMAL}"),
        ):
            page.goto(f"{house.url}{address}")
            looks_right(page, tmp_path, what)
    page.get_by_text("Det här har inte gått ut (1)").click()
    expect(page.get_by_text("Mötet i dag är kl 9.30.")).to_be_visible()
    page.get_by_label("Jag har träffat personen och frågat").check()
    page.get_by_role("button", name="Vi får skriva igen").click()
    expect(page.get_by_text("Ring inte")).to_have_count(0)


def test_an_application_is_filled_in_together_without_a_mouse_and_on_a_phone(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    for viewport in (DESK, PHONE):
        page = browser.new_page(viewport=viewport)
        signs_in(page, house, "Johan")
        page.goto(f"{house.url}/inbox/cases")
        looks_right(page, tmp_path, "cases")
        page.get_by_label("Förnamn").fill("Amal")
        page.get_by_label("Språk").select_option("ar")
        page.get_by_label("Här", exact=True).check()
        page.get_by_role("button", name="Öppna ett ärende").press("Enter")
        page.get_by_role("link", name="Ansökan", exact=True).press("Enter")
        page.get_by_role("link", name="Fyll i ansökan tillsammans").press("Enter")
        page.get_by_role("link", name="Kostnader").press("Enter")
        # What is asked of a choice shows once it is chosen.
        of_it = page.get_by_role("group", name="Hemförsäkring").get_by_label("Hur mycket, i kronor?")
        expect(of_it).to_be_hidden()
        page.get_by_role("checkbox", name="Hemförsäkring").press("Space")
        of_it.fill("mycket")
        page.get_by_role("button", name="Spara och gå vidare").press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        looks_right(page, tmp_path, "fill-wrong")
        of_it.fill("129")
        page.get_by_role("button", name="Spara och gå vidare").press("Enter")
        page.wait_for_url("**/fill/income")
        page.goto(re.sub("income$", "read-back", page.url))
        looks_right(page, tmp_path, "read-back")
        page.get_by_label("Här i rummet").press("Space")
        page.get_by_label("Av tolk, på arabiska").press("Space")
        page.get_by_label("Personen har sagt att allt stämmer").press("Space")
        page.get_by_role("button", name="Personen bekräftar").press("Enter")
        page.wait_for_url("**/application")
        expect(page.get_by_role("heading", name="Ansökan", exact=True).last).to_be_visible()
        page.context.close()


def test_the_list_is_worked_by_shortcuts_that_never_act_while_somebody_types(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    signs_in(page, house, "Johan")
    page.goto(f"{house.url}/inbox?queue=waiting")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Sök namn, nummer eller uppgift")
    expect(search).to_be_focused()
    page.keyboard.type("jkcsx/?")  # typed, and nothing else
    expect(search).to_have_value("jkcsx/?")
    page.keyboard.press("Escape")
    search.evaluate("field => field.blur()")
    page.keyboard.press("j")
    line = page.locator("#list .row__body[href]").first
    expect(line).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("#list")).to_contain_text("Ingenting här just nu")
    page.goto(f"{house.url}/inbox")
    page.keyboard.press("j")
    page.keyboard.press("l")
    page.wait_for_url("**/inbox/tasks/*?do=give")
    expect(page.get_by_label("Till", exact=True)).to_be_focused()
    page.keyboard.type("Maria")
    page.get_by_label("Egna ord").focus()
    page.keyboard.type("sjk: hon talar arabiska")
    page.get_by_label("Talar språket").check()
    page.get_by_role("button", name="Lämna över").click()
    expect(page.locator("#list")).to_contain_text("Till Maria, inte taget")
    page.keyboard.press("?")
    page.get_by_role("button", name="Slå av kortkommandon").click()
    page.goto(f"{house.url}/inbox")
    page.keyboard.press("j")
    expect(page.locator("#list .row__body[href]").first).not_to_be_focused()
