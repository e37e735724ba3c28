"""Whatever is to be looked at has its own line beside the conversation, and leads to where it is done."""

import ast
from pathlib import Path
from typing import get_args
from uuid import uuid4

import pytest

import backend
from backend import tasks
from backend.contract import Sealed
from backend.handover.service import TASKS
from backend.staff.desk import Role
from backend.staff.inbox.queues import looked_at
from backend.staff.talking.task_places import leads_to
from tests.backend.stories import MONDAY


def _written() -> set[str]:
    """The reasons of tasks to look at something, as they stand in the code."""
    found = set()
    for path in Path(backend.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "tasks.add" and len(node.args) > 2:
                kind, reason = node.args[1:3]
                if ast.unparse(kind) == "'check'" and isinstance(reason, ast.Constant):
                    found.add(str(reason.value))
    return found


SEALED = set(get_args(Sealed.model_fields["kind"].annotation)) - {"malformed"}
REASONS = _written() | SEALED | {reason for reason, kind in TASKS.items() if kind == "check"}


def test_no_line_says_only_that_there_is_something_to_look_at() -> None:
    assert len(REASONS) > 25
    for reason in REASONS:
        task = tasks.Task(kind="check", reason=reason, queue="caseworker", made_at=MONDAY)
        assert (looked_at(task) or tasks.in_swedish(task)) != tasks.IN_SWEDISH["check"], reason


@pytest.mark.parametrize(
    ("reason", "role", "part"),
    [
        ("application", Role.CUSTOMER_SERVICE, "/application"),
        ("photo", Role.CASEWORKER, "#sealed"),
        ("control-failed", Role.CASEWORKER, "/controls"),
        ("control-failed", Role.CUSTOMER_SERVICE, ""),
        ("branch-not-chosen", Role.CUSTOMER_SERVICE, "/for-them#branch"),
        ("technical-error", Role.CASEWORKER, ""),
    ],
)
def test_it_leads_to_what_its_role_may_open(reason: str, role: Role, part: str) -> None:
    person = uuid4()
    task = tasks.Task(kind="check", reason=reason, queue="caseworker", made_at=MONDAY)
    assert leads_to(task, person, role)[0] == f"/inbox/cases/{person}{part}"
