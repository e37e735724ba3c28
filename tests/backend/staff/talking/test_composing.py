"""Where staff answer: what arrives, how long it is, what it costs, and the safe way where it may not go."""

from datetime import date

import pytest

from backend.contract import NoticeKind
from backend.municipalities import found
from tests.backend.staff.desks import Desk, Office


async def test_own_words_are_shown_with_length_and_cost_and_nothing_is_sent(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    thread = f"/inbox/threads/{amal.thread}"
    page = await johan.presses(f"{thread}/preview", {"words": "Välkommen! " * 20})
    assert "2 sms, 219 av 306 tecken, 1,00 kr (exempel)" in page.text
    assert await office.told(NoticeKind.STAFF_MESSAGE) == []
    page = await johan.opens(f"{thread}?phrase=come-without-papers")
    assert "1 sms, 23 av 70 tecken, 0,50 kr (exempel)" in page.text


@pytest.mark.parametrize("action", ["preview", "messages"])
async def test_what_may_not_go_there_is_kept_and_the_safe_ways_are_offered(
    office: Office, johan: Desk, action: str
) -> None:
    amal = await office.asks_for_a_human()
    thread, words = f"/inbox/threads/{amal.thread}", "Hur går det med din depression?"
    page = await johan.presses(f"{thread}/{action}", {"words": words})
    assert page.status == 422
    assert "något om hälsa" in page.alert
    assert words in page.within('id="words"', "</textarea>")
    assert [one.partition("=")[2].partition("&")[0] for one in page.links(f"{thread}?phrase=")][:2] == [
        "something-to-read",
        "we-ring",
    ]
    assert await office.told(NoticeKind.STAFF_MESSAGE) == []
    page = await johan.opens(f"{thread}?phrase=something-to-read")
    assert "هناك شيء جديد لك" in page.text


def test_a_price_that_is_an_example_counts_in_the_demo_alone() -> None:
    town, day = found()["trelleborg"], date(2026, 11, 30)
    assert town.sms_price_on(day, examples=False) is None
    price = town.sms_price_on(day, examples=True)
    assert price is not None
    assert price.ore == 50
    assert town.sms_price_on(date(2025, 12, 31), examples=True) is None
