"""The tables of documents: what was handed in, what could not be taken, and objects that no document stands for."""

from datetime import date, datetime
from typing import get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, func
from sqlmodel import Field

from backend.contract import DocumentKind, DocumentRefused
from backend.database import Row, moment, new_id, values
from backend.idempotency import Keyed
from backend.tasks import one_of


class Document(Keyed, Row, table=True):
    """A paper somebody handed in. The paper itself lies sealed in the archive, as the object of id and ``version``.

    ``size`` is that of the paper as it is kept, unsealed; ``sha256`` is that of the sealed object; ``seal_key`` names
    the key it is sealed with. ``scanned``: a virus scanner was asked. Once ``deleted_at`` is set the object is gone.
    ``home``: the municipality it came from with her, and ``handed_in_on``: when she had handed it in there.
    """

    __tablename__ = "documents"
    __table_args__ = (CheckConstraint(one_of("kind", *get_args(DocumentKind)), name="kind"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id", index=True)
    application: UUID | None = Field(default=None, foreign_key="applications.id", index=True)
    paper: str | None = None
    channel: str
    received_at: datetime = moment()
    kind: str
    pages: int
    size: int
    warnings: list[str] = values()
    scanned: bool
    version: int = 1
    seal_key: str
    sha256: str
    deleted_at: datetime | None = moment(default=None, nullable=True)
    home: str | None = None
    handed_in_on: date | None = None


class RefusedDocument(Keyed, Row, table=True):
    """That a file came which could not be taken, and why; the file itself is not kept."""

    __tablename__ = "refused_documents"
    __table_args__ = (CheckConstraint(one_of("why", *get_args(DocumentRefused)), name="why"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    paper: str | None = None
    channel: str
    received_at: datetime = moment()
    why: str


class LooseObject(Row, table=True):
    """An object that may lie in the archive though no document stands for it: being written, or no longer wanted.

    The row is committed before the object is written, and goes in the transaction that makes the document. ``since`` is
    the database's own time.
    """

    __tablename__ = "loose_objects"

    path: str = Field(primary_key=True)
    since: datetime | None = moment(default=None, sa_column_kwargs={"server_default": func.now()}, nullable=False)
    unwanted: bool = False
