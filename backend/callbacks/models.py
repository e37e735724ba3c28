"""The tables of calls at a chosen hour. That no hour has more calls than can be made in it is held by the database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from backend.database import Row, moment, new_id
from backend.idempotency import Keyed


class CallHour(Row, table=True):
    """An hour in which customer service rings those who chose it. ``taken``: how many calls, of ``capacity``."""

    __tablename__ = "call_hours"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_ends"),
        CheckConstraint("taken between 0 and capacity", name="never_over"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    starts_at: datetime = moment(unique=True)
    ends_at: datetime = moment()
    capacity: int
    taken: int = 0


class CallTimeRow(Keyed, Row, table=True):
    """One person's call. ``cancelled_at``: she chose another hour instead, or none. ``about``: what she hears in it (a
    decision, or the notice of what is new), where the hour was given her for that; none: she asked for it herself.
    ``notice`` told her of another hour, last.
    """

    __tablename__ = "call_times"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    hour: UUID = Field(foreign_key="call_hours.id", index=True)
    interpreter_language: str | None = None
    made_at: datetime = moment()
    cancelled_at: datetime | None = moment(default=None, nullable=True)
    about: UUID | None = Field(default=None, index=True)
    notice: UUID | None = Field(default=None, index=True)


class CallCancelledRow(Keyed, Row, table=True):
    """That she took her call back. ``call``: which it was; none where she had none."""

    __tablename__ = "call_cancellations"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    call: UUID | None = Field(default=None, foreign_key="call_times.id", index=True)
    at: datetime = moment()
