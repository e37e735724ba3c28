"""The list for tomorrow: what may lie on a desk in print, and nothing more."""

from backend.calendar import day_in_sweden
from backend.staff import swedish
from tests.backend.staff.desks import Desk, Office


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
