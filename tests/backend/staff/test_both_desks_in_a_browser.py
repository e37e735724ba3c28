"""The list of two desks on a phone and by keyboard, what is acute in the other, and a window in each."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

from pathlib import Path
from uuid import UUID, uuid4

from playwright.sync_api import Browser, expect

from backend import settings
from backend.contract import CallForHelp, HandOver
from tests.backend.staff.test_browser import PHONE, THREAD, House, browser, looks_right, served, signs_in  # noqa: F401
from tests.backend.stories import MONDAY

HODAN, THERE = UUID(int=21), UUID(int=22)
WORDS = "Vi ringer dig i dag."


def test_one_list_of_two_desks(environ_of_both: dict[str, str], browser: Browser, tmp_path: Path) -> None:
    environ = {**environ_of_both, "IMORGON_ENVIRONMENT": "demo"}
    token = settings.read(environ).tenants["svedala"].token
    with served(environ) as house:
        page = browser.new_context(viewport=PHONE).new_page()
        signs_in(page, house, "Johan")
        page.goto(f"{house.url}/inbox/desks")
        page.get_by_role("button", name="Logga in i Svedala kommun också").click()
        page.get_by_role("button", name="Anders").click()
        page.goto(f"{house.url}/inbox?queue=waiting")
        looks_right(page, tmp_path, "both-desks")
        page.keyboard.press("j")
        line = page.get_by_role("button", name="Trelleborgs kommun (öppnas vid skrivbordet där)")
        expect(line).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/inbox/threads/{THREAD}*")
        expect(page.locator(".who")).to_contain_text("Trelleborgs kommun")
        page.goto(f"{house.url}/inbox/threads/{THREAD}?region=answer&answer=words")
        page.get_by_label("Egna ord").fill(WORDS)

        svedala = House(house.url, token, "svedala")
        call = CallForHelp(person=HODAN, thread=THERE, channel="web", language="so", received_at=MONDAY, telephone=None)
        svedala.put(f"calls-for-help/{uuid4()}", call)
        acute = HandOver(person=HODAN, thread=THERE, channel="web", language="so", at=MONDAY, reason="acute")
        svedala.put(f"handovers/{uuid4()}", acute)
        expect(page.get_by_role("link", name="Något akut har kommit in")).to_be_visible()
        expect(page.locator("#list .row").first).to_contain_text("Svedala kommun")

        other = page.context.new_page()
        other.goto(f"{house.url}/inbox?queue=acute")
        other.get_by_role("button", name="Svedala kommun (öppnas vid skrivbordet där)").click()
        other.wait_for_url(f"**/inbox/threads/{THERE}*")
        page.get_by_role("button", name="Skicka", exact=True).click()
        looks_right(page, tmp_path, "not-here")
        page.get_by_role("button", name="Gå till skrivbordet i Trelleborgs kommun och skicka där").click()
        page.wait_for_url(f"**/inbox/threads/{THREAD}")
        expect(page.locator("#talk")).to_contain_text(WORDS)
        page.get_by_role("link", name="Svara", exact=True).click()
        page.get_by_role("link", name="Egna ord").click()
        expect(page.get_by_label("Egna ord")).to_have_value("")  # sent, and not offered once more
