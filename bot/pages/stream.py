"""Server-sent events on an open page. Whoever leaves in the midst of them is let go quietly.

Written with FastAPI's words for an event, but not sent by its streams: those raise when a page is left while events
still wait to be sent, as every page is that somebody only passes.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from fastapi.responses import StreamingResponse
from fastapi.sse import ServerSentEvent, format_sse_event

_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""No proxy keeps events back to send several at once."""


class Stream(StreamingResponse):
    """Events as they come, until there are no more or nobody listens."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[ServerSentEvent, None]) -> None:
        super().__init__(_written(events), headers=_HEADERS)


async def _written(events: AsyncGenerator[ServerSentEvent, None]) -> AsyncIterator[bytes]:
    async with aclosing(events):
        async for one in events:
            data = None if one.data is None else json.dumps(one.data, ensure_ascii=False)
            yield format_sse_event(data_str=data, event=one.event, id=one.id, retry=one.retry, comment=one.comment)
