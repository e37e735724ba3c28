"""The table of README.md and the tests name the same cases; and what the strict server holds against a request."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.bot.house import NUMBER, SARA
from tests.faults.strict import answered, misfits

HERE = Path(__file__).parent
FAMILIES = ("test_lines.py", "test_answers.py", "test_oddities.py", "test_ourselves.py")


def rows() -> list[tuple[str, str]]:
    """Name and test of every case of the table."""
    found = re.findall(
        r"^\| ([^|]+) \|.*\| `([^`]+::[^`]+)` \|$", (HERE / "README.md").read_text("utf-8"), re.MULTILINE
    )
    return [(name.strip(), test) for name, test in found]


def names_in(file: Path) -> set[str]:
    return {
        step.name
        for step in ast.parse(file.read_text("utf-8")).body
        if isinstance(step, ast.FunctionDef | ast.AsyncFunctionDef) and step.name.startswith("test_")
    }


def test_every_case_has_its_test_and_every_test_its_case() -> None:
    named = [test for _, test in rows()]
    for test in named:
        file, _, name = test.partition("::")
        assert name in names_in(HERE / file), test
    for file in FAMILIES:
        assert {f"{file}::{name}" for name in names_in(HERE / file)} <= set(named)
    assert [name for name, times in Counter(name for name, _ in rows()).items() if times > 1] == []
    assert len([test for test in named if not test.startswith("../")]) >= 60


GOOD = {"To": SARA, "From": NUMBER, "Body": "Hej", "StatusCallback": "https://example.se/sms/status?id=1"}
BAD: dict[str, dict[str, str]] = {
    "no number": {**GOOD, "To": "070-174 06 05"},
    "a blank for the plus": {**GOOD, "To": SARA.replace("+", " ")},
    "nobody to send from": {name: value for name, value in GOOD.items() if name != "From"},
    "two to send from": {**GOOD, "MessagingServiceSid": "MG" + "a" * 32},
    "no such field": {**GOOD, "Text": "Hej"},
    "nothing to say": {**GOOD, "Body": ""},
    "too much": {**GOOD, "Body": "a" * 1601},
    "validity is no number": {**GOOD, "ValidityPeriod": "an hour"},
    "an underscore in the host": {**GOOD, "StatusCallback": "https://my_host.se/"},
    "a callback without a scheme": {**GOOD, "StatusCallback": "example.se/sms"},
}


def test_what_fits_is_taken() -> None:
    assert misfits("create", GOOD.items()) == []
    assert misfits("list", {"To": SARA, "PageSize": "50"}.items()) == []


@pytest.mark.parametrize("given", BAD.values(), ids=list(BAD))
def test_what_does_not_fit_is_seen(given: dict[str, str]) -> None:
    assert len(misfits("create", given.items())) == 1


def test_what_does_not_fit_a_listing_or_an_answer_is_seen() -> None:
    assert misfits("list", {"PageSize": "5000"}.items()) == ["list: PageSize does not fit"]
    assert set(misfits("create", [*GOOD.items(), ("To", SARA)])) == {"create: To stands there twice"}
    assert answered(True, 400, {"message": "no"}) == ["error: its members are missing"]
    assert "message: sid" in answered(True, 201, {"sid": "SM1"})
