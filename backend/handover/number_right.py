"""A number, or an account, that somebody called a wrong one: staff have heard that it is hers all the same, and whoever
has it is asked; or from which line on somebody else wrote there.
"""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, tasks
from backend.access import Reader
from backend.cases import contacts
from backend.clock import Clock
from backend.contract import NotHers, NoticeKind, NumberRight
from backend.errors import NotFound
from backend.handover.models import Thread, ThreadEntry
from backend.notices import service as notices

WRONG_NUMBER = "wrong-number"
"""The reason of a task: somebody has written that we reach a stranger there."""

Heard = Literal["met", "rang", "mistake"]
HEARD: dict[Heard, str] = {
    "met": "personen sa det på ett möte eller i receptionen",
    "rang": "vi har ringt numret och talat med personen",
    "mistake": "personen skrev det av misstag",
}
"""How staff know, in the words of the log."""


HEARD_OF_ACCOUNT = HEARD | {"rang": "vi har ringt och talat med personen"}


async def right_again(session: AsyncSession, clock: Clock, reader: Reader, thread: UUID, heard: Heard) -> None:
    """Staff know that the number, or the account, is hers (logged with how). Nothing leaves there for that: the bot
    asks, and what was taken away with the number is shown anew when it is answered. Raises NotFound, also where nothing
    of hers is held for a wrong one; NotAllowed, ReasonNeeded."""
    found = await _thread(session, thread)
    if not await _is_held(session, found):
        raise NotFound(thread=thread)
    account = found.channel == "telegram"
    how = f"Kontot är rätt igen: {HEARD_OF_ACCOUNT[heard]}" if account else f"Numret är rätt igen: {HEARD[heard]}"
    await access.enter(session, clock, reader, found.person, "thread", reason="follow-up", done=how)
    for task in await tasks.waiting(session, found.person):
        if task.reason == WRONG_NUMBER:
            await tasks.done(session, task.id, clock(), reader.id)
    await notices.tell(session, clock, NoticeKind.NUMBER_RIGHT, found.person, NumberRight(thread=thread))


async def not_hers_from(session: AsyncSession, clock: Clock, reader: Reader, thread: UUID, first: int) -> None:
    """She, or whoever has the number, has said from which line on somebody else wrote (logged): up to where that was
    written. Raises NotFound, also where nobody has written that we reach a stranger, or before that line; NotAllowed,
    ReasonNeeded."""
    found = await _thread(session, thread)
    line = await session.get(ThreadEntry, (thread, first))
    later = select(func.min(ThreadEntry.number)).where(
        ThreadEntry.thread == thread, ThreadEntry.number > first, col(ThreadEntry.in_doubt)
    )
    until = (await session.exec(later)).one()
    if line is None or line.who != "person" or line.in_doubt or until is None:
        raise NotFound(thread=thread)
    done = f"Antecknade att någon annan skrev från rad {first}"
    await access.enter(session, clock, reader, found.person, "thread", reason="follow-up", done=done)
    number = col(ThreadEntry.number)
    stretch = (col(ThreadEntry.thread) == thread, number >= first, number < until)
    await session.exec(update(ThreadEntry).where(*stretch).values(in_doubt=True))
    body = NotHers(thread=thread, first=first, until=until)
    await notices.tell(session, clock, NoticeKind.NOT_HERS, found.person, body)


def last_in_doubt(lines: Sequence[tuple[str, bool]]) -> bool:
    """Whether nobody knows who wrote last, by who said each line and whether that was in doubt."""
    return next((doubt for who, doubt in reversed(lines) if who == "person"), False)


async def _thread(session: AsyncSession, thread: UUID) -> Thread:
    found = (
        await session.exec(select(Thread).where(Thread.id == thread).with_for_update(key_share=True))
    ).one_or_none()
    if found is None:
        raise NotFound(thread=thread)
    return found


async def _is_held(session: AsyncSession, thread: Thread) -> bool:
    """Whether it is held for a wrong one: a number by what stands of it, an account by what was last written there."""
    if thread.channel == "telegram":
        lines = select(ThreadEntry.who, ThreadEntry.in_doubt).where(ThreadEntry.thread == thread.id)
        return last_in_doubt((await session.exec(lines.order_by(col(ThreadEntry.number)))).all())
    by = await contacts.reached(session, thread.person) if thread.channel == "sms" else None
    return by is not None and by.wrong
