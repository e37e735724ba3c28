"""Events on an open page: whoever leaves in the midst of them is let go, and nothing is left of him."""

import asyncio
import logging
from collections.abc import AsyncGenerator

import pytest
from fastapi import FastAPI
from fastapi.sse import ServerSentEvent

from bot.pages.stream import Stream
from bot.stories.serving import serving

READERS = 20


async def test_leaving_in_the_midst_of_events_disturbs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    begun: list[int] = []
    closed: list[int] = []
    all_closed = asyncio.Event()

    async def events(number: int) -> AsyncGenerator[ServerSentEvent, None]:
        begun.append(number)
        try:
            while True:
                yield ServerSentEvent(event="entry", data={"html": "x" * 2000})
                await asyncio.sleep(0)
        finally:
            closed.append(number)
            if len(closed) == READERS:
                all_closed.set()

    app = FastAPI()

    @app.get("/{number}")
    async def stream(number: int) -> Stream:
        return Stream(events(number))

    with caplog.at_level(logging.ERROR):
        async with serving(app) as url:
            host, port = url.removeprefix("http://").split(":")
            for number in range(READERS):
                reads, writes = await asyncio.open_connection(host, int(port))
                writes.write(f"GET /{number} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
                await reads.readuntil(b"event: entry")
                await reads.read(1 + number * 500)
                writes.transport.abort()
            async with asyncio.timeout(20):
                await all_closed.wait()
    assert sorted(closed) == sorted(begun) == list(range(READERS))
    assert caplog.messages == []


async def test_an_event_is_written_with_everything_it_has() -> None:
    async def events() -> AsyncGenerator[ServerSentEvent, None]:
        yield ServerSentEvent(retry=3000)
        yield ServerSentEvent(event="entry", id="7", data={"html": "<p>مرحبا\nhej</p>"})
        yield ServerSentEvent(comment="still here")

    stream = Stream(events())
    assert [bytes(chunk) async for chunk in stream.body_iterator] == [  # type: ignore[arg-type]
        b"retry: 3000\n\n",
        'event: entry\ndata: {"html": "<p>مرحبا\\nhej</p>"}\nid: 7\n\n'.encode(),
        b": still here\n\n",
    ]
    assert stream.headers["content-type"].startswith("text/event-stream")
