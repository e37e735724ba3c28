"""Who works in a municipality, and who of them has the desk open now."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, func
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed


class StaffMember(Row, table=True):
    """One of the staff in one municipality. Who works in two has a row in each."""

    __tablename__ = "staff_members"
    __table_args__: Any = (
        CheckConstraint("role in ('customer-service', 'caseworker', 'interpreter-booking')", name="role"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(unique=True, description="first name, as colleagues and the person at the meeting say it")
    role: str
    resource: UUID | None = Field(None, unique=True, description="a caseworker's own calendar among the bookings")
    left_at: datetime | None = moment(default=None, nullable=True)


class StaffSession(Row, table=True):
    """A desk that is open. The cookie carries the token, this row only its hash; both ends use the real clock."""

    __tablename__ = "staff_sessions"

    token_hash: bytes = sealed(primary_key=True)
    member: UUID = Field(foreign_key="staff_members.id", ondelete="CASCADE")
    began_at: datetime = moment(sa_column_kwargs={"server_default": func.now()})
    seen_at: datetime = moment(sa_column_kwargs={"server_default": func.now()})
