"""A worker whose sender answers at once: ``python -m benchmarks.at_once FILE``. What is sent is written to the file.

Everything else is the worker of ``imorgon worker``. A line of the file outlives a kill -9 of the process, as what a
provider has taken does; asked afterwards, the sender looks there. Business time stands still, at noon.
"""

import asyncio
import os
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import uvloop
from fastapi import APIRouter

from backend.contract import Channel
from benchmarks import form20
from bot import settings, worker
from bot.conversation import turn
from bot.engine import Engine
from bot.leaving import settling, states, unknown
from bot.leaving.carriers import Letter, Outcome, Span

NOON = datetime.now(UTC).replace(hour=11)
LEASE, LISTED = timedelta(seconds=8), timedelta(seconds=20)
"""Shorter than ours: the measurement waits them out when a worker has been killed."""

_LINE = struct.Struct("16sqq")


@dataclass(frozen=True)
class Line:
    """One message that was sent: its row, the person, and when (monotonic nanoseconds of this machine)."""

    id: UUID
    person: int
    at: int


def lines(folder: Path) -> Iterator[Line]:
    """What all senders of a folder have sent."""
    for file in sorted(folder.glob("sent-*")):
        for id_, person, at in _LINE.iter_unpack(file.read_bytes()):
            yield Line(UUID(bytes=id_), person, at)


@dataclass
class AtOnce:
    """Channel ``sms`` without a provider."""

    file: Path
    name: Channel = "sms"
    read_here: bool = False
    can_be_asked: bool = True
    _writes: int = field(init=False)

    def __post_init__(self) -> None:
        self._writes = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    async def send(self, letter: Letter) -> Outcome:
        os.write(self._writes, _LINE.pack(letter.id.bytes, int(letter.address[1:]), time.monotonic_ns()))
        return Outcome("sent", reference=letter.id.hex)

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:  # noqa: ARG002
        went = any(letter.id.bytes in file.read_bytes() for file in self.file.parent.glob("sent-*"))
        return Outcome("sent", reference=letter.id.hex) if went else None

    def router(self, engine: Engine) -> APIRouter:  # noqa: ARG002  # nobody calls here
        return APIRouter()


async def work(file: Path) -> None:
    read = settings.read(os.environ)
    engine = Engine(read, lambda: NOON, turn, {"sms": AtOnce(file)})
    await worker.run(engine, asyncio.Event())


if __name__ == "__main__":
    states.LEASE, unknown.LISTED_UNTIL, settling.ASK_AGAIN = LEASE, LISTED, timedelta(seconds=1)
    form20.offer()
    uvloop.run(work(Path(sys.argv[1])))
