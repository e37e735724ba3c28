"""Somebody writes hundreds of messages in an hour: nothing is lost, few are answered, what cannot wait is heard."""

import pytest

from backend.contract import AcuteNeed, HandOver, Phone
from bot.conversation.flood import ANSWERED, HEEDED
from tests.bot.talker import Talker


def writes_and_writes(times: int, channel: str = "sms") -> Talker:
    person = Talker(channel=channel).writes("hej, behöver hjälp").writes("1")
    for _ in range(times - 2):
        person.writes("hallå")
    return person


def reasons(person: Talker) -> list[str]:
    return [call.value.reason for call in person.calls if isinstance(call.value, HandOver)]


@pytest.mark.parametrize("channel", ["sms", "telegram"])
def test_the_first_that_is_too_many_is_told_and_shown_to_staff_once(channel: str) -> None:
    person = writes_and_writes(ANSWERED, channel)
    assert "flood" not in reasons(person)
    person.writes("hallå")
    assert person.reads() == (
        "Du skriver fortare än vi hinner svara. En människa läser allt. Vänta en timme, eller ring 040-628 04 00."
    )
    before = len(person.said)
    for _ in range(300):
        person.writes("hallå")
    assert len(person.said) == before
    assert reasons(person).count("flood") == 1


def test_an_hour_later_the_question_comes_again() -> None:
    person = writes_and_writes(ANSWERED + 50).later(hours=1)
    person.writes("hallå")
    assert person.reads()


def test_words_that_cannot_wait_are_heard_in_a_flood() -> None:
    person = writes_and_writes(ANSWERED + 5)
    person.writes("jag har ingen mat")
    assert [call for call in person.turns[-1].calls if isinstance(call.value, AcuteNeed)]
    assert "040-628 04 99" in person.reads()


def test_a_machine_that_writes_acute_words_all_day_is_passed_on_and_answered_no_more() -> None:
    person = writes_and_writes(ANSWERED)
    before = len(person.said)
    for _ in range(200):
        person.writes("jag har ingen mat")
    assert len(person.said) - before <= HEEDED + 1


def test_stop_is_stop_in_a_flood() -> None:
    person = writes_and_writes(ANSWERED + HEEDED + 5).writes("STOPP")
    assert person.state.thread.opted_out
    assert [call.value.opted_out for call in person.calls if isinstance(call.value, Phone)] == [True]


def test_who_fills_the_whole_application_in_is_no_flood() -> None:
    person = writes_and_writes(120)
    assert person.reads()
    assert "flood" not in reasons(person)


def test_where_people_read_our_own_pages_nothing_is_limited() -> None:
    person = writes_and_writes(ANSWERED + 50, "web")
    assert person.reads()
    assert "flood" not in reasons(person)
