"""Hours lent away, at the desk: seen, lent, taken back, and refused in plain words where something is booked."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.bookings import absences, lending, lists, planning, slots
from backend.bookings import service as bookings
from backend.bookings.seed import resource_id
from backend.calendar import day_in_sweden
from backend.contract import BookMeeting
from tests.backend.meetings import sweden
from tests.backend.staff.desks import Desk, Office

ANN = resource_id("trelleborg", "caseworker", "Ann")
LENT = {"resource": str(ANN), "lent_to": "svedala", "starts": "2026-12-03T13:00", "ends": "2026-12-03T16:00"}


@pytest.fixture
async def anns(both_offices: Office) -> Desk:
    return await both_offices.at_desk("Johan")


async def hears(office: Office) -> None:
    towns = office.backend.app.state.databases
    await lending.carry_out(office.database, towns, office.backend.clock)


async def test_hours_are_lent_seen_there_and_taken_back(both_offices: Office, anns: Desk) -> None:
    page = await anns.opens("/inbox/lending")
    assert "Inga timmar är utlånade." in page.text
    page = await anns.presses("/inbox/lending", LENT)
    assert "Timmarna är utlånade." in page.text
    assert "Ann till Svedala" in page.text
    assert "På väg dit" in page.text
    await hears(both_offices)
    page = await anns.opens("/inbox/lending")
    assert "3 dec 13.00 till 16.00 Utlånade Bokade möten där: 0." in page.text
    anders = await both_offices.at_desk("Anders", "svedala")
    assert "Ann från Trelleborgs kommun 3 dec 13.00 till 16.00" in (await anders.opens("/inbox/lending")).text
    (take_back,) = page.actions("/take-back")
    page = await anns.presses(take_back)
    assert "Tas tillbaka" in page.text
    assert page.actions("/take-back") == []
    await hears(both_offices)
    assert "Inga timmar är utlånade." in (await anns.opens("/inbox/lending")).text
    assert (await anns.presses(take_back)).status == 404


async def test_what_is_in_the_hours_is_said_and_nothing_is_lent(both_offices: Office, anns: Desk) -> None:
    amal = await both_offices.bot.asks_for_help(both_offices.backend.clock())
    meeting = await both_offices.books(amal)
    async with both_offices.database.transaction() as session:
        (planned,) = await lists.of_day(session, day_in_sweden(meeting.start))
    assert planned.caseworker is not None
    hers = {
        **LENT,
        "resource": str(planned.caseworker.id),
        "starts": f"{meeting.start + timedelta(hours=1):%Y-%m-%dT%H:%M}",  # Swedish clocks, in winter
        "ends": f"{meeting.end + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }
    page = await anns.presses("/inbox/lending", hers)
    assert page.status == 409
    assert page.alert.startswith("Det finns ett möte då,")
    assert page.alert.endswith("Flytta det först, eller låna ut andra timmar.")
    assert page.inputs("starts") == [hers["starts"]]
    away = {"resource": str(ANN), "starts": LENT["starts"], "ends": LENT["ends"]}
    await anns.presses("/inbox/absences", away)
    page = await anns.presses("/inbox/lending", LENT)
    assert page.alert.startswith("Det finns en frånvaro då, från torsdag 3 december kl 13.00.")
    (remove,) = (await anns.opens("/inbox/absences")).actions("/remove")
    await anns.presses(remove)
    await anns.presses("/inbox/lending", LENT)
    page = await anns.presses("/inbox/lending", LENT)
    assert page.alert.startswith("Timmar är redan utlånade då, från torsdag 3 december kl 13.00.")
    for wrong in ({"starts": "2026-11-01T13:00"}, {"ends": LENT["starts"]}):
        assert (await anns.presses("/inbox/lending", {**LENT, **wrong})).alert.startswith("Välj timmar som inte")
    assert (await anns.presses("/inbox/lending", {**LENT, "lent_to": "trelleborg"})).status == 422


async def test_hours_with_a_meeting_there_stay_taken_until_it_is_arranged(both_offices: Office, anns: Desk) -> None:
    await anns.presses("/inbox/lending", LENT)
    await hears(both_offices)
    now, start = both_offices.backend.clock, sweden("2026-12-03 13:30")
    async with both_offices.backend.database("svedala").transaction() as session:
        # Nobody else is at work there then: the meeting is Ann's.
        lena, day = resource_id("svedala", "caseworker", "Lena"), timedelta(hours=8)
        await absences.add(session, now, lena, start - day, start + day)
        slot = slots.name(start, planning.length(session, None))
        await bookings.book(session, now, uuid4(), BookMeeting(person=uuid4(), slot=slot, at=now()))
    page = await anns.opens("/inbox/lending")
    assert "Bokade möten där: 1." in page.text
    page = await anns.presses(page.actions("/take-back")[0])
    await hears(both_offices)
    page = await anns.opens("/inbox/lending")
    assert "Bokade möten där: 1. Timmarna är upptagna här tills de är ordnade." in page.text
    page = await anns.presses("/inbox/lending", LENT)
    assert page.alert.startswith("Timmar är redan utlånade då")


async def test_the_same_hours_are_lent_every_week_but_on_closed_days_all_of_them_or_none(
    both_offices: Office, anns: Desk
) -> None:
    weekly = {**LENT, "until": "2027-01-07"}
    page = await anns.presses("/inbox/lending", weekly)
    assert len(page.actions("/take-back")) == 4
    for when in ("3 dec 13.00", "10 dec 13.00", "17 dec 13.00", "7 jan 13.00"):
        assert when in page.text
    page = await anns.presses("/inbox/lending", {**weekly, "starts": "2026-12-10T09:00", "ends": "2026-12-10T14:00"})
    assert page.alert.startswith("Timmar är redan utlånade då, från torsdag 10 december kl 13.00.")
    assert len((await anns.opens("/inbox/lending")).actions("/take-back")) == 4
    for wrong in ("2026-12-02", "2028-01-01", "snart"):
        page = await anns.presses("/inbox/lending", {**weekly, "until": wrong})
        assert page.alert == "Välj en sista dag efter den första, inom ett år."
        assert page.inputs("until") == [wrong]
