"""The demo as a newcomer meets it: started by its command, used in browsers, stopped, killed, started again."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

from bot.text import render, say
from bot.together import HOST, free_port
from tests.conftest import memory

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0
"""Seconds until the demo answers, on a busy machine."""

PHONE, DESK = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=900)
SECRET = "min katt heter Svartsolvinden"
"""Words nobody else writes, to look for where they must not stand."""


HOUR = re.compile(r"\d{1,2}[.:]\d\d")


@dataclass
class Demo:
    """The command ``imorgon demo`` on a folder of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "demo.log").read_text("utf-8", "replace")

    def start(self) -> None:
        settings = {"IMORGON_DATA_DIR": str(self.folder / "data"), "IMORGON_PUBLIC_URL": self.address}
        with (self.folder / "demo.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "demo"], cwd=ROOT, env={**os.environ, **settings}, stdout=log, stderr=log
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, f"the demo does not answer:\n{self.log}"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.address}/readyz", timeout=5, trust_env=False).status_code == 200
        except httpx2.TransportError:
            return False

    def stop(self) -> None:
        """Ctrl-C; nothing of it is left, its PostgreSQL neither."""
        assert self.process is not None
        children = _children(self.process.pid)
        assert children, "PostgreSQL runs beside us"
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(60) == 0, self.log
        assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
        assert not self._answers()

    def kill(self) -> None:
        """Kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


@pytest.fixture
def demo() -> Iterator[Demo]:
    folder = Path(tempfile.mkdtemp(prefix="imorgon-demo-", dir=memory()))
    folder.chmod(0o711)  # as root, the database's own user must pass through
    demo = Demo(folder)
    demo.start()
    yield demo
    if demo.process is not None and demo.process.poll() is None:
        demo.kill()
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Street:
    """Everybody's browsers, and what went wrong in them."""

    browser: Browser
    demo: Demo
    wrong: list[str] = field(default_factory=list)

    def somebody(self, viewport: ViewportSize, language: str = "sv-SE") -> Page:
        context = self.browser.new_context(viewport=viewport, locale=language)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("response", lambda came: self.wrong.append(f"{came.status} {came.url}") if came.status > 399 else None)
        page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        return page


@pytest.fixture
def street(demo: Demo, chromium: str) -> Iterator[Street]:
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        # No sandbox: the tests may run as root, and open our own pages only.
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield Street(launched, demo)
        launched.close()
    expect.set_options(timeout=5_000)


def fits(page: Page, shots: Path, name: str) -> None:
    """Nothing is wider than the screen; and a picture to look at."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=shots / f"{name}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {width} is too wide"


def says(page: Page, words: str) -> None:
    page.locator("#words").fill(words)
    page.locator(".compose__send").click()


def offered(page: Page) -> Locator:
    return page.locator("#answers button")


@pytest.mark.unmeasured
def test_the_demo_is_started_used_and_stopped(street: Street, tmp_path: Path) -> None:
    demo = street.demo
    kim = gets_a_time(street, tmp_path)
    amal_gets_a_time_in_arabic(street, tmp_path)
    is_helped_by_a_human(street, kim, tmp_path)
    writes_by_telephone(street, tmp_path)
    assert street.wrong == []

    there = kim.url
    kim.goto("about:blank")
    demo.stop()
    demo.start()
    kim.goto(there)
    expect(kim.locator("#log")).to_contain_text(SECRET)
    expect(kim.locator("#log")).to_contain_text("Det ordnar sig")
    kim.goto("about:blank")
    demo.kill()
    demo.start()
    kim.goto(there)
    expect(kim.locator("#log")).to_contain_text(SECRET)
    demo.stop()
    assert SECRET not in demo.log
    assert "Traceback" not in demo.log


def gets_a_time(street: Street, shots: Path) -> Page:
    """A phone in Swedish: from the start page to a booked time."""
    kim = street.somebody(PHONE)
    kim.goto(street.demo.address)
    fits(kim, shots, "start")
    kim.get_by_role("link", name="Ask for help in Trelleborg").click()
    fits(kim, shots, "hello")
    says(kim, "hej jag behöver hjälp")
    offered(kim).filter(has_text="Boka möte").click()
    offered(kim).filter(has_text=HOUR).first.click()
    expect(kim.locator("#log")).to_contain_text("Ta med id om du har")
    says(kim, SECRET)
    expect(kim.locator("#log .bubble--person").last).to_contain_text(SECRET)
    fits(kim, shots, "chat")
    return kim


def amal_gets_a_time_in_arabic(street: Street, shots: Path) -> None:
    amal = street.somebody(DESK, "ar")
    amal.goto(f"{street.demo.address}/chat/trelleborg")
    assert amal.evaluate("document.documentElement.dir") == "rtl"
    says(amal, "السلام عليكم، أحتاج مساعدة")
    offered(amal).filter(has_text=render(say("Book"), "ar")).click()
    offered(amal).filter(has_text=HOUR).first.click()
    expect(amal.locator(".timecard").first).to_be_visible()
    fits(amal, shots, "chat-ar")
    amal.set_viewport_size(PHONE)
    fits(amal, shots, "chat-ar")


def is_helped_by_a_human(street: Street, kim: Page, shots: Path) -> None:
    """Kim asks for a human; customer service sees it come, answers, and gives the conversation back."""
    johan = street.somebody(DESK)
    johan.goto(f"{street.demo.address}/inbox")
    johan.get_by_role("region", name="Trelleborg").get_by_role("button", name="Johan").click()
    johan.get_by_role("link", name="Väntar").click()
    johan.wait_for_url("**queue=waiting")
    rows = johan.locator("#list .row")
    before = rows.count()
    says(kim, "RING")
    expect(rows).to_have_count(before + 1)
    # What is done in the case, and not in the conversation, leads there.
    # The list moves as time goes: its places are read once, and each is opened by its address.
    talks = johan.locator('#list .row a[href*="/threads/"]').evaluate_all("links => links.map(link => link.href)")
    for talk in talks:
        johan.goto(talk)
        if SECRET in johan.locator("#talk").inner_text():
            break
    expect(johan.locator("#talk")).to_contain_text(SECRET)
    fits(johan, shots, "thread")
    johan.get_by_role("button", name="Ta över").click()
    expect(johan.get_by_role("button", name="Ge till automaten")).to_be_visible()
    johan.get_by_role("link", name="Egna ord").click()
    johan.get_by_label("Egna ord").fill("Det ordnar sig. Jag ringer dig om en kvart.")
    johan.get_by_role("button", name="Skicka").click()
    expect(kim.locator("#log")).to_contain_text("Det ordnar sig")
    expect(johan.locator("#talk")).to_contain_text("Det ordnar sig")
    says(kim, "tack så mycket")
    expect(johan.locator("#talk")).to_contain_text("tack så mycket")
    johan.get_by_role("button", name="Ge till automaten").click()
    expect(johan.get_by_role("button", name="Ta över")).to_be_visible()
    johan.set_viewport_size(PHONE)
    fits(johan, shots, "thread")


def writes_by_telephone(street: Street, shots: Path) -> None:
    page = street.somebody(DESK, "en")
    page.goto(f"{street.demo.address}/demo")
    page.get_by_label("Message").fill("hej behöver hjälp med pengar")
    page.get_by_role("button", name="Send the text").click()
    for _ in range(100):
        if page.locator(".bubble--bot").count():
            break
        page.wait_for_timeout(300)
        page.reload()
    expect(page.locator(".bubble--bot").first).to_contain_text("1 Boka")
    fits(page, shots, "telephone")
