"""What a reader has copied over of an application: her own marks, kept until she takes them away."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.access import Reader
from backend.clock import Clock
from backend.copyout.models import CopiedField


async def copied(session: AsyncSession, reader: Reader, application: UUID) -> frozenset[str]:
    """The fields she has copied. The caller has opened the case."""
    hers = select(CopiedField.field).where(CopiedField.member == reader.id, CopiedField.application == application)
    return frozenset((await session.exec(hers)).all())


async def mark(
    session: AsyncSession, clock: Clock, reader: Reader, application: UUID, *, field: str, done: bool
) -> None:
    """She has copied a field, or has not after all; twice is once. The caller has opened the case, and seen that the
    application is in it and has the field."""
    if done:
        row = insert(CopiedField).values(member=reader.id, application=application, field=field, at=clock())
        await session.exec(row.on_conflict_do_nothing())
    else:
        await session.exec(
            delete(CopiedField).where(
                col(CopiedField.member) == reader.id,
                col(CopiedField.application) == application,
                col(CopiedField.field) == field,
            )
        )
