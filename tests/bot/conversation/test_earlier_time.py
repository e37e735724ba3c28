"""A time became free: offered once, hers on yes, and nothing changes where she says no or somebody else was first."""

from uuid import uuid5

import pytest

from backend.contract import AnswerEarlierTime, EarlierTime, Meeting, NoticeKind, ProblemCode
from tests.bot.conversation.test_interruptions import booked, calls
from tests.bot.talker import NAMESPACE, Talker, tomorrow

OFFER = uuid5(NAMESPACE, "offer")


def meeting_of(person: Talker) -> Meeting:
    meeting = person.state.person.meeting
    assert meeting is not None
    return meeting


@pytest.fixture
def amal() -> Talker:
    """She has a time, and is offered half past eight."""
    person = booked("2", "1")
    time = tomorrow(8, 30)
    body = EarlierTime(offer=OFFER, meeting=meeting_of(person), time=time, answer_by=time.start)
    return person.tells(NoticeKind.EARLIER_TIME, body)


def test_it_is_asked_with_its_time_and_says_nothing_else(amal: Talker) -> None:
    assert amal.reads() == (
        "En tidigare tid är ledig: tisdag 1 december kl 8.30. Vill du ha den i stället för din? 1 Ja 2 Nej"
    )
    (offer,) = amal.turns[-1].says
    assert (offer.kind, offer.reference, offer.deadline) == ("earlier-time", OFFER, tomorrow(8, 30).start)


def test_yes_waits_for_the_backend_and_then_the_time_is_hers(amal: Talker) -> None:
    before = meeting_of(amal)
    amal.leaves().writes("ja")
    (answer,) = calls(amal, AnswerEarlierTime)
    assert answer.accept
    assert meeting_of(amal).id == before.id
    assert meeting_of(amal).start == tomorrow(8, 30).start
    assert "kl 8.30, Exempelgatan 4" in amal.reads()


def test_no_keeps_what_she_has(amal: Talker) -> None:
    before = meeting_of(amal)
    amal.leaves().writes("2")
    (answer,) = calls(amal, AnswerEarlierTime)
    assert not answer.accept
    assert meeting_of(amal) == before
    assert amal.reads() == "Din tid: tisdag 1 december kl 9.30, Exempelgatan 4."


def test_too_late_is_said_and_hers_stands(amal: Talker) -> None:
    before = meeting_of(amal)
    amal.refuse.append(ProblemCode.SLOT_TAKEN)
    amal.leaves().writes("ja")
    assert meeting_of(amal) == before
    assert "Någon annan hann före. Din tid står kvar: " in amal.reads()


def test_what_cannot_be_done_leads_to_a_human(amal: Talker) -> None:
    amal.refuse.append(ProblemCode.TOO_LATE)
    amal.leaves().writes("ja")
    assert "Skriv RING" in amal.reads()
