"""The line between us and PostgreSQL, on which the answer to what was committed can be lost.

Bytes are passed on as they are: what the server was told it has done, and the connection breaks before anybody hears.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from backend import postgres
from backend.postgres import Server

_SOCKET = ".s.PGSQL.5432"
_PIECE = 65536

COMMIT = b"COMMIT;"
_DONE = b"Z\x00\x00\x00\x05I"
"""How the server's answer ends when nothing is open any more."""


class Line:
    """Leads to a server. ``lose``: the answer to the next thing asked that holds these bytes is lost; ``lost``: how
    many were."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lines: set[asyncio.Task[None]] = set()
        self._folder = ""
        self.lose: bytes | None = None
        self.lost = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Line"]:
        with tempfile.TemporaryDirectory(prefix="line-") as self._folder:
            server = await asyncio.start_unix_server(self._line, Path(self._folder) / _SOCKET)
            try:
                yield self
            finally:
                server.close()
                for line in list(self._lines):
                    line.cancel()
                await asyncio.gather(*self._lines, return_exceptions=True)

    def to(self, database: postgres.Database) -> postgres.Database:
        """The database, reached by this line."""
        direct = quote(str(self._server.socket_dir))
        return replace(database, app_url=database.app_url.replace(direct, quote(self._folder)))

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            with suppress(OSError, asyncio.CancelledError):  # cancelled when the line is closed, and by nobody else
                await self._carry(reader, writer)
        finally:
            writer.transport.abort()
            self._lines.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._server.socket_dir / _SOCKET)
        losing = False

        async def forth() -> None:
            nonlocal losing
            while piece := await reader.read(_PIECE):
                if self.lose is not None and self.lose in piece:
                    self.lose, losing = None, True
                far_writer.write(piece)
                await far_writer.drain()

        async def back() -> None:
            unheard = b""
            while piece := await far_reader.read(_PIECE):
                if losing:
                    unheard = (unheard + piece)[-_PIECE:]
                    if unheard.endswith(_DONE):
                        self.lost += 1
                        return
                else:
                    writer.write(piece)
                    await writer.drain()

        ways = [asyncio.ensure_future(forth()), asyncio.ensure_future(back())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.transport.abort()
