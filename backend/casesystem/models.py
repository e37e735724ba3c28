"""The tables of the case system: what happened, what left of it by which way, and what came in.

The rows of what happened are written by the database itself (triggers, deferred to the commit), whoever changes a case:
nobody who writes a new verb can forget them, and they are there when and only when the change is.
"""

from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Identity, Index
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed, values
from backend.idempotency import Keyed
from backend.tasks import one_of

WayName = Literal["webhook", "files"]
"""By which an event leaves."""
Imported = Literal["status", "calculation", "decision", "payment"]
"""What the case system may tell."""


class CaseEvent(Row, table=True):
    """One thing that happened in a case. ``number`` follows the order of commits; ``id`` is the webhook's.

    ``at`` is business time where the row it is about has one; ``recorded_at`` the database's own. ``facts``: what is
    told of that row, nothing that is sealed. ``case`` is found when the event first leaves, and kept.
    """

    __tablename__ = "case_events"

    number: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    id: UUID = Field(default_factory=new_id, unique=True)
    kind: str
    person: UUID = Field(index=True)
    case: UUID | None = None
    about: UUID
    at: datetime = moment()
    recorded_at: datetime = moment(index=True)
    facts: dict[str, Any] = values()


class CaseSending(Row, table=True):
    """An event on its way out: pending → sending → sent, or failed for good. ``due_at`` is real time.

    ``said``: why the last try did not get through, in a word (a status, a class of error).
    """

    __tablename__ = "case_sendings"
    __table_args__ = (
        CheckConstraint(one_of("way", *get_args(WayName)), name="way"),
        CheckConstraint(one_of("state", "pending", "sending", "sent", "failed"), name="state"),
        Index("ix_case_sendings_due", "way", "event", postgresql_where="state in ('pending', 'sending')"),
    )

    event: int = Field(
        sa_column=Column(BigInteger, ForeignKey("case_events.number"), primary_key=True, autoincrement=False)
    )
    way: str = Field(primary_key=True)
    state: str
    tries: int = 0
    due_at: datetime = moment()
    said: str | None = None
    lease_until: datetime | None = moment(default=None, nullable=True)
    settled_at: datetime | None = moment(default=None, nullable=True)


class CaseRefusal(Row, table=True):
    """A line that was refused and waits to be told anew, by its id (its case's where it had none). ``facts``: by what
    the same is known under another id."""

    __tablename__ = "case_refusals"

    line: UUID = Field(primary_key=True)
    case: UUID = Field(foreign_key="cases.id", index=True)
    kind: str
    facts: dict[str, Any] = values()


class CaseImport(Keyed, Row, table=True):
    """One thing the case system told us, and that was taken; what was refused leaves no row. ``key`` is its own id.

    ``decision``: the one it signed, or paid. ``kronor``: of a payment. ``content`` is all of it, sealed.
    """

    __tablename__ = "case_imports"
    __table_args__ = (
        CheckConstraint(one_of("kind", *get_args(Imported)), name="kind"),
        CheckConstraint("(kind in ('decision', 'payment')) = (decision is not null)", name="decision"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account: str
    kind: str
    case: UUID = Field(foreign_key="cases.id", index=True)
    at: datetime = moment()
    received_at: datetime = moment()
    decision: UUID | None = Field(default=None, foreign_key="decisions.id", index=True)
    kronor: int | None = None
    content: bytes = sealed()


class ServiceCall(Row, table=True):
    """When a service account last showed a token of its own, in real time and within some minutes: while two are good,
    whether the old one is still in use. ``token``: the beginning of what it is compared by."""

    __tablename__ = "service_calls"

    account: str = Field(primary_key=True)
    token: bytes = Field(primary_key=True)
    at: datetime = moment()
