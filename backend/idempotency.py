"""Writes that may come twice: the key of a write is a unique column of the row it creates, and lives as long as it.

Same key and same body: the first answer again. Same key and another body: refused. The request is kept as a keyed
digest, so the row gives nothing away that its other columns keep sealed.
"""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.contract import Value
from backend.errors import KeyReused

Answer = TypeVar("Answer", bound=Value)


class Keyed(SQLModel):
    """The columns of a row made by a write with a key. ``answer`` is what was answered first, if anything was."""

    key: UUID = Field(unique=True)
    request_hash: bytes = database.sealed()
    answer: dict[str, Any] | None = database.values(default=None, nullable=True)


def request_hash(session: AsyncSession, body: Value, *path: object) -> bytes:
    """What a request is compared by: its body, and what else its address says (a meeting, a thread)."""
    said = "\0".join((*map(str, path), body.model_dump_json()))
    return database.of(session).codec.blind("request", said)


async def first_row(session: AsyncSession, table: type[Keyed], key: UUID, digest: bytes) -> Keyed | None:
    """The row an earlier request with this key made; ``None`` for a new key. Raises KeyReused for another body.

    A second request with the same key that arrives meanwhile waits here until the first one's transaction ends.
    """
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(str(key), 0))))
    row = (await session.exec(select(table).where(table.key == key))).one_or_none()
    if row is not None and row.request_hash != digest:
        raise KeyReused
    return row


async def first_answer(
    session: AsyncSession, table: type[Keyed], key: UUID, digest: bytes, answer: type[Answer]
) -> Answer | None:
    """What an earlier request with this key was answered; ``None`` for a new key. Raises KeyReused."""
    row = await first_row(session, table, key, digest)
    return None if row is None else answer.model_validate(row.answer)
