"""The next month filled in with what she sent last: what stands in it, what she saves, and what it is sent as."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.contract import AnswerRecord, ReadableApplication
from bot.conversation import as_before
from bot.conversation.as_before import Page, Posted, Saved
from bot.conversation.talk import Talk
from bot.form import LEFT
from bot.messages import Renewed, Run
from tests.bot.conversation.test_application import sent
from tests.bot.conversation.test_renewal import ALL_SECTIONS, applied
from tests.bot.talker import Talker

LAST: dict[str, Any] = {
    "applies_alone": True,
    "month": "this",
    "stays_here": True,
    "has_children": True,
    "child_name#1": "Sara",
    "child_age#1": 4,
    "child_days#1": 30,
    "child_more#1": True,
    "child_name#3": "Ali",
    "child_age#3": 9,
    "child_days#3": 30,
    "child_more#3": False,
    "housing": "rental",
    "housing_kronor": 5850,
    "rooms": 2,
    "home_persons": 3,
    "cost_kinds": ["electricity", "internet"],
    "cost_kronor#electricity": 400,
    "cost_period#electricity": "month",
    "cost_receipt#electricity": True,
    "cost_for#electricity": "all",
    "cost_kronor#internet": 900,
    "cost_period#internet": "once",
    "cost_receipt#internet": True,
    "cost_for#internet": "all",
    "has_income": True,
    "income_kinds": ["salary"],
    "income_kronor#salary": 2100,
    "income_day#salary": 23,
    "pending_benefits": False,
    "asset_kinds": ["none"],
    "debt_kinds": ["none"],
    "planning": "job-seeking",
    "work_steps": ["registered", "applied"],
    "job_title#1": "Kock",
    "job_employer#1": "Köket",
    "job_when#1": "i förra veckan",
    "job_more#1": False,
    "lived_on": "lön",
    "contact_by": ["text"],
    "may_ask": ["none"],
    "account": None,
}
"""What was answered the first time, as it is stored."""


def application(answers: Mapping[str, Any], *unchanged: str, kind: Any = "new") -> ReadableApplication:
    return ReadableApplication(
        application=UUID(int=len(answers)),
        kind=kind,
        month=date(2026, 12, 1),
        received_at=applied_at,
        answers=tuple(
            AnswerRecord(
                question=key,
                shown=key,
                shown_in_swedish=key,
                language="sv",
                meaning=meaning,
                answer="Besvarat på sidan" if meaning is None else str(meaning),
                at=applied_at,
                channel="web",
            )
            for key, meaning in answers.items()
        ),
        unchanged=unchanged,
        sealed=("account",) if "account" in answers else (),
    )


applied_at = applied().now
KNOWN = as_before.before([application(LAST)])


def renewing() -> Talker:
    """Somebody who has begun to apply for January, by text message."""
    person = applied().writes("ansök").writes("1")
    assert run_of(person).flow == "renewal"
    return person


def run_of(person: Talker) -> Run:
    assert person.state.run is not None
    return person.state.run


def talk(person: Talker) -> Talk:
    return Talk(person.state, person.policy, person.now)


def page(person: Talker, section: str) -> Page:
    return as_before.page(talk(person), run_of(person), section, KNOWN)


def fields(shown: Page) -> dict[str, str]:
    return {one.name: one.value for group in shown.groups for one in group.fields}


def posted(shown: Page, **changed: str | None) -> Posted:
    """The page as it is sent, with these fields changed; ``None``: nothing stands there."""
    given = {**fields(shown), **{key.replace("__", "#"): words for key, words in changed.items()}}
    return Posted({key: words for key, words in given.items() if words}, shown.ids)


def saves(person: Talker, section: str, **changed: str | None) -> Saved:
    """A section is saved as it stands, but for what she changes."""
    read = as_before.read(talk(person), run_of(person), section, posted(page(person, section), **changed), "sv")
    assert isinstance(read, Saved), [(one.name, one.error) for one in read.wrong]
    person.happens(Renewed(run_of(person).id, "sv", read.answers, read.words, read.gone))
    return read


def is_not_understood(person: Talker, section: str, given: Posted) -> Page:
    read = as_before.read(talk(person), run_of(person), section, given, "sv")
    assert isinstance(read, Page)
    return read


# --- What stands ------------------------------------------------------------------------------------------------------


def test_what_was_called_unchanged_stands_as_it_was_said_before_that() -> None:
    latest = application({"has_income": False, "rooms": 3}, "housing", "children", kind="recurring")
    between = application({"has_income": True, "has_children": False}, "housing", kind="recurring")
    stands = as_before.before([latest, between, application(LAST)])
    assert (stands["has_income"], stands["has_children"], stands["housing_kronor"]) == (False, False, 5850)
    assert "applies_alone" not in stands
    assert "child_name#1" not in stands


def test_nothing_secret_stands_nor_what_is_said_anew_each_month() -> None:
    assert not {"account", "month", "stays_here", "changed"} & {*KNOWN}
    assert not [key for key in KNOWN if key.startswith("job_")]
    # A cost that came once is not asked for again by leaving it there.
    assert KNOWN["cost_kinds"] == ["electricity"]
    assert not [key for key in KNOWN if key.endswith("#internet")]


def test_where_every_cost_came_once_it_is_asked_anew() -> None:
    once = {
        "cost_kinds": ["care"],
        "care_kinds": ["medicine"],
        "cost_period#medicine": "once",
        "cost_kronor#medicine": 90,
    }
    assert as_before.before([application(once)]) == {}


def test_what_is_no_answer_any_more_is_left_out() -> None:
    assert as_before.before([application({"housing": "castle", "rooms": 400, "new_question": 1})]) == {}


# --- The page ---------------------------------------------------------------------------------------------------------


def test_a_section_stands_there_as_she_sent_it_and_nothing_is_kept_of_that() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="2,3")
    before = run_of(person)
    assert fields(page(person, "housing")) == {
        "housing": "1",
        "housing_kronor": "5850",
        "rooms": "2",
        "home_persons": "3",
    }
    assert fields(page(person, "income")) == {
        "has_income": "1",
        "income_kinds": "1",
        "income_kronor#salary": "2100",
        "income_day#salary": "23",
        "pending_benefits": "2",
    }
    assert run_of(person) == before


def test_the_items_of_a_list_stand_each_under_its_name_and_keep_their_ids() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="2")
    shown = page(person, "children")
    assert shown.ids == {"children": ("1", "3")}
    assert [group.item for group in shown.groups] == ["", "children#1", "children#3"]
    assert "child_more#1" not in fields(shown)
    assert fields(shown)["child_more#3"] == "2"


def test_a_section_that_has_not_changed_has_no_page() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="6")
    assert page(person, "housing").groups == ()


# --- Saving -----------------------------------------------------------------------------------------------------------


def test_when_nothing_has_changed_the_rest_is_unchanged_and_the_month_is_as_the_last() -> None:
    person = renewing()
    assert as_before.where(talk(person), run_of(person)) == "changed"
    saves(person, "changed", stays_here="1", changed="6")
    for section in ("costs", "income"):
        assert as_before.where(talk(person), run_of(person)) == section
        saves(person, section)
    # The jobs of the month before are not this month's.
    shown = page(person, "planning")
    assert fields(shown)["job_title#1"] == ""
    saves(person, "planning", job_title__1="Städare", job_employer__1="Rent, Malmö", job_when__1="igår")
    assert as_before.where(talk(person), run_of(person)) is None
    assert "Stämmer det?" in person.reads()
    application = sent(person.writes("ja"))
    assert application.unchanged == ALL_SECTIONS
    assert application.housing is None
    assert application.costs is not None
    assert [(cost.kind, cost.kronor) for cost in application.costs] == [("electricity", 400)]
    assert application.incomes is not None
    assert [(income.kind, income.kronor, income.day) for income in application.incomes] == [("salary", 2100, 23)]
    assert application.applied_for is not None
    assert [job.title for job in application.applied_for] == ["Städare"]


def test_what_has_changed_is_sent_whole_and_the_rest_as_unchanged() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="3")
    read = saves(person, "housing", housing_kronor="6100")
    assert read.answers == {"housing": "rental", "housing_kronor": 6100, "rooms": 2, "home_persons": 3}
    assert read.words == {"housing_kronor": "6100", "rooms": "2", "home_persons": "3"}
    for section in ("costs", "income"):
        saves(person, section)
    saves(person, "planning", work_steps="1")
    application = sent(person.writes("ja"))
    assert (application.housing, application.housing_kronor) == ("rental", 6100)
    assert application.unchanged == tuple(one for one in ALL_SECTIONS if one != "housing")


def test_a_child_is_taken_away_and_another_is_added() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="2")
    shown = page(person, "children")
    without = Posted(posted(shown).fields, shown.ids, frozenset({("children", "1")}))
    read = as_before.read(talk(person), run_of(person), "children", without, "sv")
    assert isinstance(read, Saved)
    assert read.answers["children"] == ["3"]
    assert read.answers["child_name#3"] == "Ali"
    assert "child_name#1" not in read.answers

    more = is_not_understood(person, "children", posted(shown, child_more__3="1"))
    assert more.ids == {"children": ("1", "3", "4")}
    assert [one.name for one in more.wrong] == ["child_name#4", "child_age#4", "child_days#4"]
    assert fields(more)["child_name#3"] == "Ali"
    new = posted(more, child_name__4="Noor", child_age__4="1", child_days__4="30", child_more__4="2")
    read = as_before.read(talk(person), run_of(person), "children", new, "sv")
    assert isinstance(read, Saved)
    assert (read.answers["children"], read.answers["child_more#3"]) == (["1", "3", "4"], True)


def test_what_follows_from_a_change_is_asked_before_anything_is_kept() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="6")
    shown = page(person, "costs")
    before = run_of(person)
    again = is_not_understood(person, "costs", posted(shown, cost_kinds="1,5"))
    assert {one.name for one in again.wrong} == {"cost_kronor#union", "cost_period#union", "cost_receipt#union"}
    assert fields(again)["cost_kronor#electricity"] == "400"
    assert run_of(person) == before
    # What is not needed any more stands there for nothing.
    read = saves(person, "costs", cost_kinds="9")
    assert read.answers == {"cost_kinds": ["none"]}


def test_an_empty_field_is_asked_about_and_may_wait_for_the_meeting() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="3")
    shown = page(person, "housing")
    again = is_not_understood(person, "housing", posted(shown, rooms=None, housing_kronor="mycket"))
    assert [one.name for one in again.wrong] == ["housing_kronor", "rooms"]
    assert fields(again)["housing_kronor"] == "mycket"
    left = Posted({**posted(shown).fields, "rooms": ""}, shown.ids, left=frozenset({"rooms"}))
    read = as_before.read(talk(person), run_of(person), "housing", left, "sv")
    assert isinstance(read, Saved)
    assert read.answers["rooms"] == LEFT
    person.happens(Renewed(run_of(person).id, "sv", read.answers, read.words, read.gone))
    assert page(person, "housing").left == {"rooms"}
    assert fields(page(person, "housing"))["rooms"] == ""


def test_a_number_that_nobody_asked_for_is_neither_taken_nor_shown() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="6")
    shown = page(person, "income")
    given = posted(shown, pending_benefits="1")
    again = is_not_understood(person, "income", given)
    again = is_not_understood(person, "income", posted(again, pending_from="kassan, 19900704-2386"))
    assert [one.name for one in again.wrong] == ["pending_from"]
    assert fields(again)["pending_from"] == ""


def test_what_was_answered_in_the_chat_stands_before_what_was_sent_last() -> None:
    person = renewing()
    for words in ("ja", "6", "2", "99"):
        person.writes(words)
    assert fields(page(person, "costs")) == {
        "cost_kinds": "2",
        "cost_kronor#home-insurance": "99",
        "cost_period#home-insurance": "",
        "cost_receipt#home-insurance": "",
    }


def test_a_section_can_be_gone_back_to_and_what_is_not_asked_any_more_goes() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="3")
    saves(person, "housing")
    read = saves(person, "housing", housing="7")
    assert read.gone == ("housing_kronor", "rooms", "home_persons")
    assert not {*read.gone} & {*run_of(person).answers}
    assert as_before.sections(talk(person), run_of(person)) == ("changed", "housing")


# --- The talk meanwhile -----------------------------------------------------------------------------------------------


def test_the_talk_waits_while_she_is_on_the_page_and_goes_on_from_there() -> None:
    person = renewing()
    asked = person.state.thread.open
    saves(person, "changed", stays_here="1", changed="6")
    assert (person.turns[-1].says, person.state.thread.open) == ((), asked)
    # Whatever she writes there now is no answer to what she has answered here.
    person.writes("ja")
    assert "Vad av det här betalar du?" in person.reads()
    assert "cost_kinds" not in run_of(person).answers


def test_in_the_web_chat_the_next_section_is_there_at_once() -> None:
    person = renewing()
    person.state = person.state.with_thread(channel="web")
    saves(person, "changed", stays_here="1", changed="6")
    assert person.state.thread.open is not None
    assert person.state.thread.open.question == "cost_kinds"


def test_under_staff_it_is_kept_and_nothing_is_said() -> None:
    person = renewing()
    thread = person.state.thread
    person.state = person.state.with_thread(owner="staff", epoch=thread.epoch + 1)
    read = as_before.read(
        talk(person), run_of(person), "changed", posted(page(person, "changed"), stays_here="1", changed="6"), "sv"
    )
    assert isinstance(read, Saved)
    turns = len(person.turns)
    person.happens(Renewed(run_of(person).id, "sv", read.answers, read.words, read.gone))
    assert not any(turn.says for turn in person.turns[turns:])
    assert run_of(person).answers["changed"] == ["none"]


def test_what_cannot_wait_is_answered_first() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="6")
    saves(person, "income")
    event = Renewed(run_of(person).id, "sv", {"pending_from": "x"}, {"pending_from": "vi har ingen mat"})
    person.happens(event)
    assert "acute" in [message.kind for message in person.turns[-1].says]


def test_what_was_sent_meanwhile_is_not_changed_by_a_page_that_was_open() -> None:
    person = renewing()
    saves(person, "changed", stays_here="1", changed="6")
    for section in ("costs", "income"):
        saves(person, section)
    saves(person, "planning", work_steps="1")
    run = run_of(person)
    person.writes("ja")
    person.happens(Renewed(run.id, "sv", {"cost_kinds": ["none"]}))
    assert person.state.runs[run.id].answers["cost_kinds"] == ["electricity"]
