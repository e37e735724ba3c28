"""Reads a form with files: in memory alone, so that nothing of a paper is ever written to a disk here."""

from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from bot.pages import page

AT_ONCE = 5
"""Files of one form, beside the fields for which none was chosen."""
MEGABYTE = 1_000_000
_READ_OUT = 100 * MEGABYTE
"""What is not taken is read to its end, unkept, up to so much: else the browser shows no answer."""


class TooLarge(Exception):
    """The files of a form are more than is taken at once."""


class _InMemory(MultiPartParser):
    spool_max_size = 1 << 30

    def close(self) -> None:
        """Let go of every part, also of one that was never read to its end."""
        for file in self._files_to_close_on_error:
            file.close()


async def files(request: Request, megabytes: int) -> tuple[page.Fields, list[bytes]]:
    """The fields and the files of a form of our own pages. Raises page.Refused, and TooLarge.

    One file may be larger than ``megabytes``: that is said of it by whoever takes it. All of them are not held.
    """
    if not page.ours(request):
        raise page.Refused(403)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise page.Refused(415)
    most, length = megabytes * MEGABYTE * 3, 0
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        await read_out(request)
        raise TooLarge

    async def no_more() -> AsyncGenerator[bytes, None]:
        nonlocal length
        async for piece in request.stream():
            length += len(piece)
            if length <= most:
                yield piece
            elif length > most + _READ_OUT:
                return

    parser = _InMemory(request.headers, no_more(), max_files=AT_ONCE * 2, max_fields=10)
    try:
        form = await parser.parse()
        if length > most:
            raise TooLarge
        # A browser sends an empty file for a field nobody chose one for.
        found = [await one.read() for _, one in form.multi_items() if isinstance(one, UploadFile) and one.size]
    except (MultiPartException, KeyError):
        raise TooLarge if length > most else page.Refused(415) from None
    finally:
        parser.close()
    return [(name, value.replace("\0", "")) for name, value in form.multi_items() if isinstance(value, str)], found


async def read_out(request: Request) -> None:
    """Let a form that is not taken come to its end, and keep nothing of it."""
    length = 0
    async for piece in request.stream():
        length += len(piece)
        if length > _READ_OUT:
            return
