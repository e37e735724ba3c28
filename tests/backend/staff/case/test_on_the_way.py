"""The time line of a case keeps each time its clock ran or stood still, what she could say first, letters, money."""

from uuid import uuid4

from tests.backend.staff.case.test_cases import case, met, signs
from tests.backend.staff.desks import Desk, Office


async def test_the_way_to_a_decision_and_after_it_stands_in_the_case(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    at = case(amal)
    asked = {"papers": ["lease"], "by": "2026-12-08", "key": str(uuid4())}
    comment = {"found_out": "Något.", "until": "2026-12-04", "key": str(uuid4())}
    for path, fields in (("papers", asked), ("complete", {}), ("comments", comment)):
        office.backend.clock.advance(minutes=1)
        assert "done=" in (await maria.presses(f"{at}/{path}", fields)).location, path
    page = await maria.opens(f"{at}/decision")
    said = {"comment": page.inputs("comment")[0], "spoke": "no", "how": "telephone", "answer": "Nej.", "speaks": "no"}
    assert "done=" in (await maria.presses(f"{at}/comments/answer", said)).location
    assert await signs(maria, amal, kind="bifall", kronor="7485") == "?done=signed"
    decision = (await maria.opens(at)).inputs("decision")[0]
    paid = {"decision": decision, "paid": "7485", "paid_on": "2026-12-04", "key": str(uuid4())}
    await maria.presses(f"{at}/payments", paid)
    await maria.presses(f"{at}/letters/decision/{decision}/sent", {"on": f"{office.backend.clock():%Y-%m-%d}"})

    page = await maria.opens(at)

    assert page.text.count("Klockan började gå") == 2  # before the papers, and after
    for words in (
        "Papper begärda till 8 dec Maria. Klockan stannade",
        "Fick yttra sig före beslutet Maria, till och med 4 dec",
        "Yttrandet skrevs in Maria. På telefon",
        "Utbetalning 4 dec: 7 485 kr Maria",
        "Brev skickat: beslut om ekonomiskt bistånd Maria",
    ):
        assert page.text.count(words) == 1, words
