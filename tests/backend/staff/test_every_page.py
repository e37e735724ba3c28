"""What holds for every staff page there is: strict headers, and no press from another site, in old browsers neither."""

import re
from collections.abc import Sequence
from uuid import UUID

import pytest
from fastapi import FastAPI

from backend.staff.desk import TEMPLATES
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
