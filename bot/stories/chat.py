"""Talk with the running demo from a terminal, over HTTP as everybody else does.

A line written is a message sent; what is answered is printed as it comes, in the language of the conversation. Text
written from the right is left to the terminal to lay out: it is told to find the direction of each paragraph itself,
which terminals that know of directions do and the others ignore.
"""

import asyncio
import secrets
import sys
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2

from bot.text import direction, language_name

FOUND_BY_ITSELF = "\x1b[?2501h"
AS_BEFORE = "\x1b[?2501l"
"""Direction of each paragraph found by the terminal itself, and back (terminal-wg BiDi, autodetection)."""

Write = Callable[[str], None]


class NothingRuns(Exception):
    """The demo does not answer, or has no terminal; the words say what to do."""


class Conversation:
    """One conversation with a municipality: send words, ask for lines."""

    def __init__(self, url: str, municipality: str, *, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._path = f"{url}/terminal/{municipality}"
        self._last = 0
        self._http = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {secrets.token_urlsafe(24)}"},
            timeout=40.0,
            trust_env=False,
            transport=transport,
        )

    async def write(self, words: str) -> None:
        """Send one message. Raises NothingRuns."""
        await self._asked("POST", json={"words": words, "id": uuid4().hex})

    async def read(self) -> list[dict[str, Any]]:
        """The lines that have come since last time; waits for them a while. Raises NothingRuns."""
        answer = (await self._asked("GET", params={"after": self._last})).json()
        self._last = answer["last"]
        lines: list[dict[str, Any]] = answer["lines"]
        return lines

    async def close(self) -> None:
        await self._http.aclose()

    async def _asked(self, method: str, **sent: Any) -> httpx2.Response:
        try:
            response = await self._http.request(method, self._path, **sent)
        except httpx2.TransportError:
            raise NothingRuns(f"Nothing answers at {self._url}. Start the demo with: make demo") from None
        if response.status_code == 404:
            raise NothingRuns(f"{self._path} is not there: the terminal is open in the demo, for its municipalities.")
        if response.status_code == 503:
            raise NothingRuns("The service answers, but can receive nothing now. Try again in a moment.")
        response.raise_for_status()
        return response


async def talk(conversation: Conversation, language: str | None, lines: "asyncio.Queue[str]", write: Write) -> int:
    """Talk until an empty string ends the input. Gives the exit code: 1 when nothing runs."""
    speaking = asyncio.create_task(_speak(conversation, language, lines))
    listening = asyncio.create_task(_listen(conversation, write))
    try:
        done, _ = await asyncio.wait({speaking, listening}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    except NothingRuns as stopped:
        write(str(stopped))
        return 1
    finally:
        speaking.cancel()
        listening.cancel()
        await asyncio.gather(speaking, listening, return_exceptions=True)
        await conversation.close()
    return 0


async def _speak(conversation: Conversation, language: str | None, lines: "asyncio.Queue[str]") -> None:
    if language is not None:
        # A language's own name, as the whole message, is how anybody chooses it.
        await conversation.write(language_name(language, language))
    while line := await lines.get():
        await conversation.write(line.rstrip("\n"))


async def _listen(conversation: Conversation, write: Write) -> None:
    while True:
        lines = await conversation.read()
        for line in lines:
            for paragraph in paragraphs(line):
                write(paragraph)
        if not lines:
            # Nobody has written yet, or nothing came: no hurry.
            await asyncio.sleep(0.3)


def paragraphs(line: dict[str, Any]) -> list[str]:
    """One line of the conversation as paragraphs of a terminal, each with its own direction."""
    mark = "  " if direction(line["language"]) == "ltr" else ""
    said = [*line["text"], *(f"{mark}{choice}" for choice in line["choices"])]
    return [*said, *([line["tail"]] if line["tail"] else []), ""]


def run(url: str, municipality: str, language: str | None) -> int:
    """The command ``imorgon chat``: talk with the demo at this address until the input ends."""
    if sys.stdout.isatty():
        print(FOUND_BY_ITSELF, end="", flush=True)
    try:
        return asyncio.run(_at_the_keyboard(url, municipality, language))
    except KeyboardInterrupt:
        return 0
    finally:
        if sys.stdout.isatty():
            print(AS_BEFORE, end="", flush=True)


async def _at_the_keyboard(url: str, municipality: str, language: str | None) -> int:
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        line = " "
        while line:
            line = sys.stdin.readline()
            loop.call_soon_threadsafe(lines.put_nowait, line)

    # A thread that waits at the keyboard must not keep the command from ending.
    threading.Thread(target=read, daemon=True).start()
    return await talk(Conversation(url, municipality), language, lines, print)
