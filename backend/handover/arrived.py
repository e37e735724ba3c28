"""Whether anything of ours gets to where a conversation is written, by the newest that is known."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol, get_args
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contract import NOTHING_GETS_THERE, EntryState, NotArrived
from backend.handover.models import Thread, ThreadEntry

_LATEST = 100
"""Lines that are looked at where the rest is not needed: what was said last of a place is never far behind."""


class Line(Protocol):
    """What is known of one line of a conversation."""

    @property
    def who(self) -> str: ...
    @property
    def state(self) -> EntryState: ...
    @property
    def why(self) -> NotArrived | None: ...


class _Stands(NamedTuple):
    who: str
    state: EntryState
    why: NotArrived | None


def is_shut(newest_first: Iterable[Line]) -> bool:
    """Whether nothing of ours gets there, by the newest that is known: what she wrote, what came."""
    for line in newest_first:
        if line.who == "person" or (line.who != "marker" and line.state is EntryState.DELIVERED):
            return False
        if line.why in NOTHING_GETS_THERE:
            return True
    return False


async def shut_channel(session: AsyncSession, thread: UUID | None) -> str | None:
    """The channel of a thread where nothing of ours gets there any more; ``None`` where it does, or nobody knows. For
    who has opened her case."""
    rows = await session.exec(
        select(Thread.channel, ThreadEntry.who, ThreadEntry.state, ThreadEntry.why)
        .join(Thread, col(Thread.id) == col(ThreadEntry.thread))
        .where(ThreadEntry.thread == thread)
        .order_by(col(ThreadEntry.number).desc())
        .limit(_LATEST)
    )
    found = rows.all()
    known = {str(why): why for why in get_args(NotArrived)}
    lines = [_Stands(who, EntryState(state), known.get(why or "")) for _, who, state, why in found]
    return (found[0][0] or "") if is_shut(lines) else None
