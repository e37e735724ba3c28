"""The access log: who opened what of whom, when and why, and who was refused. Rows are added, never changed.

The plain role of the application may insert and select here and nothing else (see ``migrations``). The name and role
of the reader are written into the row, so the log stands by itself when somebody has left.
"""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, func
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.database import Row, moment
from backend.tasks import one_of

TABLE = "access_log"

ReaderKind = Literal["staff", "robot", "grant"]


class Access(Row, table=True):
    """One opening, or one refusal. ``at`` is business time, ``logged_at`` the database's own."""

    __tablename__ = TABLE
    __table_args__ = (CheckConstraint(one_of("reader_kind", *get_args(ReaderKind)), name="reader_kind"),)

    number: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    at: datetime = moment()
    logged_at: datetime | None = moment(default=None, sa_column_kwargs={"server_default": func.now()}, nullable=False)
    reader_kind: str
    reader: UUID
    reader_name: str
    reader_role: str
    person: UUID = Field(index=True)
    what: str
    about: UUID | None = None
    why: str
    task: UUID | None = None
    allowed: bool


async def of_person(session: AsyncSession, person: UUID) -> tuple[Access, ...]:
    """Who has looked, the latest first."""
    same = await persons.same(session, person)
    found = await session.exec(select(Access).where(col(Access.person).in_(same)).order_by(col(Access.number).desc()))
    return tuple(found.all())
