"""The caseworker's note: it settles the meeting, keeps the agreed lines, and starts the clock of one working day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from backend import promises, tasks
from backend.bookings import service as bookings
from backend.cases import desk
from backend.cases.desk import Agreed
from backend.cases.models import MeetingNote
from backend.contract import MeetingStatus, NoticeKind
from backend.errors import Invalid, NotAllowed, NotFound, NotToldInTheRoom, PhraseIncomplete, TooManyLines
from tests.backend.stories import (
    JOHAN,
    MARIA,
    MONDAY,
    PERSON_NUMBER,
    Applicant,
    Backend,
    application,
    books_a_meeting,
    meets,
    told,
)

CV = Agreed("cv", {"day": "2026-12-03", "time": "13:00"})
TUESDAY_CLOSES = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)


async def write(backend: Backend, applicant: Applicant, note: desk.Note) -> None:
    async with backend.database().transaction() as session:
        await desk.write_note(session, backend.clock, MARIA, applicant.person, note)


async def test_complete_starts_one_working_day_and_a_task_to_decide(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    meeting = await books_a_meeting(backend, kim)
    backend.clock.now = meeting.end
    await meets(backend, kim, meeting=meeting.id)
    async with backend.database().transaction() as session:
        assert (await bookings.find(session, meeting.id)).status == MeetingStatus.HELD
        case = await desk.open_case(session, backend.clock, MARIA, kim.person)
        assert case.complete_at == meeting.end
        assert case.decide_by == backend.database().municipality.calendar.one_working_day_after(meeting.end)
        assert case.why == "Uppgift i din kö: Fatta beslut"
        (task,) = await tasks.waiting(session, kim.person)
        assert (task.kind, task.due_at) == ("decide", case.decide_by)
        meets_her, promise = await promises.of_person(session, kim.person)
        assert (meets_her.what, meets_her.about) == ("meeting", meeting.id)
        assert (promise.what, promise.due_at, promise.by) == ("decision", case.decide_by, "working-days")
        assert {paper.paper: paper.state for paper in case.papers}["identity"] == "seen"


async def test_a_complete_case_at_noon_on_monday_is_decided_before_tuesday_closes(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await meets(backend, kim)
    async with backend.database().transaction() as session:
        assert (await desk.open_case(session, backend.clock, MARIA, kim.person)).decide_by == TUESDAY_CLOSES


async def test_who_did_not_come_has_no_clock_unless_the_caseworker_goes_on(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    meeting = await books_a_meeting(backend, kim)
    backend.clock.now = meeting.end
    with pytest.raises(Invalid):
        await write(backend, kim, desk.Note(came=False, meeting=meeting.id, complete=True))
    await write(backend, kim, desk.Note(came=False, meeting=meeting.id))
    async with backend.database().transaction() as session:
        assert (await bookings.find(session, meeting.id)).status == MeetingStatus.NO_SHOW
        with pytest.raises(Invalid):
            await desk.mark_complete(session, backend.clock, MARIA, kim.person)
    await write(backend, kim, desk.Note(came=False, complete=True, waived="illness"))
    async with backend.database().transaction() as session:
        case = await desk.open_case(session, backend.clock, MARIA, kim.person)
        assert case.decide_by is not None
        assert [view.note.waived for view in case.notes] == [None, "illness"]


async def test_asking_for_papers_pauses_the_clock(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await meets(backend, kim)
    async with backend.database().transaction() as session:
        await desk.ask_for_papers(session, backend.clock, MARIA, kim.person, ["lease"])
    async with backend.database().transaction() as session:
        case = await desk.open_case(session, backend.clock, MARIA, kim.person)
        assert (case.complete_at, case.decide_by, case.paused_at) == (None, None, MONDAY)
        assert {paper.paper: paper.state for paper in case.papers}["lease"] == "missing"
        assert await tasks.waiting(session, kim.person) == ()
        assert await promises.of_person(session, kim.person) == ()
    backend.clock.advance(days=2)
    async with backend.database().transaction() as session:
        due = await desk.mark_complete(session, backend.clock, MARIA, kim.person)
        assert due == TUESDAY_CLOSES + timedelta(days=2)
        assert [promise.due_at for promise in await promises.of_person(session, kim.person)] == [due]


async def test_agreed_lines_are_told_of_without_saying_what(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal, CV, Agreed("hand-in", {"paper": "lease", "day": "2026-12-04"}), complete=False)
    (notice,) = await told(backend.trelleborg)
    assert notice.kind == NoticeKind.SOMETHING_NEW
    assert notice.body == {"what": "agreed-lines", "refusal": False, "with_interpreter": True, "meeting": None}
    async with backend.database().transaction() as session:
        (view,) = await desk.notes(session, amal.person)
        assert [line.text["sv"] for line in view.agreed] == [
            "Vi gör ditt cv tillsammans torsdag 3 december kl 13.00.",
            "Du lämnar hyreskontraktet senast fredag 4 december.",
        ]
        assert "hyreskontrakt" in view.agreed[1].text["ar"]
        assert "كانون الأول" in view.agreed[0].text["ar"]


async def test_own_words_stay_swedish_and_lie_sealed(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal, Agreed(own_words=f"Ring {PERSON_NUMBER}"), complete=False)
    async with backend.database().transaction() as session:
        (view,) = await desk.notes(session, amal.person)
        assert set(view.agreed[0].text.values()) == {f"Ring {PERSON_NUMBER}"}
        assert {"sv", "en", "ar"} <= set(view.agreed[0].text)
        row = (await session.exec(select(MeetingNote))).one()
        assert PERSON_NUMBER.encode() not in repr(row.model_dump()).encode()


@pytest.mark.parametrize(
    "agreed",
    [
        Agreed(),
        Agreed(own_words="  "),
        Agreed("unknown"),
        Agreed("cv"),
        Agreed("cv", {"day": "31 februari", "time": "13:00"}),
        Agreed("cv", {"day": "2026-12-03", "time": "25:00"}),
        Agreed("hand-in", {"paper": "diary", "day": "2026-12-03"}),
    ],
)
async def test_a_line_that_is_not_filled_in_is_refused_and_nothing_is_kept(backend: Backend, agreed: Agreed) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    with pytest.raises(PhraseIncomplete):
        await meets(backend, kim, agreed)
    async with backend.database().transaction() as session:
        assert await desk.notes(session, kim.person) == ()


async def test_a_note_settles_nobody_elses_meeting(backend: Backend) -> None:
    kim, other = await backend.trelleborg.asks_for_help(), await backend.trelleborg.asks_for_help()
    meeting = await books_a_meeting(backend, other)
    backend.clock.now = meeting.end
    with pytest.raises(NotFound):
        await write(backend, kim, desk.Note(came=True, meeting=meeting.id))


async def test_a_clock_that_runs_is_not_put_off_by_saying_again_that_all_is_in(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await meets(backend, kim)
    backend.clock.advance(hours=20)
    await meets(backend, kim)
    async with backend.database().transaction() as session:
        assert await desk.mark_complete(session, backend.clock, MARIA, kim.person) == TUESDAY_CLOSES
        assert (await desk.open_case(session, backend.clock, MARIA, kim.person)).decide_by == TUESDAY_CLOSES


async def test_four_lines_are_too_many(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    with pytest.raises(TooManyLines):
        await meets(backend, kim, CV, CV, CV, CV)


async def test_customer_service_writes_no_note_but_says_what_is_complete(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    async with backend.database().transaction() as session:
        with pytest.raises(NotAllowed):
            await desk.write_note(session, backend.clock, JOHAN, kim.person, desk.Note(came=True))
    await meets(backend, kim, complete=False)
    await backend.trelleborg.put(f"applications/{kim.thread}", application(kim))
    async with backend.database().transaction() as session:
        assert await desk.mark_complete(session, backend.clock, JOHAN, kim.person) == TUESDAY_CLOSES


async def test_staff_write_down_what_she_is_called(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        await desk.open_case(session, backend.clock, JOHAN, amal.person, reason="on-the-telephone")
        await desk.rename(session, backend.clock, JOHAN, amal.person, "Amal")
        assert [row.name for row in (await desk.in_list(session, backend.clock))[0]] == ["Amal"]


async def test_a_person_without_a_case_has_none_to_open(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        with pytest.raises(NotFound):
            await desk.open_case(session, backend.clock, MARIA, amal.thread, reason="meeting")


async def test_not_active_is_told_in_the_room_first_and_then_a_signal_and_a_new_meeting(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    meeting = await books_a_meeting(backend, kim)
    backend.clock.now = meeting.end
    note = desk.Note(came=True, meeting=meeting.id, active="not-active")
    with pytest.raises(NotToldInTheRoom):
        await write(backend, kim, note)
    async with backend.database().transaction() as session:
        assert await tasks.waiting(session, kim.person) == ()
    await write(backend, kim, replace(note, told_in_room=True))
    async with backend.database().transaction() as session:
        waiting = await tasks.waiting(session, kim.person)
        assert {(task.kind, task.reason, task.queue) for task in waiting} == {
            ("check", "not-active", "caseworker"),
            ("time", "meet-again", "interpreter-booking"),
        }
