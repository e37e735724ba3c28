"""Beside the decision form: what is beyond the delegation list is put forward, and signed by somebody who may."""

from datetime import date

from backend.contract import Cost
from backend.decisions import service as decisions
from backend.staff.seats.models import StaffMember
from tests.backend.staff.case.test_cases import applies, case, met, signs
from tests.backend.staff.deciding.test_calculating import ALONE, form
from tests.backend.staff.desks import Desk, Office, member_id
from tests.backend.stories import Applicant

MUCH = {"kind": "bifall", "month": "2026-12", "kronor": "30000", "own_words": "Enligt överenskommelsen."}


async def waits(desk: Desk, queue: str) -> int:
    """How many lines a list of the inbox has."""
    page = await desk.opens(f"/inbox?queue={queue}")
    return len(page.links("/inbox/cases/"))


async def heads(office: Office, name: str) -> Desk:
    """Somebody who signs as head of the unit."""
    async with office.database.transaction() as session:
        member = await session.get(StaffMember, member_id("trelleborg", name))
        assert member is not None
        member.signs_as = "head"
        session.add(member)
    return await office.at_desk(name)


async def test_what_is_beyond_her_is_put_forward_and_signed_by_who_may(office: Office, maria: Desk) -> None:
    amal: Applicant = await met(office, maria, complete="yes")
    page = await maria.presses(f"{case(amal)}/decision/preview", MUCH)
    assert "Enligt delegationsordningen (påhittat exempel) skriver förste handläggare under." in page.text
    assert page.actions("/decision") == []
    page = await maria.presses(f"{case(amal)}/decision", MUCH)
    assert page.status == 403
    assert "Lägg fram det för beslut" in page.alert
    page = await maria.presses(f"{case(amal)}/decision/put-forward", MUCH)
    assert page.location.endswith("/decision?done=forward"), page.text
    assert await waits(maria, "to-sign") == 1

    erik = await heads(office, "Erik")
    page = await erik.opens(f"{case(amal)}/decision")
    assert "Maria lade fram det här" in page.text
    assert page.inputs("kronor")[0] == "30000"
    page = await erik.presses(f"{case(amal)}/decision/preview", MUCH)
    assert page.inputs("kronor")[0] == "30000"
    page = await erik.presses(f"{case(amal)}/decision", MUCH)
    assert page.location.endswith("?done=signed"), page.text
    assert await waits(erik, "to-sign") == 0
    page = await erik.opens(f"{case(amal)}/decision")
    assert "12 kap. 1 § socialtjänstlagen (2025:400)" in page.text


async def test_what_is_put_forward_is_closed_by_no_press_and_taken_back_in_the_case(
    office: Office, maria: Desk
) -> None:
    amal = await met(office, maria, complete="yes")
    page = await maria.presses(f"{case(amal)}/decision/put-forward", MUCH)
    proposal = page.inputs("proposal")[0]
    (task,) = dict.fromkeys((await maria.opens("/inbox?queue=to-sign")).links("/inbox/tasks/"))
    assert "Stäng uppgiften" not in (await maria.opens(task)).text
    page = await maria.presses(f"{task}/close", {"because": "done"})
    assert (page.status, page.alert.startswith("Uppgiften stängs när")) == (409, True)
    page = await maria.presses(f"/inbox/threads/{amal.thread}/tasks/{task.rpartition('/')[2]}/done")
    assert page.status == 409
    assert await waits(maria, "to-sign") == 1
    page = await maria.presses(f"{case(amal)}/decision/take-back", {"proposal": proposal})
    assert page.location.endswith("?done=not-forward"), page.text
    assert await waits(maria, "to-sign") == 0
    assert (await maria.presses(f"{case(amal)}/decision/take-back", {"proposal": proposal})).status == 404
    assert (await maria.presses(f"{task}/reopen")).status == 409


async def test_what_came_since_it_was_shown_is_not_decided_over(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    office.backend.clock.advance(minutes=1)
    await applies(office, amal, **ALONE)
    page = await maria.opens(f"{case(amal)}/calculation")
    await maria.presses(f"{case(amal)}/calculation", form(page, **{"kronor housing": "6200", "because housing": "Så."}))
    granted = {"kind": "bifall", "month": "2026-12", "kronor": "7000"}
    page = await maria.presses(f"{case(amal)}/decision/preview", granted)
    assert "Sparad beräkning för månaden, version 1: 7 820 kr saknas upp till normen. Beslutet är på en" in page.text
    shown = {**granted, "applied": page.inputs("applied")[0]}
    office.backend.clock.advance(minutes=1)
    await applies(office, amal, **{**ALONE, "housing_kronor": 5500})
    assert (await signs(maria, amal, **shown)).startswith("En ansökan eller en rättelse har kommit")
    page = await maria.presses(f"{case(amal)}/decision/preview", granted)
    assert await signs(maria, amal, **granted, applied=page.inputs("applied")[0]) == "?done=signed"


async def test_a_single_cost_signed_leaves_what_is_put_forward_of_the_month(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    page = await maria.presses(f"{case(amal)}/decision/put-forward", MUCH)
    assert page.location.endswith("?done=forward"), page.text
    office.backend.clock.advance(minutes=1)
    glasses = Cost(kind="glasses", kronor=1900, period="once", paper="estimate")
    await applies(office, amal, kind="supplementary", month=date(2026, 12, 1), costs=(glasses,))
    office.backend.clock.advance(minutes=1)
    single = {"kind": "bifall", "month": "2026-12", "kronor": "1900", "single_cost": "yes"}
    page = await maria.presses(f"{case(amal)}/decision", single)
    assert page.location.endswith("?done=signed"), page.text
    assert await waits(maria, "to-sign") == 1
    page = await maria.opens(f"{case(amal)}/decision")
    assert "Maria lade fram det här" in page.text
    assert page.inputs("kronor")[0] == "30000"


async def test_a_comment_and_a_payment_are_written_down_on_the_page(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    page = await maria.presses(f"{case(amal)}/comments", {"found_out": "", "until": "2026-12-04"})
    assert page.alert == "Skriv vad personen ska få yttra sig om."
    page = await maria.presses(f"{case(amal)}/comments", {"found_out": "En insättning.", "until": "2026-12-04"})
    assert "Inget svar än." in page.text
    refused = {"kind": "delavslag", "month": "2026-12", "kronor": "4000", "reasons": "other-benefit"}
    page = await maria.presses(f"{case(amal)}/decision", {**refused, "facts": "unknown"})
    assert "rätt att yttra sig först" in page.alert
    said = {"comment": page.inputs("comment")[0], "how": "telephone", "answer": "Den var ett lån."}
    page = await maria.presses(f"{case(amal)}/comments/answer", said)
    assert "På telefon" in page.text
    page = await maria.presses(f"{case(amal)}/decision", {**refused, "facts": "unknown"})
    assert page.location.endswith("?done=signed"), page.text
    page = await maria.opens(f"{case(amal)}/decision")
    assert "Den var ett lån." in page.text
    async with office.database.transaction() as session:
        (decision,) = [view.id for view in await decisions.of_person(session, amal.person)]
    paid = {"decision": str(decision), "paid": "4000", "paid_on": "2026-12-07"}
    page = await maria.presses(f"{case(amal)}/payments", {**paid, "paid": "4001"})
    assert page.status == 422
    page = await maria.presses(f"{case(amal)}/payments", paid)
    assert "måndag 7 december" in page.text
    page = await maria.presses(
        f"{case(amal)}/payments/move", {"payment": page.inputs("payment")[0], "paid_on": "2026-12-08"}
    )
    assert "tisdag 8 december" in page.text
    corrected = {"payment": page.inputs("payment")[0], "paid": "3500", "key": page.inputs("key")[0]}
    page = await maria.presses(f"{case(amal)}/payments/correct", corrected)
    assert "Ändrad till en annan, Maria" in page.text
    back = {"payment": page.inputs("payment")[0]}
    assert (await maria.presses(f"{case(amal)}/payments/take-back", back)).status == 422
    page = await maria.presses(f"{case(amal)}/payments/take-back", {**back, "because": "stopped"})
    assert "Ingen utbetalning är antecknad." in page.text
    assert "3 500 kr, tisdag 8 december. Betalas inte ut, Maria" in page.text.replace("\xa0", " ")
    happened = (await maria.opens(case(amal))).text
    assert "Utbetalningen flyttades från måndag 7 december till tisdag 8 december Maria" in happened


async def test_where_the_case_system_decides_the_pages_are_a_preview(both_offices: Office) -> None:
    hodan = await both_offices.backend.svedala.asks_for_help(both_offices.backend.clock())
    lena = await both_offices.at_desk("Lena", "svedala")
    await lena.opens(f"{case(hodan)}?reason=follow-up")
    assert "Verksamhetssystemet beslutar" in (await lena.opens(f"{case(hodan)}/calculation")).text
    page = await lena.presses(f"{case(hodan)}/decision/preview", MUCH)
    assert "Förhandsvisning. Beslut fattas och skrivs under i ärendesystemet." in page.text
    assert page.actions("/decision") == page.actions("/put-forward") == []
    page = await lena.presses(f"{case(hodan)}/decision", MUCH)
    assert (page.status, page.alert.startswith("Beslut fattas i ärendesystemet.")) == (409, True)
