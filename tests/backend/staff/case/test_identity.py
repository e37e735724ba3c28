"""Who somebody is, on the page of her case: a step raised and taken back, a number written down, shown, found twice."""

from tests.backend.identity.test_numbers import PERSONNUMMER
from tests.backend.staff.case.test_cases import case
from tests.backend.staff.desks import Desk, Office, Page

HERS = PERSONNUMMER[20]
SHOWN = f"{HERS[:8]}-{HERS[8:]}"


def box(page: Page) -> str:
    return page.within('aria-labelledby="identity"', "</section>")


async def test_customer_service_sees_id_and_it_says_who_and_when_and_can_be_taken_back(
    office: Office, johan: Desk
) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens(f"{case(amal)}?reason=at-the-counter")
    assert "Steg 0 av 4: okänd." in box(page)
    assert "Inget nummer antecknat. Det behövs inte." in box(page)
    assert (await johan.presses(f"{case(amal)}/seen", {})).location.endswith("?done=seen")
    page = await johan.opens(case(amal))
    assert "Steg 3 av 4: id sett." in box(page)
    assert "Id sett 9.58, Johan" in box(page)
    assert (await johan.presses(f"{case(amal)}/seen/undo", {})).location.endswith("?done=unseen")
    page = await johan.opens(case(amal))
    assert "Steg 0 av 4: okänd." in box(page)
    assert "Id sett 9.58, Johan. Gäller inte längre: togs tillbaka 9.58, Johan" in box(page)


async def test_a_number_is_written_down_and_shown_to_who_asks_and_it_is_logged(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await johan.opens(f"{case(amal)}?reason=at-the-counter")
    await johan.presses(f"{case(amal)}/number", {"number": SHOWN[2:], "seen": "yes"})
    page = await johan.opens(case(amal))
    assert "Personnummer, sett 9.58, Johan." in box(page)
    assert HERS[2:8] not in page.source
    assert SHOWN in box(await johan.presses(f"{case(amal)}/number/open", {}))
    looked = await johan.opens(f"{case(amal)}/looked")
    assert "Personnummer antecknat, sett" in looked.text
    assert "Läste numret" in looked.text
    assert HERS[2:8] not in looked.source


async def test_what_is_no_number_is_said_and_not_repeated(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await johan.opens(f"{case(amal)}?reason=at-the-counter")
    page = await johan.presses(f"{case(amal)}/number", {"number": "19900101"})
    assert "Ett LMA-nummer skrivs med streck: 12-345678." in page.text
    assert "19900101" not in page.source


async def test_an_lma_card_says_whose_matter_she_is_and_that_she_may_apply(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens(f"{case(amal)}?reason=at-the-counter")
    assert "Migrationsverket" not in box(page)
    await johan.presses(f"{case(amal)}/number", {"number": "12-345678", "seen": "yes"})
    page = await johan.opens(case(amal))
    assert "LMA-nummer, sett 9.58, Johan." in box(page)
    assert "Migrationsverket svarar för dagersättning" in box(page)
    assert "ingen nekas att ansöka" in box(page)


async def test_who_has_no_number_is_not_asked_again(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await johan.opens(f"{case(amal)}?reason=at-the-counter")
    await johan.presses(f"{case(amal)}/number/none", {})
    page = await johan.opens(case(amal))
    assert "Inget nummer 9.58, Johan." in box(page)
    assert "Visa numret" not in page.text
    page = await johan.presses(f"{case(amal)}/number/open", {})
    assert "Inget nummer är antecknat." in page.text


async def test_the_same_number_leads_to_the_other_person(office: Office, johan: Desk) -> None:
    amal, other = await office.asks_for_a_human(), await office.asks_for_a_human()
    for one in (amal, other):
        await johan.opens(f"{case(one)}?reason=at-the-counter")
        await johan.presses(f"{case(one)}/number", {"number": HERS, "seen": "yes"})
    page = await johan.opens(case(amal))
    assert "Är det samma person?" in box(page)
    assert case(other) in page.links(case(other))
