"""Who writes a word that her provider takes by itself: what it did is followed, and what she meant is understood."""

from typing import Any, Literal

import pytest

from backend.contract import (
    CallForHelp,
    CancelMeeting,
    ContactConfirmed,
    HandOver,
    NoticeKind,
    NumberRight,
    Phone,
    SayOfMeeting,
)
from bot.messages import Said
from tests.bot.conversation.test_beforehand import EARLY
from tests.bot.talker import POLICY, Talker

Keyword = Literal["", "stop", "start", "help"]


def made(person: Talker, kind: type) -> list[Any]:
    return [call.value for call in person.calls if isinstance(call.value, kind)]


def silent(person: Talker) -> bool:
    return person.state.thread.opted_out


def reasons(person: Talker) -> list[str]:
    return [one.reason for one in made(person, HandOver)]


def begun(hello: str = "hej, behöver hjälp") -> Talker:
    return Talker().writes(hello)


def booked(hello: str = "hej, behöver hjälp") -> Talker:
    return begun(hello).writes("1").writes("1")


def by_provider(person: Talker, words: str, keyword: Keyword, *, answered: bool = False) -> Talker:
    return person.happens(Said(words, keyword=keyword, answered=answered))


def test_what_the_provider_has_answered_is_not_answered_once_more() -> None:
    person = by_provider(booked(), "STOP", "stop", answered=True)
    assert not person.turns[-1].says
    assert silent(person)
    assert [one.opted_out for one in made(person, Phone)] == [True]
    by_provider(person, "START", "start", answered=True)
    assert not person.turns[-1].says
    assert not silent(person)
    assert [one.opted_out for one in made(person, Phone)] == [True, False]
    by_provider(person, "HELP", "help", answered=True)
    assert not person.turns[-1].says
    assert person.writes("2").reads(), "the talk goes on where it was"


def test_where_the_provider_does_not_say_that_it_answered_stop_is_confirmed_once() -> None:
    person = by_provider(begun(), "STOP", "stop")
    assert person.reads().startswith("Vi skriver inte mer")
    by_provider(person, "STOP", "stop")
    assert not person.turns[-1].says
    assert [one.opted_out for one in made(person, Phone)] == [True]


def test_stop_again_after_start_is_confirmed_again() -> None:
    person = begun().writes("STOPP").writes("START").writes("stopp tack")
    assert person.reads().startswith("Vi skriver inte mer")
    assert [one.opted_out for one in made(person, Phone)] == [True, False, True]


def test_yes_of_somebody_silent_lets_us_through_again_and_answers_nothing() -> None:
    person = booked().writes("STOPP")
    before = person.state.runs
    by_provider(person, "YES", "start")
    assert not silent(person)
    assert person.reads().startswith("Välkommen tillbaka.")
    assert person.state.runs == before
    assert person.asked.question == person.state.thread.open.token  # type: ignore[union-attr]  # a question is open


@pytest.mark.parametrize("answered", [False, True])
def test_yes_in_the_talk_is_an_answer(answered: bool) -> None:
    person = booked("hello, I need help")
    opened = person.state.thread.open
    by_provider(person, "YES", "start", answered=answered)
    assert person.state.thread.open != opened
    assert person.reads()


def test_help_and_info_are_understood() -> None:
    person = by_provider(begun("hello, I need help"), "INFO", "help")
    assert person.reads().startswith("Write BACK")


def test_help_as_the_first_word_is_a_call_for_help() -> None:
    person = by_provider(Talker(), "HELP", "help")
    assert [one.words for one in made(person, CallForHelp)] == ["HELP"]
    assert person.reads()


@pytest.mark.parametrize(("words", "keyword"), [("HELP", "help"), ("START", "start")])
def test_whom_only_the_provider_has_answered_a_human_answers(words: str, keyword: Keyword) -> None:
    person = by_provider(Talker(), words, keyword, answered=True)
    assert not person.turns[-1].says
    assert len(made(person, CallForHelp)) == 1
    assert reasons(person) == ["asked"]


def test_cancel_stops_the_texts_and_staff_read_what_was_meant() -> None:
    person = by_provider(booked("hello, I need help"), "CANCEL", "stop")
    assert silent(person)
    assert not person.turns[-1].says
    assert person.turns[-1].understood == "Annan tid, eller avboka mötet"
    assert reasons(person) == ["opted-out"]
    assert not made(person, CancelMeeting), "nothing is cancelled on a word that may mean the texts"


def test_cancel_as_the_answer_to_move_or_cancel_cancels_though_it_cannot_be_said() -> None:
    person = booked("hello, I need help").writes("I can't come")
    by_provider(person, "CANCEL", "stop")
    assert len(made(person, CancelMeeting)) == 1
    assert silent(person)
    assert reasons(person) == ["opted-out"]


@pytest.mark.parametrize("channel", ["sms", "telegram"])
def test_where_no_provider_takes_it_cancel_is_about_the_meeting(channel: str) -> None:
    person = Talker(channel=channel).writes("hello, I need help").writes("1").writes("1").writes("CANCEL")
    assert not silent(person)
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "move-or-cancel"
    person.writes("cancel")
    assert len(made(person, CancelMeeting)) == 1


def of_meeting(person: Talker) -> list[tuple[str, int | None]]:
    return [(one.says, one.minutes) for one in made(person, SayOfMeeting)]


def on_the_day(person: Talker) -> Talker:
    person.writes("STOPP")
    person.now = EARLY
    return person


@pytest.mark.parametrize(("words", "told"), [("jag blir 10 minuter sen", ("late", 10)), ("jag är sjuk", ("ill", None))])
def test_who_is_late_or_ill_after_stop_is_heard_by_whoever_holds_the_meeting(
    words: str, told: tuple[str, int | None]
) -> None:
    person = on_the_day(booked())
    opened = person.state.thread.open
    person.writes(words)
    assert of_meeting(person) == [told]
    assert not person.turns[-1].says, "nothing is answered there"
    assert person.state.thread.open == opened
    assert reasons(person) == ["opted-out"], "and somebody who can ask her reads it"


@pytest.mark.parametrize("words", ["kan inte komma", "STATUS", "VILKA PAPPER?", "HJÄLP"])
def test_a_word_that_waits_for_an_answer_reaches_a_human_after_stop(words: str) -> None:
    person = on_the_day(booked()).writes(words)
    assert not person.turns[-1].says
    assert reasons(person) == ["opted-out"]


@pytest.mark.parametrize("words", ["STOPP", "TILLBAKA", "ÄNDRA 2", "SENARE", "SPRÅK"])
def test_a_word_to_the_machine_alone_is_no_task(words: str) -> None:
    person = on_the_day(booked()).writes(words)
    assert not person.turns[-1].says
    assert reasons(person) == []


def test_whose_number_it_never_was_says_so_also_after_stop() -> None:
    person = on_the_day(booked()).writes("fel nummer")
    assert not person.turns[-1].says
    assert person.state.thread.frozen
    assert [one.wrong_number for one in made(person, Phone)] == [False, True]
    person.writes("jag är sjuk")
    assert of_meeting(person) == [], "that is not her who has the meeting"


def test_what_is_written_from_a_wrong_number_is_read_by_a_human_and_is_told_where_to_turn_once_a_day() -> None:
    """It may have been said by mistake, and only staff undo it."""
    person = booked().writes("fel nummer").writes("förlåt, det är jag, det var rätt nummer")
    assert person.reads() == (
        f"Tack. En människa läser det här. Behöver du själv hjälp? Skriv ANSÖK eller ring {POLICY.telephone}."
    )
    assert person.state.thread.frozen
    assert reasons(person) == ["wrong-number"]
    assert not person.writes("hallå?").turns[-1].says
    assert not person.writes("START").turns[-1].says
    assert person.later(days=1).writes("hallå?").turns[-1].says


def test_a_number_that_staff_know_to_be_hers_is_asked_once_more_and_told_nothing_before_the_answer() -> None:
    person = booked().writes("fel nummer")
    person.tells(NoticeKind.NUMBER_RIGHT, NumberRight(thread=person.state.thread.id)).leaves()
    assert [one.kind for one in person.turns[-2].says] == ["still-yours"]
    assert person.writes("STATUS").reads() == person.text(person.turns[-1].says[-1])
    assert person.state.person.meeting is not None
    assert "9" not in person.reads(), "no time"
    person.writes("ja")
    assert person.reads().startswith("Tack. Nu kan vi skriva till dig här.")
    assert not person.state.thread.frozen
    (told,) = made(person, ContactConfirmed)
    assert (told.person, told.telephone) == (person.state.person.id, person.state.telephone)


def test_who_answers_no_to_that_has_the_number_frozen_again() -> None:
    person = booked().writes("fel nummer")
    person.tells(NoticeKind.NUMBER_RIGHT, NumberRight(thread=person.state.thread.id)).leaves().writes("nej")
    assert person.state.thread.frozen
    assert made(person, ContactConfirmed) == []
    assert [one.wrong_number for one in made(person, Phone)] == [True, True]


def test_an_account_that_was_called_wrong_is_asked_in_the_same_way() -> None:
    person = Talker(channel="telegram").writes("hej, behöver hjälp").writes("1").writes("1").writes("fel nummer")
    assert reasons(person) == ["wrong-number"]
    person.tells(NoticeKind.NUMBER_RIGHT, NumberRight(thread=person.state.thread.id)).leaves()
    assert [one.kind for one in person.turns[-2].says] == ["still-yours"]
    person.writes("nej")
    assert person.state.thread.frozen
    person.tells(NoticeKind.NUMBER_RIGHT, NumberRight(thread=person.state.thread.id)).leaves().writes("ja")
    assert person.reads().startswith("Tack. Nu kan vi skriva till dig här.")
    assert not person.state.thread.frozen


def test_where_nobody_called_it_wrong_there_is_nothing_to_ask() -> None:
    person = booked()
    was = person.state.thread.open
    person.tells(NoticeKind.NUMBER_RIGHT, NumberRight(thread=person.state.thread.id))
    assert not person.turns[-1].says
    assert person.state.thread.open == was


def test_who_asks_to_be_let_back_after_a_wrong_number_reaches_a_human() -> None:
    person = booked().writes("STOPP").writes("fel nummer").writes("START")
    assert not person.turns[-1].says
    assert person.state.thread.frozen
    assert reasons(person) == ["opted-out"]


def test_a_number_that_is_frozen_stays_frozen_whatever_the_provider_does() -> None:
    person = by_provider(booked().writes("fel nummer"), "STOP", "stop")
    assert not person.turns[-1].says
    by_provider(person, "START", "start")
    assert person.state.thread.frozen
    assert not person.turns[-1].says
