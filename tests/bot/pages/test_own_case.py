"""Her whole case on the page: where it stands, what was said and who has looked; and as a file to take home."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from httpx2 import AsyncClient
from playwright.async_api import Browser, expect

from backend import access
from backend.applications import snapshot
from backend.calculation import telling
from backend.cases.desk import Agreed
from backend.contract import CalculationLine, ReadableCalculation
from backend.planning import plans
from backend.safety import service as safety
from bot.text import render, say
from bot.together import Running
from tests.backend.stories import JOHAN, MARIA
from tests.bot.applicant import Applicant
from tests.bot.pages.test_secrets import until
from tests.bot.pages.test_secure import Case, case, checked, opens, reader  # noqa: F401  # fixtures
from tests.bot.site import browser, phone, site  # noqa: F401  # fixtures

A_WEEK = timedelta(days=7)
COUNTED = ReadableCalculation(
    month=date(2026, 12, 1),
    lines=(CalculationLine(group="cost", words="Boende", kronor=6500, reason="Hyran enligt avin."),),
    needs=6500,
    means=0,
    support=6500,
    surplus=0,
    told_on=date(2026, 12, 2),
)
PHRASE = "den blå cykeln är hemma"


async def test_she_reads_her_whole_case_in_her_language(site: Running, browser: Browser, tmp_path: Path) -> None:
    somebody = await case(site)
    await somebody.is_refused(told=True)
    steps = (Agreed(own_words="Ta körkort"),)
    async with somebody.database.transaction() as session:
        plan = plans.Written("work", Agreed(own_words="Ett jobb"), steps, somebody.site.clock().date() + A_WEEK)
        await plans.write(session, site.clock, MARIA, somebody.person, plan)
    async with phone(browser, locale="ar") as page:
        await opens(page, site, await somebody.code())
        await page.locator("a[href='/s/case']").click()
        await expect(page.locator("h1")).to_have_text("ملفك")
        await expect(page.locator("section[aria-labelledby=now]")).to_contain_text("5")
        await expect(page.locator("section[aria-labelledby=earlier] li")).to_have_count(1)
        await page.locator("section[aria-labelledby=decisions] summary").click()
        await expect(page.locator("section[aria-labelledby=decisions] p[lang=sv]").first).to_be_visible()
        await expect(page.locator("section[aria-labelledby=agreed] li").first).to_contain_text("صندوق البطالة")
        await expect(page.locator("section[aria-labelledby=agreed] p[lang=sv]")).to_have_text("Ring Nadia på måndag.")
        await expect(page.locator("section[aria-labelledby=plan] li[lang=sv][dir=ltr]").first).to_have_text(
            "Ta körkort"
        )
        looked = page.locator("section[aria-labelledby=looked]")
        for who in ("A caseworker", "Customer service", "You yourself"):
            await expect(looked).to_contain_text(render(say(who), "ar"))
        for name in (MARIA.name, JOHAN.name):
            await expect(looked).not_to_contain_text(name)
        await page.screenshot(path=tmp_path / "own-case-360.png", full_page=True)
        await checked(page)
        # It is somebody else's telephone: she closes where she is, and whoever goes back finds nothing.
        await page.locator("form[action='/s/close'] button").click()
        await expect(page.locator("#code")).to_be_visible()
        await page.go_back()
        await expect(page.locator("#code")).to_be_visible()
        await expect(page.locator("section[aria-labelledby=decisions]")).to_have_count(0)


async def test_she_takes_home_what_she_said_and_answered(
    site: Running, reader: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def counted(*_: object) -> ReadableCalculation:
        return COUNTED

    monkeypatch.setattr(telling, "readable", counted)
    amina = Applicant(site)
    await amina.applies()
    await amina.writes("ja")
    database = site.backend.state.databases["trelleborg"]
    await until(lambda: _is_told(amina))
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await amina.code()})
    assert (await reader.get("/s/case/home")).status_code == 405  # nothing that fetches ahead takes it out
    answer = await reader.post("/s/case/home", data={"home": "1"})
    assert answer.headers["content-disposition"].startswith('attachment; filename="imorgon-')
    files = zipfile.ZipFile(io.BytesIO(answer.content))
    taken = json.loads(files.read("imorgon.json"))
    told = files.read("imorgon.html").decode()
    assert "hej, behöver hjälp" in [one["text"] for one in taken["messages"]]
    assert "hej, behöver hjälp" in told
    assert "Hur bor du?" in told
    assert {"agreed", "plan"} <= set(taken["case"])
    assert taken["case"]["calculation"]["lines"][0]["words"] == "Boende"
    assert "Hyran enligt avin." in told
    assert "Hyran enligt avin." in (await reader.get("/s/case")).text
    assert [one["kind"] for one in taken["applications"]] == ["new"]
    async with database.transaction() as session:
        why = [one.why for one in await access.log_of(session, await amina.person())]
    assert "läser själv med kod. Tog hem sina uppgifter" in why


async def test_a_decision_she_has_not_been_told_of_is_read_where_it_says_how_to_appeal(
    site: Running, reader: AsyncClient
) -> None:
    somebody = await case(site, "sv")
    await somebody.is_refused(told=False)
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await somebody.code()})
    page = (await reader.get("/s/case")).text
    assert "Avslag" not in page
    assert 'href="/s/read">Läs det som är till dig</a>' in page


async def test_what_is_done_for_her_safety_is_not_told_on_the_page(site: Running, reader: AsyncClient) -> None:
    somebody = await case(site, "sv")
    before = await _looked(somebody, reader)
    async with somebody.database.transaction() as session:
        await safety.agree(session, site.clock, JOHAN, somebody.person, PHRASE)
    async with somebody.database.transaction() as session:
        assert "safety" in [one.what for one in await access.log_of(session, somebody.person)]
    after = await _looked(somebody, reader)
    assert _by_staff(after) - _by_staff(before) == 1  # the new code that was given out, and nothing else


async def _looked(somebody: Case, reader: AsyncClient) -> list[dict[str, str]]:
    given = await somebody.code()
    await reader.post("/s/close", data={"done": "1"})
    await reader.post("/s/", data={"municipality": "trelleborg", "code": given})
    answer = await reader.post("/s/case/home", data={"home": "1"})
    taken = json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("imorgon.json"))
    found: list[dict[str, str]] = taken["case"]["looked"]
    return found


def _by_staff(looked: list[dict[str, str]]) -> int:
    return sum(int(one["times"]) for one in looked if one["who"] == "customer-service")


async def _is_told(amina: Applicant) -> bool:
    """The application has come in."""
    async with amina.site.backend.state.databases["trelleborg"].transaction() as session:
        return await snapshot.has_sent(session, await amina.person())
