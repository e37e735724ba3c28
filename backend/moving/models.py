"""The tables of moving: who is handed over to another municipality, and who is offered from another."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed
from backend.tasks import one_of

Consent = Literal["asked", "oral"]
"""``asked``: by the bot, in her language where she writes. ``oral``: she said so to whoever hands over."""
MoveState = Literal["asking", "offered", "taken", "returned", "withdrawn", "refused"]
"""``asking``: she has not said yes yet. ``refused``: she said no. She is another's in ``taken`` alone."""
HeldUp = Literal["older", "refused"]
"""Why an offer does not get there: their system does not know all that is in it yet, or does not let us in."""
PaperState = Literal["goes", "carried", "refused", "gone"]
"""``refused``: they did not take it in. ``gone``: it was not here any more when it was to go."""
ArrivalState = Literal["offered", "taking", "taken", "returning", "returned", "withdrawn"]
"""``taking`` and ``returning``: pressed here, and not answered by the other municipality yet."""


class Move(Row, table=True):
    """Somebody is handed over to another municipality. This row decides whose she is.

    ``copied`` is what is told of her, sealed, and gone when nothing came of it. ``arrived_at``: the other one has the
    offer. ``held_up``: it was answered, and not taken in. ``told_at``: it has heard that the offer was taken back.
    """

    __tablename__ = "moves"
    __table_args__ = (
        CheckConstraint(one_of("consent", *get_args(Consent)), name="consent"),
        CheckConstraint(one_of("state", *get_args(MoveState)), name="state"),
        CheckConstraint(one_of("held_up", *get_args(HeldUp)), name="held_up"),
        Index("ix_moves_open", "person", unique=True, postgresql_where="state in ('asking', 'offered')"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    to: str
    at: datetime = moment()
    by: UUID
    by_name: str
    by_role: str
    consent: str
    consented_at: datetime | None = moment(default=None, nullable=True)
    state: str
    copied: bytes | None = sealed(default=None, nullable=True)
    arrived_at: datetime | None = moment(default=None, nullable=True)
    held_up: str | None = None
    settled_at: datetime | None = moment(default=None, nullable=True)
    settled_name: str | None = None
    answer: bytes | None = sealed(default=None, nullable=True)
    told_at: datetime | None = moment(default=None, nullable=True)


class MovedPaper(Row, table=True):
    """A paper that goes along when she is taken; no row is left where nothing comes of it. ``why``: not taken in."""

    __tablename__ = "moved_papers"
    __table_args__ = (CheckConstraint(one_of("state", *get_args(PaperState)), name="state"),)

    move: UUID = Field(foreign_key="moves.id", primary_key=True)
    document: UUID = Field(foreign_key="documents.id", primary_key=True)
    state: str
    settled_at: datetime | None = moment(default=None, nullable=True)
    why: str | None = None


class Arrival(Row, table=True):
    """Somebody is offered by another municipality. Its id is that of the other one's row.

    ``offer``: all of it, sealed; gone when it was not taken. ``task``: where staff find it. ``person``: who she is
    here, once she is taken. ``not_yet``: the other one has to see to something first.
    """

    __tablename__ = "arrivals"
    __table_args__ = (CheckConstraint(one_of("state", *get_args(ArrivalState)), name="state"),)

    id: UUID = Field(primary_key=True)
    home: str
    request_hash: bytes = sealed()
    came_at: datetime = moment()
    state: str
    offer: bytes | None = sealed(default=None, nullable=True)
    task: UUID | None = Field(default=None, foreign_key="tasks.id", index=True)
    person: UUID | None = Field(default=None, foreign_key="persons.id", index=True)
    not_yet: bool = False
    by: UUID | None = None
    by_name: str | None = None
    settled_at: datetime | None = moment(default=None, nullable=True)
    answer: bytes | None = sealed(default=None, nullable=True)
