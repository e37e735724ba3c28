"""The tables of calculations: one version after another under a case, each as saved, and which she was told of."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed


class CalculationVersion(Row, table=True):
    """One version of a month's calculation. ``content``: its lines, and what the caseworker changed, sealed.

    ``application``: the one it was worked out from. Never changed (see ``migrations``): a change is a new version.
    """

    __tablename__ = "calculations"
    __table_args__ = (
        UniqueConstraint("case", "month", "version"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("extract(day from month) = 1", name="first_of_month"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id")
    month: date = Field(description="first day of the month it is for")
    version: int
    application: UUID = Field(foreign_key="applications.id")
    at: datetime = moment()
    by: UUID
    by_name: str
    content: bytes = sealed()


class ToldCalculation(Row, table=True):
    """A version that a caseworker said is ready: from then on the person may read it, and was told that there is
    something new."""

    __tablename__ = "told_calculations"

    version: UUID = Field(foreign_key="calculations.id", primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    at: datetime = moment()
    by: UUID
    by_name: str
