"""The tables of controls: each as it was made, who took a stand on what differed, and what registers are asked."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed
from backend.tasks import one_of

Name = Literal["kir", "bilreg", "ssbtek", "labour-market", "basic-inquiry"]
Result = Literal["same", "differs", "nothing", "not-possible"]
"""``nothing``: the register knows nothing of her. ``not-possible``: it could not be looked into."""
By = Literal["hand", "service"]


class Control(Row, table=True):
    """One control, as it was made. Never changed (see ``migrations``): made again it is another row, and both stay.

    ``application``: the one it was held against; ``said``: a keyed digest of what that said of this. ``differences``:
    what differed, sealed.
    """

    __tablename__ = "controls"
    __table_args__ = (
        CheckConstraint(one_of("name", *get_args(Name)), name="name"),
        CheckConstraint(one_of("source", *get_args(By)), name="source"),
        CheckConstraint(one_of("result", *get_args(Result)), name="result"),
        CheckConstraint("(result = 'differs') = (differences is not null)", name="differences"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id", index=True)
    application: UUID | None = Field(default=None, foreign_key="applications.id")
    name: str
    source: str
    result: str
    said: bytes = sealed()
    differences: bytes | None = sealed(default=None, nullable=True)
    at: datetime = moment()
    by: UUID
    by_name: str


class Stand(Row, table=True):
    """That somebody took a stand on what differed in one control, and why it may go on. Never changed."""

    __tablename__ = "control_stands"

    control: UUID = Field(primary_key=True, foreign_key="controls.id")
    because: bytes = sealed()
    at: datetime = moment()
    by: UUID
    by_name: str


class RegisterAsk(Row, table=True):
    """That a register's service is to be asked, and how it went. The id is the request's own, however often it is sent.

    ``due_at`` and ``lease_until`` are real time; ``told``: why not, in a word that says nothing of the person.
    """

    __tablename__ = "register_asks"
    __table_args__ = (
        CheckConstraint(one_of("name", *get_args(Name)), name="name"),
        CheckConstraint("state in ('pending', 'asking', 'answered', 'failed')", name="state"),
        Index("ix_register_asks_due", "due_at", postgresql_where="state in ('pending', 'asking')"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id", index=True)
    name: str
    state: str = "pending"
    asked_at: datetime = moment()
    by: UUID
    by_name: str
    due_at: datetime = moment()
    lease_until: datetime | None = moment(default=None, nullable=True)
    tries: int = 0
    told: str | None = None
