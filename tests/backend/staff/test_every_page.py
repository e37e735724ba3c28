"""What holds for every staff page there is: strict headers, and no press from another site, in old browsers neither."""

import re
from collections.abc import Sequence
from uuid import UUID

import pytest
from fastapi import FastAPI

from backend.handover import desk as handover
from backend.staff.desk import _OWN_WORDS, TEMPLATES
from tests.backend.staff.desks import HERE, Desk, Office

ELSEWHERE: Sequence[dict[str, str]] = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": HERE},
    {"Origin": "https://elsewhere.example"},  # a browser of before Fetch Metadata
    {"Origin": "null"},
    {"Referer": f"{HERE}/inbox"},
    {},
)
_STRICT = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
_NO_PAGE = "/inbox/calendars/"  # read by calendar programs, with a key of their own
_LIVE = "/inbox/live"  # never ends, and answers nobody who does not sit at a desk


def routes(app: FastAPI) -> Sequence[tuple[str, str]]:
    """Every method and address under /inbox, with something made up in each place."""
    found = []
    for included in app.router.routes:
        for route in included.effective_candidates() if hasattr(included, "effective_candidates") else ():
            if route.path.startswith("/inbox") and not route.path.startswith(_NO_PAGE):
                address = re.sub(r"\{[^}]*\}", str(UUID(int=7)), route.path)
                found += [(method, address) for method in sorted(route.methods)]
    assert len(found) > 60
    return found


async def test_every_page_has_strict_headers_also_when_it_refuses(office: Office, johan: Desk) -> None:
    for method, address in routes(office.backend.app):
        for desk in (office.desk(), *([johan] if address != _LIVE else [])):
            answer = await desk.client.request(method, address, headers={"Origin": "https://elsewhere.example"})
            held = {name: answer.headers.get(name) for name in _STRICT}
            assert held == _STRICT, (method, address)
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; script-src 'self';"), (method, address)
            assert "unsafe" not in policy
            for word in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
                assert word in policy


async def test_where_no_page_is_it_is_said_in_swedish_under_the_same_headers(office: Office, johan: Desk) -> None:
    for method, address, status, said in (
        ("GET", "/inbox/nowhere", 404, "leder ingenstans"),
        ("POST", "/inbox/nowhere", 404, "leder ingenstans"),
        ("GET", "/inbox/sign-out", 405, "Så går det inte"),
    ):
        answer = await johan.client.request(method, address, headers={"Origin": HERE})
        assert answer.status_code == status
        assert said in answer.text
        assert {name: answer.headers.get(name) for name in _STRICT} == _STRICT
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert (await office.bot.get("nowhere")).headers["content-type"] == "application/problem+json"
    style = await johan.client.get("/static/inbox.css")
    assert style.headers["x-content-type-options"] == "nosniff"


WORDS = "Jag ringer dig i morgon"


async def test_what_she_wrote_is_on_the_page_that_says_that_we_failed_or_refused(
    office: Office, johan: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    amal = await office.asks_for_a_human()
    elsewhere = await johan.presses(f"/inbox/threads/{UUID(int=7)}/messages", {"words": WORDS, "phrase": ""})
    assert (elsewhere.status, WORDS in elsewhere.text) == (404, True)

    async def fails(*_: object, **__: object) -> None:
        raise ValueError(WORDS)

    monkeypatch.setattr(handover, "send_words", fails)
    address = f"/inbox/threads/{amal.thread}/messages"
    failed = await johan.presses(address, {"words": WORDS})
    assert (failed.status, "Något gick fel hos oss" in failed.text) == (500, True)
    assert (failed.actions("/messages"), failed.inputs("words")) == ([address], [WORDS])


def test_every_field_with_room_for_several_lines_is_known_as_own_words() -> None:
    # An address is kept nowhere, and of what is filled in together each section is saved by itself.
    kept_nowhere = {"to", "{{ box.key }}"}
    found = {
        name
        for path in (TEMPLATES / "inbox").glob("*.html")
        for name in re.findall(r'<textarea[^>]*? name="([^"]+)"', path.read_text())
    }
    assert found - kept_nowhere == _OWN_WORDS


OPEN_TO_NUMBERS = re.compile("/inbox(/board|/desks.*|/stay|/sign-.*|/enrol.*|/towns/.*|/live)?")


async def test_a_controller_gets_to_her_numbers_and_to_no_page_of_anybody(office: Office) -> None:
    karin = await office.at_desk("Karin")
    for method, address in routes(office.backend.app):
        if not OPEN_TO_NUMBERS.fullmatch(address):
            answer = await karin.client.request(method, address, headers={"Origin": HERE})
            assert answer.status_code == 403, (method, address)


@pytest.mark.parametrize("headers", ELSEWHERE)
async def test_no_press_anywhere_comes_from_another_site(office: Office, johan: Desk, headers: dict[str, str]) -> None:
    for method, address in routes(office.backend.app):
        if method not in ("GET", "HEAD"):
            answer = await johan.client.request(method, address, headers=headers)
            assert answer.status_code == 403, (method, address)
            assert "kom inte från den här sidan" in answer.text


def test_no_template_needs_more_than_the_policy_gives() -> None:
    for path in (TEMPLATES / "inbox").glob("*.html"):
        source = path.read_text()
        assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:", source), path.name
        for script in re.findall(r"<script[^>]*>", source):
            assert 'src="/static/' in script, path.name
