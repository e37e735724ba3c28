"""What comes in between: reminders, notices, staff, something new; and never an answer to the wrong question."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid5

import pytest

from backend.contract import (
    CancelMeeting,
    ContactConfirmed,
    FreeTimes,
    HandedBack,
    HandOver,
    Hear,
    HearReceipt,
    ImportantDay,
    Meeting,
    MeetingNotice,
    MeetingStatus,
    NoticeKind,
    Ownership,
    Phone,
    Sensitivity,
    SettlingStanding,
    SomethingNew,
    StaffMessage,
    Status,
    Step,
    TakenOver,
)
from bot.leaving.kinds import KINDS
from bot.messages import Elapsed, Filled, Linked, Resulted, Went
from bot.text import segments
from tests.bot.talker import NAMESPACE, Talker

BOOKED = ("hej, behöver hjälp", "1", "1", "2")


FIRST_OF_THE_FORM = "Söker du ensam, utan man, fru eller sambo? 1 Ja 2 Nej"


def booked(*more: str, **settings: object) -> Talker:
    person = Talker(**settings)  # type: ignore[arg-type]
    for words in (*BOOKED, *more):
        person.writes(words)
    return person


def reminded(person: Talker) -> Talker:
    meeting = person.state.person.meeting
    assert meeting is not None
    person.now = meeting.start - timedelta(minutes=90)
    return person.happens(Elapsed("reminder", meeting.id)).leaves()


def calls(person: Talker, kind: type) -> list[Any]:
    return [call.value for call in person.calls if isinstance(call.value, kind)]


def test_reminders_are_set_for_the_morning_and_not_for_the_evening_of_the_day_it_was_booked() -> None:
    timers = [timer for turn in booked().turns for timer in turn.timers if timer.reference is not None]
    assert [(one.timer, one.at.hour) for one in timers] == [("reminder", 8)]


def test_what_says_tomorrow_does_not_leave_on_the_day_itself() -> None:
    person = booked()
    meeting = person.state.person.meeting
    assert meeting is not None
    person.now = datetime(2026, 11, 30, 17, tzinfo=UTC)
    person.happens(Elapsed("reminder-evening", meeting.id))
    assert person.said[-1].deadline == datetime(2026, 11, 30, 23, tzinfo=UTC)
    person.now = datetime(2026, 12, 1, 6, tzinfo=UTC)
    person.happens(Elapsed("reminder-evening", meeting.id))
    assert not person.turns[-1].says


def test_a_meeting_at_eight_is_reminded_of_the_evening_before_also_when_it_was_booked_that_day() -> None:
    early = new_time(start=datetime(2026, 12, 2, 7, tzinfo=UTC))
    person = booked("2", "1")
    person.now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    person.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=early))
    assert [(one.timer, one.at.hour) for one in person.turns[-1].timers] == [("reminder-evening", 18)]
    person.now = datetime(2026, 12, 1, 18, tzinfo=UTC)
    person.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=early))
    assert person.turns[-1].timers == ()


def test_a_reminder_needs_no_answer_and_is_not_sent_for_a_cancelled_meeting() -> None:
    person = booked()
    meeting = person.state.person.meeting
    assert meeting is not None
    person.state = person.state.with_person(meeting=meeting.model_copy(update={"status": MeetingStatus.CANCELLED}))
    person.happens(Elapsed("reminder", meeting.id))
    assert not person.turns[-1].says


def test_two_is_asked_about_before_anything_changes() -> None:
    person = reminded(booked("2", "1")).writes("2")
    assert person.reads() == (
        "Det gäller tisdag 1 december kl 9.30. Byta tid eller avboka? 1 Byt tid 2 Avboka 3 Jag kommer"
    )
    assert not calls(person, CancelMeeting)
    person.writes("3")
    assert person.reads() == "Bra. Vi ses kl 9.30."
    assert not calls(person, CancelMeeting)


def test_who_has_cancelled_is_not_asked_what_to_take_at_the_meeting() -> None:
    person = booked()
    assert "på mötet" in person.reads()
    person.writes("avboka").writes("2")
    assert person.reads() == "Din tid är avbokad. Skriv när du vill ha en ny."
    assert person.state.thread.open is None
    person.writes("ny tid").writes("1")  # and again when there is one
    assert person.reads().startswith("Din tid: tisdag 1 december")


def test_who_has_cancelled_and_asks_for_a_new_time_gets_the_times() -> None:
    person = booked("2", "1", "avboka", "2")
    assert person.reads() == "Din tid är avbokad. Skriv när du vill ha en ny."
    person.writes("ny tid")
    assert person.reads().startswith("Tisdag 1 december: 1 kl 9.30")
    person.writes("2")
    assert person.reads().startswith("Din tid: tisdag 1 december kl 13.15")


def test_a_word_that_nothing_is_open_for_is_read_by_a_human_and_never_met_with_silence() -> None:
    for word in ("jag förstår inte", "senare", "igen"):
        person = booked("2", "1").writes(word)
        assert person.reads() == (
            "En människa läser det du skrev och svarar dig.\nDin tid: tisdag 1 december kl 9.30, Exempelgatan 4."
        )


def test_a_reminder_in_the_middle_of_the_form_stores_nothing_and_the_question_comes_again_in_full() -> None:
    person = reminded(booked("1", "1"))
    answers = dict(person.state.run.answers) if person.state.run else None
    person.writes("1")
    assert person.reads() == FIRST_OF_THE_FORM
    assert person.state.run is not None
    assert dict(person.state.run.answers) == answers
    person.writes("1")
    assert "Vilken månad" in person.reads()


def test_a_page_that_was_open_when_the_reminder_came_is_not_lost() -> None:
    person = reminded(booked("1", channel="web"))
    page = next(one for one in reversed(person.said) if one.section is not None)
    person.happens(Filled(page.question or "", {"applies_alone": "1", "month": "1", "stays_here": "1"}))
    assert person.state.run is not None
    assert person.state.run.answers["applies_alone"] is True
    assert "Bor barn hos dig" in person.reads()


def test_moved_in_the_middle_of_the_form_and_the_form_goes_on_where_it_was() -> None:
    person = reminded(booked("1", "1", "ja", "1", "ja")).writes("2").writes("1")
    assert "kl 13.15" in person.reads()
    person.writes("1")
    assert "Din tid: tisdag 1 december kl 13.15" in person.reads()
    assert "Bor barn hos dig" in person.reads()


def test_the_time_she_has_is_not_offered_again_when_she_moves_it() -> None:
    person = booked("2", "1").writes("byt tid").writes("1")
    assert person.reads() == "Tisdag 1 december: 1 kl 13.15 2 Annan dag. 20-30 minuter om jobb och pengar."
    person.writes("2").writes("tisdag")
    assert person.reads() == "Tisdag 1 december: 1 kl 13.15. 20-30 minuter om jobb och pengar."
    # With an interpreter, where she had none, the same hour is another meeting.
    person = booked("2", "1").writes("byt tid")
    person.state = person.state.with_thread(speaks="ar")
    assert "1 kl 9.30 2 kl 13.15" in person.writes("1").reads()


def test_who_only_moved_her_time_is_not_asked_anew_what_cannot_wait() -> None:
    person = booked("2", "1").writes("byt tid").writes("1").writes("1")
    assert person.reads() == (
        "Din tid: tisdag 1 december kl 13.15, Exempelgatan 4. Ta med id om du har. Kom även utan papper."
    )
    assert person.state.thread.open is None


def test_the_interpreter_is_ready_in_one_neutral_segment_in_every_language() -> None:
    for language, hello in (("sv", "hej, behöver hjälp"), ("ar", "السلام عليكم, احتاج مساعدة")):
        person = Talker().writes(hello).writes("1").writes("1")
        meeting = person.state.person.meeting
        assert meeting is not None
        done = meeting.model_copy(update={"status": MeetingStatus.BOOKED})
        person.tells(NoticeKind.INTERPRETER_CONFIRMED, MeetingNotice(meeting=done))
        assert person.state.thread.language == language
        assert segments(person.reads()) == 1
        assert person.state.person.meeting == done


def test_something_to_read_says_how_to_read_it_and_how_to_hear_it_instead() -> None:
    """Also days later, also when the machine waits for something else: READ tells where and with what."""
    person = booked("2", "1").tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="agreed-lines"))
    assert person.said[-1].kind == "new-lines"
    assert person.reads() == (
        "Det finns något nytt till dig. Skriv LÄS för att läsa det, eller RING om du hellre vill höra det."
    )
    person.later(days=2).writes("läs")
    assert person.reads() == (
        "Läs på trelleborg.se/imorgon. Använd koden du fick på mötet. Ingen kod? Hämta en hos oss, eller skriv RING."
    )
    person.writes("RING")
    assert calls(person, HandOver)[-1].reason == "asked"


def test_how_to_read_is_told_with_the_open_question_after_it() -> None:
    person = booked("1", "1").tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="agreed-lines"))
    person.writes("hur läser jag det?")
    assert person.reads().startswith("Läs på trelleborg.se/imorgon.")
    assert person.reads().endswith(FIRST_OF_THE_FORM)


def test_who_is_asked_how_to_hear_and_writes_read_has_answered() -> None:
    person = booked("2", "1").tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision")).leaves().writes("läs")
    assert calls(person, Hear)[0].how == "read"
    assert person.reads().startswith("Läs på trelleborg.se/imorgon.")
    assert person.state.thread.open is None


def test_where_nothing_is_new_read_is_a_word_like_any_other() -> None:
    person = booked("2", "1").writes("läs")
    assert person.reads().startswith("En människa läser det du skrev")


def test_something_new_never_says_what_and_is_heard_the_way_the_person_wants() -> None:
    person = booked("2", "1").tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision", refusal=True))
    assert person.said[-1].kind == "something-new-refusal"
    assert person.reads() == (
        "Det finns något nytt till dig. Hur vill du få veta det? "
        "1 Ring mig 2 Jag kommer till er 3 Jag läser själv 4 Brev"
    )
    person.leaves().away = True
    person.writes("1")
    hear = calls(person, Hear)[0]
    assert (hear.how, hear.something_new) == ("call", uuid5(NAMESPACE, "notice"))
    call = next(one for one in person.calls if one.value is hear)
    at = person.now + timedelta(hours=3)
    person.happens(Resulted(call.id, HearReceipt(call_at=at).model_dump(mode="json")))
    assert person.reads() == "Vi ringer dig måndag 30 november kl 12.58."


def new_time(**changes: object) -> Meeting:
    """The meeting a refusal carries, on Wednesday 2 December at 10."""
    start = datetime(2026, 12, 2, 9, tzinfo=UTC)
    meeting = Meeting(
        id=uuid5(NAMESPACE, "new time"),
        person=uuid5(NAMESPACE, "person"),
        start=start,
        end=start + timedelta(minutes=45),
        address="Exempelgatan 4",
        status=MeetingStatus.BOOKED,
    )
    return meeting.model_copy(update=changes)


def important_day(meeting: Meeting | None, *, by_telephone: bool = True) -> ImportantDay:
    return ImportantDay(
        by_telephone=by_telephone, day=date(2026, 12, 22), remind_on=date(2026, 12, 15), meeting=meeting
    )


def told_of_the_day(meeting: Meeting | None = None, **settings: object) -> Talker:
    """Rung and told, on Tuesday 1 December at 15.30; both texts have left."""
    person = booked("2", "1", **settings)
    person.now = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
    return person.tells(NoticeKind.IMPORTANT_DAY, important_day(meeting)).leaves()


def test_the_new_time_of_a_refusal_is_kept_before_it_is_said_and_reminded_of() -> None:
    person = booked("2", "1")
    person.now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    person.tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision", refusal=True, meeting=new_time()))
    assert "2 december" not in person.reads()
    assert person.state.person.meeting == new_time()
    assert [timer.timer for timer in person.turns[-1].timers] == ["reminder"]
    # Nobody has said that time yet: what happens to it meanwhile is kept, and said by whoever tells the rest.
    confirmed = new_time(interpreter_language="ti")
    person.tells(NoticeKind.INTERPRETER_CONFIRMED, MeetingNotice(meeting=confirmed))
    assert person.turns[-1].says == ()
    assert person.state.person.meeting == confirmed
    person.tells(NoticeKind.IMPORTANT_DAY, important_day(confirmed))
    person.tells(NoticeKind.INTERPRETER_CONFIRMED, MeetingNotice(meeting=confirmed))
    assert person.reads() == "Tolken är klar. Vi ses onsdag 2 december kl 10.00."


@pytest.mark.parametrize(
    ("meeting", "words"),
    [
        (new_time(), "Annan tid: skriv TID."),
        (new_time(interpreter_language="ti"), "Tolk är med. Annan tid: skriv TID."),
        (
            new_time(interpreter_language="ti", status=MeetingStatus.PRELIMINARY),
            "Vi skriver när tolken är klar. Annan tid: skriv TID.",
        ),
    ],
)
def test_after_the_call_the_new_time_and_the_important_day_stand_in_a_text(meeting: Meeting, words: str) -> None:
    person = told_of_the_day(meeting)
    time, day = person.turns[-2].says
    assert person.text(time) == f"Tack för samtalet. Ny tid: onsdag 2 december kl 10.00, Exempelgatan 4. {words}"
    assert person.text(day) == "Viktig dag: tisdag 22 december. Vill du ha hjälp före dess? 1 Ja 2 Nej"
    assert [KINDS[one.kind].proactive for one in (time, day)] == [True, True]


def test_told_at_the_counter_without_a_new_time_nobody_is_thanked_for_a_call() -> None:
    person = booked("2", "1").tells(NoticeKind.IMPORTANT_DAY, important_day(None, by_telephone=False))
    assert person.reads() == "Viktig dag: tisdag 22 december. Vill du ha hjälp före dess? 1 Ja 2 Nej"


def test_who_wants_help_before_the_important_day_is_rung() -> None:
    person = told_of_the_day().writes("1")
    assert person.reads() == "En människa ringer dig, med tolk om du vill."
    assert [one.reason for one in calls(person, HandOver)] == ["important-day"]


def test_who_needs_no_help_is_asked_once_whether_she_wants_to_be_reminded() -> None:
    person = told_of_the_day().writes("nej")
    assert person.reads() == "Vill du att vi påminner dig en vecka innan? 1 Ja 2 Nej"
    person.writes("nej")
    assert person.reads() == "Då vet vi. Skriv när du vill ha hjälp."
    assert calls(person, HandOver) == []
    timer = next(one for turn in person.turns for one in turn.timers if one.timer == "important-day")
    person.now = timer.at
    person.happens(Elapsed(timer.timer, timer.reference))
    assert person.turns[-1].says == ()


def test_who_is_told_late_is_neither_promised_nor_sent_a_reminder_of_a_week_that_has_begun() -> None:
    person = booked("2", "1")
    person.now = datetime(2026, 12, 17, 12, tzinfo=UTC)
    person.tells(NoticeKind.IMPORTANT_DAY, important_day(None)).leaves()
    assert "important-day" not in [timer.timer for turn in person.turns for timer in turn.timers]
    person.writes("nej")
    assert person.reads() == "Då vet vi. Skriv när du vill ha hjälp."


def test_of_an_important_day_that_is_over_nothing_is_asked() -> None:
    person = booked("2", "1")
    person.now = datetime(2026, 12, 23, 12, tzinfo=UTC)
    person.tells(NoticeKind.IMPORTANT_DAY, important_day(None))
    assert person.turns[-1].says == ()
    assert person.turns[-1].timers == ()


def test_who_wants_to_be_reminded_is_and_is_not_asked_that_again() -> None:
    person = told_of_the_day().writes("nej").writes("ja")
    assert person.reads() == "Då skriver vi till dig en vecka innan."
    timer = next(one for turn in person.turns for one in turn.timers if one.timer == "important-day")
    person.now = timer.at
    person.happens(Elapsed(timer.timer, timer.reference)).leaves().writes("nej")
    assert person.reads() == "Då vet vi. Skriv när du vill ha hjälp."


def test_a_calculation_that_is_ready_is_something_new_and_takes_no_question_away() -> None:
    person = Talker().writes("hej")
    opened = person.state.thread.open
    person.tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="calculation", with_interpreter=True))
    assert person.reads() == (
        "Det finns något nytt till dig. Skriv LÄS för att läsa det, eller RING om du hellre vill höra det."
    )
    assert person.state.thread.open == opened


def test_other_words_than_yes_and_no_are_not_held_to_the_important_day() -> None:
    person = told_of_the_day().writes("det är mycket på en gång")
    assert "En människa läser det du skrev och svarar dig." in person.reads()
    assert [one.reason for one in calls(person, HandOver)] == ["question"]


def test_by_telegram_who_wants_help_before_the_day_is_asked_for_a_number() -> None:
    person = told_of_the_day(channel="telegram")
    person.state = person.state.with_person(telephone=None)
    assert "Vilket mobilnummer får vi ringa dig på?" in person.writes("ja").reads()


def test_the_important_day_is_reminded_of_once_a_week_before_in_the_morning() -> None:
    person = told_of_the_day()
    timer = next(one for turn in person.turns for one in turn.timers if one.timer == "important-day")
    assert timer.at == datetime(2026, 12, 15, 8, tzinfo=UTC)
    person.now = timer.at
    person.happens(Elapsed(timer.timer, timer.reference))
    assert person.reads() == (
        "Snart är det tisdag 22 december, den viktiga dagen. Vill du ha hjälp före dess? 1 Ja 2 Nej"
    )
    person.leaves().writes("ja")
    assert [one.reason for one in calls(person, HandOver)] == ["important-day"]
    # Another refusal has another day: the reminder of the first is not said any more.
    person.happens(Elapsed(timer.timer, uuid5(NAMESPACE, "another notice")))
    assert person.turns[-1].says == ()


def test_who_has_been_told_is_not_asked_any_more_how_she_wants_to_hear() -> None:
    person = booked("2", "1").tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision", refusal=True)).leaves()
    assert person.state.thread.open is not None
    person.tells(NoticeKind.IMPORTANT_DAY, important_day(None))
    assert person.state.thread.open is None


def test_an_important_day_said_again_has_its_day() -> None:
    person = told_of_the_day().writes("SPRÅK arabiska").writes("svenska")
    assert person.reads() == "Viktig dag: tisdag 22 december. Vill du ha hjälp före dess? 1 Ja 2 Nej"


def test_what_was_asked_around_the_booking_lapses_when_she_has_been_met() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes("1")
    assert "redan i dag" in person.reads()
    person.tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision")).leaves()
    person.later(minutes=5).writes("4")
    assert person.reads() == "Ett brev kommer till dig om två eller tre dagar."


def test_the_hour_of_the_call_is_said_before_the_form_goes_on() -> None:
    person = booked("1", "1", "ja", "1", "ja").tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision")).leaves()
    person.later(minutes=5).away = True
    person.writes("1")
    assert "Bor barn hos dig" not in person.reads()
    call = next(one for one in person.calls if isinstance(one.value, Hear))
    person.happens(Resulted(call.id, HearReceipt(call_at=person.now).model_dump(mode="json")))
    said = person.reads()
    assert said.index("Vi ringer dig") < said.index("Bor barn hos dig")


def test_an_answer_that_fits_both_within_a_minute_is_asked_about() -> None:
    person = booked("1", "1").tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision")).leaves()
    person.later(seconds=20).writes("1")
    assert not calls(person, Hear)
    assert "Hur vill du få veta det?" in person.reads()
    person.writes("4")
    assert calls(person, Hear)[0].how == "letter"
    assert "Söker du ensam, utan man, fru eller sambo?" in person.reads()


def test_staff_take_over_and_the_bot_is_silent_until_they_hand_back() -> None:
    person = booked("1", "1", "ja", "1", "ja")
    thread = person.state.thread.id
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=thread))
    assert person.turns[-1].supersede
    assert (person.state.thread.owner, person.state.thread.epoch) == ("staff", 1)
    assert [one.owner for one in calls(person, Ownership)] == ["staff"]
    person.writes("hallå?")
    assert not person.turns[-1].says
    message = StaffMessage(
        thread=thread, message=uuid5(NAMESPACE, "m"), text="Hej, jag heter Johan.", swedish="Hej, jag heter Johan."
    )
    person.tells(NoticeKind.STAFF_MESSAGE, message, "second")
    assert person.reads() == "Hej, jag heter Johan."
    person.tells(NoticeKind.HANDED_BACK, HandedBack(thread=thread), "third")
    assert "Automaten är tillbaka. Vi fortsätter med fråga 4 av ungefär" in person.reads()
    assert "Bor barn hos dig" in person.reads()
    assert (person.state.thread.owner, person.state.thread.epoch) == ("bot", 2)


def test_a_staff_message_takes_the_thread_over_by_itself() -> None:
    person = booked()
    message = StaffMessage(thread=person.state.thread.id, message=uuid5(NAMESPACE, "m"), text="Hej!", swedish="Hej!")
    person.tells(NoticeKind.STAFF_MESSAGE, message)
    assert person.state.thread.owner == "staff"


def test_under_staff_stop_acute_words_and_the_reminder_still_work() -> None:
    person = booked()
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id))
    person.writes("min man slår mig")
    assert "112" in person.reads()
    reminded(person).writes("2").writes("2")
    assert len(calls(person, CancelMeeting)) == 1
    person.writes("STOPP")
    assert calls(person, Phone)[-1].opted_out


def test_a_number_given_on_the_web_is_linked_by_a_reply_only() -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp").presses("Boka möte").presses("kl 9.30").presses("Nej")
    person.presses("På mötet").writes("070-174 06 05")
    text = next(one for one in person.said if one.kind == "confirm-contact")
    assert text.telephone == "+46701740605"
    assert text.reference == person.state.person.id
    assert person.state.person.telephone is None

    phone = Talker()
    phone.said.append(text)
    phone.leaves().writes("ja")
    assert phone.turns[-1].link == person.state.person.id
    phone.state = phone.state.with_person(id=person.state.person.id)
    phone.happens(Linked("+46701740605"))
    assert [one.telephone for one in calls(phone, ContactConfirmed)] == ["+46701740605"]
    assert phone.state.person.reach == phone.state.thread.id
    assert "Läser någon annan dina sms?" in phone.reads()


def test_no_to_a_number_someone_else_gave_freezes_it() -> None:
    phone = Talker()
    person = Talker(channel="web").writes("hej, behöver hjälp").presses("Boka möte").presses("kl 9.30").presses("Nej")
    person.presses("På mötet").writes("070-174 06 05")
    phone.said.append(next(one for one in person.said if one.kind == "confirm-contact"))
    phone.leaves().writes("nej")
    assert phone.state.thread.frozen
    assert phone.turns[-1].link is None


def test_no_to_a_number_someone_else_gave_silences_nobody_who_talks_with_us_here() -> None:
    phone, person = booked("1", "1"), Talker(channel="web").writes("hej, behöver hjälp").presses("Boka möte")
    person.presses("kl 9.30").presses("Nej").presses("På mötet").writes("070-174 06 05")
    phone.said.append(next(one for one in person.said if one.kind == "confirm-contact"))
    phone.leaves().later(minutes=5).writes("nej")
    assert not phone.state.thread.frozen
    assert phone.reads() == f"Tack. Inget ändras för dig här.\n{FIRST_OF_THE_FORM}"


def test_what_was_open_before_the_link_was_asked_of_somebody_else() -> None:
    phone = Talker().writes("hej, behöver hjälp").writes("1")
    phone.happens(Went(uuid5(NAMESPACE, "went"), "token", "confirm-contact", uuid5(NAMESPACE, "on the web")))
    phone.state = phone.state.with_person(id=uuid5(NAMESPACE, "on the web"))
    phone.happens(Linked("+46701740605")).writes("1")
    assert (phone.state.thread.open, phone.state.thread.interrupted) == (None, None)


def test_a_change_begun_while_something_else_was_asked_leaves_nothing_set_aside() -> None:
    person = booked("1", "1", "ja", "1", "ja").tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision")).leaves()
    person.writes("ÄNDRA 1").writes("ja").writes("nej")
    assert person.state.thread.interrupted is None
    assert person.text(person.asked).startswith("Hur bor du?")


def test_what_the_backend_answers_under_staff_is_kept_in_silence_and_asked_about_when_they_hand_back() -> None:
    person = Talker(away=True).writes("hej, behöver hjälp").writes("1")
    thread, call = person.state.thread.id, person.state.thread.awaited[0].call
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=thread))
    times = FreeTimes(times=person.times, within_promise=True)
    person.happens(Resulted(call, times.model_dump(mode="json")))
    assert not person.turns[-1].says
    person.tells(NoticeKind.HANDED_BACK, HandedBack(thread=thread), "back")
    assert "1 kl 9.30" in person.reads()


def test_proactive_kinds_are_open() -> None:
    assert all(kind.sensitivity is Sensitivity.OPEN for kind in KINDS.values() if kind.proactive)


@pytest.mark.parametrize(("shared", "says"), [("1", True), ("2", False)])
def test_where_others_read_it_is_not_said_that_she_is_newly_arrived(shared: str, says: bool) -> None:
    person = booked("2", shared)
    person.away = True
    person.writes("STATUS")
    value = Status(step=Step.MEETING_BOOKED, settling=SettlingStanding(number=4, of=11)).model_dump(mode="json")
    person.happens(Resulted(person.calls[-1].id, value=value))
    assert ("4 av 11" in person.reads()) is says
    assert "Steg 2 av 5" in person.reads()
