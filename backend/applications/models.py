"""The tables of applications: what was sent, in versions and as it was shown; parts of two; papers asked for."""

from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from backend.contract import ApplicationKind, Paper, SaidOfPaper
from backend.database import Row, moment, new_id, sealed, values
from backend.idempotency import Keyed
from backend.tasks import one_of

Shown = Literal["answer", "told", "attestation", "sealed"]
Side = Literal["inviter", "partner"]


class Application(Keyed, Row, table=True):
    """One version of an application; a correction is a new version. ``content`` is the whole application, sealed.

    ``month``: the one it is for, where it says so. ``flags``: what was worth knowing of it when it came. Of two who
    apply together each has her own, of one ``joint``, with the part versions that were attested.
    """

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("case", "version"),
        CheckConstraint(one_of("kind", *get_args(ApplicationKind)), name="kind"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id")
    version: int
    kind: str = "new"
    month: date | None = None
    flags: list[dict[str, Any]] = values(default_factory=list)
    received_at: datetime = moment()
    language: str
    digest: str
    corrects: UUID | None = Field(default=None, foreign_key="applications.id")
    joint: UUID | None = Field(default=None, foreign_key="joint_applications.id", index=True)
    own_version: int | None = None
    other_version: int | None = None
    content: bytes = sealed()


class ApplicationAnswer(Row, table=True):
    """One answer as it was shown and given, the attestation, or a secret answer that only the municipality's key opens.

    Never changed: the plain role may add rows and, when their time has come, remove them (see ``migrations``).
    """

    __tablename__ = "application_answers"
    __table_args__ = (
        UniqueConstraint("application", "number"),
        CheckConstraint(one_of("what", *get_args(Shown)), name="what"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    application: UUID = Field(foreign_key="applications.id")
    number: int
    what: str
    content: bytes = sealed()


class ApplicationDraft(Row, table=True):
    """A section of an application that staff fill in together with the person, sealed, until she has confirmed it."""

    __tablename__ = "application_drafts"
    __table_args__ = (UniqueConstraint("person", "section"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    section: str
    saved_at: datetime = moment()
    by_name: str = ""
    content: bytes = sealed()


class JointApplication(Keyed, Row, table=True):
    """Two who apply together, each with a part of her own. ``late_at``: when staff were told that it is not complete.

    ``complete_at``: both have attested, the last time. ``ended_at``: one of them applies alone after all.
    """

    __tablename__ = "joint_applications"
    __table_args__ = (
        CheckConstraint(one_of("kind", *get_args(ApplicationKind)), name="kind"),
        CheckConstraint("partner <> inviter", name="two_persons"),
        Index(
            "ix_joint_applications_waiting", "answer_by", postgresql_where="complete_at is null and ended_at is null"
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str
    month: date | None = None
    inviter: UUID = Field(foreign_key="persons.id", index=True)
    partner: UUID | None = Field(default=None, foreign_key="persons.id", index=True)
    invited_at: datetime = moment()
    answer_by: date
    late_at: datetime | None = moment(default=None, nullable=True)
    complete_at: datetime | None = moment(default=None, nullable=True)
    ended_at: datetime | None = moment(default=None, nullable=True)


class JointAct(Keyed, Row, table=True):
    """That somebody joined an application of two, or left it."""

    __tablename__ = "joint_acts"
    __table_args__ = (CheckConstraint(one_of("act", "joined", "left"), name="act"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    joint: UUID = Field(foreign_key="joint_applications.id", index=True)
    person: UUID = Field(foreign_key="persons.id")
    act: str
    at: datetime = moment()


class ApplicationPart(Keyed, Row, table=True):
    """One version of one side's part, sealed. Never changed (see ``migrations``)."""

    __tablename__ = "application_parts"
    __table_args__ = (
        UniqueConstraint("joint", "side", "version"),
        CheckConstraint(one_of("side", *get_args(Side)), name="side"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    joint: UUID = Field(foreign_key="joint_applications.id")
    side: str
    person: UUID = Field(foreign_key="persons.id", index=True)
    version: int
    received_at: datetime = moment()
    content: bytes = sealed()


class PartAttestation(Keyed, Row, table=True):
    """That one side has attested, and which versions. ``taken_at``: a part was changed, and it no longer holds.

    ``content``: what she attested and what she was told the other will see, as they were shown, sealed.
    """

    __tablename__ = "part_attestations"
    __table_args__ = (
        CheckConstraint(one_of("side", *get_args(Side)), name="side"),
        Index("ix_part_attestations_live", "joint", "side", unique=True, postgresql_where="taken_at is null"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    joint: UUID = Field(foreign_key="joint_applications.id")
    side: str
    person: UUID = Field(foreign_key="persons.id")
    own_version: int
    other_version: int
    at: datetime = moment()
    taken_at: datetime | None = moment(default=None, nullable=True)
    content: bytes = sealed()


class Completion(Row, table=True):
    """That staff asked for papers by a day (komplettering). ``closed_at``: all came, others were asked for instead,
    or a caseworker went on with what there is.

    ``notice`` told her of it; ``overdue_notice`` that the day has passed, at ``overdue_at``. Who never wrote has none.
    """

    __tablename__ = "completions"
    __table_args__ = (Index("ix_completions_open", "due_on", postgresql_where="closed_at is null"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id")
    asked_at: datetime = moment()
    by: UUID
    by_name: str
    due_on: date
    notice: UUID | None = Field(default=None, index=True)
    overdue_at: datetime | None = moment(default=None, nullable=True)
    overdue_notice: UUID | None = Field(default=None, index=True)
    closed_at: datetime | None = moment(default=None, nullable=True)


class CompletionPaper(Row, table=True):
    """One of the papers asked for. ``document``: the one that came for it, last where several did; none where it was
    seen. ``said``: her own answer, that she cannot get it or can send nothing better."""

    __tablename__ = "completion_papers"
    __table_args__ = (
        CheckConstraint(one_of("paper", *get_args(Paper)), name="paper"),
        CheckConstraint(one_of("said", *get_args(SaidOfPaper)), name="said"),
    )

    completion: UUID = Field(foreign_key="completions.id", primary_key=True)
    paper: str = Field(primary_key=True)
    own_words: bytes | None = sealed(default=None, nullable=True)
    document: UUID | None = None
    came_at: datetime | None = moment(default=None, nullable=True)
    unreadable: bool = False
    said: str | None = None
    said_at: datetime | None = moment(default=None, nullable=True)
