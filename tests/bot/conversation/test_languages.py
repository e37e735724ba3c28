"""Which language is spoken: told, asked, chosen, changed anywhere; and what to do when only boxes are seen."""

from typing import Any

import pytest

from backend.contract import BookMeeting, CallForHelp, HandOver, NoticeKind, SendApplication, TakenOver
from bot.conversation import speaking
from bot.conversation.putting import IF_ONLY_BOXES
from bot.messages import Linked, Open, Said
from bot.stories.meeting_first import HELLO
from bot.stories.speaking import first_words
from bot.text import in_sms_alphabet, is_gsm, language_name, languages, render, say, segments
from tests.bot.talker import Talker

OTHERS = [language for language in languages() if language != "sv"]
IN_OTHER_LETTERS = [language for language in languages() if not in_sms_alphabet(language)]
HINT = {language: render(say(IF_ONLY_BOXES), language) for language in languages()}
WE_RING = "Vi ringer dig, med tolk."


def made(talker: Talker, kind: type) -> list[Any]:
    return [call.value for call in talker.calls if isinstance(call.value, kind)]


# --- Told and asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", languages())
def test_a_clear_first_message_is_answered_in_its_language(language: str) -> None:
    person = Talker().writes(first_words(HELLO, language))
    assert person.state.thread.language == language
    assert person.state.thread.choosing == ()


@pytest.mark.parametrize("hello", ["hej", "hi", "salam", "selam", "привіт", "سلام", "السلام عليكم", "ሰላም"])
def test_a_greeting_is_answered_in_swedish_with_help_and_every_language_by_its_own_name(hello: str) -> None:
    person = Talker().writes(hello)
    text = person.reads()
    assert text.startswith("Hej!")
    assert "1 Boka möte" in text
    for language in person.state.thread.choosing:
        assert language_name(language, language).casefold() in text.casefold()
    assert {"ar", "en", "so", "uk"} <= set(person.state.thread.choosing)
    assert segments(text) <= 2
    assert len(made(person, CallForHelp)) == 1
    assert person.state.thread.speaks is None


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_is_chosen_by_its_number_or_its_name(language: str) -> None:
    beside = Talker().writes("hej").state.thread.choosing
    numbers = [str(beside.index(language) + 5)] if language in beside else []
    for words in (*numbers, language_name(language, language)):
        person = Talker().writes("hej").writes(words)
        assert person.state.thread.language == person.state.thread.speaks == language
        person.writes("1").writes("1")
        assert made(person, BookMeeting)[0].interpreter_language == language


def test_the_numbers_of_the_languages_mean_nothing_after_the_first_question() -> None:
    person = Talker().writes("hej").writes("1").writes("5")
    assert person.state.thread.language == "sv"
    assert "1 kl 9.30" in person.reads()


def test_who_only_greeted_gets_a_time_in_three_messages_and_is_asked_for_an_interpreter_beside_it() -> None:
    person = Talker().writes("hej").writes("1")
    assert "Behöver du tolk? Skriv ditt språk." in person.reads()
    person.writes("1")
    assert made(person, BookMeeting)[0].interpreter_language is None


def test_a_language_written_beside_the_times_is_the_interpreters() -> None:
    person = Talker().writes("salam").writes("1").writes("kurmanji")
    assert "tolk: kurmanji" in person.reads()
    person.writes("1")
    assert made(person, BookMeeting)[0].interpreter_language == "kmr"


def test_a_language_we_do_not_write_gets_its_interpreter_and_the_choice_of_what_to_read() -> None:
    person = Talker().writes("selam, hagez yedliyeni alo")
    assert "English" in person.reads()
    person.writes("1")
    assert "tolk: tigrinja" in person.reads()


def test_what_is_written_later_tells_the_language_nobody_knew() -> None:
    person = Talker().writes("hej").writes("لا أفهم السويدية وأحتاج مساعدة")
    assert person.state.thread.language == "ar"
    assert "لم أفهم" not in person.reads()  # her words were no answer, and no mistake
    person.writes("1").writes("1")
    assert made(person, BookMeeting)[0].interpreter_language == "ar"


def test_an_answer_that_tells_the_language_is_still_an_answer() -> None:
    person = Talker().writes("hej").writes("please book a meeting for me and my children")
    assert person.state.thread.language == "en"
    assert "Another day" in person.reads()


def test_two_languages_at_once_are_asked_about() -> None:
    person = Talker().writes("Hej, jag heter Amina, waxaan u baahanahay caawimaad")
    assert "English" in person.reads()


def test_a_language_told_or_chosen_is_not_changed_by_what_is_written_later() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("I need help with my rent please")
    assert person.state.thread.language == "sv"


def test_a_named_language_stays_the_interpreters_when_swedish_is_written() -> None:
    person = Talker().writes("hej arabiska").writes("jag vill boka ett möte")
    person.writes("1")
    assert made(person, BookMeeting)[0].interpreter_language == "ar"


def test_on_a_page_a_greeting_is_answered_in_the_language_of_the_page() -> None:
    person = Talker(channel="web").happens(Said("hi", page="ar"))
    assert person.state.thread.language == "ar"
    assert person.state.thread.speaks is None
    assert [choice.number for choice in person.said[-1].choices] == [1, 2, 3, 4]
    assert Talker(channel="web").happens(Said("hi", page="xx")).state.thread.language == "sv"
    told = Talker(channel="web").happens(Said("hej, jag behöver hjälp", page="ar"))
    assert told.state.thread.language == "sv"


@pytest.mark.parametrize("language", OTHERS)
def test_the_language_can_be_changed_at_every_question_and_every_answer_is_kept(language: str) -> None:
    home, money, work = ["1", "5850", "2", "9"], ["2", "2", "6", "6"], ["2", "1", "1", "sparade pengar", "5"]
    answers = ["1", "1", "2", "1", "1", "1", "1", "1", "2", *home, *money, *work]
    there = language_name(language, language)
    for upto in range(len(answers) + 1):
        person = Talker().writes("hej, behöver hjälp")
        for words in answers[:upto]:
            person.writes(words)
        kept = [run.answers for run in person.state.runs.values()]
        person.writes(there)
        assert person.state.thread.language == language
        person.writes("svenska")
        assert person.state.thread.language == "sv"
        now = [run.answers for run in person.state.runs.values()]
        for before, after in zip(kept, now, strict=True):
            assert {key for key in before if key not in ("needs_interpreter", "interpreter_language")} <= after.keys()
        if upto == len(answers):
            assert made(person.writes("ja"), SendApplication)


def test_more_languages_than_a_text_has_room_for_are_written_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "languages", lambda: ("sv", "ar", "de", "en", "pl", "so", "ti", "uk"))
    person = Talker().writes("hej")
    assert person.state.thread.choosing == ("ar", "so", "ti", "uk")
    assert segments(person.reads()) <= 2
    assert Talker(channel="telegram").writes("hej").state.thread.choosing == ("ar", "de", "en", "pl", "so", "ti", "uk")


# --- Only boxes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", IN_OTHER_LETTERS)
def test_who_chose_a_language_of_other_letters_is_told_what_to_do_when_only_boxes_are_seen(language: str) -> None:
    person = Talker().writes("hej").writes(language_name(language, "sv"))
    first = person.reads()
    assert first.endswith(HINT[language])
    assert is_gsm(HINT[language])
    assert HINT[language].endswith("0")
    assert segments(first) <= 2
    # Once is enough: it is no part of every question.
    assert HINT[language] not in person.writes("1").reads()


def test_arabic_in_latin_letters_is_told_what_to_do_when_only_boxes_are_seen() -> None:
    person = Talker().writes("ana be7aja mosa3ada")
    assert person.state.thread.language == "ar"
    assert person.reads().endswith(HINT["ar"])
    person.writes("1").writes("1")
    assert made(person, BookMeeting)[0].interpreter_language == "ar"
    assert [HINT["ar"] in person.text(one) for one in person.said].count(True) == 1


@pytest.mark.parametrize("language", IN_OTHER_LETTERS)
def test_who_writes_in_those_letters_sees_them_and_is_not_told(language: str) -> None:
    person = Talker().writes(first_words(HELLO, language))
    assert HINT[language] not in person.reads()
    assert person.reads().endswith("Svenska: SV")


def test_a_language_taken_up_in_the_middle_says_it_in_a_text_of_its_own() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes("arabiska")
    hint, question = (person.text(one) for one in person.turns[-1].says)
    assert hint == HINT["ar"]
    assert "8" not in hint
    assert "9:30" in question


@pytest.mark.parametrize("language", IN_OTHER_LETTERS)
def test_who_names_the_language_in_its_own_letters_sees_them(language: str) -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes(language_name(language, language))
    assert HINT[language] not in person.reads()


@pytest.mark.parametrize("language", [language for language in OTHERS if language not in IN_OTHER_LETTERS])
def test_languages_in_latin_letters_hear_nothing_of_boxes(language: str) -> None:
    person = Talker().writes("hej").writes(language_name(language, "sv"))
    assert "0" not in person.reads()
    assert person.reads().endswith("Svenska: SV")


@pytest.mark.parametrize("after", [[], ["1"], ["1", "1"], ["1", "1", "2"], ["1", "1", "2", "1", "1", "1"]])
@pytest.mark.parametrize("words", ["0", " 0. ", "٠"])
def test_zero_is_a_wish_to_be_rung_with_an_interpreter_wherever_it_is_said(after: list[str], words: str) -> None:
    person = Talker().writes("ana be7aja mosa3ada")
    for answer in after:
        person.writes(answer)
    person.writes(words)
    asked = made(person, HandOver)[-1]
    assert (asked.reason, asked.language, asked.telephone) == ("call-me", "ar", "+46701740605")
    answered = person.reads()
    assert WE_RING in answered
    assert answered != WE_RING  # in her language too
    assert segments(answered) == 1
    assert is_gsm(answered)
    # Staff read what it meant.
    assert person.turns[-1].understood == "Jag ser bara rutor. Ring mig."


def test_after_zero_what_we_write_is_swedish_and_the_interpreter_stays() -> None:
    person = Talker().writes("ana be7aja mosa3ada").writes("1").writes("0")
    assert person.state.thread.open is None
    person.writes("1")  # what she could not read was not asked: no time is booked by it
    assert not made(person, BookMeeting)
    assert "tolk: arabiska" in person.reads()
    assert is_gsm(person.reads())
    person.writes("1")
    assert made(person, BookMeeting)[0].interpreter_language == "ar"


def test_zero_is_a_number_where_a_number_was_asked() -> None:
    person = Talker().writes(HELLO["ar"]).writes("1").writes("1").writes("2").writes("1").writes("1")
    for words in ("1", "1", "1", "1", "Sara", "4"):
        person.writes(words)
    assert "30 =" in person.reads()
    person.writes("0")
    assert not made(person, HandOver)
    assert person.state.run is not None
    assert 0 in person.state.run.answers.values()


@pytest.mark.parametrize("hello", ["hej, behöver hjälp", HELLO["en"], "hej"])
def test_zero_means_nothing_where_every_telephone_shows_the_letters(hello: str) -> None:
    assert not made(Talker().writes(hello).writes("0"), HandOver)


def test_zero_means_nothing_on_a_page() -> None:
    assert not made(Talker(channel="web").writes(HELLO["ar"]).writes("0"), HandOver)


def test_under_staff_zero_says_what_it_means_and_the_machine_is_silent() -> None:
    person = Talker().writes("ana be7aja mosa3ada")
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id)).writes("0")
    assert not person.turns[-1].says
    assert person.turns[-1].understood == "Jag ser bara rutor. Ring mig."


@pytest.mark.parametrize(("reply", "told"), [("ja", True), ("نعم", False)])
def test_a_telephone_given_on_the_web_is_told_if_it_has_not_written_in_those_letters(reply: str, told: bool) -> None:
    phone = Talker()
    asked = Open("confirm-contact", "token", phone.now, reference=phone.state.person.id)
    phone.state = phone.state.with_thread(language="ar", open=asked)
    phone.writes(reply).happens(Linked("+46701740605"))
    assert (HINT["ar"] in [phone.text(one) for one in phone.turns[-1].says]) is told


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("RING", "Vill bli uppringd eller prata med en människa"),
        ("بدي احكي مع حدا", "Vill bli uppringd eller prata med en människa"),
        ("رجوع", "Tillbaka ett steg"),
        ("تغيير 2", "Ändra svar 2"),
        ("Svenska", "svenska"),
        ("TID", "Annan tid, eller avboka mötet"),
        ("توقف", "Få inga fler meddelanden här"),
        ("رقم غلط", "Fel nummer"),
    ],
)
def test_staff_read_a_word_that_works_anywhere_as_what_it_means(words: str, meaning: str) -> None:
    """Also when staff have the conversation: what a button says is never taken for her own words."""
    for owner in ("bot", "staff"):
        person = Talker().writes("السلام عليكم, احتاج مساعدة")
        person.state = person.state.with_thread(owner=owner)
        assert person.writes(words).turns[-1].understood == meaning


def test_who_only_presses_call_me_has_said_nothing_of_her_own() -> None:
    """The button stands on the page before anything is written; its word is Swedish whatever the page is in."""
    person = Talker(channel="web").happens(Said("RING", page="ar"))
    call = next(one.value for one in person.calls if isinstance(one.value, CallForHelp))
    assert (call.words, call.language) == ("", "ar")
    assert person.turns[-1].understood == "Vill bli uppringd eller prata med en människa"


# --- Another language, and the meeting stands -------------------------------------------------------------------------

BOOKED_IN_SWEDISH = ("hej, jag behöver hjälp med pengar", "1", "1", "2")


def booked_in_swedish(*more: str) -> Talker:
    person = Talker()
    for words in (*BOOKED_IN_SWEDISH, *more):
        person.writes(words)
    return person


def test_who_chooses_another_language_after_the_booking_is_asked_if_she_wants_an_interpreter() -> None:
    person = booked_in_swedish("2", "1").writes("Soomaali")
    assert person.reads() == (
        "Ma rabtaa turjubaan kulanka: Soomaali? Markaas waqti ayaad mar kale dooranaysaa. 1 Haa 2 Maya"
    )
    person.writes("haa").writes("1")
    first, with_interpreter = made(person, BookMeeting)
    assert (first.interpreter_language, with_interpreter.interpreter_language) == (None, "so")
    assert with_interpreter.replaces is not None


def test_the_form_waits_while_she_is_asked_and_goes_on_when_she_wants_none() -> None:
    person = booked_in_swedish("1", "1", "1").writes("English")
    assert person.reads().startswith("Do you want an interpreter at the meeting: English?")
    person.writes("no")
    assert person.reads().startswith("Your meeting: Tuesday 1 December at 9:30")
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "form"
    assert len(made(person, BookMeeting)) == 1


def test_who_asks_for_a_language_we_do_not_write_is_promised_no_interpreter_without_one() -> None:
    person = booked_in_swedish("2", "1").writes("byt till tigrinska")
    assert "men du får tolk" not in person.reads()
    assert "Vill du ha tolk på mötet: tigrinja?" in person.reads()
    person.writes("ja").writes("1")
    assert made(person, BookMeeting)[-1].interpreter_language == "ti"


def test_who_is_heard_to_speak_another_language_after_the_booking_is_asked_too() -> None:
    """She greeted in words of no language, and answered in numbers until now."""
    person = Talker().writes("hej")
    for words in ("1", "1", "2", "2"):
        person.writes(words)
    person.writes("لا أفهم السويدية، أريد أن أتحدث بالعربية من فضلكم")
    assert person.state.thread.language == "ar"
    assert person.asked.ask == "interpreter"


@pytest.mark.parametrize("words", ["Svenska", "العربية"])
def test_who_has_the_interpreter_or_reads_swedish_is_not_asked(words: str) -> None:
    person = Talker().writes("السلام عليكم, احتاج مساعدة").writes("1").writes("1").writes("2").writes("2").writes("1")
    assert made(person, BookMeeting)[0].interpreter_language == "ar"
    person.writes(words)
    assert not [one for one in person.said if one.ask == "interpreter"]


def test_who_goes_back_to_swedish_meanwhile_finds_the_form_where_it_was() -> None:
    person = booked_in_swedish("1", "1", "1")
    question = person.text(person.asked)
    person.writes("English").writes("svenska")
    assert person.reads() == question
