"""What a person can do, customer service does for her in one place, and the log says that it was for her."""

from uuid import uuid4

from sqlmodel import select

from backend.audit import Access
from backend.cases import contacts
from tests.backend.staff.desks import Desk, Office


async def test_customer_service_does_for_her_what_she_can_do(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    address = f"/inbox/cases/{amal.person}/for-them"
    page = await johan.opens(address)
    assert page.status == 200
    assert "Boka möte" in page.text
    (book,) = page.actions("/for-them/meeting")
    slot = next(at["value"] for tag, at in page.elements if tag == "option")
    key = page.inputs("key")[0]
    page = await johan.presses(book, {"slot": slot, "key": key, "interpreter": "true"})
    assert "Mötet är bokat" in page.text
    meeting = page.inputs("meeting")[0]
    said = {"key": str(uuid4()), "meeting": meeting, "says": "late", "minutes": "15"}
    page = await johan.presses(f"{address}/said", said)
    assert "Den som håller mötet ser det" in page.text
    page = await johan.presses(f"{address}/said", {**said, "key": str(uuid4()), "minutes": "999"})
    assert (page.status, page.location) == (422, "")
    page = await johan.presses(f"{address}/number", {"telephone": "inget"})
    assert (page.status, page.inputs("telephone")) == (422, ["inget"])
    office.backend.clock.advance(minutes=1)
    await johan.presses(f"{address}/number", {"telephone": "070-174 06 13"})
    async with office.database.transaction() as session:
        reached = await contacts.reached(session, amal.person)
        assert reached is not None
        assert reached.ending == "…06 13"
        whys = [row.why for row in (await session.exec(select(Access).where(Access.person == amal.person))).all()]
    for done in ("bokade ett möte", "sa om mötet: blir sen", "gav ett annat nummer"):
        assert any(why.endswith(f"Gjorde åt personen: {done}") for why in whys)
