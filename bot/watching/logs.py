"""What we write down of ourselves: one line of JSON an event, with words of ours alone.

A line carries the names below and nothing else, and no value that looks like somebody's number. Of an error it tells
the class and the place, never the words: they may be what a person wrote, an address with a token in it, a row of a
table. That holds for the libraries too, whose lines are told by their place.
"""

import logging
import re
import sys
import threading
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any

import structlog

NAMES = frozenset(
    {
        *(
            "event",
            "level",
            "timestamp",
            "library",
            "place",
            "error",
            "where",
            "why",
            "problem",
            "reason",
            "wrong",
            "what",
        ),
        *(
            "municipality",
            "channel",
            "provider",
            "language",
            "kind",
            "call",
            "loop",
            "state",
            "status",
            "code",
            "known",
        ),
        *("attempts", "seconds", "segments", "budget", "sentence", "trouble", "lasted", "port", "failed"),
        *("rule", "rows"),
    }
)
"""What a line may tell. A new name belongs here when its values are always ours."""

LONGEST = 300
_SOMEBODYS = re.compile(r"(?:\d[ \u00a0-]?){8,}|\d{3,}:[A-Za-z0-9_-]{20,}|@")
"""Eight digits and more (numbers of people, telephones, cards), a bot's token, an address of mail."""

REMOVED = "(removed)"


def configure(*, keyboard: bool = False) -> None:
    """From now on everything that is logged in this process, by us or by a library, is written so, to stderr.

    ``keyboard``: somebody reads along, who is to see what goes wrong and nothing else.
    """
    least = logging.ERROR if keyboard else logging.INFO
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            only_ours,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False) if keyboard else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # a line of a library that cannot be made is not shown with its values
    root = logging.getLogger()
    root.handlers[:] = [Library()]
    root.setLevel(max(least, logging.WARNING))
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda raised: _tell_error("unraisable", raised.exc_value)
    threading.excepthook = lambda raised: _tell_error("thread ended", raised.exc_value)


def only_ours(_: Any, __: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The line with the names that may stand there, and values that tell of nobody."""
    error = line.pop("exc_info", None)
    kept = {name: _kept(value) for name, value in line.items() if name in NAMES}
    if isinstance(error, BaseException):
        kept |= {"error": type(error).__name__, "where": where(error)}
    return kept


def _kept(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value if not isinstance(value, int) or abs(value) < 10**8 else REMOVED
    if isinstance(value, list | tuple):
        return [_kept(one) for one in value]
    words = str(value)[:LONGEST]
    return REMOVED if _SOMEBODYS.search(words) else words


class Library(logging.Handler):
    """Lines of the libraries: which one, how serious, where in its code, and what class of error."""

    def emit(self, record: logging.LogRecord) -> None:
        told: dict[str, Any] = {"library": record.name, "place": f"{record.module}:{record.lineno} {record.funcName}"}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told |= {"error": type(error).__name__, "where": where(error)}
        structlog.get_logger().log(record.levelno, "library", **told)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        _tell_error("ended", error)


def _tell_error(event: str, error: BaseException | None) -> None:
    structlog.get_logger().critical(event, error=type(error).__name__, where=where(error) if error else [])


def where(error: BaseException) -> list[str]:
    """The way through the code to an error, without values: its last frames."""
    frames = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return frames[-6:]
