"""Whether the day of the meeting came across: asked once, outside Swedish, and nothing hangs on the answer."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract import (
    AcuteNeed,
    BookMeeting,
    CancelMeeting,
    HandOver,
    Meeting,
    MeetingNotice,
    MeetingStatus,
    NoticeKind,
    SayOfMeeting,
    TakenOver,
)
from bot.conversation.understood import UNDERSTOOD, WHICH_DAY, days_around
from bot.messages import Elapsed, Said
from bot.text import local_day, render, say, words
from tests.bot.talker import NAMESPACE, Talker, tomorrow

HELLO = {
    "ar": "السلام عليكم, احتاج مساعدة",
    "en": "hello, I need help",
    "so": "salaan, waxaan u baahanahay caawimaad",
    "uk": "добрий день, мені потрібна допомога",
}


def booked(language: str = "en", channel: str = "sms") -> Talker:
    """Somebody with a time tomorrow, who has answered all that follows it."""
    person = Talker(channel=channel).writes(HELLO[language]).writes("1").writes("1")
    person.writes("2").writes("2")
    if channel == "sms":
        return person.writes("1")
    return person.writes("1").writes(words(language, "later")[0]) if channel == "telegram" else person.writes("later")


def said(person: Talker, source: str, language: str = "en") -> bool:
    """Whether the last turn said this sentence, whatever its values."""
    begins = render(say(source), language).partition("{")[0]
    return begins in person.reads()


def the_time_again(person: Talker, language: str = "en") -> bool:
    return said(person, "Your time: {time}, {address}.", language)


def made(person: Talker, kind: type) -> list[Any]:
    return [call.value for call in person.calls if isinstance(call.value, kind)]


def place(person: Talker, day: date) -> str:
    """The number of a day among those shown."""
    opened = person.state.thread.open
    assert opened is not None
    return str(opened.question.split("|").index(day.isoformat()) + 1)


TUESDAY, WEDNESDAY = date(2026, 12, 1), date(2026, 12, 2)


@pytest.mark.parametrize("language", HELLO)
def test_it_is_asked_when_all_that_follows_the_booking_is_answered(language: str) -> None:
    person = booked(language)
    assert said(person, WHICH_DAY, language)
    assert [one.ask for one in person.said].count(UNDERSTOOD) == 1
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == UNDERSTOOD


@pytest.mark.parametrize("channel", ["sms", "telegram", "web"])
def test_it_is_asked_on_every_channel(channel: str) -> None:
    person = booked(channel=channel)
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == UNDERSTOOD
    assert "Tuesday" in [render(one.label, "en") for one in person.asked.choices]


def test_whoever_writes_swedish_is_not_asked() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes("1").writes("2").writes("2").writes("1")
    assert person.state.thread.open is None


def test_a_phone_that_others_read_carries_it() -> None:
    person = Talker().writes(HELLO["en"]).writes("1").writes("1").writes("2").writes("2").writes("2")
    assert person.state.thread.shared is True
    assert said(person, WHICH_DAY)


@pytest.mark.parametrize("answer", ["Tuesday", "tomorrow", "it is on tuesday", "1 december", "9:30", "tisdag"])
def test_the_day_or_the_hour_in_her_own_words_is_right(answer: str) -> None:
    person = booked().writes(answer)
    assert said(person, "Good. See you at {time}.")
    assert person.state.thread.open is None


def test_the_day_pressed_is_right_and_staff_read_which_it_was() -> None:
    person = booked()
    person.writes(place(person, TUESDAY))
    assert said(person, "Good. See you at {time}.")
    assert person.turns[-1].understood == "Tisdag"


@pytest.mark.parametrize("answer", ["Wednesday", "2 december", "14:00", "yes", "??", "I don't know", "no", "later"])
def test_what_is_wrong_or_unclear_only_repeats_the_time(answer: str) -> None:
    person = booked()
    before = len(person.calls)
    person.writes(answer)
    assert the_time_again(person)
    assert len(person.turns[-1].says) == 1
    assert len(person.calls) == before, "nobody is told, and nothing changes"
    assert person.state.thread.open is None
    assert person.state.thread.misses == 0


def test_a_wrong_day_pressed_only_repeats_the_time() -> None:
    person = booked()
    before = len(person.calls)
    person.writes(place(person, WEDNESDAY))
    assert the_time_again(person)
    assert len(person.calls) == before
    assert person.state.person.meeting is not None


def test_silence_is_an_answer() -> None:
    person = booked()
    assert person.state.thread.silence is not None  # of the questions before it
    person.later(days=2).happens(Elapsed("silence"))
    assert not person.turns[-1].says


def test_a_question_pressed_after_another_is_asked_once_only() -> None:
    person = booked().writes("Wednesday")
    person.writes("help").writes("status")
    person.happens(Said("", pictures=1))
    assert [one.ask for one in person.said].count(UNDERSTOOD) == 1


# --- What is something else -------------------------------------------------------------------------------------------


def test_stop_is_a_stop() -> None:
    person = booked().writes("STOP")
    assert person.state.thread.opted_out
    assert not the_time_again(person)


def test_what_cannot_wait_gets_its_numbers_and_the_question_what_she_needs() -> None:
    person = booked().writes("my husband hits me, I am afraid")
    assert made(person, AcuteNeed)
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "needs"


@pytest.mark.parametrize("words_", ["I cannot come", "another time"])
def test_who_cannot_come_is_asked_whether_to_move_or_cancel(words_: str) -> None:
    person = booked().writes(words_)
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "move-or-cancel"
    assert not made(person, CancelMeeting)


def test_whoever_is_ill_is_asked_what_she_wants() -> None:
    person = booked().writes("I am ill")
    assert made(person, SayOfMeeting)
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "ill"


@pytest.mark.parametrize(
    "words_",
    [
        "I would rather come on Wednesday instead",
        "I can't come on tuesday",
        "is there a lift in the house?",
        "not tuesday",
    ],
)
def test_a_wish_is_no_mistake_and_a_person_reads_it(words_: str) -> None:
    person = booked().writes(words_)
    assert [one.reason for one in made(person, HandOver)] == ["question"]
    assert the_time_again(person)


def test_a_command_does_what_it_does_without_the_question() -> None:
    person = booked().writes("status")
    assert said(person, "Step 2 of 5: your meeting is booked.")
    assert not the_time_again(person)
    person = booked().writes("apply")
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "form"


def test_to_read_it_once_more_is_the_time() -> None:
    person = booked().writes("repeat")
    assert the_time_again(person)
    assert person.state.thread.open is None


def test_an_old_button_says_so_and_the_question_is_behind_us() -> None:
    person = Talker(channel="web").writes(HELLO["en"])
    old = person.asked.question
    person.writes("1").writes("1").writes("2").writes("2").writes("later")
    person.happens(Said("1", question=old))
    assert said(person, "That question is already behind us.")
    assert person.state.thread.open is None


def test_a_question_gets_its_approved_answer() -> None:
    person = booked().writes("can my sister come with me?")
    assert not made(person, HandOver)
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "answered"


# --- Once -------------------------------------------------------------------------------------------------------------


def test_a_time_that_is_moved_is_not_asked_about_again() -> None:
    person = booked().writes("Tuesday").writes("another time").writes("1").writes("1")
    assert len(made(person, BookMeeting)) == 2
    assert person.state.thread.open is None
    assert [one.ask for one in person.said].count(UNDERSTOOD) == 1


def test_a_time_that_is_moved_before_she_was_asked_is_asked_about_as_it_is_now() -> None:
    person = Talker().writes(HELLO["en"]).writes("1").writes("1").writes("2").writes("2")
    meeting = person.state.person.meeting
    assert meeting is not None
    moved = meeting.model_copy(update={"id": uuid5(NAMESPACE, "moved"), "start": tomorrow(9).start + timedelta(days=1)})
    person.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=moved)).writes("1")
    assert said(person, WHICH_DAY)
    person.writes("Wednesday")
    assert said(person, "Good. See you at {time}.")


def test_a_meeting_that_moves_while_it_is_asked_about_is_said_as_it_is() -> None:
    person = booked()
    number = place(person, TUESDAY)
    meeting = person.state.person.meeting
    assert meeting is not None
    moved = meeting.model_copy(update={"start": meeting.start + timedelta(days=1)})
    person.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=moved)).writes(number)
    assert the_time_again(person)
    assert "Wednesday" in person.reads()


def test_one_booked_after_a_cancelled_one_is_asked_about() -> None:
    person = booked().writes("Tuesday")
    meeting = person.state.person.meeting
    assert meeting is not None
    person.state = person.state.with_person(meeting=meeting.model_copy(update={"status": MeetingStatus.CANCELLED}))
    person.writes("another time").writes("1").writes("2").writes("2")
    assert [one.ask for one in person.said].count(UNDERSTOOD) == 2


def test_it_is_not_asked_where_staff_speak() -> None:
    person = Talker().writes(HELLO["en"]).writes("1").writes("1").writes("2").writes("2")
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id)).writes("1")
    assert [one.ask for one in person.said].count(UNDERSTOOD) == 0


def test_under_staff_it_is_not_answered() -> None:
    person = booked()
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id)).writes("Wednesday")
    assert not the_time_again(person)


def test_whoever_has_just_been_helped_in_need_is_not_asked() -> None:
    person = Talker().writes(HELLO["en"]).writes("1").writes("1").writes("1").writes("2").writes("1")
    assert made(person, AcuteNeed)
    assert person.state.thread.open is None


def test_a_digit_right_after_a_reminder_that_came_over_it_is_asked_about() -> None:
    person = booked()
    meeting = person.state.person.meeting
    assert meeting is not None
    person.now = meeting.start - timedelta(hours=1)
    person.happens(Elapsed("reminder", meeting.id)).leaves().writes("2")
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "reminder"
    assert not made(person, CancelMeeting)


def test_after_the_meeting_has_begun_it_is_answered_no_more() -> None:
    person = booked()
    person.later(days=1, hours=3).writes("2")
    assert person.state.thread.open is None
    assert not the_time_again(person)


# --- The days shown ---------------------------------------------------------------------------------------------------


@given(st.uuids(), st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.integers(0, 30))
def test_the_days_shown_are_three_and_hers_is_one(name: UUID, today: date, ahead: int) -> None:
    start = replace_day(today + timedelta(days=ahead))
    meeting = Meeting(
        id=name,
        person=name,
        start=start,
        end=start + timedelta(minutes=45),
        address="Exempelgatan 4",
        status=MeetingStatus.BOOKED,
        interpreter_language=None,
    )
    days = days_around(meeting, today)
    assert local_day(start) in days
    assert len(set(days)) == 3
    assert list(days) == sorted(days)
    assert days[0] >= today
    assert len({day.weekday() for day in days}) == 3
    assert all(day.weekday() < 5 or day == local_day(start) for day in days)


def replace_day(day: date) -> Any:
    return tomorrow(9, 30).start.replace(year=day.year, month=day.month, day=day.day)


def test_hers_does_not_always_stand_in_the_same_place() -> None:
    start = tomorrow(9, 30).start + timedelta(days=2)
    meeting = booked().state.person.meeting
    assert meeting is not None
    on = [start + timedelta(weeks=week) for week in range(3)]
    places = {days_around(meeting.model_copy(update={"start": at}), local_day(start)).index(local_day(at)) for at in on}
    assert places == {0, 1, 2}
