"""The talk by Telegram: what is not words, what was changed, one's own number, buttons, and stopping."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.contract import CallForHelp, ContactConfirmed, HandOver, Phone, Policy
from bot.messages import LEAVE, Said, Went
from bot.rendering import as_text
from tests.bot.talker import CAREFUL, POLICY, Talker

SARA = "+46701740605"


def talker(policy: Policy = POLICY) -> Talker:
    return Talker(channel="telegram", policy=policy)


def booked() -> Talker:
    """Somebody with a time, before anything else is asked."""
    return talker().writes("hej, behöver hjälp").presses("Boka möte").presses("kl 9.30").presses("Nej")


def reasons(person: Talker) -> list[str]:
    return [call.value.reason for call in person.calls if isinstance(call.value, HandOver)]


def registered(person: Talker) -> list[CallForHelp]:
    return [call.value for call in person.calls if isinstance(call.value, CallForHelp)]


# --- Beginning --------------------------------------------------------------------------------------------------------


def test_the_start_button_greets_and_asks_for_nothing_yet() -> None:
    person = talker().happens(Said("/start", speaks="ar"))
    assert "أهلاً" in person.reads()
    assert registered(person) == []
    person.presses("Boka möte")
    (call,) = registered(person)
    assert (call.channel, call.language, call.words, call.telephone) == ("telegram", "ar", "", None)


def test_her_own_words_tell_the_language_and_not_her_program() -> None:
    person = talker().happens(Said("hej jag behöver hjälp", speaks="en"))
    assert person.state.thread.language == "sv"
    assert talker().happens(Said("hej", speaks="ar")).state.thread.language == "sv"
    assert talker().happens(Said("السلام عليكم، أحتاج مساعدة", speaks="sv")).state.thread.language == "ar"


def test_a_poster_may_say_which_language_is_spoken() -> None:
    """Its link names a language we do not write: Swedish then, and an interpreter into it."""
    person = talker().happens(Said("/start", speaks="ti"))
    assert (person.state.thread.language, person.state.thread.speaks) == ("sv", "ti")
    person.presses("Boka möte")
    assert "tolk: tigrinja" in person.reads()


def test_starting_once_more_asks_the_open_question_again() -> None:
    person = talker().writes("hej, behöver hjälp").happens(Said("/start"))
    assert "Boka möte" in person.reads()


def test_start_does_not_do_away_with_what_was_asked() -> None:
    """By SMS too: whose number is this? is still to be answered."""
    phone = Talker(channel="sms")
    phone.happens(Went(uuid4(), "t1", "confirm-contact", uuid4(), phone.now + timedelta(hours=24)))
    phone.writes("START")
    assert "Svara JA eller NEJ" in phone.reads()


# --- What is not words ------------------------------------------------------------------------------------------------


def test_who_speaks_instead_of_writing_is_offered_a_human() -> None:
    person = talker().writes("hej, behöver hjälp").happens(Said("", unread="voice"))
    assert "Jag kan inte lyssna" in person.reads()
    assert "Vill du hellre ha hjälp av en människa?" in person.reads()
    assert person.turns[-1].understood == "Ett röstmeddelande."
    person.presses("Ja")
    assert reasons(person) == ["missed-three"]
    assert "Boka möte" in person.reads()  # and the talk goes on


def test_a_first_voice_message_is_a_call_for_help_too() -> None:
    person = talker().happens(Said("", unread="voice", speaks="ar"))
    assert len(registered(person)) == 1
    assert person.state.thread.language == "ar"


def test_papers_that_nobody_asked_for_have_arrived_and_are_not_needed_here() -> None:
    said = talker().writes("hej, behöver hjälp").happens(Said("här är mina papper", pictures=1)).reads()
    assert said.startswith("Det kom fram. Du behöver inte skicka papper hit. Ta med dem till mötet om du har dem.")
    assert "1 Boka möte" in said


def test_a_picture_of_something_and_a_place_are_asked_for_in_words() -> None:
    person = booked()
    for event in (Said("", unread="other"), Said("", pictures=1)):
        person.happens(event)
        assert "Vill du svara på några frågor nu?" in person.reads()
    assert person.turns[-1].understood == "En bild eller en fil."


def test_under_staff_what_came_is_named_and_not_answered() -> None:
    person = booked()
    person.state = person.state.with_thread(owner="staff", epoch=1)
    person.happens(Said("", unread="voice"))
    assert (person.turns[-1].says, person.turns[-1].understood) == ((), "Ett röstmeddelande.")


# --- Changed messages -------------------------------------------------------------------------------------------------


def test_a_changed_message_answers_nothing() -> None:
    person = booked().presses("Nu")
    before = person.state.run
    person.happens(Said("1", edited=True))
    assert "Du ändrade ett tidigare meddelande." in person.reads()
    assert "Läser någon annan dina meddelanden här?" in person.reads()
    assert person.state.run is not None
    assert before is not None
    assert person.state.run.answers == before.answers


def test_acute_words_and_stop_are_heard_also_in_a_changed_message() -> None:
    person = booked().happens(Said("jag har ingen mat", edited=True))
    assert "112" in person.reads()
    person.happens(Said("STOPP", edited=True))
    assert person.state.thread.opted_out


# --- One's own number -------------------------------------------------------------------------------------------------


def asked_for_number() -> Talker:
    return booked().presses("På mötet").presses("Nej")


def test_her_own_number_by_the_button_is_confirmed_without_a_text() -> None:
    person = asked_for_number()
    assert "Vilket mobilnummer får vi ringa dig på?" in person.reads()
    assert person.asked.expects == "telephone"
    person.happens(Said(SARA, contact="own"))
    assert person.reads() == "Tack. Nu kan vi ringa dig."
    assert person.state.person.telephone == SARA
    assert person.turns[-1].owns == SARA
    (confirmed,) = [call.value for call in person.calls if isinstance(call.value, ContactConfirmed)]
    assert confirmed.telephone == SARA
    assert not any(message.telephone for message in person.said)  # nothing is sent there
    # What is new goes on coming here.
    assert person.state.person.reach == person.state.thread.id


def test_also_a_number_from_another_country() -> None:
    number = f"+44{7_700_900_000 + 123}"  # of those Ofcom has set aside for fiction
    person = asked_for_number().happens(Said(number, contact="own"))
    assert person.state.person.telephone == number


def test_a_number_that_is_written_is_confirmed_by_a_text_as_on_the_web() -> None:
    person = asked_for_number().writes("070-174 06 05")
    assert [message.telephone for message in person.said if message.telephone] == [SARA]
    assert person.state.person.telephone is None


def test_somebody_elses_card_is_no_answer() -> None:
    person = asked_for_number().happens(Said("", contact="other"))
    assert "Det är inte ditt eget nummer." in person.reads()
    assert "Vilket mobilnummer får vi ringa dig på?" in person.reads()
    assert person.state.person.telephone is None


def test_her_number_may_come_at_any_time_and_the_question_stands() -> None:
    person = booked().happens(Said(SARA, contact="own"))
    assert "Tack. Nu kan vi ringa dig." in person.reads()
    assert "Vill du svara på några frågor nu?" in person.reads()
    person.presses("På mötet").presses("Nej")
    assert "mobilnummer" not in person.reads()  # it is known


def test_who_wants_to_be_rung_is_asked_for_a_number() -> None:
    person = talker().writes("hej, behöver hjälp").presses("Ring mig")
    assert "mobilnummer" in person.reads()
    assert reasons(person) == ["call-me"]
    person.writes("senare")
    assert "mobilnummer" not in person.reads()


# --- Buttons ----------------------------------------------------------------------------------------------------------


def test_an_old_button_changes_nothing_and_the_question_comes_again() -> None:
    person = talker().writes("hej, behöver hjälp")
    old = person.asked.question
    person.presses("Boka möte").happens(Said("1", question=old))
    assert "kl 9.30" in person.reads()
    # The button itself says that it is old.
    assert "redan klar" not in person.reads()
    assert person.state.person.meeting is None
    # Staff, who see a bare "1" in the thread, read that it was no answer.
    assert person.turns[-1].understood == "En knapp till en tidigare fråga."


def test_a_question_may_be_left_to_the_meeting_by_its_own_button_only() -> None:
    person = booked().presses("Nu").presses("Nej")
    assert person.asked.may_leave
    first = person.asked.question
    person.happens(Said(LEAVE, question=first))
    assert person.state.run is not None
    assert person.state.run.answers["applies_alone"] == "left to the meeting"
    person.happens(Said(LEAVE, question=first))
    assert "month" not in person.state.run.answers


def test_the_summary_stands_by_lines_and_is_confirmed_by_its_button() -> None:
    person = booked().presses("Nu").presses("Nej")
    while not person.asked.summary:
        person.happens(Said(LEAVE, question=person.asked.question))
    lines = as_text(person.asked, "sv").splitlines()
    assert [line[:1] for line in lines[1:3]] == ["2", "3"]
    person.presses("Ja, det stämmer")
    assert "Din ansökan kom in" in person.reads()


# --- Careful, and who reads along -------------------------------------------------------------------------------------


def test_where_the_policy_is_careful_nothing_personal_is_asked() -> None:
    careful = CAREFUL.model_copy(update={"ceilings": {**CAREFUL.ceilings, "telegram": CAREFUL.ceilings["sms"]}})
    person = talker(careful).writes("hej, behöver hjälp").presses("Ansök")
    assert "Då tar vi frågorna på mötet" in person.reads()


def test_who_reads_along_is_asked_of_the_account_and_told_to_nobody() -> None:
    person = booked()
    assert "Telegram är inte privat" in "\n".join(person.text(one) for one in person.said)
    person.presses("På mötet")
    assert "Läser någon annan dina meddelanden här?" in person.reads()
    person.presses("Ja")
    assert person.state.thread.shared is True
    assert not any(isinstance(call.value, Phone) for call in person.calls)


# --- Stopping ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["STOPP", "/stopp", "/stop"])
def test_stop_is_of_this_chat_and_staff_find_another_way(words: str) -> None:
    person = booked().writes(words)
    assert "Vi skriver inte mer till dig här." in person.reads()
    assert "nummer" not in person.reads()
    assert person.state.thread.opted_out
    assert reasons(person) == ["opted-out"]
    assert not any(isinstance(call.value, Phone) for call in person.calls)
    person.writes("hallå?")
    assert person.reads() == ""
    person.happens(Said("/start"))
    assert "Välkommen tillbaka." in person.reads()
    assert not person.state.thread.opted_out


def test_wrong_person_is_of_this_chat_too() -> None:
    person = talker().writes("hej, behöver hjälp").writes("fel person")
    assert person.reads() == "Tack. Vi skriver inte mer till dig här."
    assert reasons(person) == ["wrong-number"]
    assert not any(isinstance(call.value, Phone) for call in person.calls)


def test_who_writes_lets_us_through_again() -> None:
    person = booked()
    person.state = person.state.with_thread(blocked=True)
    person.writes("hej igen")
    assert not person.state.thread.blocked
    assert person.reads()
