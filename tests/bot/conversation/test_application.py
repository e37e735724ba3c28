"""The whole application: how many are asked what, what is never asked in a chat, and what reaches the backend."""

from collections.abc import Mapping

import pytest

from backend.contract import AppliedFor, Asset, Cost, Debt, Income, SendApplication, Sensitivity, Vehicle
from bot.conversation.putting import HOW_MANY_LEFT
from bot.conversation.running import replay
from bot.conversation.talk import Talk
from bot.flows import written
from bot.messages import Filled
from tests.bot.talker import Talker

ALONE: Mapping[str, str] = {
    "applies_alone": "ja",
    "month": "1",
    "stays_here": "ja",
    "has_children": "nej",
    "housing": "1",
    "housing_kronor": "5850",
    "rooms": "2",
    "cost_kinds": "nej",
    "has_income": "nej",
    "pending_benefits": "nej",
    "asset_kinds": "nej",
    "debt_kinds": "nej",
    "planning": "2",
    "work_steps": "1",
    "worked_last_year": "nej",
    "lived_on": "sparade pengar",
    "may_ask": "nej",
}
"""Somebody who has a rent and nothing else."""

FAMILY: Mapping[str, str] = {
    **ALONE,
    "applies_alone": "nej",
    "partner_name": "Sam",
    "partner_part": "2",
    "partner_planning": "3",
    "partner_worked_last_year": "nej",
    "has_children": "ja",
    "child_name#1": "Yara",
    "child_age#1": "17",
    "child_days#1": "30",
    "child_school#1": "Bäckaskolan",
    "child_more#1": "ja",
    "child_name#2": "Ali",
    "child_age#2": "9",
    "child_days#2": "15",
    "child_more#2": "ja",
    "child_name#3": "Lea",
    "child_age#3": "0",
    "child_days#3": "30",
    "child_more#3": "nej",
    "cost_kinds": "1 4 7",
    "care_kinds": "2",
    "cost_kronor#electricity": "420",
    "cost_period#electricity": "1",
    "cost_receipt#electricity": "ja",
    "cost_for#electricity": "4",
    "cost_kronor#unemployment-fund": "130",
    "cost_period#unemployment-fund": "1",
    "cost_receipt#unemployment-fund": "ja",
    "cost_for#unemployment-fund": "2",
    "cost_kronor#medicine": "90",
    "cost_period#medicine": "4",
    "cost_receipt#medicine": "nej",
    "cost_for#medicine": "3",
    "has_income": "ja",
    "income_kinds": "1 5",
    "income_kronor#salary": "4200",
    "income_day#salary": "25",
    "income_kronor#child-support": "1600",
    "income_day#child-support": "20",
    "pending_benefits": "ja",
    "pending_from": "Försäkringskassan, bostadsbidrag",
    "asset_kinds": "1 2",
    "asset_kronor#savings": "3000",
    "vehicle_kind#1": "1",
    "vehicle_bought#1": "2009",
    "vehicle_more#1": "nej",
    "debt_kinds": "1 2",
    "debt_kronor#rent": "5850",
    "debt_kronor#electricity": "700",
    "work_steps": "1 2",
    "job_title#1": "städare",
    "job_employer#1": "hotellet, Trelleborg",
    "job_when#1": "20 november",
    "job_more#1": "ja",
    "job_title#2": "kock",
    "job_employer#2": "skolan, Trelleborg",
    "job_when#2": "i går",
    "job_more#2": "nej",
    "may_ask": "1 3",
}
"""Two grown-ups and three children who have nearly everything that is asked about."""


def applying(channel: str = "sms") -> Talker:
    person = Talker(channel=channel).writes("hej, behöver hjälp").presses("Ansök")
    return person if channel == "web" else person.writes("1")


def answers(person: Talker, with_answers: Mapping[str, str]) -> list[str]:
    """Answer one question after the other as they come; which they were."""
    asked: list[str] = []
    while (opened := person.state.thread.open) is not None and opened.question in with_answers:
        asked.append(opened.question)
        person.writes(with_answers[opened.question])
        assert len(asked) < 100, asked
    assert "Stämmer det?" in person.reads(), person.reads()
    return asked


def sent(person: Talker) -> SendApplication:
    return [call.value for call in person.calls if isinstance(call.value, SendApplication)][-1]


def line_of(person: Talker, key: str) -> int:
    run = person.state.run
    assert run is not None
    keys = [live.key for live in replay(Talk(person.state, person.policy, person.now), run).live]
    return keys.index(key) + 1


def test_who_lives_alone_with_a_rent_and_nothing_else_answers_about_fifteen() -> None:
    assert len(answers(applying(), ALONE)) == 17


def test_a_family_with_nearly_everything_answers_about_sixty() -> None:
    assert 55 <= len(answers(applying(), FAMILY)) <= 70


def left_told(person: Talker) -> list[int]:
    return [int(str(one.text.values["n"])) for one in person.said if one.text.message == HOW_MANY_LEFT]


def test_how_many_are_left_is_told_once_the_household_is_known_and_when_there_are_many_more() -> None:
    alone, family = applying(), applying()
    answers(alone, ALONE)
    answers(family, FAMILY)
    assert len(left_told(alone)) == 1
    assert 12 <= left_told(alone)[0] <= 20
    # Three kinds of costs are some ten questions that nobody could know of before.
    assert len(left_told(family)) >= 2
    assert left_told(family)[1] > left_told(family)[0] > left_told(alone)[0]


def test_on_a_page_that_says_it_itself_it_is_not_told_beside() -> None:
    person = applying("web")
    person.fills(applies_alone="1", month="1", stays_here="1").fills(has_children="2")
    assert left_told(person) == []


def test_money_from_an_unemployment_fund_says_nothing_of_when_she_worked() -> None:
    person = applying()
    of_the_fund = {"income_kinds": "2", "income_kronor#unemployment-fund": "9000", "income_day#unemployment-fund": "25"}
    assert "worked_last_year" in answers(person, {**ALONE, "has_income": "ja", **of_the_fund})
    person.writes("ja")
    assert sent(person).worked_last_year is False


def test_everything_a_family_answers_is_sent() -> None:
    person = applying()
    answers(person, FAMILY)
    person.writes("ja")
    application = sent(person)
    assert application.partner is not None
    assert (application.partner.planning, application.partner.worked_last_year) == ("studies", False)
    assert [(child.age, child.days, child.school) for child in application.children or ()] == [
        (17, 30, "Bäckaskolan"),
        (9, 15, None),
        (0, 30, None),
    ]
    assert (application.rooms, application.home_persons) == (2, 5)
    assert application.costs == (
        Cost(kind="electricity", kronor=420, period="month", receipt=True, applies_to="all"),
        Cost(kind="unemployment-fund", kronor=130, period="month", receipt=True, applies_to="partner"),
        Cost(kind="medicine", kronor=90, period="once", receipt=False, applies_to="child"),
    )
    assert application.incomes == (
        Income(kind="salary", kronor=4200, day=25),
        Income(kind="child-support", kronor=1600, day=20),
    )
    assert application.pending_from == "Försäkringskassan, bostadsbidrag"
    assert application.assets == (Asset(kind="savings", kronor=3000), Asset(kind="vehicle"))
    assert application.vehicles == (Vehicle(kind="car", bought=2009),)
    assert application.debts == (Debt(kind="rent", kronor=5850), Debt(kind="electricity", kronor=700))
    assert application.rent_debt is True
    assert application.applied_for == (
        AppliedFor(title="städare", employer="hotellet, Trelleborg", when="20 november"),
        AppliedFor(title="kock", employer="skolan, Trelleborg", when="i går"),
    )
    assert (application.contact_by, application.may_ask) == (("text",), ("arbetsformedlingen", "landlord"))
    # What may not be asked here waits, and is named to staff.
    assert set(application.later) == {"partners_money", "vehicle_number#1", "account", "permit"}


def test_a_summary_of_a_family_comes_in_as_many_texts_as_it_takes_and_is_confirmed_in_the_last() -> None:
    person = applying()
    answers(person, FAMILY)
    *first, last = person.turns[-1].says
    assert first
    assert all(one.question is None and person.text(one).startswith("Du har berättat:") for one in first)
    assert last.summary is not None
    numbers = [number for number, _, _ in last.summary.lines]
    read = " ".join(person.text(one) for one in (*first, last))
    assert all(f" {number} " in read for number in numbers)
    assert len(person.text(last)) < 1600, "no provider takes more in one text"
    assert all(len(person.text(one)) < 1600 for one in first)
    person.writes("ja")
    assert sent(person).digest == last.summary.digest


@pytest.mark.parametrize("channel", ["sms", "telegram", "web"])
def test_what_is_secret_is_asked_for_nowhere_in_a_chat(channel: str) -> None:
    secret = {question.name for question in written() if question.sensitivity is Sensitivity.SECRET}
    assert secret == {"partners_money", "vehicle_number", "account", "permit"}
    person = applying(channel)
    if channel == "web":
        while person.asked.section is not None:
            shown = {field.name.partition("#")[0] for field in person.asked.section.fields}
            assert not shown & secret
            assert person.asked.sensitivity is Sensitivity.PERSONAL
            person.happens(Filled(person.asked.question or "", {}, leave=True))
    else:
        assert not {key.partition("#")[0] for key in answers(person, FAMILY)} & secret
    assert {name.partition("#")[0] for name in _left(person)} >= {"account", "permit"}


def _left(person: Talker) -> tuple[str, ...]:
    run = person.state.run
    assert run is not None
    return replay(Talk(person.state, person.policy, person.now), run).form.left()


def test_who_wants_to_change_what_is_secret_reads_that_it_waits() -> None:
    person = applying()
    answers(person, ALONE)
    person.writes(f"ÄNDRA {line_of(person, 'account')}")
    assert "Det tar vi på mötet, inte här." in person.reads()
    assert "Stämmer det?" in person.reads()


def test_one_cost_is_taken_away_by_any_of_its_lines_and_the_rest_stand() -> None:
    person = applying()
    answers(person, FAMILY)
    person.writes(f"ta bort {line_of(person, 'cost_period#unemployment-fund')}")
    assert "Borttaget: A-kassa." in person.reads()
    assert "Stämmer det?" in person.reads()
    person.writes("ja")
    assert [cost.kind for cost in sent(person).costs or ()] == ["electricity", "medicine"]
    assert sent(person).cost_kinds == ("electricity", "care")


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [("1 7", ("electricity",)), ("7", ())],
    ids=["beside another cost", "the only cost"],
)
def test_with_the_last_kind_of_care_goes_the_answer_that_there_is_any(chosen: str, kept: tuple[str, ...]) -> None:
    person = applying()
    of_care = {"cost_kronor": "100", "cost_period": "1", "cost_receipt": "nej", "cost_for": "1"}
    of_care = {f"{name}#medical-care": answer for name, answer in of_care.items()}
    answers(person, {**FAMILY, **of_care, "cost_kinds": chosen, "care_kinds": "1 2"})
    person.writes(f"ta bort {line_of(person, 'cost_kronor#medical-care')}")
    person.writes(f"ta bort {line_of(person, 'cost_receipt#medicine')}")
    assert "Borttaget: Medicin." in person.reads()
    assert "Stämmer det?" in person.reads()
    person.writes("ja")
    assert sent(person).cost_kinds == kept
    assert tuple(cost.kind for cost in sent(person).costs or ()) == kept


def test_with_the_only_income_it_is_asked_whether_there_is_any() -> None:
    person = applying()
    answers(person, {**FAMILY, "income_kinds": "1"})
    person.writes(f"ta bort {line_of(person, 'income_kronor#salary')}")
    assert "Får du några pengar" in person.reads()
    person.writes("nej")
    answers(person, {"worked_last_year": "nej"})
    person.writes("ja")
    assert (sent(person).has_income, sent(person).incomes) == (False, ())


def test_a_child_and_a_job_with_the_same_place_are_not_taken_for_each_other() -> None:
    person = applying()
    answers(person, FAMILY)
    person.writes(f"ta bort {line_of(person, 'child_name#1')}")
    assert "Borttaget: Yara." in person.reads()
    person.writes(f"ta bort {line_of(person, 'job_when#2')}")
    assert "Borttaget: kock." in person.reads()
    person.writes("ja")
    assert [child.first_name for child in sent(person).children or ()] == ["Ali", "Lea"]
    assert [job.title for job in sent(person).applied_for or ()] == ["städare"]
    # One fewer lives there, though nobody said so.
    assert sent(person).home_persons == 4


def test_with_the_only_vehicle_it_is_asked_what_she_owns() -> None:
    person = applying()
    answers(person, FAMILY)
    person.writes(f"ta bort {line_of(person, 'vehicle_bought#1')}")
    assert "Äger du något av det här?" in person.reads()
    person.writes("1").writes("ja")
    assert (sent(person).asset_kinds, sent(person).vehicles) == (("savings",), ())


def test_how_many_live_there_is_hers_once_she_has_said_it() -> None:
    person = applying()
    answers(person, FAMILY)
    person.writes(f"ÄNDRA {line_of(person, 'home_persons')}").writes("7")
    person.writes(f"ta bort {line_of(person, 'child_name#1')}").writes("ja")
    assert sent(person).home_persons == 7


@pytest.mark.parametrize("words", ["ändra 1", "ta bort 11"])
def test_while_a_time_is_asked_for_the_numbers_are_those_of_what_was_sent(words: str) -> None:
    person = applying()
    answers(person, FAMILY)
    person.writes("ja")
    assert "kl 9.30" in person.reads()
    assert person.writes(words).reads().startswith("Nu rättar du det du skickade.")
    assert ("Söker du ensam" if words == "ändra 1" else "Borttaget: Yara.") in person.reads()


def test_a_consent_is_taken_back_by_a_correction() -> None:
    person = applying()
    answers(person, {**ALONE, "may_ask": "1 4"})
    line = line_of(person, "may_ask")
    person.writes("ja")
    first = person.state.person.applied
    assert sent(person).may_ask == ("arbetsformedlingen", "care")
    person.writes(f"ÄNDRA {line}").writes("nej").writes("ja")
    assert (sent(person).may_ask, sent(person).corrects) == ((), first)


def test_on_the_web_what_a_written_age_leads_to_comes_after_and_the_rest_is_kept() -> None:
    person = applying("web").fills(applies_alone="1", month="1", stays_here="1")
    person.fills(has_children="1", child_name__1="Yara", child_age__1="17", child_days__1="30", child_more__1="2")
    section = person.asked.section
    assert section is not None
    assert [field.name for field in section.fields] == ["child_school#1"]
    person.fills(child_school__1="nej")
    assert person.asked.section is not None
    assert person.asked.section.key == "housing"


def test_on_the_web_who_moves_to_another_home_says_how_many_live_there() -> None:
    person = applying("web").fills(applies_alone="1", month="1", stays_here="1").fills(has_children="2")
    person.fills(housing="1", housing_kronor="5850", rooms="2")
    while person.asked.section is not None:
        person.happens(Filled(person.asked.question or "", {}, leave=True))
    person.writes(f"ÄNDRA {line_of(person, 'housing')}").fills(housing="3").fills(home_persons="4")
    assert person.asked.summary is not None
    assert "Bor där: 4." in person.reads()


def test_in_a_chat_she_attests_in_plain_words() -> None:
    person = applying()
    answers(person, ALONE)
    assert "Jag har svarat så rätt jag kan och säger till om något ändras." in person.reads()
    assert "heder" not in person.reads()
    person.writes("ja")
    assert sent(person).attested
