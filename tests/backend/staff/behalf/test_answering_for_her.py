"""What she answers to what we asked, and her codes, at her word: each once, and no code where others read."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from backend import tasks
from backend.applications import completions
from backend.applications.completions import Wanted
from backend.bookings import missed
from backend.bookings.models import MissedRow
from backend.cases import desk
from backend.contract import InvitePart, NoticeKind, Ownership, Phone
from backend.decisions import comments
from backend.planning import plans
from backend.safety import by_telephone
from tests.backend.planning.test_week import begins, stands
from tests.backend.staff.behalf.test_for_them import address, happened, once
from tests.backend.staff.desks import Desk, Office, Page
from tests.backend.stories import JOHAN, MARIA, TELEPHONE, Applicant, books_a_meeting, told

CV_READY = desk.Agreed("cv-ready", {"day": "2026-12-04"})


async def wishes(johan: Desk, amal: Applicant, wish: str, **fields: str) -> Page:
    return await johan.presses(address(amal, "/code"), {"thread": str(amal.thread), "wish": wish, **once(), **fields})


async def codes(office: Office) -> list[tuple[UUID | None, str]]:
    bodies = [one.body for one in await told(office.bot, NoticeKind.CODE_WISHED)]
    return [(one["thread"] and UUID(one["thread"]), one["wish"]) for one in bodies]


async def of_telephone(office: Office, amal: Applicant, **said: Any) -> None:
    phone = Phone(person=amal.person, telephone=TELEPHONE, at=office.backend.clock(), **said)
    await office.bot.put(f"phones/{uuid4()}", phone)


async def test_her_codes_are_written_by_the_bot_once_for_each_press_and_shown_here_to_nobody(
    office: Office, johan: Desk
) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens(address(amal))
    assert len(page.actions("/for-them/code")) == 2
    assert "skriv START till numret" in page.text, "what nobody can do for her, and what helps"
    pressed = {"thread": str(amal.thread), "wish": "helper", **once()}
    await johan.presses(address(amal, "/code"), pressed)
    page = await johan.presses(address(amal, "/code"), pressed)
    assert "Det är redan gjort." in page.text
    assert "Automaten skriver koden till personen" in (await wishes(johan, amal, "elsewhere")).text
    page = await johan.presses(address(amal, "/no-helper"), once())
    assert page.status == 200
    assert await codes(office) == [(amal.thread, "helper"), (amal.thread, "elsewhere"), (None, "no-helper")]
    for words in ("ville släppa in en hjälpare", "ville fortsätta på ett annat ställe", "ville inte ha någon hjälpare"):
        assert f"Gjort åt personen: {words}" in await happened(johan, amal)
    page = await johan.presses(address(amal, "/code"), {**pressed, "key": str(uuid4()), "heard": ""})
    assert page.status == 422, "how she said it is chosen"
    other = await office.bot.asks_for_help()
    assert (await wishes(johan, amal, "helper", thread=str(other.thread))).status == 404


@pytest.mark.parametrize("why", ["others read", "stopped", "wrong number", "staff answer", "we ring"])
async def test_no_code_goes_where_it_would_be_overheard_or_never_come(office: Office, johan: Desk, why: str) -> None:
    amal = await office.asks_for_a_human()
    if why == "others read":
        await of_telephone(office, amal, shared=True)
    elif why == "stopped":
        await of_telephone(office, amal, opted_out=True)
    elif why == "wrong number":
        await of_telephone(office, amal, wrong_number=True)
    elif why == "staff answer":
        taken = Ownership(owner="staff", at=office.backend.clock())
        assert (await office.bot.put(f"threads/{amal.thread}/ownership/1", taken)).status_code < 300
    else:
        async with office.database.transaction() as session:
            await by_telephone.begin(session, office.backend.clock, JOHAN, amal.person)
    for wish in ("helper", "elsewhere"):
        page = await wishes(johan, amal, wish)
        assert (page.status, bool(page.alert)) == (409, True)
    assert await codes(office) == []
    assert "ville släppa in" not in await happened(johan, amal)


async def test_her_branch_until_her_plan_is_agreed(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    pressed = {"branch": "care", **once()}
    assert (await johan.presses(address(amal, "/branch"), pressed)).status == 409, "no week has begun"
    await begins(office.backend, amal)
    await johan.presses(address(amal, "/branch"), pressed)
    page = await johan.presses(address(amal, "/branch"), pressed)
    assert "Det är redan gjort." in page.text
    assert (await stands(office.backend, amal)).branch == "care"
    (notice,) = await told(office.bot, NoticeKind.TAKEN_DOWN)
    assert (notice.body["what"], notice.body["branch"]) == ("branch", "care")
    assert "valde bransch: vård och omsorg" in await happened(johan, amal)
    assert "Har valt: Vård och omsorg" in (await johan.opens(address(amal))).text
    async with office.database.transaction() as session:
        agreed = plans.Written("work", desk.Agreed("job"), (CV_READY,), date(2026, 12, 18), agreed=True)
        await plans.write(session, office.backend.clock, MARIA, amal.person, agreed)
    assert (await johan.presses(address(amal, "/branch"), {"branch": "retail", **once()})).status == 409
    assert (await johan.opens(address(amal))).actions("/for-them/branch") == []


async def test_why_she_did_not_come_and_a_paper_she_cannot_get(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    met, clock = await books_a_meeting(office.backend, amal), office.backend.clock
    clock.now = met.end + timedelta(minutes=5)
    async with office.database.transaction() as session:
        await missed.mark(session, clock, met.id, again=False)
        await desk.open_case(session, clock, MARIA, amal.person, "follow-up")
        asked = await completions.ask(
            session, clock, MARIA, amal.person, [Wanted("lease"), Wanted("payslip")], by=met.end.date() + timedelta(3)
        )
    assert (
        await johan.presses(address(amal, "/missed"), {"meeting": str(met.id), "why": "ill", **once()})
    ).status == 200
    paper = {"paper": f"{asked}:payslip:cannot-get", **once()}
    await johan.presses(address(amal, "/paper"), paper)
    page = await johan.presses(address(amal, "/paper"), paper)
    assert "Det är redan gjort." in page.text
    assert f"{asked}:lease:cannot-get" in page.source
    assert paper["paper"] not in page.source
    for wrong in (paper["paper"], f"{asked}:lease:good-enough", "något"):
        assert (await johan.presses(address(amal, "/paper"), {**once(), "paper": wrong})).status == 404
    async with office.database.transaction() as session:
        (row,) = (await session.exec(select(MissedRow))).all()
        assert row.why == "ill"
        (view,) = await completions.of_person(session, amal.person)
        assert [(one.paper, one.said) for one in view.papers if one.said] == [("payslip", "cannot-get")]
        assert "papers-answered" in {one.reason for one in await tasks.waiting(session, amal.person)}
    assert [one.body["what"] for one in await told(office.bot, NoticeKind.TAKEN_DOWN)] == ["missed", "paper"]


async def test_what_she_says_before_a_decision_is_the_caseworkers_to_read(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    said = {"answer": "Pengarna var min systers.", "speaks": "true", **once()}
    assert (await johan.presses(address(amal, "/comment"), said)).status == 409, "nothing was asked"
    async with office.database.transaction() as session:
        await desk.open_case(session, office.backend.clock, MARIA, amal.person, "follow-up")
        await comments.ask(session, office.backend.clock, MARIA, amal.person, "Fått 4 000 kr.", until=date(2026, 12, 4))
    page = await johan.presses(address(amal, "/comment"), {**said, "answer": " ", **once()})
    assert page.status == 422, "that she has nothing to say a caseworker hears"
    await johan.presses(address(amal, "/comment"), said)
    page = await johan.presses(address(amal, "/comment"), said)
    assert "Det är redan gjort." in page.text
    async with office.database.transaction() as session:
        standing = await comments.standing(session, amal.person)
        assert standing is not None
        assert (standing.answer, standing.speaks, standing.answered_how) == (
            "Pengarna var min systers.",
            "wants",
            "telephone",
        )
        assert "commented" in {one.reason for one in await tasks.waiting(session, amal.person)}
    assert "systers" not in await happened(johan, amal)


async def test_that_she_applies_with_nobody_any_more_is_for_the_bot_to_end(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.presses(address(amal, "/not-together"), once())
    assert (page.status, page.alert[:12]) == (409, "Personen sök")
    call = InvitePart(person=amal.person, at=office.backend.clock(), month=date(2026, 12, 1))
    assert (await office.bot.put(f"joint-applications/{uuid4()}", call)).status_code == 200
    assert (await johan.opens(address(amal))).actions("/for-them/not-together") != []
    assert (await johan.presses(address(amal, "/not-together"), once())).status == 200
    assert [one.body["what"] for one in await told(office.bot, NoticeKind.TAKEN_DOWN)] == ["not-together"]
