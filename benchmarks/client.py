"""People who write, over HTTP, from a process of their own: as lean as can be, for it runs on the server's machine."""

import asyncio
import base64
import hmac
import itertools
from dataclasses import dataclass, field
from hashlib import sha1
from time import perf_counter
from typing import Protocol
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.form20 import PER_CONVERSATION, TWICE, Exchange, conversation, telephone


class Channel(Protocol):
    """How a person's message becomes a request."""

    def request(self, person: int, words: str) -> bytes:
        """The bytes of one message. Sent again as they are, they are the same message."""

    def learn(self, person: int, head: bytes) -> None:
        """What an answer's head told (a cookie)."""


@dataclass
class Sms:
    """Twilio's webhooks, signed for the address it knows us by."""

    public_url: str
    account_sid: str
    auth_token: str
    number: str

    def request(self, person: int, words: str) -> bytes:
        sid = f"SM{uuid4().hex}"
        form = {
            "ToCountry": "SE",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "SmsSid": sid,
            "SmsStatus": "received",
            "Body": words,
            "To": self.number,
            "NumSegments": "1",
            "MessageSid": sid,
            "AccountSid": self.account_sid,
            "From": telephone(person),
            "ApiVersion": "2010-04-01",
        }
        said = f"{self.public_url}/sms/inbound" + "".join(name + form[name] for name in sorted(form))
        signature = base64.b64encode(hmac.new(self.auth_token.encode(), said.encode(), sha1).digest()).decode()
        return _post("/sms/inbound", form, f"X-Twilio-Signature: {signature}\r\n")

    def learn(self, person: int, head: bytes) -> None:
        """Nothing: Twilio keeps no cookies for us."""


@dataclass
class Web:
    """The chat's own form, as its script posts it; the cookie comes with the first answer."""

    path: str
    cookies: dict[int, str] = field(default_factory=dict)

    def request(self, person: int, words: str) -> bytes:
        cookie = f"Cookie: {self.cookies[person]}\r\n" if person in self.cookies else ""
        form = {"words": words, "post": uuid4().hex}
        return _post(f"{self.path}/say", form, f"Accept: application/json\r\nSec-Fetch-Site: same-origin\r\n{cookie}")

    def learn(self, person: int, head: bytes) -> None:
        if person not in self.cookies:
            line = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"set-cookie: imorgon_chat="))
            self.cookies[person] = line.split(b": ", 1)[1].split(b";")[0].decode()


def _post(path: str, form: dict[str, str], headers: str) -> bytes:
    body = urlencode(form)
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


@dataclass
class Talks:
    """What came of it: seconds each turn took, how long all of it took, and what was said by whom."""

    seconds: list[float]
    lasted: float
    said: dict[int, list[Exchange]]


async def talk(
    channel: Channel,
    ports: list[int],
    *,
    users: int,
    people: range,
    languages: tuple[str, ...],
    exchanges: int = PER_CONVERSATION,
) -> Talks:
    """``users`` at a time, people have their conversations; each message goes to the next process in turn.

    Raises SystemExit at an answer that is not 2xx.
    """
    seconds: list[float] = []
    said: dict[int, list[Exchange]] = {}
    waiting, turn_of = iter(people), itertools.cycle(range(len(ports)))

    async def user() -> None:
        lines = [await asyncio.open_connection("127.0.0.1", port) for port in ports]
        for person in waiting:
            said[person] = conversation(person, languages[person % len(languages)])[:exchanges]
            for place, exchange in enumerate(said[person]):
                request = channel.request(person, exchange.writes)
                begins = perf_counter()
                channel.learn(person, await ask(*lines[next(turn_of)], request))
                seconds.append(perf_counter() - begins)
                if place == TWICE:
                    await ask(*lines[next(turn_of)], request)
        for _, writer in lines:
            writer.close()

    begins = perf_counter()
    await asyncio.gather(*(user() for _ in range(users)))
    return Talks(seconds, perf_counter() - begins, said)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """One request on an open connection; gives the answer's head. Raises SystemExit at an answer that is not 2xx."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: ")), 0)
    if length:
        await reader.readexactly(length)
    if not head.startswith(b"HTTP/1.1 2"):
        raise SystemExit(f"a message was answered {head[:60]!r}")
    return head
