"""What a file that came in is, whether it can be taken, and how it is kept.

The file is read by another program (see ``decoding``), held to little memory and little time: whatever somebody put
into it, it cannot take the backend with it, and finds there neither a key nor a way to the database. What that program
says is checked as if a stranger had said it.
"""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from pydantic import Field, ValidationError

from backend.contract import DocumentKind, DocumentRefused, DocumentWarning, Value

SECONDS = 30.0
"""How long the reading of one file may take, on the clock of the wall."""
GROWTH = 6
"""How many times larger than allowed a picture drawn anew may be (a small JPEG that is a large PNG inside)."""

_PROGRAM = Path(__file__).with_name("decoding.py")
_SAID = 4096
_AT_ONCE = max(1, min(4, os.cpu_count() or 1))


class Refused(Exception):
    """Why a file is not taken. Never says anything of what is in it."""

    def __init__(self, why: DocumentRefused) -> None:
        super().__init__(why)
        self.why = why


class Found(Value):
    """What the reader says of a file it could read."""

    kind: DocumentKind
    pages: int = Field(ge=1)
    warnings: tuple[DocumentWarning, ...] = ()


class _Not(Value):
    refused: DocumentRefused


@dataclass(frozen=True)
class Examined:
    """A file that can be taken: what it is, and the paper as it is kept."""

    found: Found
    paper: bytes = field(repr=False)


class Examiner:
    """Reads files, a few at a time. ``most_pages``: of a PDF; ``most_bytes``: of the file as it came."""

    def __init__(self, most_bytes: int, most_pages: int, *, seconds: float = SECONDS) -> None:
        self._most_bytes, self._most_pages, self._seconds = most_bytes, most_pages, seconds
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def examine(self, content: bytes) -> Examined:
        """What the file is. Raises Refused, and OSError when the reader cannot be started."""
        if not content:
            raise Refused("unreadable")
        if len(content) > self._most_bytes:
            raise Refused("too-large")
        async with self._few:
            said, paper = await self._read(content)
        try:
            found = Found.model_validate_json(said)
        except ValidationError:
            raise Refused(_why(said)) from None
        if not paper:
            raise Refused("unreadable")
        return Examined(found, paper)

    async def _read(self, content: bytes) -> tuple[bytes, bytes]:
        loop, most = asyncio.get_running_loop(), self._most_bytes * GROWTH + _SAID
        process, reading = await loop.subprocess_exec(
            lambda: _Reading(most, loop.create_future(), loop.create_future()),
            sys.executable,
            "-I",
            str(_PROGRAM),
            str(self._most_pages),
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        try:
            # uvloop's pipes are not of asyncio's classes, and do the same.
            to_it = cast(asyncio.WriteTransport, process.get_pipe_transport(0))
            with suppress(RuntimeError):  # uvloop's word for: it fell before it was given all, and ends by itself
                to_it.write(content)
                to_it.write_eof()
            async with asyncio.timeout(self._seconds):
                await reading.ended
        except TimeoutError:
            raise Refused("too-heavy") from None
        finally:
            process.close()  # it is killed if it still runs, also when whoever asked has gone
            await reading.gone
        if process.get_returncode() != 0 or len(reading.heard) > most:  # it met its limits, or a decoder fell
            raise Refused("too-heavy")
        said, _, paper = bytes(reading.heard).partition(b"\n")
        return said[:_SAID], paper


class _Reading(asyncio.SubprocessProtocol):
    """What the program says, and that it has ended; once it says more than it may, it is heard no more."""

    def __init__(self, most: int, ended: "asyncio.Future[None]", gone: "asyncio.Future[None]") -> None:
        self.heard, self.ended, self.gone, self._most = bytearray(), ended, gone, most

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002  # there is one pipe to hear
        self.heard += data
        if len(self.heard) > self._most:
            self._end()

    def process_exited(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # why does not matter
        self._end()

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


def _why(said: bytes) -> DocumentRefused:
    try:
        return _Not.model_validate_json(said).refused
    except ValidationError:
        return "unreadable"
