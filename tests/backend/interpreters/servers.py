"""A mail server and an agency's service on this machine, which do what such servers do: be late, refuse, fall over."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TypeVar
from uuid import UUID

HOST = "127.0.0.1"

Server = TypeVar("Server", "Post", "Service")


@dataclass
class Post:
    """A mail server (RFC 5321, as far as a letter needs). ``refuses``: what it answers instead of taking a letter;
    ``at``: the verb it refuses; ``falls_over``: it takes the next letter, and closes the line before it has said so;
    ``slow``: seconds before each answer; ``last``: what it says to QUIT."""

    port: int = 0
    refuses: str = ""
    at: str = "RCPT"
    slow: float = 0.0
    last: str = "221 bye"
    falls_over: bool = False
    letters: list[EmailMessage] = field(default_factory=list)

    def from_message(self, number: int = -1) -> str:
        return str(self.letters[number].get_content())

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(words: str) -> None:
            await asyncio.sleep(self.slow)
            writer.write(f"{words}\r\n".encode())
            await writer.drain()

        try:
            await say("220 post.example")
            while line := await reader.readline():
                verb = line.decode().strip().upper()
                if verb.startswith(self.at) and self.refuses:
                    await say(self.refuses)
                elif verb == "DATA":
                    await say("354 go on")
                    await self._take(reader)
                    if self.falls_over:
                        self.falls_over = False
                        return
                    await say("250 taken")
                elif verb == "QUIT":
                    await say(self.last)
                    return
                else:
                    await say("250 ok")
        finally:
            writer.close()

    async def _take(self, reader: asyncio.StreamReader) -> None:
        body = b""
        while (line := await reader.readline()) not in (b".\r\n", b""):
            body += line.removeprefix(b".") if line.startswith(b"..") else line
        letter = message_from_bytes(body, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)


@dataclass
class Service:
    """An agency's service. It knows an order by its id, so the same order twice is one.

    ``answers``: what it says at once; ``acts_and_hangs``: it does what it is asked, and never answers;
    ``status``: what it answers instead of doing anything.
    """

    port: int = 0
    token: str = "t"
    answers: str = "received"
    acts_and_hangs: bool = False
    status: int = 0
    orders: dict[UUID, dict[str, str]] = field(default_factory=dict)
    bodies: list[dict[str, object]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def says(self, order: UUID, state: str, interpreter: str = "") -> None:
        """It has made up its mind."""
        self.orders[order] = {"state": state, "reference": "A-7", "interpreter": interpreter}

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            method, path, _ = (await reader.readline()).decode().split(" ")
            length, token = 0, ""
            while (line := (await reader.readline()).decode().strip()) != "":
                name, _, value = line.partition(": ")
                length = int(value) if name.lower() == "content-length" else length
                token = value if name.lower() == "authorization" else token
            body = await reader.readexactly(length)
            status, said = self._answer(method, UUID(path.rpartition("/")[2]), token, body)
            if self.acts_and_hangs:
                self.acts_and_hangs = False
                return  # the line is cut: whether it did anything is not known
            content = json.dumps(said).encode()
            head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + content)
            await writer.drain()
        finally:
            writer.close()

    def _answer(self, method: str, order: UUID, token: str, body: bytes) -> tuple[int, dict[str, str]]:
        self.asked.append(method)
        if self.status:
            return self.status, {}
        if token != f"Bearer {self.token}":
            return 401, {}
        if method == "PUT":
            self.bodies.append(json.loads(body))
            self.orders.setdefault(order, {"state": self.answers})
        if order not in self.orders:
            return 404, {}
        if method == "DELETE":
            self.says(order, "cancelled")
        return 200, self.orders[order]


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[Server]:
    listening = await asyncio.start_server(server.talk, HOST, 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
