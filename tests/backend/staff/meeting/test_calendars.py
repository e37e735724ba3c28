"""Calendars to follow, at the desk: an address is shown once, made anew, taken back; each role gives out its own."""

import re

import httpx2

from backend.bookings.seed import resource_id
from tests.backend.staff.desks import HERE, Desk, Office, Page

ROOM = resource_id("trelleborg", "place", "Rum 1")


def address(page: Page) -> str:
    (found,) = re.findall(r"https?://[^<]+/inbox/calendars/trelleborg/[\w-]+\.ics", page.source)
    return str(found)


async def follows(office: Office, where: str) -> int:
    """What a calendar program without any sign-in is answered there."""
    transport = httpx2.ASGITransport(app=office.backend.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HERE) as program:
        return (await program.get(where.partition("/inbox")[1] + where.partition("/inbox")[2])).status_code


async def test_an_address_is_shown_once_and_a_new_one_makes_it_worthless(office: Office, johan: Desk) -> None:
    page = await johan.presses(f"/inbox/calendars/{ROOM}/open")
    first = address(page)
    assert "Den visas bara nu." in page.text
    assert await follows(office, first) == 200
    page = await johan.opens("/inbox/calendars")
    assert first not in page.source
    assert "av Johan." in page.text
    second = address(await johan.presses(f"/inbox/calendars/{ROOM}/open"))
    assert (await follows(office, first), await follows(office, second)) == (404, 200)
    page = await johan.presses(f"/inbox/calendars/{ROOM}/close")
    assert "Adressen är stängd." in page.text
    assert re.search(r"stängd [0-9.]+ av Johan", page.text)
    assert await follows(office, second) == 404
    assert (await johan.presses(f"/inbox/calendars/{ROOM}/close")).status == 200  # once more is harmless


async def test_each_gives_out_her_own_and_nobody_elses(office: Office, maria: Desk, johan: Desk, elin: Desk) -> None:
    own, other = (resource_id("trelleborg", "caseworker", name) for name in ("Maria", "Erik"))
    page = await maria.opens("/inbox/calendars")
    assert "Maria Handläggare" in page.text
    assert "Erik" not in page.text
    address(await maria.presses(f"/inbox/calendars/{own}/open"))
    assert (await maria.presses(f"/inbox/calendars/{other}/open")).status == 403
    assert (await johan.presses(f"/inbox/calendars/{own}/close")).status == 403
    page = await elin.opens("/inbox/calendars")
    assert "Tolk" in page.text
    assert "Rum 1" not in page.text
    (first, *_) = page.actions("/open")
    address(await elin.presses(first))
    assert (await elin.presses(f"/inbox/calendars/{ROOM}/open")).status == 403
    # The way there stands on a page each of them has.
    for desk, place in ((maria, "absences"), (johan, "absences"), (elin, "interpreters")):
        assert (await desk.opens(f"/inbox/{place}")).links("/inbox/calendars")
