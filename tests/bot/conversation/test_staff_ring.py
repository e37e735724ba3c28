"""Staff have it that they ring: nothing is said but to what she has just written, and nothing of her case."""

import pytest

from backend.contract import AcuteNeed, HandOver, MeetingNotice, NoticeKind, OnlyByTelephone
from bot.hearing import withheld
from bot.messages import Said
from tests.bot.conversation.test_interruptions import booked
from tests.bot.talker import Talker

RING = "Ring 040-628 04 00 när vi har öppet. När vi har stängt och det inte kan vänta: 040-628 04 99."


def rung(on: bool = True, person: Talker | None = None) -> Talker:
    return (person or booked("2", "1")).tells(NoticeKind.ONLY_BY_TELEPHONE, OnlyByTelephone(on=on), f"rung {on}")


def reasons(person: Talker) -> list[str]:
    return [call.value.reason for call in person.turns[-1].calls if isinstance(call.value, HandOver)]


def test_it_is_told_and_taken_back_without_a_word_and_nothing_is_open() -> None:
    person = rung()
    assert person.turns[-1].says == ()
    assert person.state.person.is_silent
    assert person.state.thread.open is None
    rung(on=False, person=person)
    assert person.turns[-1].says == ()
    assert not person.state.person.is_silent


@pytest.mark.parametrize("words", ["STATUS", "TILLBAKA", "RING", "ANSÖK", "hallå?", "TID"])
def test_whatever_she_writes_is_answered_by_the_number_alone_and_staff_are_told(words: str) -> None:
    person = rung().writes(words)
    assert person.reads() == RING
    assert reasons(person) == ["asked"]
    assert person.state.person.is_silent, "hers to take back is only what she said herself"


def test_what_cannot_wait_gets_its_numbers() -> None:
    person = rung().writes("jag har ingen mat")
    assert "040-628 04 99" in person.reads()
    assert [call for call in person.turns[-1].calls if isinstance(call.value, AcuteNeed)]


def test_what_she_said_herself_stays_hers_when_staff_take_theirs_back() -> None:
    person = booked("2", "1").happens(withheld.without(Said("jag har skyddad identitet")))
    rung(on=False, person=rung(person=person))
    assert person.state.person.only_rings is not None
    person.writes("TILLBAKA")
    assert person.state.person.only_rings is None


def test_who_said_it_herself_is_still_told_of_her_meeting() -> None:
    person = booked("2", "1").happens(withheld.without(Said("jag har skyddad identitet")))
    meeting = person.state.person.meeting
    assert meeting is not None
    person.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=meeting))
    assert person.turns[-1].says
    assert not person.state.person.is_silent
