"""A small case system of its own: takes signed webhooks, falls over, is late, loses answers; and tells what it decided.

It is written from the specification of Standard Webhooks and imports nothing of ours.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2

HOST = "127.0.0.1"
TOLERANCE = 300
"""Seconds a signature may be old or early."""

SECRET = "whsec_" + base64.b64encode(b"the first secret of the case system").decode()
NEW_SECRET = "whsec_" + base64.b64encode(b"the second one, that comes after it").decode()


@dataclass
class CaseSystem:
    """``status``: what it answers instead of taking anything; ``loses``: how many it takes and cuts the line instead of
    answering; ``late``: seconds before it answers; ``refuses``: a type it never takes; ``wait``: its ``Retry-After``;
    ``elsewhere``: where its answer says that one should ask instead; ``endless``: the part of its answer that it goes
    on with for as long as somebody listens; ``came``: it has taken something; ``ahead``: seconds its clock is before
    ours, in stories that move ours."""

    port: int = 0
    secrets: tuple[str, ...] = (SECRET,)
    status: int = 0
    loses: int = 0
    late: float = 0.0
    refuses: str = ""
    wait: int | str = 0
    elsewhere: str = ""
    endless: Literal["", "head", "body"] = ""
    ahead: float = 0.0
    asked: list[str] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/webhooks"

    @property
    def kinds(self) -> list[str]:
        """What it has taken, each once, in the order it took it."""
        return [one["type"] for one in self.taken.values()]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readline()
            headers: dict[str, str] = {}
            while (line := (await reader.readline()).decode().strip()) != "":
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            status = self._take(headers, body)
            if self.loses and status < 300:
                self.loses -= 1
                return  # the line is cut: whether it took it is not known
            await asyncio.sleep(self.late)
            said = f"Retry-After: {self.wait}\r\n" if self.wait else ""
            said += f"Location: {self.elsewhere}\r\n" if self.elsewhere else ""
            writer.write(f"HTTP/1.1 {status} X\r\n{said}Connection: close\r\n".encode())
            while self.endless == "head":
                await self._goes_on(writer, b"X-More: more\r\n")
            writer.write(b"\r\n" if self.endless else b"Content-Length: 0\r\n\r\n")
            while self.endless == "body":
                await self._goes_on(writer, b"more" * 1000)
            await writer.drain()
        except ConnectionError:
            pass  # whoever asked did not wait
        finally:
            writer.close()

    @staticmethod
    async def _goes_on(writer: asyncio.StreamWriter, more: bytes) -> None:
        writer.write(more)
        await writer.drain()
        await asyncio.sleep(0.01)

    def _take(self, headers: dict[str, str], body: bytes) -> int:
        webhook = headers.get("webhook-id", "")
        self.asked.append(webhook)
        if not self._is_signed(headers, body):
            return 401
        self.bodies.setdefault(webhook, set()).add(body)
        if self.status:
            return self.status
        told = json.loads(body)
        if told["type"] == self.refuses:
            return 422
        self.taken.setdefault(webhook, told)
        self.came.set()
        return 200

    def _is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        moment = headers.get("webhook-timestamp", "")
        if not moment.isdigit() or abs(time.time() + self.ahead - int(moment)) > TOLERANCE:
            return False
        shown = [one.partition(",") for one in headers.get("webhook-signature", "").split(" ")]
        for secret in self.secrets:
            key = base64.b64decode(secret.removeprefix("whsec_"))
            signed = f"{headers.get('webhook-id', '')}.{moment}.".encode() + body
            right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
            if any(version == "v1" and hmac.compare_digest(right, value) for version, _, value in shown):
                return True
        return False


@asynccontextmanager
async def running(system: CaseSystem) -> AsyncIterator[CaseSystem]:
    listening = await asyncio.start_server(system.talk, HOST, system.port)
    system.port = listening.sockets[0].getsockname()[1]
    try:
        yield system
    finally:
        listening.close()
        await listening.wait_closed()


@dataclass
class Caller:
    """The same system's other side: it tells over HTTP, with its token."""

    client: httpx2.AsyncClient
    token: str
    slug: str = "trelleborg"

    async def posts(self, path: str, body: object) -> httpx2.Response:
        return await self.client.post(
            f"/api/v1/{self.slug}/case-system/{path}", json=body, headers={"Authorization": f"Bearer {self.token}"}
        )

    async def tells(self, *lines: object) -> list[dict[str, Any]]:
        """What became of each line."""
        answer = await self.posts("imports", {"lines": lines})
        if answer.status_code != 200:
            raise AssertionError(answer.text)
        found: list[dict[str, Any]] = answer.json()["lines"]
        return found
