"""The checklist at the desk: ticked by hand, warned of, stood by with a reason, made anew; and what waits for it."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.exc import ProgrammingError

from backend.cases import desk
from backend.contract import Vehicle
from backend.controls.models import Control
from tests.backend.staff.case.test_cases import applies, case, met, signs
from tests.backend.staff.desks import Desk, Office, Page
from tests.backend.stories import Applicant

WAITS = "En kontroll skiljer sig från ansökan. Ta ställning till skillnaden under Kontroller först."


async def ticks(maria: Desk, amal: Applicant, name: str, result: str, *differs: str) -> Page:
    fields = {"name": name, "result": result, "key": str(uuid4()), "differs": list(differs)}
    return await maria.presses(f"{case(amal)}/controls", fields)


def line(page: Page, name: str) -> str:
    return page.within(f'aria-labelledby="line-{name}"', "</section>")


async def test_a_difference_is_stood_by_with_a_reason_before_it_is_complete_or_decided(
    office: Office, maria: Desk
) -> None:
    amal = await met(office, maria)
    await applies(office, amal, vehicles=())
    page = await ticks(maria, amal, "bilreg", "differs")
    assert page.status == 422
    assert page.alert == "Kryssa i vad som skiljer sig, eller skriv varför det får vara så."
    page = await ticks(maria, amal, "bilreg", "differs", "not-said")
    assert "Fordon som inte står i ansökan" in page.within('aria-labelledby="differs"', "</section>")
    assert "Skiljer sig" in line(page, "bilreg")
    assert "Gjord för hand, av Maria" in line(page, "bilreg")
    refused = await maria.presses(f"{case(amal)}/complete")
    assert (refused.status, refused.alert) == (409, WAITS)
    assert await signs(maria, amal, kind="bifall", kronor="100") == WAITS
    # Made again it is another control: what was found falls away by nothing but a stand.
    await ticks(maria, amal, "bilreg", "same")
    assert (await maria.presses(f"{case(amal)}/complete")).alert == WAITS
    page = await maria.opens(f"{case(amal)}/controls")
    [control] = page.inputs("control")
    page = await maria.presses(f"{case(amal)}/controls/stand", {"control": control, "because": " "})
    assert page.status == 422
    reason = {"control": control, "because": "Bilen är såld, köpekontrakt sett."}
    page = await maria.presses(f"{case(amal)}/controls/stand", reason)
    assert "Ställning tagen av Maria" in line(page, "bilreg")
    assert (await maria.presses(f"{case(amal)}/complete")).alert == ""
    page = await maria.opens(case(amal))
    assert "BILREG: ställning tagen till skillnaden" in page.text
    assert ("Maria", "control", True) in await office.log(amal)
    async with office.database.transaction() as session:
        with pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
            await session.exec(update(Control).values(result="same"))


async def test_a_new_application_or_a_changed_part_makes_a_control_old(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    await applies(office, amal, vehicles=(), home_persons=2)
    for name in ("kir", "bilreg", "ssbtek"):
        assert "Stämmer" in line(await ticks(maria, amal, name, "same"), name)
    async with office.database.transaction() as session:
        [first] = await desk.applications(session, amal.person)
    await applies(office, amal, vehicles=(Vehicle(kind="car"),), home_persons=2, corrects=first.id)
    page = await maria.opens(f"{case(amal)}/controls")
    assert "Gör om: ansökan är ändrad" in line(page, "bilreg")
    assert "Stämmer" in line(page, "kir")
    assert "Grundutredning" in page.text
    # Glasses beside it change nothing of what was held against the register.
    await applies(office, amal, kind="supplementary", costs=())
    page = await maria.opens(f"{case(amal)}/controls")
    assert "Stämmer" in line(page, "kir")
    assert "Grundutredning" in page.text
    office.backend.clock.advance(days=30)
    await maria.opens(f"{case(amal)}?reason=follow-up")
    await applies(office, amal, kind="recurring", month=date(2027, 1, 1), unchanged=("household", "housing", "assets"))
    page = await maria.opens(f"{case(amal)}/controls")
    assert "Gör om: ansökan är ändrad" in line(page, "kir")
    assert "Grundutredning" not in page.text  # not of somebody known


async def test_nothing_is_asked_where_no_service_is_given_and_nobody_else_makes_controls(
    office: Office, maria: Desk, johan: Desk
) -> None:
    amal = await met(office, maria)
    page = await maria.opens(f"{case(amal)}/controls")
    assert page.actions("/controls/ask") == []
    asked = await maria.presses(f"{case(amal)}/controls/ask", {"name": "kir", "key": str(uuid4())})
    assert asked.status == 404
    assert (await johan.opens(f"{case(amal)}/controls")).status == 403
    page = await maria.presses(f"{case(amal)}/controls/stand", {"control": str(UUID(int=5)), "because": "x"})
    assert page.status == 404
