"""The application in the talk: answers, back, change, later, the summary and its digest."""

from datetime import date

import pytest

from backend.contract import SendApplication, Sensitivity
from bot.messages import Filled, Said
from bot.text import render
from tests.bot.talker import Talker

UNTIL_FORM = ("hej, behöver hjälp", "1", "1", "2", "1", "1")
ALONE = ("ja", "1", "ja")
HOME = ("1", "5850", "nej", "1")
MONEY = ("ja", "1", "4200", "nej", "nej")
WORK = ("2", "ja", "lön till nyss")
FORM = (*ALONE, "ja", "Yara", "12", "nej", *HOME, *MONEY, *WORK)


def in_form(*answers: str) -> Talker:
    person = Talker()
    for words in (*UNTIL_FORM, *answers):
        person.writes(words)
    return person


def sent(person: Talker) -> list[SendApplication]:
    return [call.value for call in person.calls if isinstance(call.value, SendApplication)]


def test_everything_answered_and_confirmed_is_sent_once() -> None:
    person = in_form(*FORM)
    assert "Stämmer det?" in person.reads()
    assert not sent(person)
    person.writes("ja")
    application = sent(person)[0]
    assert (application.applies_alone, application.partner) == (True, None)
    assert (application.month, application.stays_here) == (date(2026, 11, 1), True)
    assert [(child.first_name, child.days) for child in application.children or ()] == [("Yara", 12)]
    assert (application.housing, application.housing_kronor) == ("rental", 5850)
    assert (application.home_persons, application.rent_debt, application.cost_kinds) == (None, False, ("electricity",))
    assert [(one.kind, one.kronor) for one in application.incomes or ()] == [("salary", 4200)]
    assert (application.pending_benefits, application.asset_kinds) == (False, ())
    assert (application.planning, application.registered_jobseeker) == ("job-seeking", True)
    # Pay this month says it: it is not asked.
    assert (application.worked_last_year, application.lived_on) == (True, "lön till nyss")
    assert application.attested
    assert application.record[0].shown_in_swedish == "Söker du ensam, utan man, fru eller sambo?"
    assert "Din ansökan kom in måndag 30 november kl 9.58." in person.reads()
    person.writes("ja")
    assert len(sent(person)) == 1


def test_back_undoes_the_last_answer_and_keeps_the_rest() -> None:
    person = in_form(*ALONE, "ja", "Yara").writes("TILLBAKA")
    assert person.reads() == "Vad heter barnet i förnamn?"
    person.writes("Sara")
    assert person.reads().startswith("Hur många dagar i månaden bor Sara")


def test_change_asks_one_line_again_and_a_changed_answer_unconfirms() -> None:
    person = in_form(*FORM).writes("ÄNDRA 6").writes("30")
    assert "6 Dagar med Yara: 30." in person.reads()
    assert not sent(person)
    person.writes("ja")
    assert sent(person)[0].children[0].days == 30  # type: ignore[index]


def test_a_change_begun_by_mistake_is_undone_by_back() -> None:
    person = in_form(*FORM).writes("ÄNDRA 6").writes("TILLBAKA")
    assert "6 Dagar med Yara: 12." in person.reads()


def test_anything_can_be_left_to_the_meeting_with_one_word() -> None:
    person = in_form(*["senare"] * 13)
    assert "På mötet" in person.reads()
    person.writes("ja")
    application = sent(person)[0]
    assert application.later == (
        "applies_alone",
        "month",
        "stays_here",
        "has_children",
        "housing",
        "rent_debt",
        "cost_kinds",
        "has_income",
        "pending_benefits",
        "asset_kinds",
        "planning",
        "worked_last_year",
        "lived_on",
    )
    assert application.children is None
    assert (application.month, application.cost_kinds, application.asset_kinds) == (None, None, None)


def test_a_digit_never_attests() -> None:
    person = in_form(*FORM).writes("1")
    assert person.reads() == "Svara JA om allt stämmer. Vill du ändra rad 2, skriv ÄNDRA 2."
    assert not sent(person)


def test_a_language_switch_keeps_every_answer_and_shows_the_summary_anew() -> None:
    person = in_form(*FORM).writes("العربية")
    assert "4 200 kr" in person.reads()
    person.writes("نعم")
    application = sent(person)[0]
    assert application.language == "ar"
    assert application.housing_kronor == 5850


def test_a_summary_of_before_the_switch_cannot_be_confirmed_by_its_old_button() -> None:
    person = Talker(channel="web")
    person.writes("hej, behöver hjälp").presses("Ansök")
    for _ in range(10):
        if person.asked.section is None:
            break
        token = person.asked.question or ""
        person.happens(Filled(token, {}, leave=True))
    old = person.asked.question
    person.writes("العربية").happens(Said("JA", question=old))
    assert not sent(person)


def test_a_correction_after_sending_says_so_and_names_what_it_corrects() -> None:
    person = in_form(*FORM, "ja")
    first = person.state.person.applied
    person.writes("ÄNDRA 6")
    assert person.reads().startswith("Nu rättar du det du skickade.")
    person.writes("10").writes("ja")
    assert sent(person)[1].corrects == first
    assert sent(person)[1].children[0].days == 10  # type: ignore[index]


def test_why_is_said_before_children_and_money() -> None:
    assert in_form(*ALONE).reads().startswith("Barn ger rätt till mer pengar.")
    assert in_form(*ALONE, "nej", "6", "5").reads().startswith("Vi frågar om pengar")


def test_why_is_said_before_health_and_no_illness_is_asked_for() -> None:
    costs = in_form(*ALONE, "nej", "6")
    assert costs.reads().startswith("Kostnader kan ge mer pengar. Vi frågar inte om sjukdom.")
    sick = costs.writes("4").writes("nej").writes("nej").writes("nej").writes("3")
    assert sick.reads() == "Du behöver inte säga vilken sjukdom. Kom även utan intyg. Har du läkarintyg? 1 Ja 2 Nej"


def test_two_children_one_removed_by_a_changed_answer() -> None:
    person = in_form(*ALONE, "ja", "Yara", "12", "ja", "Adam", "30", "nej", *HOME, *MONEY, *WORK)
    assert "Barn: Adam." in person.reads()
    person.writes("ÄNDRA 7").writes("nej")
    assert "Barn: Adam." not in person.reads()
    person.writes("ja")
    assert [child.first_name for child in sent(person)[0].children or ()] == ["Yara"]


@pytest.mark.parametrize(
    "words", ["banan", "", "   ", "😀😀", "x" * 10_000, "-500", "8 000 000 000", "abc مرحبا", "\u202e\u200f"]
)
def test_bad_input_gets_a_clear_answer_and_the_question_again(words: str) -> None:
    person = in_form(*ALONE, "nej", "1").writes(words)
    assert "Vad betalar du för bostaden" in person.reads()
    assert person.reads() != "Vad betalar du för bostaden i månaden, i kronor?"
    person.writes("5 850:-")
    assert person.reads().startswith("Ju tidigare vi vet, desto mer kan vi göra.")


@pytest.mark.parametrize("words", ["31 februari", "1 januari 2020"])
def test_a_day_that_is_not_or_has_passed_is_said_and_asked_again(words: str) -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes("annan dag").writes(words)
    assert "Vilken dag passar?" in person.reads()
    assert person.reads() != person.text(person.asked).split("?")[0] + "?"


def test_nothing_above_the_ceiling_is_ever_asked() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("1").writes("1").writes("2").writes("1").writes("2")
    assert all(message.sensitivity is Sensitivity.OPEN for message in person.said)


def test_by_section_on_the_web_with_a_reason_at_what_was_not_understood() -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp").presses("Ansök")
    section = person.asked.section
    assert section is not None
    assert (section.number, section.of) == (1, 5)
    person.happens(Filled(person.asked.question or "", {"applies_alone": "1"}))
    section = person.asked.section
    assert section is not None
    assert [field.name for field in section.fields] == ["month", "stays_here"]
    person.happens(Filled(person.asked.question or "", {"month": "1", "stays_here": "kanske"}))
    section = person.asked.section
    assert section is not None
    assert [field.error is None for field in section.fields] == [True, False]
    assert section.fields[0].value == "1"
    person.happens(Filled(person.asked.question or "", {"month": "1", "stays_here": "1"}))
    person.happens(Filled(person.asked.question or "", {"has_children": "1"}))
    section = person.asked.section
    assert section is not None
    assert [field.name for field in section.fields] == ["child_name#1", "child_days#1", "child_more#1"]


def test_an_old_page_changes_nothing() -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp").presses("Ansök")
    old = person.asked.question or ""
    person.happens(Filled(old, {"applies_alone": "1", "has_children": "2"}))
    answers = dict(person.state.run.answers) if person.state.run else {}
    person.happens(Filled(old, {"applies_alone": "2", "has_children": "1"}))
    assert person.state.run is not None
    assert dict(person.state.run.answers) == answers


def test_the_meeting_comes_after_an_application_that_came_first() -> None:
    person = Talker(channel="web").writes("blev av med jobbet, har inga pengar").presses("Ansök")
    while person.asked.section is not None:
        person.happens(Filled(person.asked.question or "", {}, leave=True))
    person.happens(Said("JA", question=person.asked.question))
    assert "kl 9.30" in person.reads()
    person.presses("kl 9.30")
    assert person.state.person.meeting is not None


def test_a_page_never_shows_a_made_up_name_and_can_be_left_whole() -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp").presses("Ansök")
    for fields in ({"applies_alone": "1"}, {"month": "1", "stays_here": "1"}, {"has_children": "1"}):
        person.happens(Filled(person.asked.question or "", fields))
    section = person.asked.section
    assert section is not None
    assert render(section.fields[1].text, "sv", plain=True) == (
        "Hur många dagar i månaden bor barnet hos dig? 30 = alltid."
    )
    person.happens(Filled(person.asked.question or "", {}, leave=True))
    assert person.asked.section is not None
    assert person.asked.section.key == "housing"


def test_the_receipt_of_an_application_comes_after_another_time_has_been_asked_for() -> None:
    person = in_form(*FORM)
    person.away = True
    person.writes("ja").writes("TID").writes("1")
    person.away = False
    person.writes("hallå?")
    assert person.state.person.applied is not None
    read = "\n".join(person.text(one) for one in person.said)
    assert "Din ansökan kom in måndag 30 november" in read
    person.writes("2")
    meeting = person.state.person.meeting
    assert meeting is not None
    assert meeting.start.hour == 12, "13.15 in Sweden"
