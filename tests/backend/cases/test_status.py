"""STATUS: the step and the next date, through the whole path, and nothing else. And: is a message still true?"""

from datetime import date, timedelta
from uuid import UUID, uuid4

from backend import persons, promises, tasks
from backend.cases.desk import Agreed
from backend.cases.service import find_case
from backend.contract import (
    AllStillTrueQuery,
    CancelMeeting,
    HandedBack,
    HandOver,
    NoticeKind,
    Ownership,
    Status,
    StatusQuery,
    StillTrueQuery,
)
from backend.decisions import service as decisions
from backend.interpreters import service as interpreters
from backend.notices import service as notices
from tests.backend.stories import (
    MARIA,
    MONDAY,
    Applicant,
    Backend,
    application,
    books_a_meeting,
    meets,
    told,
)


async def status(backend: Backend, applicant: Applicant) -> Status:
    query = StatusQuery(person=applicant.person, at=backend.clock())
    return Status.model_validate((await backend.trelleborg.post("status", query)).json())


async def test_the_five_steps_meeting_first(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    assert await status(backend, kim) == Status(step="1")
    meeting = await books_a_meeting(backend, kim)
    assert await status(backend, kim) == Status(step="2", next_date=date(2026, 11, 30), next_time=meeting.start)
    await backend.trelleborg.put(f"applications/{uuid4()}", application(kim))
    assert await status(backend, kim) == Status(step="3", next_date=date(2026, 11, 30), next_time=meeting.start)
    backend.clock.now = meeting.end
    await meets(backend, kim, meeting=meeting.id)
    assert await status(backend, kim) == Status(step="4", next_date=date(2026, 12, 1))
    async with backend.database().transaction() as session:
        draft = decisions.Draft("bifall", date(2026, 12, 1))
        await decisions.sign(session, backend.clock, MARIA, kim.person, draft)
    assert await status(backend, kim) == Status(step="5")
    later = backend.clock.advance(days=20)
    await backend.trelleborg.put(f"applications/{uuid4()}", application(kim, later))
    # The day by which the last one was to be decided says nothing of this one.
    assert await status(backend, kim) == Status(step="3")


async def test_application_first_is_at_step_three_before_any_meeting(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await backend.trelleborg.put(f"applications/{uuid4()}", application(kim))
    assert await status(backend, kim) == Status(step="3")


async def test_two_ids_of_one_person_have_one_status(backend: Backend) -> None:
    one = await backend.trelleborg.asks_for_help(language="sv")
    other = await backend.trelleborg.asks_for_help(language="sv")
    await backend.trelleborg.put(f"applications/{uuid4()}", application(one))
    async with backend.database().transaction() as session:
        await persons.merge(session, one.person, other.person)
    assert (await status(backend, one)).step == (await status(backend, other)).step == "3"


async def still_true(backend: Backend, applicant: Applicant, reference: object, **given: object) -> bool:
    query = StillTrueQuery.model_validate(
        {"kind": "reminder", "person": applicant.person, "reference": reference, "at": backend.clock(), **given}
    )
    answer = await backend.trelleborg.post("still-true", query)
    assert answer.status_code == 200, answer.text
    told_true: bool = answer.json()["true"]
    return told_true


async def test_a_reminder_is_true_while_the_meeting_stands_at_that_time(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    other = await backend.trelleborg.asks_for_help(language="sv")
    meeting = await books_a_meeting(backend, kim)
    assert await still_true(backend, kim, meeting.id, start=meeting.start)
    assert not await still_true(backend, kim, meeting.id, start=meeting.start + timedelta(hours=1))
    assert not await still_true(backend, other, meeting.id, start=meeting.start)
    assert not await still_true(backend, kim, uuid4(), start=meeting.start)
    assert not await still_true(backend, kim, meeting.id)  # without a start it says that it is cancelled
    cancel = CancelMeeting(person=kim.person, at=MONDAY)
    await backend.trelleborg.put(f"meetings/{meeting.id}/cancellation/{uuid4()}", cancel)
    assert not await still_true(backend, kim, meeting.id, start=meeting.start)
    assert await still_true(backend, kim, meeting.id)


async def test_that_the_interpreter_is_ready_is_true_as_long_as_she_comes(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help()
    meeting = await books_a_meeting(backend, kim, interpreter="ar")
    text = {"kind": "interpreter-ready", "start": meeting.start}

    async def order(state: str) -> UUID:
        async with backend.database().transaction() as session:
            return next(step.id for step in await interpreters.history(session, meeting.id) if step.state == state)

    assert not await still_true(backend, kim, meeting.id, **text)
    async with backend.database().transaction() as session:
        await interpreters.confirm(session, backend.clock, await order("asked"))
    assert await still_true(backend, kim, meeting.id, **text)
    async with backend.database().transaction() as session:
        declined = await interpreters.decline(session, backend.clock, await order("confirmed"))
    assert declined.outcome == "asked-another"
    # The time is the same, and nobody has said that she comes.
    assert await still_true(backend, kim, meeting.id, start=meeting.start)
    assert not await still_true(backend, kim, meeting.id, **text)


async def test_of_many_each_is_answered_in_its_place(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    other = await backend.trelleborg.asks_for_help(language="sv")
    await meets(backend, kim, Agreed(own_words="Vi hörs."))
    meeting = await books_a_meeting(backend, other)
    [lines] = [notice.id for notice in await told(backend.trelleborg)]
    asked = [
        ("reminder", other, uuid4(), meeting.start),
        ("reminder", other, meeting.id, meeting.start),
        ("reminder", other, meeting.id, meeting.start + timedelta(hours=1)),
        ("reminder", kim, meeting.id, meeting.start),
        ("meeting-cancelled", other, meeting.id, None),
        ("something-new", kim, lines, None),
        ("nudge", kim, uuid4(), None),
    ]
    queries = [
        StillTrueQuery(kind=kind, person=who.person, reference=reference, start=start, at=backend.clock())
        for kind, who, reference, start in asked
    ]
    alone = [(await backend.trelleborg.post("still-true", query)).json()["true"] for query in queries]
    answer = await backend.trelleborg.post("still-true/all", AllStillTrueQuery(queries=tuple(queries)))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"true": alone, "by_telephone": []}
    assert alone == [False, True, False, False, False, True, False]


async def test_that_there_is_something_new_is_true_until_a_human_has_told_it(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    other = await backend.trelleborg.asks_for_help(language="sv")
    await meets(backend, kim, Agreed(own_words="Vi hörs."))
    async with backend.database().transaction() as session:
        draft = decisions.Draft("bifall", date(2026, 12, 1))
        decision = await decisions.sign(session, backend.clock, MARIA, kim.person, draft)
    lines, decided = [notice.id for notice in await told(backend.trelleborg)]
    assert await still_true(backend, kim, lines)
    assert await still_true(backend, kim, decided)
    assert await still_true(backend, kim, decided, start=backend.clock() + timedelta(hours=1))
    assert not await still_true(backend, other, decided)
    assert not await still_true(backend, kim, uuid4())
    async with backend.database().transaction() as session:
        await decisions.record_told(session, backend.clock, MARIA, decision, "meeting")
    assert not await still_true(backend, kim, decided)
    assert await still_true(backend, kim, lines)


async def test_any_other_notice_stays_true_for_the_one_it_was_told_about(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    other = await backend.trelleborg.asks_for_help(language="sv")
    async with backend.database().transaction() as session:
        back = HandedBack(thread=kim.thread)
        notice = await notices.tell(session, backend.clock, NoticeKind.HANDED_BACK, kim.person, back)
    assert await still_true(backend, kim, notice)
    assert not await still_true(backend, other, notice)


async def test_an_important_day_is_true_until_the_same_is_decided_anew(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    other = await backend.trelleborg.asks_for_help(language="sv")
    await meets(backend, kim)
    meeting = await books_a_meeting(backend, kim)
    async with backend.database().transaction() as session:
        refused = decisions.Draft("avslag", date(2026, 12, 1), reasons=("other-benefit",), new_meeting=meeting.id)
        decision = await decisions.sign(session, backend.clock, MARIA, kim.person, refused)
        await decisions.record_told(session, backend.clock, MARIA, decision, "call")
    (day,) = [notice.id for notice in await told(backend.trelleborg, NoticeKind.IMPORTANT_DAY)]
    assert await still_true(backend, kim, day)
    assert not await still_true(backend, other, day)
    # Glasses are granted, and the month after: she may appeal what was refused as before, and is reminded of it.
    backend.clock.advance(days=2)
    glasses = application(kim, backend.clock(), kind="supplementary", month=date(2026, 12, 1), housing=None)
    assert (await backend.trelleborg.put(f"applications/{uuid4()}", glasses)).status_code == 200
    for month, stands in ((date(2026, 12, 1), True), (date(2027, 1, 1), True), (date(2026, 12, 1), False)):
        backend.clock.advance(minutes=1)
        await meets(backend, kim)
        backend.clock.advance(minutes=1)
        async with backend.database().transaction() as session:
            await decisions.sign(session, backend.clock, MARIA, kim.person, decisions.Draft("bifall", month))
        assert await still_true(backend, kim, day) is stands


async def test_a_nudge_is_true_while_nothing_has_come_of_what_she_began(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    other = await backend.trelleborg.asks_for_help(language="sv")
    assert await still_true(backend, kim, kim.thread, kind="nudge")
    assert not await still_true(backend, other, kim.thread, kind="nudge")
    assert not await still_true(backend, kim, uuid4(), kind="nudge")
    meeting = await books_a_meeting(backend, kim)
    assert not await still_true(backend, kim, kim.thread, kind="nudge")
    cancel = CancelMeeting(person=kim.person, at=MONDAY)
    await backend.trelleborg.put(f"meetings/{meeting.id}/cancellation/{uuid4()}", cancel)
    assert await still_true(backend, kim, kim.thread, kind="nudge")
    await backend.trelleborg.put(f"applications/{uuid4()}", application(kim))
    assert not await still_true(backend, kim, kim.thread, kind="nudge")


async def test_a_nudge_is_untrue_after_a_meeting_that_was_held(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await meets(backend, kim)
    assert not await still_true(backend, kim, kim.thread, kind="nudge")


async def test_a_nudge_is_untrue_while_staff_speak_or_owe_a_word(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    call = HandOver(
        person=kim.person, thread=kim.thread, channel="sms", language="sv", at=backend.clock(), reason="asked"
    )
    await backend.trelleborg.put(f"handovers/{uuid4()}", call)
    assert not await still_true(backend, kim, kim.thread, kind="nudge")
    async with backend.database().transaction() as session:
        (task,) = await tasks.waiting(session, kim.person)
        await tasks.done(session, task.id, backend.clock())
    assert await still_true(backend, kim, kim.thread, kind="nudge")
    await backend.trelleborg.put(f"threads/{kim.thread}/ownership/1", Ownership(owner="staff", at=backend.clock()))
    assert not await still_true(backend, kim, kim.thread, kind="nudge")


async def test_a_month_of_silence_is_one_task_without_a_promise_and_closes_nothing(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    call = HandOver(
        person=kim.person, thread=kim.thread, channel="sms", language="sv", at=backend.clock(), reason="silent"
    )
    await backend.trelleborg.put(f"handovers/{uuid4()}", call)
    async with backend.database().transaction() as session:
        assert [(task.kind, task.reason, task.queue) for task in await tasks.waiting(session, kim.person)] == [
            ("check", "silent", "customer-service")
        ]
        assert await promises.all_open(session) == ()
        assert await find_case(session, kim.person) is not None
