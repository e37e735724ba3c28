"""``imorgon staff``: accounts made, reset, closed and ended from the command line."""

import re
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from backend.staff.desk import Role
from bot.__main__ import app
from tests.planted import logs_put_back


@pytest.fixture
def told(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> "Iterator[Told]":
    with logs_put_back(monkeypatch):
        yield Told(environ)


class Told:
    """What the command answers in production."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ

    def __call__(self, *words: str, ends_with: int = 0) -> str:
        result = CliRunner().invoke(app, ["staff", *words], env=self.environ)
        assert result.exit_code == ends_with, result.output
        return result.output


NOUR = ("add", "trelleborg", "nour", "--name", "Nour", "--role", "caseworker")


def test_nothing_is_reset_that_is_not_there(told: Told) -> None:
    assert told("reset", "trelleborg", "nour", ends_with=1) == "There is no account nour.\n"


def test_an_account_is_made_reset_and_ended(told: Told) -> None:
    made = told(*NOUR)
    (code,) = re.findall(r"trelleborg(?:-[A-Z2-9]{5}){4}", made)
    assert "https://imorgon.example/inbox/enrol" in made
    listed = told("list", "trelleborg")
    assert "Nour, caseworker: nour, waits for enrolment, desks open: 0." in listed
    assert code not in listed
    assert code not in told("reset", "trelleborg", "nour")
    assert told("close", "trelleborg", "nour") == "Desks closed: 0.\n"
    assert "Tasks of hers that wait in their queues now: 0." in told("remove", "trelleborg", "nour")
    assert told("list", "trelleborg") == ""


@pytest.mark.parametrize(
    ("words", "ends_with", "said"),
    [
        (("list", "malmo"), 2, "These municipalities are served: trelleborg."),
        (
            (*NOUR[:-1], "boss"),
            2,
            f"There are these roles: {', '.join(Role)}.",
        ),
        (("remove", "trelleborg", "nour"), 1, "There is no one nour who works there."),
        ((*NOUR, "--calendar", "Nour"), 1, "There is no one calendar called Nour among the caseworkers'."),
    ],
)
def test_what_cannot_be_done_is_one_line(told: Told, words: tuple[str, ...], ends_with: int, said: str) -> None:
    assert told(*words, ends_with=ends_with).splitlines()[-1] == said
