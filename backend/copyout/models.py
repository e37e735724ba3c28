"""The table of what has been copied over: by whom, of which application. Nobody else sees her marks."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from backend.database import Row, moment


class CopiedField(Row, table=True):
    """That one of the staff has copied one field over. ``member`` is her id; ``field`` its name, never its value."""

    __tablename__ = "copied_fields"

    member: UUID = Field(primary_key=True)
    application: UUID = Field(primary_key=True, foreign_key="applications.id")
    field: str = Field(primary_key=True)
    at: datetime = moment()
