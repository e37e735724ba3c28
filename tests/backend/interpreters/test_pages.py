"""The page an agency answers on: one order, yes or no, once, without signing in."""

import httpx2
import pytest
from fastapi import FastAPI

from backend.contract import Meeting, MeetingStatus
from backend.interpreters import answers, pages
from backend.settings import Settings
from tests.backend.interpreters.agencies import PUBLIC_URL, SECRET, Ordering, Told, a_room, agency
from tests.backend.meetings import Town, slot_at

HALF_PAST_NINE = slot_at("2026-12-01 09:30", 45)


@pytest.fixture
def client(town: Town) -> httpx2.AsyncClient:
    app = FastAPI()
    settings = Settings("production", {}, b"", SECRET, PUBLIC_URL)
    pages.install(app, {"trelleborg": town.database}, settings, town.clock)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=PUBLIC_URL)


async def a_link(town: Town) -> tuple[Ordering, Told, Meeting, str]:
    """The link of the letter that left."""
    town.database.agencies = (agency("orda"), agency("tala"))
    ordering = Ordering(town, {"orda": (told := Told()), "tala": Told()})
    await a_room(town)
    meeting = await town.books(HALF_PAST_NINE, "ti")
    await ordering.sends()
    return ordering, told, meeting, told.said[0][1].answer_at.removeprefix(PUBLIC_URL)


async def test_it_shows_the_order_and_nothing_of_the_person(town: Town, client: httpx2.AsyncClient) -> None:
    _, _, meeting, link = await a_link(town)
    page = await client.get(link)
    for words in ("tigrinja (inte amhariska)", "tisdag 1 december 2026", "09.30–10.15", "telefon", "Ja, tolk kommer"):
        assert words in page.text
    for words in (str(meeting.person), str(meeting.id), "bistånd", "nysamtal"):
        assert words not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


async def test_looking_changes_nothing(town: Town, client: httpx2.AsyncClient) -> None:
    _, _, meeting, link = await a_link(town)
    for _ in range(3):
        await client.get(link)
        await client.head(link)
    assert await town.history(meeting.id) == [("Orda", "asked")]


async def test_yes_is_said_once(town: Town, client: httpx2.AsyncClient) -> None:
    _, _, meeting, link = await a_link(town)
    page = await client.post(link, data={"said": "yes"})
    assert "Ni har svarat ja" in page.text
    assert "<button" not in page.text
    # What is pressed again, on a page that lay open, changes nothing.
    assert "Ni har svarat ja" in (await client.post(link, data={"said": "no"})).text
    assert (await town.meeting(meeting.id)).status == MeetingStatus.BOOKED
    assert len(await town.told()) == 1


async def test_no_asks_the_next(town: Town, client: httpx2.AsyncClient) -> None:
    _, _, meeting, link = await a_link(town)
    assert "Ni har svarat nej" in (await client.post(link, data={"said": "no"})).text
    assert "Ni har svarat nej" in (await client.post(link, data={"said": "yes"})).text
    assert await town.history(meeting.id) == [("Orda", "declined"), ("Tala", "asked")]


async def test_yes_too_late_is_said_and_cancelled_at_once(town: Town, client: httpx2.AsyncClient) -> None:
    ordering, told, meeting, link = await a_link(town)
    town.clock.advance(minutes=61)
    await ordering.goes_on()
    assert "behövs inte längre" in (await client.get(link)).text
    page = await client.post(link, data={"said": "yes"})
    assert "vi har redan gått vidare" in page.text
    await client.post(link, data={"said": "yes"})
    await ordering.sends()
    assert told.kinds == ["order", "cancel", "cancel"]
    assert await town.alerts() == [("interpreter-too-late", (await town.steps(meeting.id))[0].id)]


async def test_a_link_of_another_order_or_municipality_opens_nothing(town: Town, client: httpx2.AsyncClient) -> None:
    _, _, meeting, link = await a_link(town)
    order = (await town.orders())[0].id
    signed = link.rpartition("/")[2]
    svedala = answers.key(SECRET, "svedala", order)
    for wrong in (
        link[:-1] + ("A" if link[-1] != "A" else "B"),
        f"/tolk/trelleborg/{meeting.id}/{signed}",
        f"/tolk/svedala/{order}/{svedala}",
        f"/tolk/trelleborg/{order}/é",
    ):
        for answer in (await client.get(wrong), await client.post(wrong, data={"said": "yes"})):
            assert answer.status_code == 404
            assert "Länken gäller inte" in answer.text
    assert await town.history(meeting.id) == [("Orda", "asked")]


async def test_anything_but_yes_or_no_is_no_answer(town: Town, client: httpx2.AsyncClient) -> None:
    _, _, meeting, link = await a_link(town)
    assert (await client.post(link, data={"said": "perhaps"})).status_code == 422
    assert await town.history(meeting.id) == [("Orda", "asked")]
