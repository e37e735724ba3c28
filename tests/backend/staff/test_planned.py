"""What is planned, at the desk: the note begins the week, and who came is noted by staff alone."""

from datetime import timedelta

from backend.contract import NoticeKind, PlanningWeek
from tests.backend.staff.desks import Desk, Office
from tests.backend.staff.test_cases import CAME, case, met
from tests.backend.stories import told


async def test_the_note_begins_the_week_and_who_came_is_noted(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, planning_week="yes")
    (notice,) = await told(office.bot, NoticeKind.PLANNING_WEEK)
    first = PlanningWeek.model_validate(notice.body).activities[0]
    page = await maria.opens(f"{case(amal)}/planning")
    assert "Ingen är vald. Väljs senast" in page.text
    assert "Notera närvaro" not in page.text  # nothing has begun
    office.backend.clock.now = first.end
    page = await maria.presses(
        f"{case(amal)}/planning/{first.id}/attendance",
        {"attended": "absent", "because": "ill", "words": "Feber", "doctors_note": "yes"},
    )
    assert "Närvaron är sparad" in page.text
    assert "Sjuk: Feber, läkarintyg sett. Noterat av Maria" in page.text
    page = await maria.presses(f"{case(amal)}/planning/{first.id}/attendance", {"attended": "no"})
    assert page.status == 422


async def test_no_week_begins_where_nobody_came(office: Office, maria: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    meeting = await office.books(amal)
    office.backend.clock.now = meeting.end + timedelta(minutes=5)
    await maria.opens(f"{case(amal)}?reason=meeting")
    note = {**CAME, "came": "no", "identity_seen": "", "meeting": str(meeting.id), "planning_week": "yes"}
    page = await maria.presses(f"{case(amal)}/note", note)
    assert page.status == 422
    assert await told(office.bot, NoticeKind.PLANNING_WEEK) == []
