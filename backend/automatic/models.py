"""The table of what is never decided automatically: that a caseworker said a human decides for somebody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from backend.database import Row, moment, new_id


class HumanDecides(Row, table=True):
    """A caseworker said that a human decides for her, until somebody takes it back. Why stands nowhere."""

    __tablename__ = "human_decides"
    __table_args__ = (Index("ix_human_decides_live", "person", unique=True, postgresql_where="ended_at is null"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    since: datetime = moment()
    by: UUID
    by_name: str
    ended_at: datetime | None = moment(default=None, nullable=True)
    ended_by: UUID | None = None
    ended_name: str = ""
