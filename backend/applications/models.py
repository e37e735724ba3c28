"""The tables of applications: what was sent, in versions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed
from backend.idempotency import Keyed


class Application(Keyed, Row, table=True):
    """One version of an application; a correction is a new version. ``content`` is the whole application, sealed."""

    __tablename__ = "applications"
    __table_args__ = (UniqueConstraint("case", "version"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id")
    version: int
    received_at: datetime = moment()
    language: str
    digest: str
    corrects: UUID | None = Field(default=None, foreign_key="applications.id")
    content: bytes = sealed()
