"""The table of what was erased: how much of what, when and by which rule. Rows are added, never changed."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, func
from sqlmodel import Field

from backend.database import Row, moment

TABLE = "erased_rows"


class ErasedRows(Row, table=True):
    """Rows of one table that went together. ``of`` is the table; whose they were is not kept.

    ``days``, ``since`` and ``source``: the municipality's rule as it stood. ``at`` is business time.
    """

    __tablename__ = TABLE
    __table_args__ = (CheckConstraint("rows > 0", name="rows"),)

    number: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    at: datetime = moment(index=True)
    logged_at: datetime | None = moment(default=None, sa_column_kwargs={"server_default": func.now()}, nullable=False)
    of: str
    rows: int
    days: int
    since: date
    source: str
