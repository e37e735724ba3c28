"""Threads as the backend knows them: made when the bot first names one."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.contract import Channel
from backend.handover.models import Thread, ThreadEntry


async def meet(
    session: AsyncSession,
    thread: UUID,
    person: UUID,
    at: datetime,
    *,
    language: str | None = None,
    channel: Channel | None = None,
) -> Thread:
    """The thread of an id, made when nobody has named it before; what is said of it now holds from now on.

    A thread's person changes when its contact point turns out to be somebody else's.
    """
    new = insert(Thread).values(
        id=thread, person=person, language=language or "sv", owner="bot", epoch=-1, wanted="bot", last_at=at
    )
    await session.exec(new.on_conflict_do_nothing(index_elements=[col(Thread.id)]))
    found = (await session.exec(select(Thread).where(Thread.id == thread).with_for_update(key_share=True))).one()
    found.person = person
    found.language = language or found.language
    found.channel = channel or found.channel
    session.add(found)
    return found


async def latest(session: AsyncSession, groups: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """The thread each person used last, by whom the ids in ``groups`` stand for (see ``persons.groups``)."""
    found = await session.exec(
        select(Thread.person, Thread.id).where(col(Thread.person).in_(list(groups))).order_by(col(Thread.last_at))
    )
    return {groups[person]: thread for person, thread in found.all()}


async def has_written(session: AsyncSession, person: UUID) -> bool:
    """Whether she has written to the bot: of anybody else a notice finds nobody there."""
    return await last_of(session, person) is not None


async def last_of(session: AsyncSession, person: UUID) -> UUID | None:
    """The thread she used last; ``None`` for who has never written to the bot."""
    return next(iter((await latest(session, await persons.groups(session, [person]))).values()), None)


async def wrote_after(session: AsyncSession, person: UUID, at: datetime) -> UUID | None:
    """The thread she last wrote in after a moment, if she has; what nobody knows whether she wrote does not count."""
    hers = (
        col(ThreadEntry.person).in_(await persons.same(session, person)),
        ThreadEntry.who == "person",
        col(ThreadEntry.in_doubt).is_(False),
        col(ThreadEntry.at) > at,
    )
    found = select(ThreadEntry.thread).where(*hers).order_by(col(ThreadEntry.at).desc()).limit(1)
    return (await session.exec(found)).first()
