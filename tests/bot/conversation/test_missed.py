"""She did not come: a new time, one question that needs no answer, and never a threat."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.contract import (
    BookMeeting,
    CancelMeeting,
    Meeting,
    MeetingMissed,
    MeetingNotice,
    MeetingStatus,
    NoticeKind,
    WhyMissed,
)
from bot.text import languages
from tests.bot.conversation.test_beforehand import asks, booked
from tests.bot.talker import Talker


def missed(person: Talker, *, again: bool = True) -> tuple[Talker, Meeting]:
    meeting = person.state.person.meeting
    assert meeting is not None
    person.now = meeting.end
    new = meeting.model_copy(update={"id": person.state.thread.id, "start": meeting.start + timedelta(days=1)})
    body = MeetingMissed(
        meeting=meeting.model_copy(update={"status": MeetingStatus.NO_SHOW}), again=new if again else None
    )
    person.tells(NoticeKind.MEETING_MISSED, body)
    return person, meeting


def whys(person: Talker) -> list[str]:
    return [one.value.why for one in person.calls if isinstance(one.value, WhyMissed)]


def test_a_new_time_comes_with_its_reminder_and_then_the_question() -> None:
    person, _ = missed(booked())
    new_time, why = person.turns[-1].says
    assert person.text(new_time) == (
        "Vi missade varandra. Ny tid: onsdag 2 december kl 9.30, Exempelgatan 4. Annan tid: skriv TID."
    )
    assert person.text(why) == (
        "Vad hindrade dig? Du behöver inte svara. 1 Jag var sjuk 2 Jag glömde 3 Tolken 4 Något annat"
    )
    assert [timer.timer for timer in person.turns[-1].timers if timer.reference] == ["reminder"]


@pytest.mark.parametrize(("figure", "why"), [("1", "ill"), ("2", "forgot"), ("3", "interpreter"), ("4", "other")])
def test_what_hindered_is_told_once_and_changes_nothing(figure: str, why: str) -> None:
    person, meeting = missed(booked())
    person.leaves()
    assert asks(person) == "missed-why"
    before = sum(isinstance(one.value, BookMeeting | CancelMeeting) for one in person.calls)
    person.writes(figure)
    assert whys(person) == [why]
    assert [one.path["meeting"] for one in person.calls if isinstance(one.value, WhyMissed)] == [str(meeting.id)]
    assert sum(isinstance(one.value, BookMeeting | CancelMeeting) for one in person.calls) == before
    assert asks(person) is None


def test_other_words_need_not_answer_it() -> None:
    person, _ = missed(booked())
    person.leaves()
    person.writes("TID")
    assert whys(person) == []
    assert asks(person) == "move-or-cancel"


@pytest.mark.parametrize("again", [True, False])
def test_who_got_no_time_chooses_one_with_one_word(again: bool) -> None:
    person, _ = missed(booked(), again=again)
    person.leaves().writes("TID")
    assert asks(person) == ("move-or-cancel" if again else "form")


def test_who_has_chosen_a_time_herself_is_not_asked_to_choose_one() -> None:
    person = booked()
    before = person.state.person.meeting
    assert before is not None
    later = before.model_copy(update={"id": uuid4(), "start": before.start + timedelta(days=2)})
    person.now = before.end
    person.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=later))
    person.tells(
        NoticeKind.MEETING_MISSED, MeetingMissed(meeting=before.model_copy(update={"status": MeetingStatus.NO_SHOW}))
    )
    new_time, _ = person.turns[-1].says
    assert person.text(new_time).startswith("Vi missade varandra. Ny tid: torsdag 3 december kl 9.30")
    assert not person.turns[-1].timers  # they are set


@pytest.mark.parametrize("language", languages())
def test_nothing_threatens_in_any_language(language: str) -> None:
    person, _ = missed(booked(language))
    assert len(person.turns[-1].says) == 2
    assert all(message.kind in ("new-time", "missed-why") for message in person.turns[-1].says)
