"""One of the staff who works in two municipalities: both desks in one browser, and never somebody else's."""

import re

from sqlmodel import select

from backend.staff.seats import sessions
from backend.staff.seats.models import StaffMember, StaffSession
from tests.backend.staff.desks import Desk, Office, member_id

THERE = "/inbox/towns/svedala"


async def signs_in_also(desk: Desk, name: str = "Anders") -> None:
    """Sign in to Svedala from her desk in Trelleborg."""
    page = await desk.presses(THERE)
    assert "Svedala kommun" in page.text
    await desk.signs_in(name, "svedala")


async def test_from_one_desk_to_the_other_with_one_press_and_what_waits_there(both_offices: Office) -> None:
    office = both_offices
    johan = await office.at_desk("Johan")
    assert "Logga in i Svedala kommun också" in (await johan.opens("/inbox/desks")).text
    assert "Andra kommuner" not in (await johan.opens("/inbox")).text
    await signs_in_also(johan)
    await office.asks_for_a_human()
    here = await johan.opens("/inbox")
    assert "Anders" in here.within('class="who"', "</p>")
    assert "Trelleborgs kommun: 1 väntar" in here.text
    back = await johan.presses("/inbox/towns/trelleborg")
    assert "Johan" in back.within('class="who"', "</p>")
    assert "Svedala kommun: 0 väntar" in back.text
    # Whatever she is there is checked there: a caseworker of Svedala's has no calendar of Trelleborg's.
    there = await johan.presses(THERE)
    assert "Anders" in there.within('class="who"', "</p>")


async def test_the_role_there_is_the_one_she_has_there_and_who_was_removed_there_is_out(
    both_offices: Office,
) -> None:
    office = both_offices
    elin = await office.at_desk("Elin")
    await signs_in_also(elin, "Lena")
    assert (await elin.opens("/inbox/cases")).status == 200, "a caseworker in Svedala"
    assert (await elin.presses("/inbox/towns/trelleborg")).status == 200
    assert (await elin.opens("/inbox/cases")).status == 403, "interpreter booking in Trelleborg"
    async with office.backend.database("svedala").transaction() as session:
        lena = await session.get_one(StaffMember, member_id("svedala", "Lena"))
        lena.left_at = office.backend.clock()
        session.add(lena)
    page = await elin.presses(THERE)
    assert "Lena" not in page.within('class="who"', "</p>")
    assert "Logga in" in page.text


async def test_signing_in_on_the_ordinary_page_leaves_nobody_elses_desk_behind(both_offices: Office) -> None:
    office = both_offices
    desk = await office.at_desk("Johan")
    await desk.signs_in("Anders", "svedala")
    page = await desk.presses("/inbox/towns/trelleborg")
    assert "Johan" not in page.within('class="who"', "</p>")
    async with office.database.transaction() as session:
        assert await sessions.of_member(session, member_id("trelleborg", "Johan")) == []


async def test_what_is_pressed_on_a_page_of_the_other_desk_is_done_nowhere(both_offices: Office) -> None:
    office = both_offices
    johan = await office.at_desk("Johan")
    before = (await johan.opens("/inbox/cases")).source
    (desk,) = re.findall('data-desk="([^"]+)"', before)
    await signs_in_also(johan)
    somebody = {"first_name": "Amal", "language": "ar", "where": "room"}
    page = await johan.presses("/inbox/cases/start", {**somebody, "desk": desk})
    assert (page.status, "hör till ett annat skrivbord" in page.text) == (409, True)
    assert "Amal" not in (await johan.opens("/inbox/cases")).text
    assert (await johan.presses("/inbox/towns/trelleborg")).status == 200
    assert (await johan.presses("/inbox/cases/start", {**somebody, "desk": desk})).status == 200


async def test_signing_out_closes_both(both_offices: Office) -> None:
    office = both_offices
    johan = await office.at_desk("Johan")
    await signs_in_also(johan)
    await johan.presses("/inbox/sign-out")
    for slug in ("trelleborg", "svedala"):
        async with office.backend.database(slug).transaction() as session:
            assert (await session.exec(select(StaffSession))).all() == []
    assert (await johan.presses(THERE)).status == 200
    assert "Logga in" in (await johan.opens("/inbox")).text


async def test_where_there_is_one_municipality_nothing_of_another_is_said(office: Office) -> None:
    johan = await office.at_desk("Johan")
    assert "annan kommun?" not in (await johan.opens("/inbox/desks")).text
    assert (await johan.presses(THERE)).status == 404
