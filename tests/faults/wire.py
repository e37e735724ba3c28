"""A wire between two programs that speak HTTP, and what goes wrong on it: cut, held, or answered by somebody else.

Each fault meets one request, and the connection with it. Bytes are passed on as they are, so nothing is proved here of
what was not really sent.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Fault = Literal[
    "cut before",
    "hung up before",
    "silent",
    "page before",
    "cut after",
    "hung up after",
    "held",
    "page after",
    "half an answer",
]
"""*Before*: the request never reaches the other side; *after*: it was done, and its answer is lost. *Cut* is a reset,
*hung up* an orderly end, *page* an HTML 502 of something in front. *Silent*: nobody ever answers; *held*: the answer
stays on its way until the wire is closed."""


@dataclass(frozen=True)
class Instead:
    """An answer of somebody else's in place of the other side's. ``done``: which had done what was asked of it."""

    status: str
    body: bytes = b"<html><body>Sign in to the network</body></html>"
    kind: str = "text/html"
    more: str = ""
    done: bool = False

    @property
    def written(self) -> bytes:
        lines = (f"HTTP/1.1 {self.status}", f"Content-Type: {self.kind}", "Connection: close", self.more)
        head = "\r\n".join(filter(None, (*lines, f"Content-Length: {len(self.body)}")))
        return head.encode() + b"\r\n\r\n" + self.body


BEFORE: tuple[Fault, ...] = ("cut before", "hung up before", "silent", "page before")
AFTER: tuple[Fault, ...] = ("cut after", "hung up after", "held", "page after", "half an answer")

_PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
_ANSWERED = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nConnection: close\r\n"
    b"Content-Length: " + str(len(_PAGE)).encode() + b"\r\n\r\n" + _PAGE
)
_METHODS = (b"GET ", b"POST ", b"PUT ")
_PIECE = 65536


class Wire:
    """Leads to ``target``. ``faults``: what the next requests meet; ``requests``: how many have begun.

    ``once``: each line carries one request, and is cut when it is used again.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.once = False
        self.faults: deque[Fault | Instead] = deque()
        self.requests = 0
        self.url = ""
        self._closing = asyncio.Event()
        self._lines: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Wire"]:
        server = await asyncio.start_server(self._line, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            self._closing.set()
            server.close()
            for line in list(self._lines):
                line.cancel()
            await asyncio.gather(*self._lines, return_exceptions=True)

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            with suppress(OSError, asyncio.CancelledError):  # cancelled when the wire is closed, and by nobody else
                await self._carry(reader, writer)
            await _close(writer)
        finally:
            self._lines.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = urlsplit(self.target)
        far_reader, far_writer = await asyncio.open_connection(there.hostname, there.port)
        fault: Fault | Instead | None = None
        used = False

        async def forth() -> None:
            nonlocal fault, used
            while piece := await reader.read(_PIECE):
                if piece.startswith(_METHODS):
                    self.requests += 1
                    fault = self.faults.popleft() if self.faults else "cut before" if used and self.once else None
                    used = True
                if fault in BEFORE or (isinstance(fault, Instead) and not fault.done):
                    await self._not_passed_on(fault, writer)
                    return
                far_writer.write(piece)
                await far_writer.drain()

        async def back() -> None:
            while piece := await far_reader.read(_PIECE):
                if fault is not None:
                    await self._lost(fault, piece, writer)
                    return
                writer.write(piece)
                await writer.drain()

        ways = [asyncio.ensure_future(forth()), asyncio.ensure_future(back())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await _close(far_writer)

    async def _not_passed_on(self, fault: Fault | Instead | None, writer: asyncio.StreamWriter) -> None:
        match fault:
            case "cut before":
                writer.transport.abort()
            case "silent":
                await self._closing.wait()
            case Instead():
                writer.write(fault.written)
                await writer.drain()
            case "page before":
                writer.write(_ANSWERED)
                await writer.drain()

    async def _lost(self, fault: Fault | Instead, answer: bytes, writer: asyncio.StreamWriter) -> None:
        match fault:
            case "cut after":
                writer.transport.abort()
            case "held":
                await self._closing.wait()
            case Instead():
                writer.write(fault.written)
                await writer.drain()
            case "page after":
                writer.write(_ANSWERED)
                await writer.drain()
            case "half an answer":
                head, _, body = answer.partition(b"\r\n\r\n")
                writer.write(head + b"\r\n\r\n" + body[: len(body) // 2])
                await writer.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
