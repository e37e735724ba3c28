"""She comments on the page, without a script: in her own words, kept when the time is over or the backend is away."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

from collections.abc import AsyncIterator
from datetime import date

import pytest
from httpx2 import AsyncClient

from backend.decisions import comments, written
from backend.decisions.written import Written
from bot.pages import laid_by
from bot.pages.secure import COMMENT
from bot.together import Running, free_port
from tests.backend.stories import MARIA
from tests.bot.pages.test_secrets import hidden
from tests.bot.pages.test_secure import Case, case
from tests.bot.site import site  # noqa: F401  # a fixture

LINE = "Det var för oktober."
WORDS = "Det var för oktober.\nOch är slut."


@pytest.fixture
async def reader(site: Running) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False, timeout=20) as client:
        yield client


async def asked(site: Running) -> Case:
    somebody = await case(site, "sv")
    async with somebody.database.transaction() as session:
        words, until = "Försäkringskassan har betalat.", date(2026, 12, 4)
        await comments.ask(session, site.clock, MARIA, somebody.person, words, until=until)
    return somebody


async def said(somebody: Case) -> list[Written]:
    async with somebody.database.transaction() as session:
        return list(await written.of_person(session, somebody.person))


async def opens(reader: AsyncClient, somebody: Case, **more: str) -> str:
    data = {"municipality": "trelleborg", "code": await somebody.code(), **more}
    return (await reader.post("/s/", data=data)).text


async def test_she_writes_adds_and_has_nothing_more_to_add(site: Running, reader: AsyncClient) -> None:
    somebody = await asked(site)
    form = _form(await opens(reader, somebody))
    empty = await reader.post(COMMENT, data=form | {"words": " ", "say": "words"})
    assert (empty.status_code, "Skriv först vad du vill säga" in empty.text) == (422, True)
    both = await reader.post(COMMENT, data=form | {"words": WORDS, "say": "nothing", "speak": "1"})
    assert (both.status_code, WORDS in both.text, " checked" in both.text) == (422, True, True)
    assert await said(somebody) == []
    once = form | {"words": WORDS.replace("\n", "\r\n"), "say": "words"}
    await reader.post(COMMENT, data=once)
    sent = await reader.post(COMMENT, data=once)
    assert "Vi har fått ditt svar, och väger in det innan vi beslutar." in sent.text
    assert "Och är slut." in sent.text
    await reader.post(COMMENT, data=form | {"words": "Mer.", "say": "words", "speak": "1"})
    assert {(one.words, one.wants_to_speak) for one in await said(somebody)} == {("Mer.", True), (WORDS, False)}
    assert (await reader.post(COMMENT, data={**form, "comment": "x", "words": "y"})).status_code == 422


async def test_what_she_typed_outlives_her_right_and_the_backend(site: Running, reader: AsyncClient) -> None:
    somebody = await asked(site)
    form = _form(await opens(reader, somebody)) | {"words": LINE, "say": "words"}
    backend = site.engine.backend
    there, backend._url = backend._url, f"http://127.0.0.1:{free_port()}/api/v1"
    away = await reader.post(COMMENT, data=form)
    backend._url = there
    assert (away.status_code, hidden(away.text)["words"]) == (503, LINE)
    reader.cookies.clear()
    closed = await reader.post(COMMENT, data=form)
    assert (closed.status_code, "oktober" in closed.text) == (403, False)
    given = await opens(reader, somebody, **{laid_by.NAME: hidden(closed.text)[laid_by.NAME]})
    assert f'action="{COMMENT}"' in given
    assert "Vi har fått ditt svar" in (await reader.post(COMMENT, data=hidden(given))).text
    assert [one.words for one in await said(somebody)] == [LINE]


def _form(shown: str) -> dict[str, str]:
    return {name: value for name, value in hidden(shown).items() if name in ("whose", "press", "comment")}
