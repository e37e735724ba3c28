"""Who rings the number instead of writing: her word is RING, whatever was asked."""

from typing import Any

from backend.contract import CallForHelp, HandOver
from bot.messages import Said
from tests.bot.talker import Talker

RANG = Said("", rang=True)


def made(person: Talker, kind: type) -> list[Any]:
    return [call.value for call in person.calls if isinstance(call.value, kind)]


def test_a_call_is_taken_as_the_written_word_and_staff_read_that_it_was_a_call() -> None:
    rang, wrote = Talker().writes("hej, behöver hjälp"), Talker().writes("hej, behöver hjälp")
    rang.happens(RANG)
    wrote.writes("RING")
    assert rang.reads() == wrote.reads()
    assert [one.reason for one in made(rang, HandOver)] == ["asked"]
    assert made(rang, HandOver)[0].telephone == "+46701740605"
    assert rang.turns[-1].understood == "Ett missat samtal. Ring upp."


def test_who_rings_before_she_ever_wrote_has_called_for_help_and_is_asked_no_more_than_anybody() -> None:
    person, other = Talker().happens(RANG), Talker().writes("RING")
    assert [one.words for one in made(person, CallForHelp)] == [""]
    assert [one.reason for one in made(person, HandOver)] == ["asked"]
    assert person.reads() == other.reads()


def test_whoever_gets_no_texts_any_more_is_rung_all_the_same() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("stopp").happens(RANG)
    assert not person.turns[-1].says
    assert [one.reason for one in made(person, HandOver)] == ["opted-out"]
    assert person.turns[-1].understood == "Ett missat samtal. Ring upp."


def test_from_a_wrong_number_a_call_does_nothing() -> None:
    person = Talker().writes("fel nummer").happens(RANG)
    assert not person.turns[-1].says
    assert made(person, HandOver) == []


def test_under_staff_a_call_stands_in_the_thread_and_the_machine_is_silent() -> None:
    person = Talker().writes("hej, behöver hjälp")
    person.state = person.state.with_thread(owner="staff", epoch=1)
    person.happens(RANG)
    assert not person.turns[-1].says
    assert person.turns[-1].understood == "Ett missat samtal. Ring upp."
