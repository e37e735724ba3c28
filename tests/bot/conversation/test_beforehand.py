"""Before the meeting: late, ill, cannot come. Staff are told; nothing of the meeting changes but on her own word."""

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.contract import BookMeeting, CancelMeeting, MeetingNotice, NoticeKind, SayOfMeeting, TakenOver
from bot.messages import Elapsed, Open
from bot.text import languages
from tests.bot.talker import POLICY, Talker

WAITS = POLICY.model_copy(update={"waits_minutes": 15})
HELLO = {
    "sv": "hej behöver hjälp",
    "en": "hello, I need help",
    "ar": "السلام عليكم، أحتاج مساعدة",
    "so": "salaan, caawimaad ayaan u baahanahay",
    "uk": "добрий день, мені потрібна допомога",
}
LATE = {
    "sv": "jag blir 10 minuter sen",
    "en": "I'll be 10 minutes late",
    "ar": "سأتأخر 10 دقائق",
    "so": "waan soo daahayaa 10 daqiiqo",
    "uk": "запізнюсь на 10 хвилин",
}
ILL = {
    "sv": "jag är sjuk",
    "en": "I am ill",
    "ar": "أنا مريضة",
    "so": "waan xanuunsanahay",
    "uk": "я захворіла",
}
EARLY = datetime(2026, 12, 1, 8, 10, tzinfo=UTC)
"""Twenty minutes before the meeting at half past nine."""


def booked(language: str = "sv", **settings: Any) -> Talker:
    """Somebody with a time tomorrow at half past nine, with nothing open any more."""
    person = Talker(policy=settings.pop("policy", WAITS), **settings)
    person.writes(HELLO[language]).writes("1").writes("1")
    person.state = person.state.with_thread(open=None, interrupted=None, run=None)
    person.now = EARLY
    return person


def said(person: Talker) -> list[tuple[str, int | None]]:
    return [(one.value.says, one.value.minutes) for one in person.calls if isinstance(one.value, SayOfMeeting)]


def asks(person: Talker) -> str | None:
    opened = person.state.thread.open
    return opened.ask if opened is not None else None


def changed(person: Talker) -> int:
    return sum(isinstance(one.value, CancelMeeting | BookMeeting) for one in person.calls) - 1


@pytest.mark.parametrize("language", languages())
def test_who_is_late_is_told_how_long_one_waits_in_her_language(language: str) -> None:
    person = booked(language).writes(LATE[language])
    assert said(person) == [("late", 10)]
    assert "9.45" in person.reads() or "9:45" in person.reads()
    assert changed(person) == 0


def test_no_more_is_promised_than_the_municipality_decided() -> None:
    person = booked(policy=POLICY).writes("jag blir sen")
    assert said(person) == [("late", None)]
    assert person.reads() == "Tack för att du säger till. Handläggaren får veta det."


def test_who_is_later_than_one_waits_is_asked_whether_to_move() -> None:
    person = booked().writes("jag blir 40 min sen")
    assert said(person) == [("late", 40)]
    assert "kan bara vänta till kl 9.45" in person.reads()
    assert asks(person) == "move-or-cancel"
    assert changed(person) == 0


def test_it_can_be_said_while_the_meeting_waits_and_not_when_it_is_over() -> None:
    person = booked().later(minutes=25).writes("jag är sen")
    assert said(person) == [("late", None)]
    person.later(hours=2).writes("jag är sen")
    assert len(said(person)) == 1


@pytest.mark.parametrize("language", languages())
def test_who_is_ill_chooses_and_until_then_nothing_changes(language: str) -> None:
    person = booked(language).writes(ILL[language])
    assert said(person) == [("ill", None)]
    assert asks(person) == "ill"
    assert changed(person) == 0


def test_ill_a_new_time_is_offered_and_takes_the_place_of_the_old() -> None:
    person = booked().writes("jag är sjuk")
    old = person.state.person.meeting
    person.writes("1")
    assert asks(person) == "form"
    person.writes("1")
    booking = next(one.value for one in reversed(person.calls) if isinstance(one.value, BookMeeting))
    assert old is not None
    assert booking.replaces == old.id


def test_ill_a_call_by_telephone_instead() -> None:
    person = booked().writes("jag är sjuk").writes("2")
    assert said(person) == [("ill", None), ("by-phone", None)]
    assert person.reads() == (
        "Du behöver inte komma. Vi säger till handläggaren att du vill bli uppringd tisdag 1 december kl 9.30."
    )
    assert changed(person) == 0


def test_who_is_to_be_rung_is_not_reminded_to_come_unless_she_comes_after_all() -> None:
    person = booked().writes("jag är sjuk").writes("2")
    meeting = person.state.person.meeting
    assert meeting is not None
    person.tells(NoticeKind.INTERPRETER_CONFIRMED, MeetingNotice(meeting=meeting))
    person.happens(Elapsed("reminder", meeting.id))
    assert not person.turns[-1].says
    person.writes("jag är sjuk").writes("3")
    person.happens(Elapsed("reminder", meeting.id))
    assert person.reads().startswith("Mötet i dag är kl 9.30.")


def test_of_another_day_late_is_not_heard_and_ill_names_the_day() -> None:
    person = booked().later(days=-1)
    person.writes("jag blir sen")
    assert said(person) == []
    person.writes("jag är sjuk")
    assert said(person) == [("ill", None)]
    assert person.reads().startswith("Det gäller tisdag 1 december kl 9.30.")


def test_whose_number_nobody_has_is_asked_for_it_before_a_call() -> None:
    person = booked(channel="telegram").writes("jag är sjuk").writes("2")
    assert said(person)[-1] == ("by-phone", None)
    assert "nummer" in person.reads()


def test_ill_and_comes_all_the_same() -> None:
    person = booked().writes("jag är sjuk").writes("3")
    assert "Vi ses" in person.reads()
    assert changed(person) == 0


def test_a_reminder_answered_by_illness_asks_what_is_wanted() -> None:
    person = booked()
    meeting = person.state.person.meeting
    assert meeting is not None
    asked = Open("reminder", "t", person.now, reference=meeting.id, until=meeting.start)
    person.state = person.state.with_thread(open=asked)
    person.writes("sjuk")
    assert asks(person) == "ill"


def test_the_forms_question_comes_back_after_it() -> None:
    person = booked()
    person.state = person.state.with_thread(open=None)
    person.writes("ansök")
    opened = person.state.thread.open
    assert opened is not None
    assert opened.ask == "form"
    person.writes("jag blir 5 min sen")
    assert said(person) == [("late", 5)]
    assert asks(person) == "form"


def test_to_be_ill_may_be_the_answer_to_what_is_asked() -> None:
    person = booked(policy=WAITS, channel="web")
    person.writes("sjukskriven")
    assert said(person) == []


def test_without_a_meeting_it_is_like_any_other_words() -> None:
    person = Talker(policy=WAITS).writes("hej behöver hjälp").writes("jag är sjuk")
    assert said(person) == []


def test_under_staff_whoever_holds_the_meeting_is_told_and_the_machine_is_silent() -> None:
    person = booked()
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id))
    person.writes("jag blir 20 min sen")
    assert said(person) == [("late", 20)]
    assert not person.turns[-1].says
    person.writes("jag är sjuk")
    assert said(person)[-1] == ("ill", None)


def test_staff_read_what_was_meant() -> None:
    person = booked("ar").writes(LATE["ar"])
    assert person.turns[-1].understood == "Jag blir 10 min sen till mötet"


def test_acute_words_come_first() -> None:
    person = booked().writes("jag är sjuk och har ingen mat")
    assert said(person) == []
    assert "112" in person.reads()


@pytest.mark.parametrize("figure", ["1", "2", "3"])
def test_no_single_figure_changes_a_meeting(figure: str) -> None:
    person = booked().writes(figure)
    assert changed(person) == 0
    meeting = person.state.person.meeting
    assert meeting is not None
    person.state = person.state.with_thread(
        open=Open("reminder", "t", person.now, reference=meeting.id, until=meeting.start)
    )
    person.writes(figure)
    assert changed(person) == 0
