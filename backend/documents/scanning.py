"""Whether a file carries a virus: asks clamd, over its socket, in its own protocol (``INSTREAM``).

The file is sent as it came, not as it is kept. The two libraries for this speak to a TCP port alone; Debian's clamd
listens at a socket file, and the protocol is a length before each piece.
"""

import asyncio
import contextlib
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 60.0
_PINGED = 10.0
_PIECE = 1 << 16
_LONGEST_ANSWER = 4096


class ScanAway(Exception):
    """The scanner did not answer, or could not say. Whoever asked asks again later; nothing goes by unscanned."""


@dataclass(frozen=True)
class Clamd:
    """Where clamd listens: a socket file, or a host and port."""

    path: str = ""
    host: str = ""
    port: int = 0

    @classmethod
    def at(cls, address: str) -> "Clamd":
        """From a setting: ``unix:/run/clamav/clamd.ctl`` or ``tcp://127.0.0.1:3310``. Raises ValueError."""
        parts = urlsplit(address)
        if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
            return cls(path=parts.path)
        if parts.scheme == "tcp" and parts.hostname and parts.port:
            return cls(host=parts.hostname, port=parts.port)
        raise ValueError("must be unix:/path/of/socket or tcp://host:port")

    async def is_clean(self, content: bytes) -> bool:
        """Whether clamd finds nothing in it. Raises ScanAway."""
        answer = await self._ask(b"zINSTREAM\0", content)
        if answer.endswith(b"OK"):
            return True
        if answer.endswith(b"FOUND"):
            return False
        raise ScanAway("clamd could not say")

    async def answers(self) -> bool:
        """Whether clamd is there."""
        try:
            return await self._ask(b"zPING\0", seconds=_PINGED) == b"PONG"
        except ScanAway:
            return False

    async def _ask(self, command: bytes, content: bytes | None = None, *, seconds: float = 0) -> bytes:
        try:
            async with asyncio.timeout(seconds or SECONDS):
                reader, writer = await self._open()
                try:
                    writer.write(command)
                    if content is not None:
                        await _send(writer, content)
                    answer = await reader.read(_LONGEST_ANSWER)
                finally:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()
        except (OSError, TimeoutError) as error:
            raise ScanAway(type(error).__name__) from None
        return answer.strip(b"\0\n ")

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.path:
            return await asyncio.open_unix_connection(self.path)
        return await asyncio.open_connection(self.host, self.port)


async def _send(writer: asyncio.StreamWriter, content: bytes) -> None:
    try:
        for start in range(0, len(content), _PIECE):
            piece = content[start : start + _PIECE]
            writer.write(struct.pack("!L", len(piece)) + piece)
            await writer.drain()
        writer.write(struct.pack("!L", 0))
        await writer.drain()
    except (BrokenPipeError, ConnectionResetError):
        return  # it stopped listening, and says why: a file longer than its StreamMaxLength
