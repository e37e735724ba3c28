"""The board: numbers by cause for caseworkers and the controller, who sees nothing else; and several roles of one."""

import re

from backend.board import routine, standing
from backend.staff.seats import accounts
from tests.backend.staff.case.test_cases import applies, case, met, signs
from tests.backend.staff.desks import Desk, Office, Page
from tests.backend.staff.test_every_page import routes
from tests.backend.stories import Applicant

OWN = tuple(f"/inbox/{way}" for way in ("sign-in", "sign-out", "enrol", "desks", "towns", "stay", "live"))
"""What is of whoever sits there, and of nobody's case."""


def state(page: Page, number: int) -> str:
    return page.within(f'aria-labelledby="state-{number}"', "</section>")


async def waiting(office: Office) -> list[tuple[str, str]]:
    async with office.database.transaction() as session:
        return [(one.state, one.why) for one in await standing.read(session, office.backend.clock())]


async def complete(office: Office, maria: Desk) -> Applicant:
    amal = await met(office, maria)
    await applies(office, amal, vehicles=())
    await maria.presses(f"{case(amal)}/complete")
    return amal


async def test_a_decision_goes_from_not_begun_to_late_by_cause_and_is_measured(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    assert await waiting(office) == []
    await applies(office, amal, vehicles=())
    assert await waiting(office) == [("not-begun", "not-complete")]
    asked = {"papers": "lease", "by": "2026-12-11"}
    assert (await maria.presses(f"{case(amal)}/papers", asked)).alert == ""
    assert await waiting(office) == [("paused", "papers-missing")]
    await maria.presses(f"{case(amal)}/complete")
    assert await waiting(office) == [("due", "nobody")]
    office.backend.clock.advance(days=3)
    assert await waiting(office) == [("broken", "nobody")]
    await routine.look_after(office.database, office.backend.clock)
    await routine.look_after(office.database, office.backend.clock)  # written down once
    page = await maria.opens("/inbox/board")
    assert "Löfte brutet 1 Ingen har tagit beslutet 1" in state(page, 1)
    # Stopping a clock whose time has run out takes it out of no month.
    await maria.opens(f"{case(amal)}?reason=follow-up")
    await maria.presses(f"{case(amal)}/papers", {**asked, "by": "2026-12-18"})
    await maria.presses(f"{case(amal)}/complete")
    office.backend.clock.advance(days=5)
    await routine.look_after(office.database, office.backend.clock)
    assert "Amal" not in page.text
    await maria.opens(f"{case(amal)}?reason=follow-up")
    assert (await signs(maria, amal, kind="bifall", kronor="100")).endswith("?done=signed")
    assert await waiting(office) == []
    page = await maria.opens("/inbox/board?month=2026-12")
    assert re.search(r"december 2026 1 0 1 [\d,]+ h 0 1 ", page.text)
    assert "Ingen har tagit beslutet 1" in page.within('aria-labelledby="late"', "</section>")
    assert "Hyreskontrakt 2" in page.within('aria-labelledby="pauses"', "</section>")
    assert (await maria.opens("/inbox/board?month=soon")).status == 422


async def test_a_decision_that_is_late_since_she_may_have_her_say_is_nobodys_doing(office: Office, maria: Desk) -> None:
    amal = await complete(office, maria)
    await maria.presses(f"{case(amal)}/comments", {"found_out": "Något.", "until": "2026-12-07"})
    assert await waiting(office) == [("due", "comment")]
    office.backend.clock.advance(days=3)
    await routine.look_after(office.database, office.backend.clock)
    assert "Personen får yttra sig först, eller tala med nämnden 1" in state(await maria.opens("/inbox/board"), 1)
    office.backend.clock.advance(days=5)  # her last day has passed: now somebody could decide
    assert await waiting(office) == [("broken", "nobody")]
    page = await maria.opens(f"{case(amal)}?reason=follow-up")
    comment = (await maria.opens(f"{case(amal)}/decision")).inputs("comment")[0]
    said = {"comment": comment, "how": "telephone", "answer": "Ja.", "speaks": "wants"}
    assert (await maria.presses(f"{case(amal)}/comments/answer", said)).alert == "", page.text
    assert await waiting(office) == [("broken", "comment")]


async def test_a_controller_sees_numbers_and_never_persons(office: Office, maria: Desk) -> None:
    await complete(office, maria)
    karin = await office.at_desk("Karin")
    page = await karin.opens("/inbox")
    assert page.location or page.status == 303
    page = await karin.opens("/inbox/board")
    assert "färre än 5 För få för att visa orsaker" in state(page, 3)
    assert page.links("/inbox/cases") == page.links("/inbox/threads") == []
    for method, address in routes(office.backend.app):
        if address not in ("/inbox", "/inbox/board") and not address.startswith(OWN):
            answer = await karin.client.request(method, address, headers={"Origin": "https://imorgon.example"})
            assert answer.status_code == 403, (method, address)


async def test_who_has_two_roles_sits_as_one_of_them_at_a_time(office: Office, maria: Desk) -> None:
    amal = await complete(office, maria)
    assert (await maria.presses("/inbox/desks/role", {"role": "controller"})).status == 403
    async with office.database.transaction() as session:
        await accounts.give_roles(session, "Maria", ["caseworker", "controller"])
    page = await maria.opens("/inbox/desks")
    assert page.inputs("role") == ["controller"]
    page = await maria.presses("/inbox/desks/role", {"role": "controller"})
    assert page.location == "/inbox/board"
    assert "färre än 5" in page.text
    assert (await maria.opens(f"{case(amal)}?reason=follow-up")).status == 403
    page = await maria.presses("/inbox/desks/role", {"role": "caseworker"})
    assert page.location == "/inbox"
    assert (await maria.opens(case(amal))).status == 200
    await maria.presses("/inbox/desks/role", {"role": "controller"})
    async with office.database.transaction() as session:
        await accounts.give_roles(session, "Maria", ["caseworker"])  # it is hers no more, at this desk neither
    assert (await maria.opens(case(amal))).status == 200
