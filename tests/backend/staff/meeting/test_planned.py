"""What is planned, at the desk: the note begins the week, and who came is noted by staff alone."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from backend import tasks
from backend.contract import NoticeKind, PlanningWeek, SomethingNew, TellOfJob
from backend.planning import plans
from tests.backend.staff.case.test_cases import CAME, case, met
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import told


async def test_the_note_begins_the_week_and_who_came_is_noted(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, planning_week="yes")
    (notice,) = await told(office.bot, NoticeKind.PLANNING_WEEK)
    first = PlanningWeek.model_validate(notice.body).activities[0]
    page = await maria.opens(f"{case(amal)}/planning")
    assert "Ingen är vald. Väljs senast" in page.text
    assert "Notera närvaro" not in page.text  # nothing has begun
    page = await maria.presses(page.actions("/take-back")[1])
    assert "Tiden är borttagen" in page.text
    assert len(page.actions("/take-back")) == 4
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


PLAN = {
    "kind": "work",
    "goal": "placement-then-job",
    "step_1": "cv-ready",
    "step_1_day": "2026-12-09",
    "step_2": "own",
    "step_2_words": "Ta körkort",
    "review_on": "2026-12-11",
    "branch": "industry",
}


async def test_a_plan_is_written_read_by_her_in_both_languages_and_followed_up(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    page = await maria.presses(f"{case(amal)}/planning/plan", {**PLAN, "step_1_day": ""})
    assert page.alert == "Fyll i alla fält i frasen."
    page = await maria.presses(f"{case(amal)}/planning/plan", {**PLAN, "review_on": "2026-11-30"})
    assert page.alert == "Välj en uppföljningsdag som inte har varit än."
    page = await maria.presses(f"{case(amal)}/planning/plan", {**PLAN, "agreed": "yes"})
    assert "Planen är sparad" in page.text
    assert "Ditt cv är klart senast onsdag 9 december." in page.text
    assert "Överenskommen" in page.text
    news = [SomethingNew.model_validate(one.body).what for one in await told(office.bot, NoticeKind.SOMETHING_NEW)]
    assert news == ["plan"]
    async with office.backend.database().transaction() as session:
        plan = await plans.readable(session, amal.person)
        assert plan is not None
        assert plan.branch is not None
        assert plan.branch.text["sv"] == "Industri"
        assert plan.steps[0].text["ar"].startswith("السيرة الذاتية جاهزة")
        assert plan.steps[1].text == dict.fromkeys(plan.steps[1].text, "Ta körkort")
        (task,) = [one for one in await tasks.waiting(session, amal.person) if one.reason == "plan-agreed"]
        assert task.due_at == datetime(2026, 12, 11, 8, tzinfo=UTC)
    # Written anew it is the same task of the team's, on its new day.
    await maria.presses(f"{case(amal)}/planning/plan", {**PLAN, "agreed": "yes", "review_on": "2027-01-11"})
    async with office.backend.database().transaction() as session:
        (task,) = [one for one in await tasks.waiting(session, amal.person) if one.reason == "plan-agreed"]
        assert task.due_at == datetime(2027, 1, 11, 8, tzinfo=UTC)


async def test_what_is_only_proposed_is_nobodys_to_follow_up_yet(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    page = await maria.presses(f"{case(amal)}/planning/plan", PLAN)
    assert "Utkast" in page.text
    async with office.backend.database().transaction() as session:
        assert not [one for one in await tasks.waiting(session, amal.person) if one.reason == "plan-agreed"]
    page = await maria.presses(f"{case(amal)}/planning/plan", {**PLAN, "kind": "other"})
    assert page.status == 422


async def test_what_is_done_every_week_is_planned_once_and_ended_once(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    planned = {
        "activity": "job-search",
        "weekday": "3",
        "at": "9.30",
        "minutes": "60",
        "place": "Exempelgatan 4",
        "begins_on": "2026-12-01",
    }
    page = await maria.presses(f"{case(amal)}/planning/weekly", {**planned, "at": "sen"})
    assert page.status == 422
    page = await maria.presses(f"{case(amal)}/planning/weekly", planned)
    assert "Aktivt jobbsök, torsdag 9.30" in page.text
    page = await maria.presses(f"{case(amal)}/planning/weekly", planned)
    assert page.status == 200  # sent once more, or by a colleague
    page = await maria.presses(f"{case(amal)}/planning/weekly", {**planned, "minutes": "90"})
    assert page.alert.startswith("Det är redan planerat varje vecka")
    assert page.inputs("minutes") == ["90"]
    assert "Aktivitetskrav" not in page.text  # it is not switched on
    (row,) = re.findall(r"/planning/weekly/([0-9a-f-]+)/end", page.source)
    other = await met(office, maria)
    page = await maria.presses(f"{case(other)}/planning/weekly/{row}/end")
    assert page.status == 404
    page = await maria.presses(f"{case(amal)}/planning/weekly/{row}/end")
    assert "Avslutat" in page.text
    assert "torsdag 9.30" not in page.text


async def test_one_time_is_given_and_taken_back(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    given = {"once": "recruiter-interview", "once_day": "2026-12-10", "once_at": "9.30", "once_place": "Exempelgatan 4"}
    page = await maria.presses(f"{case(amal)}/planning/once", {**given, "once_day": "sen"})
    assert page.status == 422
    page = await maria.presses(f"{case(amal)}/planning/once", given)
    assert "Tiden är sparad" in page.text
    assert "Intervju med rekryterare" in page.text
    other = await met(office, maria)
    refused = await maria.presses(f"{case(other)}/planning/once", given)
    assert refused.alert.startswith("Alla platser är tagna")
    (row,) = re.findall(r"/planning/([0-9a-f-]+)/take-back", page.source)
    page = await maria.presses(f"{case(amal)}/planning/{row}/take-back")
    assert "Tiden är borttagen" in page.text


async def test_jobs_she_has_told_of_stand_there_in_her_own_words(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    assert "Sökta jobb" not in (await maria.opens(f"{case(amal)}/planning")).text
    day = office.backend.clock().date()
    for title, employer in (("Städare", "Sodexo"), ("", "")):
        call = TellOfJob(person=amal.person, at=office.backend.clock(), on=day, title=title, employer=employer)
        assert (await office.bot.put(f"jobs/{uuid4()}/{uuid4()}", call)).status_code == 204
    page = await maria.opens(f"{case(amal)}/planning")
    assert "Sökta jobb" in page.text
    assert "Städare, Sodexo" in page.text
