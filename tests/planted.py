"""What people write, who they are and what opens our doors, planted wherever it can be; and where it is looked for.

While somebody is :func:`hearing`, our logs are as they are in production, with every library as talkative as it can be;
at the end nothing that was planted may stand in any line.
"""

import base64
import io
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import structlog

from bot.watching import logs
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
def logs_put_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is done to the logs meanwhile, those of the tests after it are as they were."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    yield
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:], logging.raiseExceptions = before[0], before[2]
    root.setLevel(before[1])


@contextmanager
def hearing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """Our logs as in production, with every library as talkative as it can be."""
    made = Heard()
    with logs_put_back(monkeypatch):
        monkeypatch.setattr(sys, "stderr", made.written)
        logs.configure()
        structlog.configure(processors=[made.listen, *structlog.get_config()["processors"]])
        logging.getLogger().setLevel(logging.DEBUG)
        yield made
    nothing_of_it(made.written.getvalue(), *made.raw)


# --- However it is written --------------------------------------------------------------------------------------------

_SCRIPTS = ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９")
_FEWEST = 8
"""Bytes below which a pattern is found by chance."""


def forms(secret: str) -> dict[str, bytes]:
    """Every way a secret may lie somewhere: name of the way -> the bytes. Its figures alone are looked for, too."""
    figures = re.sub(r"\D", "", secret)
    written = {
        "as written": secret,
        "in lower case": secret.lower(),
        "quoted": quote(secret),
        "with +": quote_plus(secret),
    }
    written["in JSON"] = json.dumps(secret).strip('"')
    if len(figures) >= _FEWEST:
        written["figures"], written["figures reversed"] = figures, figures[::-1]
        for script in _SCRIPTS:
            written[f"in {script}"] = secret.translate(str.maketrans("0123456789", script))
            written[f"figures in {script}"] = figures.translate(str.maketrans("0123456789", script))
    found: dict[str, bytes] = {}
    for way, words in written.items():
        plain = words.encode()
        found[way] = plain
        found[f"{way}, hex"], found[f"{way}, HEX"] = plain.hex().encode(), plain.hex().upper().encode()
        found[f"{way}, utf-16"], found[f"{way}, utf-16be"] = words.encode("utf-16-le"), words.encode("utf-16-be")
        for offset in range(3):
            found[f"{way}, base64 at {offset}"] = _base64(plain, offset)
            found[f"{way}, base64url at {offset}"] = _base64(plain, offset).translate(bytes.maketrans(b"+/", b"-_"))
    return {way: pattern for way, pattern in found.items() if len(pattern) >= _FEWEST}


def _base64(plain: bytes, offset: int) -> bytes:
    """The part of it that is the same whatever stands before and after."""
    whole = base64.b64encode(b"\0" * offset + plain).rstrip(b"=")
    end = len(whole) - (1 if (offset + len(plain)) % 3 else 0)
    return whole[(0, 2, 3)[offset] : end]


def traces(secrets: Iterable[str], data: bytes) -> list[tuple[str, str]]:
    """Which secrets lie in these bytes, and how."""
    # A database is mostly empty pages.
    data = re.sub(rb"\0{24,}", b"\0" * 24, data)
    patterns = {(one, way): pattern for one in secrets for way, pattern in forms(one).items()}
    if not _any_of(set(patterns.values()), data):
        return []
    return [found for found, pattern in patterns.items() if pattern in data]


def _any_of(patterns: Iterable[bytes], data: bytes) -> bool:
    """Whether any stands there: thousands are looked for in one reading, which Python cannot."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"\n".join(patterns))
        file.flush()
        ended = subprocess.run(
            ["grep", "-a", "-F", "-q", "-f", file.name],
            input=data,
            check=False,
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
        )
    assert ended.returncode in (0, 1), "grep does not search"
    return ended.returncode == 0
