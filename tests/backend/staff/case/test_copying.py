"""The copy-out view: in the municipality's order, marked for whoever copied, and secrets behind their opening."""

from tests.backend.applications.test_snapshot import sealed
from tests.backend.staff.case.test_cases import applies, case, met
from tests.backend.staff.desks import Desk, Office, Page


def marked(page: Page) -> list[str]:
    rows = [at for tag, at in page.elements if tag == "li" and "copy--done" in at.get("class", "")]
    return [row["data-field"] for row in rows]


async def test_what_is_copied_is_marked_for_her_alone_and_stays(office: Office, maria: Desk, johan: Desk) -> None:
    amal = await met(office, maria)
    await applies(office, amal, housing="rental", rooms=2, home_persons=1)
    page = await maria.opens(f"{case(amal)}/copy-out")
    assert "För över till Procapita" in page.text
    assert "Ordningen är ett exempel och inte kontrollerad" in page.text
    assert "Boendeform Hyresrätt" in page.text
    keys = [at["data-key"] for tag, at in page.elements if tag == "li" and "data-key" in at]
    assert len(keys) == len(set(keys)) > 5
    assert marked(page) == []
    [address] = set(page.actions("/copied"))
    page = await maria.presses(address, {"field": "housingForm", "done": "yes", "system": "procapita"})
    assert marked(page) == ["housingForm"]
    quiet = await maria.presses(address, {"field": "rooms", "done": "yes"}, **{"X-Quiet": "1"})
    assert quiet.status == 204
    assert set(marked(await maria.opens(f"{case(amal)}/copy-out?system=lifecare"))) == {"housingForm", "rooms"}
    page = await maria.presses(address, {"field": "housingForm", "done": "no", "system": "procapita"})
    assert marked(page) == ["rooms"]
    assert (await maria.presses(address, {"field": "no such", "done": "yes"})).status == 404
    await johan.opens(f"{case(amal)}?reason=at-the-counter")
    assert marked(await johan.opens(f"{case(amal)}/copy-out")) == []


async def test_another_persons_application_is_not_marked_here(office: Office, maria: Desk) -> None:
    amal, bo = await met(office, maria), await office.bot.asks_for_help(office.backend.clock())
    await applies(office, amal, rooms=2)
    await applies(office, bo, rooms=2)
    page = await maria.opens(f"{case(amal)}/copy-out")
    [address] = set(page.actions("/copied"))
    await maria.opens(f"{case(bo)}?reason=follow-up")
    stranger = address.replace(str(amal.person), str(bo.person))
    assert (await maria.presses(stranger, {"field": "rooms", "done": "yes"})).status == 404


async def test_a_secret_is_copied_only_once_it_is_opened(office: Office, maria: Desk, johan: Desk) -> None:
    amal = await met(office, maria)
    await applies(office, amal, rooms=2, sealed=(sealed(amal, "account", "1234-5 678 901"),))
    page = await maria.opens(f"{case(amal)}/copy-out")
    assert "Konto för utbetalning" in page.text
    assert "1234-5 678 901" not in page.source
    [address] = page.actions("/copy-secret")
    await johan.opens(f"{case(amal)}?reason=at-the-counter")
    assert (await johan.opens(f"{case(amal)}/copy-out")).actions("/copy-secret") == []
    assert (await johan.presses(address, {"question": "account"})).status == 403
    page = await maria.presses(address, {"question": "account", "system": "procapita"})
    assert "1234-5 678 901" in page.text
    assert "1234-5 678 901" not in (await maria.opens(f"{case(amal)}/copy-out")).source
    assert ("Maria", "sealed", True) in await office.log(amal)
