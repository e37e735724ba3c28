"""The table of letters that were sent by post."""

from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from backend.database import Row, moment, new_id
from backend.tasks import one_of

LetterKind = Literal["decision", "calculation", "papers", "invitation", "comment"]


class PostedLetter(Row, table=True):
    """One letter that staff say was sent. ``about``: what it was about. To whom and where is kept nowhere."""

    __tablename__ = "posted_letters"
    __table_args__ = (CheckConstraint(one_of("kind", *get_args(LetterKind)), name="kind"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    kind: str
    about: UUID
    sent_on: date
    at: datetime = moment()
    by: UUID
    by_name: str
