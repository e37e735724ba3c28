"""The week as a picture, as the card on the web shows it: for who reads little, and to be found again in the chat.

It is set by the same program that sets what is printed: one that stands alone, is run and not known, and is held to
little memory and little time. The words say it all without it.
"""

import asyncio
import json
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import structlog

from backend.contract import PlannedActivity
from bot.conversation.notices.planning_week import ACTIVITIES, ILL_OR_LATE, where
from bot.pages.thread import PICTURES
from bot.text import N_, direction, local_day, local_time, render, say

SECONDS = 20.0
"""How long the drawing of one may take, on the clock of the wall: nobody waits for it."""
TITLE = N_("Your week")
WITH_INTERPRETER = N_("With an interpreter.")

_ROOT = Path(__file__).parents[2]
_PROGRAM = _ROOT / "backend" / "printing" / "typesetting.py"
_ICONS = _ROOT / "templates" / "static" / "icons.svg"
_DARK = "#0A3E4B"
_ONE = asyncio.Semaphore(1)

log = structlog.get_logger()


class NotDrawnError(Exception):
    """The picture could not be drawn within its limits. Says nothing of what stands on it."""


async def png(week: Sequence[PlannedActivity], language: str, *, seconds: float = SECONDS) -> bytes:
    """The picture, in a language. Raises NotDrawnError."""
    order = {"template": "week", "data": _data(week, language), "at": int(week[0].start.timestamp()), "page": 1}
    async with _ONE:
        return await _set(json.dumps(order).encode(), seconds)


def _data(week: Sequence[PlannedActivity], language: str) -> Mapping[str, Any]:
    return {
        "lang": language,
        "dir": direction(language),
        "title": render(say(TITLE), language),
        "rows": [_row(one, language) for one in week],
        "foot": render(say(ILL_OR_LATE), language),
        "speech": _icon("speech"),
    }


def _row(one: PlannedActivity, language: str) -> Mapping[str, str]:
    place = where(one)
    return {
        "day": render(say("{day}", day=local_day(one.start)), language),
        "hour": render(say("{time}", time=local_time(one.start)), language),
        "icon": _icon(PICTURES[one.kind]),
        "what": render(say(ACTIVITIES[one.kind]), language),
        "place": place if isinstance(place, str) else render(place, language),
        "with": render(say(WITH_INTERPRETER), language) if one.interpreter else "",
    }


@cache
def _icon(name: str) -> str:
    """An icon of the pages as a drawing of its own: there the page gives colour and stroke."""
    found = re.search(rf'<symbol id="{name}" viewBox="([^"]+)">(.*?)</symbol>', _ICONS.read_text("utf-8"), re.DOTALL)
    if found is None:
        raise KeyError(name)
    drawn = found[2].replace("currentColor", _DARK)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{found[1]}" fill="none" stroke="{_DARK}"'
        f' stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">{drawn}</svg>'
    )


async def _set(order: bytes, seconds: float) -> bytes:
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
        async with asyncio.timeout(seconds):
            made, _ = await process.communicate(order)
    except TimeoutError:
        raise NotDrawnError("too slow") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or not made:
        raise NotDrawnError("not set")
    return made
