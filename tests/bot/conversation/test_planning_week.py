"""The week after the first meeting: told in one text, reminded of, answered with a digit that cancels nothing; and a
branch chosen before it ends."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from backend.contract import (
    AnswerEarlierTime,
    CancelMeeting,
    ChooseBranch,
    EarlierTime,
    FreeTime,
    HandOver,
    Meeting,
    NoticeKind,
    PlanningWeek,
    SayOfActivity,
    SayOfMeeting,
    Sensitivity,
    TakenOver,
)
from bot.conversation.notices.planning_week import OF_ACTIVITY, TODAY, examples
from bot.messages import Elapsed
from tests.bot.conversation.test_interruptions import booked, calls
from tests.bot.talker import Talker


def week_of(meeting: Meeting | None, **changes: object) -> PlanningWeek:
    assert meeting is not None
    return next(iter(examples(meeting))).model_copy(update=changes)


def planned(*more: str, **changes: object) -> tuple[Talker, PlanningWeek]:
    """Nobody else reads her telephone, unless said otherwise; the week is told."""
    person = booked(*(more or ("2", "1")))
    week = week_of(person.state.person.meeting, **changes)
    person.tells(NoticeKind.PLANNING_WEEK, week)
    return person, week


def heard(person: Talker) -> str:
    """What was said last."""
    return person.text(person.said[-1])


def morning_of(person: Talker, week: PlanningWeek, n: int) -> UUID:
    one = week.activities[n]
    person.now = one.start - timedelta(hours=5)
    person.happens(Elapsed("activity-morning", one.id)).leaves()
    return one.id


def test_the_week_is_one_text_that_says_when_and_where_and_not_what() -> None:
    person, _ = planned()
    assert heard(person) == (
        "Dina tider hos oss: mån 7: 13.00, tis 8: 13.00, ons 9: 13.00, tors 10: 13.00 och fre 11: 13.00. "
        "Plats: Exempelgatan 4. Mer: skriv VECKAN."
    )
    timers = [(one.timer, one.at.day, one.at.hour) for one in person.turns[-1].timers]
    assert timers == [
        ("activity-evening", 6, 18),
        ("activity-morning", 7, 8),
        ("activity-evening", 7, 18),
        ("activity-morning", 8, 8),
        ("activity-evening", 8, 18),
        ("activity-morning", 9, 8),
        ("activity-evening", 9, 18),
        ("activity-morning", 10, 8),
        ("activity-evening", 10, 18),
        ("activity-morning", 11, 8),
        ("branch", 10, 9),
    ]


def test_who_can_take_no_work_now_is_told_of_the_week_and_reminded_of_nothing() -> None:
    person, week = planned(quiet=True)
    assert person.turns[-1].timers == ()
    person.happens(Elapsed("activity-evening", week.activities[0].id))
    assert not person.turns[-1].says


def test_it_is_reminded_of_in_the_evening_without_a_question_and_in_the_morning_with_one() -> None:
    person, week = planned()
    one = week.activities[0]
    person.now = one.start - timedelta(hours=19)
    person.happens(Elapsed("activity-evening", one.id))
    assert heard(person) == "I morgon kl 13.00, Exempelgatan 4. Du behöver inte svara."
    assert person.said[-1].question is None
    assert person.said[-1].deadline == datetime(2026, 12, 6, 23, tzinfo=UTC)
    morning_of(person, week, 0)
    person.happens(Elapsed("activity-evening", one.id))  # it stood still over night
    assert heard(person) == (
        "I dag kl 13.00, Exempelgatan 4. Svara efteråt. Kan du inte komma? Svara 2. "
        "1 Klart 2 Kunde inte 3 Jag är sjuk 4 Jag vill ha hjälp"
    )


def test_the_digit_that_the_reminder_names_says_that_she_cannot_come() -> None:
    assert "Answer 2." in TODAY
    assert OF_ACTIVITY.kind.options()[2 - 1].meaning == "could-not"


def test_one_digit_says_how_it_went_and_cancels_nothing() -> None:
    for words, how in (("1", "done"), ("2", "could-not"), ("jag är sjuk", "ill"), ("4", "help")):
        person, week = planned()
        activity = morning_of(person, week, 1)
        person.later(hours=5 if how == "done" else 0).writes(words)
        (said,) = calls(person, SayOfActivity)
        assert said.how == how
        assert person.calls[-1].path == {"activity": str(activity)}
        assert person.state.person.meeting is not None
        assert person.state.thread.open is None


def test_other_words_are_read_as_ever_and_what_was_told_anew_replaces_it() -> None:
    person, week = planned()
    morning_of(person, week, 0)
    person.writes("RING")
    assert calls(person, SayOfActivity) == []
    moved = week.model_copy(update={"activities": week.activities[1:]})
    person.tells(NoticeKind.PLANNING_WEEK, moved)
    person.happens(Elapsed("activity-evening", week.activities[0].id))
    assert not person.turns[-1].says


def test_the_branch_is_asked_for_without_saying_what_and_chosen_in_two_answers() -> None:
    person, week = planned()
    person.now = datetime(2026, 12, 10, 9, tzinfo=UTC)
    notice = person.turns[-1].timers[-1].reference
    person.happens(Elapsed("branch", notice)).leaves()
    assert heard(person) == "Du behöver göra ett val senast fredag 11 december. Vill du göra det nu? 1 Ja 2 Nej"
    person.writes("ja")
    assert heard(person) == (
        "Vad vill du arbeta med? Du kan ändra det när vi ses. 1 Vård 2 Städ 3 Industri 4 Restaurang "
        "5 Transport och lager"
    )
    person.writes("industri")
    assert heard(person) == "Tack. Du har valt: Industri."
    assert [call.branch for call in calls(person, ChooseBranch)] == ["industry"]
    person.happens(Elapsed("branch", notice))
    assert not person.turns[-1].says
    assert week.branches[2] == "industry"


def test_on_a_telephone_that_others_read_nothing_is_asked_and_only_times_are_said() -> None:
    person, _ = planned("2", "2")
    person.now = datetime(2026, 12, 10, 9, tzinfo=UTC)
    person.happens(Elapsed("branch", person.turns[-1].timers[-1].reference)).leaves()
    person.writes("1")
    assert heard(person) == "Andra kan läsa här. Skriv RING så berättar vi vad det gäller."
    person.writes("VECKAN")
    said = person.reads()
    assert "tors 10: 13.00" in said
    assert "Exempelgatan 4" in said
    assert "rekryterare" not in said
    assert "VECKAN" not in said  # she has just written it


def test_times_in_several_places_are_said_each_with_its_own_where_others_read() -> None:
    meeting = booked("2", "2").state.person.meeting
    first, *others = week_of(meeting).activities
    person, _ = planned("2", "2", activities=(first.model_copy(update={"digital": True}), *others))
    person.writes("VECKAN")
    said = person.reads()
    assert "ån 7: 13.00, på video\n" in said
    assert "is 8: 13.00, Exempelgatan 4\n" in said
    assert "VECKAN" not in said


def test_week_says_what_is_ahead_and_asks_for_the_branch_once_she_has_heard_of_them() -> None:
    person, week = planned()
    person.writes("min vecka")
    assert heard(person) == (
        "Din vecka:\nMån 7: 13.00 Om olika yrken\nTis 8: 13.00 Vi skriver cv\nOns 9: 13.00 Se en arbetsplats\n"
        "Tors 10: 13.00 Träffa en rekryterare\nFre 11: 13.00 Visa din plan\n"
        "Sjuk eller sen? Skriv till oss, det räcker."
    )
    assert person.said[-1].sensitivity is Sensitivity.PERSONAL
    person.now = week.activities[0].end + timedelta(hours=20)
    person.writes("veckan")
    assert heard(person).startswith("Vad vill du arbeta med?")
    person.writes("1")
    person.writes("veckan")
    assert "Om olika yrken" not in heard(person)
    assert "Vi skriver cv" in heard(person)


def test_where_nothing_is_planned_that_is_said() -> None:
    person = booked("2", "1")
    person.writes("veckan")
    assert heard(person) == "Inget är planerat med dig just nu."


def test_when_nothing_is_planned_any_more_that_is_told_and_nothing_is_reminded_of() -> None:
    person, week = planned()
    person.tells(NoticeKind.PLANNING_WEEK, week.model_copy(update={"activities": ()}), "another")
    assert heard(person) == "Inget är planerat med dig just nu."
    assert person.turns[-1].timers == ()
    person.happens(Elapsed("activity-evening", week.activities[0].id))
    assert not person.turns[-1].says
    assert person.state.person.week is None


def test_a_week_told_again_asks_for_the_branch_no_second_time() -> None:
    person, week = planned()
    person.tells(NoticeKind.PLANNING_WEEK, week.model_copy(update={"activities": week.activities[:4]}), "another")
    assert "branch" not in [one.timer for one in person.turns[-1].timers]


# --- Her words beside a meeting ---------------------------------------------------------------------------------------


def meets(person: Talker, start: datetime) -> None:
    """She has a meeting then."""
    meeting = person.state.person.meeting
    assert meeting is not None
    moved = meeting.model_copy(update={"start": start, "end": start + timedelta(hours=1)})
    person.state = person.state.with_person(meeting=moved)


def asks(person: Talker) -> str | None:
    opened = person.state.thread.open
    return opened.ask if opened is not None else None


@pytest.mark.parametrize("words", ["kan inte komma", "jag kan inte komma", "Hej, jag kan tyvärr inte komma i dag"])
def test_who_cannot_come_to_what_is_asked_about_cancels_no_meeting_of_another_day(words: str) -> None:
    person, week = planned()
    meets(person, week.activities[3].start)
    activity = morning_of(person, week, 0)
    person.writes(words).writes("2")
    (said,) = calls(person, SayOfActivity)
    assert (said.how, calls(person, CancelMeeting)) == ("could-not", [])
    assert next(call.path for call in person.calls if isinstance(call.value, SayOfActivity)) == {
        "activity": str(activity)
    }


@pytest.mark.parametrize("owner", ["bot", "staff"])
@pytest.mark.parametrize(("words", "how"), [("jag är sjuk", "ill"), ("jag kan inte komma", "could-not")])
def test_what_is_said_the_day_before_is_of_what_is_planned_and_not_of_a_meeting_later(
    words: str, how: str, owner: str
) -> None:
    person, week = planned()
    meets(person, week.activities[3].start)
    person.now = week.activities[0].start - timedelta(hours=20)
    person.state = person.state.with_thread(open=None, interrupted=None)
    if owner == "staff":
        person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id))
    person.writes(words)
    assert [said.how for said in calls(person, SayOfActivity)] == [how]
    assert calls(person, SayOfMeeting) == []
    if owner == "bot":
        assert person.reads().startswith("Det gäller måndag 7 december kl 13.00.")
    else:
        assert "Det gäller" not in person.reads()


def test_late_for_what_is_planned_is_read_by_somebody_and_heard_on_its_day_alone() -> None:
    person, week = planned()
    meets(person, week.activities[3].start)
    person.now = week.activities[0].start - timedelta(hours=20)
    person.state = person.state.with_thread(open=None, interrupted=None)
    assert not heard(person.writes("jag blir sen")).startswith("Tack för att du säger till")
    person.later(hours=19).writes("jag blir sen")
    assert person.reads().startswith("Tack för att du säger till. Kom ändå.")
    assert calls(person, SayOfMeeting) == []
    assert calls(person, HandOver)[-1].reason == "question"


def test_a_meeting_earlier_the_same_day_comes_first() -> None:
    person, week = planned()
    meets(person, week.activities[0].start - timedelta(hours=3))
    morning_of(person, week, 0)
    person.writes("jag är sjuk")
    assert [said.says for said in calls(person, SayOfMeeting)] == ["ill"]
    assert calls(person, SayOfActivity) == []


# --- Two questions at once --------------------------------------------------------------------------------------------


def test_a_digit_after_two_questions_is_asked_about_by_its_hour() -> None:
    person, week = planned()
    meeting = person.state.person.meeting
    assert meeting is not None
    meets(person, week.activities[0].start + timedelta(hours=2))
    person.now = week.activities[0].start - timedelta(hours=6)
    person.happens(Elapsed("reminder", meeting.id)).leaves()
    morning_of(person, week, 0)
    person.writes("2")
    assert calls(person, SayOfActivity) == []
    assert heard(person).startswith("Det gäller måndag 7 december kl 13.00. Hur gick det?")
    person.writes("2")
    assert [said.how for said in calls(person, SayOfActivity)] == ["could-not"]
    assert calls(person, CancelMeeting) == []


def test_an_earlier_time_asked_beside_another_question_is_taken_by_no_bare_digit() -> None:
    person, week = planned()
    morning_of(person, week, 0)
    meeting = person.state.person.meeting
    assert meeting is not None
    start = week.activities[1].start
    time = FreeTime(slot="free", start=start, end=start + timedelta(minutes=45), address="Exempelgatan 4")
    offered = EarlierTime(offer=UUID(int=1), meeting=meeting, time=time, answer_by=start)
    person.tells(NoticeKind.EARLIER_TIME, offered).leaves()
    person.writes("1")
    assert calls(person, AnswerEarlierTime) == []
    assert heard(person).startswith("Det gäller tisdag 8 december kl 13.00. Vill du ha den tidigare tiden")
    person.writes("ja")
    assert [answer.accept for answer in calls(person, AnswerEarlierTime)] == [True]
    assert calls(person, SayOfActivity) == []


def test_what_has_not_begun_is_not_done() -> None:
    person, week = planned()
    morning_of(person, week, 0)
    person.writes("1")
    assert calls(person, SayOfActivity) == []
    assert heard(person) == "Bra. Vi ses kl 13.00."
    person.now = week.activities[0].end
    person.writes("1")
    assert [said.how for said in calls(person, SayOfActivity)] == ["done"]
