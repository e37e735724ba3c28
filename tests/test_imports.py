"""Arrows that import-linter cannot draw: who may import only a few named things, and nothing else at all."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            # "from bot import form" names bot.form; "from bot.form import Form" names bot.form too
            yield from (f"{node.module}.{name.name}" for name in node.names)


def allowed(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


# A flow asks, says, returns. It does not send, save, fetch or look at the clock.
FLOWS_MAY = {
    "backend.contract",
    "bot.flows",
    "bot.form",
    "bot.questions",
    "bot.text",
    "collections.abc",
    "dataclasses",
    "enum",
} | {f"datetime.{kind}" for kind in ("date", "datetime", "time", "timedelta")}


@pytest.mark.parametrize("flow", sorted((ROOT / "bot" / "flows").glob("[a-z]*.py")), ids=lambda file: file.stem)
def test_a_flow_asks_says_returns(flow: Path) -> None:
    assert {name for name in imported(flow) if not allowed(name, FLOWS_MAY)} == set()

    clocks = [
        f"line {node.lineno}: {node.value.id}.{node.attr}"
        for node in ast.walk(ast.parse(flow.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if (node.value.id, node.attr) in {("date", "today"), ("datetime", "now"), ("datetime", "today")}
    ]
    assert clocks == [], "the day is form.today"


def test_the_launcher_needs_nothing_but_python() -> None:
    standard = set(sys.stdlib_module_names)
    assert {name for name in imported(ROOT / "backend" / "postgres.py") if not allowed(name, standard)} == set()


def test_the_contract_needs_nothing_but_pydantic() -> None:
    standard = {*sys.stdlib_module_names, "pydantic"}
    assert {name for name in imported(ROOT / "backend" / "contract.py") if not allowed(name, standard)} == set()


def test_no_two_modules_need_each_other() -> None:
    """Also not for their types alone: what two rooms both speak of has a module of its own."""
    files = [file for half in ("backend", "bot") for file in (ROOT / half).rglob("*.py")]
    modules = {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}

    def module(name: str) -> str:
        while name not in modules:
            name = name.rpartition(".")[0]
        return name

    needs = {
        one: {module(name) for name in imported(file) if allowed(name, {"backend", "bot"})} - {one}
        for one, file in modules.items()
    }
    TopologicalSorter(needs).prepare()  # raises CycleError, which names them
