"""The list for tomorrow: what may lie on a desk in print, and nothing more."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from backend.bookings import service as bookings
from backend.bookings import sheets
from backend.calendar import day_in_sweden, moment
from backend.cases import desk
from backend.cases.desk import Note
from backend.municipalities import found
from backend.staff import swedish
from tests.backend.printing.papers import letters, text
from tests.backend.staff.desks import HERE, Desk, Office
from tests.backend.stories import MARIA, application


async def test_the_list_has_hour_first_name_language_interpreter_and_room(
    office: Office, johan: Desk, elin: Desk
) -> None:
    amal = await office.asks_for_a_human()
    await johan.opens(f"/inbox/cases/{amal.person}")
    await johan.presses(f"/inbox/cases/{amal.person}/name", {"first_name": "Amal"})
    meeting = await office.books(amal)
    kim = await office.bot.asks_for_help(office.backend.clock(), language="sv")
    without = await office.books(kim, interpreter=False)
    logged = await office.log(amal)
    page = await johan.opens("/inbox/tomorrow?day=2026-12-01")
    assert "I morgon: tisdag 1 december" in page.text
    assert f"{swedish.hour(meeting.start)} Amal arabiska PRELIMINÄR, svar före" in page.text
    assert "Amal: första svar från en människa, före 13.58" in page.text
    assert "Utskriven 30 november kl 9.58" in page.text
    assert "174 06 12" not in page.source
    theirs = await elin.opens("/inbox/tomorrow?day=2026-12-01")
    assert f"{swedish.hour(meeting.start)} Amal arabiska" in theirs.text
    assert "första svar" not in theirs.text
    assert "Löften" not in theirs.text
    assert await office.log(amal) == logged
    page = await johan.opens(f"/inbox/tomorrow?day={day_in_sweden(without.start)}")
    assert f"{swedish.hour(without.start)} Nummer …06 12 svenska Behövs inte" in page.text


async def test_without_a_day_it_is_the_next_working_day(office: Office, elin: Desk) -> None:
    office.backend.clock.advance(days=4)  # Friday
    page = await elin.opens("/inbox/tomorrow")
    assert "Måndag 7 december" in page.text
    assert "0 möten." in page.text


async def test_papers_missing_and_the_first_visit_stand_on_the_list_of_who_reads_cases(
    office: Office, johan: Desk, elin: Desk
) -> None:
    amal, kim = await office.asks_for_a_human(), await office.bot.asks_for_help(office.backend.clock(), language="sv")
    assert (await office.bot.put(f"applications/{uuid4()}", application(amal))).status_code == 200
    await office.books(amal)
    day = day_in_sweden((await office.books(kim, interpreter=False)).start)
    async with office.database.transaction() as session:
        note = Note(came=True, identity_seen=True)
        await desk.write_note(session, office.backend.clock, MARIA, kim.person, note)
    page = await johan.opens("/inbox/tomorrow?day=2026-12-01")
    assert "Första mötet" in page.text
    assert "Papper saknas: Id, hyresavi, kontoutdrag, hyreskontrakt, lönebesked" in page.text
    assert "1 första möte." in page.text
    page = await johan.opens(f"/inbox/tomorrow?day={day}")
    assert "Uppföljning" in page.text
    assert "Papper saknas: –" in page.text
    theirs = await elin.opens("/inbox/tomorrow?day=2026-12-01")
    assert "Papper" not in theirs.text
    assert "Första" not in theirs.text


async def test_from_three_the_inbox_says_that_the_list_is_ready_and_after_it_what_has_changed(
    office: Office, johan: Desk, elin: Desk
) -> None:
    line, day = "Listan är klar att skriva ut", "2026-12-01"
    amal = await office.asks_for_a_human()
    office.backend.clock.now = datetime(2026, 11, 30, 13, 59, tzinfo=UTC)
    meeting = await office.books(amal)
    assert str(day_in_sweden(meeting.start)) == day
    assert line not in (await johan.opens("/inbox?queue=waiting")).text
    office.backend.clock.advance(minutes=1)
    assert line in (await johan.opens("/inbox?queue=waiting")).text
    theirs = await elin.client.post("/inbox/tomorrow/print", data={"day": day}, headers={"Origin": HERE})
    assert theirs.status_code == 200
    assert line in (await johan.opens("/inbox?queue=waiting")).text  # her paper is another
    made = await johan.client.post("/inbox/tomorrow/print", data={"day": day}, headers={"Origin": HERE})
    assert made.headers["content-type"] == "application/pdf"
    read = letters(text(made.content))
    for words in ("I morgon: tisdag 1 december", "Första mötet", "Papper saknas", "Strimla", "Utskriven 30 november"):
        assert letters(words) in read
    assert "I morgon" not in (await johan.opens("/inbox?queue=waiting")).within('id="list"', "</section>")
    assert "Inget har ändrats sedan dess" in (await johan.opens("/inbox/tomorrow")).text
    new = await office.books(await office.bot.asks_for_help(office.backend.clock()))
    async with office.database.transaction() as session:
        await bookings.cancel_by_staff(session, office.backend.clock, meeting.id)
    assert "Listan är ändrad" in (await johan.opens("/inbox?queue=waiting")).text
    page = await johan.opens("/inbox/tomorrow")
    assert "Utskriven 15.00 av Johan. Sedan dess: 1 ny, 1 borta." in page.text
    assert f"{swedish.hour(new.start)} NY" in page.text
    page = await johan.presses("/inbox/tomorrow/printed", {"day": day})
    assert "Inget har ändrats sedan dess" in page.text


@pytest.mark.parametrize(
    ("day", "hour"),
    [(date(2026, 11, 30), time(15)), (date(2026, 12, 23), None), (date(2026, 12, 25), None)],
)
def test_the_list_is_ready_at_three_or_an_hour_before_it_closes(day: date, hour: time | None) -> None:
    calendar = found()["trelleborg"].calendar
    hours = calendar.opening(day)
    ready = sheets.ready_at(calendar, day)
    assert (ready is None) is (hours is None)
    if hours is not None:
        assert ready == min(moment(day, time(15)), hours[1] - timedelta(hours=1))
        assert hour is None or ready == moment(day, hour)
