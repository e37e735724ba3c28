"""The paper form asks what the talk asks: all of it, in its order, and says when a question is for few."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backend.printing.form import FORMS, Form, as_json
from bot.__main__ import app
from bot.flows import flows
from bot.form import Each, Flow
from bot.form import Form as Answers
from bot.paper import description
from bot.questions import Kronor, Number, OneOf, Person, Question, YesNo
from bot.text import N_, languages, say

HOMES = ("rental", "sublet", "lodger", "owned", "with-parents", "rented-house", "none")


@pytest.fixture(scope="module")
def application() -> dict[str, Any]:
    return description(flows()["application"])


def question(form: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in form["questions"] if one["name"] == name)
    return found


def test_the_form_that_is_kept_is_the_one_the_bot_asks(application: dict[str, Any]) -> None:
    """Renewed by ``imorgon form > backend/printing/forms/application.json``."""
    kept = (FORMS / "application.json").read_text("utf-8")
    assert kept == as_json(Form.model_validate(application))


def test_every_question_of_the_flow_stands_there_once_in_every_language(application: dict[str, Any]) -> None:
    names = (FORMS.parents[2] / "tests" / "bot" / "question_names.txt").read_text("utf-8").splitlines()
    asked = {line.split(" · ")[1] for line in names if line.startswith("application ·")}
    given = [(one["name"], one["of"]) for one in application["questions"]]
    assert len(given) == len(set(given))
    # "One more child?" is more rows on paper, and two who apply together write on the same.
    on_paper = {name for name in asked if not name.endswith("_more")} - {"partner_part", "own_name"}
    assert {one["name"] for one in application["questions"]} == on_paper
    for one in application["questions"]:
        assert set(one["text"]) == set(languages())
        for words in one["text"].values():
            assert "{" not in (words.replace("{kind}", "") if one["of"] else words)


def test_sections_stand_in_their_order(application: dict[str, Any]) -> None:
    order = [one["section"] for one in application["questions"]]
    assert list(dict.fromkeys(order)) == [section["key"] for section in application["sections"]]
    assert order == sorted(order, key=list(dict.fromkeys(order)).index)


@pytest.mark.parametrize(
    ("name", "only_if"),
    [
        ("applies_alone", None),
        ("partner_planning", {"question": "applies_alone", "answers": [False]}),
        ("child_days", {"question": "has_children", "answers": [True]}),
        ("sick_certificate", {"question": "planning", "answers": ["sick-leave"]}),
        ("rooms", {"question": "housing", "answers": [home for home in HOMES if home != "none"]}),
        # One of several choices opens these.
        ("care_kinds", {"question": "cost_kinds", "answers": ["care"]}),
        ("vehicle_bought", {"question": "asset_kinds", "answers": ["vehicle"]}),
        ("email", {"question": "contact_by", "answers": ["email"]}),
        # Who lives in a home of others is asked how many they are; whose household is not known, too.
        ("home_persons", None),
        # Asked of who has no income, and of who has another than pay: on paper of everybody.
        ("worked_last_year", None),
    ],
)
def test_a_condition_is_said_only_where_nobody_is_asked_without_it(
    application: dict[str, Any], name: str, only_if: object
) -> None:
    assert question(application, name)["only_if"] == only_if


def test_a_list_has_its_name() -> None:
    form = description(flows()["application"])
    lists = [(one["name"], one["list"]) for one in form["questions"] if one["list"]]
    assert lists[0] == ("child_name", "children")
    assert {name for _, name in lists} == {"children", "vehicles", "jobs"}


def test_what_is_asked_of_each_choice_stands_there_once(application: dict[str, Any]) -> None:
    of = {(one["of"], one["name"]): one["about"] for one in application["questions"] if one["of"]}
    incomes = [option["value"] for option in question(application, "income_kinds")["options"]]
    assert of["income_kinds", "income_kronor"] == of["income_kinds", "income_day"] == incomes
    # "Something else" may be owed, paid, owned and got: each is its own.
    assert of["debt_kinds", "debt_kronor"] == ["rent", "electricity", "union", "childcare", "other"]
    assert of["cost_kinds", "cost_other"] == ["other"]
    # For whom a cost is was met with one of them; it is asked of each. Which care it is is asked instead of "care".
    assert of["cost_kinds", "cost_for"] == of["cost_kinds", "cost_kronor"]
    assert "care" not in of["cost_kinds", "cost_kronor"]
    assert of["care_kinds", "cost_receipt"] == ["medical-care", "medicine", "medical-travel", "acute-dental"]
    assert question(application, "cost_period")["text"]["sv"] == "{kind}: hur ofta betalar du det?"


def test_the_command_writes_the_questions_and_prints_the_form(tmp_path: Path) -> None:
    to, runner = tmp_path / "form.pdf", CliRunner()
    assert runner.invoke(app, ["form"]).output == (FORMS / "application.json").read_text("utf-8")
    assert runner.invoke(app, ["form", "--print", str(to), "--language", "ar", "--large"]).exit_code == 0
    assert to.read_bytes().startswith(b"%PDF")
    for wrong in (
        ["welcome"],
        ["--print", str(to), "--language", "xx"],
        ["--print", str(to), "--municipality", "lund"],
    ):
        assert runner.invoke(app, ["form", *wrong]).exit_code == 2


def test_a_flow_that_asks_by_two_answers_names_neither_alone() -> None:
    """Rent is asked of tenants, and of owners who have a loan: on paper of everybody who has a home."""
    home = Question("home", N_("How do you live?"), OneOf({"rent": N_("Rented flat"), "own": N_("Own home")}))
    loan = Question("loan", N_("Are there bills that you could not pay?"), YesNo())
    cost = Question("cost", N_("What do you pay for it a month, in kronor?"), Kronor())
    names, more = (
        Question("who", N_("What is the child's first name?"), Person()),
        Question("who_more", N_("One more child?"), YesNo()),
    )
    days = Question("days", N_("How many days a month does {name} live with you? 30 = always."), Number(0, 31))
    children = Each("who", more)

    def asks(form: Answers) -> None:
        if form.ask_or_leave(home) == "rent" or form.ask_or_leave(loan):
            form.ask_or_leave(cost)
        for child in form.each(children):
            name = form.ask_or_leave(names, about=child)
            form.ask_or_leave(days, about=child, name=name or say(N_("the child")))

    form = description(Flow("example", asks))
    assert [one["name"] for one in form["questions"]] == ["home", "loan", "cost", "who", "days"]
    assert question(form, "loan")["only_if"] == {"question": "home", "answers": ["own"]}
    assert question(form, "cost")["only_if"] is None
    assert question(form, "days")["text"]["sv"].startswith("Hur många dagar i månaden bor barnet")
