"""A job, not money: who helps with that and a meeting, without an application."""

import pytest

from backend.contract import BookMeeting, CallForHelp, HandOver, SendApplication, Work
from bot.hearing.words import command
from bot.text import languages, words
from tests.bot.talker import POLICY, Talker

OFFERS = Work(offers=("job-coach", "cv"))


def somebody(**given: object) -> Talker:
    return Talker(policy=POLICY.model_copy(update={"work": OFFERS}), **given)  # type: ignore[arg-type]  # as Talker's


def effects(person: Talker, *kinds: type) -> list[object]:
    return [call.value for call in person.calls if isinstance(call.value, kinds)]


def test_a_job_not_money_leads_to_who_helps_with_that_and_to_a_meeting() -> None:
    person = somebody().writes("Hej! Jag vill ha jobb, inte pengar.")
    assert person.reads() == (
        "Arbetsförmedlingen hjälper dig att hitta jobb: arbetsformedlingen.se. "
        "Kommunen har jobbcoach och hjälp med cv. Det är gratis.\n"
        "Vill du träffa oss och prata om jobb? Då söker du inga pengar. 1 Ja 2 Nej"
    )
    assert not effects(person, CallForHelp, SendApplication, HandOver)
    person.writes("ja").writes("1")
    assert len(effects(person, BookMeeting)) == 1
    # She asked for no money: after the time she is not asked to apply.
    person.writes("nej")
    assert "frågor" not in person.reads()
    assert not effects(person, SendApplication)


def test_whoever_wants_no_meeting_is_left_in_peace_and_may_still_apply() -> None:
    person = somebody().writes("jobb inte pengar").writes("nej")
    assert person.reads() == "Bra. Skriv när du vill."
    assert not effects(person, CallForHelp)
    person.writes("jag behöver pengar till maten")
    assert len(effects(person, CallForHelp)) == 1


def test_it_can_be_said_at_the_first_question_and_in_the_middle_of_the_form() -> None:
    person = somebody().writes("hej, behöver hjälp").writes("vill ha jobb, inte bidrag")
    assert "Arbetsförmedlingen hjälper dig" in person.reads()
    applying = somebody().writes("hej, behöver hjälp").writes("2").writes("1").writes("ja")
    applying.writes("jag vill bara ha ett jobb")
    assert applying.reads().startswith("Då skickar vi ingen ansökan. Du kan ansöka när du vill.")
    applying.writes("nej")
    assert not effects(applying, SendApplication)


def test_who_has_a_time_is_told_who_helps_and_keeps_it() -> None:
    person = somebody().writes("hej, behöver hjälp").writes("1").writes("1").writes("2")
    asked = person.reads()
    person.writes("jobb inte pengar")
    assert person.reads().startswith("Arbetsförmedlingen hjälper dig")
    assert person.reads().endswith(asked)
    assert person.state.person.meeting is not None


def test_a_municipality_that_offers_nothing_of_its_own_says_so_by_saying_nothing() -> None:
    person = Talker().writes("jobb inte pengar")
    assert person.reads().startswith("Arbetsförmedlingen hjälper dig att hitta jobb: arbetsformedlingen.se.\n")


@pytest.mark.parametrize("language", languages())
def test_it_is_understood_in_every_language(language: str) -> None:
    for phrase in words(language, "work"):
        heard = command(f"{phrase}!")
        assert heard is not None, phrase
        assert heard.name == "work", phrase


@pytest.mark.parametrize("answer", ["Jag söker jobb", "jobb", "jag vill jobba", "inga pengar"])
def test_to_look_for_work_is_an_answer_and_no_word_of_ours(answer: str) -> None:
    assert command(answer) is None
