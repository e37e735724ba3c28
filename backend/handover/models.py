"""The tables of handover: threads as copied from the bot, who owns them, and what staff wrote."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from backend.contract import Channel, EntryState, NotArrived
from backend.database import Row, moment, new_id, sealed
from backend.idempotency import Keyed
from backend.tasks import Role, one_of

Owner = Literal["bot", "staff"]
HandOverReason = Literal[
    "asked",
    "missed-three",
    "acute",
    "call-me",
    "dead-letter",
    "opted-out",
    "wrong-number",
    "question",
    "unreachable",
    "undelivered",
    "lost",
    "important-day",
    "silent",
    "letter",
    "flood",
    "abroad",
    "agreed-phrase",
    "not-shared",
]


class Thread(Row, table=True):
    """A thread as staff see it. ``owner`` and ``epoch`` are the bot's word; ``wanted`` is what staff asked for.

    ``assigned_to`` is which of the staff: a fact of this half alone.
    """

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint(one_of("channel", *get_args(Channel)), name="channel"),
        CheckConstraint(one_of("owner", *get_args(Owner)), name="owner"),
        CheckConstraint(one_of("wanted", *get_args(Owner)), name="wanted"),
    )

    id: UUID = Field(primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    channel: str | None = None
    language: str
    owner: str = "bot"
    epoch: int = -1
    wanted: str = "bot"
    assigned_to: UUID | None = Field(default=None, index=True)
    assigned_name: str | None = None
    assigned_at: datetime | None = moment(default=None, nullable=True)
    last_at: datetime = moment()


class ThreadEntry(Row, table=True):
    """One entry of a thread, by number. Only its delivery state changes, forward only; with it ``why`` it failed.

    ``in_doubt``: nobody knows who wrote it, or who read it; staff may hear that later.
    """

    __tablename__ = "thread_entries"
    __table_args__ = (
        CheckConstraint(one_of("who", "person", "bot", "staff", "marker"), name="who"),
        CheckConstraint(one_of("state", *EntryState), name="state"),
        CheckConstraint(one_of("why", *get_args(NotArrived)), name="why"),
    )

    thread: UUID = Field(foreign_key="threads.id", primary_key=True)
    number: int = Field(primary_key=True)
    request_hash: bytes = sealed()
    person: UUID = Field(foreign_key="persons.id", index=True)
    at: datetime = moment()
    who: str
    language: str
    original: bytes = sealed()
    swedish: bytes | None = sealed(default=None, nullable=True)
    state: str
    why: str | None = None
    staff_message: UUID | None = Field(default=None, index=True)
    in_doubt: bool = False


class ThreadOwnership(Row, table=True):
    """The bot's word on who owns a thread, epoch by epoch."""

    __tablename__ = "thread_ownerships"
    __table_args__ = (CheckConstraint(one_of("owner", *get_args(Owner)), name="owner"),)

    thread: UUID = Field(foreign_key="threads.id", primary_key=True)
    epoch: int = Field(primary_key=True)
    owner: str
    at: datetime = moment()


class HandOverRow(Keyed, Row, table=True):
    """A thread was put in the inbox."""

    __tablename__ = "handovers"
    __table_args__ = (CheckConstraint(one_of("reason", *get_args(HandOverReason)), name="reason"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    thread: UUID = Field(foreign_key="threads.id", index=True)
    at: datetime = moment()
    reason: str


class StaffMessageRow(Row, table=True):
    """What somebody of the staff wrote: a fixed phrase with its fields, or own words."""

    __tablename__ = "staff_messages"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    thread: UUID = Field(foreign_key="threads.id", index=True)
    person: UUID = Field(foreign_key="persons.id")
    at: datetime = moment()
    by: UUID
    by_name: str
    phrase: str | None = None
    fields: bytes = sealed()
    text: bytes = sealed()
    swedish: bytes = sealed()


Route = Literal["settlement", "housing", "branch"]
"""Where a task may go beside a role or a colleague: Kundtjänst bosättning, boendekoordinator, branschteamet."""
WhyPassed = Literal["theirs", "knows", "language", "leaving", "other"]
PassingState = Literal["offered", "taken", "declined", "withdrawn"]


class Passing(Row, table=True):
    """A task that one of the staff hands over to another, a role or a route. It stays hers until somebody takes it.

    ``to_name``: whom it waits for, in words. ``words``: hers, sealed; ``answer``: why nobody took it, sealed.
    """

    __tablename__ = "passings"
    __table_args__ = (
        CheckConstraint(one_of("to_role", *get_args(Role)), name="to_role"),
        CheckConstraint(one_of("route", *get_args(Route)), name="route"),
        CheckConstraint(one_of("why", *get_args(WhyPassed)), name="why"),
        CheckConstraint(one_of("state", *get_args(PassingState)), name="state"),
        Index("ix_passings_offered", "task", unique=True, postgresql_where="state = 'offered'"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    task: UUID = Field(foreign_key="tasks.id", index=True)
    at: datetime = moment()
    by: UUID
    by_name: str
    to_role: str
    to_member: UUID | None = None
    route: str | None = None
    to_name: str
    why: str
    words: bytes | None = sealed(default=None, nullable=True)
    state: str = "offered"
    settled_at: datetime | None = moment(default=None, nullable=True)
    settled_name: str | None = None
    answer: bytes | None = sealed(default=None, nullable=True)
