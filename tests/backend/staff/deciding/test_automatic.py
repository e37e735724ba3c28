"""Decided automatically, as a caseworker sees it: why not, that she holds it, and a day's list put in the queue."""

from backend.automatic import routine
from tests.backend.automatic.test_deciding import renews, switch_on
from tests.backend.staff.case.test_cases import case
from tests.backend.staff.desks import Office


async def test_a_caseworker_sees_holds_and_looks_at_what_is_decided_automatically(office: Office) -> None:
    hodan = await renews(office.backend)
    maria = await office.at_desk("Maria")
    decision = f"{case(hodan)}/decision"
    page = await maria.opens(decision)
    assert page.actions("/automatic/hold") == []
    assert "En människa beslutar" not in page.text
    assert "Beslutade automatiskt" not in (await maria.opens("/inbox/board")).text

    switch_on(office.backend)
    page = await maria.opens(decision)
    assert "Inget är annorlunda än månaden före: bifall på 11 070 kr beslutas automatiskt nu." in page.text
    page = await maria.presses(f"{case(hodan)}/automatic/hold")
    assert page.location.endswith("/decision?done=held"), page.text
    page = await maria.opens(decision)
    assert "En människa beslutar för den här personen, enligt Maria" in page.text
    await routine.look_after(office.database, office.backend.clock)
    assert "Inget beslutades automatiskt." in (await maria.opens("/inbox/automatic")).text
    page = await maria.presses(f"{case(hodan)}/automatic/release")
    assert page.location.endswith("/decision?done=released"), page.text

    await routine.look_after(office.database, office.backend.clock)
    page = await maria.opens(decision)
    assert "Automatiskt beslut, ingen människa har skrivit under," in page.text
    assert "En människa beslutar: månaden före beviljades inte i sin helhet av en människa" in page.text
    assert "Bifall, automatiskt." in (await maria.opens(case(hodan))).text
    assert "/inbox/automatic" in (await maria.opens("/inbox/board")).links("/inbox/automatic")
    page = await maria.opens("/inbox/automatic")
    assert page.links("/inbox/cases/") == [decision]
    assert "11 070" not in page.text
    page = await maria.presses("/inbox/automatic/queue", {"day": "2026-11-27"})
    page = await maria.opens(page.location)
    assert "Ligger i kön" in page.text
    assert page.actions("/inbox/automatic/queue") == []
    assert "Beslutat automatiskt: se efter i efterhand" in (await maria.opens("/inbox?queue=waiting")).text
    assert (await maria.opens("/inbox/automatic?day=nar")).status == 422
    assert (await (await office.at_desk("Johan")).opens("/inbox/automatic")).status == 403
