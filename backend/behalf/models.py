"""The table of what was done for a person at her word: once for each press, who did it, and how she said it."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed
from backend.idempotency import Keyed
from backend.tasks import one_of

What = Literal[
    "said-of-meeting",
    "meeting",
    "call",
    "no-call",
    "number",
    "messages",
    "language",
    "calendar",
    "interpreter-wish",
    "job",
    "activity",
    "hear",
    "branch",
    "missed",
    "paper",
    "comment",
    "not-together",
    "elsewhere",
    "helper",
    "no-helper",
]
Heard = Literal["telephone", "counter", "meeting", "letter"]
"""How she said it: on the telephone, at the counter, at a meeting, in a letter or an e-mail."""


class DoneForHer(Keyed, Row, table=True):
    """One press, done. ``words``: what was done, in Swedish, as the timeline says it."""

    __tablename__ = "done_for_her"
    __table_args__ = (
        CheckConstraint(one_of("what", *get_args(What)), name="what"),
        CheckConstraint(one_of("heard", *get_args(Heard)), name="heard"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    at: datetime = moment()
    by: UUID
    by_name: str
    what: str
    heard: str
    words: bytes = sealed()
