"""A thread in the inbox: entries in order, states forward only, ownership by epoch, and one task for who waits."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlmodel import select

from backend import promises, tasks
from backend.calendar import moment
from backend.contract import Entry, EntryState, HandOver, Ownership
from backend.handover import desk as inbox
from backend.handover.models import ThreadEntry
from backend.handover.service import first_answer_by
from backend.municipalities import found
from tests.backend.stories import JOHAN, MONDAY, PERSON_NUMBER, Applicant, Backend, at_once


def entry(applicant: Applicant, **given: object) -> Entry:
    return Entry.model_validate(
        {
            "person": applicant.person,
            "at": MONDAY,
            "who": "person",
            "language": "ar",
            "original": "هل يمكنني إحضار الأطفال؟",
            "swedish": None,
            "state": "received",
            **given,
        }
    )


async def put(backend: Backend, thread: UUID, number: int, body: Entry) -> httpx2.Response:
    return await backend.trelleborg.put(f"threads/{thread}/entries/{number}", body)


async def hand_over(backend: Backend, applicant: Applicant, reason: str, at: datetime = MONDAY) -> None:
    call = HandOver.model_validate(
        {
            "person": applicant.person,
            "thread": applicant.thread,
            "channel": "sms",
            "language": "ar",
            "at": at,
            "reason": reason,
            "telephone": "+46701740612",
            "shared_phone": False,
        }
    )
    answer = await backend.trelleborg.put(f"handovers/{uuid4()}", call)
    assert answer.status_code == 204, answer.text


async def opened(backend: Backend, applicant: Applicant) -> inbox.OpenThread:
    async with backend.database().transaction() as session:
        return await inbox.open_thread(session, backend.clock, JOHAN, applicant.thread, reason="follow-up")


async def test_staff_read_it_in_order_in_swedish_and_as_it_was(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    asked = entry(amal, who="bot", original="اختر", swedish="Välj", state="pending")
    assert (await put(backend, amal.thread, 2, asked)).status_code == 204
    assert (await put(backend, amal.thread, 1, entry(amal))).status_code == 204
    thread = await opened(backend, amal)
    assert [(one.number, one.who, one.original, one.swedish, one.state) for one in thread.entries] == [
        (1, "person", "هل يمكنني إحضار الأطفال؟", None, EntryState.RECEIVED),
        (2, "bot", "اختر", "Välj", EntryState.PENDING),
    ]
    assert (thread.language, thread.channel, thread.owner, thread.wanted) == ("ar", "sms", "bot", "bot")


async def test_delivery_moves_forward_only_and_nothing_else_changes(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    sent = entry(amal, who="bot", swedish="Välj")
    for state, shown in (
        ("pending", "pending"),
        ("sending", "sending"),
        ("unknown", "unknown"),
        ("sending", "unknown"),
        ("delivered", "delivered"),
        ("sent", "delivered"),
        ("failed", "delivered"),
    ):
        await put(backend, amal.thread, 1, sent.model_copy(update={"state": EntryState(state)}))
        assert [one.state for one in (await opened(backend, amal)).entries] == [shown]
    refused = await put(backend, amal.thread, 1, sent.model_copy(update={"original": "other"}))
    assert refused.json()["code"] == "key-reused"


async def test_why_it_did_not_arrive_comes_with_the_state_and_goes_with_it(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    sent = entry(amal, who="bot", swedish="Välj", state="sent")
    await put(backend, amal.thread, 1, sent)
    failed = sent.model_copy(update={"state": EntryState.FAILED, "why": "no-such-number"})
    assert (await put(backend, amal.thread, 1, failed)).status_code == 204
    assert [one.why for one in (await opened(backend, amal)).entries] == ["no-such-number"]
    async with backend.database().transaction() as session:
        (missed,) = await inbox.missed(session, amal.person)
    assert (missed.certain, missed.why) == (True, "no-such-number")
    await put(backend, amal.thread, 1, sent.model_copy(update={"state": EntryState.DELIVERED}))
    assert [one.why for one in (await opened(backend, amal)).entries] == [None]


async def test_the_same_entry_five_times_at_once_is_one(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    answers = await at_once(*(put(backend, amal.thread, 1, entry(amal)) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {204}
    assert len((await opened(backend, amal)).entries) == 1


async def test_an_entry_may_come_before_anything_else_is_known_of_its_thread(backend: Backend) -> None:
    somebody = Applicant(uuid4(), uuid4(), "ar")
    assert (await put(backend, somebody.thread, 0, entry(somebody))).status_code == 204
    assert (await opened(backend, somebody)).channel is None
    await hand_over(backend, somebody, "asked")
    assert (await opened(backend, somebody)).channel == "sms"


async def test_the_language_of_a_thread_is_the_one_the_bot_speaks_in_it(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await put(backend, amal.thread, 1, entry(amal, who="bot", language="sv", at=MONDAY + timedelta(minutes=1)))
    await put(backend, amal.thread, 2, entry(amal, who="person", language="ar", at=MONDAY + timedelta(minutes=2)))
    assert (await opened(backend, amal)).language == "sv"


async def test_what_was_said_lies_sealed(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await put(backend, amal.thread, 1, entry(amal, original=PERSON_NUMBER, swedish=PERSON_NUMBER))
    async with backend.database().transaction() as session:
        row = (await session.exec(select(ThreadEntry))).one()
        assert PERSON_NUMBER.encode() not in repr(row.model_dump()).encode()


async def test_the_highest_epoch_holds_whatever_order_it_comes_in(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    words = {2: Ownership(owner="bot", at=MONDAY), 1: Ownership(owner="staff", at=MONDAY)}
    for epoch, word in words.items():
        for _ in range(2):
            path = f"threads/{amal.thread}/ownership/{epoch}"
            assert (await backend.trelleborg.put(path, word)).status_code == 204
    thread = await opened(backend, amal)
    assert (thread.owner, thread.epoch) == ("bot", 2)
    path = f"threads/{amal.thread}/ownership/2"
    assert (await backend.trelleborg.put(path, words[1])).json()["code"] == "key-reused"
    unknown = await backend.trelleborg.put(f"threads/{uuid4()}/ownership/1", words[1])
    assert unknown.json()["code"] == "not-found"


@pytest.mark.parametrize(
    ("reason", "kind", "promised"),
    [
        ("asked", "answer", "first-answer"),
        ("missed-three", "answer", "first-answer"),
        ("question", "answer", "first-answer"),
        ("call-me", "ring", "first-answer"),
        ("important-day", "ring", "first-answer"),
        ("acute", "acute", "acute-answer"),
        ("dead-letter", "check", None),
        ("lost", "check", None),
        ("not-shared", "ring", "first-answer"),
        ("opted-out", "check", None),
        ("wrong-number", "check", None),
    ],
)
async def test_why_a_thread_is_handed_over_says_what_there_is_to_do(
    backend: Backend, reason: str, kind: str, promised: str | None
) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await hand_over(backend, amal, reason)
    await hand_over(backend, amal, reason, MONDAY + timedelta(minutes=1))
    async with backend.database().transaction() as session:
        (task,) = await tasks.waiting(session, amal.person)
        assert (task.kind, task.thread) == (kind, amal.thread)
        assert [promise.what for promise in await promises.of_person(session, amal.person)] == (
            [promised] if promised else []
        )
        (row,) = await inbox.queue(session, backend.clock)
        assert (row.reason, row.ending, row.language, row.owner) == (reason, "…06 12", "ar", "bot")


@pytest.mark.parametrize(
    ("written", "answered_by"),
    [
        ("2026-11-30 09:58", "2026-11-30 13:58"),  # Monday morning: four open hours
        ("2026-11-30 14:30", "2026-12-01 10:00"),  # two hours are left, so two more the next morning
        ("2026-11-30 20:00", "2026-12-01 10:00"),  # in the night: by ten
        ("2026-11-30 06:00", "2026-11-30 10:00"),  # before it opens: by ten
        ("2026-11-28 12:00", "2026-11-30 10:00"),  # on Saturday: by ten on Monday
        ("2026-12-24 12:00", "2026-12-28 10:00"),  # on Christmas Eve
        ("2026-11-27 12:30", "2026-11-30 10:00"),  # on Friday afternoon, when it is closed
    ],
)
def test_when_a_human_has_answered(written: str, answered_by: str) -> None:
    def swedish(text: str) -> datetime:
        at = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return moment(at.date(), at.time())

    assert first_answer_by(found()["trelleborg"].calendar, swedish(written)) == swedish(answered_by)


async def test_a_line_that_no_thread_can_have_is_refused_and_nothing_breaks(backend: Backend) -> None:
    call = {
        "person": str(uuid4()),
        "thread": str(uuid4()),
        "channel": "sms",
        "language": "ar",
        "at": MONDAY.isoformat(),
        "reason": "asked",
        "entry": 2**31,
    }
    assert (await backend.trelleborg.put(f"handovers/{uuid4()}", call)).status_code == 422
    call["entry"] = 2**31 - 1
    assert (await backend.trelleborg.put(f"handovers/{uuid4()}", call)).status_code == 204
