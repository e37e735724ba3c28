"""In a real browser: what is typed is not lost by looking at something else, and a page goes on after what broke."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import re

from playwright.sync_api import Browser, Page, Response, expect

from tests.backend.staff.test_browser import (
    AMAL,
    DESK,
    PHONE,
    THREAD,
    House,
    browser,  # noqa: F401  # a fixture
    house,  # noqa: F401  # a fixture
    signs_in,
)

WORDS = "Jag ringer dig kl 10 i morgon. Hälsar Johan"
SENT = f"/inbox/threads/{THREAD}/messages"


def own_words(page: Page) -> str:
    page.get_by_role("link", name="Svara", exact=True).click()
    page.get_by_role("link", name="Egna ord").click()
    return page.get_by_label("Egna ord").input_value()


def something_between_us_answers(page: Page, house: House) -> None:
    """And she opens the same place by its address."""
    page.route(f"**{SENT}", lambda route: route.fulfill(status=502, body="Bad gateway"))
    page.get_by_role("button", name="Skicka").click()
    expect(page.get_by_text("Bad gateway")).to_be_visible()
    page.unroute(f"**{SENT}")
    page.goto(f"{house.url}/inbox/threads/{THREAD}")
    own_words(page)


def test_what_is_typed_stays_until_it_is_sent_and_is_sealed_in_the_tab(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    signs_in(page, house, "Johan")
    page.goto(f"{house.url}/inbox/threads/{THREAD}")
    own_words(page)
    page.get_by_label("Egna ord").fill(WORDS)
    page.get_by_role("link", name="Samtal", exact=True).click()  # to read once more what she wrote
    page.get_by_role("button", name="Ta över").click()
    own_words(page)
    expect(page.get_by_label("Egna ord")).to_have_value(WORDS)
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert "messages words" in kept
    assert "Johan" not in kept
    # An answer that never came: it is not known to be sent.
    page.route(f"**{SENT}", lambda route: route.abort())
    page.get_by_role("button", name="Skicka").click()
    page.wait_for_url(re.compile("^chrome-error:"))
    page.unroute(f"**{SENT}")
    page.go_back()
    expect(page.get_by_label("Egna ord")).to_have_value(WORDS)
    something_between_us_answers(page, house)
    expect(page.get_by_label("Egna ord")).to_have_value(WORDS)
    # Refused on a page that does not show it again: as of a desk that is another by now.
    page.route(f"**{SENT}", lambda route: route.continue_(url=route.request.url.replace(str(THREAD), str(AMAL))))
    page.get_by_role("button", name="Skicka").click()
    expect(page.get_by_text("Det finns inte här.")).to_be_visible()
    page.unroute(f"**{SENT}")
    page.goto(f"{house.url}/inbox/threads/{THREAD}")
    own_words(page)
    expect(page.get_by_label("Egna ord")).to_have_value(WORDS)
    # Of a desk that nobody knows any more.
    page.context.clear_cookies()
    page.get_by_role("button", name="Skicka").click()
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
    signs_in(page, house, "Johan")
    page.goto(f"{house.url}/inbox/threads/{THREAD}")
    own_words(page)
    expect(page.get_by_label("Egna ord")).to_have_value(WORDS)
    page.get_by_role("button", name="Visa längd och kostnad").click()
    expect(page.get_by_text("Det här kommer fram")).to_be_visible()
    page.get_by_role("link", name="Samtal", exact=True).click()  # looked at, and not sent yet
    own_words(page)
    expect(page.get_by_label("Egna ord")).to_have_value(WORDS)
    page.get_by_role("button", name="Skicka").click()
    expect(page.locator("#talk")).to_contain_text(WORDS)
    own_words(page)
    expect(page.get_by_label("Egna ord")).to_have_value("")
    page.get_by_label("Egna ord").fill(WORDS)
    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_page_hears_again_after_an_answer_that_was_no_stream(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    page.clock.install()
    signs_in(page, house, "Johan")
    page.route("**/inbox/live**", lambda route: route.fulfill(status=502))
    with page.expect_response("**/inbox/live**"):
        page.goto(f"{house.url}/inbox/threads/{THREAD}")
    page.unroute("**/inbox/live**")
    heard: list[Response] = []
    page.on("response", lambda came: heard.append(came) if "/inbox/live" in came.url and came.ok else None)
    for _ in range(100):
        if heard:
            break
        page.clock.fast_forward("00:25")
        page.wait_for_timeout(100)
    house.entry(3, "شكراً", swedish=None)
    expect(page.locator("#talk")).to_contain_text("شكراً")


def test_a_list_that_was_saved_can_be_saved_again(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    page.clock.install()
    signs_in(page, house, "Johan")
    page.goto(f"{house.url}/inbox/tomorrow")
    file = {"Content-Disposition": 'attachment; filename="list.pdf"', "Content-Type": "application/pdf"}
    page.route("**/tomorrow/print", lambda route: route.fulfill(headers=file, body="%PDF-1.7"))
    for _ in range(2):
        with page.expect_download():
            page.get_by_role("button", name="Skriv ut som pdf").click()
        page.clock.fast_forward("00:06")


def test_a_page_left_in_another_tab_shows_and_does_nothing_of_who_sits_here_now(house: House, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    johans, marias = context.new_page(), context.new_page()
    signs_in(johans, house, "Johan")
    with johans.expect_response("**/inbox/live**"):
        johans.goto(f"{house.url}/inbox?queue=waiting")
    stood = johans.locator("#list").bounding_box()
    johans.evaluate("document.getElementById('stay').hidden = false")
    assert johans.locator("#list").bounding_box() == stood, "the regions stay where they are under a bar"
    johans.evaluate("document.getElementById('stay').hidden = true")
    marias.goto(f"{house.url}/inbox")
    marias.get_by_role("button", name="Logga ut").click()
    signs_in(marias, house, "Maria")
    expect(johans.get_by_text("I en annan flik har du gått till ett annat skrivbord.")).to_be_visible(timeout=20_000)
    assert johans.locator("#list").bounding_box() == stood
    johans.get_by_role("button", name="Jag tar den").first.click()
    expect(johans.get_by_text("hör till ett annat skrivbord")).to_be_visible()


def test_words_of_a_decision_do_not_come_back_in_the_next(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    signs_in(page, house, "Maria")
    decision = f"{house.url}/inbox/cases/{AMAL}/decision"
    page.goto(f"{decision}?reason=follow-up")
    page.get_by_label("Egna ord (på svenska)").fill(WORDS)
    page.get_by_label("Bifall").first.check()
    page.get_by_role("button", name="Visa hur beslutet läses").click()
    expect(page.get_by_label("Egna ord (på svenska)")).to_have_value(WORDS)
    page.goto(decision)  # looked at, and not signed yet
    expect(page.get_by_label("Egna ord (på svenska)")).to_have_value(WORDS)
    page.get_by_label("Bifall").first.check()
    page.get_by_role("button", name="Visa hur beslutet läses").click()
    page.get_by_role("button", name=re.compile("Skriv under|Lägg fram")).click()
    page.wait_for_url(lambda address: "/preview" not in address)
    page.goto(decision)  # what lies before somebody else to sign is shown, and not kept as typed
    page.get_by_role("button", name="Ta tillbaka det framlagda").click()
    page.goto(decision)
    expect(page.get_by_label("Egna ord (på svenska)")).to_have_value("")
