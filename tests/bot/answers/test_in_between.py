"""A question in between: answered, or a human is offered; and what was open is asked again in full."""

from typing import Any

import pytest

from backend.contract import AcuteNeed, HandOver, SendApplication
from bot.messages import Elapsed, Open, Said
from bot.text import languages, render, say
from tests.bot.talker import POLICY, Talker

HELLO = "hej, behöver hjälp"
FREE = "Nej. Mötet, tolken och ansökan är gratis. Ditt eget sms kostar som vanligt."
OPEN = "Nu är det öppet, till 16.30. Vi har öppet måndag-fredag 8.00-16.30."
ANSWERED = "Fick du svar på din fråga? Annars svarar en människa dig. 1 Ja 2 Nej"
TIMES = "Tisdag 1 december: 1 kl 9.30 2 kl 13.15 3 Annan dag. 20-30 minuter om jobb och pengar."
A_PERSON_READS = "En människa läser det du skrev och svarar dig."
OFFERED = "Det kan jag inte svara på, men en människa kan. Vill du hellre ha hjälp av en människa? 1 Ja 2 Nej"


def talk(*messages: str, **settings: Any) -> Talker:
    person = Talker(**settings)
    for words in messages:
        person.writes(words)
    return person


def applying(question: str) -> Talker:
    """Somebody who fills in the application as far as a question of it."""
    person = talk(HELLO, "2", "1")
    for _ in range(40):
        opened = person.state.thread.open
        assert opened is not None
        key = opened.question.partition("#")[0].partition(":")[0]
        if key == question:
            return person
        answers = {"lived_on": "lön till nyss", "applies_alone": "1", "asset_kinds": "6", "debt_kinds": "6"}
        person.writes(answers.get(key, "2"))
    raise AssertionError(f"{question} is never asked")


def handed_over(person: Talker) -> list[str]:
    return [call.value.reason for call in person.calls if isinstance(call.value, HandOver)]


def test_the_answer_comes_first_and_the_open_question_again_in_full() -> None:
    person = talk(HELLO, "1", "kostar det något?")
    assert person.reads() == f"{FREE}\n{TIMES}"
    assert person.writes("1").reads().startswith("Din tid: tisdag 1 december kl 9.30")


def test_asking_is_no_misunderstanding() -> None:
    person = talk(HELLO, "1", *["kostar det något"] * 4)
    assert person.reads() == f"{FREE}\n{TIMES}"
    assert person.state.thread.misses == 0


def test_staff_read_in_swedish_what_was_asked() -> None:
    person = talk("hello, I need help", "1", "do I have to pay for the interpreter?")
    assert person.turns[-1].understood == "Vad det kostar"


def test_a_question_without_an_answer_is_offered_a_human_at_once() -> None:
    person = talk(HELLO, "1", "kan ni ringa min hyresvärd?")
    assert person.reads() == OFFERED
    person.writes("ja")
    assert person.reads().endswith(TIMES)
    assert handed_over(person) == ["question"]


def test_who_wants_no_human_goes_on_where_she_was() -> None:
    person = talk(HELLO, "1", "kan ni ringa min hyresvärd?", "nej")
    assert person.reads() == TIMES
    assert handed_over(person) == []


def test_a_question_where_a_human_is_offered_is_answered_and_the_offer_stands() -> None:
    person = talk(HELLO, "1", "kan ni ringa min hyresvärd?", "när har ni öppet?")
    assert person.reads() == f"{OPEN}\nVill du hellre ha hjälp av en människa? 1 Ja 2 Nej"


def test_the_question_that_was_asked_for_is_answered_at_once() -> None:
    person = talk(HELLO, "3", "Kostar det nåt??")
    assert person.reads() == f"{FREE}\n{ANSWERED}"
    assert handed_over(person) == []


def test_who_got_her_answer_is_back_at_what_was_offered() -> None:
    for thanks in ("ja", "1", "tack!"):
        person = talk(HELLO, "3", "Kostar det nåt??", thanks)
        assert person.reads().startswith("Hej! Här svarar kommunens automat."), thanks
        assert handed_over(person) == []
        assert person.writes("1").reads() == TIMES


@pytest.mark.parametrize("more", ["nej", "2", "jag menade bussen dit", "RING"])
def test_who_did_not_get_it_is_read_by_a_human(more: str) -> None:
    person = talk(HELLO, "3", "Kostar det nåt??", more)
    assert handed_over(person) == ["asked" if more == "RING" else "question"]


def test_one_question_after_the_other_is_answered() -> None:
    person = talk(HELLO, "3", "Kostar det nåt??", "och när har ni öppet?")
    assert person.reads() == f"{OPEN}\n{ANSWERED}"


def test_what_has_no_answer_goes_to_a_human_as_it_was_written() -> None:
    person = talk(HELLO, "3", "kan ni ringa min hyresvärd?")
    assert person.reads() == A_PERSON_READS
    assert handed_over(person) == ["question"]


def test_a_question_with_nothing_open_is_answered_and_the_human_is_offered_too() -> None:
    person = talk(HELLO, "1", "1", "2", "2", "1", "har ni öppet på fredag")
    assert person.reads() == f"{OPEN}\n{ANSWERED}"
    assert person.writes("ja").reads() == "Bra. Skriv när du vill."
    person.writes("har ni öppet på fredag").writes("nej")
    assert person.reads() == A_PERSON_READS


def test_a_first_message_that_asks_is_answered_and_greeted() -> None:
    person = talk("hej, jag undrar en sak, kostar det något?")
    assert person.reads().startswith(f"{FREE}\nHej! Här svarar kommunens automat.")


def test_a_yes_with_a_question_is_both() -> None:
    person = talk(HELLO, "1", "1", "nej, kostar det något?")
    assert person.reads() == f"{FREE}\nVill du svara på några frågor nu? Annars tar vi dem på mötet. 1 Nu 2 På mötet"


def test_free_words_are_an_answer_and_never_a_question_unless_they_are_nothing_else() -> None:
    person = applying("lived_on")
    lived_on = person.state
    person.writes("Jag har fått betala allt med lånade pengar, det har kostat mycket").writes("5")
    assert "Jag har fått betala" in person.reads()
    person.state = lived_on
    person.writes("kostar det något?")
    assert person.reads().startswith(f"{FREE}\nVad har du levt på")


def test_acute_words_win() -> None:
    person = talk(HELLO, "1", "kostar det något? jag har ingen mat")
    assert [call.value for call in person.calls if isinstance(call.value, AcuteNeed)]
    assert FREE not in person.reads()


def test_under_staff_nothing_is_answered() -> None:
    person = talk(HELLO, "1")
    person.state = person.state.with_thread(owner="staff")
    person.writes("kostar det något?")
    assert not person.turns[-1].says


def test_a_number_that_nobody_has_confirmed_is_told_nothing() -> None:
    person = Talker()
    person.state = person.state.with_thread(language="sv", greeted=True)
    asked = Open("confirm-contact", "token", person.now, reference=person.state.person.id)
    person.state = person.state.with_thread(open=asked)
    person.writes("tar ni mina barn?")
    assert "barn" not in person.reads()


def test_the_summary_stands_and_nothing_is_sent_by_asking() -> None:
    person = applying("confirm").writes("kostar det något?")
    assert person.reads().startswith(f"{FREE}\nDu har berättat:")
    assert not [call for call in person.calls if isinstance(call.value, SendApplication)]
    person.writes("JA")
    assert [call for call in person.calls if isinstance(call.value, SendApplication)]


def test_a_button_is_never_taken_for_a_question() -> None:
    person = talk(HELLO, channel="web")
    asked = person.asked
    person.happens(Said("kostar det något?", question=asked.question))
    assert FREE not in person.reads()


def test_what_nobody_has_approved_is_not_said_in_production() -> None:
    production = POLICY.model_copy(update={"unapproved_answers": False})
    person = talk(HELLO, "1", "tar ni mina barn?", policy=production)
    assert person.reads() == OFFERED
    # Opening hours state no law.
    assert talk(HELLO, "1", "när har ni öppet?", policy=production).reads() == f"{OPEN}\n{TIMES}"


@pytest.mark.parametrize("language", languages())
def test_a_reminder_waits_for_its_answer(language: str) -> None:
    person = talk(HELLO, "1", "1", "2", "2", "1")
    meeting = person.state.person.meeting
    assert meeting is not None
    person.state = person.state.with_thread(language=language)
    person.later(hours=22).happens(Elapsed("reminder", meeting.id)).leaves().writes("när har ni öppet?")
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "reminder"
    person.writes("2")
    assert render(say("Move or cancel?"), language, plain=True) in person.reads()
