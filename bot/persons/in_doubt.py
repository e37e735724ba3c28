"""Lines of which nobody knows whether she wrote them, or who read them: found out afterwards, and told to staff.

While a number is held for a wrong one every line is written so. What was said before that only somebody can know: she,
or staff who have heard it from her; except after a year of silence, when nobody was taken for her to begin with.
"""

from typing import Any

from sqlalchemy import ColumnElement, func, update

from backend.contract import NotHers, NoticeKind
from bot.messages import Event, Noticed, Thread
from bot.tables import entries
from bot.turning.desk import Desk
from bot.turning.threads import LockedThread


async def noticed(desk: Desk, thread: LockedThread, event: Event) -> None:
    """Staff have heard from which line on somebody else wrote."""
    if not isinstance(event, Noticed) or event.notice.kind is not NoticeKind.NOT_HERS:
        return
    told = NotHers.model_validate(event.notice.body)
    if told.thread == thread.id:
        await _mark(desk, thread, entries.c.number >= told.first, entries.c.number < told.until)


async def called_wrong(desk: Desk, thread: LockedThread, was: Thread) -> None:
    """It is said to be another's after a year in which nobody was heard: so was what was said since then."""
    if thread.state.frozen and not was.frozen and was.doubted and was.heard is not None:
        await _mark(desk, thread, entries.c.at > was.heard)


async def _mark(desk: Desk, thread: LockedThread, *which: ColumnElement[Any]) -> None:
    await desk.connection.execute(
        update(entries)
        .where(entries.c.thread == thread.id, entries.c.in_doubt.is_(False), *which)
        # The backend is told of them anew.
        .values(in_doubt=True, copied=None, changed_at=func.clock_timestamp())
    )
    desk.moved.add(thread.id)
    desk.rings.add("entries")
