"""The table of machine translation: what a message was given as in Swedish, by which service, for whom, when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field

from backend.database import Row, moment, sealed


class MachineTranslation(Row, table=True):
    """One message, translated once. ``words`` are sealed, as the original is; ``source`` is its language."""

    __tablename__ = "machine_translations"
    __table_args__ = (ForeignKeyConstraint(["thread", "number"], ["thread_entries.thread", "thread_entries.number"]),)

    thread: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    at: datetime = moment(index=True)
    by: UUID
    by_name: str
    service: str
    source: str
    words: bytes = sealed()
