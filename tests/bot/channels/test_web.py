"""The web chat as people use it: by keyboard, without script, from the right, when something is wrong."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from uuid import UUID

import pytest
from axe_playwright_python.async_playwright import Axe
from httpx2 import AsyncClient, Response
from playwright.async_api import Browser, Page, expect
from sqlalchemy import func, make_url, select

from backend.cases import desk
from backend.decisions import service as decisions
from backend.errors import NotFound
from backend.handover import desk as handover
from backend.postgres import Server
from bot.leaving.rates import Rate
from bot.pages.page import LONGEST_FORM
from bot.tables import contact_points, entries
from bot.tables import threads as thread_rows
from bot.text import languages
from bot.together import Running
from tests.backend.stories import JOHAN, MARIA
from tests.bot.site import browser, phone, site, unnamed_controls  # noqa: F401  # fixtures

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def visitor(site: Running) -> AsyncIterator[AsyncClient]:
    """Somebody without script: pages and forms only."""
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as client:
        yield client


async def says(visitor: AsyncClient, words: str, **more: str) -> Response:
    answer = await visitor.post("/chat/trelleborg/say", data={"words": words, **more})
    assert answer.status_code == 200, answer.text
    return answer


async def presses(visitor: AsyncClient, shown: Response, label: str) -> Response:
    """Press the button with this label on the page that was shown."""
    form = re.search(r'<form class="choices.*?</form>', shown.text, re.DOTALL)
    assert form, shown.text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', form[0]))
    buttons = re.findall(r'<button[^>]*name="choice" value="(.*?)"[^>]*>(.*?)</button>', form[0], re.DOTALL)
    named = {re.sub(r"<[^>]+>|\s+", " ", words).strip(): value for value, words in buttons}
    named = {re.sub(r"\s+", " ", words): value for words, value in named.items()}
    assert label in named, named
    answer = await visitor.post("/chat/trelleborg/say", data={**fields, "choice": named[label]})
    assert answer.status_code == 200
    return answer


async def count(site: Running, table: object) -> int:
    async with site.engine.database.transaction() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]


# --- The pages themselves ---------------------------------------------------------------------------------------------


async def test_looking_writes_nothing_and_the_first_words_make_the_conversation(
    site: Running,
    visitor: AsyncClient,
) -> None:
    assert "Trelleborg" in (await visitor.get("/chat")).text
    assert (await visitor.get("/chat/trelleborg")).status_code == 200
    assert await count(site, contact_points) == 0
    assert not visitor.cookies

    answer = await says(visitor, "hej behöver hjälp. har två barn")

    assert "Här svarar kommunens automat" in answer.text
    cookie = next(cookie for cookie in visitor.cookies.jar if cookie.name == "imorgon_chat")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    assert cookie.path == "/chat"
    async with site.engine.database.transaction() as connection:
        address = (await connection.execute(select(contact_points.c.address))).scalar_one()
    assert (cookie.value or "").encode() not in address  # what opens the conversation is kept by the browser alone


async def test_every_page_is_closed_to_what_is_not_ours(visitor: AsyncClient) -> None:
    for path in ("/chat", "/chat/trelleborg", "/chat/trelleborg/saved", "/chat/nowhere"):
        headers = (await visitor.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert (await visitor.get("/static/tokens.css")).headers["Cache-Control"] == "no-cache"


async def test_a_municipality_that_is_not_here_is_said_kindly(visitor: AsyncClient) -> None:
    answer = await visitor.get("/chat/nowhere")
    assert answer.status_code == 404
    assert "Vi hittar inte sidan" in answer.text
    assert 'href="/chat"' in answer.text


# --- What is posted ---------------------------------------------------------------------------------------------------


async def test_the_same_post_three_times_has_one_effect(site: Running, visitor: AsyncClient) -> None:
    await says(visitor, "hej", post="one")
    before = await count(site, entries)
    for _ in range(3):
        await says(visitor, "hej", post="one")
    assert await count(site, entries) == before
    await says(visitor, "hej igen", post="one")  # other words by the same form are another message
    assert await count(site, entries) > before


async def test_a_button_of_an_old_message_never_answers_a_new_question(visitor: AsyncClient) -> None:
    first = await says(visitor, "jag behöver hjälp med pengar")
    await presses(visitor, first, "Boka möte")
    answer = await presses(visitor, first, "Boka möte")
    assert "Din tid" not in answer.text
    assert answer.text.count('name="choice"') >= 2  # the question that is open stands there again


REFUSED = {
    "Det där kom inte från vår sida": (403, {**FORM, "Sec-Fetch-Site": "cross-site"}, "words=hej"),
    "Det blev för långt": (413, FORM, "words=" + "x" * LONGEST_FORM),
    "Vi kan inte ta emot bilder": (415, {**FORM, "Content-Type": "multipart/form-data; boundary=x"}, "--x--"),
}


async def test_what_cannot_be_taken_is_told_kindly_and_nothing_is_kept(site: Running, visitor: AsyncClient) -> None:
    for words, (status, headers, body) in REFUSED.items():
        answer = await visitor.post("/chat/trelleborg/say", content=body, headers=headers)
        assert answer.status_code == status
        assert words in answer.text
        asked = {**headers, "Accept": "application/json"}
        told = (await visitor.post("/chat/trelleborg/say", content=body, headers=asked)).json()
        assert told == {"state": "long" if status == 413 else "failed"}
    assert await count(site, contact_points) == 0


ODD = ("", "   ", "\0", "😀" * 40, "a" * 10_000, "مرحبا hej 123 שלום", "31 februari", "<script>alert(1)</script>")


async def test_whatever_is_written_is_answered(visitor: AsyncClient) -> None:
    answer = await says(visitor, "hej jag behöver hjälp")
    for words in ODD:
        before, answer = answer.text.count('class="said"'), await says(visitor, words)
        assert answer.text.count('class="said"') > before, words
        assert "<script>alert" not in answer.text


def refuse_connections(pg: Server, site: Running, allowed: str) -> None:
    """The bot's database goes away (or comes back): connections are closed and new ones refused."""
    name = make_url(site.engine.settings.database_url).database
    pg.run_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")
    pg.run_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


async def test_a_database_that_is_down_keeps_what_was_written_on_the_page(
    pg: Server,
    site: Running,
    visitor: AsyncClient,
) -> None:
    await says(visitor, "hej")
    refuse_connections(pg, site, "false")
    try:
        answer = await visitor.post("/chat/trelleborg/say", data={"words": "hyran är 5 850"})
    finally:
        refuse_connections(pg, site, "true")
    assert answer.status_code == 503
    assert "Vi kan inte ta emot just nu" in answer.text
    assert answer.text.count("hyran är 5 850") == 2  # to read, and in the form that tries again


async def test_nobody_without_a_conversation_is_kept_waiting_for_news(visitor: AsyncClient) -> None:
    assert (await visitor.get("/chat/trelleborg/stream")).status_code == 204


async def test_a_link_to_go_on_is_used_up_by_its_button_alone(site: Running, visitor: AsyncClient) -> None:
    """Messengers and scanners of links fetch a page before anybody has pressed anything."""
    await says(visitor, "hej, behöver hjälp")
    shown = await visitor.post("/chat/trelleborg/elsewhere", data={"post": "1"})
    code = re.search(r"(?<!\d)[3-9]\d{7}(?!\d)", shown.text)
    assert code, shown.text
    link = f"/chat/trelleborg/on/{code[0]}"
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as other:
        opened = [await other.get(link) for _ in range(3)][-1]
        assert opened.status_code == 200
        assert (await count(site, thread_rows), dict(other.cookies)) == (1, {})
        assert f'name="words" value="{code[0]}"' in opened.text
        # It is in the language she was written to in; the browser's may be a library's.
        hers = await other.get(f"{link}ar", headers={"Accept-Language": "sv"})
        assert 'lang="ar"' in hers.text
        assert f'value="{code[0]}"' in hers.text
        assert "Nu fortsätter vi här." in (await says(other, code[0])).text
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as third:
        assert (await third.get(link)).status_code == 200  # whether it was used is told to nobody who only looks
        assert "Koden fungerar inte." in (await says(third, code[0])).text
    for wrong in ("12345678", "3456", "hej"):
        assert (await visitor.get(f"/chat/trelleborg/on/{wrong}")).status_code == 404


async def test_calling_is_one_press_away_before_anything_is_written(visitor: AsyncClient) -> None:
    answer = await visitor.post("/chat/trelleborg/call-me", data={"post": "1"})
    assert answer.text.count("Ring mig") >= 2  # the button, and now one's own words
    assert "said__who" in answer.text


# --- Without script ---------------------------------------------------------------------------------------------------


async def test_the_whole_way_to_a_time_without_script(site: Running, browser: Browser) -> None:
    async with phone(browser, java_script_enabled=False) as page:
        await page.goto(f"{site.address}/chat/trelleborg")
        await page.get_by_role("textbox").fill("hej, jag har inga pengar till maten")
        await page.get_by_role("button", name="Skicka det du skrev").click()
        await page.get_by_role("button", name="Boka möte").click()
        await page.get_by_role("button", name=re.compile(r"^kl \d")).first.click()
        card = page.get_by_role("group", name="Din tid")
        await card.or_(page.get_by_text("Ett ögonblick.")).first.wait_for()
        if await page.get_by_text("Ett ögonblick.").count():
            await page.wait_for_timeout(3000)  # on a slow machine she looks again, as the page says
            await page.get_by_role("link", name="Visa nya svar").click()
        await expect(card).to_contain_text("Måndag 30 november")  # before the hour that ends the day's new meetings
        await expect(card).to_contain_text("Kom även utan papper")


# --- With script, by keyboard alone -----------------------------------------------------------------------------------


async def tab_to(page: Page, name: str | re.Pattern[str], role: str = "button") -> None:
    """Press Tab until the control with this name has the focus, as somebody without a mouse does."""
    wanted = page.get_by_role(role, name=name).last  # type: ignore[arg-type]
    await wanted.wait_for()
    for _ in range(40):
        if await wanted.evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached by keyboard")


async def test_a_whole_short_chat_by_keyboard_alone(site: Running, browser: Browser) -> None:
    async with phone(browser) as page:
        await page.goto(f"{site.address}/chat")
        await tab_to(page, "Trelleborg", "link")
        await page.keyboard.press("Enter")
        await tab_to(page, "Skriv här", "textbox")
        await page.keyboard.type("hej jag behöver hjälp")
        await page.keyboard.press("Enter")
        await tab_to(page, "Boka möte")
        await page.keyboard.press("Enter")
        await tab_to(page, re.compile(r"^kl \d"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("group", name="Din tid")).to_be_visible()
        assert await page.locator("#log").get_attribute("aria-live") == "polite"
        assert page.url.endswith("/chat/trelleborg")  # nothing was loaded anew on the way


async def test_the_focus_is_always_to_be_seen(site: Running, browser: Browser) -> None:
    async with phone(browser) as page:
        await page.goto(f"{site.address}/chat/trelleborg")
        for _ in range(8):
            await page.keyboard.press("Tab")
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid"


async def test_what_comes_later_appears_by_itself(site: Running, browser: Browser) -> None:
    async with phone(browser) as page:
        await page.goto(f"{site.address}/chat/trelleborg")
        await page.get_by_role("textbox").fill("hej")
        await page.keyboard.press("Enter")
        await expect(page.locator("#log")).to_contain_text("automat")
        other_tab = await page.context.new_page()
        await other_tab.goto(f"{site.address}/chat/trelleborg")
        await other_tab.get_by_role("textbox").fill("skrivet i en annan flik")
        await other_tab.keyboard.press("Enter")
        await expect(page.locator("#log")).to_contain_text("skrivet i en annan flik")


async def test_a_break_in_the_line_loses_no_words(site: Running, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 780}, locale="sv")
    page = await context.new_page()
    await page.goto(f"{site.address}/chat/trelleborg")
    await context.set_offline(True)
    await page.get_by_role("textbox").fill("jag behöver hjälp")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Ingen kontakt just nu")
    await expect(page.get_by_role("textbox")).to_have_value("jag behöver hjälp")
    await context.set_offline(False)
    await page.get_by_role("textbox").press("Enter")
    await expect(page.locator("#log")).to_contain_text("automat")
    await expect(page.get_by_role("textbox")).to_have_value("")
    await context.close()


# --- From the right ---------------------------------------------------------------------------------------------------


async def test_arabic_is_written_from_the_right(site: Running, browser: Browser) -> None:
    async with phone(browser, locale="ar-SY") as page:
        await page.goto(f"{site.address}/chat/trelleborg")
        assert await page.locator("html").get_attribute("dir") == "rtl"
        assert await page.locator("html").get_attribute("lang") == "ar"
        await page.get_by_role("textbox").fill("السلام عليكم، أحتاج مساعدة")
        await page.keyboard.press("Enter")
        await page.locator("#answers button[name=choice]").first.click()
        hour = page.locator("#answers .hour").first
        await hour.wait_for()
        assert re.fullmatch(r"\u2066?\d{1,2}:\d{2}\u2069?", (await hour.text_content() or "").strip())
        own, machine = page.locator(".bubble--person").first, page.locator(".bubble--bot").first
        left, right = await own.bounding_box(), await machine.bounding_box()
        assert left is not None
        assert right is not None
        assert left["x"] < right["x"]  # mirrored: one's own words stand at the end side, which is the left
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_the_language_can_be_changed_at_any_moment(site: Running, browser: Browser) -> None:
    async with phone(browser) as page:
        await page.goto(f"{site.address}/chat/trelleborg")
        await page.get_by_role("textbox").fill("hej jag behöver hjälp")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Boka möte").wait_for()
        await page.get_by_label(re.compile("^Språk")).click()
        await page.get_by_role("button", name="العربية").click()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await expect(page.locator("#answers").get_by_role("button").first).to_be_visible()


async def test_it_holds_on_the_narrowest_phone_and_with_twice_the_text(site: Running, browser: Browser) -> None:
    for language in languages():
        async with phone(browser, locale=language) as page:
            await page.set_viewport_size({"width": 320, "height": 640})
            for path in ("/chat", "/chat/trelleborg", "/chat/trelleborg/saved", "/s/"):
                await page.goto(f"{site.address}{path}")
                for size in ("100%", "200%"):
                    await page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
                    wide = await page.evaluate("document.documentElement.scrollWidth")
                    assert wide <= 320, (language, path, size)


# --- The form by section ----------------------------------------------------------------------------------------------


async def to_the_form(page: Page, site: Running) -> None:
    await page.goto(f"{site.address}/chat/trelleborg")
    await page.get_by_role("textbox").fill("blev av med jobbet, har inga pengar")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Ansök").click()
    await page.get_by_role("link", name=re.compile("^Svara på del 1 av")).click()


async def checked(page: Page) -> None:
    """Nothing for axe to find, and every control has a name."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await unnamed_controls(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def leave_the_rest_to_the_meeting(page: Page) -> None:
    """Part after part, until all of it can be read; each is waited for, because a click does not wait for its page."""
    later, read = (
        page.get_by_role("button", name="Ta det på mötet"),
        page.get_by_role("heading", name="Läs igenom dina svar"),
    )
    for _ in range(12):
        await later.or_(read).first.wait_for()
        if await read.count():
            return
        async with page.expect_navigation():
            await later.click()
    raise AssertionError("more parts than there are")


async def test_the_application_by_section_to_its_receipt(site: Running, browser: Browser) -> None:
    async with phone(browser) as page:
        await to_the_form(page, site)
        await checked(page)
        await expect(page.locator(".progress")).to_contain_text("Del 1 av")
        await page.get_by_role("button", name="Spara och gå vidare").click()  # nothing was chosen
        await expect(page.get_by_role("alert")).to_contain_text("Något saknas")
        await checked(page)
        await leave_the_rest_to_the_meeting(page)
        await checked(page)
        await expect(page.locator(".summary__line").first).to_contain_text("På mötet")
        await page.get_by_role("button", name=re.compile("^Ändra")).first.click()
        await page.get_by_label("Ja", exact=True).first.check()
        await page.get_by_role("button", name="Spara och gå vidare").click()
        await leave_the_rest_to_the_meeting(page)
        await page.get_by_role("button", name=re.compile("^Ja")).click()
        await expect(page.locator("#log")).to_contain_text("ansökan kom in", ignore_case=True)


async def test_what_only_some_meet_is_shown_when_an_answer_leads_to_it(site: Running, browser: Browser) -> None:
    async with phone(browser) as page:
        await to_the_form(page, site)
        alone, partner = page.locator("#f-applies_alone"), page.get_by_label("Vad heter din partner i förnamn?")
        await expect(partner).to_be_hidden()
        await alone.get_by_label("Nej", exact=True).check()
        await expect(partner).to_be_visible()
        await partner.fill("Sam")
        await checked(page)
        # Said otherwise it is hidden again, and not sent.
        await alone.get_by_label("Ja", exact=True).check()
        await expect(partner).to_be_hidden()
        await page.locator("#f-month").get_by_label("Nästa månad").check()
        await page.locator("#f-stays_here").get_by_label("Ja", exact=True).check()
        await page.get_by_role("button", name="Spara och gå vidare").click()
        await expect(page.locator(".progress")).to_contain_text("Del 2 av")
        # The child's card with all its questions comes and goes with the children.
        await expect(page.locator(".item")).to_be_hidden()
        await page.locator("#f-has_children").get_by_label("Ja", exact=True).check()
        await expect(page.locator(".item")).to_be_visible()


async def test_first_words_in_another_language_turn_the_whole_page(site: Running, browser: Browser) -> None:
    async with phone(browser) as page:
        await page.goto(f"{site.address}/chat/trelleborg")
        await page.get_by_role("textbox").fill("السلام عليكم، أحتاج مساعدة، عندي طفلان")
        await page.keyboard.press("Enter")
        await expect(page.locator("html")).to_have_attribute("lang", "ar")
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await expect(page.get_by_role("button", name="اتصلوا بي").first).to_be_visible()
        await expect(page.locator("#log")).to_contain_text("أستطيع حجز موعد")


async def test_a_question_that_can_wait_has_a_button_that_says_so(site: Running, browser: Browser) -> None:
    async with phone(browser) as page:
        await page.goto(f"{site.address}/chat/trelleborg")
        await page.get_by_role("textbox").fill("hej jag behöver hjälp")
        await page.keyboard.press("Enter")
        for label in ("Boka möte", re.compile(r"^kl \d"), "Nej", "På mötet"):
            await page.get_by_role("button", name=label).first.click()
        later = page.get_by_role("button", name="Ta det på mötet")
        token = await page.locator("#answers input[name=question]").input_value()
        await later.click()
        await expect(page.locator(".bubble--person").last).to_have_text(re.compile("Ta det på mötet"))
        await expect(later).to_have_count(0)
        # Pressed once more in an old tab it leaves nothing else.
        said = await page.locator(".bubble--person").count()
        await page.evaluate(
            "token => fetch('/chat/trelleborg/later', {method: 'POST', body: new URLSearchParams({question: token})})",
            token,
        )
        await page.reload()
        assert await page.locator(".bubble--person").count() == said


async def test_what_was_not_understood_is_said_at_the_question_and_in_the_chat(visitor: AsyncClient) -> None:
    answer = await presses(visitor, await says(visitor, "jag behöver hjälp med pengar"), "Ansök")
    answer = await says(visitor, "jag orkar inte tänka på det")
    assert "Jag förstod inte. Svara ja eller nej, eller 1 eller 2. Söker du ensam" in answer.text
    page = (await visitor.get("/chat/trelleborg/part")).text
    assert re.search(r'id="wrongs" role="alert".*?href="#f-applies_alone"', page, re.DOTALL)
    assert re.search(r'<fieldset[^>]*id="f-applies_alone"[^>]*aria-describedby="[^"]*f-applies_alone-error"', page)
    assert re.search(r'<p class="wrong" id="f-applies_alone-error">.*?Jag förstod inte\. Svara ja eller nej', page)


async def test_what_cannot_wait_stands_first_on_the_next_page_and_in_the_chat(visitor: AsyncClient) -> None:
    await presses(visitor, await says(visitor, "jag behöver hjälp med pengar"), "Ansök")
    page = (await visitor.get("/chat/trelleborg/part")).text
    fields = dict(re.findall(r'<input type="hidden" name="(question|post)" value="(.*?)">', page))
    answers = {"f.applies_alone": "1", "f.month": "1", "f.stays_here": "1", "f.partner_name": "min man slår mig"}
    following = (await visitor.post("/chat/trelleborg/part", data={**fields, **answers})).text
    assert "Barn" in following
    told = r'<main[^>]*>\s*<p class="at-once" role="alert">.*?Vid fara för livet: ring <a [^>]*href="tel:112">112</a>'
    assert re.search(told, following, re.DOTALL)
    assert re.search("Vid fara för livet: ring 112", (await visitor.get("/chat/trelleborg")).text)
    # It is said once, where it was written; the page after that is like any other.
    fields = dict(re.findall(r'<input type="hidden" name="(question|post)" value="(.*?)">', following))
    last = (await visitor.post("/chat/trelleborg/part", data={**fields, "f.has_children": "2"})).text
    assert "at-once" not in last


async def test_a_summary_that_has_changed_is_shown_anew_before_it_is_confirmed(visitor: AsyncClient) -> None:
    await says(visitor, "jag vill ansöka")
    answer = await visitor.post("/chat/trelleborg/say", data={"choice": "JA", "question": "t", "digest": "old"})
    assert "kom in" not in answer.text


async def test_nothing_for_axe_to_find_in_the_chat(site: Running, browser: Browser) -> None:
    async with phone(browser) as page:
        await page.goto(f"{site.address}/chat")
        await checked(page)
        await page.goto(f"{site.address}/chat/trelleborg")
        await checked(page)
        await page.get_by_role("textbox").fill("hej jag behöver hjälp")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Boka möte").click()
        await page.get_by_role("button", name=re.compile(r"^kl \d")).first.click()
        await page.get_by_role("group", name="Din tid").wait_for()
        await checked(page)
        await page.set_viewport_size({"width": 1280, "height": 780})
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        await page.set_viewport_size({"width": 360, "height": 780})
        await page.goto(f"{site.address}/chat/trelleborg/saved")
        await checked(page)


async def test_closing_the_conversation_on_a_shared_device_leaves_nothing(site: Running, browser: Browser) -> None:
    async with phone(browser) as page:
        await page.goto(f"{site.address}/chat/trelleborg")
        await page.get_by_role("textbox").fill("jag bor hos en vän")
        await page.keyboard.press("Enter")
        await expect(page.locator("#log")).to_contain_text("automat")
        await page.get_by_role("link", name="Så sparar vi det du skriver").click()
        await page.get_by_role("button", name="Stäng samtalet på den här enheten").click()
        await page.goto(f"{site.address}/chat/trelleborg")
        await expect(page.locator("#log")).not_to_contain_text("jag bor hos en vän")


# --- What comes from people -------------------------------------------------------------------------------------------


async def conversation(page: Page, site: Running) -> tuple[UUID, UUID]:
    """Somebody who wrote and wants to be rung: the thread and the person as both halves know them."""
    await page.goto(f"{site.address}/chat/trelleborg")
    await page.get_by_role("textbox").fill("السلام عليكم، أحتاج مساعدة")
    await page.keyboard.press("Enter")
    await page.locator("#answers button[name=choice]").first.wait_for()
    await page.get_by_role("button", name="اتصلوا بي").first.click()
    await expect(page.locator(".bubble--person")).to_have_count(2)
    async with site.engine.database.transaction() as connection:
        row = (await connection.execute(select(thread_rows.c.id, thread_rows.c.person))).one()
    return row.id, row.person


async def eventually(work: Callable[[], Awaitable[object]]) -> None:
    """The backend hears of a thread when the worker has told it."""
    async with asyncio.timeout(20):
        while True:
            try:
                await work()
            except NotFound:
                await asyncio.sleep(0.1)
            else:
                return


async def test_a_person_answers_in_the_open_chat_and_the_machine_is_silent(site: Running, browser: Browser) -> None:
    async with phone(browser, locale="ar") as page:
        thread, _ = await conversation(page, site)
        database = site.backend.state.databases["trelleborg"]

        async def answers() -> None:
            async with database.transaction() as session:
                await handover.send_words(session, site.clock, JOHAN, thread, "Ja, ta gärna med barnen.")

        await eventually(answers)
        await expect(page.locator(".bubble--staff")).to_have_text("Ja, ta gärna med barnen.")
        await expect(page.locator("#answers button[name=choice]")).to_have_count(0)
        await checked(page)


async def test_how_to_hear_what_is_new_is_four_equal_cards(site: Running, browser: Browser) -> None:
    async with phone(browser, locale="ar") as page:
        _, person = await conversation(page, site)
        database = site.backend.state.databases["trelleborg"]

        async def decides() -> None:
            async with database.transaction() as session:
                note = desk.Note(came=False, waived="illness", complete=True)
                await desk.write_note(session, site.clock, MARIA, person, note)
                await decisions.sign(
                    session, site.clock, MARIA, person, decisions.Draft("bifall", date(2026, 12, 1), kronor=7485)
                )

        await eventually(decides)
        await page.locator(".way").nth(3).wait_for(timeout=20_000)
        assert await page.locator(".way").count() == 4
        await checked(page)
        await page.locator(".way").nth(2).click()  # I read it myself
        await expect(page.locator(".way")).to_have_count(0)
        await page.locator("#log a[href='/s/']").click()
        await expect(page.locator("#code")).to_be_visible()


async def test_one_address_cannot_post_all_day_and_others_are_not_kept_out(
    site: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many at once; then a page that gives back what was written."""
    monkeypatch.setattr("bot.pages.crowd.POSTS", Rate(0.1, 5))

    async def post(address: str) -> Response:
        async with AsyncClient(base_url=site.address, trust_env=False, timeout=20) as client:
            headers = {**FORM, "X-Forwarded-For": address}
            # A form that is none costs nothing but its place in the count.
            return await client.post("/chat/trelleborg/nothing", data={"words": "hej"}, headers=headers)

    answers = [await post("9.9.9.9") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [404] * 5 + [429]
    assert 'value="hej"' in answers[-1].text
    assert (await post("9.9.9.10")).status_code == 404
    assert [(await post("10.0.0.1")).status_code for _ in range(7)] == [404] * 7  # a proxy's own: nobody knows who
