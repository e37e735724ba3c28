"""What people write, who they are and what opens our doors, planted wherever it can be; and where it is looked for.

While somebody is :func:`hearing`, our logs are as they are in production, with every library as talkative as it can be;
at the end nothing that was planted may stand in any line.
"""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

from bot import logs
from tests.backend.stories import PERSON_NUMBER
from tests.bot.house import SARA, TOKEN
from tests.bot.telegraph import BOT, SECRET

NAME = "Zdravka Utsäter"
WORDS = f"{NAME} {PERSON_NUMBER} {SARA} {BOT}"

PLANTED = {
    "name": NAME,
    "half a name": "Utsäter",
    "escaped name": json.dumps("Utsäter").strip('"'),
    "personnummer": PERSON_NUMBER,
    "its digits": PERSON_NUMBER.replace("-", "")[-10:],
    "telephone": SARA,
    "its digits alone": SARA.removeprefix("+"),
    "telephone in an address": SARA.replace("+", "%2B"),
    "telegram's token": BOT,
    "its secret half": BOT.partition(":")[2],
    "telegram's secret": SECRET,
    "twilio's token": TOKEN,
}


def nothing_of_it(*places: object) -> None:
    """Nothing that was planted stands in any of these."""
    for place in places:
        said = place if isinstance(place, str) else repr(place)
        found = [what for what, planted in PLANTED.items() if planted in said]
        assert not found, f"{found} in {said[:2000]}"


class Heard:
    """Everything written to stderr by our logs, and our own lines as they were before anything was left out."""

    def __init__(self) -> None:
        self.written = io.StringIO()
        self.raw: list[dict[str, Any]] = []

    def listen(self, _: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        self.raw.append(dict(line))
        return line

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]

    def events(self) -> set[str]:
        return {line["event"] for line in self.lines}


@contextmanager
def hearing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """Our logs as in production, with every library as talkative as it can be."""
    made, root = Heard(), logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(sys, "stderr", made.written)
    logs.configure()
    structlog.configure(processors=[made.listen, *structlog.get_config()["processors"]])
    root.setLevel(logging.DEBUG)
    yield made
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:], logging.raiseExceptions = before[0], before[2]
    root.setLevel(before[1])
    nothing_of_it(made.written.getvalue(), *made.raw)
