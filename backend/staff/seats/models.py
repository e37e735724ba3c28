"""Who works in a municipality, and who of them has the desk open now."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, func
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed, values


class StaffMember(Row, table=True):
    """One of the staff in one municipality. Who works in two has a row in each.

    ``role`` is the one she sits down with, ``more_roles`` those she may sit as beside it: one at a time.
    """

    __tablename__ = "staff_members"
    __table_args__: Any = (
        CheckConstraint("role in ('customer-service', 'caseworker', 'interpreter-booking', 'controller')", name="role"),
        CheckConstraint("signs_as in ('caseworker', 'lead', 'head', 'board')", name="signs_as"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(unique=True, description="first name, as colleagues and the person at the meeting say it")
    role: str
    more_roles: list[str] = values(default_factory=list)
    resource: UUID | None = Field(None, unique=True, description="a caseworker's own calendar among the bookings")
    signs_as: str = Field(default="caseworker", description="a caseworker's level in the delegation list")
    left_at: datetime | None = moment(default=None, nullable=True)
    subject: bytes | None = sealed(default=None, nullable=True, unique=True)
    """Keyed digest of who she is to the municipality's own sign-in; without it she has an account here, or none."""


class StaffSession(Row, table=True):
    """A desk that is open. The cookie carries the token, this row only its hash; both ends use the real clock.

    ``role``: as what she sits here, where that is not the one she sits down with.
    """

    __tablename__ = "staff_sessions"

    token_hash: bytes = sealed(primary_key=True)
    member: UUID = Field(foreign_key="staff_members.id", ondelete="CASCADE")
    began_at: datetime = moment(sa_column_kwargs={"server_default": func.now()})
    seen_at: datetime = moment(sa_column_kwargs={"server_default": func.now()})
    role: str | None = None


class StaffAccount(Row, table=True):
    """A local account: what somebody signs in with where the municipality has no sign-in of its own. Real time.

    ``secret``: of the codes her telephone makes; ``last_step``: the half minute of the last code that was used, which
    is good once. Until she has enrolled there is no password, and the one-time code of ``enrolment`` is good.
    """

    __tablename__ = "staff_accounts"

    member: UUID = Field(primary_key=True, foreign_key="staff_members.id", ondelete="CASCADE")
    user_name: str = Field(unique=True, description="in small letters")
    password: bytes | None = sealed(default=None, nullable=True)
    secret: bytes = sealed()
    last_step: int = Field(default=0, sa_type=BigInteger)
    enrolment: bytes | None = sealed(default=None, nullable=True, unique=True)
    enrolment_ends_at: datetime | None = moment(default=None, nullable=True)
    enrolled_at: datetime | None = moment(default=None, nullable=True)


class StaffAttempt(Row, table=True):
    """A try to sign in that has not succeeded, in real time: whose account and from where are keyed digests.

    ``known``: from a browser in which she has signed in before; ``source`` is that browser then, else an address.
    """

    __tablename__ = "staff_attempts"
    __table_args__: Any = (Index("ix_staff_attempts_at", "at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account: bytes = sealed()
    source: bytes = sealed()
    known: bool = False
    at: datetime = moment()


class StaffSignIn(Row, table=True):
    """A sign-in that was sent to the municipality's provider, in real time; gone when it comes back."""

    __tablename__ = "staff_sign_ins"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    state_digest: bytes = sealed(unique=True)
    browser_digest: bytes = sealed()
    secrets: bytes = sealed()
    begun_at: datetime = moment()
