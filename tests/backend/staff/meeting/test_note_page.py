"""The note grown: the next step, whom staff may speak with, the plan and the branch, and a new meeting after a no."""

import re
from datetime import timedelta
from uuid import uuid4

from backend import tasks
from backend.bookings import service as bookings
from backend.bookings import slots
from backend.contract import MeetingNotice, MeetingStatus, NoticeKind, PlanningWeek
from backend.planning import plans
from backend.planning import service as planning
from tests.backend.staff.case.test_cases import CAME, applies, case, latest_meeting, met, signs
from tests.backend.staff.desks import Desk, Office
from tests.backend.staff.meeting.test_planned import PLAN
from tests.backend.stories import Applicant

NEXT = {"next_words": "Ringa Arbetsförmedlingen", "next_by": "person", "next_on": "2026-12-04"}


async def waiting(office: Office, applicant: Applicant) -> dict[str, tasks.Task]:
    async with office.database.transaction() as session:
        return {task.reason: task for task in await tasks.waiting(session, applicant.person)}


# --- The next step ---------------------------------------------------------------------------------------------------


async def test_the_next_step_is_a_task_of_whoever_sees_to_it_and_a_new_one_takes_its_place(
    office: Office, maria: Desk
) -> None:
    amal = await met(office, maria, **NEXT)
    page = await maria.opens(case(amal))
    assert "Nästa steg: Ringa Arbetsförmedlingen. Personen, senast fredag 4 december." in page.text
    task = (await waiting(office, amal))["next-step"]
    assert task.queue == "caseworker"
    assert task.due_at is not None
    assert f"{task.due_at:%Y-%m-%d}" == "2026-12-04"
    # A note that says nothing of it leaves it as it is.
    await maria.presses(f"{case(amal)}/note", CAME)
    assert (await waiting(office, amal))["next-step"].id == task.id
    await maria.presses(f"{case(amal)}/note", {**CAME, **NEXT, "next_by": "customer-service"})
    other = (await waiting(office, amal))["next-step"]
    assert (other.id != task.id, other.queue) == (True, "customer-service")


async def test_a_next_step_that_is_half_or_past_is_refused_and_stays_filled_in(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    for wrong in ({"next_on": ""}, {"next_words": ""}, {"next_on": "2026-11-29"}):
        page = await maria.presses(f"{case(amal)}/note", {**CAME, **NEXT, **wrong})
        assert page.alert == "Skriv vad nästa steg är, och en dag som inte har varit."
        assert page.inputs("next_words") == [wrong.get("next_words", NEXT["next_words"])]
    assert "next-step" not in await waiting(office, amal)


# --- Consents --------------------------------------------------------------------------------------------------------


async def test_a_consent_is_given_in_the_room_and_taken_back_on_the_telephone(
    office: Office, maria: Desk, johan: Desk
) -> None:
    amal = await met(office, maria, consent_landlord="yes", consent_care="no")
    page = await maria.opens(case(amal))
    assert "Hyresvärden Ja, skrivet av Maria" in page.within('id="consents"', "</ul>")
    assert "Vården Nej, skrivet av Maria" in page.within('id="consents"', "</ul>")
    assert "Försäkringskassan Inte frågat" in page.within('id="consents"', "</ul>")
    await johan.opens(f"{case(amal)}?reason=on-the-telephone")
    office.backend.clock.advance(minutes=1)
    page = await johan.presses(f"{case(amal)}/consents", {"authority": "landlord", "given": "no"})
    assert "Samtycket är sparat" in page.text
    assert "Hyresvärden Nej, skrivet av Johan" in page.within('id="consents"', "</ul>")
    assert "Samtycken" in (await maria.opens(f"{case(amal)}/looked")).text


async def test_the_latest_word_holds_whether_it_came_in_an_application_or_in_the_room(
    office: Office, maria: Desk
) -> None:
    amal = await met(office, maria, consent_landlord="yes")
    form = await maria.opens(f"{case(amal)}/meeting")
    shown = {name: form.inputs(name)[0] for name in ("was_consent_landlord", "was_consent_care")}
    assert shown == {"was_consent_landlord": "yes", "was_consent_care": ""}
    office.backend.clock.advance(minutes=1)
    await applies(office, amal, may_ask=("care",))
    # The caseworker leaves the form as it stood: what she answered meanwhile holds.
    left = {"consent_landlord": "yes", "consent_care": ""}
    await maria.presses(f"{case(amal)}/note", {**CAME, **shown, **left})
    page = await maria.opens(case(amal))
    assert "Hyresvärden Nej, i ansökan" in page.text
    assert "Vården Ja, i ansökan" in page.text
    office.backend.clock.advance(minutes=1)
    await applies(office, amal)  # not asked of it: says nothing
    assert "Vården Ja, i ansökan" in (await maria.opens(case(amal))).text


async def test_the_same_note_twice_gives_a_consent_once(office: Office, maria: Desk) -> None:
    note = {**CAME, "consent_landlord": "yes", "key": str(uuid4())}
    amal = await met(office, maria)
    await maria.presses(f"{case(amal)}/note", note)
    office.backend.clock.advance(minutes=1)
    await maria.presses(f"{case(amal)}/consents", {"authority": "landlord", "given": "no"})
    await maria.presses(f"{case(amal)}/note", note)
    assert "Hyresvärden Nej, skrivet av Maria" in (await maria.opens(case(amal))).text
    assert (await maria.presses(f"{case(amal)}/note", {**CAME, "consent_care": "perhaps"})).status == 422


# --- Not active: told in the room, weighed, and met again ------------------------------------------------------------


async def test_who_takes_no_part_is_offered_a_new_meeting_and_it_is_weighed(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, planning_week="yes")
    slot = re.findall(r'<option value="(\d{8}T\d{4}Z-\d+)"', (await maria.opens(f"{case(amal)}/meeting")).source)[0]
    no = {**CAME, "active": "not-active", "slot": slot}
    page = await maria.presses(f"{case(amal)}/note", {**no, "told_in_room": ""})
    assert page.alert.startswith("Säg det till personen i rummet först")
    assert await office.told(NoticeKind.MEETING_BOOKED) == []
    key = str(uuid4())
    for _ in range(2):
        assert (await maria.presses(f"{case(amal)}/note", {**no, "key": key})).location.endswith("?done=note")
    (notice,) = await office.told(NoticeKind.MEETING_BOOKED)
    booked = await latest_meeting(office, amal)
    assert MeetingNotice.model_validate(notice.body).meeting == booked
    assert (booked.status, booked.interpreter_language) == (MeetingStatus.PRELIMINARY, "ar")
    left = await waiting(office, amal)
    assert "not-active" in left
    assert "meet-again" not in left
    page = await maria.opens(f"{case(amal)}/decision")
    assert "Deltar inte i det planerade, sagt i rummet (Maria" in page.text
    page = await maria.opens(f"{case(amal)}/meeting")
    assert "Personen har en tid:" in page.text
    page = await maria.presses(f"{case(amal)}/note", no)
    assert page.alert.startswith("Personen har redan en tid framöver")


async def test_what_helps_goes_on_after_a_refusal(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, planning_week="yes", active="not-active", complete="yes")
    (notice,) = await office.told(NoticeKind.PLANNING_WEEK)
    planned = {one.id for one in PlanningWeek.model_validate(notice.body).activities}
    slot = (await maria.opens(f"{case(amal)}/decision")).inputs("slot")[0]
    refused = {"kind": "avslag", "reasons": "enough-means", "facts": "known", "slot": slot, "key": str(uuid4())}
    assert await signs(maria, amal, **refused) == "?done=signed"
    async with office.database.transaction() as session:
        assert {one.id for one in (await planning.of_person(session, amal.person)).places} == planned
        assert await bookings.next_meeting(session, amal.person, office.backend.clock()) is not None
    assert len(await office.told(NoticeKind.PLANNING_WEEK)) == 1
    assert "not-active" not in await waiting(office, amal)  # it has been weighed


# --- The plan and the branch -----------------------------------------------------------------------------------------


async def test_the_branch_and_a_yes_to_the_plan_are_noted_in_the_room(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    page = await maria.opens(f"{case(amal)}/meeting")
    assert "Ingen är skriven. Den skrivs under Planering" in page.text
    await maria.presses(f"{case(amal)}/planning/plan", {**PLAN, "branch": ""})
    office.backend.clock.advance(minutes=1)
    page = await maria.opens(f"{case(amal)}/meeting")
    assert "Arbetsmarknadsplan Utkast" in page.text
    yes = {"plan_agreed": "yes", "plan_version": page.inputs("plan_version")[0], "branch": "care", "was_branch": ""}
    await maria.presses(f"{case(amal)}/note", {**CAME, **yes})
    page = await maria.opens(f"{case(amal)}/meeting")
    assert "Arbetsmarknadsplan Överenskommen" in page.text
    assert page.inputs("was_branch") == ["care"]
    assert "plan-agreed" in await waiting(office, amal)
    assert len(await office.told(NoticeKind.SOMETHING_NEW)) == 1  # of the plan; a yes in the room is no news
    # It was written anew since: then nobody has said yes to that one.
    office.backend.clock.advance(minutes=1)
    await maria.presses(f"{case(amal)}/planning/plan", {**PLAN, "branch": ""})
    page = await maria.presses(f"{case(amal)}/note", {**CAME, **yes})
    assert page.alert.startswith("Planen har skrivits om")
    async with office.database.transaction() as session:
        view = await plans.of_person(session, amal.person)
        assert view is not None
        assert (view.written.agreed, view.written.branch) == (False, "care")


async def test_a_branch_left_as_it_stood_is_not_chosen_again(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, branch="care")
    await maria.presses(f"{case(amal)}/note", {**CAME, "branch": "industry", "was_branch": "industry"})
    async with office.database.transaction() as session:
        assert (await planning.of_person(session, amal.person)).branch == "care"
    page = await maria.presses(f"{case(amal)}/note", {**CAME, "branch": "office"})
    assert page.status == 422


async def test_nobody_who_did_not_come_is_given_two_meetings(office: Office, maria: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    meeting = await office.books(amal)
    office.backend.clock.now = meeting.end + timedelta(minutes=5)
    page = await maria.opens(f"{case(amal)}/meeting?reason=meeting")
    note = {
        "meeting": str(meeting.id),
        "came": "no",
        "slot": slots.name(meeting.start + timedelta(days=7), meeting.end - meeting.start),
    }
    page = await maria.presses(f"{case(amal)}/note?reason=meeting", note)
    assert page.alert.startswith("Personen har redan en tid framöver, eller får en")
