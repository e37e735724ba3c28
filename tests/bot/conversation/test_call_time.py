"""A call from us at an hour she chooses: asked for by a word or in her own, and a plain wish to be rung as it was."""

from datetime import date
from typing import Any

import pytest

from backend.contract import BookCall, CallTimesQuery, CancelCall, HandOver, NoticeKind, ProblemCode, TakenOver
from bot.conversation.happening import YOUR_CALL
from bot.hearing import withheld
from bot.hearing.call_words import call_at
from bot.hearing.words import command
from bot.messages import Said
from bot.spelling import fold
from bot.text import languages, render, say, words
from tests.bot.conversation.test_application import applying
from tests.bot.conversation.test_beforehand import booked
from tests.bot.talker import Talker

HELLO = "hej, behöver hjälp"
ASKED = "Tisdag 1 december: 1 kl 9.30 2 kl 13.15 3 Annan dag. Vi ringer inom en timme från dess."
BOOKED = "Vi ringer dig tisdag 1 december, mellan 13.15 och 14.15. Annan tid: RINGTID. Ingen: INGET SAMTAL."
TAKEN_BACK = "Vi ringer dig inte tisdag 1 december, mellan 13.15 och 14.15. En annan tid? Skriv RINGTID."
PLAIN = "En människa ringer dig, med tolk om du vill. Vill du välja när: skriv RINGTID."


def talk(*messages: str, **settings: Any) -> Talker:
    person = Talker(**settings)
    for message in messages:
        person.writes(message)
    return person


def of(person: Talker, kind: type[Any]) -> list[Any]:
    return [call.value for call in person.calls if isinstance(call.value, kind)]


def test_she_chooses_when_she_is_rung() -> None:
    person = talk(HELLO, "RINGTID")
    assert person.reads() == ASKED
    assert person.writes("2").reads() == BOOKED
    (call,) = of(person, BookCall)
    assert (call.slot, call.interpreter_language, call.telephone) == ("slot-13-15", None, "+46701740605")
    assert of(person, HandOver) == []


def test_a_plain_wish_to_be_rung_stays_as_it_is_and_says_that_she_may_choose() -> None:
    person = talk(HELLO, "4")
    assert person.reads().startswith(PLAIN)
    assert [call.reason for call in of(person, HandOver)] == ["call-me"]
    person.writes("RINGTID")
    assert person.reads() == ASKED


def test_a_time_in_her_own_words_is_asked_for_from_that_day_on() -> None:
    person = talk(HELLO, "ring mig på torsdag kl 10")
    assert [query.not_before for query in of(person, CallTimesQuery)] == [date(2026, 12, 3)]
    assert person.state.thread.open is not None


@pytest.mark.parametrize(
    ("message", "day"),
    [
        ("Ring mig i morgon kl 10", "2026-12-01"),
        ("kan ni ringa mig på torsdag?", "2026-12-03"),
        ("ring mig kl 14", None),
        ("call me tomorrow at 10", "2026-12-01"),
        ("اتصلوا بي غدا", "2026-12-01"),
        ("i soo wac berri", "2026-12-01"),
        ("подзвоніть мені завтра", "2026-12-01"),
    ],
)
def test_a_wish_with_a_time_is_heard(message: str, day: str | None) -> None:
    found = call_at(message, "sv", date(2026, 11, 30))
    assert found is not None
    assert (found.name, found.argument) == ("call-time", day)


@pytest.mark.parametrize(
    "message",
    ["ring mig", "ring mig snart", "RING", "ring 0701740605", "ring 112", "ringklockan är sönder", "call me"],
)
def test_other_words_are_no_time_to_be_rung_at(message: str) -> None:
    assert call_at(message, "sv", date(2026, 11, 30)) is None


def test_with_an_interpreter_where_her_language_needs_one() -> None:
    person = talk("hello, I need help", "call time")
    assert "interpreter: English" in person.reads()
    person.writes("1")
    assert "with an interpreter" in person.reads()
    (call,) = of(person, BookCall)
    assert call.interpreter_language == "en"


def test_she_takes_the_call_back_and_there_is_none_any_more() -> None:
    person = talk(HELLO, "RINGTID", "2", "STATUS")
    assert (
        "Vi ringer dig tisdag 1 december, mellan 13.15 och 14.15. Inget samtal? Skriv INGET SAMTAL." in person.reads()
    )
    assert person.writes("avboka samtalet, tack").reads().startswith(TAKEN_BACK)
    assert len(of(person, CancelCall)) == 1
    assert "Vi ringer" not in person.writes("STATUS").reads()
    assert person.writes("INGET SAMTAL").reads().startswith("Inget samtal är bokat.")


def test_under_staff_whoever_reads_it_is_told_what_the_word_means() -> None:
    person = talk(HELLO, "RINGTID", "2")
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id), "taken over").writes("INGET SAMTAL")
    assert of(person, CancelCall) == [], "staff have it"
    assert person.turns[-1].understood == "Jag vill inte ha samtalet jag valde tid för"


def test_a_form_under_way_goes_on_when_a_call_is_taken_back_or_none_is_chosen() -> None:
    person = applying()
    assert person.state.thread.open is not None
    question = person.state.thread.open.question
    person.writes("RINGTID").writes("INGET SAMTAL")
    assert person.reads().startswith("Inget samtal är bokat.")
    assert person.state.thread.open.question == question
    person.writes("RINGTID").writes("2").writes("INGET SAMTAL")
    assert TAKEN_BACK in person.reads()
    assert person.state.thread.open.question == question


def test_who_speaks_by_telephone_alone_takes_it_back_by_the_word_she_was_told() -> None:
    person = talk(HELLO, "RINGTID", "2").happens(withheld.without(Said("jag har skyddad identitet")))
    assert "INGET SAMTAL" in person.writes("STATUS").reads()
    assert person.writes("INGET SAMTAL").reads().startswith(TAKEN_BACK)


def test_the_call_she_means_may_be_that_in_place_of_her_meeting() -> None:
    person = booked().writes("jag är sjuk").writes("2")
    assert person.state.person.by_phone is not None
    person.writes("avboka samtalet")
    told = "Det gäller tisdag 1 december kl 9.30. Byta tid eller avboka?"
    assert person.reads().startswith(told), "not that no call is booked: she is rung in that hour"


def test_another_day_is_asked_for() -> None:
    person = talk(HELLO, "RINGTID", "3", "torsdag")
    assert [query.not_before for query in of(person, CallTimesQuery)] == [None, date(2026, 12, 3)]
    assert person.writes("1").reads().startswith("Vi ringer dig tisdag 1 december")


def test_taken_meanwhile_she_is_asked_again() -> None:
    person = talk(HELLO, "RINGTID", refuse=[ProblemCode.SLOT_TAKEN])
    person.writes("1")
    assert person.reads() == f"Någon annan hann ta den tiden.\n{ASKED}"


def test_a_form_under_way_goes_on_where_it_was() -> None:
    person = talk(HELLO, "2", "1", "RINGTID", "1")
    booked, asked = person.reads().split("\n", 1)
    assert booked.startswith("Vi ringer dig")
    assert asked
    assert person.state.run is not None
    assert person.state.run.flow == "application"


def test_in_the_middle_of_a_question_of_ours_it_is_a_plain_wish() -> None:
    person = talk(HELLO, "1", "1", "2", "2", "1", "kan inte komma", "RINGTID")
    assert [call.reason for call in of(person, HandOver)] == ["asked"]
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "move-or-cancel"


def test_as_her_very_first_words_she_is_told_who_answers() -> None:
    person = talk("ring mig i morgon kl 10")
    assert person.reads().startswith("Hej! ")


@pytest.mark.parametrize("language", languages())
def test_the_word_that_is_told_is_heard(language: str) -> None:
    sentences = {
        "call-time": "A person rings you, with an interpreter if you want. To choose when: write CALL TIME.",
        "no-call": YOUR_CALL,
    }
    for name, sentence in sentences.items():
        told = fold(render(say(sentence), language))
        heard = [word for word in words(language, name) if fold(word) in told]
        assert heard
        assert all((found := command(word)) is not None and found.name == name for word in heard)


def test_without_a_number_it_is_asked_for_afterwards() -> None:
    person = talk(HELLO, channel="web")
    person.writes("RINGTID").writes("1")
    assert "mobilnummer" in person.reads()


def test_the_number_of_a_call_that_is_taken_back_is_asked_for_no_more() -> None:
    person = talk(HELLO, channel="web")
    person.writes("RINGTID").writes("1").writes("INGET SAMTAL")
    assert "Vi ringer dig inte" in person.reads()
    assert "mobilnummer" not in person.reads()
    assert person.state.thread.open is None
    form = applying(channel="telegram")
    assert form.state.thread.open is not None
    question = form.state.thread.open.question
    form.writes("RINGTID").writes("1").writes("INGET SAMTAL")
    assert form.state.thread.open.question == question


def test_beside_what_cannot_wait_no_hour_is_offered() -> None:
    person = talk(HELLO, "ring mig kl 14, jag vill dö")
    assert "112" in person.reads()
    assert of(person, CallTimesQuery) == []


@pytest.mark.parametrize("message", ["ring mig, jag har 3 barn hemma", "call me at 112"])
def test_a_figure_that_is_no_hour_is_none(message: str) -> None:
    assert call_at(message, "sv", date(2026, 11, 30)) is None


def test_where_no_number_is_known_it_is_asked_for_before_the_form_goes_on() -> None:
    person = applying(channel="telegram")
    assert person.state.thread.open is not None
    question = person.state.thread.open.question
    person.writes("RINGTID").writes("1")
    asked = person.state.thread.open
    assert asked.question == "ring_on"
    person.writes("070-174 06 05")
    assert person.state.thread.open.question == question


@pytest.mark.parametrize("words", ["ring mig i morgon kl 10", "RINGTID", "ring mig"])
def test_whoever_wants_no_texts_and_wants_to_be_rung_reaches_a_human(words: str) -> None:
    person = talk(HELLO, "STOPP", words)
    assert person.turns[-1].says == ()
    assert [call.reason for call in of(person, HandOver)][-1] == "opted-out"
    assert len(of(person, HandOver)) == len(of(talk(HELLO, "STOPP"), HandOver)) + 1


@pytest.mark.parametrize("word", [None, "senare", "tillbaka"])
def test_where_no_hour_is_chosen_the_form_goes_on(word: str | None) -> None:
    person = applying()
    assert person.state.thread.open is not None
    question = person.state.thread.open.question
    if word is None:
        person.times = ()
    person.writes("RINGTID")
    if word is not None:
        person.writes(word)
    assert person.state.thread.open.question == question


def test_where_no_hour_is_free_it_is_said_once() -> None:
    person = talk(HELLO)
    person.times = ()
    person.writes("RINGTID")
    assert [call.reason for call in of(person, HandOver)] == ["asked"]
    person.writes("hej igen")
    assert [call.reason for call in of(person, HandOver)] == ["asked"]
