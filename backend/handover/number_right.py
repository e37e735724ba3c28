"""A number that somebody called a wrong one is hers all the same: staff have heard it, and whoever has it is asked."""

from typing import Literal
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, tasks
from backend.access import Reader
from backend.cases import contacts
from backend.clock import Clock
from backend.contract import NoticeKind, NumberRight
from backend.errors import NotFound
from backend.handover.models import Thread
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


async def right_again(session: AsyncSession, clock: Clock, reader: Reader, thread: UUID, heard: Heard) -> None:
    """Staff know that the number is hers (logged with how). Nothing leaves there for that: the bot asks, and what was
    taken away with the number is shown anew when it is answered. Raises NotFound, also where no number of hers is held
    for a wrong one; NotAllowed, ReasonNeeded."""
    found = (
        await session.exec(select(Thread).where(Thread.id == thread).with_for_update(key_share=True))
    ).one_or_none()
    by = await contacts.reached(session, found.person) if found is not None and found.channel == "sms" else None
    if found is None or by is None or not by.wrong:
        raise NotFound(thread=thread)
    done = f"Numret är rätt igen: {HEARD[heard]}"
    await access.enter(session, clock, reader, found.person, "thread", reason="follow-up", done=done)
    for task in await tasks.waiting(session, found.person):
        if task.reason == WRONG_NUMBER:
            await tasks.done(session, task.id, clock(), reader.id)
    await notices.tell(session, clock, NoticeKind.NUMBER_RIGHT, found.person, NumberRight(thread=thread))
