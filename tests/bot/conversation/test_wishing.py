"""What she wishes of the interpreter: told of once, heard as one word, never where it answers something else."""

from uuid import uuid5

import pytest

from backend.contract import BookMeeting, MeetingNotice, NoticeKind, TakenOver, WishOfInterpreter
from bot.conversation.understood import UNDERSTOOD
from bot.conversation.wishing import HEARD, WISHES, WISHES_IN_SOMALI
from bot.text import languages, render, say, words
from tests.bot.talker import NAMESPACE, Talker


def booked(hello: str = "hello, I need help. I speak arabic") -> Talker:
    """Somebody with a time tomorrow, who has answered all that follows it."""
    return Talker().writes(hello).writes("1").writes("1").writes("2").writes("2").writes("1")


def reads(person: Talker, source: str) -> bool:
    return render(say(source), person.state.thread.language or "sv") in person.reads()


def wished(person: Talker) -> list[str]:
    return [one.value.wish for one in person.calls if isinstance(one.value, WishOfInterpreter)]


def test_it_is_told_in_one_text_when_all_that_follows_is_answered_and_once_only() -> None:
    person = booked()
    assert reads(person, WISHES)
    assert [reads(person, WISHES), person.state.person.wishes_told] == [True, True]
    person.writes("Tuesday").writes("TIME").writes("1").writes("1")
    assert sum(one.text.message == WISHES for one in person.said) == 1


def test_whoever_has_no_interpreter_never_sees_it_and_is_not_heard_so() -> None:
    person = booked("hej, behöver hjälp")
    assert not person.state.person.wishes_told
    person.writes("KVINNA")
    assert wished(person) == []


def test_into_somali_the_dialects_are_named_too() -> None:
    assert reads(booked("hej, behöver hjälp. pratar somaliska"), WISHES_IN_SOMALI)


@pytest.mark.parametrize("language", languages())
def test_every_word_for_it_is_heard_in_every_language(language: str) -> None:
    for pair in words(language, "interpreter-wishes"):
        phrase, _, wish = pair.partition("=")
        spoken = "dari" if wish == "hazaragi" else "somaliska"
        person = booked(f"hello, I need help. I speak {spoken}").writes(phrase)
        assert wished(person) == [wish], phrase
        assert reads(person, HEARD), phrase


def test_it_is_told_and_what_was_asked_stays_open() -> None:
    person = booked().writes("woman, please")
    assert wished(person) == ["woman"]
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == UNDERSTOOD
    person.writes("another interpreter").writes("Tuesday")
    assert wished(person) == ["woman", "other"]
    assert person.state.thread.open is None


def test_after_the_meeting_too_but_not_for_ever() -> None:
    person = booked().writes("Tuesday")
    meeting = person.state.person.meeting
    assert meeting is not None
    person.now = meeting.end
    assert wished(person.writes("not the same interpreter")) == ["other"]
    person.now = meeting.end.replace(year=meeting.end.year + 1)
    assert wished(person.writes("woman")) == ["other"]


def test_an_open_question_of_the_form_is_answered_first() -> None:
    person = booked().writes("Tuesday").writes("apply for glasses").writes("4")
    assert person.asked.expects == "words"
    person.writes("man")
    assert wished(person) == []


def test_under_staff_it_is_told_all_the_same_and_the_machine_says_nothing() -> None:
    person = booked().tells(NoticeKind.TAKEN_OVER, TakenOver(thread=uuid5(NAMESPACE, "thread"))).writes("woman")
    assert wished(person) == ["woman"]
    assert not reads(person, HEARD)


def test_what_may_answer_a_humans_question_is_no_wish() -> None:
    person = booked().tells(NoticeKind.TAKEN_OVER, TakenOver(thread=uuid5(NAMESPACE, "thread")))
    person.state = person.state.with_thread(staff_wrote=person.now)
    person.writes("a man")
    assert wished(person) == []
    assert wished(person.writes("another interpreter")) == ["other"]


def test_kurdish_is_asked_about_since_nobody_interprets_both() -> None:
    person = Talker().writes("hej, behöver hjälp. pratar kurdiska").writes("1")
    assert "Vilken kurdiska talar du?" in person.reads()
    person.writes("kurmanji").writes("1")
    (call,) = [one.value for one in person.calls if isinstance(one.value, BookMeeting)]
    assert call.interpreter_language == "kmr"
    person.writes("2").writes("2").writes("1").writes("svenska").writes("kurdiska")
    opened = person.state.thread.open
    assert opened is None or opened.ask != "interpreter"


def test_a_meeting_that_staff_booked_is_told_as_one_and_not_as_moved() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("2")
    meeting = booked("hej, behöver hjälp").state.person.meeting
    assert meeting is not None
    person.tells(NoticeKind.MEETING_BOOKED, MeetingNotice(meeting=meeting))
    assert "Ny tid:" in person.reads()
    assert meeting.address in person.reads()
    assert "har en ny tid" not in person.reads()
    assert {timer.timer for timer in person.turns[-1].timers} >= {"reminder"}
