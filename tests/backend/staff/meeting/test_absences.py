"""Somebody is away: the meetings it hits are listed until each is moved, cancelled or taken by somebody else."""

from uuid import UUID

import pytest

from backend import tasks
from backend.bookings import lists
from backend.bookings.lists import Planned
from backend.bookings.seed import resource_id
from backend.calendar import day_in_sweden
from backend.contract import Meeting, MeetingNotice, MeetingStatus, NoticeKind
from tests.backend.staff.desks import Desk, Office, Page
from tests.backend.stories import Applicant

DAY = {"starts": "2026-12-01T08:00", "ends": "2026-12-01T16:30"}


@pytest.fixture
async def amal(office: Office) -> Applicant:
    return await office.asks_for_a_human()


async def planned(office: Office, meeting: Meeting) -> Planned:
    async with office.database.transaction() as session:
        return next(
            one for one in await lists.of_day(session, day_in_sweden(meeting.start)) if one.meeting.id == meeting.id
        )


async def is_away(desk: Desk, resource: UUID) -> Page:
    return await desk.presses("/inbox/absences", {"resource": str(resource), **DAY})


async def waiting(office: Office) -> list[str]:
    async with office.database.transaction() as session:
        return [task.reason for task in await tasks.queue(session) if task.kind == "time"]


async def met(office: Office, amal: Applicant) -> tuple[Meeting, UUID]:
    """Her meeting, and whose calendar it stands in."""
    meeting = await office.books(amal)
    caseworker = (await planned(office, meeting)).caseworker
    assert caseworker is not None
    return meeting, caseworker.id


async def test_an_absence_that_hits_nothing_says_so_and_can_be_taken_away(office: Office, johan: Desk) -> None:
    page = await is_away(johan, resource_id("trelleborg", "place", "Rum 1"))
    assert "Inget möte träffas av den." in page.text
    assert "Rum 1 Rum i morgon 8.00 till i morgon 16.30" in page.text
    (remove,) = page.actions("/remove")
    page = await johan.presses(remove)
    assert "Frånvaron är borttagen." in page.text
    assert page.actions("/remove") == []


async def test_times_that_end_before_they_begin_are_refused(office: Office, johan: Desk) -> None:
    room = str(resource_id("trelleborg", "place", "Rum 1"))
    page = await johan.presses("/inbox/absences", {"resource": room, "starts": DAY["ends"], "ends": DAY["starts"]})
    assert page.status == 422
    assert "Det går inte ihop" in page.alert
    # What was filled in stands there to be mended.
    typed = {at["name"]: at.get("value") for tag, at in page.elements if tag == "input" and "name" in at}
    assert (typed["starts"], typed["ends"]) == (DAY["ends"], DAY["starts"])
    assert [at["value"] for tag, at in page.elements if tag == "option" and "selected" in at] == [room]


async def test_meetings_it_hits_are_listed_and_lead_from_the_queue(
    office: Office, amal: Applicant, johan: Desk
) -> None:
    meeting, caseworker = await met(office, amal)
    page = await is_away(johan, caseworker)
    assert "Mötena nedan behöver en ny tid eller någon annan." in page.text
    assert "Nummer …06 12 arabiska Borta: " in page.text
    assert await waiting(office) == ["absence"]
    assert "/inbox/absences" in (await johan.opens("/inbox?queue=waiting")).links("/inbox/absences")
    # A mistake: nothing is left to arrange.
    (remove,) = page.actions("/remove")
    assert "Inga möten behöver ordnas om." in (await johan.presses(remove)).text
    assert await waiting(office) == []
    assert (await planned(office, meeting)).meeting.status == MeetingStatus.PRELIMINARY


async def test_moved_from_the_list_the_person_is_told_and_the_interpreter_asked_anew(
    office: Office, amal: Applicant, johan: Desk
) -> None:
    meeting, caseworker = await met(office, amal)
    page = await is_away(johan, caseworker)
    (move,) = page.actions("/move")
    slots = [at["value"] for tag, at in page.elements if tag == "option" and "T" in at.get("value", "")[:9]]
    page = await johan.presses(move, {"slot": slots[-1]})
    assert "Mötet är flyttat, och personen får veta det." in page.text
    assert "Inga möten behöver ordnas om." in page.text
    (notice,) = await office.told(NoticeKind.MEETING_MOVED)
    moved = MeetingNotice.model_validate(notice.body).meeting
    assert moved.id == meeting.id
    assert moved.start != meeting.start
    assert moved.status == MeetingStatus.PRELIMINARY
    assert await waiting(office) == []
    # Pressed twice it is moved once, and told once.
    await johan.presses(move, {"slot": slots[-1]})
    assert len(await office.told(NoticeKind.MEETING_MOVED)) == 1


async def test_cancelled_from_the_list_the_person_is_told(office: Office, amal: Applicant, johan: Desk) -> None:
    _, caseworker = await met(office, amal)
    (cancel,) = (await is_away(johan, caseworker)).actions("/cancel")
    assert "Mötet är avbokat, och personen får veta det." in (await johan.presses(cancel)).text
    assert len(await office.told(NoticeKind.MEETING_CANCELLED)) == 1
    assert (await johan.presses(cancel)).status == 409


async def test_another_caseworker_takes_it_at_the_same_time_and_nobody_need_be_told(
    office: Office, amal: Applicant, maria: Desk
) -> None:
    meeting, caseworker = await met(office, amal)
    before = await planned(office, meeting)
    (others,) = (await is_away(maria, caseworker)).actions("/others")
    page = await maria.presses(others)
    assert "Någon annan tar mötet." in page.text
    after = await planned(office, meeting)
    assert after.caseworker not in (None, before.caseworker)
    assert (after.meeting.start, after.interpreter, after.place) == (
        before.meeting.start,
        before.interpreter,
        before.place,
    )
    assert await office.told(NoticeKind.MEETING_MOVED) == []
    assert await waiting(office) == []


async def test_when_nobody_else_is_free_the_page_says_so(office: Office, amal: Applicant, johan: Desk) -> None:
    await met(office, amal)
    pages = [await is_away(johan, resource_id("trelleborg", "caseworker", name)) for name in ("Ann", "Erik", "Maria")]
    page = pages[-1]
    (others,) = page.actions("/others")
    page = await johan.presses(others)
    assert page.status == 409
    assert "Ingen är ledig då." in page.alert
    assert await waiting(office) == ["absence"]


async def test_an_interpreter_who_is_away_is_replaced_by_another(office: Office, amal: Applicant, johan: Desk) -> None:
    meeting = await office.books(amal)
    name = (await planned(office, meeting)).interpreter or ""
    (others,) = (await is_away(johan, resource_id("trelleborg", "interpreter", name))).actions("/others")
    assert "En annan tolk är tillfrågad till samma tid." in (await johan.presses(others)).text
    assert (await planned(office, meeting)).interpreter not in (None, name)
    assert await waiting(office) == []


async def test_a_meeting_is_moved_and_cancelled_in_the_case(office: Office, amal: Applicant, johan: Desk) -> None:
    meeting = await office.books(amal)
    case = f"/inbox/cases/{amal.person}"
    page = await johan.opens(case)
    (move,) = page.actions(f"{meeting.id}/move")
    slots = [at["value"] for tag, at in page.elements if tag == "option" and "T" in at.get("value", "")[:9]]
    page = await johan.presses(move, {"slot": slots[0]})
    assert "Mötet är flyttat, och personen får veta det." in page.text
    assert len(await office.told(NoticeKind.MEETING_MOVED)) == 1
    kim = await office.asks_for_a_human(language="sv")
    assert (await johan.presses(f"/inbox/cases/{kim.person}/meetings/{meeting.id}/cancel")).status == 404
    (cancel,) = page.actions(f"{meeting.id}/cancel")
    page = await johan.presses(cancel)
    assert "Mötet är avbokat, och personen får veta det." in page.text
    assert page.actions(f"{meeting.id}/cancel") == []


async def test_who_books_interpreters_enters_no_absence(office: Office, elin: Desk) -> None:
    assert (await elin.opens("/inbox/absences")).status == 403
