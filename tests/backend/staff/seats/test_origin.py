"""A write must come from a page of this same site."""

import pytest
from starlette.requests import Request

from backend.staff.seats.origin import from_here

PUBLIC = "https://imorgon.example"


def asked(method: str, **headers: str) -> Request:
    named = [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in {"host": "127.0.0.1:8000", **headers}.items()
    ]
    return Request(
        {"type": "http", "method": method, "scheme": "http", "path": "/inbox", "query_string": b"", "headers": named}
    )


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "none"}, False),
        ({"sec_fetch_site": "cross-site", "origin": "http://127.0.0.1:8000"}, False),
        ({"origin": "http://127.0.0.1:8000"}, True),
        ({"origin": "https://imorgon.example"}, True),
        ({"origin": "http://imorgon.example"}, False),
        ({"origin": "https://elsewhere.example"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
def test_only_our_own_pages_may_write(headers: dict[str, str], allowed: bool) -> None:
    assert from_here(asked("POST", **headers), PUBLIC) is allowed


def test_anybody_may_link_to_a_page() -> None:
    assert from_here(asked("GET", sec_fetch_site="cross-site"), PUBLIC)
