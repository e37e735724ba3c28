"""The whole site on this machine for tests that browse: both halves and the worker over HTTP, and a real browser.

The backend looks by itself after nothing: a test that needs what is due calls ``look_after``.

Test modules import the fixtures ``site`` and ``browser`` by name.
"""

import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

import backend.migrations
import bot.migrations
from backend import postgres
from bot.together import Home, Running, StoryClock, free_port, running
from tests.backend.meetings import Town
from tests.backend.stories import ENVELOPE_KEY, MONDAY, nothing_by_itself
from tests.conftest import MakeDatabase

SLUGS = ("trelleborg", "svedala")
NOTHING: Mapping[str, str] = {}


def _bot_tables(database: postgres.Database) -> None:
    bot.migrations.migrate(database.owner_url, database.app_role)


def _backend_tables(database: postgres.Database) -> None:
    backend.migrations.migrate(database.owner_url, database.app_role)


@pytest.fixture
async def site(make_database: MakeDatabase) -> AsyncIterator[Running]:
    """Trelleborg with a caseworker and an interpreter into Arabic, at 9.58 on a Monday that stands still."""
    async with served(make_database) as here:
        await staffed(here)
        yield here


async def staffed(here: Running) -> None:
    """A caseworker and an interpreter into Arabic work in Trelleborg."""
    town = Town(here.backend.state.databases["trelleborg"], here.clock)  # type: ignore[arg-type]  # a clock
    await town.has_caseworker()
    await town.has_interpreter("Nour", "ar")


@pytest.fixture
async def alone(make_database: MakeDatabase) -> AsyncIterator[Running]:
    """The same site, and then nothing answers any more where the backend was."""
    async with served(make_database) as here:
        here.engine.backend._url = f"http://127.0.0.1:{free_port()}/api/v1"
        yield here


@pytest.fixture
async def town(make_database: MakeDatabase) -> AsyncIterator[Running]:
    """Both municipalities with the demo's people, at the same moment."""
    async with served(make_database, seeded=True) as here:
        yield here


@asynccontextmanager
async def served(
    make_database: MakeDatabase,
    *,
    seeded: bool = False,
    documents: Path | None = None,
    more: Mapping[str, str] = NOTHING,
) -> AsyncIterator[Running]:
    """The site. ``documents``: the folder for papers, where some are taken; ``more``: what else is set."""
    databases = {slug: make_database("backend", _backend_tables) for slug in SLUGS}
    home = Home(make_database("bot", _bot_tables), databases, _secrets(), documents)
    port, clock = free_port(), StoryClock(frozen=MONDAY)
    with nothing_by_itself():
        async with running(home.environ(port, **more), clock, port, seeded=seeded) as here:
            yield here


def _secrets() -> dict[str, str]:
    made = {"IMORGON_ENVELOPE_KEY": ENVELOPE_KEY, "IMORGON_SESSION_SECRET": secrets.token_urlsafe(48)}
    for slug in SLUGS:
        made[f"IMORGON_BACKEND_TOKEN_{slug.upper()}"] = secrets.token_urlsafe(48)
        made[f"IMORGON_SEAL_KEY_{slug.upper()}"] = json.dumps(ECKey.generate_key("P-256").as_dict(private=True))
    return made


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        await launched.close()


@asynccontextmanager
async def phone(browser: Browser, **options: Any) -> AsyncIterator[Page]:
    """A page on a phone 360 wide; nothing may be written to its console (a refused script, a missing file).

    Pages that say that something is wrong have their status; the browser writes that down too, and may.
    """
    context: BrowserContext = await browser.new_context(
        viewport={"width": 360, "height": 780}, **{"locale": "sv", **options}
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if _complains(message) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    await context.close()
    assert complaints == []


def _complains(message: ConsoleMessage) -> bool:
    return message.type == "error" and not re.search(r"status of (403|422|503)", message.text)


async def unnamed_controls(page: Page) -> list[str]:
    """Controls without a name in Chromium's accessibility tree: there must be none."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Accessibility.getFullAXTree")
    controls = {"button", "link", "textbox", "radio", "checkbox", "combobox", "DisclosureTriangle"}
    return [
        node["role"]["value"]
        for node in tree["nodes"]
        if not node.get("ignored")
        and node.get("role", {}).get("value") in controls
        and not node.get("name", {}).get("value", "").strip()
    ]
