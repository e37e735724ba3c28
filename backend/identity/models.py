"""The tables of identity: steps of trust that were shown, numbers of identity, and e-identifications under way."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed
from backend.identity.numbers import Kind
from backend.ladder import Because
from backend.tasks import one_of

Source = Literal["said", "seen", "e-identification"]
"""How a number became known. Only one that was seen, or that came with an e-identification, is certainly hers."""


class TrustStep(Row, table=True):
    """That somebody showed a step of the ladder: when first, when last, and to whom. A step that is taken away stays,
    with when and why. ``about``: what it was shown by, where only that counts (a telephone)."""

    __tablename__ = "trust_steps"
    __table_args__ = (
        CheckConstraint("level between 1 and 4", name="level"),
        CheckConstraint("(ended_at is null) = (because is null)", name="ended"),
        CheckConstraint(f"because is null or {one_of('because', *get_args(Because))}", name="because"),
        Index("ix_trust_steps_live", "person", postgresql_where="ended_at is null"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    level: int
    about: UUID | None = Field(default=None, index=True)
    shown_at: datetime = moment()
    last_at: datetime = moment()
    by_name: str = ""
    ended_at: datetime | None = moment(default=None, nullable=True)
    because: str | None = None
    ended_by_name: str = ""


class IdentityNumber(Row, table=True):
    """A number of identity. The latest counts; earlier ones stay, since people get new ones. Found by its keyed digest,
    whose key is this municipality's alone."""

    __tablename__ = "identity_numbers"
    __table_args__ = (
        CheckConstraint(one_of("kind", *get_args(Kind)), name="kind"),
        CheckConstraint(one_of("source", *get_args(Source)), name="source"),
        CheckConstraint("(kind = 'none') = (number_index is null)", name="none"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    kind: str
    number: bytes = sealed()
    number_index: bytes | None = sealed(default=None, nullable=True, index=True)
    source: str
    at: datetime = moment()
    by_name: str = ""
    ended_at: datetime | None = moment(default=None, nullable=True)


class Identification(Row, table=True):
    """An e-identification that was begun, in real time. ``person``: whose page was open when it was."""

    __tablename__ = "e_identifications"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    state_digest: bytes = sealed(unique=True)
    browser_digest: bytes = sealed()
    secrets: bytes = sealed()
    person: UUID | None = Field(default=None, foreign_key="persons.id")
    begun_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(default=None, nullable=True)
