"""What comes in between: reminders, notices, staff, something new; and never an answer to the wrong question."""

from datetime import timedelta
from typing import Any
from uuid import uuid5

from backend.contract import (
    CancelMeeting,
    ContactConfirmed,
    FreeTimes,
    HandedBack,
    Hear,
    HearReceipt,
    MeetingNotice,
    MeetingStatus,
    NoticeKind,
    Ownership,
    Phone,
    Sensitivity,
    SomethingNew,
    StaffMessage,
    TakenOver,
)
from bot.kinds import KINDS
from bot.messages import Elapsed, Linked, Resulted, Went
from bot.text import languages, segments
from tests.bot.talker import NAMESPACE, Talker

BOOKED = ("hej, behöver hjälp", "1", "1", "2")


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
    timers = [timer for turn in booked().turns for timer in turn.timers]
    assert [(one.timer, one.at.hour) for one in timers] == [("reminder", 8)]


def test_a_reminder_needs_no_answer_and_is_not_sent_for_a_cancelled_meeting() -> None:
    person = booked()
    meeting = person.state.person.meeting
    assert meeting is not None
    person.state = person.state.with_person(meeting=meeting.model_copy(update={"status": MeetingStatus.CANCELLED}))
    person.happens(Elapsed("reminder", meeting.id))
    assert not person.turns[-1].says


def test_two_is_asked_about_before_anything_changes() -> None:
    person = reminded(booked("2", "1")).writes("2")
    assert person.reads() == "Byta tid eller avboka? 1 Byt tid 2 Avboka 3 Jag kommer"
    assert not calls(person, CancelMeeting)
    person.writes("3")
    assert person.reads() == "Bra. Vi ses kl 9.30."
    assert not calls(person, CancelMeeting)


def test_a_reminder_in_the_middle_of_the_form_stores_nothing_and_the_question_comes_again_in_full() -> None:
    person = reminded(booked("1", "1"))
    answers = dict(person.state.run.answers) if person.state.run else None
    person.writes("1")
    assert person.reads() == "Söker du ensam? 1 Ja 2 Nej"
    assert person.state.run is not None
    assert dict(person.state.run.answers) == answers
    person.writes("1")
    assert "Bor barn hos dig" in person.reads()


def test_moved_in_the_middle_of_the_form_and_the_form_goes_on_where_it_was() -> None:
    person = reminded(booked("1", "1", "ja")).writes("2").writes("1")
    assert "kl 13.15" in person.reads()
    person.writes("2")
    assert "kl 13.15" in person.reads()
    assert "Bor barn hos dig" in person.reads()


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


def test_an_answer_that_fits_both_within_a_minute_is_asked_about() -> None:
    person = booked("1", "1").tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision")).leaves()
    person.later(seconds=20).writes("1")
    assert not calls(person, Hear)
    assert "Hur vill du få veta det?" in person.reads()
    person.writes("4")
    assert calls(person, Hear)[0].how == "letter"
    assert "Söker du ensam?" in person.reads()


def test_staff_take_over_and_the_bot_is_silent_until_they_hand_back() -> None:
    person = booked("1", "1", "ja")
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
    assert "Automaten är tillbaka. Vi fortsätter med fråga 2 av ungefär" in person.reads()
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
    assert phone.reads() == "Tack. Inget ändras för dig här.\nSöker du ensam? 1 Ja 2 Nej"


def test_what_was_open_before_the_link_was_asked_of_somebody_else() -> None:
    phone = Talker().writes("hej, behöver hjälp").writes("1")
    phone.happens(Went(uuid5(NAMESPACE, "went"), "token", "confirm-contact", uuid5(NAMESPACE, "on the web")))
    phone.state = phone.state.with_person(id=uuid5(NAMESPACE, "on the web"))
    phone.happens(Linked("+46701740605")).writes("1")
    assert (phone.state.thread.open, phone.state.thread.interrupted) == (None, None)


def test_a_change_begun_while_something_else_was_asked_leaves_nothing_set_aside() -> None:
    person = booked("1", "1", "ja").tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision")).leaves()
    person.writes("ÄNDRA 1").writes("nej").writes("nej")
    assert person.state.thread.interrupted is None
    assert person.reads().startswith("Hur bor du?")


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
    assert set(languages()) == {"sv", "ar", "so"}
