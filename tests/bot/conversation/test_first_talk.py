"""From first hello to a time, and what comes right after it."""

from typing import Any

import pytest

from backend.contract import AcuteNeed, BookMeeting, CallForHelp, HandOver, Phone, Place, ProblemCode
from bot.messages import Said, Waiting
from bot.text import render, say
from tests.bot.talker import CAREFUL, POLICY, Talker, tomorrow


def made(talker: Talker, kind: type) -> list[Any]:
    return [call.value for call in talker.calls if isinstance(call.value, kind)]


@pytest.mark.parametrize(
    ("hello", "language"), [("hej behöver hjälp. har två barn", "sv"), ("السلام عليكم, احتاج مساعدة", "ar")]
)
def test_three_own_messages_and_three_of_ours_give_a_time(hello: str, language: str) -> None:
    person = Talker().writes(hello)
    assert len(person.turns[-1].says) == 1
    person.writes("1")
    assert len(person.turns[-1].says) == 1
    person.writes("1")
    # The third of ours is the time; what is stored and the acute question come after it.
    assert made(person, BookMeeting)[0].slot == tomorrow(9, 30).slot
    assert person.state.thread.language == language
    assert person.state.person.meeting is not None
    assert {"sv": "9.30", "ar": "9:30"}[language] in person.text(person.said[2])


def test_the_first_message_is_received_at_once_with_the_edges_time() -> None:
    person = Talker().writes("hej behöver hjälp. har två barn")
    call = made(person, CallForHelp)[0]
    assert call.received_at == person.now
    assert call.words == "hej behöver hjälp. har två barn"
    person.writes("vad?")
    assert len(made(person, CallForHelp)) == 1


def test_swedish_needs_no_interpreter_and_arabic_gets_one_without_being_asked() -> None:
    swedish, arabic = Talker().writes("hej, behöver hjälp"), Talker().writes("السلام عليكم, احتاج مساعدة")
    for person in (swedish, arabic):
        person.writes("1").writes("1")
    assert made(swedish, BookMeeting)[0].interpreter_language is None
    assert made(arabic, BookMeeting)[0].interpreter_language == "ar"


def test_the_way_back_to_swedish_stands_in_the_first_text_and_works() -> None:
    person = Talker().writes("السلام عليكم, احتاج مساعدة")
    assert person.reads().endswith("Svenska: SV")
    person.writes("SV")
    assert person.reads().startswith("Hej! Här svarar kommunens automat.")
    assert person.state.thread.language == "sv"


def test_a_taken_time_is_asked_again_with_fresh_times() -> None:
    person = Talker(refuse=[ProblemCode.SLOT_TAKEN]).writes("hej, behöver hjälp").writes("1")
    person.times = (tomorrow(10), tomorrow(14))
    person.writes("1")
    assert "Någon annan hann ta den tiden." in person.reads()
    assert "kl 10.00" in person.reads()
    person.writes("1")
    assert person.state.person.meeting is not None
    assert person.state.person.meeting.start == tomorrow(10).start


def test_another_day_asks_which_and_offers_its_times() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes("3")
    assert person.reads().startswith("Vilken dag passar?")
    person.writes("torsdag")
    person.writes("1")
    assert person.state.person.meeting is not None


def test_when_nobody_is_free_in_time_it_is_said_before_the_earliest_time() -> None:
    person = Talker(within_promise=False).writes("hej, behöver hjälp").writes("1")
    assert "Det går inte den här gången" in person.reads()
    assert "1 kl 9.30" in person.reads()


def test_acute_need_is_acted_on_in_the_same_turn() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes("1").writes("ja")
    assert "112" in person.reads()
    assert "040-628 04 99" in person.reads()
    assert made(person, AcuteNeed)
    assert [one.reason for one in made(person, HandOver)] == ["acute"]


def test_acute_words_anywhere_give_the_numbers_at_once_and_the_question_stays() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("min man slår mig, jag är rädd")
    assert "112" in person.reads()
    assert made(person, AcuteNeed)
    assert "1 Boka möte" in person.writes("nej").reads()


def test_an_unanswered_shared_phone_counts_as_shared_and_a_shared_one_is_asked_nothing_personal() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes("1").writes("2")
    assert person.state.thread.shared is None
    person.writes("1").writes("2")
    assert made(person, Phone)[-1].shared is True
    assert "så att ingen annan läser" in person.reads()
    assert person.state.thread.open is None


def test_a_careful_municipality_asks_nothing_personal_by_sms() -> None:
    person = Talker(policy=CAREFUL).writes("hej, behöver hjälp").writes("1").writes("1").writes("2")
    assert person.reads().startswith("Läser någon annan")
    person.writes("1")
    assert person.state.thread.open is None


def test_silence_about_a_number_that_was_wrong() -> None:
    person = Talker().writes("fel nummer")
    assert made(person, Phone)[0].wrong_number
    said = len(person.said)
    person.writes("hej igen")
    assert len(person.said) == said


def on_the_web_with_a_number(number: str) -> Talker:
    """Booked on the web; where we may write has been asked and answered."""
    person = Talker(channel="web").writes("hej, behöver hjälp").presses("Boka möte").writes("1")
    return person.presses("Nej").presses("På mötet").writes(number)


def test_on_the_web_a_wrong_number_is_asked_for_anew_and_the_chat_goes_on() -> None:
    person = on_the_web_with_a_number("070-174 06 06").writes("fel nummer")
    assert person.reads() == "Vilket mobilnummer får vi ringa dig på? Vi skickar först ett sms dit."
    assert not made(person, Phone)
    person.writes("070-174 06 07")
    assert [one.telephone for one in person.said if one.ask == "confirm-contact"] == ["+46701740606", "+46701740607"]
    person.writes("hej?")
    assert person.reads()


def test_who_leaves_the_last_question_is_told_that_it_can_wait_and_nobody_else_is() -> None:
    person = on_the_web_with_a_number("SENARE")
    assert person.reads() == "Det kan vänta. Skriv när du vill fortsätta, eller skriv RING."
    assert not made(person, HandOver)


def test_on_the_web_a_wrong_number_in_the_middle_of_the_form_leaves_the_form_where_it_is() -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp").presses("Ansök")
    question = person.text(person.asked)
    person.writes("fel nummer")
    assert person.reads() == f"Vi skriver inte till något nummer innan någon har svarat JA där.\n{question}"


def test_on_the_web_a_number_that_was_confirmed_and_is_wrong_goes_to_a_person() -> None:
    person = on_the_web_with_a_number("070-174 06 06")
    person.state = person.state.with_person(telephone="+46701740606")
    person.writes("fel nummer")
    assert [one.reason for one in made(person, HandOver)] == ["wrong-number"]
    assert person.writes("hej?").reads()


def test_stop_is_obeyed_confirmed_once_and_start_brings_back_the_question() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("Stopp tack!")
    assert person.reads().startswith("Vi skriver inte mer")
    person.writes("1")
    assert not person.turns[-1].says
    person.writes("START")
    assert "1 Boka möte" in person.reads()


@pytest.mark.parametrize("silence", ["stopp", "fel nummer"])
def test_who_is_written_to_no_more_is_still_heard(silence: str) -> None:
    person = Talker().writes(silence)
    person.writes("hej igen, jag behöver hjälp")
    assert [one.words for one in made(person, CallForHelp)] == ["hej igen, jag behöver hjälp"]
    person.writes("min man slår mig")
    assert made(person, AcuteNeed)[0].words == "min man slår mig"
    assert made(person, HandOver)[-1].reason == "acute"
    told = [one.kind for one in person.said[1:] if one.kind != "not-hers"]
    assert told == ["acute"], "she asked for no texts, and gets what saves lives"


def test_what_is_written_after_stop_is_read_by_a_human() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("stopp").writes("jag är sjuk i morgon")
    assert not person.turns[-1].says
    assert [one.reason for one in made(person, HandOver)] == ["opted-out"]


@pytest.mark.parametrize("words", ["STOP this bill", "Endast tisdagar går bra", "jag slutade jobba i mars"])
def test_words_that_only_look_like_stop_stop_nothing(words: str) -> None:
    assert not Talker().writes("hej, behöver hjälp").writes(words).state.thread.opted_out


def test_an_unasked_secret_is_kindly_answered_and_the_question_comes_again() -> None:
    person = Talker().writes("hej, behöver hjälp").happens(Said("mitt nummer är ***", diverted=("personal-number",)))
    assert person.reads().startswith("Det kom fram.")
    assert "1 Boka möte" in person.reads()


def test_a_picture_where_a_choice_was_asked_is_answered_and_the_question_comes_again() -> None:
    person = Talker().writes("hej, behöver hjälp").happens(Said("", pictures=1))
    assert "Du behöver inte skicka papper hit" in person.reads()
    assert "1 Boka möte" in person.reads()


@pytest.mark.parametrize(
    ("hello", "more", "language"),
    [
        ("hej behöver hjälp", "jag har inga pengar till mat", "sv"),
        ("Asc, waxaan u baahanahay caawimaad", "lacag ma haysto", "so"),
    ],
)
def test_who_goes_on_telling_is_thanked_and_not_corrected(hello: str, more: str, language: str) -> None:
    person = Talker().writes(hello).writes(more)
    read = person.reads()
    assert read.startswith(render(say("Thank you. What you wrote is kept."), language))
    assert f"1 {render(say('Book'), language)}" in read
    assert "kommunens automat" not in read
    person.writes("7")
    assert person.reads().startswith(
        render(say("I did not understand. Answer with a number from 1 to {count}.", count=4), language)
    )


def test_staff_read_that_a_chat_was_opened_and_not_that_somebody_wants_messages_again() -> None:
    person = Talker(channel="telegram").writes("/start")
    assert person.turns[-1].understood == "Börja"
    person.writes("STOP").writes("/start")
    assert person.turns[-1].understood == "Få meddelanden här igen"


def test_three_misses_offer_a_human_and_yes_puts_the_thread_in_the_inbox() -> None:
    person = Talker().writes("hej, behöver hjälp")
    for words in ("banan", "apelsin", "päron"):
        person.writes(words)
    assert "hjälp av en människa" in person.reads()
    person.writes("ja")
    assert made(person, HandOver)[-1].reason == "missed-three"
    # The bot goes on answering until staff take over.
    assert "1 Boka möte" in person.reads()


def test_while_the_backend_is_away_the_talk_goes_on_and_the_person_is_told_once() -> None:
    person = Talker(away=True).writes("hej, behöver hjälp").writes("1")
    assert len(person.state.thread.awaited) == 1
    call = person.state.thread.awaited[0].call
    person.happens(Waiting(call))
    assert "lite längre tid" in person.reads()
    person.happens(Waiting(call))
    assert not person.turns[-1].says
    person.writes("RING")
    assert made(person, HandOver)


def test_words_while_waiting_get_one_moment_once() -> None:
    person = Talker(away=True).writes("hej, behöver hjälp").writes("1").writes("hallå?")
    assert person.reads() == "Ett ögonblick."
    person.writes("hallå??")
    assert not person.turns[-1].says


def test_an_old_button_never_answers_a_new_question() -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp")
    old = person.asked.question
    person.presses("Boka möte")
    person.happens(Said("1", question=old))
    assert person.state.person.meeting is None
    assert "redan klar" in person.reads()


def test_an_old_button_when_nothing_is_open_bothers_nobody() -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp")
    old = person.asked.question
    person.presses("Boka möte").presses("kl 9.30").presses("Nej").presses("På mötet").writes("senare")
    before = len(person.calls)
    person.happens(Said("1", question=old))
    assert person.reads() == "Den frågan är redan klar."
    assert len(person.calls) == before


@pytest.mark.parametrize("hello", ["Hjälp", "مساعدة", "hjälp!", "Ring mig"])
def test_one_word_is_a_call_for_help(hello: str) -> None:
    person = Talker().writes(hello)
    assert len(made(person, CallForHelp)) == 1
    assert len(person.state.thread.open.token if person.state.thread.open else "") == 12


def test_ring_me_as_the_first_word_puts_the_thread_in_the_inbox() -> None:
    assert made(Talker().writes("Ring mig"), HandOver)[0].reason == "asked"


def test_a_language_named_in_the_first_message_is_the_interpreters() -> None:
    person = Talker().writes("hej behöver hjälp, pratar arabiska").writes("1").writes("1")
    assert person.state.thread.language == "sv"
    assert made(person, BookMeeting)[0].interpreter_language == "ar"


def test_what_the_thread_implies_is_asked_when_it_is_changed() -> None:
    person = Talker().writes("السلام عليكم, احتاج مساعدة").writes("1").writes("ÄNDRA 1")
    assert person.state.thread.open is not None
    assert person.state.thread.open.question == "needs_interpreter"
    person.writes("لا").writes("1")
    assert made(person, BookMeeting)[0].interpreter_language is None


def test_an_interpreter_wanted_after_all_is_asked_about_where_swedish_was_taken_for_granted() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes("ÄNDRA 1").writes("ja")
    assert person.reads().startswith("Vilket språk talar du?")
    person.writes("tigrinja").writes("1")
    assert made(person, BookMeeting)[0].interpreter_language == "ti"


@pytest.mark.parametrize(("words", "language"), [("somaliska", "so"), ("العربية", "ar")])
def test_a_language_said_before_the_time_is_the_interpreters(words: str, language: str) -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes(words).writes("1")
    assert made(person, BookMeeting)[0].interpreter_language == language


def test_another_time_in_words_is_another_day_where_times_are_offered() -> None:
    assert (
        Talker().writes("hej, behöver hjälp").writes("1").writes("annan tid").reads().startswith("Vilken dag passar?")
    )


def test_who_wants_to_be_rung_from_a_page_is_asked_where() -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp").writes("4")
    assert "En människa ringer dig, med tolk om du vill." in person.reads()
    assert "Vilket mobilnummer får vi ringa dig på?" in person.reads()
    assert [one.reason for one in made(person, HandOver)] == ["call-me"]
    person.writes("070-174 06 05")
    assert "Vi har skickat ett sms till" in person.reads()


def test_a_text_comes_from_a_number_that_can_be_rung() -> None:
    assert "mobilnummer" not in Talker().writes("hej, behöver hjälp").writes("4").reads()


def test_a_question_is_read_by_a_human_and_not_met_with_the_greeting_again() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("3")
    assert person.reads() == "Skriv din fråga här. En människa svarar dig."
    assert not made(person, HandOver)
    person.writes("Kan ni ringa min hyresvärd?")
    assert person.reads() == "En människa läser det du skrev och svarar dig."
    assert [one.reason for one in made(person, HandOver)] == ["question"]


def test_who_changes_her_mind_about_a_question_gets_the_choices_back() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("3").writes("TILLBAKA")
    assert "1 Boka möte" in person.reads()


@pytest.mark.parametrize(
    ("stop", "told"),
    [("Exempeltorget", True), ("Exempeltorget vid den stora rondellen norr om kyrkan och stationen", False)],
)
def test_the_bus_stop_is_told_with_the_time_where_it_costs_no_other_text(stop: str, told: bool) -> None:
    places = (Place(address="Exempelgatan 4", bus_stop=stop),)
    by_sms, on_telegram = (
        Talker(policy=POLICY.model_copy(update={"places": places}), channel=channel) for channel in ("sms", "telegram")
    )
    for talker in (by_sms, on_telegram):
        talker.writes("hej, jag behöver hjälp").writes("1").writes("1")
    assert (f"Exempelgatan 4 (hållplats {stop})" in by_sms.reads()) is told
    assert "Exempelgatan 4" in by_sms.reads()
    assert f"(hållplats {stop})" in on_telegram.reads()
