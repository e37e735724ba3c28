"""Her plan on the page: in her language, and in Swedish as it stands with staff; a proposal says that it is one."""

from datetime import date

from backend.contract import AgreedLine, ReadablePlan
from bot.pages.secure import readable_plan

PLAN = ReadablePlan(
    kind="work",
    goal=AgreedLine(text={"sv": "Mål: att du får ett jobb.", "so": "Hadaf: inaad shaqo hesho."}),
    steps=(AgreedLine(text={"sv": "Ta körkort", "so": "Ta körkort"}),),
    branch=AgreedLine(text={"sv": "Industri", "so": "Warshad"}),
    review_on=date(2026, 12, 18),
    written_on=date(2026, 12, 11),
    agreed=False,
)


def test_it_stands_in_both_languages_and_own_words_are_marked_as_swedish() -> None:
    shown = readable_plan(PLAN, "so")
    assert [(one.language, one.goal, one.branch) for one in shown.said] == [
        ("so", "Hadaf: inaad shaqo hesho.", "Warshad"),
        ("sv", "Mål: att du får ett jobb.", "Industri"),
    ]
    assert [step.language for one in shown.said for step in one.steps] == ["sv", "sv"]
    assert not shown.agreed


def test_who_reads_swedish_reads_it_once() -> None:
    assert [one.language for one in readable_plan(PLAN, "sv").said] == ["sv"]
