"""The next month on the page: what she sent last stands in it, she changes what is new, and it is sent as she says."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from playwright.async_api import Browser, Page, expect
from sqlalchemy import text
from sqlmodel import select

from backend import access
from backend.applications import snapshot
from backend.applications.models import Application
from backend.contract import SendApplication
from bot.messages import Choice, Field, Section
from bot.pages import laid_by
from bot.pages.page import draw
from bot.text import say
from bot.together import Running, free_port
from bot.turning import threads
from tests.bot.applicant import Applicant
from tests.bot.pages.test_secrets import hidden, until
from tests.bot.pages.test_secure import checked, opens
from tests.bot.site import browser, phone, site  # noqa: F401  # fixtures
from tests.bot.talker import POLICY

PAGE = "/s/renewal"


@pytest.fixture
async def reader(site: Running) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as client:
        yield client


async def applications(applicant: Applicant) -> list[SendApplication]:
    """What has come in of hers, in order."""
    async with applicant.site.backend.state.databases["trelleborg"].transaction() as session:
        rows = (await session.exec(select(Application).order_by(Application.version))).all()  # type: ignore[arg-type]
        return [snapshot.read(session, row) for row in rows]


async def renews(site: Running, hello: str = "hej, behöver hjälp", yes: str = "ja", later: str = "senare") -> Applicant:
    """Somebody applied for November, and has begun to apply for December where she talks."""
    amina = Applicant(site)
    await amina.applies(hello)
    await amina.writes(yes)

    async def came() -> bool:
        return bool(await applications(amina))

    await until(came)
    await asks(amina, "time")
    await amina.writes("1")
    for word in ("2", later):
        await until(lambda: _is_asked(amina))
        await amina.writes(word)
    await amina.writes("ansök")
    await asks(amina, "which_application")
    await amina.writes("1")
    await asks(amina, "stays_here")
    return amina


async def _is_asked(amina: Applicant) -> bool:
    return bool(await amina.open_question())


async def asks(amina: Applicant, question: str) -> None:
    async def seen() -> bool:
        return await amina.open_question() == question

    try:
        await until(seen)
    except TimeoutError:
        raise AssertionError((await amina.open_question(), (await amina.read())[-6:])) from None


async def test_nothing_has_changed_and_it_is_done_in_a_few_pages(site: Running, browser: Browser) -> None:
    amina = await renews(site, "مرحبا، أحتاج مساعدة", "نعم", "لاحقا")
    async with phone(browser, java_script_enabled=False, locale="ar") as page:
        await opens(page, site, await amina.code())
        await page.locator(f"a[href='{PAGE}']").click()
        await expect(page).to_have_url(f"{site.address}{PAGE}/changed")
        assert await page.locator("html").get_attribute("dir") == "rtl"
        # What she sent last stands there to be read; a secret as answered or left, and never as it was.
        await expect(page.locator("main .card dl")).not_to_have_count(0)
        await page.locator("input[name='f.stays_here'][value='1']").check()
        for _ in range(6):
            if page.url == f"{site.address}{PAGE}":
                break
            await page.locator("form.part .button--main").click()
        await expect(page).to_have_url(f"{site.address}{PAGE}")
        await expect(page.get_by_role("status")).to_be_visible()
    # Where she talks it is read through and confirmed.
    assert (await amina.open_question()).startswith("confirm:")
    await amina.writes("نعم")

    async def came() -> Any:
        return len(await applications(amina)) == 2 or None

    await until(came)
    first, second = await applications(amina)
    assert (second.kind, second.unchanged) == (
        "recurring",
        ("household", "children", "housing", "assets", "reaching"),
    )
    assert (second.costs, second.incomes, second.planning) == (first.costs, first.incomes, first.planning)
    assert second.housing is None
    async with site.backend.state.databases["trelleborg"].transaction() as session:
        looked = [one.why for one in await access.log_of(session, await amina.person())]
    assert "läser själv med kod. Läste vad som står, för att söka igen" in looked


async def test_it_is_read_by_everybody(site: Running, browser: Browser) -> None:
    amina = await renews(site, "مرحبا، أحتاج مساعدة", "نعم", "لاحقا")
    async with phone(browser, locale="ar") as page:
        await opens(page, site, await amina.code())
        await page.goto(f"{site.address}{PAGE}/changed")
        await checked(page)
        # Sent without an answer, it says what is missing.
        await page.locator("form.part .button--main").click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await checked(page)
        await page.locator("input[name='f.stays_here'][value='1']").check()
        await page.locator("input[name='f.changed'][value='2']").check()
        await page.locator("input[name='f.changed'][value='3']").check()
        await page.locator("form.part .button--main").click()
        await expect(page).to_have_url(f"{site.address}{PAGE}/children")
        await page.locator("input[name='f.has_children'][value='1']").check()
        await page.locator("form.part .button--main").click()
        await expect(page.locator("section.item")).to_have_count(1)
        await checked(page)
        await fills(page, {"f.child_name#1": "سارة", "f.child_age#1": "4", "f.child_days#1": "30"})
        await page.locator("input[name='f.child_more#1'][value='2']").check()
        await page.locator("form.part .button--main").click()
        await expect(page).to_have_url(f"{site.address}{PAGE}/housing")
        await checked(page)
        await page.goto(f"{site.address}/s/read")
        await checked(page)


async def fills(page: Page, fields: dict[str, str]) -> None:
    for name, words in fields.items():
        await page.locator(f'[name="{name}"]').fill(words)


async def test_nothing_of_what_she_reads_is_kept_until_she_saves_it(site: Running, reader: AsyncClient) -> None:
    amina = await renews(site)
    before = await kept(amina)
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    await reader.post(f"{PAGE}/changed", data={"f.stays_here": "1", "f.changed": "3"})
    shown = await reader.get(PAGE)
    assert shown.url.path == f"{PAGE}/housing"
    assert "Det här skickade du sist." in shown.text
    assert {*await kept(amina)} - {*before} == {"stays_here", "changed"}
    saved = await reader.post(f"{PAGE}/housing", data={"f.housing": "7"})
    assert saved.url.path == f"{PAGE}/costs"
    assert (await kept(amina))["housing"] == "none"
    # Nobody else's, and nothing without a right.
    async with site.engine.database.reading() as connection:
        assert (await connection.execute(text("select count(*) from inbox where state = 'pending'"))).scalar_one() == 0


async def kept(amina: Applicant) -> dict[str, Any]:
    """The answers of what she has begun, as they are kept."""
    state = await threads.state(amina.site.engine, await amina.thread())
    assert state.run is not None
    return dict(state.run.answers)


async def test_without_a_right_there_is_no_page_and_without_a_new_month_it_says_so(
    site: Running, reader: AsyncClient
) -> None:
    for path in (PAGE, f"{PAGE}/changed"):
        assert (await reader.get(path)).url.path == "/s/"
    assert (await reader.post(f"{PAGE}/changed", data={"f.stays_here": "1"})).url.path == "/s/"
    amina = Applicant(site)
    await amina.applies()
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    assert PAGE not in (await reader.get("/s/read")).text
    assert "Det finns ingen ansökan för en ny månad att fylla i nu." in (await reader.get(PAGE)).text
    assert (await reader.get(f"{PAGE}/anything")).url.path == PAGE


async def test_what_cannot_be_received_is_given_back_to_be_sent_once_more(site: Running, reader: AsyncClient) -> None:
    amina = await renews(site)
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    backend = site.engine.backend
    there, backend._url = backend._url, f"http://127.0.0.1:{free_port()}/api/v1"
    shown = await reader.post(f"{PAGE}/changed", data={"f.stays_here": "1", "f.changed": "3"})
    backend._url = there
    assert shown.status_code == 503
    assert "Vi kan inte ta emot just nu" in shown.text
    assert hidden(shown.text) == {"f.stays_here": "1", "f.changed": "3"}
    await reader.post(f"{PAGE}/changed", data=hidden(shown.text))
    assert (await kept(amina))["stays_here"] is True


async def test_what_she_saves_when_the_time_is_over_is_saved_after_a_new_code_and_by_nobody_else(
    site: Running, reader: AsyncClient
) -> None:
    amina = await renews(site)
    before = await kept(amina)
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    form = hidden((await reader.get(f"{PAGE}/changed")).text) | {"f.stays_here": "1", "f.changed": "3"}
    reader.cookies.clear()
    closed = await reader.post(f"{PAGE}/changed", data=form)
    assert closed.status_code == 403
    sealed = hidden(closed.text)[laid_by.NAME]
    assert "Det du fyllde i finns kvar på den här sidan i en timme." in closed.text
    assert "f.stays_here" not in closed.text
    # A wrong code loses nothing of it.
    wrong = await reader.post("/s/", data={"municipality": "trelleborg", "code": "wrong", laid_by.NAME: sealed})
    assert hidden(wrong.text)[laid_by.NAME] == sealed
    assert await kept(amina) == before
    secret = site.engine.settings.session_secret
    assert laid_by.opened(secret, sealed, uuid4()) is None
    assert laid_by.opened(secret, sealed[:-4], await amina.person()) is None

    given = await reader.post(
        "/s/", data={"municipality": "trelleborg", "code": await amina.code(), laid_by.NAME: sealed}
    )
    assert f'action="{PAGE}/changed"' in given.text
    assert "idle.js" in given.text
    # Somebody else's form, or one that is no form of ours, saves nothing.
    await reader.post(f"{PAGE}/changed", data={laid_by.NAME: "nothing"})
    assert await kept(amina) == before
    onward = await reader.post(f"{PAGE}/changed", data=hidden(given.text))
    assert onward.url.path == f"{PAGE}/housing"
    assert {*await kept(amina)} - {*before} == {"stays_here", "changed"}


async def test_what_she_saves_on_a_page_that_was_locked_is_saved_after_the_same_code(
    site: Running, reader: AsyncClient
) -> None:
    amina = await renews(site)
    code = await amina.code()
    await reader.post("/s/", data={"municipality": "trelleborg", "code": code})
    form = hidden((await reader.get(f"{PAGE}/changed")).text) | {"f.stays_here": "1", "f.changed": "3"}
    await reader.get("/s/lock")
    closed = await reader.post(f"{PAGE}/changed", data=form)
    sealed = hidden(closed.text)[laid_by.NAME]
    given = await reader.post("/s/", data={"municipality": "trelleborg", "code": code, laid_by.NAME: sealed})
    await reader.post(f"{PAGE}/changed", data=hidden(given.text))
    assert (await kept(amina))["stays_here"] is True


async def test_one_who_may_read_reads_only_her_own(site: Running, reader: AsyncClient) -> None:
    amina = await renews(site)
    await amina.writes("ja")
    other = Applicant(site, "another screen")
    await other.writes("hej, behöver hjälp")

    async def known() -> Any:
        async with site.backend.state.databases["trelleborg"].transaction() as session:
            return (await session.exec(text("select count(*) from persons"))).scalar_one() == 2 or None

    await until(known)
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await other.code()})
    assert "Det finns ingen ansökan för en ny månad att fylla i nu." in (await reader.get(PAGE)).text


@pytest.mark.parametrize("key", ["changed", "costs"])
def test_who_has_not_shown_who_she_is_is_asked_in_the_web_chat_and_told_the_way(key: str) -> None:
    asked = Field(
        "changed", say("Has any of this changed since last time?"), "several", (Choice(1, say("Nothing"), "1"),)
    )
    drawn = draw(
        "part.html",
        "sv",
        home="/chat/trelleborg",
        place="Trelleborg",
        place_short="Trelleborg",
        path="/chat/trelleborg",
        policy=POLICY,
        language_path="/chat/trelleborg/language",
        came_from="part",
        post="1",
        at_once=None,
        token="2",  # of a question
        section=Section(key, say("Since last time"), 1, 9, 7, (asked,)),
        groups=[("", [asked])],
        meeting=None,
    )
    assert "Har något av detta ändrats sedan sist?" in drawn
    assert (f'href="{PAGE}"' in drawn) == (key == "changed")
