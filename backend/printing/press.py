"""Prints a sheet: it is set by another program (see ``typesetting``), held to little memory and little time.

The same sheet gives the same bytes, today and in ten years: the time written into it is the sheet's own, and nothing
of the machine (its fonts, its clock, its language) goes into it.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

SECONDS = 30.0
"""How long the printing of one sheet may take, on the clock of the wall."""
MOST = 5_000_000
"""How many bytes of words a sheet may hold; the longest application has a hundredth of it."""

_PROGRAM = Path(__file__).with_name("typesetting.py")
_AT_ONCE = max(1, min(4, os.cpu_count() or 1))


class NotPrintedError(Exception):
    """The sheet could not be set within its limits. Says nothing of what stands on it."""


@dataclass(frozen=True)
class Sheet:
    """What is printed: a template of ``templates/print``, what stands on it, and the time it is dated."""

    template: Literal["archive", "form", "letter", "tomorrow"]
    data: Mapping[str, Any] = field(repr=False)
    at: datetime


class Press:
    """Prints sheets, a few at a time."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def pdf(self, sheet: Sheet) -> bytes:
        """The sheet as a PDF. Raises NotPrintedError."""
        return await self._set(sheet, {})

    async def picture(self, sheet: Sheet, page: int = 1) -> bytes:
        """One page of the sheet as a picture (PNG), for looking at. Raises NotPrintedError."""
        return await self._set(sheet, {"page": page})

    async def _set(self, sheet: Sheet, more: Mapping[str, int]) -> bytes:
        order = {"template": sheet.template, "data": sheet.data, "at": int(sheet.at.timestamp()), **more}
        words = json.dumps(order).encode()
        if len(words) > MOST:
            raise NotPrintedError("too long")
        async with self._few:
            return await self._run(words)

    async def _run(self, words: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(_PROGRAM),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # One thread: its memory is counted, and more would be no quicker.
            env={"RAYON_NUM_THREADS": "1"},
        )
        try:
            async with asyncio.timeout(self._seconds):
                made, _ = await process.communicate(words)
        except TimeoutError:
            raise NotPrintedError("too slow") from None
        finally:
            if process.returncode is None:  # also when whoever asked has gone
                process.kill()
                await process.wait()
        if process.returncode != 0 or not made:
            raise NotPrintedError("not set")
        return made
