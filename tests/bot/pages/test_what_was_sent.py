"""What she sent, read by herself with a code: as it was shown, what is sealed only when she asks, and logged."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect

from backend import access
from backend.applications import snapshot
from bot.flows.application import SECTIONS
from bot.text import render, say
from bot.together import Running
from tests.bot.applicant import Applicant
from tests.bot.pages.test_secrets import ACCOUNT, until
from tests.bot.pages.test_secure import checked, opens
from tests.bot.site import browser, phone, site  # noqa: F401  # fixtures


async def test_she_reads_what_she_sent_as_it_was_shown(site: Running, browser: Browser, tmp_path: Path) -> None:
    amina = Applicant(site)
    await amina.applies("مرحبا، أحتاج مساعدة")
    async with phone(browser, locale="ar") as page:
        await opens(page, site, await amina.code())
        await expect(page.get_by_role("link", name="قراءة ما أرسلته")).to_have_count(0)
        await page.goto(f"{site.address}/s/answers/reaching")
        await page.locator('[name="f.account"]').fill(ACCOUNT)
        await page.locator("button.button--main").last.click()
        await expect(page).to_have_url(f"{site.address}/s/answers?told=saved")
        await amina.writes("نعم")

        await until(lambda: _came(amina))
        await page.goto(f"{site.address}/s/read")
        await page.get_by_role("link", name="قراءة ما أرسلته").click()
        await expect(page.locator("h1")).to_have_text("ما أرسلته")
        await expect(page.locator("dl")).not_to_have_count(0)
        await page.screenshot(path=tmp_path / "sent-360.png", full_page=True)
        told = await page.locator("main").inner_text()
        headings = await page.locator("main h2").all_inner_texts()
        assert headings == [render(say(title), "ar") for _, title in SECTIONS]
        for message in ("How do you live?", "Rented flat", "Answered on the page"):
            assert render(say(message), "ar") in told
        assert not set(ACCOUNT.split()) & set(told.split())
        await checked(page)
        # What is secret is opened by the municipality for her, when she asks for it.
        await page.locator("a[href='/s/application/secrets']").click()
        await expect(page.locator("main")).to_contain_text(ACCOUNT)
        await expect(page.locator("a[href='/s/application/secrets']")).to_have_count(0)
        await checked(page)
    async with site.backend.state.databases["trelleborg"].transaction() as session:
        looked = await access.log_of(session, await amina.person())
    why = [one.why for one in looked]
    assert "läser själv med kod. Läste sin ansökan" in why
    assert why.count("läser själv med kod. Läste sina hemliga svar") == 1


async def test_in_swedish_it_stands_in_swedish_and_without_a_right_nothing(site: Running, browser: Browser) -> None:
    amina = Applicant(site)
    await amina.applies("مرحبا، أحتاج مساعدة")
    await amina.writes("نعم")
    await until(lambda: _came(amina))
    async with phone(browser, java_script_enabled=False, locale="sv") as page:
        for path in ("/s/application", "/s/application/secrets"):
            await page.goto(f"{site.address}{path}")
            await expect(page).to_have_url(f"{site.address}/s/")
        await opens(page, site, await amina.code())
        to_swedish = page.locator(".own-language button[lang=sv], .switch__menu button[lang=sv]").first
        async with page.expect_navigation():
            await to_swedish.evaluate("button => button.click()")
        await page.goto(f"{site.address}/s/application")
        await expect(page.locator("h1")).to_have_text("Det du skickade")
        await expect(page.locator("main")).to_contain_text("Hur bor du?")
        await expect(page.locator("main [lang=ar]")).to_have_count(0)
        # She answered nothing under lock, so nothing is offered to be opened.
        await expect(page.locator("a[href='/s/application/secrets']")).to_have_count(0)


async def _came(applicant: Applicant) -> Any:
    """The application has come in."""
    async with applicant.site.backend.state.databases["trelleborg"].transaction() as session:
        return await snapshot.has_sent(session, await applicant.person())
