"""What the probes tell reads as what coverage's tracer would have told."""

import ast
import runpy
from collections.abc import Iterable
from pathlib import Path

import coverage
import pytest
import slipcover
from coverage.parser import PythonParser
from slipcover.branch import preinstrument

from tests.probes import ways

SOURCE = """
def told(words):
    for word in words:
        if word == "stop":
            break
        if word == "next":
            continue
        with open("/dev/null"):
            if word == "in":
                word = "inside"
        try:
            if word == "raise":
                raise ValueError
        except ValueError:
            if word == "never":
                word = "again"
        finally:
            while word.startswith("w"):
                word = word[1:]
        match word:
            case "one" | "uno":
                word = 1
            case str() if len(word) > 4:
                word = 2
            case "five":
                word = 5
        if word == 5:
            return word

told(@)
"""


@pytest.mark.parametrize(
    "words",
    [[], ["one"], ["stop"], ["next", "in"], ["raise", "wwx"], ["uno", "longer", "else"], ["five", "one"]],
    ids=str,
)
def test_both_tell_of_the_same_branches(words: list[str], tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text(SOURCE.replace("@", repr(words)))

    probes = slipcover.Slipcover(branch=True)
    code = probes.instrument(compile(preinstrument(ast.parse(file.read_text())), str(file), "exec"))
    exec(code, {})
    (told,) = probes.get_coverage()["files"].values()

    tracer = coverage.Coverage(data_file=None, branch=True, include=[str(file)], config_file=False)
    with tracer.collect():
        runpy.run_path(str(file))
    data = tracer.get_data()

    assert _branches(file, ways(file, told)) == _branches(file, data.arcs(str(file)) or [])
    assert {line for line, to in ways(file, told) if line == to} <= set(data.lines(str(file)) or [])


def _branches(file: Path, taken: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of the ways taken that had another beside them, as the report reads them."""
    parsed = PythonParser(filename=str(file))
    parsed.parse_source()
    possible = parsed.arcs()
    lines = [line for line, _ in possible]
    return {way for way in parsed.fix_with_jumps(taken) if way in possible and lines.count(way[0]) > 1}
