"""Letters at the case desk: read before they are printed, printed to an address nobody keeps, and sent is not told."""

from datetime import timedelta
from uuid import uuid4

from sqlmodel import select

from backend import tasks
from backend.applications import completions
from backend.contract import AboutPaper
from backend.decisions import comments
from backend.decisions import service as decisions
from backend.letters.models import PostedLetter
from tests.backend.printing.papers import letters, text
from tests.backend.staff.case.test_cases import applies, case, met, signs
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import MARIA

ADDRESS = "Amal Exempel\nExempelgatan 9\n231 00 Trelleborg"


async def test_a_decision_is_printed_and_sent_and_she_is_not_told_by_that(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    await maria.presses(f"{case(amal)}/complete")
    assert await signs(maria, amal, kind="bifall", kronor="7485") == "?done=signed"
    async with office.database.transaction() as session:
        (view,) = await decisions.of_person(session, amal.person)
        await tasks.add(session, "letter", "hearing", at=office.backend.clock(), person=amal.person, about=view.id)
    letter = f"{case(amal)}/letters/decision/{view.id}"
    page = await maria.opens(f"{case(amal)}/letters")
    assert "Du får 7\u00a0485\u00a0kr i ekonomiskt bistånd" in page.source
    assert page.actions("/print") == [f"{letter}/print"]
    assert (await maria.presses(f"{letter}/print", {"to": ""})).alert.startswith("Skriv namn och adress")

    answer = await maria.client.post(
        f"{letter}/print", data={"to": ADDRESS}, headers={"Origin": "https://imorgon.example"}
    )

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert letters("Amal Exempel") in letters(text(answer.content))
    today = f"{office.backend.clock():%Y-%m-%d}"
    page = await maria.presses(f"{letter}/sent", {"on": today})
    assert "Det räknas inte som att personen har fått veta" in page.text
    assert (await maria.presses(f"{letter}/sent", {"on": "2027-01-01"})).status == 422
    async with office.database.transaction() as session:
        (posted,) = (await session.exec(select(PostedLetter))).all()
        assert (posted.kind, posted.about, f"{posted.sent_on}", posted.by_name) == ("decision", view.id, today, "Maria")
        (view,) = await decisions.of_person(session, amal.person)
        assert view.told_at is None
        waiting = {one.reason: one for one in await tasks.waiting(session, amal.person)}
        assert [one.reason for one in waiting.values() if one.kind == "letter"] == []
        # On which day it came is asked a week later, and that call is done when she is told.
        due = waiting["letter-came"].due_at
        assert due is not None
        assert timedelta(days=7) <= due - office.backend.clock() < timedelta(days=8)
    assert ("Maria", "told", True) in await office.log(amal)
    await maria.presses(f"{case(amal)}/told", {"decision": str(view.id), "how": "letter"})
    async with office.database.transaction() as session:
        assert "letter-came" not in [one.reason for one in await tasks.waiting(session, amal.person)]
    assert "Skrev ut ett brev: beslut om ekonomiskt bistånd" in (await maria.opens(f"{case(amal)}/looked")).text


async def test_a_decision_she_does_not_know_of_has_its_letter_also_when_another_came_after_it(
    office: Office, maria: Desk
) -> None:
    amal = await met(office, maria, complete="yes")
    assert await signs(maria, amal, kind="bifall", kronor="7485") == "?done=signed"
    office.backend.clock.advance(minutes=1)
    await applies(office, amal, kind="supplementary", costs=())
    office.backend.clock.advance(minutes=1)
    assert await signs(maria, amal, kind="bifall", kronor="900") == "?done=signed"
    async with office.database.transaction() as session:
        first, second = [view.id for view in await decisions.of_person(session, amal.person)]
    letter = f"{case(amal)}/letters/decision"
    page = await maria.opens(f"{case(amal)}/letters")
    assert page.actions("/print") == [f"{letter}/{second}/print", f"{letter}/{first}/print"]
    await maria.presses(f"{case(amal)}/told", {"decision": str(first), "how": "letter"})
    assert (await maria.opens(f"{case(amal)}/letters")).actions("/print") == [f"{letter}/{second}/print"]


async def test_papers_and_the_next_meeting_have_letters_too(office: Office, maria: Desk, elin: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    meeting = await office.books(amal)
    await maria.opens(f"{case(amal)}?reason=follow-up")
    asked = {"papers": ["payslip", "lease"], "about_payslip": "september till november", "by": "2026-12-07"}
    await maria.presses(f"{case(amal)}/papers", asked)
    page = await maria.opens(f"{case(amal)}/letters")
    assert "Vi behöver det här senast måndag 7 december" in page.text
    assert "Lönespecifikation: september till november" in page.text
    assert "Kom även om du saknar papper" in page.text
    assert f"{case(amal)}/letters/invitation/{meeting.id}/print" in page.actions("/print")
    assert (await elin.client.get(f"{case(amal)}/letters")).status_code == 403
    # No letter asks for what she has said she cannot get, nor for anything once a caseworker goes on without.
    said = AboutPaper(person=amal.person, at=office.backend.clock(), says="cannot-get")
    assert (await office.bot.put(f"missing-papers/payslip/{uuid4()}", said)).is_success
    page = await maria.opens(f"{case(amal)}/letters")
    assert "Lönespecifikation" not in page.text
    assert "Hyreskontrakt" in page.text
    async with office.database.transaction() as session:
        await completions.enough(session, office.backend.clock, MARIA, amal.person)
    assert "Vi behöver det här" not in (await maria.opens(f"{case(amal)}/letters")).text


async def test_what_she_may_comment_on_first_is_sent_by_letter_until_its_day(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    await maria.presses(f"{case(amal)}/comments", {"found_out": "En insättning på 4 000 kr.", "until": "2026-12-04"})
    async with office.database.transaction() as session:
        asked = await comments.standing(session, amal.person)
        assert asked is not None
        await tasks.add(session, "letter", "comment", at=office.backend.clock(), person=amal.person, about=asked.id)
    letter = f"{case(amal)}/letters/comment/{asked.id}"
    page = await maria.opens(f"{case(amal)}/letters")
    assert "En insättning på 4 000 kr." in page.text
    assert "Svara senast fredag 4 december" in page.text
    assert f"{letter}/print" in page.actions("/print")
    page = await maria.presses(f"{letter}/sent", {"on": f"{office.backend.clock():%Y-%m-%d}"})
    assert "Läs det här innan vi beslutar: skickat" in page.text
    async with office.database.transaction() as session:
        assert [one.reason for one in await tasks.waiting(session, amal.person) if one.kind == "letter"] == []
    office.backend.clock.advance(days=7)
    assert letter not in (await (await office.at_desk("Maria")).opens(f"{case(amal)}/letters?reason=follow-up")).source
