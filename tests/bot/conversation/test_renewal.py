"""Somebody applies again: for the next month, for none that is open, or for one cost; asked no more than is needed."""

from datetime import UTC, date, datetime

import pytest

from backend.contract import (
    ApplicationChoice,
    ApplicationChoiceQuery,
    ApplicationFlag,
    Cost,
    Income,
    NextApplication,
    NoticeKind,
)
from bot.flows import flows
from bot.messages import Elapsed, Timer, Waiting
from tests.bot.conversation.test_application import ALONE, answers, applying, sent
from tests.bot.talker import CAREFUL, NONE_YET, RECURRING, Talker

JANUARY = NextApplication(month=date(2027, 1, 1), opens_on=date(2026, 12, 15), remind_on=date(2026, 12, 17))
AS_IT_WAS = {
    "stays_here": "ja",
    "changed": "6",
    "cost_kinds": "nej",
    "has_income": "nej",
    "pending_benefits": "nej",
    "planning": "2",
    "work_steps": "1",
}
"""Nothing has changed and nothing comes in."""
ALL_SECTIONS = ("household", "children", "housing", "assets", "reaching")


def applied(choice: ApplicationChoice = RECURRING, channel: str = "sms") -> Talker:
    """Somebody who applied for December, has her time, and whom the backend knows by now."""
    person = applying(channel)
    answers(person, ALONE)
    person.writes("ja").writes("1").writes("2")
    assert person.state.person.applied is not None
    if person.state.thread.open is not None:
        person.writes("senare")
    person.choice = choice
    person.now = datetime(2026, 12, 15, 10, tzinfo=UTC)
    return person


def asked_for(person: Talker) -> str:
    opened = person.state.thread.open
    return opened.question if opened is not None else ""


def flow(person: Talker) -> str | None:
    return person.state.run.flow if person.state.run is not None else None


def test_the_next_month_is_chosen_for_her_and_she_is_told_which() -> None:
    person = applied().writes("ansök")
    assert person.reads() == "Du kan söka för en ny månad: januari. Vad vill du? 1 Månaden 2 En enda kostnad 3 Inte nu"
    person.writes("1")
    assert "Januari: är du här i kommunen hela den månaden?" in person.reads()


def test_when_nothing_has_changed_it_is_done_in_eight_messages() -> None:
    person = applied().writes("ansök").writes("1")
    before = len(person.turns)
    assert len(answers(person, AS_IT_WAS)) == 7
    assert "2 Ändrat: Ingenting." in person.reads()
    person.writes("ja")
    assert len(person.turns) - before <= 8 + 1  # the receipt is an event of its own
    application = sent(person)
    assert (application.kind, application.month) == ("recurring", date(2027, 1, 1))
    assert application.unchanged == ALL_SECTIONS
    assert (application.housing, application.children, application.applies_alone) == (None, None, None)
    assert (application.lived_on, application.worked_last_year, application.has_income) == (None, None, False)


def test_what_has_changed_is_asked_as_the_first_time_and_the_rest_is_sent_as_unchanged() -> None:
    person = applied().writes("ansök").writes("1")
    more = {"changed": "3", "housing": "1", "housing_kronor": "6100", "rooms": "2", "home_persons": "1"}
    answers(person, {**AS_IT_WAS, **more})
    person.writes("ja")
    application = sent(person)
    assert (application.housing, application.housing_kronor) == ("rental", 6100)
    assert application.unchanged == ("household", "children", "assets", "reaching")


def test_a_partner_who_is_new_is_asked_about() -> None:
    person = applied().writes("ansök").writes("1")
    more = {
        "changed": "1 2",
        "applies_alone": "nej",
        "partner_name": "Sam",
        "partner_planning": "1",
        "has_children": "nej",
        "cost_kinds": "1",
        "cost_kronor#electricity": "500",
        "cost_period#electricity": "1",
        "cost_receipt#electricity": "ja",
        "cost_for#electricity": "4",
    }
    answers(person, {**AS_IT_WAS, **more})
    person.writes("ja")
    application = sent(person)
    assert application.partner is not None
    assert application.costs == (Cost(kind="electricity", kronor=500, period="month", receipt=True, applies_to="all"),)
    assert "partners_money" in application.later


def test_costs_and_money_of_the_month_are_asked_each_with_its_sum() -> None:
    person = applied().writes("ansök").writes("1")
    more = {
        "cost_kinds": "1",
        "cost_kronor#electricity": "500",
        "cost_period#electricity": "1",
        "cost_receipt#electricity": "ja",
        "has_income": "ja",
        "income_kinds": "1",
        "income_kronor#salary": "2400",
        "income_day#salary": "25",
    }
    answers(person, {**AS_IT_WAS, **more})
    person.writes("ja")
    application = sent(person)
    # Nobody asked whose the cost is, since nothing was asked of the household.
    assert application.costs == (Cost(kind="electricity", kronor=500, period="month", receipt=True),)
    assert application.incomes == (Income(kind="salary", kronor=2400, day=25),)


def test_who_leaves_it_to_the_meeting_says_of_nothing_that_it_is_unchanged() -> None:
    person = applied().writes("ansök").writes("1").writes("ja").writes("senare")
    answers(person, AS_IT_WAS)
    person.writes("ja")
    assert sent(person).unchanged == ()
    assert "changed" in sent(person).later


def test_a_month_that_is_not_open_is_said_and_she_may_apply_all_the_same() -> None:
    person = applied(NONE_YET).writes("ansök")
    assert "Nästa: januari, från tisdag 15 december. Då skriver vi." in person.reads()
    person.writes("1")
    answers(person, AS_IT_WAS)
    person.writes("ja")
    assert sent(person).month == date(2027, 1, 1)


def test_who_does_not_want_to_now_is_let_alone() -> None:
    person = applied(NONE_YET).writes("ansök").writes("3")
    assert person.reads() == "Då vet vi. Skriv när du vill ha hjälp."
    assert person.state.run is None


def test_what_is_odd_is_said_and_refuses_nothing() -> None:
    flags = (
        ApplicationFlag(why="same-month", on=date(2026, 12, 3)),
        ApplicationFlag(why="closed-lately", on=date(2026, 12, 4)),
    )
    person = applied(RECURRING.model_copy(update={"said": flags})).writes("ansök")
    assert "Du har redan sökt för den månaden, torsdag 3 december. Du får söka igen." in person.reads()
    assert "Ditt ärende avslutades fredag 4 december. Du får alltid söka igen." in person.reads()
    assert flow(person.writes("1")) == "renewal"


def test_where_the_backend_is_away_it_is_the_first_application_as_ever() -> None:
    person = applied()
    person.away = True
    person.writes("ansök")
    query = next(call for call in reversed(person.calls) if isinstance(call.value, ApplicationChoiceQuery))
    person.happens(Waiting(query.id))
    assert flow(person) == "application"
    assert "Söker du ensam" in person.reads()
    assert person.state.thread.awaited == ()


def test_yes_to_the_new_month_begins_it_at_once() -> None:
    person = applied().tells(NoticeKind.NEXT_APPLICATION, JANUARY)
    opened: Timer = person.turns[-1].timers[0]
    person.now = opened.at
    person.happens(Elapsed(opened.timer, opened.reference)).leaves().writes("ja")
    assert flow(person) == "renewal"
    assert "Januari: är du här" in person.reads()


def test_yes_to_the_new_month_is_asked_once_also_where_who_reads_is_asked_first() -> None:
    person = applied().tells(NoticeKind.NEXT_APPLICATION, JANUARY)
    person.state = person.state.with_thread(shared=None)
    opened: Timer = person.turns[-1].timers[0]
    person.now = opened.at
    person.happens(Elapsed(opened.timer, opened.reference)).leaves().writes("ja")
    assert "Läser någon annan" in person.reads()
    person.writes("1")
    assert flow(person) == "renewal"
    assert "Januari: är du här" in person.reads()


def test_yes_to_the_reminder_goes_on_with_what_was_begun() -> None:
    person = applied().writes("ansök").writes("1").writes("ja")
    person.tells(NoticeKind.NEXT_APPLICATION, JANUARY)
    again: Timer = person.turns[-1].timers[1]
    person.now = again.at
    person.happens(Elapsed(again.timer, again.reference))
    assert person.reads() == "Det du skrev finns kvar. Vill du fortsätta? 1 Ja 2 Nej"
    person.leaves().writes("ja")
    assert asked_for(person) == "changed"


def test_a_single_cost_is_asked_for_in_five_questions_on_any_day() -> None:
    person = applied(NONE_YET).writes("ansöka om glasögon")
    asked = answers(
        person,
        {
            "single_cost": "1",
            "cost_kronor": "1 900",
            "single_cost_when": "i januari",
            "single_cost_paper": "2",
            "single_cost_why": "ser inte på nära håll",
        },
    )
    assert len(asked) == 5
    person.writes("ja")
    assert "Spara papperet." in person.reads()
    application = sent(person)
    assert (application.kind, application.unchanged, application.cost_kinds) == ("supplementary", (), None)
    assert application.costs == (
        Cost(
            kind="glasses",
            kronor=1900,
            period="once",
            paper="estimate",
            when="i januari",
            why="ser inte på nära håll",
        ),
    )


def test_a_single_cost_is_offered_where_the_application_is_chosen() -> None:
    assert flow(applied(NONE_YET).writes("ansök").writes("2")) == "single_cost"


def test_what_came_last_is_what_is_corrected() -> None:
    person = applied().writes("ansök").writes("1")
    answers(person, AS_IT_WAS)
    person.writes("ja")
    january = person.state.person.applied
    person.now = datetime(2027, 1, 8, 10, tzinfo=UTC)
    person.writes("ändra 4").writes("ja")
    answers(person, {**AS_IT_WAS, "income_kinds": "1", "income_kronor#salary": "900", "income_day#salary": "25"})
    person.writes("ja")
    correction = sent(person)
    assert (correction.kind, correction.corrects) == ("recurring", january)
    assert correction.month == date(2027, 1, 1)


def test_ansok_leaves_a_correction_that_has_changed_nothing() -> None:
    person = applied().writes("ändra").writes("nej").writes("ansök")
    assert asked_for(person) == "which_application"
    person = applied().writes("ändra 7").writes("3").writes("ansök")
    assert asked_for(person).startswith("confirm:")


def test_ansok_in_the_middle_of_one_asks_the_open_question_again() -> None:
    person = applied().writes("ansök").writes("1").writes("ansök")
    assert asked_for(person) == "stays_here"
    assert (
        len([one for one in person.calls if isinstance(one.value, ApplicationChoiceQuery)]) == 2
    )  # the first and this


def test_where_it_may_not_be_asked_here_who_has_met_us_gets_a_new_time() -> None:
    person = applied()
    person.policy = CAREFUL
    person.writes("ansök")
    assert "Då tar vi frågorna på mötet" in person.reads()
    assert flow(person) == "first_meeting"


def test_the_first_word_of_all_is_a_call_for_help_and_is_greeted() -> None:
    person = Talker().writes("ansök")
    assert "Ansök" in person.reads()
    assert flow(person) == "welcome"


@pytest.mark.parametrize("name", ["application", "renewal", "single_cost"])
def test_each_is_an_application_that_can_be_corrected(name: str) -> None:
    assert flows()[name].application
