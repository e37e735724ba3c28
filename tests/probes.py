"""Which lines and branches the tests go through, told by probes in our own code instead of by tracing everybody's.

Coverage's tracer is called at each line of each library too, and Python 3.11 knows no quicker way: following took as
long as what was followed. *slipcover* puts a probe at each line of our modules as they are imported, and takes it out
when it has told enough. What the probes told is written as coverage's own data, combined and reported with that of the
processes the tests start: coverage traces those.

Importing this module sets them, where coverage is measured; what was imported before has none.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import coverage
import slipcover
from coverage.parser import PythonParser

_ROOT = Path(__file__).parents[1]

Way = tuple[int, int]
"""From one line to another; a negative one is the end of what begins there."""


class Probes:
    """The probes of this process, in place of its tracer."""

    def __init__(self, tracer: coverage.Coverage) -> None:
        tracer.stop()
        self._data_file = str(Path(str(tracer.get_option("run:data_file"))).absolute())
        sources = [str(_ROOT / source) for source in ("backend", "bot")]
        # What was never imported and which lines are left out the report finds by itself: it would be read twice.
        self._told = slipcover.Slipcover(branch=True, exclude_lines=[])
        ours = slipcover.FileMatcher(sources=sources)
        slipcover.wrap_spec_from_file_location(self._told, ours)  # by which the migrations are loaded
        slipcover.ImportManager(self._told, ours).__enter__()  # for as long as the process lives

    def write(self) -> None:
        """Write what was told so far, as a process that coverage traced would when it ends."""
        files = self._told.get_coverage()["files"]
        data = coverage.CoverageData(basename=self._data_file, suffix=True)
        data.add_arcs({str(_ROOT / file): ways(_ROOT / file, told) for file, told in files.items()})
        data.write()


def ways(file: Path, told: Mapping[str, Any]) -> set[Way]:
    """The ways through a file in coverage's words."""
    parsed = PythonParser(filename=str(file))
    parsed.parse_source()
    possible = _by_line(parsed.arcs())
    tree = ast.parse(file.read_bytes())
    choices = {node.lineno: node.cases for node in ast.walk(tree) if isinstance(node, ast.Match)}
    taken = [(line, to) for line, to in told["executed_branches"]]
    named = _by_line([*taken, *((line, to) for line, to in told["missing_branches"])])
    found = {(line, line) for line in told["executed_lines"]}
    for line, to in taken:
        if line in choices:
            found.update(_through(choices[line], to, possible))
        elif to in possible[line]:
            found.add((line, to))
        else:  # The two name a way out of a block differently: it is the one that only coverage names.
            found |= {(line, other) for other in possible[line] - named[line]}
    return found


def _through(cases: Iterable[ast.match_case], to: int, possible: Mapping[int, set[int]]) -> Iterator[Way]:
    """The ways to what stands at ``to``, or past all cases: for coverage each case leads to its body or to the next."""
    for case in cases:
        here, body = case.pattern.lineno, case.body[0].lineno
        if to == body:
            yield here, body
            return
        yield from ((here, other) for other in possible[here] - {body})


def _by_line(ways: Iterable[Way]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for line, to in ways:
        found[line].add(to)
    return found


_TRACER = coverage.Coverage.current()
PROBES = None if _TRACER is None else Probes(_TRACER)
