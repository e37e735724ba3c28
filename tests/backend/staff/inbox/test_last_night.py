"""Last night: everybody new on one page, registered by one press, and what was done already is said."""

from datetime import UTC, datetime

from tests.backend.staff.desks import Desk, Office

PAGE = "/inbox/last-night"
FRIDAY, NIGHT = datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 11, 29, 2, tzinfo=UTC)
WORDS = "jag har ingen mat"


async def test_everybody_of_the_night_is_registered_by_one_press(office: Office, johan: Desk) -> None:
    earlier = await office.bot.asks_for_help(FRIDAY, language="so")
    people = [await office.bot.asks_for_help(NIGHT, words=WORDS, language=one) for one in ("ar", "uk")]
    page = await johan.opens("/inbox?queue=new")
    assert PAGE in page.links(PAGE)
    page = await johan.opens(PAGE)
    assert WORDS not in page.source
    assert "arabiska Skrev i går 3.00, sms" in page.text
    ticked = [at["value"] for tag, at in page.elements if tag == "input" and "checked" in at]
    assert set(ticked) == {str(one.receipt.case) for one in people if one.receipt}
    assert earlier.receipt is not None
    assert set(page.inputs("case")) == {*ticked, str(earlier.receipt.case)}

    page = await johan.presses(PAGE, {"case": ticked})

    assert "2 personer är aktualiserade nu" in page.text
    assert page.inputs("case") == [str(earlier.receipt.case)]
    assert page.text.count("av Johan") == 2
    for one in people:
        assert await office.log(one) == [("Johan", "case", True)]
    assert await office.log(earlier) == []

    page = await johan.presses(PAGE, {"case": ticked})

    assert "aktualiserade nu" not in page.text
    assert page.text.count("var redan aktualiserad, av Johan 9.58") == 2
    assert await office.log(people[0]) == [("Johan", "case", True)]
    page = await johan.opens(f"/inbox/cases/{people[0].person}?reason=follow-up")
    assert "Aktualiserad av Johan" in page.text


async def test_nobody_ticked_is_said_and_booking_has_no_such_list(office: Office, johan: Desk, elin: Desk) -> None:
    await office.bot.asks_for_help(NIGHT)
    assert "Inget är gjort" in (await johan.presses(PAGE)).alert
    assert (await elin.opens(PAGE)).status == 403
    assert (await elin.presses(PAGE)).status == 403
