"""She says on the page that she has read the decision, and reads the month's calculation there."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest
from httpx2 import AsyncClient
from sqlmodel import select

from backend.contract import CalculationLine, ReadableCalculation
from backend.decisions import service
from backend.decisions.models import ReadGrant
from backend.ladder import Level
from bot.pages.secure import calculated
from bot.text import render
from bot.together import Running
from tests.bot.pages.test_secure import Case, case
from tests.bot.site import site  # noqa: F401  # a fixture


@pytest.fixture
async def reader(site: Running) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as client:
        yield client


async def test_she_says_that_she_has_read_and_sees_the_last_day(site: Running, reader: AsyncClient) -> None:
    somebody = await case(site, "sv")
    await somebody.is_refused(told=False)
    shown = await reader.post("/s/", data={"municipality": "trelleborg", "code": await somebody.code()})
    assert "Vill du hellre höra det? Ring oss först." in shown.text
    assert "Du kan överklaga till och med" not in shown.text
    (decision,) = re.findall(r'name="decision" value="(.+?)"', shown.text)
    assert (await reader.post("/s/told", data={"decision": "x"})).status_code == 422
    known = await reader.post("/s/told", data={"decision": decision})
    assert known.url.path == "/s/read"
    assert 'action="/s/told"' not in known.text
    assert "21 december" in known.text


async def test_by_e_identification_only_the_page_that_shows_the_decision_tells(
    site: Running, reader: AsyncClient
) -> None:
    somebody = await case(site, "sv")
    await somebody.is_refused(told=False)
    await reader.post("/s/", data={"municipality": "trelleborg", "code": await somebody.code()})
    async with somebody.database.transaction() as session:
        for grant in (await session.exec(select(ReadGrant))).all():
            grant.level = int(Level.IDENTIFIED)
            session.add(grant)
    for other in ("/s/meeting.ics", "/s/papers", "/s/case"):
        await reader.get(other, follow_redirects=False)
    assert await _told_on(somebody) is None
    shown = await reader.get("/s/read")
    assert "21 december" in shown.text
    assert await _told_on(somebody) == date(2026, 11, 30)


async def _told_on(somebody: Case) -> date | None:
    async with somebody.database.transaction() as session:
        text = await service.latest_text(session, somebody.person)
    assert text is not None
    return text.told_on


def test_a_calculation_is_laid_out_line_by_line_and_says_that_it_is_no_decision() -> None:
    one = ReadableCalculation(
        month=date(2026, 12, 1),
        lines=(
            CalculationLine(group="cost", words="Boende", kronor=6500, reason="Hyran."),
            CalculationLine(group="income", words="Lön", kronor=4000, reason="Efter skatt."),
        ),
        needs=6500,
        means=4000,
        support=2500,
        surplus=0,
        told_on=date(2026, 12, 2),
    )
    shown = calculated(one)
    assert [sum_.replace("\u00a0", " ") for _, _, sum_ in shown.lines] == ["6 500 kr", "−4 000 kr"]
    assert render(shown.month, "sv") == "Det här gäller december. Det är en beräkning, inget beslut."
    assert "2\u00a0500" in render(shown.result, "ar")
    over = calculated(one.model_copy(update={"support": 0, "surplus": 10}))
    assert render(over.result, "sv").startswith("Du har 10")
