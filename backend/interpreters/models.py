"""The tables of interpreters: what each of them speaks and works by, every order ever made, and what became of it.

An order is for a meeting, or for a call or a planned time (:class:`Interpreted`). That nobody interprets at two places
at once is held by the constraint on ``meeting_participants``, whatever it is for.
"""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from backend.contract import Gender
from backend.database import Row, moment, new_id
from backend.municipalities.agencies import Mode
from backend.tasks import one_of

OrderState = Literal["asked", "confirmed", "declined", "unanswered", "withdrawn"]
"""``unanswered``: no answer came in time, and somebody else was asked. ``withdrawn``: the meeting was cancelled, moved,
or given to somebody else by us."""

OPEN: tuple[OrderState, ...] = ("asked", "confirmed")

StepKind = Literal[
    "asked",
    "sent",
    "not-sent",
    "confirmed",
    "declined",
    "unanswered",
    "silent",
    "swapped",
    "withdrawn",
    "cancelled",
    "too-late",
    "moved",
    "nobody",
]
"""What happened on the way to an interpreter. ``silent``: ours has not answered, and there is nobody else to ask.
``cancelled``: the agency was told that she is not needed. ``too-late``: yes came when we had gone on."""

SendingKind = Literal["order", "cancel"]
SendingState = Literal["pending", "sending", "sent", "failed", "dropped"]
"""``dropped``: not needed any more before it left."""


class Interpreter(Row, table=True):
    """An interpreter is a resource with languages (ISO 639 codes; Dari and Persian, Sorani and Kurmanji are apart)."""

    __tablename__ = "interpreters"

    resource: UUID = Field(foreign_key="resources.id", primary_key=True)
    languages: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    modes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))


class Interpreted(Row, table=True):
    """A call at a chosen hour, or a group, that is to be interpreted. Somebody is found for it afterwards.

    ``about``: what its tasks are about, as staff know it. ``person``: whom it is for; of a group, who came first.
    ``place``: where; empty for a call, which is by telephone. ``looked_for_at``: when somebody was first asked, or
    nobody could be. ``over_at``: nobody is needed any more.
    """

    __tablename__ = "interpreted"
    __table_args__ = (
        CheckConstraint('num_nonnulls(call, "group") = 1', name="call_or_group"),
        CheckConstraint("starts_at < ends_at", name="starts_before_ends"),
        Index("uq_interpreted_call", "call", unique=True, postgresql_where="over_at is null"),
        Index("uq_interpreted_group", "group", unique=True, postgresql_where="over_at is null"),
        Index("ix_interpreted_new", "starts_at", postgresql_where="looked_for_at is null and over_at is null"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    call: UUID | None = Field(default=None, foreign_key="call_times.id")
    group: UUID | None = Field(default=None, foreign_key="planned_groups.id")
    person: UUID = Field(foreign_key="persons.id", index=True)
    about: UUID = Field(index=True)
    language: str
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    place: str = ""
    digital: bool = False
    made_at: datetime = moment()
    looked_for_at: datetime | None = moment(default=None, nullable=True)
    over_at: datetime | None = moment(default=None, nullable=True)


class InterpreterWish(Row, table=True):
    """What the person wished of the interpreter of a meeting. A wish, never a promise.

    ``not_from``: an earlier meeting, whose interpreter she does not want again.
    """

    __tablename__ = "interpreter_wishes"
    __table_args__ = (CheckConstraint(one_of("gender", *get_args(Gender)), name="gender"),)

    meeting: UUID = Field(foreign_key="meetings.id", primary_key=True)
    dialect: str | None = None
    gender: str | None = None
    not_from: UUID | None = Field(default=None, foreign_key="meetings.id")


class InterpreterOrder(Row, table=True):
    """One interpreter of ours, or one agency, asked for one meeting (or call, or planned time) at one time. Each has at
    most one open order.

    ``step`` counts the orders of one, from 1; ``number`` is the order's own, as an agency is told it.
    ``kronor``: the expected cost, whole kronor without VAT; ``fee_due``: it was withdrawn too late to be free of
    charge. ``reference`` and ``comes`` are the agency's: its own number of the order, and of the interpreter.
    ``agency_said``: what the agency's machine said last. The order says nothing of the case.
    """

    __tablename__ = "interpreter_orders"
    __table_args__ = (
        CheckConstraint(one_of("state", *get_args(OrderState)), name="state"),
        CheckConstraint(one_of("mode", *get_args(Mode)), name="mode"),
        CheckConstraint("(interpreter is null) <> (agency is null)", name="asked_of"),
        CheckConstraint("num_nonnulls(meeting, interpreted) = 1", name="meeting_or_interpreted"),
        UniqueConstraint("meeting", "step"),
        UniqueConstraint("interpreted", "step"),
        UniqueConstraint("number"),
        Index("uq_interpreter_orders_open", "meeting", unique=True, postgresql_where="state in ('asked', 'confirmed')"),
        Index(
            "uq_interpreter_orders_open_interpreted",
            "interpreted",
            unique=True,
            postgresql_where="state in ('asked', 'confirmed')",
        ),
        Index("ix_interpreter_orders_asked", "answer_by", postgresql_where="state = 'asked'"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    meeting: UUID | None = Field(default=None, foreign_key="meetings.id")
    interpreted: UUID | None = Field(default=None, foreign_key="interpreted.id")
    step: int
    interpreter: UUID | None = Field(default=None, foreign_key="resources.id", index=True)
    agency: str | None = None
    language: str
    dialect: str | None = None
    gender: str | None = None
    not_as: int | None = Field(default=None, sa_type=BigInteger)
    mode: str
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    state: str = "asked"
    asked_at: datetime = moment()
    answer_by: datetime = moment()
    answered_at: datetime | None = moment(default=None, nullable=True)
    told_late_at: datetime | None = moment(default=None, nullable=True)
    fee_due: bool = False
    kronor: int | None = None
    price_verified: bool = False
    reference: str | None = None
    comes: str | None = None
    agency_said: str | None = None
    looked_at: datetime | None = moment(default=None, nullable=True)

    @property
    def of(self) -> UUID:
        """What it is for: the meeting, or the call or the planned time."""
        return self.meeting or self.interpreted or self.id  # a CHECK holds it to one of the two


class InterpreterStep(Row, table=True):
    """One thing that happened on the way to an interpreter, in the order it happened."""

    __tablename__ = "interpreter_steps"
    __table_args__ = (
        CheckConstraint(one_of("kind", *get_args(StepKind)), name="kind"),
        CheckConstraint("num_nonnulls(meeting, interpreted) = 1", name="meeting_or_interpreted"),
    )

    number: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    meeting: UUID | None = Field(default=None, foreign_key="meetings.id", index=True)
    interpreted: UUID | None = Field(default=None, foreign_key="interpreted.id", index=True)
    order: UUID | None = Field(default=None, foreign_key="interpreter_orders.id")
    at: datetime = moment()
    kind: str


class Sending(Row, table=True):
    """Something to tell an agency: committed with what it is about, sent afterwards, and again until it has arrived.

    ``due_at`` and ``lease_until`` are real time. It may arrive twice: the agency knows it by the order's number.
    """

    __tablename__ = "interpreter_sendings"
    __table_args__ = (
        CheckConstraint(one_of("kind", *get_args(SendingKind)), name="kind"),
        CheckConstraint(one_of("state", *get_args(SendingState)), name="state"),
        Index("ix_interpreter_sendings_due", "due_at", postgresql_where="state in ('pending', 'sending')"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    order: UUID = Field(foreign_key="interpreter_orders.id", index=True)
    kind: str
    state: str = "pending"
    tries: int = 0
    made_at: datetime = moment()
    due_at: datetime = moment()
    lease_until: datetime | None = moment(default=None, nullable=True)
    settled_at: datetime | None = moment(default=None, nullable=True)


class Actual(Row, table=True):
    """What became of an agency's booking by the clock, as staff said. ``kronor``: whole ones, without VAT."""

    __tablename__ = "interpreter_actuals"
    __table_args__ = (
        CheckConstraint(one_of("mode", *get_args(Mode)), name="mode"),
        CheckConstraint("minutes between 0 and 1440", name="minutes"),
        CheckConstraint("kronor >= 0", name="kronor"),
    )

    order: UUID = Field(foreign_key="interpreter_orders.id", primary_key=True)
    minutes: int
    mode: str
    kronor: int | None = None
    at: datetime = moment()
    by: UUID
