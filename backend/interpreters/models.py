"""The tables of interpreters: what each of them speaks and works by, and every order ever made."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from backend.database import Row, moment, new_id
from backend.tasks import one_of

Mode = Literal["phone", "video", "on-site"]
"""How an interpreter takes part."""

OrderState = Literal["asked", "confirmed", "declined", "withdrawn"]
"""``withdrawn``: the meeting was cancelled, moved, or given to somebody else by us."""

OPEN: tuple[OrderState, ...] = ("asked", "confirmed")


class Interpreter(Row, table=True):
    """An interpreter is a resource with languages (ISO 639 codes; Dari and Persian, Sorani and Kurmanji are apart)."""

    __tablename__ = "interpreters"

    resource: UUID = Field(foreign_key="resources.id", primary_key=True)
    languages: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    modes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))


class InterpreterOrder(Row, table=True):
    """One interpreter asked for one meeting at one time. A meeting has at most one open order.

    ``step`` counts the orders of a meeting, from 1.
    ``fee_due``: it was withdrawn too late to be free of charge. The order says nothing of the case.
    """

    __tablename__ = "interpreter_orders"
    __table_args__ = (
        CheckConstraint(one_of("state", *get_args(OrderState)), name="state"),
        CheckConstraint(one_of("mode", *get_args(Mode)), name="mode"),
        UniqueConstraint("meeting", "step"),
        Index("uq_interpreter_orders_open", "meeting", unique=True, postgresql_where="state in ('asked', 'confirmed')"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    meeting: UUID = Field(foreign_key="meetings.id")
    step: int
    interpreter: UUID = Field(foreign_key="resources.id", index=True)
    language: str
    mode: str
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    state: str = "asked"
    asked_at: datetime = moment()
    answer_by: datetime = moment()
    answered_at: datetime | None = moment(default=None, nullable=True)
    fee_due: bool = False
