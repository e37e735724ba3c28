"""The table of the board: why a promised decision was late, as it was when the time ran out."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from backend.database import Row, moment
from backend.tasks import one_of

Cause = Literal["difference", "comment", "papers", "not-active", "nobody", "taken"]
"""Why a decision that may be taken is not, the first that is so. ``difference``: a control differs, and nobody has
taken a stand. ``comment``: she may comment first, or speak before the board, and her time goes on. ``papers``: a paper
or her comment is not read. ``not-active``: to be weighed. ``nobody``: nobody has taken it. ``taken``: somebody has."""
NOT_KNOWN = "not-known"
"""A decision that was late, and nobody saw why when the time ran out."""


class Late(Row, table=True):
    """That the time of a promised decision ran out, and why just then. Of no name, and of nobody who works here."""

    __tablename__ = "late_decisions"
    __table_args__ = (CheckConstraint(one_of("cause", *get_args(Cause), NOT_KNOWN), name="cause"),)

    promise: UUID = Field(primary_key=True, foreign_key="promises.id", ondelete="CASCADE")
    cause: str
    at: datetime = moment()
