"""The planning week: when it is, who gets a place, what she says of it, and who has chosen no branch."""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from backend import tasks
from backend.bookings.models import MeetingRow
from backend.calendar import SWEDEN, day_in_sweden
from backend.contract import ChooseBranch, NoticeKind, PlanningWeek, SayOfActivity, StillTrue, StillTrueQuery
from backend.errors import NotAllowed, NotFound, NotYetBegun
from backend.municipalities import found
from backend.planning import routine, service, week, weekly
from backend.planning.models import Group
from backend.planning.service import Absence, Standing
from backend.planning.weekly import EveryWeek
from tests.backend.stories import JOHAN, MARIA, Applicant, Backend, at_once, books_a_meeting, told

FRIDAY = datetime(2026, 12, 4, 11, tzinfo=SWEDEN)
TRELLEBORG = found()["trelleborg"]


async def begins(backend: Backend, kim: Applicant, *, at_disposal: bool = True, note: UUID | None = None) -> UUID:
    async with backend.database().transaction() as session:
        return await service.begin(session, backend.clock, MARIA, kim.person, note or uuid4(), at_disposal=at_disposal)


async def stands(backend: Backend, kim: Applicant) -> Standing:
    async with backend.database().transaction() as session:
        return await service.of_person(session, kim.person)


async def week_told(backend: Backend) -> PlanningWeek:
    notice = (await told(backend.trelleborg, NoticeKind.PLANNING_WEEK))[-1]
    return PlanningWeek.model_validate(notice.body)


async def waiting(backend: Backend, kim: Applicant) -> list[str]:
    async with backend.database().transaction() as session:
        return [tasks.in_swedish(task) for task in await tasks.waiting(session, kim.person)]


def days(first: date, language: str = "sv") -> list[tuple[str, str]]:
    assert TRELLEBORG.planning is not None
    taken: list[week.Time] = []
    listed: list[tuple[str, str]] = []
    for one in TRELLEBORG.planning.of(language):
        earliest = week.ends(taken, first) if one.activity == "plan" else first
        time = next(week.times(TRELLEBORG.calendar, one, earliest, taken))
        taken.append(time)
        listed.append((one.activity, f"{time.start.astimezone(SWEDEN):%a %d %H.%M}"))
    return listed


def test_a_week_from_a_monday_has_one_activity_a_day_and_ends_with_the_plan() -> None:
    assert days(date(2026, 12, 7)) == [
        ("branches", "Mon 07 09.00"),
        ("cv", "Tue 08 13.00"),
        ("workplaces", "Wed 09 10.00"),
        ("recruiters", "Thu 10 09.00"),
        ("plan", "Fri 11 10.00"),
    ]


def test_a_week_from_a_thursday_goes_on_after_the_weekend_and_the_plan_still_comes_last() -> None:
    assert days(date(2026, 12, 3)) == [
        ("branches", "Mon 07 09.00"),
        ("cv", "Tue 08 13.00"),
        ("workplaces", "Wed 09 10.00"),
        ("recruiters", "Thu 03 09.00"),
        ("plan", "Fri 11 10.00"),
    ]


def test_what_falls_on_a_closed_day_moves_to_the_next_that_is_open_at_that_hour() -> None:
    # Christmas week: the 24th to the 27th are closed, and Friday afternoons are always.
    assert days(date(2026, 12, 21)) == [
        ("branches", "Mon 21 09.00"),
        ("cv", "Tue 22 13.00"),
        ("workplaces", "Wed 23 10.00"),
        ("recruiters", "Mon 28 09.00"),
        ("plan", "Mon 04 10.00"),
    ]


async def test_it_begins_the_working_day_after_the_note_and_she_is_told_once(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    backend.clock.now = FRIDAY
    note = uuid4()
    first, again = await begins(backend, kim, note=note), await begins(backend, kim, note=note)
    assert first == again == await begins(backend, kim)  # nor is there a second while one is under way
    assert len(await told(backend.trelleborg, NoticeKind.PLANNING_WEEK)) == 1
    body = await week_told(backend)
    assert [one.kind for one in body.activities] == ["branches", "cv", "workplaces", "recruiters", "plan"]
    assert [day_in_sweden(one.start).day for one in body.activities] == [7, 8, 9, 10, 11]
    assert (body.choose_by, body.remind_on, body.quiet) == (date(2026, 12, 11), date(2026, 12, 10), False)
    assert body.branches == TRELLEBORG.planning.branches if TRELLEBORG.planning else False


async def test_who_speaks_the_language_of_a_group_is_in_that_one_with_an_interpreter(backend: Backend) -> None:
    hodan = await backend.trelleborg.asks_for_help(language="so")
    backend.clock.now = FRIDAY
    await begins(backend, hodan)
    body = await week_told(backend)
    assert {one.kind: one.interpreter for one in body.activities} == {
        "branches": True,
        "cv": True,
        "workplaces": False,
        "recruiters": False,
        "plan": True,
    }


async def test_a_full_group_is_never_over_and_the_next_one_is_taken_also_by_many_at_once(backend: Backend) -> None:
    people = [await backend.trelleborg.asks_for_help(language="so") for _ in range(9)]
    backend.clock.now = FRIDAY
    gone = await at_once(*(begins(backend, one) for one in people))
    assert not [one for one in gone if isinstance(one, Exception)]
    async with backend.database().transaction() as session:
        groups = (await session.exec(select(Group).where(Group.activity == "cv", Group.language == "so"))).all()
        assert sorted((day_in_sweden(one.starts_at).day, one.taken) for one in groups) == [(8, 8), (15, 1)]
    late = [one for one in people if (await stands(backend, one)).choose_by == date(2026, 12, 18)]
    assert len(late) == 1  # her plan comes after it


async def test_the_database_itself_lets_no_group_be_over(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await begins(backend, kim)
    async with backend.database().transaction() as session:
        group = (await session.exec(select(Group).limit(1))).one()
        group.taken = group.capacity + 1
        session.add(group)
        with pytest.raises(IntegrityError):
            await session.flush()
        await session.rollback()


async def test_what_she_says_is_no_attendance_and_cancels_nothing(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    backend.clock.now = FRIDAY
    await begins(backend, kim)
    cv = next(one for one in (await week_told(backend)).activities if one.kind == "cv")
    key, call = uuid4(), SayOfActivity(person=kim.person, at=cv.start, how="ill")
    for _ in range(2):
        assert (await backend.trelleborg.put(f"activities/{cv.id}/answers/{key}", call)).status_code == 204
    place = next(one for one in (await stands(backend, kim)).places if one.id == cv.id)
    assert (place.said, place.attended) == ("ill", None)
    assert await waiting(backend, kim) == ["Sjuk: kommer inte till det planerade"]
    somebody = await backend.trelleborg.asks_for_help(language="sv")
    theirs = call.model_copy(update={"person": somebody.person})
    assert (await backend.trelleborg.put(f"activities/{cv.id}/answers/{uuid4()}", theirs)).status_code == 404


async def test_attendance_is_for_staff_with_a_reason_and_a_doctors_note(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    backend.clock.now = FRIDAY
    await begins(backend, kim)
    cv = next(one for one in (await week_told(backend)).activities if one.kind == "cv")
    absence = Absence("ill", "Feber", doctors_note=True)
    async with backend.database().transaction() as session:
        with pytest.raises(NotYetBegun):
            await service.note_attendance(session, backend.clock, MARIA, kim.person, cv.id, absence=absence)
    backend.clock.now = cv.end
    with pytest.raises(NotAllowed):
        async with backend.database().transaction() as session:
            await service.note_attendance(session, backend.clock, JOHAN, kim.person, cv.id, absence=None)
    async with backend.database().transaction() as session:
        await service.note_attendance(session, backend.clock, MARIA, kim.person, cv.id, absence=absence)
    place = next(one for one in (await stands(backend, kim)).places if one.id == cv.id)
    assert (place.attended, place.attended_by, place.absence) == ("absent", "Maria", absence)


async def test_reminders_are_true_while_the_place_is_hers_and_she_can_take_work(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    somebody = await backend.trelleborg.asks_for_help(language="sv")
    await begins(backend, kim)
    body = await week_told(backend)

    async def true(kind: str, reference: UUID, person: UUID = kim.person) -> bool:
        asked = StillTrueQuery(kind=kind, person=person, reference=reference, at=backend.clock())
        return StillTrue.model_validate((await backend.trelleborg.post("still-true", asked)).json()).true

    notice = (await told(backend.trelleborg, NoticeKind.PLANNING_WEEK))[-1].id
    cv = body.activities[1].id
    assert await true("activity-morning", cv)
    assert not await true("activity-morning", cv, somebody.person)
    assert not await true("activity-morning", uuid4())
    assert await true("planning-week", notice)
    assert await true("branch-asked", notice)
    chosen = ChooseBranch(person=kim.person, at=backend.clock(), branch="care")
    assert (await backend.trelleborg.put(f"branches/{uuid4()}", chosen)).status_code == 204
    assert not await true("branch-asked", notice)
    await begins(backend, kim, at_disposal=False)
    assert not await true("activity-morning", cv)


async def test_staff_see_on_the_last_day_who_has_chosen_no_branch(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    other = await backend.trelleborg.asks_for_help(language="sv")
    resting = await backend.trelleborg.asks_for_help(language="sv")
    backend.clock.now = FRIDAY
    for one in (kim, other):
        await begins(backend, one)
    await begins(backend, resting, at_disposal=False)
    wrong = ChooseBranch(person=other.person, at=FRIDAY, branch="green")
    assert (await backend.trelleborg.put(f"branches/{uuid4()}", wrong)).status_code == 422
    chosen = wrong.model_copy(update={"branch": "industry"})
    assert (await backend.trelleborg.put(f"branches/{uuid4()}", chosen)).status_code == 204
    assert (await stands(backend, other)).branch == "industry"
    backend.clock.now = datetime(2026, 12, 10, 15, tzinfo=SWEDEN)
    await routine.look_after(backend.database(), backend.clock)
    assert await waiting(backend, kim) == []
    backend.clock.now = datetime(2026, 12, 11, 8, 5, tzinfo=SWEDEN)
    await at_once(*(routine.look_after(backend.database(), backend.clock) for _ in range(3)))
    assert await waiting(backend, kim) == ["Har inte valt bransch, och veckan tar slut"]
    assert await waiting(backend, other) == await waiting(backend, resting) == []
    late = ChooseBranch(person=kim.person, at=backend.clock() + timedelta(hours=1), branch="care")
    assert (await backend.trelleborg.put(f"branches/{uuid4()}", late)).status_code == 204
    assert await waiting(backend, kim) == []


async def true_of(backend: Backend, kim: Applicant, kind: str, reference: UUID) -> bool:
    asked = StillTrueQuery(kind=kind, person=kim.person, reference=reference, at=backend.clock())
    return StillTrue.model_validate((await backend.trelleborg.post("still-true", asked)).json()).true


async def test_told_of_other_times_in_the_week_she_is_still_to_choose_a_branch(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    backend.clock.now = FRIDAY
    begun = await begins(backend, kim)
    first = (await told(backend.trelleborg, NoticeKind.PLANNING_WEEK))[-1].id
    backend.clock.now = datetime(2026, 12, 7, 12, tzinfo=SWEDEN)
    every = EveryWeek("open-house", 2, time(13), 60, "Exempelgatan 4", digital=False, begins_on=date(2026, 12, 7))
    async with backend.database().transaction() as session:
        await weekly.add(session, backend.clock, MARIA, kim.person, every)
    body = await week_told(backend)
    assert (body.week, body.choose_by, body.remind_on) == (begun, date(2026, 12, 11), date(2026, 12, 10))
    assert body.branches == TRELLEBORG.planning.branches if TRELLEBORG.planning else False
    backend.clock.now = datetime(2026, 12, 10, 10, tzinfo=SWEDEN)
    assert await true_of(backend, kim, "branch-asked", first)
    backend.clock.now = datetime(2026, 12, 12, 10, tzinfo=SWEDEN)
    assert not await true_of(backend, kim, "branch-asked", first)


async def test_a_branch_chosen_and_attendance_noted_leave_other_peoples_tasks_open(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    backend.clock.now = FRIDAY
    begun = await begins(backend, kim)
    cv = next(one for one in (await week_told(backend)).activities if one.kind == "cv")
    async with backend.database().transaction() as session:
        await tasks.add(session, "time", "planning-full", at=FRIDAY, person=kim.person, about=begun)
        for reason in ("help", "activity-ill"):
            await tasks.add(session, "check", reason, at=FRIDAY, person=kim.person, about=cv.id)
    chosen = ChooseBranch(person=kim.person, at=backend.clock(), branch="care")
    assert (await backend.trelleborg.put(f"branches/{uuid4()}", chosen)).status_code == 204
    backend.clock.now = cv.end
    async with backend.database().transaction() as session:
        await service.note_attendance(session, backend.clock, MARIA, kim.person, cv.id, absence=None)
        assert {one.reason for one in await tasks.waiting(session, kim.person)} == {"planning-full", "help"}


async def test_attendance_is_noted_of_the_person_it_is_about_alone(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    somebody = await backend.trelleborg.asks_for_help(language="sv")
    backend.clock.now = FRIDAY
    await begins(backend, kim)
    cv = next(one for one in (await week_told(backend)).activities if one.kind == "cv")
    backend.clock.now = cv.end
    async with backend.database().transaction() as session:
        with pytest.raises(NotFound):
            await service.note_attendance(session, backend.clock, MARIA, somebody.person, cv.id, absence=None)


async def test_the_week_is_laid_beside_her_meetings_and_a_late_one_does_not_move_the_plan(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    meeting = await books_a_meeting(backend, kim)
    async with backend.database().transaction() as session:
        row = await session.get_one(MeetingRow, meeting.id)
        row.starts_at = datetime(2026, 12, 8, 13, tzinfo=SWEDEN)
        row.ends_at = row.starts_at + timedelta(hours=1)
        session.add(row)
    later = EveryWeek("open-house", 2, time(13), 60, "Exempelgatan 4", digital=False, begins_on=date(2026, 12, 16))
    backend.clock.now = FRIDAY
    async with backend.database().transaction() as session:
        await weekly.add(session, backend.clock, MARIA, kim.person, later)
    await begins(backend, kim)
    starts = {one.kind: one.start for one in (await week_told(backend)).activities}
    assert day_in_sweden(starts["cv"]).day == 9
    assert day_in_sweden(starts["plan"]).day == 11


def test_what_is_said_of_a_meeting_and_of_something_planned_has_its_own_reason() -> None:
    assert not tasks.OF_PLANNING.keys() & tasks.OF_A_MEETING.keys()
