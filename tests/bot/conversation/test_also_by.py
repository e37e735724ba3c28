"""The day by another calendar too: asked once of whoever may count by it, changed with a word, never a text dearer."""

from datetime import timedelta

import pytest

from backend.contract import MeetingNotice, MeetingStatus, NoticeKind
from bot.conversation.also_by import CALENDAR, OFF, ON, TOO, WHICH_ONE
from bot.conversation.understood import UNDERSTOOD
from bot.messages import Elapsed
from bot.text import languages, render, say, segments
from tests.bot.talker import Talker, tomorrow


def of(source: str, language: str = "sv") -> str:
    return render(say(source), language).partition("{")[0]


HELLO = "hej, behöver hjälp. pratar dari"


def booked(hello: str = HELLO, channel: str = "sms") -> Talker:
    """Somebody with a time tomorrow, who has answered what follows it."""
    person = Talker(channel=channel).writes(hello).writes("1").writes("1")
    return person.writes("2").writes("2").writes("1" if channel == "sms" else "senare")


@pytest.mark.parametrize(
    ("language", "day"),
    [("dari", "10 Qaws"), ("persiska", "10 Azar"), ("tigrinja", "22 Hedar"), ("amhariska", "22 Hedar")],
)
def test_whoever_speaks_a_language_that_counts_so_is_asked_once(language: str, day: str) -> None:
    person = booked(f"hej, behöver hjälp. pratar {language}")
    assert of(TOO.text) in person.reads()
    assert day in person.reads()
    person.writes("ja")
    assert person.reads() == of(ON)
    person.writes("TID").writes("1").writes("1")
    assert [one.ask for one in person.said].count(CALENDAR) == 1


def test_nobody_else_is_asked() -> None:
    assert booked("hej, behöver hjälp. pratar somaliska").state.thread.open is None


def test_no_is_no_and_so_is_silence_or_anything_else() -> None:
    person = booked().writes("nej")
    assert person.reads() == of(OFF)
    assert person.state.person.calendar == "off"
    person = booked().writes("STATUS")
    assert person.state.person.calendar == "off"
    assert person.state.thread.open is None


def test_who_talks_in_another_language_is_asked_both_one_after_the_other() -> None:
    person = booked("hello, I need help. I speak dari")
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == CALENDAR
    person.writes("yes")
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == UNDERSTOOD


def test_a_confirmation_and_a_move_say_both_days_the_ordinary_first() -> None:
    person = booked().writes("ja")
    meeting = person.state.person.meeting
    assert meeting is not None
    moved = meeting.model_copy(update={"start": meeting.start + timedelta(days=1)})
    person.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=moved))
    assert person.reads() == "Ditt möte har en ny tid: onsdag 2 december (11 Qaws) kl 9.30."
    confirmed = moved.model_copy(update={"status": MeetingStatus.BOOKED})
    person.tells(NoticeKind.INTERPRETER_CONFIRMED, MeetingNotice(meeting=confirmed), "confirmed")
    assert "onsdag 2 december (11 Qaws) kl 9.30" in person.reads()


def test_a_reminder_says_it_too() -> None:
    person = booked().writes("ja")
    meeting = person.state.person.meeting
    assert meeting is not None
    person.now = meeting.start - timedelta(hours=1)
    person.happens(Elapsed("reminder", meeting.id))
    assert "9.30 (10 Qaws)" in person.reads()
    assert segments(person.reads()) == 1


def test_the_card_on_the_page_has_it() -> None:
    person = booked(channel="web").writes("ja").writes("TID").writes("1").writes("1")
    card = next(one for one in reversed(person.said) if one.card is not None)
    assert card.calendar == "afghan"


def test_a_word_sets_it_for_anybody_at_any_time() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("etiopisk kalender")
    assert person.reads().startswith(of(ON))
    assert "1 Boka möte" in person.reads(), "and the open question comes again"
    assert person.turns[-1].understood == "Dagar enligt en annan kalender också, eller inte"
    person.writes("1")
    assert "Tisdag 1 december" in person.reads()
    person.writes("1")
    assert "tisdag 1 december (22 Hedar) kl 9.30" in person.text(person.said[-3])
    person.writes("vanlig kalender")
    assert person.state.person.calendar == "off"


def test_the_word_alone_is_the_calendar_of_her_language_or_is_asked_about() -> None:
    assert booked().writes("kalender").state.person.calendar == "afghan"
    person = Talker().writes("hej, behöver hjälp").writes("kalender")
    assert person.reads().startswith(of(WHICH_ONE))
    assert person.state.person.calendar is None


def test_where_it_would_cost_a_text_it_is_left_out() -> None:
    long = tomorrow(9, 30).model_copy(update={"address": "Ö" * 45})
    person = Talker(times=(long,)).writes("hej, behöver hjälp. pratar dari").writes("afghansk kalender")
    person.writes("1").writes("1")
    confirmation = next(person.text(one) for one in person.said if one.card is not None)
    assert "tisdag 1 december kl 9.30" in confirmation
    assert segments(confirmation) == 1


@pytest.mark.parametrize("language", languages())
def test_every_language_says_it(language: str) -> None:
    person = booked().writes("ja")
    meeting = person.state.person.meeting
    assert meeting is not None
    moved = meeting.model_copy(update={"start": meeting.start + timedelta(days=1)})
    person.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=moved))
    shown = render(person.said[-1].text, language)
    assert {"ar": "قوس"}.get(language, "Qaws") in shown
    assert shown.count("(") == 1
