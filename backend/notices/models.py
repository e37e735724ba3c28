"""The feed's counter and its notices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, SmallInteger
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed


class FeedCounter(Row, table=True):
    """The one row every telling transaction updates last, so that positions follow the order of commits.

    ``epoch`` is made anew when the database is restored.
    """

    __tablename__ = "feed"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    epoch: UUID
    position: int = Field(sa_type=BigInteger)


class NoticeRow(Row, table=True):
    """One notice. Its body is sealed: a staff message is what somebody reads.

    Which kinds there are stands in the contract alone: whoever tells one goes by it, and a new one changes no table.
    """

    __tablename__ = "notices"

    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    id: UUID = Field(default_factory=new_id, unique=True)
    kind: str
    person: UUID = Field(foreign_key="persons.id", index=True)
    at: datetime = moment()
    body: bytes = sealed()
