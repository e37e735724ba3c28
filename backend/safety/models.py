"""The tables of safety: that a phrase was agreed (never which), to whom nothing is sent, who is rung, what was held."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed
from backend.idempotency import Keyed
from backend.tasks import one_of

Because = Literal["met", "as-agreed", "mistake"]
"""How staff know that she is safe: they have met her, she said so in the way that was agreed, it was a mistake."""


class AgreedPhraseRow(Row, table=True):
    """Somebody agreed on a phrase with her. The phrase stands nowhere; its digest went to the bot as a notice."""

    __tablename__ = "agreed_phrases"
    __table_args__ = (Index("ix_agreed_phrases_live", "person", unique=True, postgresql_where="ended_at is null"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id")
    at: datetime = moment()
    by: UUID
    by_name: str
    ended_at: datetime | None = moment(default=None, nullable=True)
    ended_name: str = ""


class SafetySilence(Row, table=True):
    """She wrote it: nothing is sent to her from then on, until somebody lifts it and says why."""

    __tablename__ = "safety_silences"
    __table_args__ = (
        CheckConstraint(f"because is null or {one_of('because', *get_args(Because))}", name="because"),
        Index("ix_safety_silences_live", "person", unique=True, postgresql_where="lifted_at is null"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id")
    thread: UUID
    since: datetime = moment()
    lifted_at: datetime | None = moment(default=None, nullable=True)
    lifted_by: UUID | None = None
    lifted_name: str = ""
    because: str | None = None


class OnlyByTelephoneRow(Row, table=True):
    """Staff have it that nothing is sent to her, and ring her: who and when, never why."""

    __tablename__ = "only_by_telephone"
    __table_args__ = (Index("ix_only_by_telephone_live", "person", unique=True, postgresql_where="ended_at is null"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id")
    since: datetime = moment()
    by: UUID
    by_name: str
    ended_at: datetime | None = moment(default=None, nullable=True)
    ended_by: UUID | None = None
    ended_name: str = ""


class HeldMessage(Keyed, Row, table=True):
    """A message that would have been sent to her. Staff tell her another way."""

    __tablename__ = "held_messages"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    at: datetime = moment()
    swedish: bytes = sealed()
