"""Staff read in words why something did not arrive, and what helps; never that it did not where nobody knows."""

from datetime import timedelta
from typing import Any, get_args
from uuid import uuid4

import pytest

from backend.contract import Entry, EntryState, HandOver, NotArrived
from backend.handover.arrived import is_shut
from backend.handover.desk import EntryView
from backend.staff.talking.undelivered import _WHAT_HELPS, WHY, task_words
from backend.tasks import Task
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import MONDAY, Applicant


def view(number: int, who: str, state: EntryState, why: NotArrived | None = None) -> EntryView:
    return EntryView(number, MONDAY, who, "sv", "Hej", None, state, None, why=why)


def task(reason: str, entry: int | None) -> Task:
    return Task(kind="check", reason=reason, queue="customer-service", made_at=MONDAY, entry=entry)


def test_every_reason_has_its_words_and_what_helps() -> None:
    assert set(WHY) == set(_WHAT_HELPS) == set(get_args(NotArrived))


@pytest.mark.parametrize(
    ("reason", "why", "words"),
    [
        ("lost", "filtered", "Ett meddelande kom inte fram: operatörens filter stoppade texten, numret fungerar. "),
        ("lost", None, "Ett meddelande kom inte fram"),
        ("undelivered", None, "Ett meddelande kom kanske inte fram"),
        ("unreachable", "no-such-number", "Nås inte längre där vi skrev: numret finns inte. Ta reda på rätt nummer."),
    ],
)
def test_a_task_says_why_where_it_is_known(reason: str, why: NotArrived | None, words: str) -> None:
    entries = [view(4, "bot", EntryState.FAILED, why)]
    assert task_words(task(reason, 4), entries).startswith(words)
    assert task_words(task("dead-letter", 4), entries) == ""


@pytest.mark.parametrize(
    ("entries", "shut"),
    [
        ([], False),
        ([view(1, "person", EntryState.RECEIVED), view(2, "bot", EntryState.FAILED, "no-such-number")], True),
        ([view(1, "bot", EntryState.FAILED, "no-such-number"), view(2, "person", EntryState.RECEIVED)], False),
        ([view(1, "bot", EntryState.FAILED, "barred"), view(2, "bot", EntryState.DELIVERED)], False),
        ([view(1, "bot", EntryState.FAILED, "barred"), view(2, "marker", EntryState.DELIVERED)], True),
        ([view(1, "bot", EntryState.FAILED, "stopped"), view(2, "bot", EntryState.DROPPED, "not-tried")], True),
        ([view(1, "bot", EntryState.FAILED, "filtered")], False),
        ([view(1, "bot", EntryState.FAILED, "out-of-reach")], False),
    ],
)
def test_whether_anything_gets_there_goes_by_the_newest_fact(entries: list[EntryView], shut: bool) -> None:
    assert is_shut(reversed(entries)) is shut


async def did_not_come(office: Office, amal: Applicant, why: NotArrived) -> None:
    line: dict[str, Any] = {"who": "bot", "language": "sv", "original": "Tiden är kl 9.30", "swedish": None}
    failed = Entry(person=amal.person, at=office.backend.clock(), state=EntryState.FAILED, why=why, **line)
    assert (await office.bot.put(f"threads/{amal.thread}/entries/3", failed)).status_code == 204
    call = HandOver(
        person=amal.person,
        thread=amal.thread,
        channel="sms",
        language="ar",
        at=office.backend.clock() + timedelta(seconds=1),
        reason="lost",
        entry=3,
    )
    assert (await office.bot.put(f"handovers/{uuid4()}", call)).status_code == 204


async def test_it_stands_on_the_message_the_task_the_badge_and_the_case(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await did_not_come(office, amal, "no-such-number")
    assert "Ett meddelande kom inte fram" in (await johan.opens("/inbox?queue=waiting")).text
    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert "Kom inte fram: numret finns inte" in page.text
    assert "Ett meddelande kom inte fram: numret finns inte. Ta reda på rätt nummer." in page.text
    assert "Sms når inte fram" in page.text
    case = await johan.opens(f"/inbox/cases/{amal.person}")
    assert "Ett meddelande kom inte fram: numret finns inte" in case.text
    assert "Sms når inte fram" in case.text
    wrote: dict[str, Any] = {
        "who": "person",
        "language": "sv",
        "original": "Hej",
        "swedish": None,
        "state": EntryState.RECEIVED,
    }
    hers = Entry(person=amal.person, at=office.backend.clock(), **wrote)
    assert (await office.bot.put(f"threads/{amal.thread}/entries/4", hers)).status_code == 204
    assert "Sms når inte fram" not in (await johan.opens(f"/inbox/cases/{amal.person}")).text
