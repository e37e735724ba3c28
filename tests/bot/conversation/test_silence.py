"""Somebody falls silent: asked three times at most, then shown to a person; never while a meeting stands."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.contract import HandedBack, HandOver, MeetingStatus, NoticeKind, SendApplication, TakenOver
from bot.conversation.putting import NUDGE
from bot.leaving.kinds import KINDS
from bot.messages import Elapsed, Outgoing, Timer, Went
from bot.rendering import as_text
from bot.text import is_gsm, languages, segments
from tests.bot.talker import Talker

APPLIES = ("hej, behöver hjälp", "2", "1")
"""Wants to apply, nobody else reads here: the first question of the application is open."""
CHILDREN = "Bor barn hos dig, hela tiden eller ibland?"


def began(*more: str, **settings: object) -> Talker:
    person = Talker(**settings)  # type: ignore[arg-type]
    for words in (*APPLIES, *more):
        person.writes(words)
    return person


def set_timers(person: Talker) -> list[Timer]:
    return [one for turn in person.turns for one in turn.timers if one.timer == "silence"]


def days_go(person: Talker, days: int) -> Talker:
    """Time goes on, and each timer is told when it is due, as it was last set."""
    until = person.now + timedelta(days=days)
    while (due := set_timers(person)[-1].at) <= until and person.state.thread.silence is not None:
        person.now = max(due, person.now)
        person.happens(Elapsed("silence"))
        if person.turns[-1].says:
            person.leaves()
    person.now = until
    return person


def nudges(person: Talker) -> list[Outgoing]:
    return [one for one in person.said if one.kind == "nudge"]


def shown_to_staff(person: Talker) -> int:
    return [call.value.reason for call in person.calls if isinstance(call.value, HandOver)].count("silent")


def test_who_falls_silent_in_the_form_is_asked_on_the_second_fifth_and_tenth_day_and_shown_on_the_thirtieth() -> None:
    person = began()
    asked_on = {}
    for day in range(1, 41):
        before, told = len(nudges(person)), shown_to_staff(person)
        days_go(person, 1)
        assert len(nudges(person)) - before <= 1
        asked_on[day] = (len(nudges(person)) - before, shown_to_staff(person) - told)
    assert {day: done for day, done in asked_on.items() if done != (0, 0)} == {
        2: (1, 0),
        5: (1, 0),
        10: (1, 0),
        30: (0, 1),
    }
    # The run is as it was: a person decides.
    assert person.state.run is not None
    assert person.state.run.state == "open"


def test_talking_sets_no_timer_but_the_first() -> None:
    person = began("1", "2", "1")
    assert len(set_timers(person)) == 1


def test_a_word_begins_the_days_anew() -> None:
    person = days_go(began(), 1).writes("1")
    days_go(person, 1)
    assert not nudges(person)
    assert set_timers(person)[-1].at == person.now - timedelta(days=1) + timedelta(days=2)
    days_go(person, 1)
    assert len(nudges(person)) == 1


def test_also_after_a_nudge_the_next_comes_two_days_after_her_last_word() -> None:
    person = days_go(began("1", "1", "1"), 3).writes("1")
    assert len(nudges(days_go(person, 1))) == 1
    assert len(nudges(days_go(person, 1))) == 2
    person.writes("2").writes("hej")
    assert len(nudges(days_go(person, 2))) == 3


@pytest.mark.parametrize("words", ["1", "ja", "JA", "2 barn", "hej", "hjälp", "8500"])
def test_after_a_nudge_any_word_brings_the_open_question_in_full_and_stores_nothing(words: str) -> None:
    person = days_go(began("1", "1", "1"), 2).later(minutes=5)
    answers = dict(person.state.run.answers) if person.state.run else None
    assert person.writes(words).reads().endswith("1 Ja 2 Nej")
    assert CHILDREN in person.reads()
    assert person.state.run is not None
    assert dict(person.state.run.answers) == answers
    assert person.state.thread.misses == 0
    person.writes("nej")
    assert "Hur bor du" in person.reads()


def test_a_no_in_the_same_minute_may_answer_the_question_before_and_is_asked_about() -> None:
    person = days_go(began("1", "1", "1"), 2).writes("2")
    assert person.reads() == "Det du skrev finns kvar. Vill du fortsätta? 1 Ja 2 Nej"
    assert person.writes("2").reads().startswith("Vi frågar inte igen.")


@pytest.mark.parametrize("words", ["2", "nej", "senare"])
def test_who_wants_to_be_left_alone_is_asked_no_more_but_a_person_still_decides(words: str) -> None:
    person = days_go(began("1", "1", "1"), 2).later(minutes=5).writes(words)
    assert person.reads() == "Vi frågar inte igen. Skriv när du vill fortsätta, eller skriv RING."
    days_go(person, 29)
    assert (len(nudges(person)), shown_to_staff(person)) == (1, 0)
    days_go(person, 2)
    assert (len(nudges(person)), shown_to_staff(person)) == (1, 1)
    # And she goes on where she was, whenever she likes.
    assert CHILDREN in person.writes("hej igen").reads()


def test_whoever_has_a_meeting_is_not_asked_and_neither_after_it() -> None:
    person = Talker()
    for words in ("hej, behöver hjälp", "1", "1", "2", "1", "1"):
        person.writes(words)
    assert "Söker du ensam" in person.reads()
    days_go(person, 60)
    assert not nudges(person)
    assert not shown_to_staff(person)


def test_whose_meeting_was_cancelled_in_the_middle_of_the_form_is_asked() -> None:
    person = Talker()
    for words in ("hej, behöver hjälp", "1", "1", "2", "1", "1", "avboka", "2"):
        person.writes(words)
    meeting = person.state.person.meeting
    assert meeting is not None
    assert meeting.status is MeetingStatus.CANCELLED
    assert len(nudges(days_go(person, 3))) == 1


def test_who_applied_is_not_asked() -> None:
    household, home, money = ("1", "1", "1", "2"), ("7", "9"), ("2", "2", "6", "6")
    person = began(*household, *home, *money, "2", "1", "2", "Lite lön.", "5", "ja")
    assert any(isinstance(call.value, SendApplication) for call in person.calls)
    days_go(person, 40)
    assert not nudges(person)
    assert not shown_to_staff(person)


def test_who_chose_nothing_is_not_asked_but_shown() -> None:
    person = days_go(Talker().writes("hej, behöver hjälp"), 40)
    assert not nudges(person)
    assert shown_to_staff(person) == 1


def test_who_said_stop_gets_nothing_and_is_still_shown() -> None:
    person = days_go(began().writes("STOPP"), 40)
    assert not nudges(person)
    assert shown_to_staff(person) == 1


def test_a_wrong_number_is_left() -> None:
    person = days_go(began().writes("fel nummer"), 40)
    assert not nudges(person)
    assert not shown_to_staff(person)


def test_staff_who_own_the_thread_look_after_it_and_the_days_begin_when_they_hand_back() -> None:
    person = began("1", "1", "1")
    thread = person.state.thread.id
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=thread), "taken")
    days_go(person, 3)
    assert not nudges(person)
    person.tells(NoticeKind.HANDED_BACK, HandedBack(thread=thread), "back")
    days_go(person, 1)
    assert not nudges(person)
    days_go(person, 1)
    assert len(nudges(person)) == 1


def test_staff_who_hand_back_after_a_nudge_bring_the_question_in_full() -> None:
    person = days_go(began("1", "1", "1"), 2)
    thread = person.state.thread.id
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=thread), "taken")
    person.tells(NoticeKind.HANDED_BACK, HandedBack(thread=thread), "back")
    assert CHILDREN in person.reads()
    assert "Hur bor du" in person.later(minutes=5).writes("nej").reads()


def test_a_page_is_no_telephone_but_who_left_it_is_shown() -> None:
    person = Talker(channel="web")
    for words in ("hej, behöver hjälp", "2"):
        person.writes(words)
    days_go(person, 40)
    assert not nudges(person)
    assert shown_to_staff(person) == 1


def test_after_a_long_stop_of_ours_one_text_leaves_and_not_three() -> None:
    person = began()
    person.later(days=12).happens(Elapsed("silence"))
    assert len(nudges(person)) == 1
    assert set_timers(person)[-1].at == person.now + timedelta(days=18)


def test_a_nudge_that_crosses_her_answer_asks_nothing() -> None:
    person = began().later(days=2).happens(Elapsed("silence"))
    nudge = person.said[-1]
    person.writes("1")
    assert not person.state.thread.still_asks(nudge.about)
    person.happens(Went(uuid4(), nudge.question or "", nudge.ask, nudge.reference, nudge.until))
    assert "Är du här i kommunen" in person.writes("2").reads()


def test_times_that_were_offered_before_the_silence_are_looked_up_anew() -> None:
    person = days_go(Talker().writes("hej, behöver hjälp").writes("1"), 2)
    assert len(nudges(person)) == 1
    asked = len(person.calls)
    assert person.writes("1").reads().startswith("Tisdag 1 december: 1 kl 9.30")
    assert len(person.calls) == asked + 1


def test_a_nudge_is_one_neutral_segment_in_every_language() -> None:
    nudge = days_go(began(), 2).said[-1]
    for language in languages():
        words = as_text(nudge, language, plain=True)
        assert segments(words) <= KINDS["nudge"].segments[0 if is_gsm(words) else 1], words
        assert "http" not in words
    assert as_text(nudge, "sv", plain=True) == "Det du skrev finns kvar. Vill du fortsätta? 1 Ja 2 Nej"
    assert nudge.text.message == NUDGE.text
