"""Serves an application until it is told to stop. Open streams end then by themselves: stopping waits for no page."""

import asyncio
import gc
from socket import socket
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

GRACE = 2
"""Seconds an answer under way is given to finish."""

KEPT_OPEN = 75
"""Seconds a connection on which nothing is asked is kept: longer than whoever asks keeps his (the bot 5, proxies 60 as
a rule). Where both let go at the same moment, what is asked then is lost, and a person reads that we are away."""


class Server(uvicorn.Server):
    """Uvicorn for one of our applications."""

    def __init__(self, app: ASGIApp, *, host: str, port: int, **more: Any) -> None:
        self._stopping = asyncio.Event()
        # Who asked for what, from where, is nobody's business: no access log.
        config = uvicorn.Config(
            _Parting(app, self._stopping),
            host=host,
            port=port,
            access_log=False,
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=KEPT_OPEN,
            log_config=None,  # its lines go where ours go, as we tell them
            **more,
        )
        super().__init__(config)

    def run(self, sockets: list[socket] | None = None) -> None:
        leave_what_is_here()
        super().run(sockets)

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        log.info("serving", port=self.config.port)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._stopping.set()
        await super().shutdown(sockets)


def leave_what_is_here() -> None:
    """From now on the garbage collector leaves alone what a process that is about to serve has loaded and made.

    It stays until the process ends. Looking through all of it finds nothing, and holds everybody up for a fifth of a
    second again and again.
    """
    gc.collect()
    gc.freeze()


class _Parting:
    """Tells whoever still answers when we stop that the other side has left, and closes what he leaves open."""

    def __init__(self, app: ASGIApp, stopping: asyncio.Event) -> None:
        self._app, self._stopping = app, stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked, answering = False, False

        async def hear() -> Message:
            nonlocal asked
            if not asked:
                message = await receive()
                asked = not message.get("more_body", False)
                return message
            return await self._whichever_first(receive)

        async def tell(message: Message) -> None:
            nonlocal answering
            answering = message["type"] == "http.response.start" or bool(message.get("more_body", False))
            await send(message)

        await self._app(scope, hear, tell)
        if answering and self._stopping.is_set():
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _whichever_first(self, receive: Receive) -> Message:
        hears, stops = asyncio.ensure_future(receive()), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({hears, stops}, return_when=asyncio.FIRST_COMPLETED)
            return hears.result() if hears.done() else {"type": "http.disconnect"}
        finally:
            hears.cancel()
            stops.cancel()
