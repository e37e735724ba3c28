"""The desks somebody has open, and the time this one is open yet."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from backend.staff.seats import sessions
from backend.staff.seats.models import StaffSession
from tests.backend.staff.desks import HERE, Desk, Office


async def used(office: Office, ago: timedelta, began: timedelta | None = None) -> None:
    async with office.database.transaction() as session:
        for row in (await session.exec(select(StaffSession))).all():
            row.seen_at = datetime.now(UTC) - ago
            row.began_at = datetime.now(UTC) - (began or ago)
            session.add(row)


async def test_she_sees_where_she_is_signed_in_and_closes_the_others(office: Office, johan: Desk) -> None:
    assert "inte inloggad någon annanstans" in (await johan.opens("/inbox/desks")).text
    forgotten, sara = await office.at_desk("Johan"), await office.at_desk("Sara")
    page = await johan.opens("/inbox/desks")
    assert page.text.count("använd senast") == 1
    page = await johan.presses("/inbox/desks/close", {"which": "others"})
    assert "inte inloggad någon annanstans" in page.text
    assert "Logga in" in (await forgotten.opens("/inbox")).text
    assert "Sara" in (await sara.opens("/inbox")).text


async def test_she_signs_out_everywhere(office: Office, johan: Desk) -> None:
    other = await office.at_desk("Johan")
    assert "Logga in" in (await johan.presses("/inbox/desks/close", {"which": "all"})).text
    assert "Logga in" in (await other.opens("/inbox")).text
    async with office.database.transaction() as session:
        assert (await session.exec(select(StaffSession))).all() == []


async def test_the_page_asks_how_long_is_left_and_keeps_nothing_open_by_it(office: Office, johan: Desk) -> None:
    await used(office, sessions.IDLE - timedelta(minutes=5))
    for _ in range(2):
        left = (await johan.client.get("/inbox/stay", headers={"X-Live": "1"})).json()
        assert (290 <= left["seconds"] <= 300, left["more"]) == (True, True)
    left = (await johan.client.post("/inbox/stay", headers={"Origin": HERE})).json()
    assert left["seconds"] > sessions.IDLE.total_seconds() - 10


async def test_after_the_longest_time_a_press_gives_no_more(office: Office, johan: Desk) -> None:
    await used(office, timedelta(minutes=3), sessions.LONGEST - timedelta(minutes=5))
    left = (await johan.client.post("/inbox/stay", headers={"Origin": HERE})).json()
    assert (left["seconds"] <= 300, left["more"]) == (True, False)
    await used(office, sessions.IDLE)
    answer = await johan.client.get("/inbox/stay", headers={"X-Live": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
