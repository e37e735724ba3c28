"""A register's service of its own: answers, is late, falls over, answers nonsense; it imports nothing of ours."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

HOST = "127.0.0.1"


@dataclass
class RegisterService:
    """``facts``: what it has of whoever is asked about, none is nothing; ``status``: what it answers instead;
    ``nonsense``: the same, as a body; ``late``: seconds before it answers."""

    facts: dict[str, Any] | None = None
    status: int = 200
    nonsense: bytes = b""
    late: float = 0.0
    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/kir"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.addresses.append((await reader.readline()).decode())
            headers: dict[str, str] = {}
            while (line := (await reader.readline()).decode().strip()) != "":
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            self.headers.append(headers)
            self.asked.append(json.loads(await reader.readexactly(int(headers["content-length"]))))
            await asyncio.sleep(self.late)
            answer = {"found": self.facts is not None, "facts": self.facts}
            body = self.nonsense or json.dumps(answer).encode()
            head = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
        except ConnectionError:
            pass  # whoever asked did not wait
        finally:
            writer.close()


@asynccontextmanager
async def running(service: RegisterService) -> AsyncIterator[RegisterService]:
    listening = await asyncio.start_server(service.talk, HOST, 0)
    service.port = listening.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        listening.close()
        await listening.wait_closed()
