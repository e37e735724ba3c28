"""Who else reads a telephone, as staff have heard it: the thread knows which number it is, so the bot sets it."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, tasks
from backend.access import Reader
from backend.clock import Clock
from backend.contract import NoticeKind, WhoReads
from backend.errors import NotFound
from backend.handover.models import Thread
from backend.notices import service as notices
from backend.tasks import Task

NOT_SHARED = "not-shared"
"""The reason of a task: she has written that nobody else reads her telephone any more."""


async def set_who_reads(session: AsyncSession, clock: Clock, reader: Reader, thread: UUID, *, shared: bool) -> None:
    """The person has told staff whether others read what is written here (logged). What she wrote of it is thereby
    seen to. Raises NotFound, also for a thread that is no telephone's, unless she has written so there; NotAllowed,
    ReasonNeeded."""
    found = (
        await session.exec(select(Thread).where(Thread.id == thread).with_for_update(key_share=True))
    ).one_or_none()
    if found is None:
        raise NotFound(thread=thread)
    waiting = select(Task).where(Task.thread == thread, Task.reason == NOT_SHARED, col(Task.done_at).is_(None))
    asked = (await session.exec(waiting)).all()
    if found.channel != "sms" and not asked:
        raise NotFound(thread=thread)
    done = "Antecknade att andra läser telefonen" if shared else "Antecknade att ingen annan läser telefonen"
    await access.enter(session, clock, reader, found.person, "thread", reason="follow-up", done=done)
    for task in asked:
        await tasks.done(session, task.id, clock(), reader.id)
    await notices.tell(session, clock, NoticeKind.WHO_READS, found.person, WhoReads(thread=thread, shared=shared))
